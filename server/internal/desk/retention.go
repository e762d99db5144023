package desk

import (
	"context"
	"encoding/json"
	"errors"
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

// errTried ends a transaction of which only the counts are wanted.
var errTried = errors.New("only tried")

// retainedAtOnce is how many incidents one transaction disposes of.
const retainedAtOnce = 200

// Retain keeps to a retention rule as of now; write is false for the counts of what that would take away.
func (d *Desk) Retain(ctx context.Context, rule incident.Retention, write bool) (Kept, error) {
	now := d.Now().UTC()
	before := func(days int) time.Time { return now.AddDate(0, 0, -days) }
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
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		var err error
		if rule.RawDays > 0 {
			k.Raws, err = tx.SweepRaws(before(rule.RawDays))
		}
		if rule.SessionDays > 0 && err == nil {
			err = tx.SweepSessions(before(rule.SessionDays))
		}
		if rule.AuditDays > 0 && err == nil {
			k.Audit, err = tx.CutAudit(before(rule.AuditDays))
		}
		if err == nil && !write {
			return errTried
		}
		if err == nil && k != (Kept{}) {
			tx.Note(incident.AuditNote{Action: incident.AuditDeleted, Object: incident.AuditObject{Kind: "retention"},
				Facts: map[string]any{"raw_records": k.Raws, "private_notes": k.Notes, "incidents": k.Incidents}})
		}
		return err
	})
	if errors.Is(err, errTried) {
		err = nil
	}
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

// retentionDone is the setting that holds the day on which the rules were last kept to.
const retentionDone = "retention.done"

// KeepToRetention keeps to the rule in force, once a day in the whole installation.
func (d *Desk) KeepToRetention(ctx context.Context) error {
	rule, saved, err := d.Retention(ctx)
	if err != nil || !saved {
		return err
	}
	today := d.Now().UTC().Format(time.DateOnly)
	if done, err := d.Store.Setting(ctx, retentionDone); err == nil && done >= today {
		return nil
	} else if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return err
	}
	k, err := d.Retain(ctx, rule, true)
	if err != nil {
		return err
	}
	d.Log.Info("kept to the retention rules", "raws", k.Raws, "notes", k.Notes, "incidents", k.Incidents, "audit", k.Audit)
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(retentionDone, today) })
	return err
}
