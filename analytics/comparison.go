package analytics

import (
	"fmt"
	"time"
)

// Comparison is two periods: the one that is judged and the one that it is judged against.
type Comparison struct {
	Now, Before Query
	Missing     string // why there is nothing to compare with; empty: there is
	Words       string // "1 Mar 2016 to 28 Feb 2017, compared with 1 Mar 2015 to 28 Feb 2016"
}

// Compare returns the periods that answer whether q got better. Before is the period that q names, else the one of equal
// length just before. Without a period it takes the last twelve months of the record and the twelve before them,
// for a record that ended years ago has no last twelve months of ours. Missing says so when q asks for no
// comparison, and when the record does not reach back far enough.
func (s *Snapshot) Compare(q Query) Comparison {
	q.GroupBy = ByNothing
	c := Comparison{Now: q, Before: q}
	switch {
	case q.NoCompare:
		c.Missing = "no comparison was asked for"
		return c
	case q.From.IsZero() && q.To.IsZero():
		end := s.lastDay(q)
		if end.IsZero() {
			c.Missing = "there is no incident with a start"
			return c
		}
		middle := end.AddDate(-1, 0, 0)
		c.Now.From, c.Now.To = middle, end
		c.Before.From, c.Before.To = end.AddDate(-2, 0, 0), middle
	case q.From.IsZero() || q.To.IsZero():
		c.Missing = "the period has an open end"
		return c
	case !q.BeforeFrom.IsZero():
		c.Before.From, c.Before.To = q.BeforeFrom, q.BeforeTo
	default:
		c.Before = q.Previous()
	}
	day := func(t time.Time) string { return t.In(q.zone()).Format("2 Jan 2006") }
	if first, _ := s.Record(q); c.Before.From.Before(first.Truncate(24 * time.Hour)) {
		c.Missing = "the record of these incidents begins on " + day(first) + ", so there is nothing before to compare with; choose a later or shorter period"
		return alone(q, c.Missing)
	}
	if end := observedEnd(c.Now); s.recordOf(s.sources(c.Before, c.Now)).silent(end) {
		c.Missing = "the record of these incidents falls silent after " + day(s.recordOf(s.sources(c.Before, c.Now)).to) + ", so nothing shows that they were still written down until " + day(end.Add(-time.Second)) + "; choose an earlier period"
		return alone(q, c.Missing)
	}
	last := func(t time.Time) string { return day(t.Add(-time.Second)) }
	c.Words = fmt.Sprintf("%s to %s, compared with %s to %s", day(c.Now.From), last(c.Now.To), day(c.Before.From), last(c.Before.To))
	return c
}

// alone is a comparison of q with nothing.
func alone(q Query, missing string) Comparison {
	return Comparison{Now: q, Before: q, Missing: missing}
}

// lastDay returns the end of the day, in UTC, on which the newest incident of q began; zero without any.
func (s *Snapshot) lastDay(q Query) time.Time {
	p := s.population(q)
	var last int64
	for r := range p.started() {
		if r.leftOut == 0 {
			last = max(last, r.started[r.i])
		}
	}
	if last == 0 {
		return time.Time{}
	}
	return instant(last).Truncate(24*time.Hour).AddDate(0, 0, 1)
}

// Verdicts answer whether q got better, in the fixed words: how often incidents came, and then each span of metrics.
// A comparison without a period before has none.
func (s *Snapshot) Verdicts(c Comparison, metrics ...Metric) []Verdict {
	if c.Missing != "" {
		return nil
	}
	out := []Verdict{JudgeRate(s.Frequency(c.Now), s.Frequency(c.Before))}
	for _, m := range metrics {
		out = append(out, s.Verdict(c, m))
	}
	return out
}

// Verdict answers whether the durations of a metric got better between the two periods of a comparison, which must have a
// period before.
func (s *Snapshot) Verdict(c Comparison, m Metric) Verdict {
	key := fmt.Sprintf("verdict %q %q %v %p %v %s %s", m.ID, m.Title, m.Span, m.Calendar, m.FewerIsBetter, s.key(c.Now), s.key(c.Before))
	return remember(s, key, func() Verdict { return Judge(m, s.Sample(c.Now, m), s.Sample(c.Before, m)) })
}

// observedEnd is where the observed part of a bounded period ends.
func observedEnd(q Query) time.Time {
	if !q.Now.IsZero() && q.Now.Before(q.To) {
		return q.Now
	}
	return q.To
}
