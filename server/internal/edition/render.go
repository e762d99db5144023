package edition

import (
	"bytes"
	"context"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/echarts"
	"hindsight/reports/sheet"
	"hindsight/reports/table"
	"hindsight/server/internal/desk"
)

// pictureSize is that of a chart in an HTML file, in CSS pixels; it is shown as wide as its column.
var pictureSize = draw.Size{Width: 800, Height: 320}

// Formats lists the endings of report files.
var Formats = []string{"pdf", "xlsx", "csv", "md", "html", "json"}

// Render writes a report as a file of a format. base is the address of the installation, for links; it may be empty. The same report gives the same
// bytes. ErrInvalid: there is no such format.
func Render(ctx context.Context, engine *draw.Engine, d reports.Document, format, base string) (desk.Rendering, error) {
	var b bytes.Buffer
	contentType := ""
	var err error
	switch format {
	case "pdf":
		body, err := engine.Document(ctx, d, base)
		return desk.Rendering{Name: d.ID + ".pdf", ContentType: "application/pdf", Body: body}, err
	case "xlsx":
		contentType, err = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheet.Workbook(&b, d, base)
	case "csv":
		contentType, err = "text/csv; charset=utf-8", table.DocumentCSV(&b, d, true)
	case "md":
		contentType, err = "text/markdown; charset=utf-8", table.DocumentMarkdown(&b, d, base)
	case "html":
		contentType, err = "text/html; charset=utf-8", frontend.ReportFile(&b, d, func(c reports.Chart, ids string) ([]byte, error) {
			return engine.Plot(ctx, c, pictureSize, echarts.Browser(), ids)
		}, base)
	case "json":
		contentType, err = "application/json", table.DocumentJSON(&b, d)
	default:
		return desk.Rendering{}, incident.Invalidf("format", "%q is not one of %s", format, strings.Join(Formats, ", "))
	}
	return desk.Rendering{Name: d.ID + "." + format, ContentType: contentType, Body: b.Bytes()}, err
}
