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

const (
	// suspectYears is how far back failures and changes are compared to say what a change before an incident means.
	suspectYears = 1
	// maxSuspectChanges bounds the changes that are read for it; they are the newest.
	maxSuspectChanges = 10_000
)

// ChangeFilter resolves q's services, sources, period, limit and cursor; an unknown one is ErrInvalid.
func (d *Desk) ChangeFilter(ctx context.Context, q query.Query, sight incident.Sight) (incident.ChangeFilter, error) {
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
	if f.Services, err = (names{d.Live.Snapshot(), sight}).services("service", q.Services); err != nil || len(q.Sources) == 0 {
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

// Suspects sets an incident beside the changes of its services, and of what these are configured to need, that were made within
// ChangeWindow before its start, nearest first. A change of which only the finish is known counts by that. They are near in
// time; beside each stands what chance has to do with that. An incident of unknown start, or without services, has none.
func (d *Desk) Suspects(ctx context.Context, inc *incident.Incident, sight incident.Sight) ([]analytics.Suspect, error) {
	start, snapshot := inc.StartedAt(), d.Live.Snapshot()
	services := servicesOf(inc.Services)
	if start.IsZero() || len(services) == 0 {
		return nil, nil
	}
	q, rule, changes, err := d.suspicion(ctx, services, start, sight)
	if err != nil {
		return nil, err
	}
	return snapshot.SuspectsOf(q, rule, inc, changes), nil
}

// SuspectedAfter sets a change beside the incidents that began within ChangeWindow after it, as Suspects sees it from their side,
// and lists those that a person laid to it, whenever they began.
func (d *Desk) SuspectedAfter(ctx context.Context, change incident.ChangeEvent, sight incident.Sight) (after []analytics.Suspect, laid []analytics.Case, err error) {
	snapshot := d.Live.Snapshot()
	laid = snapshot.LaidTo(analytics.Query{Sight: sight, Now: d.Now().UTC()}, change.ID)
	services := servicesOf(change.Services)
	if len(services) == 0 {
		return nil, laid, nil
	}
	q, rule, changes, err := d.suspicion(ctx, snapshot.Needing(services), change.At(), sight)
	if err != nil {
		return nil, nil, err
	}
	return snapshot.SuspectedAfter(q, rule, change, changes), laid, nil
}

// suspicion reads what it takes to say what changes before incidents of some services mean, around an instant.
func (d *Desk) suspicion(ctx context.Context, services []incident.ID, at time.Time, sight incident.Sight) (q analytics.Query, rule incident.DeliveryRule, changes []incident.ChangeEvent, err error) {
	if rule, _, err = d.DeliveryRule(ctx); err != nil {
		return q, rule, nil, err
	}
	needs, all := d.Live.Snapshot().Terms().Dependencies, slices.Clone(services)
	for _, id := range services {
		all = append(all, analytics.NeededBy(needs, id)...)
	}
	q = analytics.Query{From: at.AddDate(-suspectYears, 0, 0), Now: d.Now().UTC(), Sight: sight}
	changes, _, err = d.changesUpTo(ctx, incident.ChangeFilter{Services: all, From: q.From, To: q.Now}, maxSuspectChanges)
	return q, rule, changes, err
}

// IncidentsAfter returns for each change how many incidents that count began within ChangeWindow after it and touched
// one of its services. That is closeness in time, not a cause.
func (d *Desk) IncidentsAfter(changes []incident.ChangeEvent, sight incident.Sight) []int {
	windows := make([]analytics.Window, len(changes))
	for i, c := range changes {
		windows[i] = analytics.Window{Services: servicesOf(c.Services), From: c.At(), To: c.At().Add(ChangeWindow + time.Microsecond)}
	}
	return d.Live.Snapshot().Began(analytics.Query{Sight: sight, Now: d.Now().UTC()}, windows)
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
