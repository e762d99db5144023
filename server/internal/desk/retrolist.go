package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// VisibleRetro is a retrospective in a list.
type VisibleRetro struct {
	incident.Retro
	Incident *incident.Incident  // with what figures are made from
	Reach    incident.RetroReach // zero where nobody asked
}

// VisibleRetros lists the retrospectives that are written here about incidents that the viewer may see, the last changed first.
func (d *Desk) VisibleRetros(ctx context.Context, sight incident.Sight) ([]VisibleRetro, error) {
	all, err := d.Store.Retros(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[incident.ID]*incident.Incident{}
	for some := range slices.Chunk(all, 1000) {
		incs, err := d.Store.Facts(ctx, groupsOf(some, func(r incident.Retro) incident.ID { return r.Incident }))
		if err != nil {
			return nil, err
		}
		for _, inc := range incs {
			byID[inc.ID] = inc
		}
	}
	var out []VisibleRetro
	for _, r := range all {
		if inc := byID[r.Incident]; inc != nil && inc.SeenBy(sight) {
			out = append(out, VisibleRetro{Retro: r, Incident: inc})
		}
	}
	return out, nil
}

// RestoreSection puts the text that a section had in a snapshot back, after a snapshot of what stands there now. It is ErrInvalid when the
// snapshot has no such section.
func (d *Desk) RestoreSection(ctx context.Context, id, snapshot incident.ID, slug string, sight incident.Sight) error {
	snap, err := d.RetroSnapshot(ctx, id, snapshot, sight)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(snap.Body.Sections, func(s incident.RetroSection) bool { return s.Slug == slug })
	if i < 0 {
		return incident.Invalidf("section", "the snapshot has no section %.80q", slug)
	}
	if err := d.NameSnapshot(ctx, id, "before “"+snap.Body.Sections[i].Title+"” was put back", sight); err != nil {
		return err
	}
	return d.PutBackSection(ctx, id, snap.Body.Sections[i], sight)
}

// PutBackSection gives a section the text that it had, and shows it again where it was removed.
func (d *Desk) PutBackSection(ctx context.Context, id incident.ID, was incident.RetroSection, sight incident.Sight) error {
	sections, err := d.Store.RetroSections(ctx, id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sections, func(s incident.RetroSection) bool { return s.Slug == was.Slug })
	if i >= 0 && sections[i].RemovedAt.IsZero() {
		_, _, err := d.WriteText(ctx, id, was.Slug, TextWrite{Version: sections[i].Version, Text: was.Text}, sight)
		return err
	}
	if i >= 0 {
		if _, _, err := d.ChangeSections(ctx, id, SectionChange{Action: "restore", Slug: was.Slug}, sight); err != nil {
			return err
		}
		_, _, err := d.WriteText(ctx, id, was.Slug, TextWrite{Version: sections[i].Version, Text: was.Text}, sight)
		return err
	}
	was.Incident, was.Version, was.Place, was.RemovedAt = id, 0, len(sections)+1, time.Time{}
	_, _, err = d.changeRetro(ctx, id, 0, sight, func(tx incident.Tx, _ *incident.Retro) error {
		if err := openRetro(tx, id); err != nil {
			return err
		}
		return tx.PutRetroSections([]incident.RetroSection{was})
	})
	return err
}

// AppendNote puts a paragraph at the end of a section.
func (d *Desk) AppendNote(ctx context.Context, id incident.ID, slug, note string, sight incident.Sight) error {
	for {
		w, err := d.Writing(ctx, id, sight)
		if err != nil {
			return err
		}
		s, ok := w.Section(slug)
		if !ok {
			return incident.Invalidf("section", "there is no section %.80q", slug)
		}
		text := strings.TrimLeft(strings.TrimRight(s.Text, "\n")+"\n\n"+note, "\n")
		_, _, err = d.WriteText(ctx, id, slug, TextWrite{Version: s.Version, Text: text, Base: &s.Text}, sight)
		if !errors.Is(err, incident.ErrConflict) || ctx.Err() != nil {
			return err // two notes at one place are a conflict, and then this one goes behind the other
		}
	}
}

// TakeSections gives sections the texts and titles of a document, after a snapshot of what stood there; sections that it does not name stay.
func (d *Desk) TakeSections(ctx context.Context, id incident.ID, from []incident.RetroSection, sight incident.Sight) error {
	if err := d.NameSnapshot(ctx, id, "before a file was taken over", sight); err != nil {
		return err
	}
	for _, s := range from {
		if err := d.PutBackSection(ctx, id, s, sight); err != nil {
			return err
		}
	}
	return nil
}
