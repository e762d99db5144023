package frontend

import (
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/echarts"
)

// Report is a document as pages and files show it: its parts in sections, its charts with what draws them. Its shell has the zone that the
// document's times are in.
type Report struct {
	Shell
	Document reports.Document
	Sections []ReportSection
}

// ReportSection is the parts below a heading of the first level, or those before the first one.
type ReportSection struct {
	ID, Title string // anchor and heading; empty before the first one
	Parts     []ReportPart
}

// ReportPart is one part: a heading of the second level, or what else is set.
type ReportPart struct {
	ID, Heading string
	Prose       string
	List        *reports.List
	Figures     reports.Figures
	Chart       *Figure
	Table       *reports.Table
	Title       string // of the table; the table itself has one that no other region of the page has
}

// NewReport lays a document out for a page, where the browser draws the charts.
func NewReport(d reports.Document) (Report, error) {
	return layOut(d, local, func(f *Figure) error {
		var err error
		f.Option, err = echarts.Option(f.Chart, echarts.Browser())
		return err
	})
}

// local returns a path of ours as it is, and nothing for what leads elsewhere.
func local(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return ""
	}
	return path
}

// layOut sorts the parts of d into sections. leading makes the address of each path, empty for none, and picture adds what draws a chart.
func layOut(d reports.Document, leading func(path string) string, picture func(*Figure) error) (Report, error) {
	r := Report{Shell: Shell{Zone: d.Zone()}, Document: d}
	r.Document.Summary = itemsLeading(d.Summary, leading)
	names := taken{}
	section := &ReportSection{}
	end := func() {
		if section.ID != "" || len(section.Parts) > 0 {
			r.Sections = append(r.Sections, *section)
		}
	}
	for _, p := range d.Parts {
		var part ReportPart
		switch p := p.(type) {
		case reports.Heading:
			id := names.take("s-"+incident.Slug(p.Text), "%s-%d")
			if p.Level == 1 {
				end()
				section = &ReportSection{ID: id, Title: p.Text}
				continue
			}
			part = ReportPart{ID: id, Heading: p.Text}
		case reports.Prose:
			part.Prose = string(p)
		case reports.List:
			part.List = &reports.List{Items: itemsLeading(p.Items, leading), Boxes: p.Boxes}
		case reports.Figures:
			part.Figures = slices.Clone(p)
			for i, f := range p {
				part.Figures[i].Value.Link = leading(f.Value.Link)
			}
		case reports.Chart:
			f := &Figure{Chart: p, Size: figureSize(p)}
			if p.Empty == "" {
				if err := picture(f); err != nil {
					return r, fmt.Errorf("frontend: report %s, chart %s: %w", d.ID, p.ID, err)
				}
			}
			f.Chart.ID = strings.TrimPrefix(names.take("chart-"+p.ID, "%s-%d"), "chart-")
			f.Chart.Title = names.take(p.Title, "%s (%d)")
			f.Chart.Table, f.Chart.Source = tableLeading(p.Table, d, leading), sourceLeading(p.Source, leading)
			part.Chart = f
		case reports.Table:
			t := tableLeading(p, d, leading)
			t.Title = names.take("Table: "+p.Title, "%s (%d)")
			part.Table, part.Title = &t, p.Title
		default:
			return r, fmt.Errorf("frontend: report %s: %T is no part of a document", d.ID, p)
		}
		section.Parts = append(section.Parts, part)
	}
	end()
	return r, nil
}

// figureSize is the room of a chart: one that lies on its side needs as much as it has rows.
func figureSize(c reports.Chart) FigureSize {
	switch rows := len(c.Y.Categories); {
	case c.Flat() && rows <= 4:
		return Small
	case c.Flat() && rows > 8:
		return Large
	}
	return Medium
}

// Contents are the ways to the sections of a report.
func (r Report) Contents() []Link {
	var out []Link
	for _, s := range r.Sections {
		if s.ID != "" {
			out = append(out, Link{Label: s.Title, Path: "#" + s.ID})
		}
	}
	return out
}

// taken are the names that are in use.
type taken map[string]int

// take returns name, or the next that is free, as format writes name and number: "Incidents", "Incidents (2)".
func (t taken) take(name, format string) string {
	free := name
	for t[free] > 0 {
		t[name]++
		free = fmt.Sprintf(format, name, t[name])
	}
	t[free]++
	return free
}

func itemsLeading(all []reports.Item, leading func(string) string) []reports.Item {
	all = slices.Clone(all)
	for i := range all {
		all[i].Link = leading(all[i].Link)
	}
	return all
}

// tableLeading is a table as people read it, whose columns of times say their zone.
func tableLeading(t reports.Table, d reports.Document, leading func(string) string) reports.Table {
	t = t.Folded()
	t.Columns, t.Rows, t.Source = slices.Clone(t.Columns), slices.Clone(t.Rows), sourceLeading(t.Source, leading)
	for i, c := range t.Columns {
		if c.Unit == reports.Instant {
			t.Columns[i].Title += " (" + d.Zone().String() + ")"
		}
	}
	for i, row := range t.Rows {
		t.Rows[i] = slices.Clone(row)
		for j, c := range row {
			t.Rows[i][j].Link = leading(c.Link)
		}
	}
	return t
}

// sourceLeading is a source without what the report says once for all its parts.
func sourceLeading(s reports.Source, leading func(string) string) reports.Source {
	s.Zone, s.AsOf, s.Link, s.LeftOut = "", 0, leading(s.Link), slices.Clone(s.LeftOut)
	for i, l := range s.LeftOut {
		s.LeftOut[i].Link = leading(l.Link)
	}
	return s
}
