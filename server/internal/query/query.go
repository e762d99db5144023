// Package query reads the one URL grammar that pages, the JSON API and the command line share, and turns it
// into what search and analytics are asked. Start with Parse.
//
// Lists of changes are asked with the same grammar, but their kinds are others; see ParseChanges.
//
// The grammar: q (search text), facets that repeat (sev, service, team, status, priority, kind, tag, source,
// origin; service=-NAME leaves one out), a period (range=90d|mtd|qtd|ytd|prev_m|prev_q|prev_y|12m|all, or
// from= and to= as dates in tz=), cmp (prev, yoy, none), sort, limit and after. Defaults are left out of
// canonical URLs, and parameters keep one order, so that links to the same thing are equal.
package query

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// Query is what a URL asks for.
type Query struct {
	Text        string
	Severities  []incident.Severity
	Services    []string // names, slugs or ids
	NotServices []string
	Teams       []string
	Statuses    []incident.Status
	Priorities  []string
	Kinds       []incident.Kind
	ChangeKinds []incident.ChangeKind // of a question about changes, which has no Kinds
	Origins     []incident.Origin
	Tags        []string
	Sources     []string // source names, connection names or ids

	Range    string    // a preset; "custom" when From or To were given
	From, To time.Time // half open; zero: unbounded
	Zone     *time.Location
	Compare  string // prev, yoy or none
	// Programme is when work on reliability began; zero: it is not stated.
	Programme time.Time

	Sort  string // -started, started, severity, relevance
	Limit int
	After string

	Metric  string // id of a metric, or a span such as opened..resolved
	GroupBy string
}

// Names of the parameters, in canonical order.
var order = []string{"q", "sev", "service", "team", "status", "priority", "kind", "origin", "tag", "source",
	"metric", "group_by", "range", "from", "to", "tz", "cmp", "programme", "sort", "limit", "after"}

const maxLimit = 500

// Parse reads the grammar. Parameters of other names are left to the caller. An error is an ErrInvalid
// that names the parameter and says what would be right.
func Parse(v url.Values, now time.Time) (Query, error) {
	q := Query{Text: strings.TrimSpace(v.Get("q")), Teams: list(v, "team"), Priorities: list(v, "priority"),
		Tags: list(v, "tag"), Sources: list(v, "source"), Sort: v.Get("sort"), After: v.Get("after"),
		Metric: v.Get("metric"), GroupBy: v.Get("group_by"), Compare: v.Get("cmp")}
	for _, s := range list(v, "service") {
		if name, not := strings.CutPrefix(s, "-"); not {
			q.NotServices = append(q.NotServices, name)
		} else {
			q.Services = append(q.Services, s)
		}
	}
	if err := q.enums(v); err != nil {
		return Query{}, err
	}
	if err := q.period(v, now); err != nil {
		return Query{}, err
	}
	if !slices.Contains([]string{"", "prev", "yoy", "none"}, q.Compare) {
		return Query{}, incident.Invalidf("cmp", "%q is not prev, yoy or none", q.Compare)
	}
	var err error
	if q.Programme, err = date("programme", v.Get("programme"), q.zone(), false); err != nil {
		return Query{}, err
	}
	if !slices.Contains([]string{"", "-started", "started", "severity", "relevance"}, q.Sort) {
		return Query{}, incident.Invalidf("sort", "%q is not -started, started, severity or relevance", q.Sort)
	}
	if text := v.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxLimit {
			return Query{}, incident.Invalidf("limit", "%q is not a number from 1 to %d", text, maxLimit)
		}
		q.Limit = n
	}
	return q, nil
}

// ParseChanges reads the grammar as lists of changes have it: kind names sorts of changes.
func ParseChanges(v url.Values, now time.Time) (Query, error) {
	var kinds []incident.ChangeKind
	for _, k := range list(v, "kind") {
		if !slices.Contains(incident.ChangeKinds, incident.ChangeKind(k)) {
			return Query{}, incident.Invalidf("kind", "%q is not a kind of change; there are %v", k, words(incident.ChangeKinds))
		}
		kinds = append(kinds, incident.ChangeKind(k))
	}
	rest := maps.Clone(v)
	delete(rest, "kind")
	q, err := Parse(rest, now)
	q.ChangeKinds = kinds
	return q, err
}

// list returns the values of a repeatable parameter without blanks and repetitions.
func list(v url.Values, name string) []string {
	var out []string
	for _, s := range v[name] {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (q *Query) enums(v url.Values) error {
	for _, s := range list(v, "sev") {
		n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(s), "SEV"))
		if s == "unset" {
			n, err = 0, nil
		}
		if err != nil || !incident.Severity(n).Valid() {
			return incident.Invalidf("sev", "%q is not a severity from 1 to 5, or unset", s)
		}
		q.Severities = append(q.Severities, incident.Severity(n))
	}
	for _, s := range list(v, "status") {
		if s == "open" {
			q.Statuses = append(q.Statuses, incident.Triggered, incident.Acknowledged, incident.Investigating, incident.Mitigated, incident.StatusUnknown)
			continue
		}
		if !slices.Contains(incident.Statuses, incident.Status(s)) {
			return incident.Invalidf("status", "%q is not a status; there are open, %v", s, words(incident.Statuses))
		}
		q.Statuses = append(q.Statuses, incident.Status(s))
	}
	for _, s := range list(v, "kind") {
		if !slices.Contains(incident.Kinds, incident.Kind(s)) {
			return incident.Invalidf("kind", "%q is not a kind; there are %v", s, words(incident.Kinds))
		}
		q.Kinds = append(q.Kinds, incident.Kind(s))
	}
	for _, s := range list(v, "origin") {
		if !slices.Contains(incident.Origins, incident.Origin(s)) {
			return incident.Invalidf("origin", "%q is not an origin; there are %v", s, words(incident.Origins))
		}
		q.Origins = append(q.Origins, incident.Origin(s))
	}
	return nil
}

func words[T ~string](xs []T) string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}

// Values returns the canonical parameters: those that differ from their defaults.
func (q Query) Values() url.Values {
	v := url.Values{}
	add := func(name string, values ...string) {
		for _, s := range values {
			if s != "" {
				v.Add(name, s)
			}
		}
	}
	add("q", q.Text)
	for _, s := range q.Severities {
		if s == incident.SevUnknown {
			add("sev", "unset")
			continue
		}
		add("sev", strconv.Itoa(int(s)))
	}
	add("service", q.Services...)
	for _, s := range q.NotServices {
		add("service", "-"+s)
	}
	add("team", q.Teams...)
	for _, s := range q.Statuses {
		add("status", string(s))
	}
	add("priority", q.Priorities...)
	for _, s := range q.Kinds {
		add("kind", string(s))
	}
	for _, s := range q.ChangeKinds {
		add("kind", string(s))
	}
	for _, s := range q.Origins {
		add("origin", string(s))
	}
	add("tag", q.Tags...)
	add("source", q.Sources...)
	add("metric", q.Metric)
	add("group_by", q.GroupBy)
	q.addPeriod(add)
	add("cmp", q.Compare)
	if !q.Programme.IsZero() {
		add("programme", q.day(q.Programme))
	}
	add("sort", q.Sort)
	if q.Limit > 0 {
		add("limit", strconv.Itoa(q.Limit))
	}
	add("after", q.After)
	return v
}

// Encode returns the canonical query string, in the grammar's order; the same question gives the same text.
func (q Query) Encode() string {
	v := q.Values()
	var parts []string
	for _, name := range order {
		for _, value := range v[name] {
			parts = append(parts, url.QueryEscape(name)+"="+url.QueryEscape(value))
		}
	}
	return strings.Join(parts, "&")
}

// Filtered reports whether anything but the period narrows the question down.
func (q Query) Filtered() bool {
	bare := Query{Range: q.Range, From: q.From, To: q.To, Zone: q.Zone, Compare: q.Compare, Programme: q.Programme, Sort: q.Sort,
		Limit: q.Limit, After: q.After, Metric: q.Metric, GroupBy: q.GroupBy}
	return q.Encode() != bare.Encode()
}
