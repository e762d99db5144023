package analytics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// recurring returns what Recurrences says of the incidents that ids name, with a rate of 1 to 3 EUR a minute for every service.
func recurring(t *testing.T, now string, incs []*incident.Incident, ids ...incident.ID) analytics.Recurrence {
	t.Helper()
	body, err := json.Marshal(incident.CostRate{Low: 1, High: 3, Currency: "EUR", Reason: "made up"})
	if err != nil {
		t.Fatal(err)
	}
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	err = live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs,
		Policies: []incident.Policy{{ID: incident.RateID(""), Version: 1, Kind: incident.RatePolicy, Body: body}}})
	if err != nil {
		t.Fatal(err)
	}
	s := live.Snapshot()
	return s.Recurrences([][]incident.ID{ids}, at(t, now), s.Terms(), s.Floods(analytics.Query{Sight: incident.Sight{All: true}}, func(title string) string { return title }), incident.Sight{All: true})[0]
}

// TestRecurrenceByHand: an hour on two services, half an hour of it together with another incident on one of them, at full weight: 90
// minutes on web and 60 on db. The drill, what began before the year and what is of no problem are not in it.
func TestRecurrenceByHand(t *testing.T) {
	worst := severity(incident.Sev1)
	both := func(inc *incident.Incident) {
		inc.Services = append(inc.Services, incident.ServiceUse{Service: "svc_db", Name: "db"})
	}
	incs := []*incident.Incident{
		struck(t, "a", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", worst, both),
		struck(t, "b", "2026-03-01T10:30:00Z", "2026-03-01T11:30:00Z", worst),
		struck(t, "old", "2024-03-01T10:00:00Z", "2024-03-01T20:00:00Z", worst),
		struck(t, "drill", "2026-03-02T10:00:00Z", "2026-03-02T20:00:00Z", worst, func(inc *incident.Incident) { inc.Kind = incident.Drill }),
		struck(t, "other", "2026-03-03T10:00:00Z", "2026-03-03T20:00:00Z", worst),
		struck(t, "maintenance", "2026-03-01T11:20:00Z", "2026-03-01T11:40:00Z", func(inc *incident.Incident) { inc.Kind = incident.Maintenance }),
	}
	x := recurring(t, "2026-06-01T00:00:00Z", incs, "a", "b", "old", "drill", "nobody")
	if x.N != 3 || x.Open != 0 || len(x.LeftOut) != 1 || x.LeftOut[0] != (analytics.LeftOut{Reason: "drill", N: 1}) {
		t.Errorf("counts = %d, open %d, left out %v; want 3, 0 and a drill", x.N, x.Open, x.LeftOut)
	}
	if x.Year.N != 2 || x.Year.Measured != 2 || x.Year.Lasted != 2*time.Hour || x.Year.Unclear != 0 {
		t.Errorf("the year = %+v, want 2 incidents of 2h", x.Year)
	}
	// Maintenance of web from 11:20 on takes ten of its ninety minutes out.
	got := fmt.Sprint(len(x.Year.Services))
	for _, s := range x.Year.Services {
		got += fmt.Sprintf(" %s %.0f min", s.Service, *s.Lost.Value/60)
	}
	if want := "2 svc_db 60 min svc_web 80 min"; got != want {
		t.Errorf("lost %s, want %s", got, want)
	}
	// 140 minutes at 1 to 3 EUR.
	if costs := x.Year.Costs(); len(costs) != 1 || costs[0] != (analytics.Amount{Currency: "EUR", Low: 140, High: 420}) {
		t.Errorf("Costs = %v, want 140 to 420 EUR", costs)
	}
	if x.Last() != at(t, "2026-03-01T10:30:00Z") {
		t.Errorf("Last = %v", x.Last())
	}
}

// spaced returns n incidents, the first at a time and each a number of days behind the one before it.
func spaced(t *testing.T, first string, days ...float64) (incs []*incident.Incident, ids []incident.ID) {
	begin := at(t, first)
	for i, d := range append([]float64{0}, days...) {
		begin = begin.Add(time.Duration(d * 24 * float64(time.Hour)))
		inc := struck(t, fmt.Sprintf("inc_%02d", i), begin.Format(time.RFC3339), begin.Add(time.Hour).Format(time.RFC3339))
		incs, ids = append(incs, inc), append(ids, inc.ID)
	}
	return incs, ids
}

// TestRecurrenceInterval: the interval of a median needs six gaps at 95 % (1 − 2·0.5⁶ = 0.969); of six it reaches from the shortest to
// the longest.
func TestRecurrenceInterval(t *testing.T) {
	incs, ids := spaced(t, "2026-01-01T00:00:00Z", 1, 2, 3, 4, 5, 6)
	e := recurring(t, "2026-06-01T00:00:00Z", incs, ids...).Interval()
	const day = 86400
	if !e.Known() || *e.Value != 3.5*day || *e.Low != 1*day || *e.High != 6*day || e.N != 6 {
		t.Errorf("Interval of 6 gaps = %v %v %v, want 3.5 days, 1 to 6", show(e.Value), show(e.Low), show(e.High))
	}
	e = recurring(t, "2026-06-01T00:00:00Z", incs[:6], ids[:6]...).Interval()
	if e.Known() || e.Reason != "not estimable from 6 incidents" {
		t.Errorf("Interval of 5 gaps = %v, %q", show(e.Value), e.Reason)
	}
}

// TestRecurrenceTrend: the observation begins with the first incident and ends now. With 6 later starts at 1 to 21 days of 100 the Laplace
// statistic is (56/6 − 50) / (100/√72) = −3.451.
func TestRecurrenceTrend(t *testing.T) {
	incs, ids := spaced(t, "2026-01-01T00:00:00Z", 1, 2, 3, 4, 5, 6)                        // at 1, 3, 6, 10, 15, 21
	incs = append(incs, struck(t, "other", "2026-04-10T00:00:00Z", "2026-04-10T01:00:00Z")) // the record goes on
	x := recurring(t, "2026-04-11T00:00:00Z", incs, ids...)
	g := x.Trend()
	if want := (56.0/6 - 50) / (100 / math.Sqrt(72)); math.Abs(g.Trend.Laplace-want) > 1e-9 {
		t.Errorf("Laplace = %v, want %v", g.Trend.Laplace, want)
	}
	if g := recurring(t, "2026-04-11T00:00:00Z", incs, ids[:6]...).Trend(); g.Sentence != "Too few incidents: 6; a trend of a problem needs 7." {
		t.Errorf("trend of 6 = %q", g.Sentence)
	}
	if v := x.Rate(); v.Phrase != analytics.CannotTell || v.Sentence != "Cannot tell: the record begins on 1 Jan 2026 only." {
		t.Errorf("Rate without a record = %+v", v)
	}
}

// TestRecurrenceSilent: a record of 13 incidents in 12 days that ended two years ago says nothing of the days since.
func TestRecurrenceSilent(t *testing.T) {
	incs, ids := spaced(t, "2024-01-01T00:00:00Z", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	x := recurring(t, "2026-01-01T00:00:00Z", incs, ids...)
	if want := "the record falls silent after 13 Jan 2024"; x.Silent() != want {
		t.Errorf("Silent = %q, want %q", x.Silent(), want)
	}
	if to := x.Trend().To; to != at(t, "2024-01-13T00:00:00Z") {
		t.Errorf("the trend is observed until %v, want the end of the record", to)
	}
}

// TestMakeups: each incident counts once for each of its values; below five that say anything there is no share.
func TestMakeups(t *testing.T) {
	incs, _ := spaced(t, "2026-01-01T00:00:00Z", 1, 1, 1, 1)
	incs[0].Services = append(incs[0].Services, incident.ServiceUse{Service: "svc_db"}, incident.ServiceUse{Service: "svc_db"})
	incs[1].Services = nil
	for _, inc := range incs[:4] {
		inc.Team = "team_1"
	}
	incs = append(incs, struck(t, "more", "2026-02-01T00:00:00Z", "2026-02-01T01:00:00Z"))
	got := analytics.Makeups(incs)
	service, team := got[0], got[1]
	if service.Of != 5 || service.Silent != 1 || service.Missing != "" || len(service.Parts) != 2 || service.Parts[0].Key != "svc_web" || *service.Parts[0].Share.Value != 1 || service.Parts[1].N != 1 {
		t.Errorf("by service: %+v", service)
	}
	if team.Of != 4 || team.Missing != "too few: 4 incidents" || team.Parts[0].N != 4 || team.Parts[0].Share.Known() {
		t.Errorf("by team: %+v", team)
	}
	members := map[analytics.Part]int{}
	for _, m := range analytics.MembersHaving(incs, "service", "svc_db") {
		members[m.Part]++
	}
	if members[analytics.Counted] != 1 || members[analytics.Beside] != 4 || members[analytics.NotIn] != 1 {
		t.Errorf("behind db: %v", members)
	}
}

// TestMembersSpent: the lists behind the figures of a problem have as many incidents as the figures say.
func TestMembersSpent(t *testing.T) {
	now := "2026-06-01T00:00:00Z"
	incs := []*incident.Incident{
		struck(t, "a", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"), struck(t, "open", "2026-05-31T10:00:00Z", ""),
		struck(t, "unclear", "2026-04-01T10:00:00Z", "2026-04-01T10:00:00Z"), struck(t, "before", "2024-12-01T10:00:00Z", "2024-12-01T11:00:00Z"),
		struck(t, "drill", "2026-03-02T10:00:00Z", "2026-03-02T20:00:00Z", func(inc *incident.Incident) { inc.Kind = incident.Drill }),
	}
	x := recurring(t, now, incs, "a", "open", "unclear", "before", "drill")
	for figure, want := range map[string]int{"interval": len(x.Starts), "rate": x.Year.Once, "incidents": x.Year.N, "lasted": x.Year.Measured, "lost": x.Year.N - x.Year.Unclear, "open": x.Open, "returned": 2} {
		n := 0
		for _, m := range analytics.MembersSpent(incs, figure, at(t, now), at(t, "2026-03-15T00:00:00Z"), nil) {
			if m.Part == analytics.Counted {
				n++
			}
		}
		if n != want {
			t.Errorf("%d incidents behind %s, want %d", n, figure, want)
		}
	}
}

// TestFloodsCountOnce: forty alerts in two floods and three failures by themselves happened five times, and each of the forty can be found
// again. The record ends with the newest incident, whatever it is of.
func TestFloodsCountOnce(t *testing.T) {
	incs := append(burst(0, 20, 1, 0, "web"), burst(20, 20, 3, time.Hour, "web")...)
	for i, week := range []int{10, 20, 30} {
		incs = append(incs, failed(40+i, week, 0, "web"))
	}
	var ids []incident.ID
	for _, inc := range incs {
		ids = append(ids, inc.ID)
	}
	now := incs[len(incs)-1].StartedAt().AddDate(0, 0, 1)
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	if err := live.Apply(t.Context(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: incs}); err != nil {
		t.Fatal(err)
	}
	s := live.Snapshot()
	floods := s.Floods(analytics.Query{}, template)
	x := s.Recurrences([][]incident.ID{ids}, now, s.Terms(), floods, incident.Sight{})[0]
	if x.N != 43 || x.Occurrences() != 5 || x.Floods != 2 || x.Flooded != 40 || x.Year.N != 43 || x.Year.Once != 5 {
		t.Errorf("%d incidents, %d occurrences, %d in %d floods; in 12 months %d and %d; want 43, 5, 40 in 2; 43 and 5", x.N, x.Occurrences(), x.Flooded, x.Floods, x.Year.N, x.Year.Once)
	}
	got := ""
	for _, at := range x.Starts {
		got += fmt.Sprint(at.Sub(incs[0].StartedAt()), " ")
	}
	if want := "0s 337h0m0s 1512h0m0s 3192h0m0s 4872h0m0s "; got != want {
		t.Errorf("it happened at %s, want the beginnings of the floods and of the others: %s", got, want)
	}
	if f := x.Trend(); len(f.Starts) != 5 {
		t.Errorf("the trend is of %d beginnings, want 5", len(f.Starts))
	}
	for figure, want := range map[string]int{"interval": 5, "rate": 5, "incidents": 43} {
		n, left := 0, ""
		for _, m := range analytics.MembersSpent(incs, figure, now, time.Time{}, floods) {
			if m.Part == analytics.Counted {
				n++
			} else {
				left = m.Why
			}
		}
		if n != want || want == 5 && !strings.Contains(left, "of one flood of alerts with") {
			t.Errorf("%d incidents behind %s, want %d; the last left out: %q", n, figure, want, left)
		}
	}
	// One alert of a flood alone is an incident as any other.
	if one := s.Recurrences([][]incident.ID{ids[:1]}, now, s.Terms(), floods, incident.Sight{})[0]; one.Floods != 0 || one.Occurrences() != 1 {
		t.Errorf("one alert alone: %d floods, %d occurrences; want 0 and 1", one.Floods, one.Occurrences())
	}
}
