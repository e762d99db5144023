package analytics

import (
	"fmt"
	"math"

	"hindsight/analytics/stats"
)

// Phrase is one of the fixed answers to "is it getting better?".
type Phrase string

const (
	ClearlyBetter  Phrase = "clearly better"
	ClearlyWorse   Phrase = "clearly worse"
	ProbablyBetter Phrase = "probably better"
	ProbablyWorse  Phrase = "probably worse"
	NoChange       Phrase = "no change larger than" // followed by Verdict.Within
	CannotTell     Phrase = "cannot tell"
	TooFew         Phrase = "too few incidents"
)

// Verdict judges a change between two periods. It is made from the interval of the change and from what the
// data could have shown, never from the difference alone.
type Verdict struct {
	Phrase   Phrase
	Sentence string   // the whole answer for people, with numbers; ends with a full stop
	Ratio    Estimate // now ÷ before; 0.8 is a fifth less
	Within   float64  // when NoChange: the change is smaller than this share either way; else 0
	// VisibleDrop and VisibleRise are the smallest changes, as ratios, that as many incidents as these show
	// in 4 of 5 cases: 0.6 and 1.7 mean −40 % and +70 %. Nil when not estimable.
	VisibleDrop, VisibleRise *float64
	// Needed is how many incidents on each side would show a drop by a fifth in 4 of 5 cases; 0 when not estimable.
	Needed        int
	NNow, NBefore int
}

// The thresholds of the phrases.
const (
	fewest    = 6    // incidents on each side of a comparison of durations, and in all for rates
	matters   = 0.10 // a change below a tenth is not called better or worse
	widest    = 0.20 // "no change larger than" is said up to a fifth
	probable  = 0.80 // level of the interval behind "probably"
	shortest  = 1.0  // seconds; shorter durations count as this long, for ratios need more than zero
	powerGoal = 0.80 // how often a visible change is seen
)

// Judge says whether durations changed between two periods, in the fixed words used everywhere.
// now and before are the recorded durations in seconds, in any order; those below a second count as one
// second. The change is the Hodges-Lehmann ratio with its order-statistic interval.
func Judge(m Metric, now, before []float64) Verdict {
	v := Verdict{NNow: len(now), NBefore: len(before)}
	const method = "Hodges-Lehmann ratio with order-statistic interval"
	n := v.NNow + v.NBefore
	if v.NNow < fewest || v.NBefore < fewest {
		v.Phrase = TooFew
		v.Ratio = unknown(method, n, tooFew(min(v.NNow, v.NBefore)))
		v.Sentence = fmt.Sprintf("Too few incidents: %d now and %d before; a comparison of durations needs %d on each side.", v.NNow, v.NBefore, fewest)
		return v
	}
	now, before = atLeast(now, shortest), atLeast(before, shortest)
	wide := stats.HodgesLehmannRatio(now, before, Level)
	narrow := stats.HodgesLehmannRatio(now, before, probable)
	v.Ratio = estimate(wide.Value, wide.Interval, method, n)
	sigma := pooledLogSigma(now, before)
	drop := stats.VisibleRatio(v.NNow, v.NBefore, sigma, 1-Level, powerGoal)
	v.VisibleDrop, v.VisibleRise = finite(drop), finite(1/drop)
	if sigma > 0 {
		v.Needed = stats.SampleForRatio(sigma, 1-widest, 1-Level, powerGoal).Noether
	}
	v.judge(wide.Value, wide.Interval, narrow.Interval, m.FewerIsBetter)
	v.Sentence = v.sentence("durations are", "what they were")
	return v
}

// JudgeRate says whether incidents became rarer. Days are the observed days of each period. The change is the
// ratio of the two Poisson rates, given their total, with its exact interval. Incidents that come in clusters
// vary more than that; then "probably" is the most that should be read into it.
func JudgeRate(now int, nowDays float64, before int, beforeDays float64) Verdict {
	v := Verdict{NNow: now, NBefore: before}
	const method = "ratio of Poisson rates with exact conditional interval"
	if nowDays <= 0 || beforeDays <= 0 {
		v.Phrase = CannotTell
		v.Ratio = unknown(method, now+before, "the period has an open end")
		v.Sentence = "Cannot tell: a rate needs a period with two ends."
		return v
	}
	if now+before < fewest {
		v.Phrase = TooFew
		v.Ratio = unknown(method, now+before, tooFew(now+before))
		v.Sentence = fmt.Sprintf("Too few incidents: %d now and %d before; a comparison of rates needs %d in all.", now, before, fewest)
		return v
	}
	wide := stats.RateRatio(now, nowDays, before, beforeDays, Level)
	narrow := stats.RateRatio(now, nowDays, before, beforeDays, probable)
	v.Ratio = estimate(wide.Ratio, wide.Interval, method, now+before)
	if before == 0 {
		v.Ratio.Reason = "there were none before"
	} else {
		exposure := nowDays / beforeDays
		v.VisibleDrop = finite(stats.VisibleRateDrop(float64(before), exposure, 1-Level, powerGoal))
		v.VisibleRise = finite(stats.VisibleRateRise(float64(before), exposure, 1-Level, powerGoal))
	}
	v.judge(wide.Ratio, wide.Interval, narrow.Interval, true)
	v.Sentence = v.sentence("incidents come", "as often as before")
	return v
}

// judge picks the phrase. The rules, first match wins:
//
//  1. the 95 % interval excludes 1 and the change is at least a tenth: clearly;
//  2. the 95 % interval lies within a fifth either way, and rule 3 does not tell of a change of a tenth: no change
//     larger than the interval's farther end;
//  3. the 80 % interval excludes 1: probably;
//  4. otherwise: cannot tell.
func (v *Verdict) judge(ratio float64, wide, narrow stats.Interval, fewerIsBetter bool) {
	better := (ratio < 1) == fewerIsBetter
	large := ratio <= 1-matters || ratio >= 1/(1-matters)
	reach := math.Max(1-wide.Low, wide.High-1)
	likely := excludes(narrow)
	switch {
	case excludes(wide) && large:
		v.Phrase = either(better, ClearlyBetter, ClearlyWorse)
	case reach <= widest && !(likely && large):
		v.Phrase, v.Within = NoChange, math.Max(1, math.Ceil(reach*100-1e-9))/100
	case likely:
		v.Phrase = either(better, ProbablyBetter, ProbablyWorse)
	default:
		v.Phrase = CannotTell
	}
}

func excludes(in stats.Interval) bool { return in.High < 1 || in.Low > 1 }

func either(first bool, a, b Phrase) Phrase {
	if first {
		return a
	}
	return b
}

// sentence writes the verdict out: the phrase, the change with its interval, and what could have been seen.
func (v *Verdict) sentence(subject, reference string) string {
	counts := fmt.Sprintf("%d incidents now, %d before", v.NNow, v.NBefore)
	change := "there were none before (" + counts + ")"
	if v.Ratio.Known() {
		change = fmt.Sprintf("%s %.2f times %s (95 %% interval %s; %s)", subject, *v.Ratio.Value, reference, bounds(v.Ratio), counts)
	}
	switch v.Phrase {
	case NoChange:
		return fmt.Sprintf("No change larger than %.0f %% either way: %s.", v.Within*100, change)
	case CannotTell:
		return fmt.Sprintf("Cannot tell: %s. %s", change, v.visible())
	}
	return upper(string(v.Phrase)) + ": " + change + "."
}

// visible says which change could have been seen.
func (v *Verdict) visible() string {
	if v.VisibleDrop == nil || v.VisibleRise == nil {
		return "It is not known which change could have been seen."
	}
	drop, rise := 100*(1-*v.VisibleDrop), 100*(*v.VisibleRise-1)
	seen := fmt.Sprintf("Only a change beyond −%.0f %% or +%.0f %% would probably have been seen", drop, rise)
	if *v.VisibleDrop == 0 {
		seen = fmt.Sprintf("Only a rise beyond %.0f %% would probably have been seen", rise)
	}
	if v.Needed > 0 {
		seen += fmt.Sprintf("; to see a drop by a fifth takes about %d incidents on each side", v.Needed)
	}
	return seen + "."
}

// bounds writes an interval of ratios with two digits behind the point.
func bounds(e Estimate) string {
	switch {
	case e.Low == nil && e.High == nil:
		return "unbounded"
	case e.High == nil:
		return fmt.Sprintf("%.2f or more", *e.Low)
	case e.Low == nil:
		return fmt.Sprintf("%.2f or less", *e.High)
	}
	return fmt.Sprintf("%.2f to %.2f", *e.Low, *e.High)
}

func upper(s string) string { return string(s[0]-'a'+'A') + s[1:] }

func atLeast(values []float64, least float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = math.Max(v, least)
	}
	return out
}

// pooledLogSigma returns the standard deviation of the logarithms, pooled over both samples.
func pooledLogSigma(a, b []float64) float64 {
	var squares float64
	for _, values := range [][]float64{a, b} {
		logs := make([]float64, len(values))
		for i, v := range values {
			logs[i] = math.Log(v)
		}
		sd := stats.StandardDeviation(logs)
		squares += sd * sd * float64(len(values)-1)
	}
	return math.Sqrt(squares / float64(len(a)+len(b)-2))
}
