package analytics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// began returns incidents of a service that start at times and are resolved after a while.
func began(service string, took time.Duration, times ...time.Time) []*incident.Incident {
	var out []*incident.Incident
	for i, t := range times {
		inc := &incident.Incident{ID: incident.ID(fmt.Sprintf("%s-%d", service, i)), Kind: incident.Real, Status: incident.Resolved,
			Services: []incident.ServiceUse{{Service: incident.ID(service), Name: service}}}
		inc.Milestones.Set(incident.Opened, t, incident.ToSecond, incident.FromField, "synthetic", "")
		inc.Milestones.Set(incident.ResolvedAt, t.Add(took), incident.ToSecond, incident.FromField, "synthetic", "")
		out = append(out, inc)
	}
	return out
}

// every returns n times, gap apart.
func every(from time.Time, gap time.Duration, n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = from.Add(time.Duration(i) * gap)
	}
	return out
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

// Twelve months with 24 evenly spread incidents against twelve with 48: half as often, and the exact interval of the ratio of
// two Poisson counts of 24 and 48 excludes 1.
func TestCompareTakesTheLastTwoYearsOfTheRecord(t *testing.T) {
	last := day(2024, 12, 31)
	times := append(every(day(2023, 1, 1), 182*time.Hour, 48), every(day(2024, 1, 1), 365*time.Hour, 24)...)
	s := snapshot(t, began("edge", time.Hour, append(times, last)...))
	c := s.Compare(analytics.Query{})
	if c.Missing != "" || c.Words != "1 Jan 2024 to 31 Dec 2024, compared with 1 Jan 2023 to 31 Dec 2023" {
		t.Fatalf("Compare = %q, %q", c.Words, c.Missing)
	}
	v := s.Verdicts(c)[0]
	if v.Phrase != analytics.ClearlyBetter || v.Clustered || v.NNow != 25 || v.NBefore != 48 {
		t.Errorf("verdict = %q of %d and %d, clustered %v: %s", v.Phrase, v.NNow, v.NBefore, v.Clustered, v.Sentence)
	}
}

// A record that ended years ago says nothing about now, and one that begins in the middle nothing about before.
func TestCompareNeedsARecord(t *testing.T) {
	s := snapshot(t, began("edge", time.Hour, every(day(2020, 1, 1), 7*24*time.Hour, 100)...))
	for _, tc := range []struct {
		name     string
		from, to time.Time
		missing  string
	}{
		{"both inside", day(2021, 1, 1), day(2021, 7, 1), ""},
		{"before the record", day(2020, 3, 1), day(2020, 9, 1), "the record of these incidents begins on 1 Jan 2020"},
		{"behind the record", day(2022, 6, 1), day(2023, 1, 1), "the record of these incidents falls silent after 24 Nov 2021"},
	} {
		c := s.Compare(analytics.Query{From: tc.from, To: tc.to})
		if !strings.HasPrefix(c.Missing, tc.missing) || (c.Missing == "") != (tc.missing == "") {
			t.Errorf("%s: Missing = %q, want %q", tc.name, c.Missing, tc.missing)
		}
	}
}

// Ten weeks with counts 0, 12, 0, 12, …: mean 6, variance 40, index 6.67; chi-square 60 with 9 degrees of freedom.
func TestClusteredCountsWidenTheInterval(t *testing.T) {
	calm := analytics.Frequency{N: 60, Days: 70, Weeks: []int{6, 6, 6, 6, 6, 6, 6, 6, 6, 6}}
	wild := analytics.Frequency{N: 60, Days: 70, Weeks: []int{0, 12, 0, 12, 0, 12, 0, 12, 0, 12}}
	fewer := func(f analytics.Frequency) analytics.Frequency { f.N = 36; return f }
	if v := analytics.JudgeRate(fewer(calm), calm); v.Clustered || v.Phrase != analytics.ClearlyBetter {
		t.Errorf("calm: %v %q", v.Clustered, v.Sentence)
	}
	v := analytics.JudgeRate(fewer(wild), wild)
	if !v.Clustered || v.Phrase == analytics.ClearlyBetter || !strings.Contains(v.Sentence, "negative binomial") {
		t.Errorf("wild: %v %q", v.Clustered, v.Sentence)
	}
}

// 30 and 30 incidents in a year each: to see a fifth takes about 519 on each side (statistics of section 2.2 for sigma
// 1.25), which at 30 a year is about 17 years. Equal samples have a share of pairs of one half.
func TestJudgeSaysHowLongItTakes(t *testing.T) {
	m, _ := analytics.FindMetric("time_to_resolve")
	x := analytics.Sample{Values: logNormal(30, 1.25, 1), Days: 365.25}
	v := analytics.Judge(m, x, x)
	if math.Abs(v.PerYear-30) > 1e-9 || math.Abs(v.Years-float64(v.Needed)/30) > 1e-9 || *v.Shorter != 0.5 {
		t.Errorf("PerYear %v, Years %v, Needed %d, Shorter %v", v.PerYear, v.Years, v.Needed, *v.Shorter)
	}
	if !strings.Contains(v.Sentence, "50 of 100 pairs") || !strings.Contains(v.Sentence, "30 a year") || !strings.Contains(v.Sentence, "error budget") {
		t.Errorf("sentence: %s", v.Sentence)
	}
}

// Weekly counts of 1 for 30 weeks and 6 for 30: the level changes where they meet, at week 31.
func TestRhythmFindsTheChange(t *testing.T) {
	from := day(2024, 1, 1) // a Monday
	times := append(every(from.Add(time.Hour), 7*24*time.Hour, 30), every(from.AddDate(0, 0, 210).Add(time.Hour), 28*time.Hour, 180)...)
	s := snapshot(t, began("edge", time.Hour, times...))
	r := s.Rhythm(analytics.Query{From: from, To: from.AddDate(0, 0, 420), GroupBy: analytics.ByMonth})
	if len(r.Shifts) != 1 || !r.Shifts[0].At.Equal(from.AddDate(0, 0, 210)) || r.Shifts[0].Seen != 3 || r.Shifts[0].Before != 1 || r.Shifts[0].After != 6 {
		t.Fatalf("shifts = %+v, want one on 29 Jul 2024 from 1 to 6, seen by all", r.Shifts)
	}
	if x := r.Shifts[0]; x.First.After(x.At) || x.Last.Before(x.At) {
		t.Errorf("range %v to %v does not hold %v", x.First, x.Last, x.At)
	}
	even := s.Rhythm(analytics.Query{From: from, To: from.AddDate(0, 0, 203), GroupBy: analytics.ByWeek})
	if len(even.Shifts) != 0 || even.Clustered {
		t.Errorf("even counts: shifts %+v, clustered %v", even.Shifts, even.Clustered)
	}
}

// The others' 3 incidents in 12 weeks lead one to expect, for one week, gamma-Poisson with size 3.5 and mean 0.292: the chance
// of 2 or more is 0.041, so 9 of 10 cases end at 1, and 2 is outside.
func TestRhythmBand(t *testing.T) {
	from := day(2024, 1, 1)
	times := []time.Time{from.Add(time.Hour), from.AddDate(0, 0, 30), from.AddDate(0, 0, 60), from.AddDate(0, 0, 85), from.AddDate(0, 0, 86)}
	r := snapshot(t, began("edge", time.Hour, times...)).Rhythm(analytics.Query{From: from, To: from.AddDate(0, 0, 91), GroupBy: analytics.ByWeek})
	last := r.Expected[12]
	if math.Abs(last.Mean-3.5/12) > 1e-9 || last.Low != 0 || last.High != 1 || !last.Outside || r.Expected[1].Outside {
		t.Errorf("band of the last week = %+v, of the second %+v", last, r.Expected[1])
	}
}

// Failures at 5, 40, 43, 175, 389, 712, 747, 795, 1299 and 1478 hours of 1500, from NIST/SEMATECH e-Handbook 8.2.3.4 and
// 8.4.5.2: the times between failures grow, with a slope of 0.5165, so that β is 0.4835.
func TestGapsOfTheHandbook(t *testing.T) {
	from := day(2024, 1, 1)
	var times []time.Time
	for _, h := range []int{5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478} {
		times = append(times, from.Add(time.Duration(h)*time.Hour))
	}
	s := snapshot(t, began("edge", time.Hour, times...))
	q := analytics.Query{From: from, To: from.Add(1500 * time.Hour)}
	g := s.Gaps(q)
	// Laplace: (568.3 − 750) / (1500/√120) = −1.327.
	if math.Abs(g.Trend.Laplace+1.327) > 0.001 || g.Trend.Reversals != 33 || g.Growth != nil {
		t.Errorf("Laplace %.4f, reversals %d, growth %v; want −1.327, 33 and none without a programme", g.Trend.Laplace, g.Trend.Reversals, g.Growth)
	}
	q.Programme = from
	b := s.Gaps(q).Growth
	if b == nil || math.Abs(*b.Beta.Value-0.4835) > 0.0001 || b.Misfit {
		t.Errorf("growth = %+v", b)
	}
}

func TestGapsNeedSix(t *testing.T) {
	s := snapshot(t, began("edge", time.Hour, every(day(2024, 1, 1), time.Hour, 5)...))
	if g := s.Gaps(analytics.Query{From: day(2024, 1, 1), To: day(2024, 2, 1)}); !strings.HasPrefix(g.Sentence, "Too few incidents: 5") {
		t.Errorf("sentence = %q", g.Sentence)
	}
}

// Sixty Tuesdays at nine are a pattern; one incident every 25 hours, which walks through all hours and days, is none.
func TestPattern(t *testing.T) {
	from := day(2024, 1, 2) // a Tuesday
	q := analytics.Query{From: from, To: from.AddDate(0, 0, 420)}
	p := snapshot(t, began("edge", time.Hour, every(from.Add(9*time.Hour), 7*24*time.Hour, 60)...)).Pattern(q)
	if !p.Shown() || p.Hours[1][9] != 60 || !strings.Contains(p.Sentence, "Tuesday, 7.0 times the average") || !strings.Contains(p.Sentence, "09:00 to 10:00, 24.0 times") {
		t.Errorf("Tuesdays: %d at nine: %s", p.Hours[1][9], p.Sentence)
	}
	if p.Exposure[1][9] != 60 {
		t.Errorf("observed hours of Tuesday at nine = %v, want 60", p.Exposure[1][9])
	}
	p = snapshot(t, began("edge", time.Hour, every(from, 25*time.Hour, 400)...)).Pattern(q)
	if p.Shown() || !strings.HasPrefix(p.Sentence, "Not distinguishable from chance") {
		t.Errorf("every 25 hours: %s", p.Sentence)
	}
}

// Berlin has no 02:00 on 31 March 2024: of the four Sundays of five weeks around it, one lacks that hour.
func TestPatternCountsTheMissingHour(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2024, 3, 11, 0, 0, 0, 0, berlin)
	s := snapshot(t, began("edge", time.Hour, every(from.Add(30*time.Hour), 50*time.Hour, 10)...))
	p := s.Pattern(analytics.Query{From: from, To: time.Date(2024, 4, 8, 0, 0, 0, 0, berlin), Location: berlin})
	if p.Exposure[6][2] != 3 || p.Exposure[6][3] != 4 {
		t.Errorf("Sunday 02:00 was observed %v hours, 03:00 %v; want 3 and 4", p.Exposure[6][2], p.Exposure[6][3])
	}
}

// Twenty services that stay as they were and one that fails four times as often: the scan marks that one alone.
func TestScanMarksWhatChanged(t *testing.T) {
	from := day(2023, 1, 1)
	var incs []*incident.Incident
	for i := range 20 {
		incs = append(incs, began(fmt.Sprintf("calm%02d", i), time.Hour, every(from.Add(time.Duration(i)*time.Hour), 30*24*time.Hour, 25)...)...)
	}
	worse := append(every(from, 36*24*time.Hour, 10), every(from.AddDate(1, 0, 0), 9*24*time.Hour, 40)...)
	incs = append(incs, began("worse", time.Hour, worse...)...)
	m, _ := analytics.FindMetric("time_to_resolve")
	scan := snapshot(t, incs).Scan(analytics.Query{From: day(2024, 1, 1), To: day(2024, 12, 31)}, m)
	if scan.Looked != 21 || scan.Marked != 1 || scan.Services[0].Service != "worse" || !scan.Services[0].Rate.Marked {
		t.Fatalf("looked at %d, marked %d, too few %d, not covered %d, first %+v, %s", scan.Looked, scan.Marked, scan.TooFew, scan.Uncovered, scan.Services, scan.Comparison.Missing)
	}
	if scan.Tests != 42 {
		t.Errorf("Tests = %d, want two for each of 21 services", scan.Tests)
	}
}

func TestCostMean(t *testing.T) {
	g := func(values []float64) analytics.DurationGroup {
		var incs []*incident.Incident
		for i, v := range values {
			x := began("edge", time.Duration(v*float64(time.Second)), day(2024, 1, 1).Add(time.Duration(i)*time.Hour))[0]
			x.ID = incident.ID(fmt.Sprint("i", i))
			incs = append(incs, x)
		}
		return snapshot(t, incs).Durations(analytics.Query{Span: span(t, "opened..resolved")})[0]
	}
	c := g(logNormal(50, 1.25, 1)).CostMean()
	if !strings.Contains(c.Mean.Method, "Cox") || !strings.Contains(c.Caption, "do not contradict") || c.Noise == nil {
		t.Errorf("log-normal: %q %q", c.Mean.Method, c.Caption)
	}
	two := append(make([]float64, 0, 60), every2(60)...)
	c = g(two).CostMean()
	if !strings.Contains(c.Mean.Method, "BCa") || c.Caption != "Mean of heavy-tailed durations: interval too narrow by construction." {
		t.Errorf("two clumps: %q %q", c.Mean.Method, c.Caption)
	}
	if c := g([]float64{60, 90, 120}).CostMean(); c.Mean.Known() || c.Mean.Reason != "not estimable from 3 incidents" {
		t.Errorf("three: %+v", c.Mean)
	}
}

// every2 returns n durations in two clumps, of a minute and of a day.
func every2(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 60 + float64(i%7)
		if i%2 == 0 {
			out[i] = 86400 + float64(i%5)
		}
	}
	return out
}

// The Volvo log has 4,501 requests of which 7 are open: all of the record is seen, and 4,494 have both times.
func TestSeenOfVolvo(t *testing.T) {
	s := snapshot(t, volvo(t))
	all := s.Seen(analytics.Query{Span: span(t, "opened..resolved")})
	if all != (analytics.Seen{All: 4501, Matching: 4501, InPeriod: 4501, Counting: 4501, Measured: 4494}) {
		t.Errorf("Seen = %+v", all)
	}
}
