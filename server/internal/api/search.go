package api

import (
	"context"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// SearchParams ask the full-text index.
type SearchParams struct {
	ListParams
	Facets bool `query:"facets" default:"true" doc:"count the values of each facet"`
}

// SearchResult is a page of hits, best first.
type SearchResult struct {
	Items   []Hit               `json:"items"`
	Total   int                 `json:"total"`
	Next    string              `json:"next,omitempty"`
	Facets  map[string][]Bucket `json:"facets"`
	Suggest string              `json:"suggest,omitempty" doc:"a spelling that finds something, when nothing matches"`
	TookMS  float64             `json:"took_ms"`
	AsOf    incident.Seq        `json:"as_of"`
}

// Hit is an incident that matches, and where.
type Hit struct {
	Incident  Incident   `json:"incident"`
	Score     float64    `json:"score"`
	Fragments []Fragment `json:"fragments"`
}

// Fragment is a piece of a text field that matches.
type Fragment struct {
	Field string `json:"field"`
	Parts []Part `json:"parts"`
}

// Part is a piece of a fragment; mark says that it is what was looked for.
type Part struct {
	Text string `json:"text"`
	Mark bool   `json:"mark"`
}

// Bucket is one value of a facet.
type Bucket struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Count int    `json:"count"`
}

func (s *Server) searchIncidents(ctx context.Context, v Viewer, p SearchParams) (SearchResult, error) {
	found, _, err := s.search(ctx, v, p.ListParams, p.Facets)
	if err != nil {
		return SearchResult{}, err
	}
	out := SearchResult{Items: []Hit{}, Total: found.Total, Next: found.Next, Suggest: found.Suggest, Facets: map[string][]Bucket{},
		TookMS: float64(found.Took) / float64(time.Millisecond), AsOf: found.AsOf}
	for name, buckets := range found.Facets {
		for _, b := range buckets {
			out.Facets[name] = append(out.Facets[name], Bucket(b))
		}
	}
	ids := make([]incident.ID, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.ID
	}
	items, err := s.load(ctx, ids, v.Sight())
	if err != nil {
		return out, err
	}
	byID := map[incident.ID]Incident{}
	for _, inc := range items {
		byID[inc.ID] = inc
	}
	for _, h := range found.Hits {
		inc, ok := byID[h.ID]
		if !ok {
			continue
		}
		out.Items = append(out.Items, Hit{inc, h.Score, fragments(h.Fragments)})
	}
	return out, nil
}

// Service is a service and how many incidents it had.
type Service struct {
	ID        incident.ID `json:"id"`
	Name      string      `json:"name"`
	Aliases   []string    `json:"aliases"`
	Incidents int         `json:"incidents" doc:"that count in reliability numbers"`
}

// ServiceList is all services, most incidents first.
type ServiceList struct {
	Items []Service    `json:"items"`
	AsOf  incident.Seq `json:"as_of"`
}

func (s *Server) listServices(_ context.Context, v Viewer, _ none) (ServiceList, error) {
	snapshot := s.desk.Live.Snapshot()
	counts := s.desk.ServiceCounts(snapshot, v.Sight())
	out := ServiceList{Items: []Service{}, AsOf: snapshot.AsOf()}
	for _, x := range desk.ByIncidents(snapshot.Services(v.Sight()), counts) {
		out.Items = append(out.Items, Service{x.ID, x.Name, append([]string{}, x.Alias...), counts[x.ID]})
	}
	return out, nil
}

func (s *Server) getService(ctx context.Context, v Viewer, p IDParams) (Service, error) {
	all, err := s.listServices(ctx, v, none{})
	if err != nil {
		return Service{}, err
	}
	slug := incident.Slug(p.ID)
	for _, x := range all.Items {
		if string(x.ID) == p.ID || incident.Slug(x.Name) == slug {
			return x, nil
		}
	}
	return Service{}, incident.ErrNotFound
}

// findOps are the operations about finding things.
func (s *Server) findOps() []operation {
	return []operation{
		get("/search", "Search, with highlighted passages and facets", s.searchIncidents),
		get("/services", "List services", s.listServices),
		get("/services/{id}", "One service, by id or name", s.getService),
	}
}
