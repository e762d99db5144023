package echarts

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"hindsight/reports"
)

// item is one mark. Value holds the coordinates, then what the shape needs.
type item struct {
	Value      []any     `json:"value"`
	Name       string    `json:"name,omitempty"` // what a reader sees when pointing at it
	Link       string    `json:"link,omitempty"`
	Symbol     string    `json:"symbol,omitempty"`
	SymbolSize []float64 `json:"symbolSize,omitempty"` // width and height in pixels
}

const (
	barWidth     = 36 // pixels at most
	intervalStep = 18 // pixels at most between marks that share a category
	dotSize      = 6
)

// addSeries fills in series and legend. Colours go by position among the series that have one of their
// own; ghosts are grey, boxes have the colour of ink because they lie over dots.
func (b *builder) addSeries() {
	color, bar, slot := 0, 0, 0
	for _, s := range b.chart.Series {
		style := look{color: b.theme.color(color)}
		switch {
		case s.Ghost:
			style.color = b.theme.Ghost
		case s.Shape == reports.Box:
			style.color = b.theme.Ink
		case s.Shape == reports.OpenDots:
			style.color = b.theme.color(max(0, color-1))
		default:
			color++
		}
		switch s.Shape {
		case reports.Bars:
			style.slot, style.slots, style.step = bar, b.count(reports.Bars), barWidth
			bar++
		case reports.Interval, reports.Box:
			style.slot, style.slots, style.step = slot, b.count(reports.Interval)+b.count(reports.Box), intervalStep
			slot++
		default:
			style.slots, style.step = 1, intervalStep
		}
		b.add(s, style)
	}
	b.lines()
}

// look is how one series is told from the others.
type look struct {
	color       string
	slot, slots int // place among those that share a category
	step        int // pixels between two slots at most
}

func (b *builder) add(s reports.Series, l look) {
	line := &opts.LineStyle{Color: l.color, Width: 2, Type: "solid"}
	if s.Ghost {
		line.Type, line.Width = "dashed", 1.5
	}
	out := b.newSeries(clean(s.Name), "", l.color)
	icon := "roundRect"
	switch s.Shape {
	case reports.Dots:
		icon = "circle"
		out.Type, out.SymbolSize, out.ItemStyle.Opacity = types.ChartScatter, dotSize, opts.Float(0.55)
		out.Data = b.dots(s)
		if len(s.Points) > manyDots {
			out.Name += " (size shows how many)"
		}
	case reports.OpenDots:
		icon = "circle" // not ECharts' own hollow one, which is filled with white in a dark theme, too
		out.Type, out.Symbol, out.SymbolSize = types.ChartScatter, "circle", dotSize+1
		out.ItemStyle.Color, out.ItemStyle.BorderColor, out.ItemStyle.BorderWidth = b.theme.Surface, l.color, 2
		out.Emphasis.ItemStyle.Color, out.Emphasis.ItemStyle.BorderWidth = b.theme.Surface, 2
		out.Data = b.items(s, nil)
	case reports.Bars:
		out.Type, out.BarMaxWidth, out.BarGap, out.BarCategoryGap = types.ChartBar, fmt.Sprint(barWidth), "0%", "40%"
		out.Data = b.items(s, nil)
	case reports.Steps:
		icon = lineIcon(line.Type)
		out.Type, out.Step, out.ShowSymbol, out.LineStyle = types.ChartLine, "end", opts.Bool(false), line
		out.Data = b.items(thin(s, 600), nil)
	case reports.Connect:
		icon = lineIcon(line.Type)
		out.Type, out.ShowSymbol, out.SymbolSize, out.LineStyle = types.ChartLine, opts.Bool(true), dotSize, line
		out.Data = b.items(s, nil)
	default:
		icon = slotIcon(s.Shape, l.slot)
		b.custom(&out, s, l, true)
	}
	b.series = append(b.series, out)
	b.enlist(out.Name, icon)
	b.addBounds(s, l)
}

// newSeries returns a series without marks. One that is pointed at gets an edge and a stronger line.
func (b *builder) newSeries(name, kind, color string) series {
	return series{
		SingleSeries: charts.SingleSeries{Name: name, Type: kind, ItemStyle: &opts.ItemStyle{Color: color}},
		Emphasis: emphasis{
			ItemStyle: opts.ItemStyle{Color: color, BorderColor: b.theme.Ink, BorderWidth: 1.5},
			LineStyle: opts.LineStyle{Color: color, Width: 3},
		},
	}
}

// addBounds draws the intervals of bars and lines and the bands of steps, where they have any.
func (b *builder) addBounds(s reports.Series, l look) {
	if s.Shape == reports.Steps {
		b.addBand(s, l)
		return
	}
	if s.Shape != reports.Bars && s.Shape != reports.Connect {
		return
	}
	if !slices.ContainsFunc(s.Points, func(p reports.Point) bool { return p.Lo != nil && p.Hi != nil }) {
		return
	}
	if s.Shape == reports.Bars {
		l.color = b.theme.Ink
	}
	out := b.newSeries(clean(s.Name), "", l.color)
	out.Silent = true // the bar or the point below answers
	s.Shape = reports.Interval
	b.custom(&out, s, l, false)
	b.series = append(b.series, out)
}

// addBand draws the two ends of a band as fine lines of the series' colour, which come and go with it.
func (b *builder) addBand(s reports.Series, l look) {
	end := func(of func(reports.Point) *float64) {
		out := b.newSeries(clean(s.Name), types.ChartLine, l.color)
		out.Silent, out.Step, out.ShowSymbol = true, "end", opts.Bool(false)
		out.LineStyle = &opts.LineStyle{Color: l.color, Width: 1, Type: "dotted"}
		items := []item{}
		for _, p := range thin(s, 600).Points {
			if x := of(p); x != nil {
				items = append(items, item{Value: []any{b.coordinate(b.chart.X, p.X), b.coordinate(b.chart.Y, *x)}})
			}
		}
		if len(items) > 0 {
			out.Data = items
			b.series = append(b.series, out)
		}
	}
	end(func(p reports.Point) *float64 { return p.Lo })
	end(func(p reports.Point) *float64 { return p.Hi })
}

// custom fills in a series of interval or box marks, see chartkit.js for the values that they read.
func (b *builder) custom(out *series, s reports.Series, l look, dot bool) {
	out.Type, out.RenderItem = types.ChartCustom, "interval"
	if s.Shape == reports.Box {
		out.RenderItem = "box"
	}
	value := b.chart.Y
	out.Encode = &opts.Encode{X: 0, Y: []int{1, 2, 3}}
	if b.chart.Flat() {
		value = b.chart.X
		out.RenderItem += "Flat"
		out.Encode = &opts.Encode{X: []int{0, 2, 3}, Y: 1}
	}
	out.Data = b.items(s, func(p reports.Point) []any {
		show := 0
		if dot {
			show = 1
		}
		return []any{b.optional(value, p.Lo), b.optional(value, p.Hi), l.slot, l.slots, l.step, show}
	})
}

func (b *builder) optional(def reports.Axis, x *float64) any {
	if x == nil {
		return nil
	}
	return b.coordinate(def, *x)
}

// items returns the marks of s; more gives what follows the coordinates.
func (b *builder) items(s reports.Series, more func(reports.Point) []any) []item {
	out := make([]item, 0, len(s.Points))
	for _, p := range s.Points {
		it := item{
			Value: []any{b.coordinate(b.chart.X, p.X), b.coordinate(b.chart.Y, p.Y)},
			Name:  b.label(s, p), Link: p.Link,
		}
		if more != nil {
			it.Value = append(it.Value, more(p)...)
		}
		out = append(out, it)
	}
	return out
}

// label returns the point's own label, or its place and value: "Jan 2026: 14 (8 – 22)".
func (b *builder) label(s reports.Series, p reports.Point) string {
	if p.Label != "" {
		return clean(p.Label)
	}
	place, x, value, y := b.chart.X, p.X, b.chart.Y, p.Y
	if b.chart.Flat() {
		place, x, value, y = value, y, place, x
	}
	text := b.text(place, x) + ": " + b.text(value, y)
	if p.Lo != nil && p.Hi != nil {
		text += fmt.Sprintf(" (%s – %s)", b.text(value, *p.Lo), b.text(value, *p.Hi))
	}
	if s.Name != "" && len(b.chart.Series) > 1 {
		text = s.Name + ", " + text
	}
	return clean(text)
}

func (b *builder) text(def reports.Axis, x float64) string {
	if i := int(x); len(def.Categories) > 0 && x == math.Trunc(x) && i >= 0 && i < len(def.Categories) {
		return def.Categories[i]
	}
	if def.Unit == reports.Instant {
		return reports.FormatTime(time.Unix(int64(x), 0).In(b.zone))
	}
	return reports.Format(def.Unit, x)
}

// thin keeps about limit points of a step function, among them the first and the last. At the width of a
// page no eye can tell.
func thin(s reports.Series, limit int) reports.Series {
	if len(s.Points) <= limit {
		return s
	}
	kept := make([]reports.Point, 0, limit+1)
	for i := range limit {
		kept = append(kept, s.Points[i*len(s.Points)/limit])
	}
	s.Points = append(kept, s.Points[len(s.Points)-1])
	return s
}
