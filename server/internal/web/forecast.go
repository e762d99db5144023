package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
)

// change is what a person wants to change of a mapping; the zero change maps again under the one in force.
type change struct {
	mapping json.RawMessage
	version int // whose mapping comes back; 0: none
	zone    string
}

// changeOf reads the change that an address or a form names.
func (s *Server) changeOf(r *request, conn incident.ID) (change, error) {
	c := change{zone: r.PostForm("zone")}
	if text := r.PostForm("mapping"); text != "" {
		c.mapping = json.RawMessage(text)
		if !json.Valid(c.mapping) {
			return c, incident.Invalidf("mapping", "it is no JSON")
		}
	}
	if text := r.Request.FormValue("version"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return c, incident.ErrNotFound
		}
		c.version = n
		c.mapping, err = s.Mapping(r.Request.Context(), conn, n)
		return c, err
	}
	return c, nil
}

func (c change) plan(by string) desk.Plan {
	p := desk.Plan{Mapping: c.mapping, By: by}
	if c.zone != "" {
		p.Settings = map[string]string{"zone": c.zone}
	}
	return p
}

// carry is what the form needs to name the change again.
func (c change) carry() []frontend.Hidden {
	var out []frontend.Hidden
	switch {
	case c.version > 0:
		out = append(out, frontend.Hidden{Name: "version", Value: strconv.Itoa(c.version)})
	case len(c.mapping) > 0:
		out = append(out, frontend.Hidden{Name: "mapping", Value: string(c.mapping)})
	}
	if c.zone != "" {
		out = append(out, frontend.Hidden{Name: "zone", Value: c.zone})
	}
	return out
}

// forecast shows what mapping again would change: under the mapping in force, or an earlier one.
func (s *Server) forecast(r *request) (answer, error) {
	j, err := s.joint(r)
	if err != nil {
		return answer{}, err
	}
	c, err := s.changeOf(r, j.conn.ID)
	if err != nil {
		return answer{}, err
	}
	return s.foreseeChange(r, j.conn, c)
}

// foreseeChange shows what a change would do. Nothing is written.
func (s *Server) foreseeChange(r *request, conn incident.Connection, c change) (answer, error) {
	ctx := r.Request.Context()
	source, err := s.Source(conn.Source)
	if err != nil {
		return answer{}, err
	}
	if conn, err = s.Amended(ctx, conn.ID, c.plan("")); err != nil {
		return answer{}, err
	}
	f, err := s.Foresee(ctx, conn, desk.ForecastTime, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page := frontend.ForecastPage{Shell: r.shell("What would change", frontend.NavImports, importsCrumb, frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}),
		Connection: conn, Source: sourceCard(source), Read: f.Read, Changed: f.Changed, Made: f.New, Dead: f.Dead, Cut: f.Cut, Kept: f.Kept, Carry: c.carry(), Version: c.version}
	for _, field := range slices.Sorted(maps.Keys(f.Changes)) {
		page.Fields = append(page.Fields, frontend.FieldCount{Field: field, Count: f.Changes[field]})
	}
	slices.SortStableFunc(page.Fields, func(a, b frontend.FieldCount) int { return b.Count - a.Count })
	page.Figures = each(f.Figures, figureMove)
	return show(page)
}

func figureMove(m desk.Move) frontend.FigureMove {
	return frontend.FigureMove{Title: m.Title, Period: m.Period, Before: figureText(m.Value, m.Before), After: figureText(m.Value, m.After), N: m.After.N}
}

// figureText writes a figure in its unit, or why there is none.
func figureText(value string, e desk.Estimate) string {
	if e.Value == nil {
		if e.Reason != "" {
			return e.Reason
		}
		return "none"
	}
	if value == "count" {
		return reports.Format(reports.Count, *e.Value)
	}
	return reports.Format(reports.Seconds, *e.Value)
}

// remap makes a change, if the form names one, and maps the stored records again.
func (s *Server) remap(r *request) (answer, error) {
	ctx := r.Request.Context()
	id := incident.ID(r.Param("id"))
	c, err := s.changeOf(r, id)
	if err == nil && (len(c.mapping) > 0 || c.zone != "") {
		_, err = s.Amend(ctx, id, c.plan(r.viewer.Name))
	}
	if err != nil {
		return answer{}, err
	}
	return s.again("remap")(r)
}

// versions lists the mappings that a connection has had.
func (s *Server) versions(r *request, conn incident.Connection) ([]frontend.MappingRow, error) {
	all, err := s.Store.Mappings(r.Request.Context(), conn.ID)
	if err != nil || len(all) < 2 {
		return nil, err
	}
	return each(all, func(m incident.MappingVersion) frontend.MappingRow {
		return frontend.MappingRow{Version: m.Version, SavedAt: m.SavedAt, By: m.By, Says: mappingSays(m.Mapping), Now: m.Version == all[0].Version}
	}), nil
}

// mappingSays counts what a mapping says.
func mappingSays(mapping json.RawMessage) string {
	var words importers.Words
	if json.Unmarshal(mapping, &words) != nil {
		return ""
	}
	var parts []string
	for _, x := range []struct {
		n    int
		noun string
	}{{len(words.Status), "status"}, {len(words.Severity), "severity"}, {len(words.Kind), "kind"}, {len(words.Service), "service"}, {len(words.Fields), "field"}} {
		switch {
		case x.n == 1:
			parts = append(parts, "1 "+x.noun)
		case x.n > 1:
			parts = append(parts, fmt.Sprintf("%d %s", x.n, plurals[x.noun]))
		}
	}
	if len(parts) == 0 {
		return "nothing of its own"
	}
	return strings.Join(parts, ", ")
}

var plurals = map[string]string{"status": "statuses", "severity": "severities", "kind": "kinds", "service": "services", "field": "fields"}
