package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/coedit"
)

// SectionText is the text of a section of a retrospective, as it stands.
type SectionText struct {
	Slug    string
	Title   string
	Text    string
	Version int
}

// TextPush is what an editor sends: changes that follow one another from a version of the text on. docs/writing.md has the rules.
type TextPush struct {
	Version int
	Client  string
	Changes []coedit.Changes
}

// MaxTextUpdates is how many changes are taken at once, and given.
const MaxTextUpdates = 500

// BehindError says that a text has moved on: nothing was accepted. It is an ErrConflict.
type BehindError struct {
	Version int                   // the newest that is told here
	Since   []incident.TextChange // what was accepted after the version that was sent
}

func (e *BehindError) Error() string { return "the text has changed meanwhile" }

// Is makes errors.Is(err, incident.ErrConflict) true.
func (e *BehindError) Is(target error) bool { return target == incident.ErrConflict }

// ErrTextForgotten says that changes after a version are not kept any more, or that it is none of the text's: the text has to be read anew.
var ErrTextForgotten = errors.New("what has changed since that version is not kept any more; read the text, and merge what you have")

// Who returns what the clients of whoever acts are called by, before the dot.
func Who(ctx context.Context) string { return string(incident.ActorOf(ctx).ID) }

// SectionText returns the text of a section.
func (d *Desk) SectionText(ctx context.Context, id incident.ID, slug string, sight incident.Sight) (SectionText, error) {
	if _, err := d.Incident(ctx, id, sight); err != nil {
		return SectionText{}, err
	}
	return d.shownSection(ctx, id, slug)
}

func (d *Desk) shownSection(ctx context.Context, id incident.ID, slug string) (SectionText, error) {
	sections, err := d.Store.RetroSections(ctx, id)
	if err != nil {
		return SectionText{}, err
	}
	for _, s := range sections {
		if s.Slug == slug && s.RemovedAt.IsZero() {
			return SectionText{s.Slug, s.Title, s.Text, s.Version}, nil
		}
	}
	return SectionText{}, fmt.Errorf("desk: section %s of incident %s: %w", slug, id, incident.ErrNotFound)
}

// TextSince returns the first changes after a version, at most MaxTextUpdates, and whether there are more. It is ErrTextForgotten when they are not kept.
func (d *Desk) TextSince(ctx context.Context, id incident.ID, slug string, version int, sight incident.Sight) (since []incident.TextChange, more bool, err error) {
	if err := d.mayWriteAbout(ctx, id, sight); err != nil {
		return nil, false, err
	}
	return d.textSince(ctx, id, slug, version)
}

func (d *Desk) textSince(ctx context.Context, id incident.ID, slug string, version int) (since []incident.TextChange, more bool, err error) {
	since, err = d.Store.TextChanges(ctx, id, slug, version)
	if errors.Is(err, incident.ErrNotFound) {
		if _, there := d.shownSection(ctx, id, slug); there != nil {
			return nil, false, there
		}
		return nil, false, ErrTextForgotten
	}
	n := min(len(since), MaxTextUpdates)
	return since[:n], n < len(since), err
}

// mayWriteAbout is ErrNotFound for an incident that is not seen. It is asked with every keystroke, which the audit log does not note.
func (d *Desk) mayWriteAbout(ctx context.Context, id incident.ID, sight incident.Sight) error {
	inc, err := d.Store.Incident(ctx, id)
	if err == nil && !inc.SeenBy(sight) {
		err = fmt.Errorf("desk: incident %s: %w", id, incident.ErrNotFound)
	}
	return err
}

// PushText accepts all changes of a push, or none, and returns them as they were accepted once they are committed. It is a *BehindError when
// there is a newer version, ErrTextForgotten when there is one that cannot be caught up with, and ErrInvalid for a change that does not fit.
func (d *Desk) PushText(ctx context.Context, id incident.ID, slug string, p TextPush, sight incident.Sight) ([]incident.TextChange, error) {
	if err := d.mayWriteAbout(ctx, id, sight); err != nil {
		return nil, err
	}
	return d.PushSeen(ctx, id, slug, p)
}

// PushSeen is PushText for somebody of whom it is known already that they see the incident.
func (d *Desk) PushSeen(ctx context.Context, id incident.ID, slug string, p TextPush) (accepted []incident.TextChange, err error) {
	if err := p.check(Who(ctx)); err != nil {
		return nil, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		section, err := openSection(tx, id, slug)
		if err != nil {
			return err
		}
		if section.Version != p.Version {
			return incident.ErrConflict
		}
		accepted, err = d.accept(ctx, tx, *section, p)
		return err
	})
	if errors.Is(err, incident.ErrConflict) {
		return nil, d.behind(ctx, id, slug, p.Version)
	}
	if err != nil {
		return nil, err
	}
	return accepted, nil
}

// behind is the answer to a push that came too late.
func (d *Desk) behind(ctx context.Context, id incident.ID, slug string, version int) error {
	since, _, err := d.textSince(ctx, id, slug, version)
	if err != nil {
		return err
	}
	return &BehindError{version + len(since), since}
}

// accept applies changes to a section that is as they expect it.
func (d *Desk) accept(ctx context.Context, tx incident.Tx, s incident.RetroSection, p TextPush) ([]incident.TextChange, error) {
	by, now := incident.ActorOf(ctx), d.Now().UTC()
	text := coedit.TextOf(s.Text)
	changes := make([]incident.TextChange, len(p.Changes))
	for i, c := range p.Changes {
		var err error
		if text, err = c.Apply(text); err != nil {
			return nil, incident.Invalidf("updates", "update %d: %v", i, err)
		}
		raw, err := c.MarshalJSON()
		if err != nil {
			return nil, err
		}
		changes[i] = incident.TextChange{Version: s.Version + 1 + i, Client: p.Client, Changes: raw, By: by.Name, At: now}
		if by.Kind == incident.ActorUser {
			changes[i].User = by.ID
		}
	}
	return changes, tx.AppendText(s.Incident, s.Slug, text.String(), changes)
}

// ParseUpdates reads the changes of a push. It is ErrInvalid for too many of them, and for one that is none.
func ParseUpdates(raw []json.RawMessage) ([]coedit.Changes, error) {
	if len(raw) > MaxTextUpdates {
		return nil, incident.Invalidf("updates", "send 1 to %d updates", MaxTextUpdates)
	}
	out := make([]coedit.Changes, len(raw))
	for i, r := range raw {
		var err error
		if out[i], err = coedit.ParseChanges(r); err != nil {
			return nil, incident.Invalidf("updates", "update %d: %v", i, err)
		}
	}
	return out, nil
}

// clientName is what an editor calls itself behind the dot.
var clientName = regexp.MustCompile(`^[A-Za-z0-9_-]{8,40}$`)

func (p TextPush) check(who string) error {
	before, name, _ := strings.Cut(p.Client, ".")
	switch {
	case len(p.Changes) == 0 || len(p.Changes) > MaxTextUpdates:
		return incident.Invalidf("updates", "send 1 to %d updates", MaxTextUpdates)
	case who == "" || before != who || !clientName.MatchString(name):
		return incident.Invalidf("client", "a client is %q, a dot, and 8 to 40 letters, digits, hyphens and underscores", who)
	}
	return nil
}

// openSection returns a section that can be written in now.
func openSection(tx incident.Tx, id incident.ID, slug string) (*incident.RetroSection, error) {
	if err := openRetro(tx, id); err != nil {
		return nil, err
	}
	s, err := tx.RetroSection(id, slug)
	if err == nil && !s.RemovedAt.IsZero() {
		err = fmt.Errorf("desk: section %s of incident %s was removed: %w", slug, id, incident.ErrNotFound)
	}
	return s, err
}

// openRetro returns ErrInvalid for a retrospective that cannot be written in at present.
func openRetro(tx incident.Tx, id incident.ID) error {
	r, err := tx.RetroByID(id)
	if err != nil {
		return err
	}
	return writable(*r)
}

// writable returns ErrInvalid for a retrospective that cannot be written in at present.
func writable(r incident.Retro) error {
	switch {
	case r.State.Writable():
		return nil
	case r.State == incident.RetroPublished:
		return incident.Invalidf("state", "the retrospective is published; begin a revision to write in it")
	}
	return incident.Invalidf("state", "the retrospective is %s; take it back to draft to write in it", r.State.Words())
}
