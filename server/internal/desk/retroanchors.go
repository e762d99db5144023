package desk

import (
	"context"
	"errors"

	"hindsight/incident"
	"hindsight/server/internal/coedit"
)

// CommentPlace is where the words of a comment stand now, in UTF-16 units of the newest text.
type CommentPlace struct {
	From, To int
	Gone     bool // they do not stand there any more
}

// CommentPlaces returns where the words of comments stand in the sections as they are given. Comments without a place have none here either.
func (d *Desk) CommentPlaces(ctx context.Context, sections []incident.RetroSection, comments []incident.RetroComment) (map[incident.ID]CommentPlace, error) {
	out := map[incident.ID]CommentPlace{}
	for _, s := range sections {
		logs := textLogs{desk: d, section: s}
		for _, c := range comments {
			if c.Slug != s.Slug || !c.Anchored() {
				continue
			}
			changes, kept, err := logs.since(ctx, c.TextVersion)
			if err != nil {
				return nil, err
			}
			out[c.ID] = placeOf(c, coedit.TextOf(s.Text), changes, kept)
		}
	}
	return out, nil
}

// placeOf follows words through changes; where that leads to nothing, they are looked for.
func placeOf(c incident.RetroComment, text coedit.Text, changes []coedit.Changes, kept bool) CommentPlace {
	a := coedit.Anchor{From: c.From, To: c.To, Quote: coedit.TextOf(c.Quote), Before: coedit.TextOf(c.Before), After: coedit.TextOf(c.After)}
	if kept {
		carried, ok := a.Over(changes)
		if ok && carried.To <= len(text) {
			return CommentPlace{From: carried.From, To: carried.To}
		}
		a.From = carried.From
	}
	found, ok := a.Find(text)
	return CommentPlace{From: found.From, To: found.To, Gone: !ok}
}

// textLogs reads the changes of a section once for many comments on it.
type textLogs struct {
	desk    *Desk
	section incident.RetroSection
	first   int // changes begin after this version
	changes []coedit.Changes
	read    bool
}

// since returns the changes from a version to the section's own; kept is false when they are not there any more.
func (l *textLogs) since(ctx context.Context, version int) (changes []coedit.Changes, kept bool, err error) {
	if version > l.section.Version {
		return nil, false, nil
	}
	if !l.read || version < l.first {
		raw, err := l.desk.Store.TextChanges(ctx, l.section.Incident, l.section.Slug, version)
		if errors.Is(err, incident.ErrNotFound) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		l.changes = nil
		for _, r := range raw[:min(len(raw), l.section.Version-version)] { // others may have written since the section was read
			c, err := coedit.ParseChanges(r.Changes)
			if err != nil {
				return nil, false, err
			}
			l.changes = append(l.changes, c)
		}
		l.first, l.read = version, true
	}
	return l.changes[version-l.first:], true, nil
}

// anchor notes where the words of a new comment stand in the newest text, and what stands around them.
func (d *Desk) anchor(ctx context.Context, c *incident.RetroComment) error {
	place := coedit.Anchor{From: c.From, To: c.To, Quote: coedit.TextOf(c.Quote)}
	c.From, c.To = 0, 0
	if place.From == place.To || c.Slug == "" || c.Row != "" || c.Answers != "" {
		return nil
	}
	sections, err := d.Store.RetroSections(ctx, c.Incident)
	if err != nil {
		return err
	}
	for _, s := range sections {
		if s.Slug != c.Slug || !s.RemovedAt.IsZero() {
			continue
		}
		logs, text := textLogs{desk: d, section: s}, coedit.TextOf(s.Text)
		changes, kept, err := logs.since(ctx, c.TextVersion)
		if err != nil {
			return err
		}
		if kept {
			place, kept = place.Over(changes)
		}
		a, ok := coedit.AnchorAt(text, place.From, place.To)
		if !kept || !ok {
			return incident.Invalidf("quote", "the words that this is about are not in the text any more; select others")
		}
		c.From, c.To, c.TextVersion = a.From, a.To, s.Version
		c.Quote, c.Before, c.After = a.Quote.String(), a.Before.String(), a.After.String()
		return c.Validate()
	}
	return incident.Invalidf("section", "this section is not there any more")
}
