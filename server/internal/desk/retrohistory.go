package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

const (
	// readingDelay is how long nothing may change before the reading copy is made anew.
	readingDelay = 5 * time.Second
	// idleDelay is how long nobody may write before a snapshot is kept.
	idleDelay = 10 * time.Minute
	// textChangesKept is how long editors that were away find the changes of texts since; see docs/writing.md.
	textChangesKept = 30 * 24 * time.Hour
)

// signed is Writing with the names of those who wrote.
func (d *Desk) signed(ctx context.Context, id incident.ID, sight incident.Sight) (*Writing, error) {
	w, err := d.Writing(ctx, id, sight)
	if err == nil {
		w.Authors = d.Authors(ctx, w)
	}
	return w, err
}

// reading is what others read of a retrospective that is signed. Its timeline is the moments that people tell.
func (w *Writing) reading() incident.Retrospective {
	r := incident.Retrospective{Incident: w.Incident.ID, Title: w.Title, State: string(w.State), Authors: w.Authors}
	for _, s := range w.Sections {
		body := s.Text
		if s.Slug == "timeline" {
			body = strings.TrimSpace(momentsText(w.Moments) + "\n\n" + body)
		}
		if strings.TrimSpace(body) != "" {
			r.Sections = append(r.Sections, incident.Section{Slug: s.Slug, Title: s.Title, Body: body})
		}
	}
	return r
}

// momentsText tells moments as a list in Markdown.
func momentsText(ms []incident.Moment) string {
	var b strings.Builder
	for _, m := range ms {
		about := ""
		if m.About > 0 {
			about = "about "
		}
		fmt.Fprintf(&b, "- %s%s: %s\n", about, m.At.UTC().Format("2006-01-02 15:04 MST"), PlainMarkdown(m.Title))
	}
	return b.String()
}

// Authors are those who wrote, in the order of their names.
func (d *Desk) Authors(ctx context.Context, w *Writing) []string {
	names := []string{w.CreatedBy}
	if was, err := d.Store.Retrospective(ctx, w.Incident.ID); err == nil && was.State != "imported" {
		names = append(names, was.Authors...)
	}
	for _, s := range w.Sections {
		changes, err := d.Store.TextChanges(ctx, w.Incident.ID, s.Slug, 0)
		if err != nil {
			continue // those of long ago are in the reading copy already
		}
		for _, c := range changes {
			names = append(names, c.By)
		}
	}
	for _, m := range w.Moments {
		names = append(names, m.ChangedBy)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" })
}

// TendRetros makes reading copies anew that are behind what was written, and keeps snapshots of what nobody wrote on for a while. Any
// replica may do so at any time.
func (d *Desk) TendRetros(ctx context.Context) error {
	stale, err := d.Store.StaleRetros(ctx, d.Now().UTC().Add(-readingDelay))
	for _, id := range stale {
		err = errors.Join(err, d.tendRetro(ctx, id))
	}
	return err
}

func (d *Desk) tendRetro(ctx context.Context, id incident.ID) error {
	inc, err := d.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	r, err := d.Store.Retro(ctx, id)
	if err != nil {
		return err
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	w, err := d.writing(ctx, inc, *r)
	if err != nil {
		return err
	}
	w.Authors = d.Authors(ctx, w)
	told, err := d.mentionNotices(ctx, w)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return cmp.Or(told.add(tx), tx.PutReading(w.reading(), now)) })
	return err
}

// SnapRetros keeps snapshots of retrospectives that were changed since the last one and that nobody has written on for a while.
func (d *Desk) SnapRetros(ctx context.Context) error {
	all, err := d.Store.Retros(ctx)
	if err != nil {
		return err
	}
	before := d.Now().UTC().Add(-idleDelay)
	for _, r := range all {
		if r.State.Open() {
			err = errors.Join(err, d.snapIdle(ctx, r, before))
		}
	}
	_, swept := d.Store.Update(ctx, func(tx incident.Tx) error {
		now := d.Now().UTC()
		return errors.Join(tx.SweepRetroShares(now.Add(-sharesKept)), tx.SweepTextChanges(now.Add(-textChangesKept)), tx.SweepNotices(now.Add(-noticesKept)),
			tx.SweepOutgoing(now.Add(-wordsKept), now.Add(-noticesKept)), tx.SweepIntakes(now.Add(-intakesKept)), tx.FoldRetroReaders(now.Add(-incident.ReaderKept)))
	})
	return errors.Join(err, swept)
}

func (d *Desk) snapIdle(ctx context.Context, r incident.Retro, before time.Time) error {
	sections, err := d.Store.RetroSections(ctx, r.Incident)
	if err != nil {
		return err
	}
	latest := r.ChangedAt
	for _, s := range sections {
		if s.ChangedAt.After(latest) {
			latest = s.ChangedAt
		}
	}
	kept, err := d.Store.RetroSnapshots(ctx, r.Incident)
	if err != nil || latest.After(before) || len(kept) > 0 && !latest.After(kept[0].At) {
		return err
	}
	inc, err := d.Store.Incident(ctx, r.Incident)
	if err != nil {
		return err
	}
	w, err := d.writing(ctx, inc, r)
	if err != nil {
		return err
	}
	id := incident.DeriveID("snap", string(r.Incident), latest.UTC().Format(time.RFC3339Nano)) // all replicas give it the same
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.PutRetroSnapshot(incident.RetroSnapshot{ID: id, Incident: r.Incident, Why: incident.SnapshotIdle, At: d.Now().UTC().Truncate(time.Microsecond), Body: w.Body()})
	})
	if errors.Is(err, incident.ErrConflict) {
		return nil // another replica was faster
	}
	return err
}

// NameSnapshot keeps a retrospective as it stands, under a name.
func (d *Desk) NameSnapshot(ctx context.Context, id incident.ID, name string, sight incident.Sight) error {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 {
		return incident.Invalidf("name", "give a name of 1 to 200 characters")
	}
	w, err := d.Writing(ctx, id, sight)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		return tx.PutRetroSnapshot(incident.RetroSnapshot{ID: incident.NewID("snap"), Incident: id, Why: incident.SnapshotNamed, Name: name, By: incident.ActorOf(ctx).Name,
			At: d.Now().UTC().Truncate(time.Microsecond), Body: w.Body()})
	})
	return err
}

// RetroSnapshots lists the snapshots of the retrospective of an incident that the viewer may see, the newest first.
func (d *Desk) RetroSnapshots(ctx context.Context, id incident.ID, sight incident.Sight) ([]incident.RetroSnapshot, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	return d.Store.RetroSnapshots(ctx, id)
}

// RetroSnapshot returns a snapshot of the retrospective of an incident that the viewer may see.
func (d *Desk) RetroSnapshot(ctx context.Context, id, snapshot incident.ID, sight incident.Sight) (*incident.RetroSnapshot, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return nil, err
	}
	s, err := d.Store.RetroSnapshot(ctx, snapshot)
	if err == nil && s.Incident != id {
		return nil, fmt.Errorf("desk: snapshot %s of incident %s: %w", snapshot, id, incident.ErrNotFound)
	}
	return s, err
}
