package jobs

import (
	"context"
	"maps"
	"slices"

	"hindsight/incident"
)

// names knows which entity a source's name stands for. Names that differ in case, spaces or punctuation
// are one, and a service's aliases are its names too.
type names struct {
	services map[string]incident.ID // by slug
	teams    map[string]incident.ID
	known    map[incident.ID]bool // services, teams and people that need not be made
}

// found is what a batch names for the first time.
type found struct {
	services map[incident.ID]incident.Service
	teams    map[incident.ID]incident.Team
	people   map[incident.ID]incident.Person
}

func newFound() found {
	return found{map[incident.ID]incident.Service{}, map[incident.ID]incident.Team{}, map[incident.ID]incident.Person{}}
}

// lists returns what was found in order of id, so that two replicas write in the same order.
func (f found) lists() ([]incident.Service, []incident.Team, []incident.Person) {
	return sorted(f.services), sorted(f.teams), sorted(f.people)
}

func sorted[T any](m map[incident.ID]T) []T {
	var out []T
	for _, id := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[id])
	}
	return out
}

func loadNames(ctx context.Context, store incident.Reader) (*names, error) {
	n := &names{map[string]incident.ID{}, map[string]incident.ID{}, map[incident.ID]bool{}}
	services, err := store.Services(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range services {
		n.known[s.ID] = true
		for _, name := range append([]string{s.Name}, s.Alias...) {
			n.services[incident.Slug(name)] = s.ID
		}
	}
	teams, err := store.Teams(ctx)
	for _, t := range teams {
		n.known[t.ID] = true
		n.teams[incident.Slug(t.Name)] = t.ID
	}
	return n, err
}

// add takes over what a committed batch found.
func (n *names) add(f found) {
	for id := range f.services {
		n.known[id] = true
	}
	for id := range f.teams {
		n.known[id] = true
	}
	for id := range f.people {
		n.known[id] = true
	}
}

// service returns the service that name stands for, noting it when it is new. A name without a letter or a
// digit stands for none.
func (d *desk) service(name string) incident.ID {
	slug := incident.Slug(name)
	if slug == "" {
		return ""
	}
	if id, ok := d.names.services[slug]; ok {
		return id
	}
	s := incident.NewService(name)
	if _, seen := d.found.services[s.ID]; !seen && !d.names.known[s.ID] {
		d.found.services[s.ID] = s
	}
	return s.ID
}

// team is service for teams.
func (d *desk) team(name string) incident.ID {
	slug := incident.Slug(name)
	if slug == "" {
		return ""
	}
	if id, ok := d.names.teams[slug]; ok {
		return id
	}
	t := incident.NewTeam(name)
	if _, seen := d.found.teams[t.ID]; !seen && !d.names.known[t.ID] {
		d.found.teams[t.ID] = t
	}
	return t.ID
}

// person returns the person whom a source names. Where the source has an id for people of its own, its
// mapping puts it into part.Person; else the name must do.
func (d *desk) person(part incident.Participation) incident.ID {
	external := or(string(part.Person), part.Name)
	if external == "" {
		return ""
	}
	p := incident.Person{
		ID:         incident.DeriveID("per", string(d.conn.ID), external),
		Connection: d.conn.ID, ExternalID: external, Name: or(part.Name, external),
	}
	if _, seen := d.found.people[p.ID]; !seen && !d.names.known[p.ID] {
		d.found.people[p.ID] = p
	}
	return p.ID
}
