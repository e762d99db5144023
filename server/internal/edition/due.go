package edition

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/table"
)

const (
	makingLasts = 10 * time.Minute // that a replica may take for one report before another one takes it over
	catchUp     = 5 * time.Second  // that is waited for the newest changes
	mostTries   = 6                // of one report, so long apart, before it has failed
)

// MakeDue makes the reports that are due, keeps them, and puts what is to be sent in the outbox. Any replica may do so at any time: each report is made
// by one. Of those that were due while no server ran the last is made.
func (e *Schedules) MakeDue(ctx context.Context) error {
	upToDate, err := e.upToDate(ctx)
	if err == nil && !upToDate && ctx.Err() == nil {
		e.Desk.Log.WarnContext(ctx, "scheduled reports wait, for the newest changes are not counted in yet")
	}
	if err != nil || !upToDate {
		return err
	}
	for {
		var s *incident.ReportSchedule
		_, err := e.Desk.Store.Update(ctx, func(tx incident.Tx) (err error) {
			now := e.Desk.Now().UTC()
			s, err = tx.ClaimReportSchedule(now, now.Add(makingLasts))
			return err
		})
		if err != nil || s == nil {
			return err
		}
		if err := e.makeOne(ctx, *s); err != nil {
			return fmt.Errorf("edition: schedule %s: %w", s.ID, err)
		}
	}
}

// upToDate waits a moment for the newest changes and reports whether figures know them; else they would be those of a while ago.
func (e *Schedules) upToDate(ctx context.Context) (bool, error) {
	head, err := e.Desk.Store.Head(ctx)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	return e.Desk.Follow.WaitFor(ctx, head), nil
}

// makeOne makes the report of a schedule that was claimed, and says when it is due next. What its writer can mend fails at once, all else after some
// tries.
func (e *Schedules) makeOne(ctx context.Context, s incident.ReportSchedule) error {
	now := e.Desk.Now().UTC()
	due := s.NextAt
	for later := s.Next(due); !later.IsZero() && !later.After(now); later = s.Next(due) {
		due = later
	}
	run, err := begun(s, due, now), errors.New("it was begun time and again, and the server ended before it was made")
	if s.Tries <= mostTries {
		run, err = e.run(ctx, s, due, now)
	}
	run.ID, run.DueAt = incident.ReportRunID(s.ID, due), due
	next := s
	next.NextAt = s.Next(now)
	var invalid *incident.FieldError
	switch {
	case errors.As(err, &invalid) && invalid.Field == "owner":
		next.Paused, next.Stopped, run.Reason = true, invalid.Message, invalid.Message
	case ctx.Err() != nil, err != nil && invalid == nil && s.Tries < mostTries:
		return err // it is claimed again
	case err != nil:
		run.Reason = err.Error()
	}
	var messages []incident.Outgoing
	switch {
	case err != nil:
		run.Outcome, run.Files = incident.ReportFailed, nil
	case s.OnlyChanged && run.Digest == s.Digest:
		run.Outcome, run.Files = incident.ReportUnchanged, nil
	default:
		run.Outcome, next.Digest, messages = incident.ReportSent, run.Digest, deliveries(s, run, now)
	}
	settle := func(tx incident.Tx) error { return tx.SettleReportSchedule(next, s.NextAt) }
	_, err = e.Desk.Store.Update(ctx, func(tx incident.Tx) error { return errors.Join(settle(tx), keep(tx, run, messages)) })
	if errors.Is(err, incident.ErrConflict) { // it was made already, as after a change of the schedule
		_, err = e.Desk.Store.Update(ctx, settle)
	}
	switch {
	case errors.Is(err, incident.ErrConflict):
		return nil // another replica was faster, or somebody changed the schedule
	case err == nil && run.Outcome == incident.ReportFailed:
		e.Desk.Log.WarnContext(ctx, "a scheduled report could not be made", "schedule", s.ID, "due", due, "reason", run.Reason, "stopped", next.Paused)
	}
	return err
}

// keep keeps a run and has its messages sent, in a running transaction. That something private leaves is noted.
func keep(tx incident.Tx, run incident.ReportRun, messages []incident.Outgoing) error {
	if run.Private && len(messages) > 0 {
		tx.Note(incident.AuditNote{Action: incident.AuditExported, Object: run.Audited(), Facts: map[string]any{"schedule": run.Schedule, "recipients": len(messages)}})
	}
	return errors.Join(tx.PutReportRun(run), tx.AddOutgoing(messages))
}

// RunNow makes the report of a schedule at once, as if it were due, sends it to all its recipients, and leaves when it is due next. It does so once a
// minute; ErrInvalid when it cannot be made now.
func (e *Schedules) RunNow(ctx context.Context, id incident.ID, who Keeper) (incident.ReportRun, error) {
	s, err := e.Get(ctx, id, who)
	if err != nil {
		return incident.ReportRun{}, err
	}
	now := e.Desk.Now().UTC()
	again := incident.Invalidf("again", "it was made a moment ago; it can be made again in a minute")
	id = incident.DeriveID("rpr", string(s.ID), "by hand", now.Truncate(time.Minute).Format(time.RFC3339))
	switch _, err := e.Desk.Store.ReportRun(ctx, id, incident.Sight{All: true}); {
	case err == nil:
		return incident.ReportRun{}, again
	case !errors.Is(err, incident.ErrNotFound):
		return incident.ReportRun{}, err
	}
	if upToDate, err := e.upToDate(ctx); err != nil || !upToDate {
		return incident.ReportRun{}, cmp.Or(err, incident.Invalidf("again", "the newest changes are not counted in yet; try again in a moment"))
	}
	run, err := e.run(ctx, s, now, now)
	if err != nil {
		return run, err
	}
	run.ID, run.Outcome = id, incident.ReportSent
	_, err = e.Desk.Store.Update(ctx, func(tx incident.Tx) error {
		tx.Note(incident.AuditNote{Action: incident.AuditStarted, Object: incident.AuditObject{Kind: "report schedule", ID: s.ID, Name: s.Name}})
		return keep(tx, run, deliveries(s, run, now))
	})
	if errors.Is(err, incident.ErrConflict) { // asked for twice at once
		err = again
	}
	return run, err
}

// begun is the run that is due at a time, before anything is known of it.
func begun(s incident.ReportSchedule, due, now time.Time) incident.ReportRun {
	r := incident.ReportRun{Schedule: s.ID, Kind: s.Kind, At: now.Truncate(time.Minute), Owner: s.Owner, Title: s.Name}
	r.From, r.To = s.Covers(due)
	return r
}

// run makes the report that is due at a time, with its files. What is known of it stands in the run also when it cannot be made. A panic is an error:
// one report does not end the server.
func (e *Schedules) run(ctx context.Context, s incident.ReportSchedule, due, now time.Time) (r incident.ReportRun, err error) {
	defer func() {
		if p := recover(); p != nil {
			e.Desk.Log.ErrorContext(ctx, "making a scheduled report broke off", "schedule", s.ID, "panic", p, "stack", string(debug.Stack()))
			err = errors.New("making it broke off; the log of the server says where")
		}
	}()
	r = begun(s, due, now)
	u, sight, err := e.owner(ctx, s)
	if err != nil {
		return r, err
	}
	q, err := e.question(s, due)
	if err != nil {
		return r, err
	}
	tells := func() bool {
		snapshot := e.Desk.Live.Snapshot()
		return snapshot.Visible(sight) > snapshot.Visible(incident.Sight{})
	}
	r.Sight, r.Private = sight.Key(), tells()
	d, err := Make(ctx, e.Desk, Request{Kind: s.Kind, Question: q, At: r.At, Sight: sight, Reader: u.Name})
	if err != nil {
		return r, err
	}
	r.Private = r.Private || tells() // an incident may have become private meanwhile
	r.AsOf, r.Title, r.About = d.Stamp.AsOf, d.Title, d.About
	for _, x := range d.Summary {
		r.Summary = append(r.Summary, x.Text)
	}
	if r.Digest, err = said(d); err != nil {
		return r, err
	}
	name := s.Kind + "-" + r.From.In(s.Location()).Format(time.DateOnly) + "-" + r.To.Add(-time.Nanosecond).In(s.Location()).Format(time.DateOnly)
	for _, format := range s.Formats {
		f, err := e.file(ctx, d, format)
		if err != nil {
			return r, err
		}
		f.Name = name + "." + format
		r.Files = append(r.Files, f)
	}
	return r, nil
}

func (e *Schedules) file(ctx context.Context, d reports.Document, format string) (incident.ReportFile, error) {
	engine, err := e.Engine()
	if err != nil {
		return incident.ReportFile{}, err
	}
	f, err := Render(ctx, engine, d, format, e.Desk.BaseURL)
	return incident.ReportFile{Type: f.ContentType, Size: int64(len(f.Body)), Body: f.Body}, err
}

// deliveries are the messages that tell of a run. Their ids follow from it and the recipient, so that each gets one.
func deliveries(s incident.ReportSchedule, run incident.ReportRun, now time.Time) (out []incident.Outgoing) {
	add := func(way incident.OutgoingWay, to incident.ID) {
		out = append(out, incident.Outgoing{ID: incident.DeriveID("out", string(run.ID), string(way), strings.ToLower(string(to))), Kind: incident.OutgoingReport, Way: way, To: to, Notice: run.ID, At: now, DueAt: now})
	}
	for _, to := range s.To {
		add(incident.OutgoingMail, incident.ID(to))
	}
	for _, c := range s.Channels {
		add(incident.OutgoingHook, c)
	}
	return out
}

// said is the digest of what a report says, without when and from which state of the data it was made, and without the dates in its sentences, which are
// mostly those of its period: two reports that say the same have the same.
func said(d reports.Document) (string, error) {
	d.Stamp, d.About = reports.Stamp{}, ""
	doc, err := table.NewDocument(d)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return "", err
	}
	var all any
	if err := json.Unmarshal(text, &all); err != nil {
		return "", err
	}
	if text, err = json.Marshal(undated(all)); err != nil { // of maps the keys are sorted
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// dates are days and months as reports write them: "1 Oct 2026", "Oct 2026".
var dates = regexp.MustCompile(`\b(\d{1,2} )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b`)

// undated returns a document as JSON has it without links, which name the period, periods of sources, and dates in texts.
func undated(v any) any {
	switch v := v.(type) {
	case string:
		return dates.ReplaceAllString(v, "")
	case map[string]any:
		delete(v, "link")
		if source, is := v["source"].(map[string]any); is {
			for _, name := range []string{"from", "to", "as_of_change"} {
				delete(source, name)
			}
		}
		for key, x := range v {
			v[key] = undated(x)
		}
	case []any:
		for i, x := range v {
			v[i] = undated(x)
		}
	}
	return v
}
