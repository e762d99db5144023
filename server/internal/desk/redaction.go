package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/redact"
)

// redaction is what is known of an incident that people outside should not read: who had a part in it, how its services and records are called.
func (d *Desk) redaction(ctx context.Context, w *Writing, sight incident.Sight) (redact.Rules, error) {
	inc := w.Incident
	r := redact.Rules{References: []string{string(inc.ID), inc.Number, inc.KnownProblem, inc.Ref.ExternalID}}
	snapshot := d.Live.Snapshot()
	var services, teams called
	for _, s := range snapshot.Services(sight) {
		services.add(s.ID, append([]string{s.Name}, s.Alias...)...)
	}
	for _, u := range inc.Services {
		services.add(u.Service, u.Name)
	}
	for _, t := range snapshot.Teams(sight) {
		teams.add(t.ID, t.Name)
	}
	err := errors.Join(d.formerly(ctx, incident.EntityService, &services), d.formerly(ctx, incident.EntityTeam, &teams))
	if err != nil {
		return r, err
	}
	r.Services, r.Teams = services.names, teams.names
	r.People, err = d.castOf(ctx, w)
	return r, err
}

// called gathers the names of things by their ids.
type called struct {
	names [][]string
	at    map[incident.ID]int
}

func (c *called) add(id incident.ID, names ...string) {
	i, ok := c.at[id]
	if !ok {
		if c.at == nil {
			c.at = map[incident.ID]int{}
		}
		i = len(c.names)
		c.at[id], c.names = i, append(c.names, nil)
	}
	for _, n := range names {
		if strings.TrimSpace(n) != "" && !slices.Contains(c.names[i], n) {
			c.names[i] = append(c.names[i], n)
		}
	}
}

// mostRenamings is how many changes of services or teams are looked through for former names, the newest first.
const mostRenamings = 1000

// formerly adds what those in c were called before somebody renamed them: texts of then still have that.
func (d *Desk) formerly(ctx context.Context, kind incident.EntityKind, c *called) error {
	entries, err := d.Store.Audit(ctx, incident.AuditFilter{ObjectKind: string(kind), Action: incident.AuditChanged, Limit: mostRenamings})
	for _, e := range entries {
		var was struct {
			Name  string
			Alias []string
		}
		if _, known := c.at[e.Object.ID]; known && len(e.Before) > 0 && json.Unmarshal(e.Before, &was) == nil {
			c.add(e.Object.ID, append(was.Alias, was.Name)...)
		}
	}
	return err
}

// partOrder is which part of somebody counts who had several.
var partOrder = []string{"commander", "responder", "assignee", "acknowledger", "resolver", "on_call", "reporter", "author", ""}

// castOf lists everybody whose name a retrospective may have: who took part, who was on call, who wrote, and all whom accounts and sources
// know. One of whom several speak is one person.
func (d *Desk) castOf(ctx context.Context, w *Writing) ([]redact.Person, error) {
	var c cast
	inc := w.Incident
	for _, p := range inc.People {
		c.add(p.Role, p.Name)
	}
	timelines, err := d.Store.Timelines(ctx, []incident.ID{inc.ID})
	if err != nil {
		return nil, err
	}
	for _, e := range timelines[inc.ID] {
		if strings.Contains(strings.TrimSpace(e.Actor), " ") { // programs have one word for a name, and people who have one are known otherwise
			c.add("responder", e.Actor)
		}
	}
	shifts, err := d.onCallDuring(ctx, inc)
	if err != nil {
		return nil, err
	}
	for _, s := range shifts {
		c.add("on_call", s.PersonName)
	}
	for _, name := range append(d.Authors(ctx, w), w.OwnerName) {
		c.add("author", name)
	}
	for _, a := range inc.Actions {
		c.add("", a.Owner)
	}
	users, err := d.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		if !u.Service {
			c.add("", u.Display, u.Name, u.Email)
		}
	}
	known, err := d.Store.People(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		c.add("", p.Name, p.Email)
	}
	out := c.all
	slices.SortStableFunc(out, func(a, b redact.Person) int {
		return cmp.Compare(slices.Index(partOrder, a.Role), slices.Index(partOrder, b.Role))
	})
	return out, nil
}

// onCallDuring lists the shifts that an incident fell into, of the team that owns it or, where nobody knows whose it is, of all.
func (d *Desk) onCallDuring(ctx context.Context, inc *incident.Incident) ([]incident.Shift, error) {
	from := inc.StartedAt()
	if from.IsZero() {
		return nil, nil
	}
	f := incident.ShiftFilter{From: from, To: cmpTime(inc.Milestones.Earliest(incident.ImpactEnded, incident.ResolvedAt), from.Add(time.Hour)), Limit: 200}
	if inc.Team != "" {
		f.Teams = []incident.ID{inc.Team}
	}
	if !f.To.After(f.From) {
		f.To = f.From.Add(time.Hour)
	}
	shifts, _, err := d.Store.Shifts(ctx, f)
	return shifts, err
}

func cmpTime(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

// cast gathers people by their names.
type cast struct {
	all []redact.Person
	by  map[string]int
}

// add notes somebody in a part. Names of one that is known already are theirs, and their earlier part counts if it comes first.
func (c *cast) add(role string, names ...string) {
	names = slices.DeleteFunc(names, func(n string) bool { return strings.TrimSpace(n) == "" })
	if len(names) == 0 {
		return
	}
	if c.by == nil {
		c.by = map[string]int{}
	}
	key := func(n string) string { return strings.ToLower(strings.Join(strings.Fields(n), " ")) }
	at := -1
	for _, n := range names {
		if i, ok := c.by[key(n)]; ok {
			at = i
			break
		}
	}
	if at < 0 {
		at = len(c.all)
		c.all = append(c.all, redact.Person{Role: role})
	}
	p := &c.all[at]
	if slices.Index(partOrder, role) >= 0 && slices.Index(partOrder, role) < slices.Index(partOrder, p.Role) {
		p.Role = role
	}
	for _, n := range names {
		if !slices.Contains(p.Names, n) {
			p.Names = append(p.Names, n)
		}
		if _, ok := c.by[key(n)]; !ok {
			c.by[key(n)] = at
		}
	}
}
