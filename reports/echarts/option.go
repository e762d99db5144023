// Package echarts turns a reports.Chart into the option of an Apache ECharts 6 chart, as JSON without any
// JavaScript: what needs code (formatters, interval and box marks) is known by name in the script that
// Kit returns. It draws nothing: a page does that in the browser, package draw on the server. Start
// with Option.
package echarts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"hindsight/reports"
)

//go:embed chartkit.js
var kit string

// Kit returns the script with the formatters and marks that options name. It sets the global
// chartkit: call chartkit.install(echarts) once and chartkit.revive(option) on each option.
func Kit() string { return kit }

// Option returns the ECharts option of c as a JSON object, safe inside a script element: "<", ">" and "&"
// are escaped. It is legible from 360 pixels of width on. Marks carry their label as "name" and the page
// behind them as "link". Title, answer and source are not part of it; a chart with Empty set
// has no series. The same chart gives the same bytes.
func Option(c reports.Chart, theme Theme) (json.RawMessage, error) {
	zone, err := time.LoadLocation(c.Source.Zone)
	if err != nil {
		return nil, fmt.Errorf("echarts: chart %s: time zone %q: %w", c.ID, c.Source.Zone, err)
	}
	b := &builder{chart: c, theme: theme, zone: zone}
	if c.Empty == "" {
		b.addSeries()
	}
	data, err := json.Marshal(b.option())
	if err != nil {
		return nil, fmt.Errorf("echarts: chart %s: %w", c.ID, err)
	}
	return data, nil
}

// builder collects the parts of one option.
type builder struct {
	chart  reports.Chart
	theme  Theme
	zone   *time.Location
	series []series
	legend []legendItem
}

// The parts that the library has no fields for.
type (
	grid struct {
		Left              int    `json:"left"`
		Right             int    `json:"right"`
		Top               int    `json:"top"`
		Bottom            int    `json:"bottom"`
		OuterBoundsMode   string `json:"outerBoundsMode"` // labels and names stay inside these margins
		OuterBoundsWithin string `json:"outerBoundsContain"`
	}
	legend struct {
		opts.Legend
		ItemGap int `json:"itemGap"`
	}
	tooltip struct {
		Trigger         string         `json:"trigger"`
		Formatter       string         `json:"formatter"`
		RenderMode      string         `json:"renderMode"` // text, never HTML
		Confine         bool           `json:"confine"`
		BackgroundColor string         `json:"backgroundColor"`
		BorderColor     string         `json:"borderColor"`
		TextStyle       opts.TextStyle `json:"textStyle"`
	}
	// series is one of the library's, with what it lacks.
	series struct {
		charts.SingleSeries
		Silent   bool       `json:"silent,omitempty"` // no pointing at it
		Emphasis emphasis   `json:"emphasis"`
		MarkLine *markLines `json:"markLine,omitempty"`
	}
	// emphasis is what pointing does. It must name the colours: ECharts would make them brighter by itself,
	// which it cannot do with custom properties, and the mark would vanish.
	emphasis struct {
		ItemStyle opts.ItemStyle `json:"itemStyle"`
		LineStyle opts.LineStyle `json:"lineStyle"`
	}
	markLines struct {
		Silent    bool           `json:"silent"`
		Symbol    string         `json:"symbol"`
		LineStyle opts.LineStyle `json:"lineStyle"`
		Data      []markLine     `json:"data"`
	}
	markLine struct {
		Name  string    `json:"name"`
		XAxis any       `json:"xAxis,omitempty"`
		YAxis any       `json:"yAxis,omitempty"`
		Label lineLabel `json:"label"`
	}
	lineLabel struct {
		Show      bool   `json:"show"`
		Position  string `json:"position,omitempty"`
		Distance  int    `json:"distance,omitempty"`
		Formatter string `json:"formatter,omitempty"`
		Color     string `json:"color,omitempty"`
		FontSize  int    `json:"fontSize,omitempty"`
	}
)

const (
	fontSize = 12
	nameGap  = 10 // between the Y axis and its name above
	lineRoom = 20 // above the plot, for what vertical lines mean
)

func (b *builder) option() map[string]any {
	// The library's bar chart stands for any chart with two axes: it takes series of every type.
	chart := charts.NewBar()
	chart.SetGlobalOptions(
		charts.WithColorsOpts(b.theme.Categories),
		charts.WithAnimation(false),
	)
	chart.Aria = b.aria()
	chart.Validate()
	option := chart.JSON()
	delete(option, "title")
	delete(option, "toolbox")
	option["series"], option["legend"] = b.series, legend{b.legendOpts(), legendGap}
	option["useUTC"] = true
	option["textStyle"] = opts.TextStyle{FontFamily: b.theme.Font, FontSize: fontSize}
	option["grid"] = b.grid(b.legendRows(widest))
	if rules := b.narrow(); len(rules) > 0 {
		option["media"] = rules
	}
	option["xAxis"], option["yAxis"] = b.xAxis(), b.yAxis()
	option["tooltip"] = b.tooltip()
	return option
}

// aria tells screen readers the answer. Patterns tell stacks of bars apart where colour cannot.
func (b *builder) aria() *opts.Aria {
	text := clean(b.chart.Title)
	if b.chart.Answer != "" {
		text += " " + clean(b.chart.Answer)
	}
	return &opts.Aria{
		Enabled: opts.Bool(true),
		Label:   &opts.AriaLabel{Description: text},
		Decal:   &opts.AriaDecal{Show: opts.Bool(b.count(reports.Bars) > 1)},
	}
}

func (b *builder) tooltip() tooltip {
	t := tooltip{
		Trigger: "item", Formatter: "fmt:marks", RenderMode: "richText", Confine: true,
		BackgroundColor: b.theme.Surface, BorderColor: b.theme.Axis,
		TextStyle: opts.TextStyle{Color: b.theme.Ink, FontSize: fontSize},
	}
	if b.count(reports.Steps) > 0 { // its line has no marks to point at
		t.Trigger = "axis"
	}
	return t
}

func (b *builder) count(shape reports.Shape) int {
	n := 0
	for _, s := range b.chart.Series {
		if s.Shape == shape {
			n++
		}
	}
	return n
}

// lines draws each target and annotation as a series of its own, without marks. What a line at a value means
// stands in the legend, for a label in the plot would hide marks and labels of near lines each other;
// that of a line at a time stands above the plot.
func (b *builder) lines() {
	for i, l := range b.chart.Lines {
		line := markLine{Name: clean(l.Label)}
		name, dash := line.Name, []string{"dashed", "dotted"}[i%2]
		if l.Axis == "x" {
			line.XAxis = b.coordinate(b.chart.X, l.At)
		} else {
			line.YAxis = b.coordinate(b.chart.Y, l.At)
		}
		if line.XAxis == nil && line.YAxis == nil {
			continue
		}
		if l.Axis == "x" && !b.chart.Flat() {
			line.Label, name = b.aboveLine(), ""
		}
		b.enlist(name, lineIcon(dash))
		out := b.newSeries(name, types.ChartLine, b.theme.Ink)
		out.Data = []item{}
		out.MarkLine = &markLines{
			Silent: true, Symbol: "none", Data: []markLine{line},
			LineStyle: opts.LineStyle{Color: b.theme.Ink, Width: 1.5, Type: dash},
		}
		b.series = append(b.series, out)
	}
}

// aboveLine is the label at the upper end of a vertical line, higher than the axis' name.
func (b *builder) aboveLine() lineLabel {
	return lineLabel{Show: true, Position: "end", Distance: nameGap + fontSize, Formatter: "{b}", Color: b.theme.Ink, FontSize: fontSize}
}

// clean makes one line of text that any XML may hold: control characters become spaces, what is not
// UTF-8 the replacement character.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufffe' || r == '\uffff' {
			return ' '
		}
		return r
	}, text)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	return strings.Join(strings.Fields(text), " ")
}
