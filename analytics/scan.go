package analytics

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// scanLevel is the expected share of false findings among the services that a scan marks.
const scanLevel = 0.10

// Scan looks at many services at once for changes of their rate or durations between two periods.
type Scan struct {
	Comparison Comparison
	Services   []ScanRow // of which at least one question could be asked; marked ones first, then by q
	Looked     int       // services that were looked at: len(Services)
	Tests      int       // questions asked, two per service at most
	Marked     int       // services with a mark
	TooFew     int       // services with too few incidents for either question
	Uncovered  int       // services whose sources have no record of both periods
}

// ScanRow is one service in a scan.
type ScanRow struct {
	Service        incident.ID
	Rate, Duration *ScanMark // nil: too few incidents to ask
}

// ScanMark is the answer to one question about one service.
type ScanMark struct {
	Verdict Verdict // with its interval, not corrected for the number of questions
	P       float64
	Q       float64 // corrected for all questions of the scan (Benjamini and Hochberg 1995)
	Marked  bool    // Q ≤ 0.10 and the change is at least a tenth
}

// Scan compares every service that q selects with the period before. Because among many services some change by chance
// alone, it marks only what remains after the correction of Benjamini and Hochberg at q = 0.10.
func (s *Snapshot) Scan(q Query, m Metric) Scan {
	out := Scan{Comparison: s.Compare(q)}
	if out.Comparison.Missing != "" {
		return out
	}
	now, before := out.Comparison.Now, out.Comparison.Before
	a, b := s.byService(now, m), s.byService(before, m)
	var marks []*ScanMark
	records := s.records()
	for _, id := range services(a, b) {
		if !covered(records, before, now, a[id], b[id]) {
			out.Uncovered++
			continue
		}
		row := ScanRow{Service: id, Rate: scanRate(a[id], b[id], now, before), Duration: scanDurations(a[id], b[id], m)}
		if row.Rate == nil && row.Duration == nil {
			out.TooFew++
			continue
		}
		out.Services = append(out.Services, row)
	}
	for _, row := range out.Services {
		marks = append(marks, slices.DeleteFunc([]*ScanMark{row.Rate, row.Duration}, func(m *ScanMark) bool { return m == nil })...)
	}
	correct(marks)
	out.Looked, out.Tests = len(out.Services), len(marks)
	for _, row := range out.Services {
		if row.Marked() {
			out.Marked++
		}
	}
	slices.SortStableFunc(out.Services, func(x, y ScanRow) int { return cmp.Compare(x.q(), y.q()) })
	return out
}

// Marked reports whether the rate or the durations of the service changed, the number of questions considered.
func (r ScanRow) Marked() bool {
	return r.Rate != nil && r.Rate.Marked || r.Duration != nil && r.Duration.Marked
}

func (r ScanRow) q() float64 {
	least := 1.0
	for _, m := range []*ScanMark{r.Rate, r.Duration} {
		if m != nil {
			least = math.Min(least, m.Q)
		}
	}
	return least
}

// correct gives the marks their q-values.
func correct(marks []*ScanMark) {
	ps := make([]float64, len(marks))
	for i, m := range marks {
		ps[i] = m.P
	}
	for i, q := range stats.BenjaminiHochberg(ps) {
		m := marks[i]
		ratio := m.Verdict.Ratio.Value
		large := ratio == nil || *ratio <= 1-matters || *ratio >= 1/(1-matters)
		m.Q, m.Marked = q, q <= scanLevel && large
	}
}

// serviceTally is what a scan knows of a service in one period.
type serviceTally struct {
	starts  []int64 // microseconds
	values  []float64
	sources map[uint32]bool
}

// covered reports whether the sources of a service have a record of both periods: what began later or fell silent shows
// a change that is none.
func covered(records map[uint32]record, before, now Query, sides ...*serviceTally) bool {
	through := map[uint32]bool{}
	for _, side := range sides {
		if side != nil {
			maps.Copy(through, side.sources)
		}
	}
	var own record
	for code := range through {
		own = own.with(records[code])
	}
	return !before.From.Before(own.from.Truncate(24*time.Hour)) && !own.silent(observedEnd(now))
}

// byService collects starts and durations of the services that q selects.
func (s *Snapshot) byService(q Query, m Metric) map[incident.ID]*serviceTally {
	q.Span, q.GroupBy = m.Span, ByService
	p := s.population(q)
	buckets := collect(p, p.grouping(), func(t *serviceTally, r row) {
		if t.sources == nil {
			t.sources = map[uint32]bool{}
		}
		t.sources[r.connection[r.i]] = true
		t.starts = append(t.starts, r.started[r.i])
		if state, value := r.duration(r.i, p.span, p.now()); state == incident.Recorded {
			t.values = append(t.values, float64(value)/1e6)
		}
	})
	out := map[incident.ID]*serviceTally{}
	for _, b := range buckets {
		if b.code != 0 {
			out[incident.ID(b.group.Key)] = &b.acc
		}
	}
	return out
}

func services(sides ...map[incident.ID]*serviceTally) []incident.ID {
	var out []incident.ID
	for _, side := range sides {
		for id := range side {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// frequency returns the frequency of a service in a bounded period.
func (t *serviceTally) frequency(q Query) Frequency {
	f := Frequency{Days: observedDays(q.From, q.To, q.Now)}
	f.Weeks = make([]int, int(f.Days/7))
	if t == nil {
		return f
	}
	f.N = len(t.starts)
	for _, at := range t.starts {
		if i := int((at - micros(q.From)) / week.Microseconds()); i < len(f.Weeks) {
			f.Weeks[i]++
		}
	}
	return f
}

func scanRate(a, b *serviceTally, now, before Query) *ScanMark {
	x, y := a.frequency(now), b.frequency(before)
	v := JudgeRate(x, y)
	if v.Phrase == TooFew || x.Days <= 0 || y.Days <= 0 {
		return nil
	}
	return &ScanMark{Verdict: v, P: change(x, y, Level).PDoubled}
}

func scanDurations(a, b *serviceTally, m Metric) *ScanMark {
	if a == nil || b == nil {
		return nil
	}
	v := Judge(m, Sample{Values: a.values}, Sample{Values: b.values})
	if v.Phrase == TooFew {
		return nil
	}
	test := stats.MannWhitney(atLeast(a.values, shortest), atLeast(b.values, shortest))
	p := test.Exact.TwoSided
	if math.IsNaN(p) {
		p = test.Asymptotic.TwoSided
	}
	return &ScanMark{Verdict: v, P: p}
}
