package analytics

import (
	"fmt"
	"math"
	"strings"
	"time"

	"hindsight/analytics/stats"
)

// Pattern says when incidents start, in the zone of the query.
type Pattern struct {
	Hours    [7][24]int     // incidents by weekday, from Monday, and hour of the clock
	Exposure [7][24]float64 // hours observed of each, changes of summer time included
	N        int
	Expected float64 // the least number expected in a cell, were there no pattern
	From, To time.Time
	Tests    []PatternTest // hour and weekday together, then hour, weekday, and month of the year
	Sentence string
}

// PatternTest asks whether one cycle of the calendar shows more than chance.
type PatternTest struct {
	Cycle  string  // "hour of the week", "hour of the day", "day of the week", "month of the year"
	P      float64 // share of random incidents with as much of a pattern; NaN when there is nothing to test
	Q      float64 // P corrected for several tests (Benjamini and Hochberg 1995)
	Method string  // "chi-square against exposure", or "Monte Carlo, 4,999 draws"
	Shown  bool    // Q is at most 0.05: it is not chance
	Peak   string  // "Tuesday, 2.1 times the average"; empty when it is not shown, and for hours of the week
	Counts []int
}

const (
	patternLevel = 0.05
	patternDraws = 4999
	patternSeed  = 20260101
	mostDrawn    = 5_000     // incidents above which expected counts are large, and chi-square serves
	effort       = 1_000_000 // incidents drawn in all at most, so that a page need not wait
)

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// Pattern counts the incidents of q by hour, weekday and month of their start, and tests whether they gather more
// than chance makes them. How long each cell was observed is counted. An open side of the period ends at the
// first or last incident. Months are tested from two years on. What it holds must not be changed.
func (s *Snapshot) Pattern(q Query) Pattern {
	return remember(s, "pattern "+s.key(q), func() Pattern { return s.pattern(q) })
}

func (s *Snapshot) pattern(q Query) Pattern {
	starts := s.starts(q)
	p := Pattern{N: len(starts), From: q.From, To: q.To}
	if !q.Now.IsZero() && (p.To.IsZero() || q.Now.Before(p.To)) {
		p.To = q.Now
	}
	if p.N > 0 && q.From.IsZero() {
		p.From = starts[0]
	}
	if p.N > 0 && q.To.IsZero() {
		p.To = starts[p.N-1]
	}
	if p.N < fewest || !p.From.Before(p.To) || p.To.Sub(p.From) < 4*week-2*time.Hour { // four weeks of the calendar, whatever summer time does
		in := ""
		if !p.From.IsZero() && p.From.Before(p.To) {
			in = fmt.Sprintf(" in %.0f days", p.To.Sub(p.From).Hours()/24)
		}
		p.Sentence = fmt.Sprintf("Too few incidents: %d%s; a pattern needs %d in four weeks.", p.N, in, fewest)
		return p
	}
	zone := q.zone()
	for _, t := range starts {
		day, hour := cellOf(t, zone)
		p.Hours[day][hour]++
	}
	months := p.expose(zone)
	p.test(apart(starts), months, zone)
	p.Sentence = p.say()
	return p
}

// apart returns the ascending starts without those that follow another within the same hour: what breaks together is one
// occasion, not several that chance brought to the same hour.
func apart(starts []time.Time) []time.Time {
	var out []time.Time
	for _, t := range starts {
		if n := len(out); n == 0 || !t.Truncate(time.Hour).Equal(out[n-1].Truncate(time.Hour)) {
			out = append(out, t)
		}
	}
	return out
}

func cellOf(t time.Time, zone *time.Location) (weekday, hour int) {
	t = t.In(zone)
	return (int(t.Weekday()) + 6) % 7, t.Hour()
}

// expose counts the observed hours of each cell, hour of the clock by hour, between one change of the zone and the next. It
// returns those of the months of the year.
func (p *Pattern) expose(zone *time.Location) [12]float64 {
	var cells [7][24]time.Duration
	var months [12]time.Duration
	for t := p.From; t.Before(p.To); {
		_, until := t.In(zone).ZoneBounds()
		if until.IsZero() || until.After(p.To) {
			until = p.To
		}
		_, offset := t.In(zone).Zone()
		clock := t.UTC().Add(time.Duration(offset) * time.Second)
		exposeClock(clock, clock.Add(until.Sub(t)), &cells, &months)
		t = until
	}
	var out [12]float64
	for d := range cells {
		for h, x := range cells[d] {
			p.Exposure[d][h] = x.Hours()
		}
	}
	for m, x := range months {
		out[m] = x.Hours()
	}
	return out
}

// exposeClock adds the stretch between two readings of a clock that runs evenly, day by day.
func exposeClock(from, to time.Time, cells *[7][24]time.Duration, months *[12]time.Duration) {
	const day = 24 * time.Hour
	for begin := from.Truncate(day); begin.Before(to); begin = begin.Add(day) {
		a, b := max(0, from.Sub(begin)), min(day, to.Sub(begin))
		weekday := &cells[(int(begin.Weekday())+6)%7]
		for h := a / time.Hour; h*time.Hour < b; h++ {
			weekday[h] += min(b, (h+1)*time.Hour) - max(a, h*time.Hour)
		}
		months[begin.Month()-1] += b - a
	}
}

// test runs the tests on starts that lie apart and corrects them for their number.
func (p *Pattern) test(starts []time.Time, months [12]float64, zone *time.Location) {
	var all, hours, days []int
	var allOf, hoursOf, daysOf []float64
	hours, hoursOf = make([]int, 24), make([]float64, 24)
	days, daysOf = make([]int, 7), make([]float64, 7)
	var occasions [7][24]int
	for _, t := range starts {
		day, hour := cellOf(t, zone)
		occasions[day][hour]++
	}
	for d := range occasions {
		for h, n := range occasions[d] {
			x := p.Exposure[d][h]
			all, allOf = append(all, n), append(allOf, x)
			hours[h], hoursOf[h] = hours[h]+n, hoursOf[h]+x
			days[d], daysOf[d] = days[d]+n, daysOf[d]+x
		}
	}
	p.Expected = stats.Uniform(all, allOf).Least
	p.add("hour of the week", all, allOf, nil) // the highest of 168 cells is chance for the most part
	p.add("hour of the day", hours, hoursOf, func(i int) string { return fmt.Sprintf("%02d:00 to %02d:00", i, i+1) })
	p.add("day of the week", days, daysOf, func(i int) string { return weekdays[i] })
	if p.To.Sub(p.From) >= 2*365*24*time.Hour {
		counts := make([]int, 12)
		for _, t := range starts {
			counts[t.In(zone).Month()-1]++
		}
		p.add("month of the year", counts, months[:], func(i int) string { return time.Month(i + 1).String() })
	}
	ps := make([]float64, len(p.Tests))
	for i, t := range p.Tests {
		ps[i] = t.P
	}
	for i, q := range stats.BenjaminiHochberg(ps) {
		t := &p.Tests[i]
		t.Q, t.Shown = q, q <= patternLevel
		if !t.Shown {
			t.Peak = ""
		}
	}
}

// add tests one cycle, by simulation where less than 5 are expected in a category.
func (p *Pattern) add(cycle string, counts []int, exposure []float64, name func(int) string) {
	u := stats.Uniform(counts, exposure)
	t := PatternTest{Cycle: cycle, P: u.P, Method: "chi-square against exposure", Counts: counts}
	if !u.Approximate && u.N <= mostDrawn {
		draws := max(199, min(patternDraws, effort/u.N))
		t.P, draws = stats.UniformByChance(counts, exposure, draws, patternSeed)
		t.Method = fmt.Sprintf("Monte Carlo, %d draws, seed %d", draws, patternSeed)
	}
	if name == nil {
		p.Tests = append(p.Tests, t)
		return
	}
	top := 0
	for i, ratio := range u.Ratios {
		if ratio > u.Ratios[top] || math.IsNaN(u.Ratios[top]) {
			top = i
		}
	}
	t.Peak = fmt.Sprintf("%s, %.1f times the average", name(top), u.Ratios[top])
	p.Tests = append(p.Tests, t)
}

// Shown reports whether any cycle shows more than chance.
func (p Pattern) Shown() bool {
	for _, t := range p.Tests {
		if t.Shown {
			return true
		}
	}
	return false
}

// words name the cycle, and where it is highest.
func (t PatternTest) words() string {
	if t.Peak == "" {
		return "the " + t.Cycle
	}
	return "the " + t.Cycle + " (most: " + t.Peak + ")"
}

// say puts the tests into words.
func (p Pattern) say() string {
	var seen, unseen []string
	for _, t := range p.Tests {
		if t.Shown {
			seen = append(seen, t.words())
		} else {
			unseen = append(unseen, "the "+t.Cycle)
		}
	}
	if len(seen) == 0 {
		return "Not distinguishable from chance: neither " + strings.Join(unseen, " nor ") + " gathers more incidents than chance does."
	}
	text := "Not chance alone: incidents depend on " + strings.Join(seen, " and on ") + "."
	if len(unseen) > 0 {
		text += " Not distinguishable from chance: " + strings.Join(unseen, ", ") + "."
	}
	return text + " Those that begin within the same hour count once here; longer clusters can still look like a pattern, and working hours are also hours of change."
}
