package web

import (
	"net/url"
	"slices"
	"strings"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/search"
	"hindsight/server/internal/query"
)

// pathOf returns the address of a page that asks q, canonically. A report has a usual period, so that all time has to be said there.
func pathOf(page string, q query.Query) string {
	text := q.Encode()
	if q.Range == "all" && strings.Contains(page, reportsPath+"/") {
		text = strings.TrimPrefix(text+"&range=all", "&")
	}
	if text != "" {
		return page + "?" + text
	}
	return page
}

// with returns q from its first page on, changed by f.
func with(q query.Query, f func(*query.Query)) query.Query {
	q.After = ""
	f(&q)
	return q
}

// period describes the time range of a page and the ways to change it.
func (r *request) period(page string, q query.Query, compares bool) frontend.Period {
	p := frontend.Period{From: q.From, To: q.To, Action: page}
	for _, preset := range query.Ranges {
		choice := with(q, func(q *query.Query) { q.Range = preset.Name })
		p.Ranges = append(p.Ranges, frontend.Choice{Value: preset.Name, Label: preset.Label, On: q.Range == preset.Name, Count: -1,
			Path: pathOf(page, choice)})
	}
	if compares {
		for _, c := range []frontend.Choice{{Value: "prev", Label: "Period before"}, {Value: "yoy", Label: "Year before"}, {Value: "none", Label: "Nothing"}} {
			c.On, c.Count = q.Compare == c.Value || q.Compare == "" && c.Value == "prev", -1
			c.Path = pathOf(page, with(q, func(q *query.Query) { q.Compare = c.Value }))
			p.Compare = append(p.Compare, c)
		}
	}
	if !q.From.IsZero() && !q.To.IsZero() {
		length := q.To.Sub(q.From)
		p.Earlier = pathOf(page, with(q, func(q *query.Query) { q.Range, q.From, q.To = "custom", q.From.Add(-length), q.From }))
		if q.To.Before(r.server.Now()) {
			p.Later = pathOf(page, with(q, func(q *query.Query) { q.Range, q.From, q.To = "custom", q.To, q.To.Add(length) }))
		}
	}
	p.Keep = hidden(with(q, func(q *query.Query) { q.Range = "all" }), "range", "from", "to")
	return p
}

// hidden are the parameters of q but some, as form fields.
func hidden(q query.Query, but ...string) []frontend.Hidden {
	var out []frontend.Hidden
	for _, pair := range strings.Split(q.Encode(), "&") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || slices.Contains(but, name) {
			continue
		}
		if text, err := url.QueryUnescape(value); err == nil {
			out = append(out, frontend.Hidden{Name: name, Value: text})
		}
	}
	return out
}

// facetOf ties a facet of the index to the grammar: its parameter, its name for people, and the list of q
// that it adds to. Values are what stands in URLs.
type facetOf struct {
	index, param, label string
	get                 func(query.Query) []string
	set                 func(*query.Query, []string)
}

var facets = []facetOf{
	{"severity", "sev", "Severity", func(q query.Query) []string {
		return each(q.Severities, func(s incident.Severity) string { return sevValue(s) })
	}, func(q *query.Query, v []string) {
		q.Severities = each(v, sevOf)
	}},
	{"status", "status", "Status", func(q query.Query) []string {
		return each(q.Statuses, func(s incident.Status) string { return string(s) })
	}, func(q *query.Query, v []string) {
		q.Statuses = each(v, func(s string) incident.Status { return incident.Status(s) })
	}},
	{"service", "service", "Service", func(q query.Query) []string { return q.Services }, func(q *query.Query, v []string) { q.Services = v }},
	{"team", "team", "Team", func(q query.Query) []string { return q.Teams }, func(q *query.Query, v []string) { q.Teams = v }},
	{"priority", "priority", "Priority", func(q query.Query) []string { return q.Priorities }, func(q *query.Query, v []string) { q.Priorities = v }},
	{"connection", "source", "Source", func(q query.Query) []string { return q.Sources }, func(q *query.Query, v []string) { q.Sources = v }},
	{"tag", "tag", "Tag", func(q query.Query) []string { return q.Tags }, func(q *query.Query, v []string) { q.Tags = v }},
	{"kind", "kind", "Kind", func(q query.Query) []string {
		return each(q.Kinds, func(k incident.Kind) string { return string(k) })
	}, func(q *query.Query, v []string) {
		q.Kinds = each(v, func(s string) incident.Kind { return incident.Kind(s) })
	}},
	{"change", "kind", "Kind", func(q query.Query) []string {
		return each(q.ChangeKinds, func(k incident.ChangeKind) string { return string(k) })
	}, func(q *query.Query, v []string) {
		q.ChangeKinds = each(v, func(s string) incident.ChangeKind { return incident.ChangeKind(s) })
	}},
}

func sevValue(s incident.Severity) string {
	if s == incident.SevUnknown {
		return "unset"
	}
	return strings.TrimPrefix(s.String(), "SEV")
}

func sevOf(text string) incident.Severity {
	if len(text) == 1 && text[0] >= '1' && text[0] <= '5' {
		return incident.Severity(text[0] - '0')
	}
	return incident.SevUnknown
}

// each converts a slice.
func each[A, B any](in []A, f func(A) B) []B {
	var out []B
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

const facetOptions = 12 // values of one facet that a page lists

// facetsOf offers the values that the index counted, each with the page that has it switched.
func (r *request) facetsOf(page string, q query.Query, counted map[string][]search.Bucket) []frontend.Facet {
	var out []frontend.Facet
	for _, f := range facets {
		buckets := counted[f.index]
		if len(buckets) == 0 {
			continue
		}
		facet := frontend.Facet{Name: f.param, Label: f.label, More: max(0, len(buckets)-facetOptions)}
		for _, b := range buckets[:min(len(buckets), facetOptions)] {
			facet.Options = append(facet.Options, r.option(page, q, f, b))
		}
		out = append(out, facet)
	}
	return out
}

func (r *request) option(page string, q query.Query, f facetOf, b search.Bucket) frontend.Choice {
	value := b.Value
	if f.param == "sev" {
		value = sevValue(sevOf(strings.TrimPrefix(b.Value, "SEV")))
	}
	chosen := f.get(q)
	name := r.name(f, value)
	i := slices.IndexFunc(chosen, func(c string) bool { return c == value || incident.Slug(c) == incident.Slug(name) })
	next := append(slices.Clone(chosen), value)
	if i >= 0 {
		next = slices.Delete(slices.Clone(chosen), i, i+1)
	}
	return frontend.Choice{Value: value, Label: b.Label, On: i >= 0, Count: b.Count,
		Path: pathOf(page, with(q, func(q *query.Query) { f.set(q, next) }))}
}

// name is what people call a value: services, teams and connections are known by id.
func (r *request) name(f facetOf, value string) string {
	switch f.param {
	case "service":
		return r.serviceName(value)
	case "team":
		for _, t := range r.server.Live.Snapshot().Teams(r.viewer.Sight()) {
			if string(t.ID) == value {
				return t.Name
			}
		}
	case "source":
		if conn, err := r.server.Store.Connection(r.Request.Context(), incident.ID(value)); err == nil {
			return conn.Name
		}
	case "sev":
		return sevOf(value).String()
	}
	return value
}

// serviceName is what people call a service; it stays what it is for who may not know it.
func (r *request) serviceName(id string) string {
	for _, s := range r.server.Live.Snapshot().Services(r.viewer.Sight()) {
		if string(s.ID) == id {
			return s.Name
		}
	}
	return id
}

// chips are the filters in force, each with the page without it.
func (r *request) chips(page string, q query.Query) []frontend.Chip {
	var out []frontend.Chip
	if q.Text != "" {
		out = append(out, frontend.Chip{Label: "Search: " + q.Text, Remove: pathOf(page, with(q, func(q *query.Query) { q.Text = "" }))})
	}
	for _, f := range facets {
		chosen := f.get(q)
		for i, value := range chosen {
			rest := slices.Delete(slices.Clone(chosen), i, i+1)
			out = append(out, frontend.Chip{Label: f.label + ": " + r.name(f, value), Remove: pathOf(page, with(q, func(q *query.Query) { f.set(q, rest) }))})
		}
	}
	for i, value := range q.NotServices {
		rest := slices.Delete(slices.Clone(q.NotServices), i, i+1)
		out = append(out, frontend.Chip{Label: "Not service: " + r.serviceName(value), Remove: pathOf(page, with(q, func(q *query.Query) { q.NotServices = rest }))})
	}
	if q.Range != "all" && q.Range != "" {
		out = append(out, frontend.Chip{Label: q.PeriodLabel(), Remove: pathOf(page, with(q, allTime))})
	}
	return out
}

func allTime(q *query.Query) { q.Range = "all" }

// sorts offers orders, the one in force switched on. standard is what an absent parameter means.
func sorts(page string, q query.Query, standard string, orders ...frontend.Choice) []frontend.Choice {
	for i := range orders {
		o := &orders[i]
		o.On, o.Count = q.Sort == o.Value || q.Sort == "" && o.Value == standard, -1
		value := o.Value
		if value == standard {
			value = ""
		}
		o.Path = pathOf(page, with(q, func(q *query.Query) { q.Sort = value }))
	}
	return orders
}
