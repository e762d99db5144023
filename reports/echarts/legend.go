package echarts

import (
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/opts"

	"hindsight/reports"
)

type legendItem struct {
	Name string `json:"name"`
	Icon string `json:"icon,omitempty"`
}

const (
	legendRow  = 22  // pixels
	legendGap  = 16  // pixels between two; what a system without the font takes for a name can be a tenth longer
	legendText = 220 // pixels at most of one name; longer ones end in dots
	widest     = 1200
	narrowest  = 280
)

// legendOpts puts the legend on top, in as many rows as it needs.
func (b *builder) legendOpts() opts.Legend {
	return opts.Legend{
		Show: opts.Bool(b.needsLegend()), Type: "plain", Data: b.legend,
		Top: "0", Left: "0", ItemWidth: 14, ItemHeight: 10,
		TextStyle: &opts.TextStyle{Color: b.theme.Soft, FontSize: fontSize, Width: legendText, Overflow: "truncate"},
	}
}

// needsLegend is false for a single series that is what the axis says.
func (b *builder) needsLegend() bool {
	label := b.chart.Y.Label
	if b.chart.Flat() {
		label = b.chart.X.Label
	}
	return len(b.legend) > 1 || len(b.legend) == 1 && !strings.HasPrefix(label, b.legend[0].Name)
}

// legendRows estimates how many rows the legend takes in a chart of some width in pixels.
func (b *builder) legendRows(width int) int {
	if !b.needsLegend() {
		return 0
	}
	rows, x := 1, 0
	for _, item := range b.legend {
		w := 14 + 5 + min(legendText, 7*utf8.RuneCountInString(item.Name)) + legendGap
		if x > 0 && x+w > width {
			rows, x = rows+1, 0
		}
		x += w
	}
	return rows
}

// media is a rule for charts up to some width.
type media struct {
	Query struct {
		MaxWidth int `json:"maxWidth"`
	} `json:"query"`
	Option struct {
		Grid grid `json:"grid"`
	} `json:"option"`
}

// narrow returns the rules that keep the plot below the legend where that wraps; the narrowest comes last
// and wins.
func (b *builder) narrow() []media {
	var rules []media
	rows := b.legendRows(widest)
	for w := widest; w >= narrowest; w -= 20 {
		if n := b.legendRows(w); n != rows {
			rows = n
			var m media
			m.Query.MaxWidth, m.Option.Grid = w, b.grid(n)
			rules = append(rules, m)
		}
	}
	return rules
}

// grid leaves room for the legend and for what stands above vertical lines.
func (b *builder) grid(legendRows int) grid {
	g := grid{Left: 4, Right: 18, Top: 10, Bottom: 4, OuterBoundsMode: "same", OuterBoundsWithin: "all"}
	if legendRows > 0 {
		g.Top += 8 + legendRow*legendRows
	}
	if b.chart.X.Unit == reports.Instant {
		g.Right = 40 // half of a date: ECharts fits the labels of times too late
	}
	for _, l := range b.chart.Lines {
		if l.Axis == "x" && !b.chart.Flat() {
			g.Top += lineRoom
			break
		}
	}
	return g
}

// enlist adds a name to the legend once, however many series carry it.
func (b *builder) enlist(name, icon string) {
	for _, item := range b.legend {
		if item.Name == name {
			return
		}
	}
	if name != "" {
		b.legend = append(b.legend, legendItem{name, icon})
	}
}

// lineIcon is the legend's picture of a line: "solid", "dashed" or "dotted".
func lineIcon(dash string) string {
	switch dash {
	case "dashed":
		return "path://M0 4h4v2h-4zM6 4h4v2h-4zM12 4h4v2h-4z"
	case "dotted":
		return "path://M0 4h2v2h-2zM4 4h2v2h-2zM8 4h2v2h-2zM12 4h2v2h-2z"
	}
	return "path://M0 4h16v2h-16z"
}

// slotIcon is the legend's picture of a box, or of an estimate as chartkit.js draws it in that slot.
func slotIcon(shape reports.Shape, slot int) string {
	if shape == reports.Box {
		return "rect"
	}
	return []string{"circle", "diamond"}[slot%2]
}
