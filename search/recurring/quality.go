package recurring

import (
	"math"

	"hindsight/incident"
	"hindsight/search/similar"
)

// Share is the value that most members have: N of the Of members of which any is known; the first in the alphabet among equals.
type Share struct {
	Name  string // empty: of no member is any known
	N, Of int
}

// Quality is how much of one piece the members of a problem are. Removed members do not count.
type Quality struct {
	Members  int
	Cohesion float64 // mean nearness of the members to the others, 0 to 1; comparable within one basis only
	Service  Share   // by id, or the slug of a name without one
	Team     Share   // by id
	Category Share   // of factors
}

// QualityOf measures a problem by its incidents; one that is missing counts as a member of which nothing is known. name makes one of all names of a
// category.
func QualityOf(p incident.Problem, incidents map[incident.ID]*incident.Incident, name func(category string) string) Quality {
	q := Quality{}
	services, teams, categories := tally{}, tally{}, tally{}
	for _, m := range p.Members {
		if m.Removed {
			continue
		}
		q.Members++
		q.Cohesion += m.Score
		inc := incidents[m.Incident]
		if inc == nil {
			continue
		}
		var named, caused []string
		for _, s := range similar.NewDocument(inc, nil, incident.Retrospective{}).Services {
			named = append(named, s.Key)
		}
		for _, f := range inc.Factors {
			caused = append(caused, name(f.Category))
		}
		services.add(named...)
		teams.add(string(inc.Team))
		categories.add(caused...)
	}
	q.Cohesion = math.Round(q.Cohesion/float64(max(q.Members, 1))*1e4) / 1e4
	q.Service, q.Team, q.Category = services.share(), teams.share(), categories.share()
	return q
}

// tally counts members by value; the empty value counts those that have any.
type tally map[string]int

func (t tally) add(values ...string) {
	seen := map[string]bool{}
	for _, v := range values {
		if v != "" && !seen[v] {
			seen[v] = true
			t[v]++
		}
	}
	if len(seen) > 0 {
		t[""]++
	}
}

func (t tally) share() Share {
	of := t[""]
	delete(t, "")
	name := favourite(t)
	return Share{name, t[name], of}
}
