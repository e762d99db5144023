package analytics_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hindsight/analytics"
	"hindsight/incident"
)

// because returns an incident of services, so many weeks after 5 January 2026, with factors: "text" is claimed, "=text" is confirmed.
func because(n, week int, services []string, factors ...string) *incident.Incident {
	inc := failed(n, week, 0, services...)
	for _, f := range factors {
		text, confirmed := strings.CutPrefix(f, "=")
		inc.Factors = append(inc.Factors, incident.Factor{Role: "contributing", Text: text, Claimed: !confirmed})
	}
	return inc
}

// Week 12 of 2026 is in the first quarter, week 13 begins on 6 April.
func TestSharedFactors(t *testing.T) {
	long := because(7, 3, []string{"api"})
	long.Factors = []incident.Factor{{Role: "contributing", Text: strings.Repeat("it is a long story ", 10), Claimed: true}}
	undated := because(8, 0, []string{"dns"}, "Expired certificate")
	undated.Milestones = nil
	drill := because(9, 1, []string{"api"}, "Expired certificate")
	drill.Kind = incident.Drill
	well := because(10, 2, []string{"api"})
	well.Factors = []incident.Factor{{Role: "went_well", Text: "The runbook was right"}}
	r := snapshot(t, []*incident.Incident{
		because(1, 0, []string{"api"}, "Expired certificate"), because(2, 1, []string{"api", "web"}, "expired  Certificate", "=Cold cache"),
		because(3, 13, []string{"web"}, "=Expired certificate"), because(4, 14, nil, "Cold cache"), because(5, 2, []string{"api"}, "A leap second"),
		because(6, 13, []string{"web"}), long, undated, drill, well,
	}).SharedFactors(analytics.Query{})
	if r.Incidents != 9 || r.Named != 6 || r.Prose != 1 || r.Single != 1 || len(r.Periods) != 2 || r.Periods[1].Key != "2026-Q2" {
		t.Errorf("%d incidents, %d named, %d in prose, %d single, quarters %v; want 9, 6, 1, 1 and two quarters", r.Incidents, r.Named, r.Prose, r.Single, r.Periods)
	}
	if len(r.LeftOut) != 1 || r.LeftOut[0].N != 1 {
		t.Errorf("left out %v, want the drill", r.LeftOut)
	}
	var got []string
	for _, f := range r.Factors {
		for _, p := range append([]analytics.FactorPlace{f.All}, f.Services...) {
			got = append(got, fmt.Sprintf("%s/%s %d %d %v %d", f.Name, p.Name, p.N, p.Confirmed, p.Periods, p.NoStart))
		}
	}
	want := []string{
		"Expired certificate/ 4 1 [2 1] 1", "Expired certificate/api 2 0 [2 0] 0", "Expired certificate/web 2 1 [1 1] 0", "Expired certificate/dns 1 0 [0 0] 1",
		"Cold cache/ 2 1 [1 1] 0", "Cold cache/ 1 0 [0 1] 0", "Cold cache/api 1 1 [1 0] 0", "Cold cache/web 1 1 [1 0] 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("factors\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Each number of the table opens as many incidents as it says.
func TestFactorCases(t *testing.T) {
	s := snapshot(t, []*incident.Incident{
		because(1, 0, []string{"api"}, "Expired certificate"), because(2, 1, []string{"api", "web"}, "expired certificate"), because(3, 13, []string{"web"}, "=Expired certificate"),
	})
	r := s.SharedFactors(analytics.Query{})
	f := r.Factors[0]
	if got := len(s.FactorCases(analytics.Query{}, f.Name, false)); got != f.All.N {
		t.Errorf("%d incidents behind %d", got, f.All.N)
	}
	for _, p := range f.Services {
		for i, n := range p.Periods {
			q := analytics.Query{Services: []incident.ID{p.Service}, From: r.Periods[i].From, To: r.Periods[i].To}
			if got := len(s.FactorCases(q, f.Name, false)); got != n {
				t.Errorf("%d incidents of %s in %s behind %d", got, p.Name, r.Periods[i].Key, n)
			}
		}
	}
	if got := s.FactorCases(analytics.Query{}, "never heard of", false); len(got) != 0 {
		t.Errorf("%d incidents of a factor that there is not", len(got))
	}
}

// Thirteen quarters are told by years.
func TestManyQuartersAreYears(t *testing.T) {
	r := snapshot(t, []*incident.Incident{because(1, 0, []string{"api"}, "Cold cache"), because(2, 3*52+10, []string{"api"}, "Cold cache")}).SharedFactors(analytics.Query{})
	if len(r.Periods) != 4 || r.Periods[3].Key != "2029" || !slices.Equal(r.Factors[0].All.Periods, []int{1, 0, 0, 1}) {
		t.Errorf("periods %v with %v; want the years 2026 to 2029 with 1 0 0 1", r.Periods, r.Factors[0].All.Periods)
	}
}
