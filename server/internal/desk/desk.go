// Package desk holds what pages, API and commands do with the product, once for all of them: resolve the names in a
// question, change an incident, decide about a problem, start an import. It knows neither HTML nor HTTP. Start
// with Desk.
package desk

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"hindsight/analytics"
	"hindsight/analytics/calendar"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/search"
	"hindsight/search/similar"
	"hindsight/search/suggest"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/follow"
	"hindsight/server/internal/hook"
	"hindsight/server/internal/inbox"
	"hindsight/server/internal/jobs"
	"hindsight/server/internal/mail"
	"hindsight/server/internal/oidc"
	"hindsight/server/internal/query"
	"hindsight/server/internal/seal"
)

// Desk is everything that a request may need. Its fields are set once, before the first request.
type Desk struct {
	Store   incident.Store
	Auth    *auth.Service
	Factors *auth.Factors
	Live    *analytics.Live
	Index   *search.Index
	// RunbookIndex is that of runbooks which were imported.
	RunbookIndex *search.Runbooks
	Similar      *similar.Engine
	Suggest      *suggest.Suggester
	Follow       *follow.Follower
	Runner       *jobs.Runner
	Uploads      jobs.Uploads
	Inbox        *inbox.Inbox
	Sources      []importers.Source
	Safe         *seal.Safe     // opens and seals the secrets of connections, and what sessions ask the provider with
	Mail         *mail.Sender   // nil: nothing leaves by e-mail
	Hooks        hook.Poster    // posts to channels
	SSO          *oidc.Provider // nil: there is no single sign-on
	Joining      auth.Joining   // who may sign in through it or through a trusted proxy, and as what
	Proxies      auth.Proxies
	Looks        *Looks
	DataDir      string
	BaseURL      string
	Version      string
	// Database says in words where everything is kept: "SQLite in /data".
	Database string
	Demo     bool
	Now      func() time.Time
	Log      *slog.Logger

	recent       recentPages
	grouped      grouped
	seldom       seldom
	runbookTrust measuredTrust
	pictures     sync.Mutex // held while one is unpacked
}

// patience is how long a reader waits for the follower to have seen a write.
const patience = 500 * time.Millisecond

// Wait gives the local follower a moment to reach seq and reports whether it did.
func (d *Desk) Wait(ctx context.Context, seq incident.Seq) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.Follow.WaitFor(ctx, seq)
}

// Source returns the importer called name, or ErrInvalid with the names that there are.
func (d *Desk) Source(name string) (importers.Source, error) {
	i := slices.IndexFunc(d.Sources, func(s importers.Source) bool { return s.Name == name })
	if i < 0 {
		names := make([]string, len(d.Sources))
		for j, s := range d.Sources {
			names[j] = s.Name
		}
		return importers.Source{}, incident.Invalidf("source", "%q is not a source; there are %v", name, names)
	}
	return d.Sources[i], nil
}

// Scope resolves the names of a question into what search and analytics are asked. A name that
// nothing has is an ErrInvalid that names the parameter. Saved views in its text are those that the user of sight may see.
func (d *Desk) Scope(ctx context.Context, q query.Query, sight incident.Sight) (search.Request, analytics.Query, error) {
	return d.scope(ctx, q, sight, &opened{})
}

func (d *Desk) scope(ctx context.Context, q query.Query, sight incident.Sight, within *opened) (search.Request, analytics.Query, error) {
	r := names{d.Live.Snapshot(), sight}
	services, err := r.services("service", q.Services)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	teams, err := r.teams(q.Teams)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	connections, err := connections(all, q.Sources)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	a := analytics.Query{From: q.From, To: q.To, Location: q.Zone, Now: d.Now().UTC(), Services: services, Teams: teams,
		Connections: connections, Severities: q.Severities, Priorities: q.Priorities, Tags: q.Tags, Kinds: q.Kinds, Sight: sight,
		NoCompare: q.Compare == "none", Programme: q.Programme}
	if from, to, ok := q.Previous(); ok {
		a.BeforeFrom, a.BeforeTo = from, to
	}
	if a.Span, a.Calendar, a.GroupBy, err = measured(r.snapshot, q); err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	not, err := r.services("service", q.NotServices)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	text, err := search.Parse(q.Text)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	text = text.Widened("factors", r.snapshot.Taxonomy().Same)
	views, err := d.viewsIn(ctx, text, sight, within)
	if err != nil {
		return search.Request{}, analytics.Query{}, err
	}
	return search.Request{Query: text, Connections: all, Views: views, Filter: incident.Filter{
		Severities: q.Severities, Statuses: q.Statuses, Kinds: q.Kinds, Origins: q.Origins, Services: services, NotServices: not,
		Teams: teams, Priorities: q.Priorities, Tags: q.Tags, Connections: connections, From: q.From, To: q.To,
		Sight: sight, Sort: order(q.Sort), After: q.After, Limit: q.Limit,
	}}, a, nil
}

// Figures resolves a question about numbers as Scope does. A filter that only the index knows is ErrInvalid: figures
// that pass over it would be those of other incidents. Narrow takes such a filter, too.
func (d *Desk) Figures(ctx context.Context, q query.Query, sight incident.Sight) (analytics.Query, error) {
	const not = "these figures cannot be narrowed down by this; charts, measurements and lists of incidents can"
	switch {
	case q.Text != "":
		return analytics.Query{}, incident.Invalidf("q", not)
	case len(q.Statuses) > 0:
		return analytics.Query{}, incident.Invalidf("status", not)
	case len(q.Origins) > 0:
		return analytics.Query{}, incident.Invalidf("origin", not)
	case len(q.NotServices) > 0:
		return analytics.Query{}, incident.Invalidf("service", "these figures can be narrowed down to services, but cannot leave one out")
	}
	_, a, err := d.Scope(ctx, q, sight)
	return a, err
}

// Narrow resolves a question about numbers with any filter that a search takes, and returns the snapshot to ask: where the question has words, that
// of the incidents that are found by them, as far as the index knows them. It is for figures that follow from the incidents themselves, and not for promises about services.
func (d *Desk) Narrow(ctx context.Context, q query.Query, sight incident.Sight) (*analytics.Snapshot, analytics.Query, error) {
	snapshot := d.Live.Snapshot()
	if q.Text == "" && len(q.Statuses)+len(q.Origins)+len(q.NotServices) == 0 {
		a, err := d.Figures(ctx, q, sight)
		return snapshot, a, err
	}
	req, a, err := d.Scope(ctx, q, sight)
	if err != nil {
		return nil, a, err
	}
	req.Filter.From, req.Filter.To = time.Time{}, time.Time{} // a compares with the period before
	found, err := d.Index.Matches(ctx, req)
	if err != nil {
		return nil, a, err
	}
	return snapshot.Among(found), a, nil
}

// order returns the store's order for the grammar's; the zero Sort is the best match first.
func order(sort string) incident.Sort {
	if sort == "relevance" {
		return ""
	}
	return incident.Sort(sort)
}

// measured reads the metric, by id or as a span, and the grouping.
func measured(snapshot *analytics.Snapshot, q query.Query) (span incident.Span, hours *calendar.Calendar, by analytics.Dimension, err error) {
	if q.GroupBy != "" {
		if by, err = analytics.ParseDimension(q.GroupBy); err != nil {
			return span, nil, by, err
		}
	}
	if q.Metric == "" {
		return span, nil, by, nil
	}
	m, err := snapshot.FindMetric(q.Metric)
	return m.Span, m.Calendar, by, err
}

// connections returns the ids of those that wanted names: by source, name or id.
func connections(all []incident.Connection, wanted []string) ([]incident.ID, error) {
	var ids []incident.ID
	for _, w := range wanted {
		n := len(ids)
		for _, c := range all {
			if w == c.Source || w == c.Name || w == string(c.ID) {
				ids = append(ids, c.ID)
			}
		}
		if len(ids) == n {
			return nil, incident.Invalidf("source", "nothing was imported through %q", w)
		}
	}
	return ids, nil
}

// names finds the services and teams that people mean.
type names struct {
	snapshot *analytics.Snapshot
	sight    incident.Sight // of the viewer, who may not know those that only hidden incidents name
}

func (n names) services(field string, wanted []string) ([]incident.ID, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	all := n.snapshot.Services(n.sight)
	return find(field, wanted, all, func(s incident.Service) (incident.ID, []string) {
		return s.ID, append([]string{s.Name}, s.Alias...)
	})
}

func (n names) teams(wanted []string) ([]incident.ID, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	return find("team", wanted, n.snapshot.Teams(n.sight), func(t incident.Team) (incident.ID, []string) { return t.ID, []string{t.Name} })
}

// find returns the ids that wanted names: by id, or by a name, as incident.Slug compares names.
func find[T any](field string, wanted []string, all []T, of func(T) (incident.ID, []string)) ([]incident.ID, error) {
	var ids []incident.ID
	for _, w := range wanted {
		slug := incident.Slug(w)
		i := slices.IndexFunc(all, func(x T) bool {
			id, names := of(x)
			return string(id) == w || slices.ContainsFunc(names, func(name string) bool { return incident.Slug(name) == slug })
		})
		if i < 0 {
			return nil, incident.Invalidf(field, "there is no %s called %q", field, w)
		}
		id, _ := of(all[i])
		ids = append(ids, id)
	}
	return ids, nil
}

// Incident returns an incident. One that sight does not see is not found.
func (d *Desk) Incident(ctx context.Context, id incident.ID, sight incident.Sight) (*incident.Incident, error) {
	inc, err := d.Store.Incident(ctx, id)
	if err != nil {
		return nil, err
	}
	if !inc.SeenBy(sight) {
		return nil, fmt.Errorf("desk: incident %s: %w", id, incident.ErrNotFound)
	}
	if err := d.HideTwins(ctx, sight, inc); err != nil {
		return nil, err
	}
	return inc, d.noteRead(ctx, inc)
}
