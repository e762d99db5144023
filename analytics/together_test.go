package analytics_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// monday is where the timelines of these tests begin.
var monday = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// failed returns an incident of some services that began so many weeks, and a while, after monday.
func failed(n int, week int, later time.Duration, services ...string) *incident.Incident {
	inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("inc_%04d", n)), Kind: incident.Real, Status: incident.Resolved, Ref: incident.Ref{Connection: "conn"}}
	for _, s := range services {
		inc.Services = append(inc.Services, incident.ServiceUse{Service: incident.ID(s), Name: s})
	}
	inc.Milestones.Set(incident.Opened, monday.AddDate(0, 0, 7*week).Add(later), incident.ToSecond, incident.FromField, "test", "opened")
	return inc
}

// meeting returns five incidents of db and, 20 minutes later, five of api, in weeks and at hours of their own, in a record of 60
// weeks that other frames.
func meeting() []*incident.Incident {
	var incs []*incident.Incident
	for i, week := range []int{20, 23, 29, 31, 38} {
		hour := time.Duration(3+5*i) * time.Hour
		incs = append(incs, failed(2*i, week, hour, "db"), failed(2*i+1, week, hour+20*time.Minute, "api"))
	}
	return append(incs, failed(90, 0, 0, "other"), failed(91, 60, 0, "other"))
}

func pairOf(t *testing.T, r analytics.TogetherReport, a, b incident.ID) analytics.Pair {
	t.Helper()
	for _, p := range r.Pairs {
		if p.A == a && p.B == b {
			return p
		}
	}
	t.Fatalf("no pair %s and %s among %+v", a, b, r.Pairs)
	return analytics.Pair{}
}

// No move by whole weeks lets them meet again, so none is expected. Each of the 2 × 8 moves has the exposure 5 · 5/(60 − k), no move
// 5 · 5/60; the chance that five meetings all fall on no move is the fifth power of its share.
func TestServicesThatFailTogether(t *testing.T) {
	r := snapshot(t, meeting()).Together(analytics.Query{})
	p := pairOf(t, r, "api", "db")
	others := 0.0
	for k := 1.0; k <= 8; k++ {
		others += 2 / (60 - k)
	}
	want := math.Pow((1.0/60)/(1.0/60+others), 5)
	if math.Abs(p.P/want-1) > 1e-6 || math.Abs(p.Q/want-1) > 1e-6 { // the only pair of services that failed three times
		t.Errorf("p = %g and q = %g, want %g", p.P, p.Q, want)
	}
	if p.Apart != 5 || p.One != 0 || p.FirstB != 5 || p.FirstA != 0 || !p.More || r.Tested != 1 || p.FailuresA != 5 {
		t.Errorf("pair %+v of %d tested; want 5 meetings apart, db first each time, more than chance, 1 tested", p, r.Tested)
	}
	if *p.Expected.Value != 0 || p.Lift.Value != nil || p.Lift.High != nil || *p.Lift.Low < 10 {
		t.Errorf("expected %v, lift %+v; want 0, and a lift without an upper end", *p.Expected.Value, p.Lift)
	}
	if text := p.Sentence(); !strings.HasPrefix(text, "5 times together in separate incidents within an hour, 0.0 expected by chance, lift ") || !strings.HasSuffix(text, "q below 0.001: more than chance.") {
		t.Errorf("sentence %q", text)
	}
}

// Two services that fail every Monday at nine meet each week, and would meet as often if they had nothing to do with each other.
func TestFailingAtTheSameHourIsNoCoupling(t *testing.T) {
	var incs []*incident.Incident
	for week := range 30 {
		incs = append(incs, failed(2*week, week, 9*time.Hour, "backup"), failed(2*week+1, week, 9*time.Hour+10*time.Minute, "report"))
	}
	p := pairOf(t, snapshot(t, incs).Together(analytics.Query{}), "backup", "report")
	if p.Apart != 30 || math.Abs(*p.Expected.Value-30) > 0.5 || p.More || p.Q < 0.3 {
		t.Errorf("%d meetings, %v expected, q %v, more than chance: %v; want 30, about 30, and no more than chance", p.Apart, *p.Expected.Value, p.Q, p.More)
	}
	if !strings.HasSuffix(p.Sentence(), "cannot tell from chance.") {
		t.Errorf("sentence %q", p.Sentence())
	}
}

// Incidents that name both are told apart from separate ones, and need no test.
func TestOneIncidentOfTwoServices(t *testing.T) {
	incs := append(meeting(), failed(50, 40, time.Hour, "api", "db"), failed(51, 41, 5*time.Hour, "api", "db"))
	for i := range 3 {
		incs = append(incs, failed(60+i, 45+i, 0, "cdn", "dns"))
	}
	r := snapshot(t, incs).Together(analytics.Query{})
	if p := pairOf(t, r, "api", "db"); p.One != 2 || p.Apart != 5 || p.Times() != 7 || !strings.HasPrefix(p.Sentence(), "7 times together: twice in one incident that names both, 5 times in separate incidents within an hour; of the latter") {
		t.Errorf("%d in one and %d apart: %q", p.One, p.Apart, p.Sentence())
	}
	if p := pairOf(t, r, "cdn", "dns"); p.One != 3 || p.Apart != 0 || p.More || p.Sentence() != "3 times together, each time in one incident that names both." {
		t.Errorf("%d in one and %d apart: %q", p.One, p.Apart, p.Sentence())
	}
}

// A flood of alerts of one service is one failure: it meets another service once.
func TestAFloodMeetsOnce(t *testing.T) {
	incs := meeting()
	for i := range 40 {
		incs = append(incs, failed(100+i, 20, 3*time.Hour+21*time.Minute+time.Duration(i)*time.Second, "api"))
	}
	if p := pairOf(t, snapshot(t, incs).Together(analytics.Query{}), "api", "db"); p.Apart != 5 || p.FailuresA != 5 {
		t.Errorf("%d meetings of %d failures, want 5 of 5", p.Apart, p.FailuresA)
	}
}

// A failure is in one meeting: db, api, db within half an hour of the next are two failures of db, of which api meets the first... and
// db's are joined, being within the hour.
func TestChainsMeetOnce(t *testing.T) {
	var incs []*incident.Incident
	for i := range 3 { // db 0:00, api 0:50, db 1:10
		incs = append(incs, failed(10*i, i, 0, "db"), failed(10*i+1, i, 50*time.Minute, "api"), failed(10*i+2, i, 70*time.Minute, "db"))
	}
	p := pairOf(t, snapshot(t, incs).Together(analytics.Query{}), "api", "db")
	if p.Apart != 3 || p.FailuresB != 6 || p.FailuresA != 3 {
		t.Errorf("%d meetings of %d and %d failures, want 3 of 3 and 6", p.Apart, p.FailuresA, p.FailuresB)
	}
	if p.Expected.Value != nil || p.Expected.Reason == "" {
		t.Errorf("expected %+v from a record of three weeks, want a reason", p.Expected)
	}
}

// Among services that have nothing to do with each other, next to none is called coupled, and those that have are found.
func TestTogetherKeepsItsLevel(t *testing.T) {
	const services, years = 30, 2
	false0, found := 0, 0
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 5))
		var incs []*incident.Incident
		for n := range services * 150 * years { // in business hours, as everybody's
			incs = append(incs, failed(n, r.IntN(52*years), time.Duration(r.IntN(5))*24*time.Hour+time.Duration(9*60+r.IntN(8*60))*time.Minute, fmt.Sprintf("svc-%02d", r.IntN(services))))
		}
		for n := range 12 {
			week, later := r.IntN(52*years), time.Duration(r.IntN(5*24*60))*time.Minute
			incs = append(incs, failed(90000+2*n, week, later, "left"), failed(90001+2*n, week, later+time.Duration(r.IntN(40))*time.Minute, "right"))
		}
		for _, p := range snapshot(t, incs).Together(analytics.Query{}).Pairs {
			switch {
			case p.A == "left" && p.B == "right" && p.More:
				found++
			case p.More:
				false0++
			}
		}
	}
	if found != 4 || false0 > 1 {
		t.Errorf("the coupled pair was found in %d of 4, beside %d false ones; want 4 and at most 1", found, false0)
	}
}

// The list behind a pair holds as many meetings as the pair counts.
func TestTogetherCases(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	var incs []*incident.Incident
	for n := range 600 {
		services := []string{fmt.Sprintf("svc-%d", r.IntN(4))}
		if other := fmt.Sprintf("svc-%d", r.IntN(4)); r.IntN(5) == 0 && other != services[0] {
			services = append(services, other)
		}
		incs = append(incs, failed(n, r.IntN(12), time.Duration(r.IntN(7*24*60))*time.Minute, services...))
	}
	s := snapshot(t, incs)
	pairs := s.Together(analytics.Query{}).Pairs
	if len(pairs) != 6 {
		t.Fatalf("%d pairs of four services, want 6", len(pairs))
	}
	for _, p := range pairs {
		one, apart := s.TogetherCases(analytics.Query{}, p.A, p.B)
		if len(one) != p.One || len(apart) != p.Apart {
			t.Errorf("%s and %s: %d and %d listed, %d and %d counted", p.A, p.B, len(one), len(apart), p.One, p.Apart)
		}
		for _, m := range apart {
			if d := m.Later.StartedAt.Sub(m.Earlier.StartedAt); d < 0 || d > analytics.TogetherWithin {
				t.Errorf("%s and %s: a meeting of failures %v apart", p.A, p.B, d)
			}
		}
	}
	if got := s.Together(analytics.Query{Services: []incident.ID{"svc-0"}}).Pairs; len(got) != 3 {
		t.Errorf("%d pairs of one service, want 3", len(got))
	}
}
