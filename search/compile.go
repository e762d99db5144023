package search

import (
	"slices"
	"strings"

	"hindsight/incident"
)

// plan is a query and a filter, looked up in one view.
type plan struct {
	view    *view
	clauses []clause // all must hold
	picked  [facetCount]condition
	ids     []string // nil: any
	eyes    eyes
}

// clause holds for incidents for which any of its conditions holds or any of its matchers matches; with not, for the others.
type clause struct {
	not      bool
	any      []condition
	matchers []*matcher
	views    []*plan // or what one of these selects
	scored   bool
}

// compiler makes plans.
type compiler struct {
	view *view
	req  Request
}

// compile returns what q and the request's filter select; visibility is always part of it.
func (c compiler) compile(q Query) (*plan, error) {
	p := &plan{view: c.view, eyes: c.view.eyes(c.req.Filter.Sight)}
	p.filter(c.req.Filter)
	for _, cl := range q.Clauses {
		made, asks, err := c.clause(cl)
		if err != nil {
			return nil, err
		}
		if asks {
			p.clauses = append(p.clauses, made)
		}
	}
	// What few incidents can match comes first, so that the rest is looked up for those alone.
	slices.SortStableFunc(p.clauses, func(a, b clause) int { return a.cost() - b.cost() })
	return p, nil
}

// cost is how many incidents must be looked at for a clause; columns are cheap.
func (cl clause) cost() int {
	n := 0
	for _, m := range cl.matchers {
		n += m.count()
	}
	for _, v := range cl.views {
		for _, of := range v.clauses {
			n += of.cost()
		}
	}
	return n
}

// clause looks one up. It asks for nothing when all it has are stop words.
func (c compiler) clause(cl Clause) (out clause, asks bool, err error) {
	f, _ := fieldNamed(cl.Field)
	out = clause{not: cl.Not, scored: !cl.Not && f.sort == words}
	for _, t := range cl.Any {
		any, err := c.term(&out, cl.Field, t)
		if err != nil {
			return out, false, err
		}
		asks = asks || any
	}
	return out, asks, nil
}

// term adds a term to a clause, and reports whether it asks for anything.
func (c compiler) term(out *clause, field string, t Term) (bool, error) {
	v := c.view
	is := func(facet int, holds func(value string) bool) { out.any = append(out.any, v.hasValue(facet, holds)) }
	equal := func(value string) func(string) bool { return func(have string) bool { return have == value } }
	switch field {
	case "sev":
		is(bySeverity, equal(strings.Replace(t.Text, "unset", "0", 1)))
	case "status":
		out.any = append(out.any, oneOf(v, byStatus, statuses(t.Text)))
	case "kind":
		is(byKind, equal(t.Text))
	case "origin":
		is(byOrigin, equal(t.Text))
	case "priority":
		is(byPriority, func(have string) bool { return hasRow(have, t.Text) })
	case "team":
		out.any = append(out.any, oneOf(v, byTeam, v.catalog.teams(t.Text)))
	case "tag":
		is(byTag, equal(t.Text))
		return true, c.text(out, "tags", t)
	case "service":
		out.any = append(out.any, oneOf(v, byService, v.catalog.services(t.Text)))
		return true, c.text(out, "services", t)
	case ViewField:
		asked, known := c.req.Views[t.Text]
		if !known {
			return true, incident.Invalidf("q", "there is no saved view %q here", t.Text)
		}
		p, err := (compiler{v, asked}).compile(asked.Query)
		out.views = append(out.views, p)
		return true, err
	case "source":
		ids, err := c.sources(t.Text)
		out.any = append(out.any, oneOf(v, byConnection, ids))
		return true, err
	case "started", "opened":
		from, to, err := parsePeriod(t.Text)
		times := startedOf
		if field == "opened" {
			times = openedOf
		}
		out.any = append(out.any, between(times, from, to))
		return true, err
	default:
		return c.words(out, field, t)
	}
	return true, nil
}

// sources finds connections by id, name or kind of source. An unknown one is an error, because a list
// of no incidents would be taken for an answer.
func (c compiler) sources(text string) ([]string, error) {
	var ids, known []string
	for _, conn := range c.req.Connections {
		if string(conn.ID) == text || strings.EqualFold(conn.Source, text) || hasWords(conn.Name, text) {
			ids = append(ids, string(conn.ID))
		}
		known = append(known, conn.Name)
	}
	if len(ids) == 0 {
		slices.Sort(known)
		return nil, incident.Invalidf("q", "there is no source %q; there are: %s", text, strings.Join(known, ", "))
	}
	return ids, nil
}

// words looks for a term in one text, or in all that the viewer may see. It asks for nothing where the term
// holds stop words alone.
func (c compiler) words(out *clause, field string, t Term) (bool, error) {
	a := analyzers.Get().(*analyzer)
	places := a.query(t.Text, nil)
	analyzers.Put(a)
	if len(places) == 0 {
		return false, nil
	}
	for _, text := range texts {
		if field != "" && field != text.field && !(field == "timeline" && text.field == private) {
			continue
		}
		if text.field == private && c.req.Filter.Sight.Blind() {
			continue
		}
		if err := c.text(out, text.field, t); err != nil {
			return true, err
		}
	}
	if field == "" && (t.Form == Word || t.Form == Phrase) {
		number, err := c.view.exactly(numberField, strings.ToLower(t.Text), 1)
		if m := c.view.newMatcher(numberField, numberWeight, 1, []slot{{any: []form{number}}}, nil); m != nil {
			out.matchers = append(out.matchers, m)
		}
		return true, err
	}
	return true, nil
}

// numberWeight puts who has the number before who mentions it.
const numberWeight = 10

// text adds the matchers of a term in one text.
func (c compiler) text(out *clause, field string, t Term) error {
	i := slices.IndexFunc(texts[:], func(x textField) bool { return x.field == field })
	found, err := c.view.matchers(i, t, texts[i].weight)
	out.matchers = append(out.matchers, found...)
	return err
}

// filter translates the fields of f that are set. Those that facets have may be left out later, one at a time.
func (p *plan) filter(f incident.Filter) {
	severities := make([]string, len(f.Severities))
	for i, s := range f.Severities {
		severities[i] = string(rune('0' + s))
	}
	pick(p, bySeverity, severities)
	pick(p, byStatus, f.Statuses)
	pick(p, byKind, f.Kinds)
	pick(p, byOrigin, f.Origins)
	pick(p, byService, f.Services)
	pick(p, byTeam, f.Teams)
	pick(p, byPriority, f.Priorities)
	pick(p, byTag, f.Tags)
	pick(p, byConnection, f.Connections)
	if len(f.IDs) > 0 {
		p.ids = asText(f.IDs)
	}
	if !f.From.IsZero() || !f.To.IsZero() {
		p.clauses = append(p.clauses, clause{any: []condition{between(startedOf, f.From, f.To)}})
	}
	if f.Counted {
		p.clauses = append(p.clauses, clause{any: []condition{func(p *part, within, out set) {
			out.or(p.counted)
		}}})
	}
	if len(f.NotServices) > 0 {
		p.clauses = append(p.clauses, clause{not: true, any: []condition{oneOf(p.view, byService, f.NotServices)}})
	}
}

func pick[T ~string](p *plan, facet int, values []T) {
	if len(values) > 0 {
		p.picked[facet] = oneOf(p.view, facet, values)
	}
}
