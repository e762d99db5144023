package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const (
	samplesShown = 3
	sampleSize   = 80 // characters of a value that is shown
)

// mapForm is the third step: what each column means.
func (s *Server) mapForm(r *request) (answer, error) {
	conn, columns, err := s.columns(r)
	if err != nil {
		return s.withoutUpload(r, conn, err)
	}
	return show(s.mapPage(r, conn, columns, frontend.Form{}))
}

func (s *Server) columns(r *request) (incident.Connection, desk.Columns, error) {
	conn, err := s.Store.Connection(r.Request.Context(), incident.ID(r.Param("id")))
	if err != nil {
		return incident.Connection{}, desk.Columns{}, err
	}
	columns, err := s.Columns(r.Request.Context(), *conn, r.uploadOf(), r.viewer.Sight())
	return *conn, columns, err
}

func (s *Server) mapPage(r *request, conn incident.Connection, c desk.Columns, form frontend.Form) frontend.MapPage {
	page := frontend.MapPage{Shell: r.shell("Columns", frontend.NavImports, importsCrumb, frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}),
		Connection: conn, Upload: string(r.uploadOf()), Targets: targets(), Zones: s.zonesOf(r, conn, form), Dates: dates(c, form), Form: form}
	for i, name := range c.Header {
		page.Columns = append(page.Columns, columnMap(c, i, name))
	}
	if len(c.Notes) > 0 {
		page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Warn, Text: together(c.Notes)})
	}
	if product := table.Product(c.Header); product != "" && !c.Saved {
		page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Notice, Text: "These are the columns of " + product + ", so their meanings are filled in; check them."})
	}
	for _, q := range c.Questions {
		if len(q.Columns) == len(c.Header) {
			page.Flash = append(page.Flash, frontend.Flash{Kind: frontend.Notice, Text: q.Text})
		}
	}
	return page
}

// together is one message of several notes, which are often the same about one row after another.
func together(notes []string) string {
	text := strings.Join(notes[:min(len(notes), samplesShown)], "; ")
	if more := len(notes) - samplesShown; more > 0 {
		text += fmt.Sprintf("; and %d more such notes, which the preview counts", more)
	}
	return text
}

func columnMap(c desk.Columns, i int, name string) frontend.ColumnMap {
	out := frontend.ColumnMap{Name: name, Of: len(c.Rows), Target: c.Meaning(name), Guess: !c.Saved}
	for _, row := range c.Rows {
		value := strings.TrimSpace(row[i])
		if value == "" {
			continue
		}
		out.Filled++
		if value = clip(value, sampleSize); len(out.Samples) < samplesShown && !slices.Contains(out.Samples, value) {
			out.Samples = append(out.Samples, value)
		}
	}
	for _, q := range c.Questions {
		if len(q.Columns) < len(c.Header) && slices.Contains(q.Columns, name) {
			out.Note = strings.TrimSpace(out.Note + " " + q.Text)
		}
	}
	return out
}

// clip cuts a text after n characters.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// targets are the meanings that a column can have.
func targets() []frontend.Choice {
	out := []frontend.Choice{{Value: "", Label: "A field of its own"}, {Value: desk.KeyColumn, Label: "Key: identifies the incident for good"}}
	for _, t := range table.Targets() {
		label := capital(strings.ReplaceAll(string(t), "_", " "))
		switch t {
		case table.URL:
			label = "Web address"
		case table.SLAMet:
			label = "Service level met"
		}
		out = append(out, frontend.Choice{Value: string(t), Label: label})
	}
	return out
}

// zonesOf offers the zones of times that name none; the connection's is on, or what the form says.
func (s *Server) zonesOf(r *request, conn incident.Connection, form frontend.Form) []frontend.Choice {
	now := conn.Settings["zone"]
	if now == "" {
		now = "UTC"
	}
	now = form.Value("zone", now)
	names := slices.Clone(zones)
	for _, name := range []string{now, r.zone().String()} {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return each(names, func(name string) frontend.Choice {
		return frontend.Choice{Value: name, Label: name, On: name == now, Count: -1}
	})
}

// dates offers the orders of day and month. Where the table leaves it open nothing is chosen for the person.
func dates(c desk.Columns, form frontend.Form) []frontend.Choice {
	now := form.Value("dates", c.Order())
	out := []frontend.Choice{{Value: desk.YearFirst, Label: "not in this file"}, {Value: desk.DayFirst, Label: "day first: 3 April"}, {Value: desk.MonthFirst, Label: "month first: March 4"}}
	if c.Order() == "" {
		out = append([]frontend.Choice{{Value: "", Label: "please choose"}}, out[1:]...)
	}
	for i := range out {
		out[i].On, out[i].Count = out[i].Value == now, -1
	}
	return out
}

// saveMapping takes the form of the third step. With an upload the preview follows; without one, what
// would change in what is stored.
func (s *Server) saveMapping(r *request) (answer, error) {
	conn, columns, err := s.columns(r)
	if err != nil {
		return s.withoutUpload(r, conn, err)
	}
	mapping, zone, err := assigned(r, columns)
	if errors.Is(err, incident.ErrInvalid) {
		return again(s.mapPage(r, conn, columns, formOf(r.Request.PostForm, err)))
	}
	if err != nil {
		return answer{}, err
	}
	upload := r.uploadOf()
	if upload == "" {
		return s.foreseeChange(r, conn, change{mapping: mapping.JSON(), zone: zone})
	}
	if _, err := s.SetMapping(r.Request.Context(), conn.ID, mapping.JSON(), map[string]string{"zone": zone}, r.viewer.Name); err != nil {
		return answer{}, err
	}
	return goTo(frontend.ConnectionPath(conn.ID)+"/preview?upload="+queryEscape(string(upload)), frontend.Flash{})
}

func assigned(r *request, columns desk.Columns) (mapping table.Mapping, zone string, err error) {
	meanings := make([]string, len(columns.Header))
	for i, name := range columns.Header {
		meanings[i] = columns.Meaning(name)
		if sent, ok := r.GetPostForm(fmt.Sprintf("col.%d", i)); ok {
			meanings[i] = sent
		}
	}
	if mapping, err = columns.Assign(meanings, r.PostForm("dates")); err != nil {
		return mapping, "", err
	}
	zone = r.PostForm("zone")
	if _, err := importers.Zone(zone); err != nil {
		return mapping, zone, incident.Invalidf("zone", "%v", err)
	}
	return mapping, zone, nil
}
