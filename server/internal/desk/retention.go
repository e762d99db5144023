package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hindsight/incident"
)

// Kept says what keeping to the retention rules takes away.
type Kept struct {
	Raws      int64 `json:"raw_records"`
	Notes     int   `json:"private_notes"`
	Incidents int   `json:"incidents"`
	Audit     int64 `json:"audit_entries"`
	Sessions  int64 `json:"sessions"`
}

// Retention returns the rule in force, and whether somebody has saved one; the zero rule keeps everything.
func (d *Desk) Retention(ctx context.Context) (incident.Retention, bool, error) {
	all, err := d.Store.Policies(ctx)
	i := slices.IndexFunc(all, func(p incident.Policy) bool { return p.ID == incident.RetentionID })
	var rule incident.Retention
	if err != nil || i < 0 {
		return rule, false, err
	}
	if err := json.Unmarshal(all[i].Body, &rule); err != nil {
		return rule, false, err
	}
	return rule, true, rule.Validate()
}

// retainedAtOnce is how many incidents one transaction disposes of.
const retainedAtOnce = 200

// Retain keeps to a retention rule as of now; write is false for the counts of what that would take away.
func (d *Desk) Retain(ctx context.Context, rule incident.Retention, write bool) (Kept, error) {
	now := d.Now().UTC()
	before := func(days int) time.Time { // zero: for ever
		if days == 0 {
			return time.Time{}
		}
		return now.AddDate(0, 0, -days)
	}
	var k Kept
	err := d.disposeOf(ctx, rule, now, write, &k)
	if err != nil {
		return k, err
	}
	if rule.NoteDays > 0 {
		if err := d.dropNotes(ctx, before(rule.NoteDays), write, &k); err != nil {
			return k, err
		}
	}
	raws, sessions, audit := before(rule.RawDays), before(rule.SessionDays), before(rule.AuditDays)
	if k.Raws, k.Sessions, k.Audit, err = d.sweeper().Expired(ctx, raws, sessions, audit); err != nil || !write {
		return k, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		var err error
		if rule.RawDays > 0 {
			k.Raws, err = tx.SweepRaws(raws)
		}
		if rule.SessionDays > 0 && err == nil {
			err = tx.SweepSessions(sessions)
		}
		if rule.AuditDays > 0 && err == nil {
			k.Audit, err = tx.CutAudit(audit)
		}
		if err == nil && k != (Kept{}) {
			tx.Note(incident.AuditNote{Action: incident.AuditDeleted, Object: incident.AuditObject{Kind: "retention"},
				Facts: map[string]any{"raw_records": k.Raws, "private_notes": k.Notes, "incidents": k.Incidents, "sessions": k.Sessions}})
		}
		return err
	})
	return k, err
}

// disposeOf strips or deletes the incidents whose time is over.
func (d *Desk) disposeOf(ctx context.Context, rule incident.Retention, now time.Time, write bool, k *Kept) error {
	if rule.IncidentYears == 0 {
		return nil
	}
	var due []incident.ID
	for inc, err := range d.Store.Incidents(ctx, incident.Filter{To: now.AddDate(-rule.IncidentYears, 0, 0), Sight: incident.Sight{All: true}, Sort: incident.OldestFirst}) {
		if err != nil {
			return err
		}
		if _, already := inc.Stripped(); inc.Status.Over() && !inc.StartedAt().IsZero() && !(already && rule.Incidents == incident.Strip) {
			due = append(due, inc.ID)
		}
	}
	k.Incidents = len(due)
	if !write {
		return nil
	}
	for chunk := range slices.Chunk(due, retainedAtOnce) {
		if _, err := d.Store.Update(ctx, func(tx incident.Tx) error { return dispose(tx, chunk, rule.Incidents, now) }); err != nil {
			return err
		}
	}
	return nil
}

func dispose(tx incident.Tx, ids []incident.ID, how incident.Disposal, now time.Time) error {
	found, err := tx.IncidentsByID(ids)
	if err != nil {
		return err
	}
	var bare []*incident.Incident
	lines := map[incident.ID][]incident.TimelineEvent{}
	for _, inc := range found {
		out, _ := inc.Stripped()
		if how == incident.Discard {
			out.DeletedAt, out.DeletedReason = now, "its time of retention is over"
		}
		bare, lines[inc.ID] = append(bare, out), nil
	}
	return errors.Join(tx.PutTimeline(lines), tx.DeleteRetrospectives(ids), tx.PutIncidents(bare))
}

// dropNotes removes the private events of timelines that were written before a time.
func (d *Desk) dropNotes(ctx context.Context, before time.Time, write bool, k *Kept) error {
	var ids []incident.ID
	for inc, err := range d.Store.Incidents(ctx, incident.Filter{Sight: incident.Sight{All: true}}) {
		if err != nil {
			return err
		}
		ids = append(ids, inc.ID)
	}
	for chunk := range slices.Chunk(ids, retainedAtOnce) {
		lines, err := d.Store.Timelines(ctx, chunk)
		if err != nil {
			return err
		}
		for id, events := range lines {
			left := slices.DeleteFunc(slices.Clone(events), func(e incident.TimelineEvent) bool {
				return e.Private && !e.At.IsZero() && e.At.Before(before)
			})
			if k.Notes += len(events) - len(left); len(left) == len(events) {
				delete(lines, id)
			} else {
				lines[id] = left
			}
		}
		if !write || len(lines) == 0 {
			continue
		}
		if _, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutTimeline(lines) }); err != nil {
			return err
		}
	}
	return nil
}

// retentionLast is the setting that holds when the rules were last kept to, and what that took away.
const retentionLast = "retention.last"

// RetentionRun is one time that the rules were kept to.
type RetentionRun struct {
	At   time.Time `json:"at"`
	Kept Kept      `json:"kept"`
}

// LastRetention returns when the rules were last kept to; its time is zero when they never were.
func (d *Desk) LastRetention(ctx context.Context) (run RetentionRun, err error) {
	text, err := d.Store.Setting(ctx, retentionLast)
	if errors.Is(err, incident.ErrNotFound) {
		return run, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &run)
	}
	return run, err
}

// KeepToRetention keeps to the rule in force, once a day in the whole installation.
func (d *Desk) KeepToRetention(ctx context.Context) error {
	rule, saved, err := d.Retention(ctx)
	if err != nil || !saved {
		return err
	}
	last, err := d.LastRetention(ctx)
	if err != nil || last.At.UTC().Format(time.DateOnly) >= d.Now().UTC().Format(time.DateOnly) {
		return err
	}
	_, err = d.KeepNow(ctx, rule)
	return err
}

// KeepNow keeps to a rule at once, and notes that it did.
func (d *Desk) KeepNow(ctx context.Context, rule incident.Retention) (Kept, error) {
	k, err := d.Retain(ctx, rule, true)
	d.Looks.forgetAll()
	if err != nil {
		return k, err
	}
	d.Log.Info("kept to the retention rules", "raws", k.Raws, "notes", k.Notes, "incidents", k.Incidents, "audit", k.Audit, "sessions", k.Sessions)
	text, err := json.Marshal(RetentionRun{d.Now().UTC(), k})
	if err != nil {
		return k, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(retentionLast, string(text)) })
	return k, err
}

// LookRetention is Retain without writing, in the background.
func (d *Desk) LookRetention(ctx context.Context, rule incident.Retention) (Look[Kept], error) {
	return look(ctx, d.Looks, fmt.Sprintf("retain %+v", rule), func(ctx context.Context, _ func(Kept)) (Kept, error) {
		return d.Retain(ctx, rule, false)
	})
}

// SaveRetention stores a rule as the version behind base, the newest that its writer knows; 0: there was none. It is ErrConflict when another
// one was saved meanwhile.
func (d *Desk) SaveRetention(ctx context.Context, rule incident.Retention, base int, by, note string) (incident.Seq, error) {
	if base == 0 {
		if _, err := d.newest(ctx, incident.RetentionID, incident.RetentionPolicy); err == nil {
			return 0, fmt.Errorf("desk: somebody saved retention rules meanwhile: %w", incident.ErrConflict)
		}
	}
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.RetentionID, Kind: incident.RetentionPolicy, Name: RetentionName, Body: rule, Base: base, Note: note, By: by})
	return seq, err
}
