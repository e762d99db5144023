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
	Incident *incident.Incident // with what figures are made from
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
			out = append(out, VisibleRetro{r, inc})
		}
	}
	return out, nil
}

// RetroCompliance is how far the company keeps to its own rules for retrospectives.
type RetroCompliance struct {
	Needed  int           // incidents that the rules want one of
	Missing []incident.ID // those of them that have none, no imported one either; the oldest first
	All     bool          // false: there are more incidents than are read
}

const (
	complianceDays = 90
	mostCompliance = 5000
)

// RetroCompliance looks at the incidents of the last 90 days that count and that are over.
func (d *Desk) RetroCompliance(ctx context.Context, sight incident.Sight) (RetroCompliance, error) {
	now := d.Now().UTC()
	f := incident.Filter{From: now.AddDate(0, 0, -complianceDays), To: now, Counted: true, Sight: sight, Sort: incident.NewestFirst, Limit: mostCompliance + 1}
	var wanted []*incident.Incident
	c := RetroCompliance{All: true}
	seen := 0
	cases, err := d.retroCases(ctx)
	if err != nil {
		return c, err
	}
	for inc, err := range d.Store.Incidents(ctx, f) {
		if err != nil {
			return c, err
		}
		if seen++; seen > mostCompliance {
			c.All = false
			break
		}
		if rule, _ := cases.process.Rule(inc, cases.of(inc)); rule.Required && inc.Status.Over() {
			wanted = append(wanted, inc)
		}
	}
	c.Needed = len(wanted)
	slices.Reverse(wanted)
	have, err := d.haveRetro(ctx, wanted)
	for _, inc := range wanted {
		if !have[inc.ID] {
			c.Missing = append(c.Missing, inc.ID)
		}
	}
	return c, err
}

// haveRetro says which incidents have a retrospective: imported, published, or decided not to be needed.
func (d *Desk) haveRetro(ctx context.Context, incs []*incident.Incident) (map[incident.ID]bool, error) {
	have := map[incident.ID]bool{}
	retros, err := d.Store.Retros(ctx)
	for _, r := range retros {
		have[r.Incident] = true
	}
	for some := range slices.Chunk(incs, 1000) {
		if err != nil {
			break
		}
		var docs map[incident.ID]incident.Retrospective
		docs, err = d.Store.Retrospectives(ctx, groupsOf(some, func(inc *incident.Incident) incident.ID { return inc.ID }))
		for id := range docs {
			have[id] = true
		}
	}
	return have, err
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
