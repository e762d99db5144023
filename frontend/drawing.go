package frontend

import (
	"slices"
	"time"
)

// ticks returns at most seven round times between from and to, labelled as their distance asks for.
func ticks(from, to time.Time, zone *time.Location, left, right float64) []Tick {
	step, layout := tickStep(to.Sub(from))
	var out []Tick
	at := from.Truncate(step)
	if step >= 24*time.Hour {
		y, m, day := from.In(zone).Date()
		at = time.Date(y, m, day, 0, 0, 0, 0, zone)
	}
	for ; !at.After(to); at = at.Add(step) {
		if at.Before(from) {
			continue
		}
		x := left + float64(at.Sub(from))/float64(to.Sub(from))*(right-left)
		t := Tick{X: round(x), Label: at.In(zone).Format(layout), Anchor: "middle"}
		if x > right-40 {
			t.Anchor = "end"
		}
		if x < left+20 {
			t.Anchor = "start"
		}
		out = append(out, t)
	}
	return out
}

// tickStep returns the smallest round step that gives at most seven ticks.
func tickStep(span time.Duration) (time.Duration, string) {
	const day = 24 * time.Hour
	for _, s := range []struct {
		step   time.Duration
		layout string
	}{
		{time.Second, "15:04:05"}, {5 * time.Second, "15:04:05"}, {15 * time.Second, "15:04:05"},
		{time.Minute, "15:04"}, {5 * time.Minute, "15:04"}, {15 * time.Minute, "15:04"}, {time.Hour, "15:04"},
		{3 * time.Hour, "2 Jan 15:04"}, {6 * time.Hour, "2 Jan 15:04"}, {12 * time.Hour, "2 Jan 15:04"},
		{day, "2 Jan"}, {7 * day, "2 Jan"}, {30 * day, "2 Jan 2006"}, {91 * day, "Jan 2006"}, {182 * day, "Jan 2006"}, {365 * day, "2006"},
	} {
		if span/s.step < 7 {
			return s.step, s.layout
		}
	}
	return (span/6/(365*day) + 1) * 365 * day, "2006"
}

// Strip is a line of time with one dot per incident.
type Strip struct {
	Width, Height, Base float64
	Dots                []StripDot
	Ticks               []Tick
}

// StripDot is one incident on a Strip.
type StripDot struct {
	X, Y  float64
	Label string
	Path  string
	Sev   int
}

// strip lays out the members of a problem; dots that would touch are stacked. It returns nil when there
// are no two different times.
func strip(s Shell, members []MemberRow) *Strip {
	rows := slices.DeleteFunc(slices.Clone(members), func(m MemberRow) bool { return m.Incident.StartedAt().IsZero() })
	slices.SortFunc(rows, func(a, b MemberRow) int { return a.Incident.StartedAt().Compare(b.Incident.StartedAt()) })
	if len(rows) < 2 {
		return nil
	}
	from, to := rows[0].Incident.StartedAt(), rows[len(rows)-1].Incident.StartedAt()
	if s.Now.After(to) {
		to = s.Now
	}
	if !to.After(from) {
		return nil
	}
	d := &Strip{Width: swimWidth}
	const left, right = 14, swimWidth - 14
	levels, top := make([]int, 0, len(rows)), 0
	for _, m := range rows {
		at := m.Incident.StartedAt()
		x := left + float64(at.Sub(from))/float64(to.Sub(from))*(right-left)
		dot, level := StripDot{X: round(x), Label: m.Incident.Label() + ", " + at.In(s.zone()).Format("2 Jan 2006") + ": " + m.Incident.Title,
			Path: IncidentPath(m.Incident.ID), Sev: int(m.Incident.Severity)}, 0
		for i := len(d.Dots) - 1; i >= 0 && d.Dots[i].X > dot.X-11; i-- {
			level = max(level, levels[i]+1)
		}
		d.Dots, levels, top = append(d.Dots, dot), append(levels, level), max(top, level)
	}
	d.stack(levels, top)
	d.Ticks = ticks(from, to, s.zone(), left, right)
	return d
}

// stack gives each dot its height and makes room for the highest of them; beyond 20 levels dots overlap.
func (d *Strip) stack(levels []int, top int) {
	step := min(13, 260/float64(max(1, top)))
	d.Base = max(84, round(20+step*float64(top)))
	d.Height = d.Base + 28
	for i, level := range levels {
		d.Dots[i].Y = round(d.Base - 12 - step*float64(level))
	}
}

// SparkBar is one bar of a Spark.
type SparkBar struct{ X, Y, Width, Height float64 }

// spark lays out counts as bars of 5 by at most 18, on a common base line.
func spark(s Spark) []SparkBar {
	top := max(1, slices.Max(append([]int{0}, s.Counts...)))
	bars := make([]SparkBar, len(s.Counts))
	for i, n := range s.Counts {
		h := round(float64(n) / float64(top) * 18)
		if n > 0 {
			h = max(2, h)
		} else {
			h = 1
		}
		bars[i] = SparkBar{X: float64(i) * 6, Y: 20 - h, Width: 5, Height: h}
	}
	return bars
}

// barTop returns the largest count of bars, at least 1.
func barTop(bars []Bar) int {
	top := 1
	for _, b := range bars {
		top = max(top, b.Count)
	}
	return top
}

// barY returns where a bar of 40 at most begins; what is not zero is at least 2 high.
func barY(n, top int) float64 {
	if n == 0 {
		return 39.5
	}
	return round(40 - max(2, float64(n)/float64(top)*40))
}

// Meter is a bar against a target, on a truncated scale that its label names.
type Meter struct {
	From           float64 // share at the left edge
	Bar, Goal      float64 // 0 to 100
	Low, Width     float64 // the interval
	HasLow, HasBar bool
	Label          string
}

// meter lays out an objective. The scale begins at a round share below the goal, because 99.9 and 99.5
// per cent look alike from zero.
func meter(r SLARow) Meter {
	m := Meter{HasBar: r.Total.N > 0}
	share := 0.0
	if m.HasBar {
		share = float64(r.Total.Met) / float64(r.Total.N)
	}
	lowest := min(share, max(0, r.Goal))
	if r.Lo != nil {
		lowest = min(lowest, *r.Lo)
	}
	for _, from := range []float64{0.999, 0.99, 0.95, 0.9, 0.8, 0.5, 0} {
		if m.From = from; from < lowest || from == 0 {
			break
		}
	}
	at := func(x float64) float64 { return round((x - m.From) / (1 - m.From) * 100) }
	m.Bar, m.Goal = at(share), at(r.Goal)
	if r.Lo != nil && r.Hi != nil {
		m.HasLow, m.Low, m.Width = true, at(*r.Lo), max(0.5, round(at(*r.Hi)-at(*r.Lo)))
	}
	m.Label = percent(share) + " of 100 %, scale from " + percent(m.From)
	return m
}

// TickEnd is where the marks of the axis end.
func (d *Strip) TickEnd() float64 { return d.Base + 5 }

// TickY is where the labels of the axis stand.
func (d *Strip) TickY() float64 { return d.Base + 20 }
