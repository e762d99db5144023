package desk

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// MonthFigures are the figures of a month that is over, without private incidents.
type MonthFigures struct {
	Incidents int      `json:"incidents"`
	Measured  int      `json:"measured" doc:"incidents behind the median"`
	Median    *float64 `json:"median_time_to_resolve_seconds" doc:"null: too few incidents"`
	Met       int      `json:"sla_met"`
	Clocks    int      `json:"sla_clocks" doc:"met or broken"`
}

// same compares what is published, to the microsecond.
func (m MonthFigures) same(o MonthFigures) bool {
	if (m.Median == nil) != (o.Median == nil) || m.Median != nil && *m.Median != *o.Median {
		return false
	}
	m.Median, o.Median = nil, nil
	return m == o
}

// Restatement says that the figures of a month that was over changed between two looks, and what had changed meanwhile.
type Restatement struct {
	Month string `json:"month" doc:"2026-03"`
	// Service is whose incidents the figures are of; empty: of all.
	Service incident.ID  `json:"service_id,omitempty" doc:"whose incidents the figures are of; absent: of all"`
	At      time.Time    `json:"noted_at"`
	From    incident.Seq `json:"as_of_before"`
	To      incident.Seq `json:"as_of_now"`
	Before  MonthFigures `json:"before"`
	Now     MonthFigures `json:"now"`
	Causes  []Cause      `json:"causes" doc:"what changed between the two; at most 50"`
	More    int          `json:"more_causes,omitempty"`
}

// Cause is a change of an incident of the month, or of what figures are judged by.
type Cause struct {
	Incident incident.ID `json:"incident_id,omitempty"`
	What     string      `json:"what"`
	By       string      `json:"by,omitempty"`
}

// published is what the last look saw.
type published struct {
	Seq    incident.Seq            `json:"seq"`
	At     time.Time               `json:"at"`
	Months map[string]MonthFigures `json:"months"`
	// Services are those of the services with most incidents, each alone.
	Services map[incident.ID]map[string]MonthFigures `json:"services,omitempty"`
}

const (
	publishedKey    = "figures.published"
	restatementsKey = "figures.restated"
	causesKept      = 50
	restatedKept    = 2000
	servicesWatched = 100
	changesLooked   = 20_000
	recentRuns      = 20
)

// Restate looks at the figures of months that are over and notes those that are not what they were at the last look. A look
// before the snapshot has seen all changes, or while an import runs, is none.
func (d *Desk) Restate(ctx context.Context) error {
	snapshot := d.Live.Snapshot()
	head, err := d.Store.Head(ctx)
	if err != nil || snapshot.AsOf() < head || !d.CaughtUp() {
		return err
	}
	runs, err := d.Store.Runs(ctx, "", recentRuns)
	if err != nil || slices.ContainsFunc(runs, func(run incident.Run) bool { return !run.State.Done() }) {
		return err // halfway through an import there is nothing to publish
	}
	var last published
	if err := d.setting(ctx, publishedKey, &last); err != nil || last.Seq == snapshot.AsOf() && d.Now().Sub(last.At) < time.Hour {
		return err
	}
	now := published{Seq: snapshot.AsOf(), At: d.Now().UTC(), Months: closedMonths(snapshot, d.Now().UTC()), Services: map[incident.ID]map[string]MonthFigures{}}
	for _, service := range busiest(snapshot, now.At, slices.Collect(maps.Keys(last.Services))) {
		now.Services[service] = closedMonths(snapshot, now.At, service)
	}
	noted, err := d.restated(ctx, last, now, "")
	for _, service := range slices.Sorted(maps.Keys(now.Services)) {
		if err != nil {
			return err
		}
		var own []Restatement
		own, err = d.restated(ctx, last, now, service)
		noted = append(noted, own...)
	}
	if err != nil {
		return err
	}
	return d.publish(ctx, now, noted)
}

// restated compares two looks at the months of a service, or of all for none.
func (d *Desk) restated(ctx context.Context, last, now published, service incident.ID) ([]Restatement, error) {
	before, after := last.Months, now.Months
	if service != "" {
		before, after = last.Services[service], now.Services[service]
	}
	var noted []Restatement
	for _, month := range slices.Sorted(maps.Keys(before)) {
		if before[month].same(after[month]) {
			continue
		}
		r := Restatement{Month: month, Service: service, At: now.At, From: last.Seq, To: now.Seq, Before: before[month], Now: after[month]}
		if err := d.causes(ctx, &r, last.At); err != nil {
			return nil, err
		}
		noted = append(noted, r)
	}
	return noted, nil
}

// busiest returns the services to watch: those that were watched before, and beside them those with most public incidents, as many as there may be.
func busiest(s *analytics.Snapshot, now time.Time, before []incident.ID) []incident.ID {
	known := map[incident.ID]bool{}
	for _, x := range s.Services(incident.Sight{}) {
		known[x.ID] = true
	}
	groups := s.Counts(analytics.Query{GroupBy: analytics.ByService, Now: now})
	slices.SortStableFunc(groups, func(a, b analytics.CountGroup) int { return b.N - a.N })
	out := slices.DeleteFunc(before, func(id incident.ID) bool { return !known[id] })
	for _, g := range groups {
		if id := incident.ID(g.Key); len(out) < servicesWatched && known[id] && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (d *Desk) publish(ctx context.Context, now published, noted []Restatement) error {
	before := []Restatement{}
	if err := d.setting(ctx, restatementsKey, &before); err != nil {
		return err
	}
	all := slices.Concat(noted, before)
	months, err := json.Marshal(now)
	list, err2 := json.Marshal(all[:min(len(all), restatedKept)])
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		return errors.Join(tx.PutSetting(publishedKey, string(months)), tx.PutSetting(restatementsKey, string(list)))
	})
	return err
}

// setting reads a JSON setting; one that is not there leaves into as it is.
func (d *Desk) setting(ctx context.Context, key string, into any) error {
	text, err := d.Store.Setting(ctx, key)
	if errors.Is(err, incident.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// Restatements returns what was noted of the figures of a service that the viewer knows, by name or id, or of all incidents together where none is named; the newest first. The
// last 2000 are kept. A service that the viewer does not know is ErrInvalid.
func (d *Desk) Restatements(ctx context.Context, service string, sight incident.Sight) ([]Restatement, error) {
	var wanted incident.ID
	if service != "" {
		ids, err := names{d.Live.Snapshot(), sight}.services("service", []string{service})
		if err != nil {
			return nil, err
		}
		wanted = ids[0]
	}
	all := []Restatement{}
	err := d.setting(ctx, restatementsKey, &all)
	return slices.DeleteFunc(all, func(r Restatement) bool { return r.Service != wanted }), err
}

// RestatedServices returns the services that have restatements of their own and that the viewer knows, by name.
func (d *Desk) RestatedServices(ctx context.Context, sight incident.Sight) ([]incident.Service, error) {
	var all []Restatement
	if err := d.setting(ctx, restatementsKey, &all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(d.Live.Snapshot().Services(sight), func(s incident.Service) bool {
		return !slices.ContainsFunc(all, func(r Restatement) bool { return r.Service == s.ID })
	}), nil
}

// Published returns since when months are watched and how many are; zero before the first look.
func (d *Desk) Published(ctx context.Context) (at time.Time, months int, err error) {
	var last published
	err = d.setting(ctx, publishedKey, &last)
	return last.At, len(last.Months), err
}

// closedMonths returns the figures of months, in UTC, that are over: of all incidents, or of those of some services.
func closedMonths(s *analytics.Snapshot, now time.Time, services ...incident.ID) map[string]MonthFigures {
	out := map[string]MonthFigures{}
	q := analytics.Query{GroupBy: analytics.ByMonth, Now: now, Services: services}
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		return out
	}
	q.Span = m.Span
	over := func(g analytics.Group) bool { return g.Key != "" && !g.To.After(now) }
	for _, g := range s.Durations(q) {
		if over(g.Group) {
			out[g.Key] = MonthFigures{Incidents: g.N + g.NOpen + g.NMissing + g.NInvalid, Measured: g.N, Median: g.Median.Value}
		}
	}
	for _, g := range s.SLA(q, s.Agreements()) {
		if f, known := out[g.Key]; known && over(g.Group) {
			f.Met, f.Clocks = f.Met+g.Met, f.Clocks+g.Met+g.Breached
			out[g.Key] = f
		}
	}
	return out
}

// causes fills in what changed between the two looks that can have moved the figures of the month.
func (d *Desk) causes(ctx context.Context, r *Restatement, since time.Time) error {
	changes, err := d.Store.Changes(ctx, r.From, changesLooked)
	if err != nil {
		return err
	}
	var ids []incident.ID
	for _, c := range changes {
		switch {
		case c.Seq > r.To:
		case c.Kind == incident.EntityIncident:
			ids = append(ids, c.ID)
		case c.Kind == incident.EntityPolicy:
			r.add(Cause{What: "what service levels are judged by was changed"})
		}
	}
	for chunk := range slices.Chunk(ids, 500) {
		for inc, err := range d.Store.Incidents(ctx, incident.Filter{IDs: chunk, Sight: incident.Sight{All: true}, Deleted: true}) {
			if err != nil {
				return err
			}
			if inc.Private && !hiddenSince(inc, since) {
				continue // it is in no figure, and was in none
			}
			if r.Service != "" && !slices.ContainsFunc(inc.Services, func(u incident.ServiceUse) bool { return u.Service == r.Service }) {
				continue
			}
			if at := inc.StartedAt(); at.UTC().Format("2006-01") == r.Month || inc.Deleted() && at.IsZero() || editedSince(inc, since) {
				r.add(causeOf(inc, since))
			}
		}
	}
	return nil
}

func (r *Restatement) add(c Cause) {
	switch {
	case slices.Contains(r.Causes, c):
	case len(r.Causes) == causesKept:
		r.More++
	default:
		r.Causes = append(r.Causes, c)
	}
}

// hiddenSince reports whether somebody said after a time who may see an incident.
func hiddenSince(inc *incident.Incident, since time.Time) bool {
	return slices.ContainsFunc(inc.Edits, func(e incident.Edit) bool { return e.Field == "private" && !e.At.Before(since) })
}

func editedSince(inc *incident.Incident, since time.Time) bool {
	c := causeOf(inc, since)
	return c.By != ""
}

// causeOf says what last happened to an incident: a person's edit or statement since then, or else its source's doing.
func causeOf(inc *incident.Incident, since time.Time) Cause {
	c, last := Cause{Incident: inc.ID, What: "added, or read again from its source"}, since
	if inc.Deleted() {
		c.What = "removed"
	}
	for _, e := range inc.Edits {
		if !e.At.Before(last) && !strings.HasPrefix(e.Field, "runbook:") && !strings.HasPrefix(e.Field, "issue:") { // which moves no figure
			field, _, _ := strings.Cut(e.Field, ":") // a factor's key says nothing
			c.What, c.By, last = field+" changed", e.By, e.At
		}
	}
	for _, m := range inc.Milestones.Stated() {
		if !m.StatedAt.Before(last) {
			c.What, c.By, last = string(m.Name)+" stated", m.Source, m.StatedAt
		}
	}
	return c
}
