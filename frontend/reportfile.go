package frontend

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"hindsight/reports"
)

// Picture draws a chart as an svg element with the custom properties of pages for colours (reports/echarts.Browser), without its title and source.
// ids is put before each id in it, so that several can stand in one file. See reports/draw.Engine.Plot.
type Picture func(c reports.Chart, ids string) ([]byte, error)

// ReportFilePage is a report as one file: it asks for nothing else, and has neither frame nor script.
type ReportFilePage struct{ Report }

func (ReportFilePage) template() string { return "report-file" }

// NewReportFile lays a document out as a file. Links begin with base, "https://hindsight.example.com"; without it there are none.
func NewReportFile(d reports.Document, picture Picture, base string) (ReportFilePage, error) {
	leading := func(path string) string {
		if path = local(path); path == "" || base == "" {
			return ""
		}
		return strings.TrimSuffix(base, "/") + path
	}
	n := 0
	r, err := layOut(d, leading, func(f *Figure) error {
		n++
		svg, err := picture(f.Chart, fmt.Sprintf("c%d-", n))
		f.Picture = template.HTML(svg)
		return err
	})
	for _, s := range r.Sections {
		for _, p := range s.Parts {
			if p.Chart != nil { // how it is worked out stands at the end, and there is no page to lead to
				p.Chart.Chart.Source.Metric = ""
			}
			if p.Table != nil {
				p.Table.Source.Metric = ""
			}
		}
	}
	return ReportFilePage{r}, err
}

// ReportFile writes a document as one HTML file, as NewReportFile has it. Nothing is written when it cannot be drawn as a whole.
func ReportFile(w io.Writer, d reports.Document, picture Picture, base string) error {
	t, err := reportFile()
	if err != nil {
		return err
	}
	page, err := NewReportFile(d, picture, base)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return fmt.Errorf("frontend: report %s as a file: %w", d.ID, err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("frontend: write report %s: %w", d.ID, err)
	}
	return nil
}

// reportFile is the template of files alone: who makes one need not draw pages.
var reportFile = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("").Funcs(funcs(nil)).ParseFS(templateFiles, "templates/partials/parts.html", "templates/partials/report.html", "templates/pages/report-file.html")
	if err != nil {
		return nil, fmt.Errorf("frontend: parse the template of report files: %w", err)
	}
	return t.Lookup("fragment"), nil
})

// reportSheets are what a file takes of the style sheet of pages, in the order in which they count. It has no fonts: they would be asked for.
var reportSheets = []string{"reset", "tokens", "base", "layout", "tables", "parts", "drawings", "report", "utilities", "print"}

//go:embed src/css
var sheetFiles embed.FS

var reportStyle = sync.OnceValues(func() (template.CSS, error) {
	var b strings.Builder
	for _, name := range reportSheets {
		sheet, err := sheetFiles.ReadFile("src/css/" + name + ".css")
		if err != nil {
			return "", fmt.Errorf("frontend: style of report files: %w", err)
		}
		b.Write(sheet)
	}
	return template.CSS(b.String()), nil
})

// reportPolicy is the Content-Security-Policy of a file: its style and nothing else.
func reportPolicy() (string, error) {
	style, err := reportStyle()
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'", err
}
