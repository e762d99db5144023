package web

import (
	"slices"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/edition"
	"hindsight/server/internal/query"
)

const reportsPath = "/reports"

// formatNames are what people call the formats of report files.
var formatNames = map[string]string{"pdf": "PDF", "xlsx": "Spreadsheet", "csv": "CSV", "md": "Markdown", "html": "Web page", "json": "JSON"}

// reports lists the reports that are ready.
func (s *Server) reports(r *request) (answer, error) {
	page := frontend.ReportsPage{Shell: r.shell("Reports", frontend.NavReports)}
	for _, k := range ready() {
		row := frontend.ReportRow{Title: k.Title, Path: reportsPath + "/" + k.ID, Reader: k.Reader, About: k.About}
		for _, p := range query.Ranges {
			if p.Name == k.Range {
				row.Period = p.Label
			}
		}
		for _, format := range []string{"pdf", "xlsx"} {
			row.Exports = append(row.Exports, frontend.Link{Label: formatNames[format], Path: reportFile(k, format, "") + "?download=1"})
		}
		page.Rows = append(page.Rows, row)
	}
	return show(page)
}

// ready are the kinds that have to be told nothing but a period.
func ready() []edition.Kind {
	return slices.DeleteFunc(edition.Kinds(), func(k edition.Kind) bool { return k.Of != "" })
}

// reportFile is the address of a report as a file, that asks for what comes behind the "?" of a page.
func reportFile(k edition.Kind, format, asked string) string {
	path := "/api/v1" + reportsPath + "/" + k.ID + "." + format
	if asked != "" {
		path += "?" + asked
	}
	return path
}

// report is one report, as who looks may see it.
func (s *Server) report(r *request) (answer, error) {
	ctx := r.Request.Context()
	kind, err := edition.Find(r.Param("kind"))
	if err != nil {
		return answer{}, err
	}
	asked := edition.Request{Kind: kind.ID, At: s.Now().UTC().Truncate(time.Minute), Sight: r.viewer.Sight(), Reader: r.viewer.Name}
	if kind.Of != "" { // it stands on the page of what it is about
		return answer{}, incident.ErrNotFound
	}
	if asked.Question, err = edition.Question(kind, r.Request.URL.Query(), asked.At); err != nil {
		return answer{}, err
	}
	d, err := edition.Make(ctx, s.Desk, asked)
	if err != nil {
		return answer{}, err
	}
	path, q := reportsPath+"/"+kind.ID, asked.Question
	page := frontend.ReportPage{Shell: r.shell(kind.Title, frontend.NavReports, frontend.Link{Label: "Reports", Path: reportsPath}), Period: r.period(path, q, false), Chips: r.chips(path, q)}
	if page.Report, err = frontend.NewReport(d); err != nil {
		return answer{}, err
	}
	req, _, err := s.Scope(ctx, q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	req.Facets, req.Filter.Limit = true, 1
	counted, err := s.Index.Search(ctx, req)
	if err != nil {
		return answer{}, err
	}
	page.Regular = schedulesPath + "?report=" + kind.ID
	if _, text, asked := strings.Cut(pathOf(path, with(q, func(*query.Query) {})), "?"); asked {
		page.Regular += "&" + text
	}
	page.Facets = narrowFacets(r.facetsOf(path, q, counted.Facets))
	for _, format := range edition.Formats {
		_, text, _ := strings.Cut(pathOf(path, with(q, func(*query.Query) {})), "?")
		// The file is of the same moment as the page, so that it is the same report.
		also := "at=" + asked.At.Format(time.RFC3339) + "&download=1"
		page.Exports = append(page.Exports, frontend.Link{Label: formatNames[format], Path: reportFile(kind, format, strings.TrimPrefix(text+"&"+also, "&"))})
	}
	return show(page)
}

// reportPlaces are the reports, as the palette leads to them.
func reportPlaces() []frontend.PaletteItem {
	return each(ready(), func(k edition.Kind) frontend.PaletteItem {
		return frontend.PaletteItem{Label: "Report: " + k.Title, Meta: "for " + k.Reader, Path: reportsPath + "/" + k.ID}
	})
}
