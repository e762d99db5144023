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

var resolveMetric = analytics.Metric{ID: "time_to_resolve", Title: "Time to resolve", FewerIsBetter: true,
	Span: incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}}

// ofSeverity returns incidents of a severity, one an hour from a time on, that last as long as took says, in minutes.
func ofSeverity(name string, severity incident.Severity, from time.Time, took ...float64) []*incident.Incident {
	var out []*incident.Incident
	for i, minutes := range took {
		inc := began(name, time.Duration(minutes*float64(time.Minute)), from.Add(time.Duration(i)*time.Hour))[0]
		inc.ID, inc.Severity = incident.ID(fmt.Sprintf("%s-%d", name, i)), severity
		out = append(out, inc)
	}
	return out
}

// around returns n durations in minutes about a middle, log-normal.
func around(random *rand.Rand, middle float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = middle * math.Exp(0.4*random.NormFloat64())
	}
	return out
}

// Simpson's paradox: within each severity incidents take twice as long as before, but nearly all of them are of the quick severity
// now. All together they look much shorter.
func TestWithinSeveritiesTurnsRound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	incs := ofSeverity("slow-before", 1, day(2024, 1, 5), around(random, 1000, 60)...)
	incs = append(incs, ofSeverity("quick-before", 3, day(2024, 2, 5), around(random, 10, 20)...)...)
	incs = append(incs, ofSeverity("slow-now", 1, day(2024, 8, 5), around(random, 2000, 20)...)...)
	incs = append(incs, ofSeverity("quick-now", 3, day(2024, 9, 5), around(random, 20, 60)...)...)
	s := snapshot(t, incs)
	w := s.WithinSeverities(analytics.Comparison{Now: analytics.Query{From: day(2024, 7, 1), To: day(2024, 12, 1)}, Before: analytics.Query{From: day(2024, 1, 1), To: day(2024, 7, 1)}}, resolveMetric)
	if w.Pooled.Phrase != analytics.ClearlyBetter || w.Verdict.Phrase != analytics.ClearlyWorse {
		t.Fatalf("pooled %q, within %q", w.Pooled.Phrase, w.Verdict.Phrase)
	}
	if r := *w.Verdict.Ratio.Value; r < 1.7 || r > 2.35 {
		t.Errorf("within severities durations are %.2f times what they were, want about 2", r)
	}
	if !strings.HasPrefix(w.Verdict.Sentence, "The direction turns round") {
		t.Errorf("sentence: %s", w.Verdict.Sentence)
	}
	if len(w.Strata) != 2 || w.Strata[0].Severity != 1 || w.Strata[0].Verdict.NNow != 20 || w.Strata[1].Verdict.NBefore != 20 {
		t.Errorf("strata: %+v", w.Strata)
	}
}

// A severity that only one period has tells nothing about a change.
func TestWithinSeveritiesNeedsBothPeriods(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	incs := append(ofSeverity("before", 1, day(2024, 1, 5), around(random, 10, 20)...), ofSeverity("now", 2, day(2024, 8, 5), around(random, 10, 20)...)...)
	w := snapshot(t, incs).WithinSeverities(analytics.Comparison{Now: analytics.Query{From: day(2024, 7, 1)}, Before: analytics.Query{To: day(2024, 7, 1)}}, resolveMetric)
	if w.Verdict.Phrase != analytics.TooFew || w.Verdict.Ratio.Known() || !strings.Contains(w.Verdict.Sentence, "severities that both periods have: 0 now and 0 before") {
		t.Errorf("%q: %s", w.Verdict.Phrase, w.Verdict.Sentence)
	}
}

// 40 incidents of about 10 minutes, then 40 of about 60: the change is found at the 41st, and by every penalty.
func TestLevels(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	incs := ofSeverity("a", 2, day(2024, 1, 1), append(around(random, 10, 40), around(random, 60, 40)...)...)
	q := analytics.Query{Span: resolveMetric.Span}
	l := analytics.LevelsOf(snapshot(t, incs).Dots(q, analytics.Recorded))
	if l.N != 80 || l.Block != 1 || len(l.Shifts) != 1 {
		t.Fatalf("levels: %+v", l)
	}
	x := l.Shifts[0]
	if !x.At.Equal(day(2024, 1, 1).Add(40*time.Hour)) || x.Seen != 3 || x.Before < 480 || x.Before > 760 || x.After < 2900 || x.After > 4400 {
		t.Errorf("shift: %+v", x)
	}
	if x.First.After(x.At) || x.Last.Before(x.At) {
		t.Errorf("the change at %v is not between %v and %v", x.At, x.First, x.Last)
	}
}

// Of 200 series of 100 durations without a change, few show one.
func TestLevelsOfNoChange(t *testing.T) {
	random, found := rand.New(rand.NewPCG(2, 2)), 0
	for range 200 {
		var recorded []analytics.Dot
		for i, minutes := range around(random, 30, 100) {
			recorded = append(recorded, analytics.Dot{At: day(2024, 1, 1).Add(time.Duration(i) * time.Hour).UnixMicro(), Seconds: 60 * minutes})
		}
		if len(analytics.LevelsOf(recorded).Shifts) > 0 {
			found++
		}
	}
	if found > 10 {
		t.Errorf("%d of 200 series without a change show one, want at most 5 %%", found)
	}
}

// Many durations are looked at in blocks, and still place the change.
func TestLevelsOfMany(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 3))
	var recorded []analytics.Dot
	for i := range 5000 {
		middle := 10.0
		if i >= 3000 {
			middle = 20
		}
		recorded = append(recorded, analytics.Dot{At: day(2024, 1, 1).Add(time.Duration(i) * time.Hour).UnixMicro(), Seconds: 60 * around(random, middle, 1)[0]})
	}
	l := analytics.LevelsOf(recorded)
	if l.Block != 5 || len(l.Shifts) != 1 || math.Abs(l.Shifts[0].At.Sub(day(2024, 1, 1)).Hours()-3000) > 50 {
		t.Errorf("levels: %+v", l)
	}
}

// Incidents that come twice as often each half year: Laplace and Mann-Kendall both say so, each with what it counted.
func TestGapChecks(t *testing.T) {
	var times []time.Time
	for i := range 26 {
		from := day(2023, 1, 2).Add(time.Duration(i) * 28 * 24 * time.Hour)
		times = append(times, every(from, time.Hour*24, 1+i/2)...)
	}
	s := snapshot(t, began("edge", time.Hour, times...))
	checks := s.Gaps(analytics.Query{From: day(2023, 1, 2), To: day(2024, 12, 30)}).Checks()
	if len(checks) != 2 || checks[0].N != len(times) || checks[1].N != 26 || checks[1].Of != "periods of four weeks" {
		t.Fatalf("checks: %+v", checks)
	}
	for _, c := range checks {
		if !strings.HasPrefix(c.Sentence, "Strong evidence that incidents become more frequent") {
			t.Errorf("%s: %s", c.Name, c.Sentence)
		}
	}
	if want := "changes by +0.50"; !strings.Contains(checks[1].Sentence, want) { // one more every second period
		t.Errorf("%q lacks %q", checks[1].Sentence, want)
	}
	if few := s.Gaps(analytics.Query{From: day(2023, 1, 2), To: day(2023, 1, 3)}).Checks(); few != nil {
		t.Errorf("checks of one incident: %+v", few)
	}
}

// The same durations on both sides differ in no test; durations three times as long differ in each.
func TestDurationChecks(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 1))
	middle := around(random, 30, 40)
	longer := make([]float64, len(middle))
	for i, m := range middle {
		longer[i] = 3 * m
	}
	for _, tc := range []struct {
		now  []float64
		want string
	}{{middle, "No evidence of a difference"}, {longer, "Strong evidence that durations are longer now"}} {
		incs := append(ofSeverity("before", 2, day(2024, 1, 5), middle...), ofSeverity("now", 2, day(2024, 8, 5), tc.now...)...)
		s := snapshot(t, incs)
		checks := s.Checks(analytics.Comparison{Now: analytics.Query{From: day(2024, 7, 1)}, Before: analytics.Query{To: day(2024, 7, 1)}}, resolveMetric)
		if len(checks) != 2 || checks[0].Name != "Mann-Whitney test" || checks[1].Name != "Permutation test" {
			t.Fatalf("checks: %+v", checks)
		}
		for _, c := range checks {
			if !strings.HasPrefix(c.Sentence, tc.want) || c.N != 80 {
				t.Errorf("%s: %q of %d, want %q", c.Name, c.Sentence, c.N, tc.want)
			}
		}
	}
}
