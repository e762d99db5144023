package analytics

import (
	"fmt"
	"math"
	"time"

	"hindsight/analytics/stats"
)

// Check is a second look at a question that a main figure answers already: another test of it, or the same one with something held
// constant.
type Check struct {
	Name     string // "Mann-Kendall test"
	Sentence string // in the fixed words; ends with a full stop
	N        int    // incidents, or periods, that it was made from
	Of       string // what N counts: "incidents", "weeks"
	Metric   string // id in Metrics
}

// strength puts the chance of so much of a trend or difference, were there none, into the fixed words.
func strength(p float64, towards string) string {
	switch {
	case p < 0.01:
		return "strong evidence that " + towards
	case p < 0.05:
		return "moderate evidence that " + towards
	case p < 0.20:
		return "weak evidence that " + towards
	}
	return noEvidence
}

const noEvidence = "no evidence of a trend"

// trendOf is strength for a statistic that is below 0 where incidents become rarer.
func trendOf(p, z float64) string {
	towards := "incidents become more frequent"
	if z < 0 {
		towards = "incidents become rarer"
	}
	return strength(p, towards)
}

// The length of the periods whose counts Mann-Kendall compares, and how few of them are no series.
const (
	fewestPeriods = 10
	longPeriod    = 4 * week
)

// Checks are tests of a trend beside that of Lewis and Robinson; none where there were too few incidents for that one.
func (g Gaps) Checks() []Check {
	if math.IsNaN(g.Trend.Laplace) || g.Trend.DF == 0 {
		return nil
	}
	n := len(g.Starts)
	out := []Check{{Name: "Laplace test", N: n, Of: "incidents", Metric: "trend",
		Sentence: upper(trendOf(g.Trend.LaplaceP, g.Trend.Laplace)) + ". It takes clusters for a trend."}}
	if c, ok := g.monotonic(); ok {
		out = append(out, c)
	}
	return out
}

// monotonic is the Mann-Kendall test of the counts of equal periods; ok is false where there are too few of them.
func (g Gaps) monotonic() (Check, bool) {
	counts, length := g.periods()
	if len(counts) < fewestPeriods {
		return Check{}, false
	}
	of := "periods of four weeks"
	if length == week {
		of = "weeks"
	}
	m := stats.MannKendall(counts, Level)
	c := Check{Name: "Mann-Kendall test", N: len(counts), Of: of, Metric: "mann_kendall"}
	if math.IsNaN(m.P) {
		c.Sentence = upper(noEvidence) + ": all counts are equal."
		return c, true
	}
	c.Sentence = fmt.Sprintf("%s. From one to the next the count changes by %s (95 %% interval %s to %s).", upper(trendOf(m.P, m.Z)),
		signed(m.Slope), signed(m.SlopeEnds.Low), signed(m.SlopeEnds.High))
	return c, true
}

// periods counts the incidents of the equal periods that fit into the observed time: of four weeks where there are enough, else of
// one. A rest at the end is left out.
func (g Gaps) periods() (counts []float64, length time.Duration) {
	length = longPeriod
	if g.To.Sub(g.From) < fewestPeriods*length {
		length = week
	}
	counts = make([]float64, int(g.To.Sub(g.From)/length))
	for _, at := range g.Starts {
		if i := int(at.Sub(g.From) / length); i >= 0 && i < len(counts) {
			counts[i]++
		}
	}
	return counts, length
}

// signed writes a change with its sign and two digits.
func signed(x float64) string {
	if math.Abs(x) < 0.005 {
		return "0"
	}
	text := fmt.Sprintf("%+.2f", x)
	if x < 0 {
		return "−" + text[1:]
	}
	return text
}

const (
	relabelled    = 20_000    // draws of the permutation test at most
	relabelEffort = 2_000_000 // durations drawn in all, so that a page need not wait
	mostRelabel   = 20_000    // of the smaller sample; above, the normal approximation needs no check
)

// Checks are tests of whether durations differ beside the interval of their ratio, and the comparison within severities; none
// where a period has too few.
func (s *Snapshot) Checks(c Comparison, m Metric) []Check {
	if c.Missing != "" {
		return nil
	}
	now, before := s.Sample(c.Now, m), s.Sample(c.Before, m)
	n := len(now.Values) + len(before.Values)
	if min(len(now.Values), len(before.Values)) < fewest {
		return nil
	}
	out := []Check{rankCheck(now.Values, before.Values)}
	if few := min(len(now.Values), len(before.Values)); few <= mostRelabel {
		out = append(out, permutationCheck(now.Values, before.Values, max(999, min(relabelled, relabelEffort/few))))
	}
	if w := s.WithinSeverities(c, m); len(w.Strata) > 1 {
		out = append(out, Check{Name: "Severity held constant", Sentence: w.Verdict.Sentence, N: n, Of: "incidents", Metric: "within_severities"})
	}
	return out
}

// differ is strength for durations; shorter says in which direction they differ.
func differ(p float64, shorter bool) string {
	towards := "durations are longer now"
	if shorter {
		towards = "durations are shorter now"
	}
	text := strength(p, towards)
	if text == noEvidence {
		return "no evidence of a difference"
	}
	return text
}

func rankCheck(now, before []float64) Check {
	r := stats.MannWhitney(now, before)
	p := r.Exact.TwoSided
	how := "exact"
	if math.IsNaN(p) {
		p, how = r.Asymptotic.TwoSided, "by the normal law, corrected for ties"
	}
	return Check{Name: "Mann-Whitney test", N: len(now) + len(before), Of: "incidents", Metric: "mann_whitney",
		Sentence: fmt.Sprintf("%s (%s).", upper(differ(p, r.Less > 0.5)), how)}
}

func permutationCheck(now, before []float64, draws int) Check {
	t := stats.PermutationOfMeans(logsOf(now), logsOf(before), draws, patternSeed)
	how := fmt.Sprintf("all %d relabellings", t.Permutations)
	if !t.Exact {
		how = fmt.Sprintf("%d relabellings drawn, seed %d", draws, patternSeed)
	}
	return Check{Name: "Permutation test", N: len(now) + len(before), Of: "incidents", Metric: "permutation",
		Sentence: fmt.Sprintf("%s, by mean logarithms (%s).", upper(differ(t.P.TwoSided, t.Observed < 0)), how)}
}

func logsOf(values []float64) []float64 {
	out := atLeast(values, shortest)
	for i, v := range out {
		out[i] = math.Log(v)
	}
	return out
}

// factors turns a shift of logarithms into a ratio.
func factors(s stats.Shift) stats.Shift {
	s.Value = math.Exp(s.Value)
	s.Interval = stats.Interval{Low: math.Exp(s.Interval.Low), High: math.Exp(s.Interval.High)}
	return s
}

// interval returns the bounds of an estimate, unbounded where there are none.
func interval(e Estimate) stats.Interval {
	in := stats.Interval{Low: math.Inf(-1), High: math.Inf(1)}
	if e.Low != nil {
		in.Low = *e.Low
	}
	if e.High != nil {
		in.High = *e.High
	}
	return in
}
