package frontend

import (
	"math"
	"slices"
	"time"

	"hindsight/incident"
)

// Swimlane is the drawing of one incident's life: a lane of states, lanes of events, and milestones as
// rules across them. All lengths are in the units of an SVG of SwimWidth.
type Swimlane struct {
	Width, Height, Left, Right float64
	LanesTop, AxisY            float64
	Lanes                      []Lane
	Segments                   []LaneSegment
	Rules                      []LaneRule
	Dots                       []LaneDot
	Ticks                      []Tick
	Beyond                     string // what happened behind the right edge; may be empty
}

// Lane is one labelled row.
type Lane struct {
	Label  string
	Y, Mid float64
	Height float64
}

// LaneSegment is a stretch of time in one status.
type LaneSegment struct {
	X, Y, Width, Height float64
	Status              incident.Status
	Label               string // inside the bar; empty when it does not fit
	TextX, TextY        float64
	From, To            time.Time
}

// LaneRule is a milestone. Row is the height of its label, so that labels do not cover each other.
type LaneRule struct {
	X, LabelX, LabelY float64
	Anchor            string // of the label: start or end
	Label             string
	Name              incident.MilestoneName
	At                time.Time
}

// LaneDot is one event, or several that fall on one spot.
type LaneDot struct {
	X, Y, R float64
	Count   int
	Kind    incident.EventKind
	Text    string
	At      time.Time
}

// Tick is a mark of a time axis.
type Tick struct {
	X      float64
	Label  string
	Anchor string
}

const (
	swimWidth  = 960.0
	swimLeft   = 92.0
	laneHeight = 30.0
	labelRow   = 16.0
)

// swimlane lays out an incident. It returns nil when fewer than two moments are known, because a single
// point has no scale.
func swimlane(s Shell, inc *incident.Incident, events []incident.TimelineEvent) *Swimlane {
	from, to, ok := extent(inc, events, s.Now)
	if !ok {
		return nil
	}
	d := &Swimlane{Width: swimWidth, Left: swimLeft, Right: swimWidth - 12}
	scale := func(at time.Time) float64 {
		share := float64(at.Sub(from)) / float64(to.Sub(from))
		return round(d.Left + min(1, max(0, share))*(d.Right-d.Left))
	}
	d.rules(inc, scale, to)
	d.lanes(events, len(inc.Segments) > 0)
	d.segments(inc, scale, to)
	d.dots(events, scale, to)
	d.AxisY = d.LanesTop + float64(len(d.Lanes))*laneHeight
	d.Height = d.AxisY + 26
	d.Ticks = ticks(from, to, s.zone(), d.Left, d.Right)
	if closed := inc.Milestones.At(incident.ClosedAt); closed.After(to) {
		d.Beyond = "closed " + incident.FormatDuration(closed.Sub(to)) + " later"
	}
	return d
}

// extent is the time that is drawn: from the first to the last known moment, with closing left out
// when it would squeeze the rest into a corner.
func extent(inc *incident.Incident, events []incident.TimelineEvent, now time.Time) (from, to time.Time, ok bool) {
	var all []time.Time
	for _, m := range inc.Milestones.Ordered() {
		if m.Name != incident.ClosedAt {
			all = append(all, m.At)
		}
	}
	for _, seg := range inc.Segments {
		if seg.Status != incident.Closed {
			all = append(all, seg.From)
		}
	}
	all = slices.DeleteFunc(all, time.Time.IsZero)
	if !inc.Status.Over() && len(all) > 0 && !now.IsZero() {
		all = append(all, now)
	}
	if len(all) < 2 {
		for _, e := range events {
			all = append(all, e.At)
		}
		all = slices.DeleteFunc(all, time.Time.IsZero)
	}
	if len(all) < 2 {
		return from, to, false
	}
	from, to = slices.MinFunc(all, time.Time.Compare), slices.MaxFunc(all, time.Time.Compare)
	return from, to.Add(to.Sub(from) / 20), to.After(from)
}

// rules places milestones, each label in the first row where it has room.
func (d *Swimlane) rules(inc *incident.Incident, scale func(time.Time) float64, to time.Time) {
	var free []float64 // per row, where it becomes free
	for _, m := range inc.Milestones.Ordered() {
		if m.At.After(to) {
			continue
		}
		r := LaneRule{X: scale(m.At), Label: words(m.Name), Name: m.Name, At: m.At, Anchor: "start"}
		width := float64(len(r.Label))*6.4 + 14
		left := r.X
		if r.X+width > d.Right {
			r.Anchor, left = "end", r.X-width
		}
		row := slices.IndexFunc(free, func(end float64) bool { return end <= left })
		if row < 0 {
			row, free = len(free), append(free, 0)
		}
		free[row] = left + width
		r.LabelX, r.LabelY = r.X+4, 12+float64(row)*labelRow
		if r.Anchor == "end" {
			r.LabelX = r.X - 4
		}
		d.Rules = append(d.Rules, r)
	}
	d.LanesTop = float64(len(free))*labelRow + 8
}

// laneOf sorts events into lanes that read from noticing to writing down.
func laneOf(kind incident.EventKind) string {
	switch kind {
	case incident.EventCreated, incident.EventReopened, incident.EventSeverity, incident.EventStatus:
		return "State"
	case incident.EventAcknowledged, incident.EventAssigned, incident.EventEscalated:
		return "Response"
	case incident.EventMitigated, incident.EventResolved, incident.EventChange:
		return "Repair"
	}
	return "Notes"
}

func (d *Swimlane) lanes(events []incident.TimelineEvent, segments bool) {
	names := []string{}
	if segments {
		names = append(names, "Status")
	}
	for _, name := range []string{"State", "Response", "Repair", "Notes"} {
		if slices.ContainsFunc(events, func(e incident.TimelineEvent) bool { return laneOf(e.Kind) == name }) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		y := d.LanesTop + float64(i)*laneHeight
		d.Lanes = append(d.Lanes, Lane{Label: name, Y: y, Mid: y + laneHeight/2, Height: laneHeight})
	}
}

func (d *Swimlane) segments(inc *incident.Incident, scale func(time.Time) float64, to time.Time) {
	for i, seg := range inc.Segments {
		end := seg.To
		if end.IsZero() && i+1 < len(inc.Segments) {
			end = inc.Segments[i+1].From
		}
		if end.IsZero() || end.After(to) {
			end = to
		}
		if seg.From.IsZero() || seg.From.After(to) || end.Before(seg.From) {
			continue
		}
		x := scale(seg.From)
		s := LaneSegment{X: x, Y: d.LanesTop + 6, Width: max(1, round(scale(end)-x)), Height: laneHeight - 12, Status: seg.Status, From: seg.From, To: seg.To}
		if text := string(seg.Status); float64(len(text))*6.2+8 < s.Width {
			s.Label, s.TextX, s.TextY = text, s.X+6, s.Y+s.Height/2
		}
		d.Segments = append(d.Segments, s)
	}
}

// dots draws events; those of one lane that would touch become one larger dot.
func (d *Swimlane) dots(events []incident.TimelineEvent, scale func(time.Time) float64, to time.Time) {
	last := map[float64]int{} // lane to its last dot
	for _, e := range events {
		i := slices.IndexFunc(d.Lanes, func(l Lane) bool { return l.Label == laneOf(e.Kind) })
		if e.At.IsZero() || e.At.After(to) || i < 0 {
			continue
		}
		x, y := scale(e.At), d.Lanes[i].Mid
		if j, ok := last[y]; ok && x-d.Dots[j].X < 7 {
			d.Dots[j].Count++
			d.Dots[j].R = min(9, 4+math.Sqrt(float64(d.Dots[j].Count)))
			continue
		}
		last[y] = len(d.Dots)
		d.Dots = append(d.Dots, LaneDot{X: x, Y: y, R: 4, Count: 1, Kind: e.Kind, Text: e.Text, At: e.At})
	}
}

func round(x float64) float64 { return math.Round(x*10) / 10 }

// TickY is where the labels of the axis stand.
func (d *Swimlane) TickY() float64 { return d.AxisY + 16 }
