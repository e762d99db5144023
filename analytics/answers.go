package analytics

// Answer is one question of "is it getting better?" with its verdict.
type Answer struct {
	Question string // "How often", "Time to resolve"
	Metric   string // id in Metrics
	Verdict  Verdict
}

// Better is everything that is said about whether the incidents of a selection became rarer or shorter. Pages, the API and the
// command line all say it from here.
type Better struct {
	Comparison Comparison
	Lasting    Metric   // the duration that tells how long they last
	Answers    []Answer // none when Comparison.Missing says why
	Checks     []Check  // of the durations
	Within     Within   // likewise, with the severity held constant; without Strata where nothing is compared
	Levels     Levels   // of the durations, over the whole period of the query
	Rhythm     Rhythm   // of counts by week, over the whole period
	Gaps       Gaps     // likewise
	Pattern    Pattern  // likewise
}

// Lasting is the duration that tells how long the incidents of q last: time to resolve, or where none has one, time to restore.
func (s *Snapshot) Lasting(q Query) Metric {
	var first Metric
	for _, id := range []string{"time_to_resolve", "time_to_restore"} {
		m, err := FindMetric(id)
		if err != nil {
			continue
		}
		if first.ID == "" {
			first = m
		}
		if q.Span = m.Span; s.Seen(q).Measured > 0 {
			return m
		}
	}
	return first
}

// Answers gives the verdicts of a comparison: how often, how long by the lasting metric, and how long until somebody took it.
func (s *Snapshot) Answers(c Comparison, lasting Metric) []Answer {
	metrics, out := []Metric{lasting}, []Answer{{Question: "How often", Metric: "frequency"}}
	if m, err := FindMetric("time_to_acknowledge"); err == nil {
		metrics = append(metrics, m)
	}
	for _, m := range metrics {
		out = append(out, Answer{Question: m.Title, Metric: m.ID})
	}
	verdicts := s.Verdicts(c, metrics...)
	if verdicts == nil {
		return nil
	}
	for i, v := range verdicts {
		out[i].Verdict = v
	}
	return out
}

// Better answers whether q got better.
func (s *Snapshot) Better(q Query) Better {
	q.GroupBy = ByNothing
	b := Better{Comparison: s.Compare(q), Lasting: s.Lasting(q)}
	b.Answers, b.Checks = s.Answers(b.Comparison, b.Lasting), s.Checks(b.Comparison, b.Lasting)
	if b.Comparison.Missing == "" {
		b.Within = s.WithinSeverities(b.Comparison, b.Lasting)
	}
	b.Gaps, b.Pattern = s.Gaps(q), s.Pattern(q)
	q.Span = b.Lasting.Span
	b.Levels = LevelsOf(s.Dots(q, Recorded))
	q.GroupBy = ByWeek
	b.Rhythm = s.Rhythm(q)
	return b
}
