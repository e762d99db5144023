package analytics

import (
	"fmt"
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// Gaps says whether the time between incidents grows.
type Gaps struct {
	Starts   []time.Time // of the incidents, ascending, UTC; belongs to the caller
	From, To time.Time   // what was observed, UTC
	// ByFailure says that the observation begins and ends with an incident, for the query names no period: whether
	// anything was watched outside nobody knows.
	ByFailure bool
	Trend     stats.Trend
	Evidence  string // "strong evidence that incidents become rarer", or the reason why there is none
	Sentence  string
	Growth    *Growth // nil unless the query states a programme
}

// Growth is the power law (Crow-AMSAA) fitted from the beginning of a programme on.
type Growth struct {
	Begin    time.Time
	N        int
	Beta     Estimate // below 1: incidents become rarer
	Next     Estimate // expected in the 90 days behind the end, if nothing changes; no interval
	Misfit   bool     // the Cramér-von Mises distance is too large for the law
	Fit      stats.Growth
	Sentence string
}

// Gaps tests the starts of q's incidents for a trend. A statement needs 6 of them.
func (s *Snapshot) Gaps(q Query) Gaps {
	g := Gaps{From: q.From, To: q.To}
	g.Starts = s.starts(q)
	if !q.Now.IsZero() && q.Now.Before(g.To) {
		g.To = q.Now
	}
	n := len(g.Starts)
	g.ByFailure = g.From.IsZero() || g.To.IsZero()
	if g.ByFailure && n > 0 {
		g.From, g.To = g.Starts[0], g.Starts[n-1]
	}
	times := since(g.From, g.Starts)
	if g.ByFailure && n > 0 {
		times = times[1:] // the first one begins the observation
	}
	if len(times) < fewest || !g.From.Before(g.To) {
		g.Evidence = tooFew(n)
		g.Sentence = fmt.Sprintf("Too few incidents: %d; a trend needs %d.", n, fewest)
	} else {
		g.Trend = stats.Trending(times, g.To.Sub(g.From).Hours()/24, g.ByFailure)
		g.Evidence = evidence(g.Trend)
		g.Sentence = g.say()
	}
	if !q.Programme.IsZero() {
		g.Growth = growth(q.Programme, g.To, g.Starts)
	}
	return g
}

// starts returns when the incidents of q that count began, ascending; those without a start are left out.
func (s *Snapshot) starts(q Query) []time.Time {
	p := s.population(q)
	var out []time.Time
	for r := range p.started() {
		if r.leftOut == 0 && r.started[r.i] != 0 {
			out = append(out, instant(r.started[r.i]))
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// since returns times as days from begin.
func since(begin time.Time, times []time.Time) []float64 {
	out := make([]float64, len(times))
	for i, t := range times {
		out[i] = math.Max(t.Sub(begin).Hours()/24, 1.0/86400) // the logarithm of 0 is none
	}
	return out
}

// evidence puts the Lewis-Robinson test into words. It is taken before Laplace's, which mistakes clusters for a trend.
func evidence(t stats.Trend) string {
	z := t.LewisRobinson
	if math.IsNaN(z) || math.IsInf(z, 0) {
		return noEvidence
	}
	return trendOf(stats.NormalP(z), z)
}

// say writes the outcome of the trend tests for people.
func (g Gaps) say() string {
	switch text := upper(g.Evidence); {
	case g.Evidence != noEvidence:
		return text + " (Lewis-Robinson test, which allows for clusters)."
	case g.Trend.LaplaceP < 0.05:
		return text + " once clusters are allowed for (Lewis-Robinson test); the simpler Laplace test, which takes clusters for a trend, sees one."
	default:
		return text + " (Lewis-Robinson test, which allows for clusters). That is not to say that there is none."
	}
}

// misfits are the distances of Cramér and von Mises that one fitting process in ten exceeds, by the number of failures
// (MIL-HDBK-189; IEC 61164, table 1). Of 60,000 made-up processes each, with 3, 5, 10 and 20 failures, 9.9 to 10.0 % exceeded theirs.
var misfits = []struct {
	m  int
	at float64
}{{3, 0.154}, {4, 0.155}, {5, 0.160}, {6, 0.162}, {8, 0.165}, {10, 0.167}, {15, 0.169}, {20, 0.172}, {60, 0.173}}

// growth fits the power law to the incidents since begin.
func growth(begin, end time.Time, starts []time.Time) *Growth {
	const method = "power law (Crow-AMSAA), greatest likelihood without bias, chi-square interval"
	starts = slices.DeleteFunc(slices.Clone(starts), func(t time.Time) bool { return t.Before(begin) })
	g := &Growth{Begin: begin, N: len(starts)}
	if g.N < fewest || !begin.Before(end) {
		g.Beta = unknown(method, g.N, tooFew(g.N))
		g.Next = unknown(method, g.N, tooFew(g.N))
		g.Sentence = fmt.Sprintf("Too few incidents since the programme began: %d; a growth parameter needs %d.", g.N, fewest)
		return g
	}
	g.Fit = stats.CrowAMSAA(since(begin, starts), end.Sub(begin).Hours()/24, false, Level)
	g.Beta = estimate(g.Fit.Unbiased, g.Fit.BetaEnds, method, g.N)
	g.Next = Estimate{Value: finite(g.Fit.Next(90)), Method: "power law (Crow-AMSAA) continued", N: g.N}
	for _, x := range misfits {
		if g.Fit.M >= x.m {
			g.Misfit = g.Fit.CvM > x.at
		}
	}
	g.Sentence = g.say()
	return g
}

func (g *Growth) say() string {
	if !g.Beta.Known() {
		return "The power law cannot be fitted to these incidents."
	}
	text := fmt.Sprintf("Growth parameter %.2f (95 %% interval %s, n = %d): ", *g.Beta.Value, bounds(g.Beta), g.N)
	switch {
	case *g.Beta.High < 1:
		text += "incidents became rarer since the programme began."
	case *g.Beta.Low > 1:
		text += "incidents became more frequent since the programme began."
	default:
		text += "no trend that can be told from chance since the programme began."
	}
	if g.Misfit {
		text += " The power law does not fit these incidents well (Cramér-von Mises test, 10 %): do not rely on the parameter."
	}
	return text
}
