package desk

import (
	"context"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
)

// ServiceCounts returns how many incidents of each service count.
func (d *Desk) ServiceCounts(s *analytics.Snapshot, sight incident.Sight) map[incident.ID]int {
	counts := map[incident.ID]int{}
	for _, g := range s.Counts(analytics.Query{Sight: sight, Now: d.Now().UTC(), GroupBy: analytics.ByService}) {
		counts[incident.ID(g.Key)] = g.N
	}
	return counts
}

// ByIncidents returns the services with most incidents first, ties by name.
func ByIncidents(services []incident.Service, counts map[incident.ID]int) []incident.Service {
	out := slices.Clone(services)
	slices.SortFunc(out, func(a, b incident.Service) int {
		if n := counts[b.ID] - counts[a.ID]; n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

// Problem returns one problem with the members that the viewer may see, or ErrNotFound when fewer than
// two are left.
func (d *Desk) Problem(ctx context.Context, id incident.ID, sight incident.Sight) (*incident.Problem, error) {
	all, err := d.VisibleProblems(ctx, sight)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(p incident.Problem) bool { return p.ID == id }); i >= 0 {
		return &all[i], nil
	}
	merged, err := d.Store.Problem(ctx, id)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(p incident.Problem) bool { return p.ID == merged.ID }); i >= 0 {
		return &all[i], nil
	}
	return nil, incident.ErrNotFound
}
