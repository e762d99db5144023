package echarts

import (
	"math"
	"slices"
	"time"

	"hindsight/reports"
)

// axis is one axis of an option; the library's lack customValues and jitter.
type axis struct {
	Type          string      `json:"type"`
	Name          string      `json:"name,omitempty"`
	NameLocation  string      `json:"nameLocation,omitempty"`
	NameGap       int         `json:"nameGap,omitempty"`
	NameTextStyle *textStyle  `json:"nameTextStyle,omitempty"`
	Data          []string    `json:"data,omitempty"`
	Inverse       bool        `json:"inverse,omitempty"`
	Min           *float64    `json:"min,omitempty"`
	Max           *float64    `json:"max,omitempty"`
	MinInterval   float64     `json:"minInterval,omitempty"`
	SplitNumber   int         `json:"splitNumber,omitempty"`
	Jitter        int         `json:"jitter,omitempty"` // pixels that dots are spread over in their category
	AxisLabel     axisLabel   `json:"axisLabel"`
	AxisTick      axisTick    `json:"axisTick"`
	AxisLine      strokedPart `json:"axisLine"`
	SplitLine     strokedPart `json:"splitLine"`
}

type (
	axisLabel struct {
		Formatter    string    `json:"formatter,omitempty"`
		Color        string    `json:"color"`
		FontSize     int       `json:"fontSize"`
		HideOverlap  bool      `json:"hideOverlap"`
		Width        int       `json:"width,omitempty"`
		Overflow     string    `json:"overflow,omitempty"`
		CustomValues []float64 `json:"customValues,omitempty"`
		Interval     *int      `json:"interval,omitempty"`
	}
	axisTick struct {
		Show         bool      `json:"show"`
		CustomValues []float64 `json:"customValues,omitempty"`
	}
	strokedPart struct {
		Show      bool   `json:"show"`
		LineStyle stroke `json:"lineStyle"`
	}
	stroke struct {
		Color string `json:"color"`
	}
	textStyle struct {
		Color    string `json:"color"`
		FontSize int    `json:"fontSize"`
		Align    string `json:"align,omitempty"`
	}
)

// rowLabel is how many pixels the names of a flat chart's rows get; longer ones end in dots. It leaves
// two thirds of a 360-pixel chart to the marks.
const rowLabel = 112

func (b *builder) xAxis() axis {
	a := b.axis(true)
	a.SplitLine.Show = b.chart.Flat()
	a.AxisLine.Show = !b.chart.Flat()
	a.NameLocation, a.NameGap = "middle", 26
	if a.Type == "category" && b.loose() {
		a.Jitter = 60
	}
	return a
}

// loose reports whether there are dots that were not merged, to be spread inside their category.
func (b *builder) loose() bool {
	return slices.ContainsFunc(b.chart.Series, func(s reports.Series) bool {
		return s.Shape == reports.Dots && len(s.Points) <= manyDots
	})
}

func (b *builder) yAxis() axis {
	a := b.axis(false)
	if !b.chart.Flat() { // the name stands above the axis, where it costs no width
		a.NameLocation, a.NameGap, a.NameTextStyle.Align = "end", nameGap, "left"
		return a
	}
	every := 0
	a.Inverse = true // the first row on top
	a.Name = ""
	a.AxisLabel.Width, a.AxisLabel.Overflow, a.AxisLabel.Interval = rowLabel, "truncate", &every
	a.SplitLine.Show = false
	a.AxisLine.Show = true
	return a
}

// axis returns what both directions share.
func (b *builder) axis(x bool) axis {
	def := b.direction(x)
	line := stroke{b.theme.Axis}
	a := axis{
		Type: "value", Name: clean(def.Label), Min: def.Min, Max: def.Max,
		NameTextStyle: &textStyle{Color: b.theme.Soft, FontSize: fontSize},
		AxisLabel:     axisLabel{Color: b.theme.Soft, FontSize: fontSize, HideOverlap: true},
		AxisLine:      strokedPart{LineStyle: line},
		SplitLine:     strokedPart{Show: true, LineStyle: stroke{b.theme.Grid}},
	}
	switch {
	case len(def.Categories) > 0:
		a.Type, a.Min, a.Max = "category", nil, nil
		for _, name := range def.Categories {
			a.Data = append(a.Data, clean(name))
		}
	case def.Unit == reports.Instant:
		a.Type, a.AxisLabel.Formatter, a.SplitNumber = "time", "fmt:day", 4
		a.Min, a.Max = b.bound(def, def.Min), b.bound(def, def.Max)
	default:
		b.scale(x, &a)
	}
	return a
}

func (b *builder) bound(def reports.Axis, at *float64) *float64 {
	if at == nil {
		return nil
	}
	x, ok := b.coordinate(def, *at).(float64)
	if !ok {
		return nil
	}
	return &x
}

// scale gives a value axis its type, bounds and ticks.
func (b *builder) scale(x bool, a *axis) {
	def := b.direction(x)
	if def.Log {
		a.Type = "log"
	}
	zero, one := 0.0, 1.0
	switch def.Unit {
	case reports.Seconds:
		a.AxisLabel.Formatter = "fmt:duration"
		b.durationTicks(x, a)
	case reports.Share:
		a.AxisLabel.Formatter = "fmt:percent"
		a.Min, a.Max = or(def.Min, &zero), or(def.Max, &one)
	default:
		a.AxisLabel.Formatter = "fmt:count"
		if !def.Log {
			a.Min = or(def.Min, &zero)
		}
		if lo, hi, whole := b.extent(x); whole && hi >= lo {
			a.MinInterval = 1
		}
	}
}

func or(p, fallback *float64) *float64 {
	if p != nil {
		return p
	}
	return fallback
}

// durationTicks puts the ticks where people have words for them: minutes, hours and days.
func (b *builder) durationTicks(x bool, a *axis) {
	def := b.direction(x)
	lo, hi, _ := b.extent(x)
	if def.Min != nil {
		lo = *def.Min
	}
	if def.Max != nil {
		hi = *def.Max
	}
	ticks := linearTicks(hi)
	if def.Log {
		ticks = logTicks(lo, hi)
	}
	a.Min, a.Max = or(def.Min, &ticks[0]), or(def.Max, &ticks[len(ticks)-1])
	a.AxisLabel.CustomValues, a.AxisTick.CustomValues = ticks, ticks
}

// direction returns the X axis or the Y axis.
func (b *builder) direction(x bool) reports.Axis {
	if x {
		return b.chart.X
	}
	return b.chart.Y
}

// extent returns the range of everything drawn along X or Y, and whether all of it is whole numbers. Without
// anything lo > hi.
func (b *builder) extent(x bool) (lo, hi float64, whole bool) {
	lo, hi, whole = math.Inf(1), math.Inf(-1), true
	see := func(at float64) {
		if !math.IsNaN(at) && !math.IsInf(at, 0) {
			lo, hi, whole = min(lo, at), max(hi, at), whole && at == math.Trunc(at)
		}
	}
	for _, s := range b.chart.Series {
		for _, p := range s.Points {
			see(pick(x, p.X, p.Y))
			for _, bound := range []*float64{p.Lo, p.Hi} {
				if bound != nil && x == b.chart.Flat() {
					see(*bound)
				}
			}
		}
	}
	for _, l := range b.chart.Lines {
		if (l.Axis == "x") == x {
			see(l.At)
		}
	}
	return lo, hi, whole
}

func pick(first bool, x, y float64) float64 {
	if first {
		return x
	}
	return y
}

// coordinate returns x as the axis counts: milliseconds of wall-clock time for instants, at least one
// second on a logarithmic axis of durations, which has no zero. What cannot be drawn is nil.
func (b *builder) coordinate(def reports.Axis, x float64) any {
	switch {
	case math.IsNaN(x), math.IsInf(x, 0):
		return nil
	case len(def.Categories) > 0:
		if x != math.Trunc(x) || x < 0 || int(x) >= len(def.Categories) {
			return nil
		}
	case def.Unit == reports.Instant:
		_, offset := time.Unix(int64(x), 0).In(b.zone).Zone()
		return (x + float64(offset)) * 1000
	case def.Log && def.Unit == reports.Seconds:
		return max(1, x)
	case def.Log && x <= 0:
		return nil
	}
	return x
}
