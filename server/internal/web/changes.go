package web

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/search"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	changesPath = "/changes"
	// changedLately is how many of the newest changes offer their services as a filter; any other can be typed.
	changedLately = 200
	nearShown     = 5 // changes beside an incident
	madeShown     = 5 // changes beside a service
)

func (s *Server) changes(r *request) (answer, error) {
	ctx := r.Request.Context()
	q, err := query.ParseChanges(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	connected, err := s.ChangeConnections(ctx)
	if err != nil {
		return answer{}, err
	}
	page := frontend.ChangesPage{Shell: r.shell("Changes", frontend.NavChanges), Period: r.period(changesPath, q, false), Chips: r.chips(changesPath, q), Clear: changesPath, Tabs: changeTabs(changesPath),
		Keep: hidden(q, "after"), Connected: connectionLinks(connected), MayEdit: r.viewer.MayChange(incident.Import),
		Sources: s.sourceLinks(func(x importers.Source) bool { return x.Changes != nil }),
		Exports: []frontend.Link{{Label: "JSON", Path: pathOf("/api/v1/changes", with(q, func(*query.Query) {}))}}}
	lately, _, err := s.Store.ChangeEvents(ctx, incident.ChangeFilter{Limit: changedLately})
	if err != nil {
		return answer{}, err
	}
	if len(connected)+len(lately) == 0 {
		return show(page) // nothing to narrow down
	}
	page.Facets = s.changeFacets(r, q, connected, lately)
	f, err := s.ChangeFilter(ctx, q, r.viewer.Sight())
	if errors.Is(err, incident.ErrInvalid) {
		page.Problem, page.Empty = message(err), frontend.Empty{Kind: frontend.NothingMatches, Text: capital(message(err)) + "."}
		return show(page)
	}
	if err != nil {
		return answer{}, err
	}
	found, next, err := s.Store.ChangeEvents(ctx, f)
	if err != nil {
		return answer{}, err
	}
	if next != "" {
		page.Older = pathOf(changesPath, with(q, func(q *query.Query) { q.After = next }))
	}
	if q.After != "" {
		page.Newer = pathOf(changesPath, with(q, func(*query.Query) {}))
	}
	if len(page.Chips) > 0 {
		page.Empty = frontend.Empty{Kind: frontend.NothingMatches}
	}
	page.Rows, err = s.changeRows(ctx, r, found)
	return answer{page: page}, err
}

// sourceLinks lead to where sources are connected.
func (s *Server) sourceLinks(wanted func(importers.Source) bool) []frontend.Link {
	var out []frontend.Link
	for _, x := range s.Sources {
		if wanted(x) {
			out = append(out, frontend.Link{Label: x.Title, Path: "/imports/new/" + x.Name})
		}
	}
	return out
}

func connectionLinks(all []incident.Connection) []frontend.Link {
	return each(all, func(c incident.Connection) frontend.Link {
		return frontend.Link{Label: c.Name, Path: frontend.ConnectionPath(c.ID)}
	})
}

// changeFacets offers kinds, connections, and the services that were changed lately.
func (s *Server) changeFacets(r *request, q query.Query, connected []incident.Connection, lately []incident.ChangeEvent) []frontend.Facet {
	known := s.knownServices(r)
	var services []search.Bucket
	for _, c := range lately {
		for _, u := range c.Services {
			b := search.Bucket{Value: string(u.Service), Label: u.Name, Count: -1}
			if known[u.Service] && !slices.ContainsFunc(services, func(x search.Bucket) bool { return x.Value == b.Value }) {
				services = append(services, b)
			}
		}
	}
	slices.SortFunc(services, func(a, b search.Bucket) int { return strings.Compare(a.Label, b.Label) })
	return r.facetsOf(changesPath, q, map[string][]search.Bucket{
		"change": each(incident.ChangeKinds, func(k incident.ChangeKind) search.Bucket {
			return search.Bucket{Value: string(k), Label: capital(string(k)), Count: -1}
		}),
		"service": services,
		"connection": each(connected, func(c incident.Connection) search.Bucket {
			return search.Bucket{Value: string(c.ID), Label: c.Name, Count: -1}
		}),
	})
}

// knownServices are the services that the viewer may know.
func (s *Server) knownServices(r *request) map[incident.ID]bool {
	known := map[incident.ID]bool{}
	for _, x := range s.Live.Snapshot().Services(r.viewer.Sight()) {
		known[x.ID] = true
	}
	return known
}

// changeRows says of each change what followed it in time.
func (s *Server) changeRows(ctx context.Context, r *request, changes []incident.ChangeEvent) ([]frontend.ChangeRow, error) {
	connections, err := s.connectionNames(ctx)
	if err != nil || len(changes) == 0 {
		return nil, err
	}
	now, known, after := s.Now().UTC(), s.knownServices(r), s.IncidentsAfter(changes, r.viewer.Sight())
	rows := make([]frontend.ChangeRow, len(changes))
	for i, c := range changes {
		row := frontend.ChangeRow{Change: c, Source: connections[c.Ref.Connection], Length: changeLength(c, now), After: after[i]}
		var ids []string
		for _, u := range c.Services {
			link := frontend.Link{Label: u.Name}
			if known[u.Service] {
				link.Path, ids = frontend.ServicePath(u.Service), append(ids, string(u.Service))
			}
			row.Services = append(row.Services, link)
		}
		if len(ids) > 0 {
			row.Path, row.SoFar = pathOf(incidentsPath, between(ids, c.At(), c.At().Add(desk.ChangeWindow))), now.Before(c.At().Add(desk.ChangeWindow))
		}
		rows[i] = row
	}
	return rows, nil
}

// between asks for what services have in a period, whose ends addresses write in whole seconds.
func between(services []string, from, to time.Time) query.Query {
	return query.Query{Services: services, Range: "custom", From: from.Truncate(time.Second), To: to.Truncate(time.Second).Add(time.Second)}
}

// changeLength is how long a change took, as far as its two ends are known.
func changeLength(c incident.ChangeEvent, now time.Time) incident.Duration {
	switch {
	case !c.StartedAt.IsZero() && !c.FinishedAt.IsZero():
		return incident.Duration{State: incident.Recorded, Value: c.FinishedAt.Sub(c.StartedAt)}
	case c.Result == incident.ChangeRunning && !c.StartedAt.IsZero() && c.StartedAt.Before(now):
		return incident.Duration{State: incident.Pending, Value: now.Sub(c.StartedAt)}
	}
	return incident.Duration{State: incident.NotApplicable}
}

// fillChanges sets beside an incident what was changed in its services before. Where nothing tells of changes there is
// nothing to say.
func (s *Server) fillChanges(ctx context.Context, r *request, page *frontend.IncidentPage) error {
	connected, err := s.ChangeConnections(ctx)
	if err != nil || len(connected) == 0 {
		return err
	}
	inc := page.Incident
	page.Changes = &frontend.NearChanges{Note: "No change of its services is on record in these 24 hours.", Incident: inc.ID, MayEdit: r.viewer.MayChange(incident.Write)}
	page.Changes.Cause, page.Changes.Elsewhere = inc.CausedBy()
	page.Changes.Elsewhere = page.Changes.Elsewhere && page.Changes.Cause != incident.NoChange
	for _, e := range inc.Edits {
		if e.Field == "caused_by" {
			page.Changes.CauseBy = e.By
		}
	}
	switch start := inc.StartedAt(); {
	case start.IsZero():
		page.Changes.Note = "When it started is not known, so no change can be set beside it."
		return nil
	case len(inc.Services) == 0:
		page.Changes.Note = "It names no service, so no change can be set beside it."
		return nil
	default:
		found, err := s.Suspects(ctx, inc, r.viewer.Sight())
		if err != nil {
			return err
		}
		page.Changes.RejectedBy = rejectedBy(inc)
		page.Changes.Rows, err = s.nearRows(ctx, r, found[:min(len(found), nearShown)])
		if slices.ContainsFunc(page.Changes.Rows, func(x frontend.NearChange) bool { return x.Change.ID == page.Changes.Cause }) {
			page.Changes.Elsewhere = false
		}
		if page.Changes.Total = len(found); len(found) > 0 {
			ids := each(inc.Services, func(u incident.ServiceUse) string { return string(u.Service) })
			for _, x := range found {
				if x.Needed != "" && !slices.Contains(ids, string(x.Needed)) {
					ids = append(ids, string(x.Needed))
				}
			}
			page.Changes.More = pathOf(changesPath, between(ids, start.Add(-desk.ChangeWindow), start))
		}
		return err
	}
}

func rejectedBy(inc *incident.Incident) string {
	_, by := inc.NotCausedBy()
	return by
}

// nearRows are changes before an incident, with what chance has to do with each.
func (s *Server) nearRows(ctx context.Context, r *request, found []analytics.Suspect) ([]frontend.NearChange, error) {
	rows, err := s.changeRows(ctx, r, each(found, func(x analytics.Suspect) incident.ChangeEvent { return x.Change }))
	snapshot := s.Live.Snapshot()
	var out []frontend.NearChange
	for i, row := range rows {
		x := found[i]
		near := frontend.NearChange{ChangeRow: row, Before: x.Before, Stands: x.Words(), Sentence: capital(x.Sentence()) + ".", Rejected: x.Stated == analytics.Denied, Suspect: strong(x)}
		if x.Needed != "" {
			near.Needs = snapshot.Name(x.Service) + " is configured to need " + snapshot.Name(x.Needed)
		}
		out = append(out, near)
	}
	return out, err
}

// strong reports whether a change is more than near in time.
func strong(x analytics.Suspect) bool {
	return x.No == "" && x.Stated != analytics.Denied && (x.Stated == analytics.SaidByPerson || x.Risk.Says == analytics.SuspicionSome || x.Risk.Says == analytics.SuspicionStrong)
}

// change shows one change, and the incidents that are suspected after it.
func (s *Server) change(r *request) (answer, error) {
	ctx := r.Request.Context()
	c, err := s.Store.ChangeEvent(ctx, incident.ID(r.Param("id")))
	if err == nil && c.Deleted() {
		err = incident.ErrNotFound
	}
	if err != nil {
		return answer{}, err
	}
	rows, err := s.changeRows(ctx, r, []incident.ChangeEvent{*c})
	if err != nil {
		return answer{}, err
	}
	page := frontend.ChangePage{Shell: r.shell(cmp.Or(c.Title, "Untitled change"), frontend.NavChanges, frontend.Link{Label: "Changes", Path: changesPath}), Row: rows[0], MayEdit: r.viewer.MayChange(incident.Write)}
	after, laid, err := s.SuspectedAfter(ctx, *c, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	page.Laid, page.Total = each(laid, caseRow), len(after)
	for _, x := range after[:min(len(after), casesShown)] {
		page.After = append(page.After, frontend.AfterRow{CaseRow: caseRow(x.Incident), Incident: x.Incident.ID, Gap: reports.Num(x.Before.Seconds()), Stands: x.Words(), Sentence: capital(x.Sentence()) + ".",
			Rejected: x.Stated == analytics.Denied, Confirmed: x.Stated == analytics.SaidByPerson, Suspect: strong(x)})
	}
	return show(page)
}

// fillMade adds the newest changes of a service in the page's period.
func (s *Server) fillMade(ctx context.Context, r *request, page *frontend.ServicePage, q query.Query) error {
	connected, err := s.ChangeConnections(ctx)
	if err != nil || len(connected) == 0 {
		return err
	}
	q = query.Query{Services: []string{string(page.Service.ID)}, Range: q.Range, From: q.From, To: q.To, Zone: q.Zone}
	page.AllMade = pathOf(changesPath, q)
	f := incident.ChangeFilter{Services: []incident.ID{page.Service.ID}, From: q.From, To: q.To, Limit: madeShown}
	found, _, err := s.Store.ChangeEvents(ctx, f)
	if err != nil {
		return err
	}
	page.Changes, err = s.changeRows(ctx, r, found)
	return err
}
