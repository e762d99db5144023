package edition

import (
	"bytes"
	"context"
	"strings"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/table"
	"hindsight/server/internal/desk"
)

// Formats lists the endings of report files.
var Formats = []string{"md", "json"}

// Render writes a report as a file of a format. base is the address of the installation, for links; it may be empty. The same report gives the same
// bytes. ErrInvalid: there is no such format.
func Render(ctx context.Context, engine *draw.Engine, d reports.Document, format, base string) (desk.Rendering, error) {
	var b bytes.Buffer
	contentType := ""
	var err error
	switch format {
	case "md":
		contentType, err = "text/markdown; charset=utf-8", table.DocumentMarkdown(&b, d, base)
	case "json":
		contentType, err = "application/json", table.DocumentJSON(&b, d)
	default:
		return desk.Rendering{}, incident.Invalidf("format", "%q is not one of %s", format, strings.Join(Formats, ", "))
	}
	return desk.Rendering{Name: d.ID + "." + format, ContentType: contentType, Body: b.Bytes()}, err
}
