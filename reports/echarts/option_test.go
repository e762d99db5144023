package echarts

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/reports"
	"hindsight/reports/reportstest"
)

func p(x float64) *float64 { return &x }

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from its golden file; got\n%s", name, got)
	}
}

// Charts of every shape, small enough to be read as JSON.
func shapes() []reports.Chart {
	months := []string{"Jan 2026", "Feb 2026"}
	src := reports.Source{Zone: "Europe/Berlin"}
	byMonth := reports.Axis{Unit: reports.Text, Categories: months}
	count := reports.Axis{Label: "Incidents", Unit: reports.Count}
	took := reports.Axis{Label: "Time to resolve", Unit: reports.Seconds, Log: true}
	return []reports.Chart{
		{ID: "bars", Title: "How often?", Answer: "Cannot tell.", X: byMonth, Y: count, Source: src,
			Lines:  []reports.Line{{Axis: "y", At: 12, Label: "last year"}},
			Series: []reports.Series{{Name: "Incidents", Shape: reports.Bars, Points: []reports.Point{{X: 0, Y: 14, Lo: p(8), Hi: p(23), Link: "/incidents"}, {X: 1, Y: 9}}}}},
		{ID: "dots", Title: "How long?", X: byMonth, Y: took, Source: src, Series: []reports.Series{
			{Name: "Each incident", Shape: reports.Dots, Points: []reports.Point{{X: 0, Y: 4440, Label: "INC1 </script>"}, {X: 1, Y: 0}}},
			{Name: "Quartiles", Shape: reports.Box, Points: []reports.Point{{X: 0, Y: 3600, Lo: p(600), Hi: p(7200)}}}}},
		{ID: "steps", Title: "Which share?", X: took, Y: reports.Axis{Label: "Share", Unit: reports.Share}, Source: src, Series: []reports.Series{
			{Name: "Now", Shape: reports.Steps, Points: []reports.Point{{X: 60, Y: 0.5}, {X: 3600, Y: 1}}},
			{Name: "Before", Shape: reports.Steps, Ghost: true, Points: []reports.Point{{X: 120, Y: 1}}}}},
		{ID: "flat", Title: "Which?", X: took, Y: reports.Axis{Unit: reports.Text, Categories: []string{"checkout", "edge"}}, Source: src, Series: []reports.Series{
			{Name: "Median", Shape: reports.Interval, Points: []reports.Point{{X: 3600, Y: 0, Lo: p(1800), Hi: p(7200)}}},
			{Name: "90th percentile", Shape: reports.Interval, Points: []reports.Point{{X: 86400, Y: 1}}}}},
		{ID: "time", Title: "How does it go?", X: reports.Axis{Unit: reports.Instant}, Y: count, Source: src,
			Lines:  []reports.Line{{Axis: "x", At: 1767225600, Label: "freeze"}},
			Series: []reports.Series{{Name: "Open", Shape: reports.Connect, Points: []reports.Point{{X: 1767225600, Y: 3}, {X: 1782864000, Y: 4}}}}},
		{ID: "empty", Title: "Nothing?", X: byMonth, Y: count, Source: src, Empty: "There is no incident."},
	}
}

func TestOptionGolden(t *testing.T) {
	for _, c := range shapes() {
		t.Run(c.ID, func(t *testing.T) {
			got, err := Option(c, Browser())
			if err != nil {
				t.Fatalf("Option(%s): %v", c.ID, err)
			}
			var out bytes.Buffer
			if err := json.Indent(&out, got, "", "  "); err != nil {
				t.Fatalf("Option(%s) is not JSON: %v", c.ID, err)
			}
			golden(t, c.ID+".golden.json", append(out.Bytes(), '\n'))
		})
	}
}

// option is the part of an option that holds numbers.
type option struct {
	Series []struct {
		Name string
		Type string
		Data []struct {
			Value      []any
			Name       string
			Link       string
			SymbolSize any
		}
	}
	XAxis struct {
		Type string
		Min  *float64
		Max  *float64
	}
}

func decode(t *testing.T, c reports.Chart) option {
	t.Helper()
	data, err := Option(c, Light())
	if err != nil {
		t.Fatalf("Option(%s): %v", c.ID, err)
	}
	var o option
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatalf("Option(%s) is not JSON: %v", c.ID, err)
	}
	return o
}

// Instants are drawn by the clock of the report's zone: 1 January 2026, 00:00 UTC is one o'clock in Berlin, and
// 1 July two o'clock.
func TestInstantsFollowTheZone(t *testing.T) {
	o := decode(t, shapes()[4])
	for i, want := range []time.Time{
		time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC), time.Date(2026, 7, 1, 2, 0, 0, 0, time.UTC),
	} {
		if got := o.Series[0].Data[i].Value[0]; got != float64(want.UnixMilli()) {
			t.Errorf("instant %d is drawn at %v, want %d", i, got, want.UnixMilli())
		}
	}
}

func TestUnknownZone(t *testing.T) {
	if _, err := Option(reports.Chart{ID: "x", Source: reports.Source{Zone: "Mars/Base"}}, Light()); err == nil {
		t.Error("Option with zone Mars/Base: no error")
	}
}

func TestWhatCannotBeDrawnIsNull(t *testing.T) {
	c := shapes()[0]
	c.Series[0].Points = []reports.Point{{X: 0, Y: math.NaN()}, {X: 7, Y: 1}, {X: 0.5, Y: 1}, {X: 1, Y: math.Inf(1)}}
	o := decode(t, c)
	for i, want := range [][]any{{0.0, nil}, {nil, 1.0}, {nil, 1.0}, {1.0, nil}} {
		if got := o.Series[0].Data[i].Value; !slices.Equal(got, want) {
			t.Errorf("point %v becomes %v, want %v", c.Series[0].Points[i], got, want)
		}
	}
}

func TestLogTicks(t *testing.T) {
	for _, tc := range []struct {
		name   string
		lo, hi float64
		want   []float64
	}{
		{"minutes to hours", 70, 20000, []float64{60, 600, 3600, 21600}},
		{"within an hour", 650, 3000, []float64{600, 1200, 1800, 3600}},
		{"one value", 3600, 3600, []float64{3600, 7200}},
		{"zero", 0, 5, []float64{1, 2, 5}},
		{"nothing", math.Inf(1), math.Inf(-1), []float64{60, 600, 3600, 21600, 86400}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := logTicks(tc.lo, tc.hi); !slices.Equal(got, tc.want) {
				t.Errorf("logTicks(%v, %v) = %v, want %v", tc.lo, tc.hi, got, tc.want)
			}
		})
	}
}

func TestLinearTicks(t *testing.T) {
	for _, tc := range []struct {
		hi   float64
		want []float64
	}{
		{0, []float64{0, 10, 20, 30, 40, 50, 60}},
		{16000, []float64{0, 3600, 7200, 10800, 14400, 18000}},
		{3e9, []float64{0, 504576000, 1009152000, 1513728000, 2018304000, 2522880000, 3027456000}},
	} {
		if got := linearTicks(tc.hi); !slices.Equal(got, tc.want) {
			t.Errorf("linearTicks(%v) = %v, want %v", tc.hi, got, tc.want)
		}
	}
}

// Every tick range must hold what is drawn.
func FuzzTicks(f *testing.F) {
	f.Add(1.0, 10.0)
	f.Add(0.0, 0.0)
	f.Add(1e-9, 1e18)
	f.Fuzz(func(t *testing.T, lo, hi float64) {
		if math.IsNaN(lo) || math.IsNaN(hi) || lo > hi || hi > 1e18 || lo < 0 {
			return
		}
		for name, ticks := range map[string][]float64{"logTicks": logTicks(lo, hi), "linearTicks": linearTicks(hi)} {
			if len(ticks) < 2 || len(ticks) > 12 || !slices.IsSorted(ticks) || ticks[len(ticks)-1] < hi {
				t.Errorf("%s(%v, %v) = %v", name, lo, hi, ticks)
			}
		}
	})
}

// Ten thousand dots become few marks that stand for all of them.
func TestManyDotsAreMerged(t *testing.T) {
	c := shapes()[1]
	c.Series = c.Series[:1]
	c.Series[0].Points = nil
	for i := range 10000 {
		c.Series[0].Points = append(c.Series[0].Points, reports.Point{X: float64(i % 2), Y: float64(60 + i)})
	}
	o := decode(t, c)
	total := 0
	for _, d := range o.Series[0].Data {
		n := 1
		if _, rest, ok := strings.Cut(d.Name, ": "); ok && strings.Contains(rest, " near ") {
			n = 0
			for _, r := range strings.ReplaceAll(rest[:strings.Index(rest, " ")], ",", "") {
				n = 10*n + int(r-'0')
			}
		}
		total += n
	}
	if len(o.Series[0].Data) > 100 || total != 10000 {
		t.Errorf("10000 dots become %d marks that stand for %d", len(o.Series[0].Data), total)
	}
}

// On a chart 560 px wide, each of 40 months has 14 px for its bars.
func TestMergedDotsStayInTheirMonth(t *testing.T) {
	c := shapes()[1]
	c.Series = c.Series[:1]
	c.Series[0].Points, c.X.Categories = nil, nil
	for i := range 40 {
		c.X.Categories = append(c.X.Categories, strconv.Itoa(i))
		for range 100 {
			c.Series[0].Points = append(c.Series[0].Points, reports.Point{X: float64(i), Y: 60})
		}
	}
	data := decode(t, c).Series[0].Data
	if len(data) != 40 {
		t.Errorf("%d marks, want one per month", len(data))
	}
	for _, d := range data {
		if size, ok := d.SymbolSize.([]any); !ok || size[0] != 14.0 {
			t.Errorf("mark %q has the size %v, want it 14 wide", d.Name, d.SymbolSize)
		}
	}
}

// No chart, whatever the data, may carry code or markup into a page, and the same chart gives the same bytes.
func TestCatalogOptions(t *testing.T) {
	sets, err := reportstest.Sets()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range sets {
		for _, d := range reports.Catalog() {
			t.Run(set.Name+"/"+d.ID, func(t *testing.T) {
				first, err := Option(d.Build(set.Snapshot, set.Query), Browser())
				if err != nil {
					t.Fatalf("Option: %v", err)
				}
				if i := bytes.IndexAny(first, "<>&\u2028"); i >= 0 {
					t.Errorf("unescaped %q", first[i:min(len(first), i+20)])
				}
				if bytes.Contains(first, []byte("function")) || bytes.Contains(first, []byte("__f__")) {
					t.Error("the option holds a function")
				}
				second, err := Option(d.Build(set.Snapshot, set.Query), Browser())
				if err != nil || !bytes.Equal(first, second) {
					t.Errorf("the same chart gave other bytes (%v)", err)
				}
			})
		}
	}
}

// TestOpenDots: what is not over is hollow in each theme: filled with the ground, with an edge in the colour of the dots.
func TestOpenDots(t *testing.T) {
	points := []reports.Point{{X: 0, Y: 60}}
	c := reports.Chart{ID: "dots", Title: "How long?", X: reports.Axis{Categories: []string{"May"}}, Y: reports.Axis{Unit: reports.Seconds},
		Series: []reports.Series{{Name: "over", Shape: reports.Dots, Points: points}, {Name: "open", Shape: reports.OpenDots, Points: points}}}
	option, err := Option(c, Dark())
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Series []struct {
			ItemStyle struct{ Color, BorderColor string }
		}
	}
	if err := json.Unmarshal(option, &got); err != nil {
		t.Fatal(err)
	}
	if s := got.Series[1].ItemStyle; s.Color != Dark().Surface || s.BorderColor != got.Series[0].ItemStyle.Color {
		t.Errorf("a hollow dot is %s with an edge of %s", s.Color, s.BorderColor)
	}
}
