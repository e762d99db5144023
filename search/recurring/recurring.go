// Package recurring finds the problems behind several incidents: groups that the ticket system links itself,
// and groups whose texts say the same. It keeps the identity of groups from one run to the next and never
// overrules a person. It suggests and decides nothing; it stores nothing either.
//
// Start with [Group].
package recurring

import (
	"context"
	"slices"

	"hindsight/incident"
	"hindsight/search/similar"
)

// Document is what of an incident is grouped.
type Document struct {
	similar.Document
	Connection   incident.ID
	KnownProblem string // the source's own problem reference; may be empty
}

// NewDocument gathers what is grouped, as similar.NewDocument does.
func NewDocument(inc *incident.Incident, events []incident.TimelineEvent, retro incident.Retrospective) Document {
	return Document{similar.NewDocument(inc, events, retro), inc.Ref.Connection, inc.KnownProblem}
}

// The two bases of a problem.
const (
	BySource = "source" // the ticket system links its members to one problem record
	ByText   = "text"   // its members are described alike
)

// support is the fewest incidents that make a problem.
const support = 2

// Group returns all problems that docs support, given those of the run before. A previous suggestion that is
// not among them has lost its support and may be deleted.
//
//  1. Private incidents take no part: a group's title and words are shown to everybody.
//  2. Incidents with the same problem reference of one connection are a problem of basis BySource.
//  3. Incidents whose texts are near each other on average are a problem of basis ByText. What a large part of
//     one connection's texts say counts for nothing there, nor do names of services; texts that say nothing else
//     are left alone, and groups never grow through a chain of neighbours.
//  4. A problem keeps its id as long as it keeps more members of one that had it than any other does.
//  5. What people said holds: a confirmed problem keeps its title and members, and may gain some; a rejected
//     one stays as it is and is not suggested again; a removed member does not come back. Two incidents that said
//     calls the same are in one problem, and two that it keeps apart never are, except as members of a problem that
//     was confirmed or that the source made.
//
// The result depends on the arguments alone, not on their order; it is sorted by size, then id. The only
// error is that of ctx, or of the word lists.
func Group(ctx context.Context, docs []Document, previous []incident.Problem, said []incident.Answer) ([]incident.Problem, error) {
	b, err := Regroup(ctx, docs, previous, said)
	if err != nil {
		return nil, err
	}
	return b.Problems, nil
}

// bySource groups incidents that share a problem reference. Their id follows from the reference.
func bySource(docs []Document) []incident.Problem {
	type ref struct {
		connection incident.ID
		problem    string
	}
	at := map[ref]int{}
	var out []incident.Problem
	for _, d := range docs {
		if d.KnownProblem == "" {
			continue
		}
		r := ref{d.Connection, d.KnownProblem}
		i, known := at[r]
		if !known {
			i = len(out)
			at[r] = i
			out = append(out, incident.Problem{ID: incident.DeriveID("prb", BySource, string(r.connection), r.problem),
				Title: r.problem, State: incident.Suggested, Basis: BySource})
		}
		out[i].Members = append(out[i].Members, incident.ProblemMember{Incident: d.ID, Score: 1,
			Reasons: []string{"its source links it to " + d.KnownProblem}})
	}
	return slices.DeleteFunc(out, func(p incident.Problem) bool { return len(p.Members) < support })
}
