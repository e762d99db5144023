package analytics

import (
	"fmt"
	"math"
	"sort"

	"hindsight/analytics/stats"
)

// Judge says whether durations changed between two periods, in the fixed words used everywhere. Durations below a
// second count as one second. The change is the Hodges-Lehmann ratio with its order-statistic interval; what could have
// been seen is that of the t-test on logarithms, and Needed is by Noether's formula.
func Judge(m Metric, now, before Sample) Verdict {
	v := Verdict{NNow: len(now.Values), NBefore: len(before.Values)}
	const method = "Hodges-Lehmann ratio with order-statistic interval"
	n := v.NNow + v.NBefore
	if v.NNow < fewest || v.NBefore < fewest {
		v.Phrase = TooFew
		v.Ratio = unknown(method, n, tooFew(min(v.NNow, v.NBefore)))
		v.Sentence = fmt.Sprintf("Too few incidents: %d now and %d before; a comparison of durations needs %d on each side.", v.NNow, v.NBefore, fewest)
		return v
	}
	x, y := atLeast(now.Values, shortest), atLeast(before.Values, shortest)
	wide := stats.HodgesLehmannRatio(x, y, Level)
	narrow := stats.HodgesLehmannRatio(x, y, probable)
	v.Ratio = estimate(wide.Value, wide.Interval, method, n)
	v.Shorter = finite(stats.MannWhitney(x, y).Less)
	sigma := pooledLogSigma(x, y)
	drop := stats.VisibleRatio(v.NNow, v.NBefore, sigma, 1-Level, powerGoal)
	v.VisibleDrop, v.VisibleRise = finite(drop), finite(1/drop)
	if sigma > 0 {
		v.Needed = stats.SampleForRatio(sigma, 1-widest, 1-Level, powerGoal).Noether
	}
	v.pace(float64(n), now.Days+before.Days, min(now.Days, before.Days) > 0)
	v.judge(wide.Value, wide.Interval, narrow.Interval, m.FewerIsBetter)
	v.Sentence = v.sentence("durations are", "what they were")
	return v
}

// JudgeRate says whether incidents became rarer. The change is the ratio of the two Poisson rates, given their total, with its
// exact interval; where the weeks of the periods vary more than that, it is the interval of the negative binomial
// law, and the sentence says so.
func JudgeRate(now, before Frequency) Verdict {
	v := Verdict{NNow: now.N, NBefore: before.N, Clustered: clustered(now, before)}
	method, total := "ratio of Poisson rates with exact conditional interval", now.N+before.N
	if v.Clustered {
		method = "ratio of rates with negative binomial interval"
	}
	if now.Days <= 0 || before.Days <= 0 {
		v.Phrase = CannotTell
		v.Ratio = unknown(method, total, "the period has an open end")
		v.Sentence = "Cannot tell: a rate needs a period with two ends."
		return v
	}
	if total < fewest {
		v.Phrase = TooFew
		v.Ratio = unknown(method, total, tooFew(total))
		v.Sentence = fmt.Sprintf("Too few incidents: %d now and %d before; a comparison of rates needs %d in all.", now.N, before.N, fewest)
		return v
	}
	wide, narrow := change(now, before, Level), change(now, before, probable)
	v.Ratio = estimate(wide.Ratio, wide.Interval, method, total)
	if before.N == 0 {
		v.Ratio.Reason = "there were none before"
	} else {
		v.visibleRates(now, before)
	}
	v.pace(float64(total), now.Days+before.Days, true)
	v.judge(wide.Ratio, wide.Interval, narrow.Interval, true)
	v.Sentence = v.sentence("incidents come", "as often as before")
	return v
}

// visibleRates works out which change of a rate could have been seen. Clustered counts tell as much as fewer that are not.
func (v *Verdict) visibleRates(now, before Frequency) {
	inflation := 1.0
	if v.Clustered {
		inflation = math.Max(now.inflation(), before.inflation())
	}
	events, exposure := float64(before.N)/inflation, now.Days/before.Days
	v.VisibleDrop = finite(stats.VisibleRateDrop(events, exposure, 1-Level, powerGoal))
	v.VisibleRise = finite(stats.VisibleRateRise(events, exposure, 1-Level, powerGoal))
	const most = 1 << 20
	n := sort.Search(most, func(n int) bool {
		return stats.VisibleRateDrop(float64(n), 1, 1-Level, powerGoal) >= 1-widest
	})
	if n < most {
		v.Needed = int(math.Ceil(float64(n) * inflation))
	}
}

// pace works out how long it takes until Needed incidents have come.
func (v *Verdict) pace(n, days float64, known bool) {
	if !known || days <= 0 || n <= 0 {
		return
	}
	v.PerYear = n / days * 365.25
	v.Years = float64(v.Needed) / v.PerYear
}
