package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Trend tests whether failures of one repairable thing become rarer. Each statistic is NaN where it cannot be computed.
type Trend struct {
	// Laplace is below 0 when failures came early, which is improvement; its law is standard normal without a trend
	// (Cox and Lewis 1966). LaplaceP is two-sided.
	Laplace, LaplaceP float64
	// ChiSquare is large for improvement, chi-square with DF degrees of freedom without a trend (MIL-HDBK-189, 1981).
	ChiSquare  float64
	DF         int
	PImproving float64 // one-sided: small for improvement
	PTwoSided  float64
	// Reversals counts pairs of gaps of which the later is longer, out of MostReversals. PReversals is the exact chance of
	// so many or more without a trend, NaN when gaps are equal; ReversalZ is its normal approximation (NIST/SEMATECH
	// e-Handbook 8.2.3.4).
	Reversals, MostReversals int
	PReversals, ReversalZ    float64
	// LewisRobinson is Laplace divided by GapCV, the coefficient of variation of the gaps: it does not
	// take gaps that merely cluster for a trend (Lewis and Robinson 1974).
	LewisRobinson, GapCV float64
}

// Trending tests the times of failures, ascending and counted from the beginning of observation. atFailure says that observation
// stopped at the last failure, which then tells nothing; otherwise it stopped at end.
func Trending(times []float64, end float64, atFailure bool) Trend {
	gaps := gapsOf(times)
	n := len(times)
	if atFailure && n > 0 {
		end = times[n-1]
		n--
	}
	t := Trend{DF: 2 * n, GapCV: StandardDeviation(gaps) / Mean(gaps)}
	logs, early := 0.0, 0.0
	for _, at := range times[:n] {
		logs += math.Log(end / at)
		early += at
	}
	N := float64(n)
	t.Laplace = (early/N - end/2) / (end / math.Sqrt(12*N))
	t.LaplaceP = 2 * normalCDF(-math.Abs(t.Laplace))
	t.LewisRobinson = t.Laplace / t.GapCV
	t.ChiSquare, t.PImproving, t.PTwoSided = math.NaN(), math.NaN(), math.NaN()
	if n > 0 {
		t.ChiSquare = 2 * logs
		law := distuv.ChiSquared{K: 2 * N}
		t.PImproving = law.Survival(t.ChiSquare)
		t.PTwoSided = math.Min(1, 2*math.Min(t.PImproving, law.CDF(t.ChiSquare)))
	}
	t.reverse(gaps)
	return t
}

// gapsOf returns the times between failures, the first from 0.
func gapsOf(times []float64) []float64 {
	gaps := make([]float64, len(times))
	before := 0.0
	for i, t := range times {
		gaps[i], before = t-before, t
	}
	return gaps
}

// exactGaps is up to how many gaps the exact chance of reversals is worked out: its cost grows with their fourth power.
const exactGaps = 150

// reverse counts the reversals of the gaps.
func (t *Trend) reverse(gaps []float64) {
	r := len(gaps)
	t.MostReversals = r * (r - 1) / 2
	sorted := slices.Sorted(slices.Values(gaps))
	ties := len(slices.Compact(slices.Clone(sorted))) < r
	t.Reversals = rises(slices.Clone(gaps), make([]float64, r))
	n := float64(r)
	t.ReversalZ = (float64(t.Reversals) - n*(n-1)/4 + 0.5) / math.Sqrt((2*n+5)*(n-1)*n/72)
	t.PReversals = math.NaN()
	if !ties && r > 1 && r <= exactGaps {
		t.PReversals = atLeastReversals(r, t.Reversals)
	}
}

// rises counts the pairs of which the later is greater, and sorts x; room is as long.
func rises(x, room []float64) int {
	if len(x) < 2 {
		return 0
	}
	half := len(x) / 2
	count := rises(x[:half], room[:half]) + rises(x[half:], room[half:])
	i, j := 0, half
	for k := range room {
		if j == len(x) || i < half && x[i] < x[j] {
			room[k] = x[i]
			count += len(x) - j // all that are left on the right are greater
			i++
		} else {
			room[k] = x[j]
			j++
		}
	}
	copy(x, room)
	return count
}

// atLeastReversals returns the share of the orders of n different values that have at least k reversals.
func atLeastReversals(n, k int) float64 {
	chance := []float64{1} // of each number of reversals
	for i := 2; i <= n; i++ {
		next := make([]float64, i*(i-1)/2+1)
		for had, p := range chance {
			for more := range i {
				next[had+more] += p / float64(i)
			}
		}
		chance = next
	}
	return math.Min(1, sum(chance[k:]))
}
