package incident

import (
	"slices"
	"strings"
	"time"
)

// Moment is a line of the timeline that people tell in a retrospective. It rests on events that were imported, which stay as they
// are. Two moments may tell of one time differently: accounts stand side by side.
type Moment struct {
	ID       ID
	Incident ID
	Version  int // from 1; each change takes the next
	At       time.Time
	// About is how far At may be off, either way; zero: it is exact.
	About     time.Duration
	Lane      MomentLane
	Title     string
	Text      string // Markdown; may be empty
	KnownThen string // what people knew and thought at the time; may be empty
	Question  bool   // open: something here is not understood yet
	Events    []ID   // the timeline events that it rests on
	// AccountOf is the moment that this is another account of; empty: it is none.
	AccountOf ID
	// Touched says which version last changed a field, by its name in MomentFields; one that only the first version wrote is not a key.
	Touched   map[string]int `json:",omitempty"`
	ChangedBy string
	ChangedAt time.Time
	RemovedAt time.Time // zero while it is told
}

// MomentFields names the fields of a moment that people change.
var MomentFields = []string{"at", "about", "lane", "title", "text", "known_then", "question", "events"}

// Differs lists the fields, as MomentFields names them, in which o says something else.
func (m Moment) Differs(o Moment) []string {
	var out []string
	for i, differs := range []bool{!m.At.Equal(o.At), m.About != o.About, m.Lane != o.Lane, m.Title != o.Title, m.Text != o.Text,
		m.KnownThen != o.KnownThen, m.Question != o.Question, !slices.Equal(m.Events, o.Events)} {
		if differs {
			out = append(out, MomentFields[i])
		}
	}
	return out
}

// From returns the earliest time that it may have been.
func (m Moment) From() time.Time { return m.At.Add(-m.About) }

// To returns the latest time that it may have been.
func (m Moment) To() time.Time { return m.At.Add(m.About) }

// MomentLane is the part of an incident that a moment belongs to.
type MomentLane string

// MomentLanes lists every lane in the order of an incident's life.
var MomentLanes = []MomentLane{"detection", "diagnosis", "mitigation", "recovery", "key"}

// The bounds of what people write about a moment, in bytes, and of the events that it rests on.
const (
	longestMomentTitle = 500
	longestMomentText  = 20_000
	mostMomentEvents   = 500
	longestAbout       = 7 * 24 * time.Hour
)

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (m Moment) Validate() error {
	switch {
	case m.At.IsZero():
		return Invalidf("at", "say when it was; about is enough")
	case m.About < 0 || m.About > longestAbout:
		return Invalidf("about", "a time can be off by at most %d days", longestAbout/(24*time.Hour))
	case !slices.Contains(MomentLanes, m.Lane):
		return Invalidf("lane", "%q is not one of %v", m.Lane, MomentLanes)
	case strings.TrimSpace(m.Title) == "":
		return Invalidf("title", "say what happened")
	case len(m.Title) > longestMomentTitle:
		return Invalidf("title", "give at most %d characters; the rest has room below", longestMomentTitle)
	case len(m.Text) > longestMomentText || len(m.KnownThen) > longestMomentText:
		return Invalidf("text", "give at most %d characters", longestMomentText)
	case m.AccountOf == m.ID && m.ID != "":
		return Invalidf("account_of", "a moment is not another account of itself")
	case len(m.Events) > mostMomentEvents:
		return Invalidf("events", "a moment rests on at most %d events", mostMomentEvents)
	}
	return nil
}

// SortMoments puts moments in time order.
func SortMoments(ms []Moment) {
	slices.SortStableFunc(ms, func(a, b Moment) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
}
