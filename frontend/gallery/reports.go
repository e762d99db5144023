package gallery

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"hindsight/frontend"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/echarts"
	"hindsight/reports/reportstest"
)

// samples are the sample report of each set of numbers, by the name of the set.
var samples = sync.OnceValues(func() (map[string]reports.Document, error) {
	sets, err := reportstest.Sets()
	out := map[string]reports.Document{}
	for _, set := range sets {
		out[set.Name] = reportstest.Document(set)
		x := out[set.Name]
		x.Stamp.Digest = "8c84e6b0a1f2c3d4e5f60718293a4b5c6d7e8f901a2b3c4d5e6f708192a3b4c5"
		out[set.Name] = x
	}
	return out, err
})

// sampleFiles are the same as files.
var sampleFiles = sync.OnceValues(func() (map[string]frontend.ReportFilePage, error) {
	all, err := samples()
	if err != nil {
		return nil, err
	}
	engine, err := draw.New()
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	picture := func(c reports.Chart, ids string) ([]byte, error) {
		return engine.Plot(context.Background(), c, draw.Size{Width: 800, Height: 320}, echarts.Browser(), ids)
	}
	out := map[string]frontend.ReportFilePage{}
	for name, d := range all {
		if out[name], err = frontend.NewReportFile(d, picture, "https://hindsight.example.com"); err != nil {
			return nil, fmt.Errorf("gallery: report of the set %s: %w", name, err)
		}
	}
	return out, nil
})

// reportFile is a report as a file, with the numbers of a set. What fails shows in its title, and in the tests.
func reportFile(set string) frontend.ReportFilePage {
	all, err := sampleFiles()
	if err != nil {
		return frontend.ReportFilePage{Report: frontend.Report{Document: reports.Document{Title: err.Error()}}}
	}
	return all[set]
}

func reportStates(w world) []State {
	return []State{{"report/empty", w.report("empty")}, {"report-file/empty", reportFile("empty")}, {"report-file/one", reportFile("one")}}
}

// report is a report as a page, with the numbers of a set.
func (w world) report(set string) frontend.ReportPage {
	all, err := samples()
	r, laid := frontend.NewReport(all[set])
	if err = errors.Join(err, laid); err != nil {
		r.Document.Title = err.Error()
	}
	const path = "/reports/sla"
	p := frontend.ReportPage{Shell: w.on("Service levels", frontend.NavReports, path, frontend.Link{Label: "Reports", Path: "/reports"}), Report: r, Period: w.sla().Period, Facets: w.sla().Facets, Chips: w.sla().Chips}
	for _, format := range []string{"PDF", "Spreadsheet", "CSV", "Markdown", "Web page", "JSON"} {
		p.Exports = append(p.Exports, frontend.Link{Label: format, Path: "/api/v1/reports/sla.x?download=1"})
	}
	return p
}

func (w world) reports() frontend.ReportsPage {
	p := frontend.ReportsPage{Shell: w.on("Reports", frontend.NavReports, "/reports")}
	for _, title := range []string{"Service levels", "Architecture"} {
		p.Rows = append(p.Rows, frontend.ReportRow{Title: title, Path: "/reports/sla", Reader: w.say("managers"), Period: "Last quarter", About: "What was promised, how it was kept, what broke and why, and whether it is getting better.",
			Exports: []frontend.Link{{Label: "PDF", Path: "/api/v1/reports/sla.pdf?download=1"}, {Label: "Spreadsheet", Path: "/api/v1/reports/sla.xlsx?download=1"}}})
	}
	return p
}
