package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// DryRun is what a change of contracts or calendars would do to figures that are already there, on one snapshot.
type DryRun struct {
	Windows []WindowChange // whose figures change, promise by promise, in time order
	Clocks  []ClockChange  // that change their state, newest incident first
}

// WindowChange is a compliance window before and after a change. One side has no clocks when the promise is new or gone.
type WindowChange struct {
	Promise       string // for people
	Label         string // "Q3 2026"
	From, To      time.Time
	Before, After ComplianceGroup
}

// ClockChange is a clock that would stand otherwise. A state is empty where the promise does not concern the incident.
type ClockChange struct {
	Case
	Promise       string
	Before, After SLAState
}

// DryRun answers q under the agreements in force and under changed ones. Windows are those of the changed
// contract, so that both sides are about the same incidents; of one that is taken back they are its own.
func (s *Snapshot) DryRun(q Query, before, after []Agreement) DryRun {
	return DryRun{s.windowChanges(q, before, after), s.clockChanges(q, before, after)}
}

func (s *Snapshot) windowChanges(q Query, before, after []Agreement) []WindowChange {
	type key struct{ promise, window string }
	sides := map[key]*WindowChange{}
	var keys []key
	add := func(a Agreement, put func(*WindowChange, ComplianceGroup)) {
		if i := slices.IndexFunc(after, func(b Agreement) bool { return b.ID == a.ID }); i >= 0 {
			a.Contract.Window = after[i].Contract.Window
		}
		for _, g := range s.Windows(q, a) {
			k := key{g.Promise.Key, g.Key}
			if sides[k] == nil {
				sides[k] = &WindowChange{Promise: g.Promise.Name, Label: g.Label, From: g.From, To: g.To}
				keys = append(keys, k)
			}
			put(sides[k], g)
		}
	}
	for _, a := range before {
		add(a, func(c *WindowChange, g ComplianceGroup) { c.Before = g })
	}
	for _, a := range after {
		add(a, func(c *WindowChange, g ComplianceGroup) { c.After = g })
	}
	var out []WindowChange
	for _, k := range keys {
		if c := *sides[k]; c.changed() {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b WindowChange) int {
		return cmp.Or(cmp.Compare(a.Promise, b.Promise), a.From.Compare(b.From))
	})
	return out
}

func (c WindowChange) changed() bool {
	b, a := c.Before, c.After
	return b.Met != a.Met || b.Breached != a.Breached || b.Running != a.Running || b.AtRisk != a.AtRisk ||
		b.Missing != a.Missing || b.Invalid != a.Invalid || b.Canceled != a.Canceled
}

func (s *Snapshot) clockChanges(q Query, before, after []Agreement) []ClockChange {
	was, is := s.states(q, before), s.states(q, after)
	for k, c := range is {
		if old, known := was[k]; known {
			c.Before = old.After
			is[k] = c
		}
	}
	for k, c := range was {
		if _, known := is[k]; !known {
			c.Before, c.After = c.After, ""
			is[k] = c
		}
	}
	var out []ClockChange
	for _, c := range is {
		if c.Before != c.After {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b ClockChange) int {
		return cmp.Or(b.StartedAt.Compare(a.StartedAt), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Promise, b.Promise))
	})
	return out
}

type clockKey struct {
	incident incident.ID
	promise  string
}

// states returns how every clock of the agreements stands, as the After of a change.
func (s *Snapshot) states(q Query, agreements []Agreement) map[clockKey]ClockChange {
	p := s.population(q)
	out := map[clockKey]ClockChange{}
	for _, j := range s.promised(agreements) {
		for r := range p.started() {
			if r.leftOut != 0 {
				continue
			}
			for _, x := range j.readings(r, p.now()) {
				out[clockKey{r.id[r.i], j.promise.Key}] = ClockChange{Case: p.caseOf(r), Promise: j.promise.Name, After: x.state}
			}
		}
	}
	return out
}

// Sentences says in words what the change would do: "Q3 2026, Gold: Resolution: from 1 breach to 2." None means that no
// figure changes.
func (d DryRun) Sentences() []string {
	var out []string
	for _, w := range d.Windows {
		var parts []string
		for _, n := range []struct {
			one, many     string
			before, after int
		}{
			{"breach", "breaches", w.Before.Breached, w.After.Breached}, {"clock met", "clocks met", w.Before.Met, w.After.Met},
			{"running in time", "running in time", w.Before.Running, w.After.Running}, {"not known", "not known", w.Before.Missing + w.Before.Invalid, w.After.Missing + w.After.Invalid},
			{"canceled", "canceled", w.Before.Canceled, w.After.Canceled},
		} {
			if n.before != n.after {
				word := n.many
				if n.before == 1 {
					word = n.one
				}
				parts = append(parts, fmt.Sprintf("from %d %s to %d", n.before, word, n.after))
			}
		}
		if len(parts) > 0 {
			out = append(out, fmt.Sprintf("%s, %s: %s.", w.Label, w.Promise, strings.Join(parts, ", ")))
		}
	}
	return out
}
