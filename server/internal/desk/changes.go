package desk

import (
	"context"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/query"
)

// ChangeWindow is how long before an incident a change may have been made to be listed with it, and how long after a
// change an incident may begin to be counted with it.
const ChangeWindow = 24 * time.Hour

// maxNearby bounds the changes listed with an incident; they are those nearest to its start.
const maxNearby = 500

// ChangeFilter resolves q's services, sources, period, limit and cursor; an unknown one is ErrInvalid.
func (d *Desk) ChangeFilter(ctx context.Context, q query.Query, private bool) (incident.ChangeFilter, error) {
	f := incident.ChangeFilter{Kinds: q.ChangeKinds, From: q.From, To: q.To, Limit: q.Limit, After: q.After}
	rest := q
	rest.Services, rest.NotServices, rest.Sources, rest.ChangeKinds = nil, nil, nil, nil
	if rest.Filtered() {
		return f, incident.Invalidf("q", "changes can be narrowed down by service, kind, source and period alone")
	}
	if len(q.NotServices) > 0 {
		return f, incident.Invalidf("service", "changes cannot be listed without a service; name those that you want")
	}
	var err error
	if f.Services, err = (names{d.Live.Snapshot(), private}).services("service", q.Services); err != nil || len(q.Sources) == 0 {
		return f, err
	}
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return f, err
	}
	f.Connections, err = connections(all, q.Sources)
	return f, err
}

// ChangeConnections returns the connections that read change events as they are set up, by name.
func (d *Desk) ChangeConnections(ctx context.Context) ([]incident.Connection, error) {
	return d.connectionsOf(ctx, func(s importers.Source, conn incident.Connection) bool {
		return s.Changes != nil && s.Changes(importers.Config{Connection: conn.ID, Settings: conn.Settings, Mapping: conn.Mapping})
	})
}

func (d *Desk) connectionsOf(ctx context.Context, wanted func(importers.Source, incident.Connection) bool) ([]incident.Connection, error) {
	all, err := d.Store.Connections(ctx)
	return slices.DeleteFunc(all, func(conn incident.Connection) bool {
		source, err := d.Source(conn.Source)
		return err != nil || !wanted(source, conn)
	}), err
}

// ChangesBefore returns the change events of an incident's services that were made within ChangeWindow before its
// start, in time order, at most the last 500. A change of which only the finish is known counts by that.
//
// They are near in time. Whether one of them had to do with the incident is for people to find out. An
// incident of unknown start, or without services, has none.
func (d *Desk) ChangesBefore(ctx context.Context, inc *incident.Incident) ([]incident.ChangeEvent, error) {
	start := inc.StartedAt()
	f := incident.ChangeFilter{From: start.Add(-ChangeWindow), To: start.Add(time.Microsecond), Services: servicesOf(inc.Services), Limit: maxNearby}
	if start.IsZero() || len(f.Services) == 0 {
		return nil, nil
	}
	found, _, err := d.Store.ChangeEvents(ctx, f)
	slices.Reverse(found)
	return found, err
}

// IncidentsAfter returns for each change how many incidents that count began within ChangeWindow after it and touched
// one of its services, as ChangesBefore sees it from their side. That is closeness in time, not a cause.
func (d *Desk) IncidentsAfter(changes []incident.ChangeEvent, private bool) []int {
	windows := make([]analytics.Window, len(changes))
	for i, c := range changes {
		windows[i] = analytics.Window{Services: servicesOf(c.Services), From: c.At(), To: c.At().Add(ChangeWindow + time.Microsecond)}
	}
	return d.Live.Snapshot().Began(analytics.Query{Private: private, Now: d.Now().UTC()}, windows)
}

// servicesOf are the services that a record names, as far as they are known.
func servicesOf(uses []incident.ServiceUse) []incident.ID {
	var ids []incident.ID
	for _, u := range uses {
		if u.Service != "" {
			ids = append(ids, u.Service)
		}
	}
	return ids
}
