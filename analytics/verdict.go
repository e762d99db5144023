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
	Needed int
	// PerYear is how many of the compared incidents came in a year of both periods together, and Years how long it takes
	// at that rate until Needed have come; 0 when the periods have no length.
	PerYear, Years float64
	// Shorter is the share of pairs of an incident now and one before in which the one now is the shorter, ties
	// half: 0.5 means no difference. Nil for rates, and where there are too few.
	Shorter *float64
	// Clustered says that counts vary more than Poisson counts do, so that the interval is that of the negative
	// binomial law.
	Clustered     bool
	NNow, NBefore int
}

// Sample is the recorded durations of a period.
type Sample struct {
	Values []float64 // seconds, in any order
	Days   float64   // observed days of 24 hours; 0 when they are not known
}

// Sample returns the durations of a metric for the incidents of q.
func (s *Snapshot) Sample(q Query, m Metric) Sample {
	q.GroupBy, q.Span = ByNothing, m.Span
	return Sample{s.Durations(q)[0].Values, s.Counts(q)[0].Days}
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
	counts := fmt.Sprintf("%d %s now, %d before", v.NNow, incidentNoun(v.NNow), v.NBefore)
	change := "there were none before (" + counts + ")"
	if v.Ratio.Known() {
		change = fmt.Sprintf("%s %.2f times %s (95 %% interval %s; %s)", subject, *v.Ratio.Value, reference, bounds(v.Ratio), counts)
	}
	switch v.Phrase {
	case NoChange:
		return fmt.Sprintf("No change larger than %.0f %% either way: %s.%s", v.Within*100, change, v.notes())
	case CannotTell:
		return fmt.Sprintf("Cannot tell: %s.%s %s", change, v.notes(), v.visible())
	}
	return upper(string(v.Phrase)) + ": " + change + "." + v.notes()
}

// Change writes the change alone, with its interval: "1.97 times, 95 % interval 0.86 to 4.28".
func (v Verdict) Change() string {
	if !v.Ratio.Known() {
		return v.Ratio.Reason
	}
	return fmt.Sprintf("%.2f times, 95 %% interval %s", *v.Ratio.Value, bounds(v.Ratio))
}

// notes say what else the comparison shows: how often an incident now is the shorter one, and that counts cluster.
func (v *Verdict) notes() string {
	text := ""
	if v.Shorter != nil {
		text += fmt.Sprintf(" An incident now is shorter than one before in %.0f of 100 pairs.", *v.Shorter*100)
	}
	if v.Clustered {
		text += " Weekly counts vary more than chance alone makes them, because incidents cluster or a level changed; so the interval is that of the negative binomial law."
	}
	return text
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
	if v.Needed > 0 && v.Years > 0 {
		seen += ", " + years(v.Years) + " each at the present rate of " + perYear(v.PerYear)
	}
	if v.Years > patience {
		return seen + ". Lost minutes and the error budget tell sooner."
	}
	return seen + "."
}

// patience is how many years of waiting are called too long for a question.
const patience = 2

func years(x float64) string {
	switch {
	case x < 1.0/12:
		return "less than a month"
	case x < 1.5:
		return fmt.Sprintf("about %.0f months", math.Max(2, x*12))
	}
	return fmt.Sprintf("about %.0f years", x)
}

func perYear(x float64) string {
	if x < 10 {
		return fmt.Sprintf("%.1f a year", x)
	}
	return fmt.Sprintf("%.0f a year", x)
}

func incidentNoun(n int) string {
	if n == 1 {
		return "incident"
	}
	return "incidents"
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
