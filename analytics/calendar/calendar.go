package calendar

import (
	"iter"
	"math"
	"sort"
	"sync"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// Calendar is an incident.Calendar made ready. It may be used by many goroutines.
type Calendar struct {
	always bool
	zone   *time.Location
	weekly [7][]incident.Hour
	days   map[int64][]incident.Hour // by Unix day of the date
	last   int64                     // Unix day behind which nothing is open, math.MaxInt64 when there are weekly hours
	years  sync.Map                  // year (int) → *year
}

// New makes a calendar ready; in one without any hours no time passes. It returns incident.ErrInvalid for an unknown zone
// or a date that is none.
func New(of incident.Calendar) (*Calendar, error) {
	c := &Calendar{always: of.Always, weekly: of.Weekly, days: map[int64][]incident.Hour{}}
	var err error
	if c.zone, err = time.LoadLocation(of.Zone); err != nil {
		return nil, incident.Invalidf("zone", "%q is not a time zone", of.Zone)
	}
	for _, d := range of.Days {
		date, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			return nil, incident.Invalidf("days", "%q is not a date", d.Date)
		}
		day := date.Unix() / daySeconds
		c.days[day] = d.Hours
		c.last = max(c.last, day)
	}
	for _, hours := range of.Weekly {
		if len(hours) > 0 {
			c.last = math.MaxInt64
		}
	}
	return c, nil
}

const daySeconds = 24 * 3600

// year holds what is open in a UTC year: stretches in order, and the length of all before each.
type year struct {
	open   []stats.Stretch
	before []int64
	total  int64
}

// yearOf returns a year, computed once.
func (c *Calendar) yearOf(y int) *year {
	if known, ok := c.years.Load(y); ok {
		return known.(*year)
	}
	window := stats.Stretch{From: newYear(y), To: newYear(y + 1)}
	var all []stats.Stretch
	// A clock is up to 14 hours from UTC, hours may run into the next day, and a zone once skipped a date.
	for day := window.From/second/daySeconds - 3; day <= window.To/second/daySeconds+2; day++ {
		for _, h := range c.hours(day) {
			all = append(all, c.stretch(day, h).Clip(window))
		}
	}
	out := &year{open: stats.Union(all)}
	for _, s := range out.open {
		out.before = append(out.before, out.total)
		out.total += s.Length()
	}
	known, _ := c.years.LoadOrStore(y, out)
	return known.(*year)
}

// until returns how much of the year's business time lies before an instant inside it.
func (y *year) until(at int64) int64 {
	i := sort.Search(len(y.open), func(i int) bool { return y.open[i].From >= at })
	if i == 0 {
		return 0
	}
	s := y.open[i-1]
	return y.before[i-1] + min(at, s.To) - s.From
}

func newYear(y int) int64 { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() }

// hours returns the hours of a date, given by its Unix day.
func (c *Calendar) hours(day int64) []incident.Hour {
	if special, ok := c.days[day]; ok {
		return special
	}
	return c.weekly[((day+4)%7+7)%7] // day 0 was a Thursday
}

// stretch returns the instants of hours on a date; it is empty when clocks were changed so that it ends before it begins.
func (c *Calendar) stretch(day int64, h incident.Hour) stats.Stretch {
	from, to := day*daySeconds+int64(h.From)*60, day*daySeconds+int64(h.To)*60
	if h.To <= h.From {
		to += daySeconds
	}
	return stats.Stretch{From: resolve(from, c.zone) * second, To: resolve(to, c.zone) * second}
}

// Elapsed returns the business time in [from, to), 0 when from is not before to.
func (c *Calendar) Elapsed(from, to int64) int64 {
	switch {
	case to <= from:
		return 0
	case c.always:
		return to - from
	}
	first, last := yearAt(from), yearAt(to)
	if first == last {
		y := c.yearOf(first)
		return y.until(to) - y.until(from)
	}
	sum := c.yearOf(first).total - c.yearOf(first).until(from)
	for y := first + 1; y < last; y++ {
		sum += c.yearOf(y).total
	}
	return sum + c.yearOf(last).until(to)
}

func yearAt(at int64) int { return time.UnixMicro(at).UTC().Year() }

// Open reports whether business time runs at an instant.
func (c *Calendar) Open(at int64) bool { return c.Elapsed(at, at+1) > 0 }

// after yields what is open from an instant on, in order; a stretch may go on where the last one ended.
func (c *Calendar) after(from int64) iter.Seq[stats.Stretch] {
	return func(yield func(stats.Stretch) bool) {
		if c.always {
			yield(stats.Stretch{From: from, To: math.MaxInt64})
			return
		}
		for y := yearAt(from); y <= lastYear && newYear(y)/second/daySeconds-3 <= c.last; y++ {
			for _, s := range c.yearOf(y).open {
				if s.From = max(s.From, from); s.Length() > 0 && !yield(s) {
					return
				}
			}
		}
	}
}

// lastYear is the last that instants in microseconds and RFC 3339 texts hold.
const lastYear = 9999
