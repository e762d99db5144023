package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// PolicyChange is a new version of a policy as somebody wants it.
type PolicyChange struct {
	ID      incident.ID // empty: a new policy
	Version int         // the newest one that its writer knows; 0: whichever is
	Name    string
	Note    string // why; may be empty
	By      string // the user's name
}

// PolicyVersion says who saved a version of a policy, and why.
type PolicyVersion struct {
	Version int       `json:"version"`
	Name    string    `json:"name"`
	SavedAt time.Time `json:"saved_at"`
	SavedBy string    `json:"saved_by"`
	Note    string    `json:"note,omitempty"`
	Removed bool      `json:"removed,omitempty"`
}

func versionOf(p incident.Policy) PolicyVersion {
	return PolicyVersion{p.Version, p.Name, p.SavedAt, p.SavedBy, p.Note, p.Removed}
}

// policy returns the version that a change makes; body is checked by its kind already.
func (d *Desk) policy(ctx context.Context, c PolicyChange, kind incident.PolicyKind, body any) (incident.Policy, error) {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" || len(c.Name) > 200 {
		return incident.Policy{}, incident.Invalidf("name", "give 1 to 200 characters")
	}
	if len(c.Note) > 2000 {
		return incident.Policy{}, incident.Invalidf("note", "give at most 2000 characters")
	}
	text, err := json.Marshal(body)
	if err != nil {
		return incident.Policy{}, fmt.Errorf("desk: write policy %s: %w", c.ID, err)
	}
	p := incident.Policy{ID: c.ID, Version: 1, Kind: kind, Name: c.Name, Body: text, SavedAt: d.Now().UTC(), SavedBy: c.By, Note: strings.TrimSpace(c.Note)}
	if c.ID == "" {
		p.ID = incident.NewID("pol")
		return p, nil
	}
	newest, err := d.newest(ctx, c.ID, kind)
	if err != nil {
		return p, err
	}
	if c.Version != 0 && c.Version != newest.Version {
		return p, fmt.Errorf("desk: version %d of %s was saved meanwhile; load it and change that: %w", newest.Version, newest.Name, incident.ErrConflict)
	}
	p.Version = newest.Version + 1
	return p, nil
}

// newest returns the newest version of a policy of a kind, which may be a removal.
func (d *Desk) newest(ctx context.Context, id incident.ID, kind incident.PolicyKind) (incident.Policy, error) {
	versions, err := d.Store.PolicyVersions(ctx, id)
	if err != nil {
		return incident.Policy{}, err
	}
	if versions[0].Kind != kind {
		return incident.Policy{}, incident.ErrNotFound
	}
	return versions[0], nil
}

// policyDraft is a version of a policy about to be saved.
type policyDraft struct {
	ID      incident.ID
	Kind    incident.PolicyKind
	Name    string
	Body    interface{ Validate() error }
	Removed bool
	// Base is the version that the change was made from; 0: whichever is the newest.
	Base     int
	Note, By string
}

// policyOf numbers a draft behind the newest version. It returns ErrInvalid for a body that cannot be, and ErrConflict when
// Base is not the newest version.
func (d *Desk) policyOf(ctx context.Context, draft policyDraft) (incident.Policy, error) {
	if err := draft.Body.Validate(); err != nil {
		return incident.Policy{}, err
	}
	change := PolicyChange{ID: draft.ID, Version: draft.Base, Name: draft.Name, Note: draft.Note, By: draft.By}
	if _, err := d.newest(ctx, draft.ID, draft.Kind); errors.Is(err, incident.ErrNotFound) {
		change.ID = "" // its first version
	}
	p, err := d.policy(ctx, change, draft.Kind, draft.Body)
	p.ID, p.Removed = draft.ID, draft.Removed
	return p, err
}

// saveDraft stores a draft as the next version.
func (d *Desk) saveDraft(ctx context.Context, draft policyDraft) (incident.Policy, incident.Seq, error) {
	p, err := d.policyOf(ctx, draft)
	if err != nil {
		return p, 0, err
	}
	seq, err := d.put(ctx, p)
	return p, seq, err
}

func (d *Desk) put(ctx context.Context, p incident.Policy) (incident.Seq, error) {
	return d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutPolicy(p) })
}

// RemovePolicy takes a policy back; its versions stay. A calendar that a contract or a duration counts in is
// kept.
func (d *Desk) RemovePolicy(ctx context.Context, id incident.ID, kind incident.PolicyKind, by string) (incident.Seq, error) {
	p, err := d.newest(ctx, id, kind)
	switch {
	case err != nil:
		return 0, err
	case p.Removed:
		return 0, incident.ErrNotFound
	}
	users, err := d.usersOf(ctx, id)
	if err != nil {
		return 0, err
	}
	if len(users) > 0 {
		return 0, incident.Invalidf("calendar", "it is in use: %s; give each another calendar first", strings.Join(users, ", "))
	}
	p.Version, p.Removed, p.SavedAt, p.SavedBy, p.Note = p.Version+1, true, d.Now().UTC(), by, ""
	return d.put(ctx, p)
}

// usersOf returns the names of the contracts and durations that count in a calendar.
func (d *Desk) usersOf(ctx context.Context, calendar incident.ID) ([]string, error) {
	policies, err := d.Store.Policies(ctx)
	var out []string
	for _, p := range policies {
		if slices.Contains(calendarsOf(p), calendar) {
			out = append(out, p.Name)
		}
	}
	return out, err
}

// calendarsOf returns the calendars that a contract or a duration counts in; a body that cannot be read names none.
func calendarsOf(p incident.Policy) []incident.ID {
	var used []incident.ID
	switch p.Kind {
	case incident.ContractPolicy:
		var c incident.Contract
		json.Unmarshal(p.Body, &c)
		for _, promise := range c.Promises {
			used = append(used, promise.Calendar)
		}
	case incident.DurationPolicy:
		var u incident.UserDuration
		json.Unmarshal(p.Body, &u)
		used = append(used, u.Calendar)
	}
	return used
}

// StoredCalendar is a calendar with its versions.
type StoredCalendar struct {
	ID       incident.ID       `json:"id"`
	Name     string            `json:"name"`
	Version  int               `json:"version"`
	Calendar incident.Calendar `json:"calendar"`
	Removed  bool              `json:"removed,omitempty"`
	Versions []PolicyVersion   `json:"versions,omitempty" doc:"newest first"`
}

// CalendarOf returns a version of a calendar; ErrNotFound when it is none.
func CalendarOf(p incident.Policy) (StoredCalendar, error) {
	c := StoredCalendar{ID: p.ID, Name: p.Name, Version: p.Version, Removed: p.Removed}
	if p.Kind != incident.CalendarPolicy {
		return c, incident.ErrNotFound
	}
	err := json.Unmarshal(p.Body, &c.Calendar)
	c.Calendar = tidied(c.Calendar)
	return c, err
}

// tidied returns the calendar with a list for every day, so that its JSON has no null.
func tidied(c incident.Calendar) incident.Calendar {
	for i := range c.Weekly {
		if c.Weekly[i] == nil {
			c.Weekly[i] = []incident.Hour{}
		}
	}
	return c
}

// Calendars returns the calendars in force, by name.
func (d *Desk) Calendars(ctx context.Context) ([]StoredCalendar, error) {
	policies, err := d.Store.Policies(ctx)
	out := []StoredCalendar{}
	for _, p := range policies {
		c, bad := CalendarOf(p)
		if errors.Is(bad, incident.ErrNotFound) {
			continue
		}
		if bad != nil {
			return out, fmt.Errorf("desk: read calendar %s: %w", p.ID, bad)
		}
		out = append(out, c)
	}
	return out, err
}

// Calendar returns the newest version of a calendar, with the list of all.
func (d *Desk) Calendar(ctx context.Context, id incident.ID) (StoredCalendar, error) {
	versions, err := d.Store.PolicyVersions(ctx, id)
	if err != nil {
		return StoredCalendar{}, err
	}
	c, err := CalendarOf(versions[0])
	for _, v := range versions {
		c.Versions = append(c.Versions, versionOf(v))
	}
	return c, err
}

// SaveCalendar adds a version of a calendar.
func (d *Desk) SaveCalendar(ctx context.Context, change PolicyChange, c incident.Calendar) (incident.Policy, incident.Seq, error) {
	if err := c.Validate(); err != nil {
		return incident.Policy{}, 0, err
	}
	p, err := d.policy(ctx, change, incident.CalendarPolicy, tidied(c))
	if err != nil {
		return p, 0, err
	}
	seq, err := d.put(ctx, p)
	return p, seq, err
}
