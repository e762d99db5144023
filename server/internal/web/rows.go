package web

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search"
)

// length is the duration that lists show: how long users suffered where that is known, else how long the
// record was open.
var (
	impact = incident.Span{From: []incident.MilestoneName{incident.ImpactStarted, incident.Detected},
		To: []incident.MilestoneName{incident.ImpactEnded, incident.ResolvedAt}}
	handling = incident.Span{From: []incident.MilestoneName{incident.Opened}, To: []incident.MilestoneName{incident.ResolvedAt}}
)

// rows loads the incidents in the order of ids, as lists show them. What was deleted meanwhile, and
// what the viewer may not see, is left out.
func (s *Server) rows(ctx context.Context, r *request, ids []incident.ID) ([]frontend.IncidentRow, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	connections, err := s.connectionNames(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[incident.ID]*incident.Incident{}
	for inc, err := range s.Store.Incidents(ctx, incident.Filter{IDs: ids, Sight: r.viewer.Sight()}) {
		if err != nil {
			return nil, err
		}
		byID[inc.ID] = inc
	}
	var out []frontend.IncidentRow
	for _, id := range ids {
		if inc := byID[id]; inc != nil {
			out = append(out, s.row(inc, connections))
		}
	}
	return out, nil
}

func (s *Server) row(inc *incident.Incident, connections map[incident.ID]string) frontend.IncidentRow {
	row := frontend.IncidentRow{Incident: inc, Length: s.lengthOf(inc), Source: connections[inc.Ref.Connection]}
	for _, u := range inc.Services {
		row.Services = append(row.Services, frontend.Link{Label: u.Name, Path: frontend.ServicePath(u.Service)})
	}
	if inc.Team != "" {
		row.Team = s.Live.Snapshot().Name(inc.Team)
	}
	return row
}

func (s *Server) lengthOf(inc *incident.Incident) incident.Duration {
	now := s.Now().UTC()
	if d := inc.Milestones.Between(impact, inc.Status.Over(), now); d.State != incident.NotApplicable {
		return d
	}
	return inc.Milestones.Between(handling, inc.Status.Over(), now)
}

func (s *Server) connectionNames(ctx context.Context) (map[incident.ID]string, error) {
	all, err := s.Store.Connections(ctx)
	names := map[incident.ID]string{}
	for _, c := range all {
		names[c.ID] = c.Name
	}
	return names, err
}

// hitRows are rows with the passages that a search matched.
func (s *Server) hitRows(ctx context.Context, r *request, hits []search.Hit) ([]frontend.IncidentRow, error) {
	ids := make([]incident.ID, len(hits))
	found := map[incident.ID][]frontend.Snippet{}
	for i, h := range hits {
		ids[i] = h.ID
		found[h.ID] = snippets(h)
	}
	rows, err := s.rows(ctx, r, ids)
	for i := range rows {
		rows[i].Snippets = found[rows[i].Incident.ID]
	}
	return rows, err
}

// anchors are where the texts of an incident stand on its page.
var anchors = map[string]string{"description": "description", "timeline": "events", "retrospective": "retrospective", "factors": "factors", "actions": "factors", "services": "facts", "tags": "facts"}

// passagePath leads to a passage on the incident's page: its section, and in browsers that know text fragments the first word that was found
// (https://wicg.github.io/scroll-to-text-fragment/).
func passagePath(id incident.ID, f search.Fragment) string {
	anchor, known := anchors[f.Field]
	if !known {
		return ""
	}
	path := frontend.IncidentPath(id) + "#" + anchor
	if i := slices.IndexFunc(f.Segments, func(x search.Segment) bool { return x.Mark }); i >= 0 {
		path += ":~:text=" + strings.ReplaceAll(url.PathEscape(f.Segments[i].Text), "-", "%2D")
	}
	return path
}

// snippets are the passages of a hit but the title, which the row shows anyway.
func snippets(h search.Hit) []frontend.Snippet {
	var out []frontend.Snippet
	for _, f := range h.Fragments {
		if f.Field != "title" {
			out = append(out, frontend.Snippet{Field: f.Field, Path: passagePath(h.ID, f), Text: each(f.Segments, func(x search.Segment) frontend.Segment {
				return frontend.Segment{Text: x.Text, Hit: x.Mark}
			})})
		}
	}
	return out
}
