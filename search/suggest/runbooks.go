package suggest

import (
	"cmp"
	"slices"

	"hindsight/incident"
	"hindsight/search/similar"
)

// Evidence is why a runbook may help in an incident.
type Evidence struct {
	Runbook incident.ID
	From    []UsedIn // similar incidents with it, the most alike first
	Service string   // of the incident, that the runbook is about; empty: none
	Score   float64  // orders evidence and is no probability
}

// UsedIn is a similar incident in which a runbook was used.
type UsedIn struct {
	Incident incident.ID
	Verdict  incident.RunbookVerdict
}

const (
	// aboutService is what it counts that a runbook says it is about a service of the incident: less than one incident that is fairly alike.
	aboutService = 0.2
	// unhelpful is the part of a similar incident's score that is left where a person said that the runbook did not help.
	unhelpful = 0.1
	// said is by how much more it counts that a person said that it helped.
	said = 1.5
)

// RankRunbooks returns the runbooks of similar incidents and those about a service of the incident, the likeliest first; equal ones by id. uses are those of the matches, each
// runbook once an incident; about gives, for runbooks, a service of the incident that they are about.
func RankRunbooks(matches []similar.Match, uses []incident.RunbookUse, about map[incident.ID]string) []Evidence {
	found := map[incident.ID]*Evidence{}
	of := func(runbook incident.ID) *Evidence {
		if found[runbook] == nil {
			found[runbook] = &Evidence{Runbook: runbook}
		}
		return found[runbook]
	}
	for _, m := range matches {
		for _, u := range uses {
			if u.Incident != m.ID || !u.Used() {
				continue
			}
			e, weight := of(u.Runbook), 1.0
			switch u.Verdict {
			case incident.RunbookHelped:
				weight = said
			case incident.RunbookDidNotHelp:
				weight = unhelpful
			}
			e.From, e.Score = append(e.From, UsedIn{m.ID, u.Verdict}), e.Score+weight*m.Score
		}
	}
	for runbook, service := range about {
		e := of(runbook)
		e.Service, e.Score = service, e.Score+aboutService
	}
	var out []Evidence
	for _, e := range found {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Runbook, b.Runbook))
	})
	return out
}
