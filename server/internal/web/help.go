package web

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/backup"
)

func (s *Server) keys(r *request) (answer, error) {
	return show(frontend.KeysPage{Shell: r.shell("Keyboard shortcuts", frontend.NavHelp)})
}

// metrics says how each number is computed, from the same definitions that compute it.
func (s *Server) metrics(r *request) (answer, error) {
	page := frontend.MetricsPage{Shell: r.shell("How numbers are computed", frontend.NavHelp)}
	for _, m := range analytics.Metrics() {
		page.Metrics = append(page.Metrics, frontend.MetricHelp{ID: m.ID, Name: m.Title, Definition: m.Definition, Unit: string(m.Unit),
			Population: m.Population, Source: m.Source, Missing: sentence(m.Missing), Method: sentence(m.Method)})
	}
	return show(page)
}

// sentence writes a clause of a definition out; nothing stays nothing.
func sentence(clause string) string {
	if clause == "" {
		return ""
	}
	return capital(clause) + "."
}

func (s *Server) about(r *request) (answer, error) {
	ctx := r.Request.Context()
	page := frontend.AboutPage{Shell: r.shell("About Hindsight", frontend.NavHelp), Version: s.Version, Go: runtime.Version(), Database: s.Database, Licences: licences()}
	facts, err := s.facts(ctx, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	last, err := backup.ReadLast(ctx, s.Store)
	if !last.At.IsZero() {
		facts = append(facts, frontend.Pair{Name: "Last daily backup", Value: last.At.Format("2006-01-02 15:04 UTC")})
	}
	page.Facts = facts
	return answer{page: page}, err
}

// facts are how much there is, as far as the viewer may know.
func (s *Server) facts(ctx context.Context, sight incident.Sight) ([]frontend.Pair, error) {
	connections, err := s.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	problems, err := s.VisibleProblems(ctx, sight)
	if err != nil {
		return nil, err
	}
	snapshot := s.Live.Snapshot()
	count := func(n int) string { return reports.Format(reports.Count, float64(n)) }
	return []frontend.Pair{{Name: "Incidents", Value: count(snapshot.Visible(sight))}, {Name: "Services", Value: count(len(snapshot.Services(sight)))},
		{Name: "Recurring problems", Value: count(len(problems))}, {Name: "Connections", Value: count(len(connections))},
		{Name: "As of change", Value: strconv.FormatInt(int64(snapshot.AsOf()), 10)}}, nil
}

// licences lists what the program was built from.
func licences() []frontend.Licence {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var out []frontend.Licence
	for _, m := range info.Deps {
		url := ""
		if strings.Contains(m.Path, ".") {
			url = "https://pkg.go.dev/" + m.Path + "@" + m.Version + "?tab=licenses"
		}
		out = append(out, frontend.Licence{Module: m.Path, Version: m.Version, URL: url})
	}
	slices.SortFunc(out, func(a, b frontend.Licence) int { return strings.Compare(a.Module, b.Module) })
	return out
}
