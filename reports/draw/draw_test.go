package draw

import (
	"context"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"hindsight/reports"
	"hindsight/reports/echarts"
)

// Charts of every shape, with numbers that a reader can check against the picture.
func sampleCharts() []reports.Chart {
	months := []string{"Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026", "Jun 2026"}
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	source := reports.Source{
		From: from, To: from.AddDate(0, 6, 0), Zone: "Europe/Berlin", N: 141, Filter: "severity 1 or 2", AsOf: 1942,
		LeftOut: []reports.LeftOut{{Reason: "still open", N: 3}, {Reason: "no resolution time", N: 12}},
		Method:  "median with 95 % order-statistic interval",
	}
	p := func(x float64) *float64 { return &x }
	var bars, dots, boxes, now, before []reports.Point
	for i, n := range []float64{14, 19, 11, 9, 17, 8} {
		bars = append(bars, reports.Point{X: float64(i), Y: n, Lo: p(n - 1.6*math.Sqrt(n)), Hi: p(n + 1.9*math.Sqrt(n)), Link: "/incidents"})
		for k := range int(n) {
			dots = append(dots, reports.Point{X: float64(i), Y: 60 * math.Pow(10, 3*math.Abs(math.Sin(float64(k*7+i*3)))), Label: fmt.Sprintf("INC%04d <b>", k)})
		}
		boxes = append(boxes, reports.Point{X: float64(i), Lo: p(600), Y: 3600 + 600*float64(i), Hi: p(14400)})
	}
	for i := range 40 {
		now = append(now, reports.Point{X: 120 * math.Pow(1.15, float64(i)), Y: float64(i+1) / 40})
		before = append(before, reports.Point{X: 200 * math.Pow(1.17, float64(i)), Y: float64(i+1) / 40})
	}
	services := []string{"checkout", "payments-db", "edge", "a service whose name is far longer than any label has room for", "search"}
	var median, p90 []reports.Point
	for i := range services {
		x := 1800 * float64(i+1)
		median = append(median, reports.Point{X: x, Y: float64(i), Lo: p(x * 0.6), Hi: p(x * 1.7)})
		p90 = append(p90, reports.Point{X: 5 * x, Y: float64(i), Lo: p(3 * x), Hi: p(9 * x)})
	}
	return []reports.Chart{
		{ID: "bars", Title: "How often do incidents happen?", Answer: "Probably fewer: 1.9 per month, was 3.3 (fewer = better).", Source: source,
			X: reports.Axis{Categories: months, Unit: reports.Text}, Y: reports.Axis{Label: "Incidents", Unit: reports.Count},
			Series: []reports.Series{{Name: "Incidents", Shape: reports.Bars, Points: bars}}, Lines: []reports.Line{{Axis: "y", At: 12, Label: "average of 2025"}}},
		{ID: "dots", Title: "How long do incidents last?", Answer: "Cannot tell yet.", Source: source,
			X: reports.Axis{Categories: months, Unit: reports.Text}, Y: reports.Axis{Label: "Time to resolve", Unit: reports.Seconds, Log: true},
			Series: []reports.Series{{Name: "Each incident", Shape: reports.Dots, Points: dots}, {Name: "Quartiles and median", Shape: reports.Box, Points: boxes}}, Lines: []reports.Line{{Axis: "y", At: 14400, Label: "goal 4h"}}},
		{ID: "steps", Title: "What share is resolved within a time?", Answer: "Half of them within 32 minutes.", Source: source,
			X: reports.Axis{Label: "Time to resolve", Unit: reports.Seconds, Log: true}, Y: reports.Axis{Label: "Share of incidents", Unit: reports.Share},
			Series: []reports.Series{{Name: "This period", Shape: reports.Steps, Points: now}, {Name: "The period before", Ghost: true, Shape: reports.Steps, Points: before}}},
		{ID: "flat", Title: "Which services take longest?", Answer: "search, then a service whose name is long.", Source: source,
			X: reports.Axis{Label: "Time to resolve", Unit: reports.Seconds, Log: true}, Y: reports.Axis{Categories: services, Unit: reports.Text},
			Series: []reports.Series{{Name: "Median", Shape: reports.Interval, Points: median}, {Name: "90th percentile", Shape: reports.Interval, Points: p90}}, Lines: []reports.Line{{Axis: "x", At: 14400, Label: "goal 4h"}}},
		{ID: "pair", Title: "How often, and how often did it come back?", Source: source,
			X: reports.Axis{Categories: months, Unit: reports.Text}, Y: reports.Axis{Label: "Incidents", Unit: reports.Count},
			Series: []reports.Series{{Name: "Incidents", Shape: reports.Bars, Points: bars}, {Name: "Reopened", Shape: reports.Bars, Points: bars[:4]}}},
		{ID: "time", Title: "How does it go?", Source: source,
			X: reports.Axis{Unit: reports.Instant}, Y: reports.Axis{Label: "Time to resolve", Unit: reports.Seconds},
			Lines:  []reports.Line{{Axis: "x", At: 1775000000, Label: "new alerting"}},
			Series: []reports.Series{{Name: "Median", Shape: reports.Connect, Points: []reports.Point{{X: 1767225600, Y: 4000, Lo: p(3000), Hi: p(6000)}, {X: 1769904000, Y: 5000}, {X: 1780000000, Y: 9000, Lo: p(3000), Hi: p(16000)}}}}},
		{ID: "empty", Title: "How available is each service?", Empty: "No incident of this period says when users began to suffer: 14 of 14 lack an impact start. Map a field to it, or set it on the incident's page.", Source: source},
	}
}

func TestLook(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, c := range sampleCharts() {
		for _, w := range []int{720, 360} {
			start := time.Now()
			svg, err := e.SVG(context.Background(), c, Size{w, 420}, echarts.Light())
			if err != nil {
				t.Error(err)
				continue
			}
			os.WriteFile(fmt.Sprintf("/tmp/out/%s-%d.svg", c.ID, w), svg, 0o644)
			t.Log(c.ID, len(svg), time.Since(start))
			png, err := e.PNG(context.Background(), c, Size{w, 420}, 2, echarts.Light())
			if err != nil {
				t.Error(err)
				continue
			}
			os.WriteFile(fmt.Sprintf("/tmp/out/%s-%d.png", c.ID, w), png, 0o644)
		}
	}
}
