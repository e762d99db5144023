package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/draw"
	"hindsight/reports/echarts"
)

// ChartDays are how long the period of a frozen chart may be; it ends with the day of the incident.
var ChartDays = []int{30, 90, 365}

// ChartWish says which chart is to be frozen.
type ChartWish struct {
	Chart string // of the catalogue
	Days  int    // one of ChartDays; 0: 90
	All   bool   // of all services, not only of the incident's first one
}

// FreezeChart draws one of the product's charts for the service of an incident and the time before it, and keeps it as it is now as a file of the
// retrospective. A chart that looks like one that is there is that one. It is ErrInvalid for a chart that is none, or that has nothing to show.
func (d *Desk) FreezeChart(ctx context.Context, engine *draw.Engine, id incident.ID, wish ChartWish, sight incident.Sight) (incident.RetroFile, error) {
	f := incident.RetroFile{Incident: id, Kind: incident.RetroChart, Type: "image/svg+xml"}
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return f, err
	}
	left, err := d.roomForFiles(ctx, id)
	if err != nil {
		return f, err
	}
	if wish.Days == 0 {
		wish.Days = 90
	}
	if !slices.Contains(ChartDays, wish.Days) {
		return f, incident.Invalidf("days", "%d is not one of %v", wish.Days, ChartDays)
	}
	definition, err := reports.Find(wish.Chart)
	if errors.Is(err, incident.ErrNotFound) {
		return f, incident.Invalidf("chart", "%.80q is no chart; GET the list of those that there are", wish.Chart)
	}
	c, frozen := d.chartAbout(inc, definition, wish)
	if c.Empty != "" {
		return f, incident.Invalidf("chart", "“%s” has nothing to show: %s", c.Title, c.Empty)
	}
	theme, _ := echarts.ThemeNamed("print")
	if f.Body, err = engine.SVG(ctx, c, chartSize, theme); err != nil {
		return f, err
	}
	data, err := json.Marshal(frozen)
	if err != nil {
		return f, err
	}
	f.Name, f.Data = incident.CleanFileName(frozen.Title)+".svg", string(data)
	if err := fitting(f.Name, int64(len(f.Body)), left); err != nil {
		return f, err
	}
	return f, d.keepFile(ctx, &f)
}

// chartAbout builds a chart, and what is kept of it. Of private incidents it knows nothing.
func (d *Desk) chartAbout(inc *incident.Incident, definition reports.Definition, wish ChartWish) (reports.Chart, incident.FrozenChart) {
	began, now := inc.StartedAt(), d.Now().UTC()
	if began.IsZero() {
		began = now
	}
	to := began.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	q := analytics.Query{From: to.AddDate(0, 0, -wish.Days), To: to, Location: time.UTC, Now: now, Sight: incident.Sight{}}
	z := incident.FrozenChart{Chart: definition.ID, Days: wish.Days, All: wish.All, From: q.From, To: to, At: now.Truncate(time.Second), Rows: [][]incident.FrozenCell{}}
	if len(inc.Services) > 0 && !wish.All {
		q.Services, z.Service = []incident.ID{inc.Services[0].Service}, inc.Services[0].Name
	}
	c := definition.Build(d.Live.Snapshot(), q)
	z.Title, z.Answer, z.N, z.AsOf = c.Title, c.Answer, c.Source.N, c.Source.AsOf
	for _, column := range c.Table.Columns {
		z.Columns = append(z.Columns, column.Title)
	}
	for _, row := range c.Table.Rows {
		var cells []incident.FrozenCell
		for i, cell := range row {
			cells = append(cells, incident.FrozenCell{Text: reports.FormatCell(c.Table.Columns[i].Unit, cell, time.UTC), Number: cell.Number})
		}
		z.Rows = append(z.Rows, cells)
	}
	return c, z
}

// ChartCaption says what a frozen chart shows, for a text that refers to it.
func ChartCaption(z incident.FrozenChart) string {
	of := "all services"
	if z.Service != "" {
		of = z.Service
	}
	return fmt.Sprintf("%s %s, %s to %s", z.Title, of, z.From.Format("2 Jan 2006"), z.To.AddDate(0, 0, -1).Format("2 Jan 2006"))
}

// FrozenIn returns what a chart was drawn from.
func FrozenIn(f incident.RetroFile) (z incident.FrozenChart, err error) {
	if f.Kind != incident.RetroChart || f.Data == "" {
		return z, fmt.Errorf("desk: file %s: %w", f.ID, incident.ErrNotFound)
	}
	err = json.Unmarshal([]byte(f.Data), &z)
	return z, err
}
