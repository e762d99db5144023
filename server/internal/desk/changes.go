package desk

import (
	"context"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/query"
)

// ChangeWindow is how long before an incident a change may have been made to be listed with it.
const ChangeWindow = 24 * time.Hour

// maxNearby bounds the changes listed with an incident; they are those nearest to its start.
const maxNearby = 500

// ChangeFilter resolves q's services, period, limit and cursor and the names of kinds; an unknown one is
// ErrInvalid.
func (d *Desk) ChangeFilter(q query.Query, kinds []string, private bool) (incident.ChangeFilter, error) {
	f := incident.ChangeFilter{From: q.From, To: q.To, Limit: q.Limit, After: q.After}
	for _, k := range kinds {
		if !slices.Contains(incident.ChangeKinds, incident.ChangeKind(k)) {
			return f, incident.Invalidf("kind", "%q is not a kind of change; there are deploy, config, flag, release and infra", k)
		}
		f.Kinds = append(f.Kinds, incident.ChangeKind(k))
	}
	if len(q.NotServices) > 0 {
		return f, incident.Invalidf("service", "changes cannot be listed without a service; name those that you want")
	}
	var err error
	f.Services, err = names{d.Live.Snapshot(), private}.services("service", q.Services)
	return f, err
}

// ChangesBefore returns the change events of an incident's services that were made within ChangeWindow before its
// start, in time order, at most the last 500. A change of which only the finish is known counts by that.
//
// They are near in time. Whether one of them had to do with the incident is for people to find out. An
// incident of unknown start, or without services, has none.
func (d *Desk) ChangesBefore(ctx context.Context, inc *incident.Incident) ([]incident.ChangeEvent, error) {
	start := inc.StartedAt()
	f := incident.ChangeFilter{From: start.Add(-ChangeWindow), To: start.Add(time.Microsecond), Limit: maxNearby}
	for _, s := range inc.Services {
		if s.Service != "" {
			f.Services = append(f.Services, s.Service)
		}
	}
	if start.IsZero() || len(f.Services) == 0 {
		return nil, nil
	}
	found, _, err := d.Store.ChangeEvents(ctx, f)
	slices.Reverse(found)
	return found, err
}
