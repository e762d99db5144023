package analytics

import (
	"fmt"
	"maps"
	"slices"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Within is a comparison of durations with the severity held constant: a period with more of the incidents that take long
// looks slow though none of them got slower (Simpson's paradox).
type Within struct {
	Strata  []Stratum // severities with recorded durations in either period, worst first, those without one last
	Verdict Verdict   // of the change within severities
	Pooled  Verdict   // of all together, as Judge says it
}

// Stratum is the comparison among the incidents of one severity.
type Stratum struct {
	Severity incident.Severity
	Verdict  Verdict // NNow and NBefore are the recorded durations
}

// WithinSeverities compares the durations of a metric within severities: the Hodges-Lehmann ratio with the interval of van
// Elteren's test inverted. Durations of a severity that only one period has are in no comparison.
func (s *Snapshot) WithinSeverities(c Comparison, m Metric) Within {
	now, before := s.bySeverity(c.Now, m), s.bySeverity(c.Before, m)
	var w Within
	var allNow, allBefore []float64
	keys := maps.Clone(now)
	maps.Copy(keys, before)
	for _, severity := range slices.SortedFunc(maps.Keys(keys), worstFirst) {
		x, y := now[severity], before[severity]
		allNow, allBefore = append(allNow, x...), append(allBefore, y...)
		w.Strata = append(w.Strata, Stratum{severity, Judge(m, Sample{Values: x}, Sample{Values: y})})
	}
	w.Pooled = Judge(m, Sample{Values: allNow}, Sample{Values: allBefore})
	w.Verdict = judgeWithin(m, now, before)
	w.Verdict.Sentence = w.say()
	return w
}

// worstFirst orders severities; 0 is none, and comes last.
func worstFirst(a, b incident.Severity) int {
	rank := func(s incident.Severity) int { return (int(s) + 5) % 6 }
	return rank(a) - rank(b)
}

// bySeverity returns the recorded durations of each severity that has any.
func (s *Snapshot) bySeverity(q Query, m Metric) map[incident.Severity][]float64 {
	q.GroupBy, q.Span = BySeverity, m.Span
	out := map[incident.Severity][]float64{}
	p := s.population(q)
	for _, b := range collect(p, p.grouping(), func(t *tally, r row) { t.add(p.duration(r, p.now())) }) {
		if len(b.acc.values) > 0 {
			out[incident.Severity(b.code)] = seconds(b.acc.values)
		}
	}
	return out
}

// judgeWithin judges the change within the severities that both periods have.
func judgeWithin(m Metric, now, before map[incident.Severity][]float64) Verdict {
	const method = "Hodges-Lehmann ratio within severities, van Elteren's test inverted"
	var v Verdict
	var x, y [][]float64
	for severity := range now {
		if len(before[severity]) == 0 {
			continue
		}
		v.NNow, v.NBefore = v.NNow+len(now[severity]), v.NBefore+len(before[severity])
		x, y = append(x, logsOf(now[severity])), append(y, logsOf(before[severity]))
	}
	n := v.NNow + v.NBefore
	if v.NNow < fewest || v.NBefore < fewest {
		v.Phrase, v.Ratio = TooFew, unknown(method, n, tooFew(min(v.NNow, v.NBefore)))
		return v
	}
	wide, narrow := factors(stats.StratifiedShift(x, y, Level)), factors(stats.StratifiedShift(x, y, probable))
	v.Ratio = estimate(wide.Value, wide.Interval, method, n)
	v.judge(wide.Value, wide.Interval, narrow.Interval, m.FewerIsBetter)
	return v
}

// say puts the comparison into words beside the one of all severities together.
func (w Within) say() string {
	v, all := w.Verdict, w.Pooled
	if v.Phrase == TooFew {
		return fmt.Sprintf("Too few incidents of severities that both periods have: %d now and %d before; a comparison needs %d on each side.", v.NNow, v.NBefore, fewest)
	}
	text := fmt.Sprintf("%s: within a severity durations are %.2f times what they were (95 %% interval %s; %d %s now, %d before).",
		upper(v.words()), *v.Ratio.Value, bounds(v.Ratio), v.NNow, incidentNoun(v.NNow), v.NBefore)
	switch {
	case !all.Ratio.Known():
		return text
	case (*all.Ratio.Value-1)*(*v.Ratio.Value-1) < 0 && excludes(interval(all.Ratio)) && excludes(interval(v.Ratio)):
		return fmt.Sprintf("The direction turns round once the severity is held constant. %s All severities together: %s, %.2f times; that is the mix of severities.", text, all.words(), *all.Ratio.Value)
	case v.Phrase != all.Phrase:
		return fmt.Sprintf("%s All severities together: %s, %.2f times; where the two differ, the mix of severities has its part in it.", text, all.words(), *all.Ratio.Value)
	}
	return text + " All severities together give the same answer."
}

// words are the phrase with its bound: "no change larger than 12 %".
func (v Verdict) words() string {
	if v.Phrase == NoChange {
		return fmt.Sprintf("%s %.0f %%", NoChange, v.Within*100)
	}
	return string(v.Phrase)
}
