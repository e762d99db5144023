package analytics_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// sights are people of several teams and of none.
var sights = []incident.Sight{{}, {All: true}, {User: "usr_1"}, {User: "usr_2"}, {User: "usr_3", Teams: []incident.ID{"team_a"}},
	{User: "usr_1", Teams: []incident.ID{"team_a", "team_b"}}, {User: "usr_4", Teams: []incident.ID{"team_c"}}, {Teams: []incident.ID{"team_b"}}}

// hide makes one of n incidents private, and lets somebody in to some of them.
func hide(r *rand.Rand, inc *incident.Incident, n int) {
	inc.Private = r.IntN(n) == 0
	inc.Audience = incident.Audience{}
	switch r.IntN(4) {
	case 0:
		inc.Audience = incident.NewAudience([]incident.ID{[]incident.ID{"usr_1", "usr_2"}[r.IntN(2)]}, nil)
	case 1:
		inc.Audience = incident.NewAudience(nil, []incident.ID{"team_c"})
	}
}

// seenBy keeps what a sight sees.
func seenBy(incs []*incident.Incident, sight incident.Sight) []*incident.Incident {
	return slices.DeleteFunc(slices.Clone(incs), func(inc *incident.Incident) bool { return !inc.SeenBy(sight) })
}

// TestSightAgainstOthersLeftOut: who sees some private incidents is told what somebody is told who sees all of an installation in which
// the others never happened.
func TestSightAgainstOthersLeftOut(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	incs := uneven(3000)
	services := []incident.Service{{ID: "svc_0"}, {ID: "svc_only"}}
	for i, inc := range incs {
		hide(r, inc, 5)
		if i%100 == 0 && inc.Private { // what only some private ones name
			inc.Services, inc.Team = []incident.ServiceUse{{Service: "svc_only", Name: "Only"}}, "team_a"
		}
	}
	live := func(incs []*incident.Incident) *analytics.Live {
		l := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
		mustApply(t, l, incident.Delta{Upto: 1, CaughtUp: true, Services: services, Teams: []incident.Team{{ID: "team_a"}, {ID: "team_b"}}, Incidents: incs})
		return l
	}
	whole := live(incs)
	for round := range 3 {
		for _, sight := range sights {
			told := answers(t, whole.Snapshot(), sight)
			want := answers(t, live(seenBy(incs, sight)).Snapshot(), incident.Sight{All: true})
			for name, got := range told {
				if name == "services" { // with its incidents left out, the name would be nobody's, and no secret
					named := slices.ContainsFunc(seenBy(incs, sight), func(inc *incident.Incident) bool {
						return slices.ContainsFunc(inc.Services, func(u incident.ServiceUse) bool { return u.Service == "svc_only" })
					})
					if got := len(got.([]incident.ID)) > 0; got != named {
						t.Errorf("round %d: %+v knows a service that only private incidents name: %t, want %t", round, sight, got, named)
					}
					continue
				}
				if !reflect.DeepEqual(got, want[name]) {
					t.Errorf("round %d, %s for %+v =\n%.600s\nwant\n%.600s", round, name, sight, fmt.Sprint(got), fmt.Sprint(want[name]))
				}
			}
		}
		// Some become private, some public, some are shown to others: what was answered before must not be answered again.
		var changed []*incident.Incident
		for i, inc := range incs {
			if r.IntN(10) == 0 {
				now := *inc
				hide(r, &now, 2)
				incs[i] = &now
				changed = append(changed, &now)
			}
		}
		mustApply(t, whole, incident.Delta{Upto: incident.Seq(round + 2), CaughtUp: true, Incidents: changed})
	}
}

// answers are what a snapshot says of several things.
func answers(t *testing.T, s *analytics.Snapshot, sight incident.Sight) map[string]any {
	q := toResolve(t)
	q.Now, q.Sight = time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC), sight
	byService := q
	byService.GroupBy = analytics.ByService
	oneService := q
	oneService.Services = []incident.ID{"svc_1"}
	x := s.Cross(q, analytics.ByService, analytics.ByMonth, time.Hour)
	var cells []string
	for i, row := range x.Rows {
		for j, column := range x.Columns {
			cells = append(cells, row.Label+" "+column.Label+" "+written(t, x.Cell(i, j)))
		}
	}
	from, to := s.Record(q)
	seen := s.Seen(q)
	var names []incident.ID
	for _, x := range s.Services(sight) {
		if x.ID == "svc_only" {
			names = append(names, x.ID)
		}
	}
	return map[string]any{
		"durations": written(t, s.Durations(byService)), "counts": written(t, s.Counts(byService)), "cross": cells, "cases": s.Cases(oneService, analytics.AnyOutcome),
		"record": []time.Time{from, to}, "visible": s.Visible(sight), "seen": seen, "touched": s.Touched("svc_2", sight),
		"together": written(t, s.Together(q)), "services": names, "factors": written(t, s.SharedFactors(q)),
		"reliability": written(t, s.Reliability("svc_3", q.Now.AddDate(0, -6, 0), q.Now, q.Now, s.Terms(), sight)),
	}
}

// written is a value with what its pointers point to.
func written(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestHides: an incident is hidden from who may not see it, and from nobody else.
func TestHides(t *testing.T) {
	inc := made("a", 1, 10)
	inc.Private, inc.Team, inc.Audience = true, "team_a", incident.NewAudience([]incident.ID{"usr_1"}, nil)
	s := snapshot(t, []*incident.Incident{inc, made("b", 1, 10)})
	for _, sight := range sights {
		if got, want := s.Hides("a", sight), !inc.SeenBy(sight); got != want {
			t.Errorf("Hides from %+v = %t, want %t", sight, got, want)
		}
		if s.Hides("b", sight) || s.Hides("unknown", sight) {
			t.Errorf("a public or unknown incident is hidden from %+v", sight)
		}
	}
	if got := s.Reduce(incident.Sight{User: "usr_9", Teams: []incident.ID{"team_x"}}); !got.Blind() {
		t.Errorf("Reduce of who sees no private incident = %+v, want the sight of none", got)
	}
}
