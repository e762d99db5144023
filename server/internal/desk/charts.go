package desk

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/echarts"
	"hindsight/reports/table"
)

// Rendering is a chart as a file.
type Rendering struct {
	Name        string // "ttr-by-service.svg"
	ContentType string
	Body        []byte
}

// ChartFormats lists the endings of chart files.
var ChartFormats = []string{"json", "csv", "svg", "png", "pdf"}

// The size of chart files in pixels; PNG has twice as many of them, for paper.
var chartSize = draw.Size{Width: 960, Height: 480}

const pngScale = 2

// Chart renders the chart called name, "ttr-by-service.svg", for a question. ErrNotFound: there is no
// such chart; ErrInvalid: no such format.
func Chart(ctx context.Context, engine *draw.Engine, s *analytics.Snapshot, q analytics.Query, name string, theme echarts.Theme) (Rendering, error) {
	ending := strings.TrimPrefix(filepath.Ext(name), ".")
	d, err := reports.Find(strings.TrimSuffix(name, "."+ending))
	if err != nil {
		return Rendering{}, fmt.Errorf("desk: chart %s: %w", name, err)
	}
	c := d.Build(s, q)
	var b bytes.Buffer
	switch ending {
	case "json":
		err = table.ChartJSON(&b, c)
		return Rendering{name, "application/json", b.Bytes()}, err
	case "csv":
		err = table.CSV(&b, c.Table, false)
		return Rendering{name, "text/csv; charset=utf-8", b.Bytes()}, err
	case "svg":
		body, err := engine.SVG(ctx, c, chartSize, theme)
		return Rendering{name, "image/svg+xml", body}, err
	case "png":
		body, err := engine.PNG(ctx, c, chartSize, pngScale, theme)
		return Rendering{name, "image/png", body}, err
	case "pdf":
		body, err := engine.PDF(ctx, c, chartSize, theme)
		return Rendering{name, "application/pdf", body}, err
	}
	return Rendering{}, incident.Invalidf("format", "%q is not one of %s", ending, strings.Join(ChartFormats, ", "))
}
