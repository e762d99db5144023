package search

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"hindsight/incident"
)

// compiler turns a query and a filter into one query of the library.
type compiler struct {
	index *Index
	req   Request
}

// compile returns what q and f select; visibility is always part of it.
func (c compiler) compile(q Query, f incident.Filter) (query.Query, error) {
	var must, not []query.Query
	for _, clause := range q.Clauses {
		part, err := c.clause(clause)
		switch {
		case err != nil:
			return nil, err
		case part == nil: // nothing but stop words
		case clause.Not:
			not = append(not, part)
		default:
			must = append(must, part)
		}
	}
	conditions, exclusions := filterQueries(f)
	b := bleve.NewBooleanQuery()
	b.AddMust(bleve.NewMatchAllQuery())
	b.AddMust(must...)
	b.AddMust(conditions...)
	b.AddMustNot(append(not, exclusions...)...)
	return b, nil
}

func (c compiler) clause(cl Clause) (query.Query, error) {
	var any []query.Query
	for _, t := range cl.Any {
		part, err := c.term(cl.Field, t)
		if err != nil {
			return nil, err
		}
		if part != nil {
			any = append(any, part)
		}
	}
	return either(any), nil
}

func (c compiler) term(field string, t Term) (query.Query, error) {
	switch field {
	case "sev":
		return exact("severity", strings.Replace(t.Text, "unset", "0", 1)), nil
	case "status":
		return statusQuery(t.Text), nil
	case "kind", "origin":
		return exact(field, t.Text), nil
	case "tag":
		return either([]query.Query{exact("tag", t.Text), phrase("tags", t.Text, 0)}), nil
	case "priority":
		return phrase("priority_words", t.Text, 0), nil
	case "service":
		named := oneOf("service_id", c.index.catalog.Load().services(t.Text))
		return either([]query.Query{named, phrase("services", t.Text, 0)}), nil
	case "team":
		return oneOf("team", c.index.catalog.Load().teams(t.Text)), nil
	case "source":
		return c.source(t.Text)
	case "started", "opened":
		from, to, err := parsePeriod(t.Text)
		return between(field, from, to), err
	}
	return c.text(field, t), nil
}

// source finds connections by id, name or kind of source. An unknown one is an error, because a list
// of no incidents would be taken for an answer.
func (c compiler) source(text string) (query.Query, error) {
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
	return oneOf("connection", ids), nil
}

// text looks for a term in one text field, or in all that the viewer may see. It returns nil where the
// term holds stop words alone.
func (c compiler) text(field string, t Term) query.Query {
	if len(c.index.analyze(t.Text)) == 0 {
		return nil
	}
	var any []query.Query
	for _, tf := range texts {
		if field != "" && field != tf.field && !(field == "timeline" && tf.field == private) {
			continue
		}
		if tf.field == private && !c.req.Filter.Private {
			continue
		}
		any = append(any, c.formIn(tf.field, t, tf.weight)...)
	}
	if field == "" && (t.Form == Word || t.Form == Phrase) {
		number := bleve.NewTermQuery(strings.ToLower(t.Text))
		number.SetField("number")
		number.SetBoost(10)
		any = append(any, number)
	}
	return either(any)
}

func (c compiler) formIn(field string, t Term, weight float64) []query.Query {
	switch t.Form {
	case Prefix:
		// The index holds stems: certificates* must find "certif" as well.
		p := bleve.NewPrefixQuery(strings.ToLower(t.Text))
		p.SetField(field)
		p.SetBoost(weight)
		return []query.Query{p, phrase(field, t.Text, weight)}
	case Fuzzy:
		var all []query.Query
		for _, stem := range c.index.analyze(t.Text) {
			f := bleve.NewFuzzyQuery(stem)
			f.SetField(field)
			f.SetBoost(weight)
			f.SetFuzziness(edits(stem))
			all = append(all, f)
		}
		return []query.Query{bleve.NewConjunctionQuery(all...)}
	}
	if len(c.index.analyze(t.Text)) > 1 {
		return []query.Query{phrase(field, t.Text, weight)}
	}
	m := bleve.NewMatchQuery(t.Text)
	m.SetField(field)
	m.SetBoost(weight)
	return []query.Query{m}
}

// edits allows one wrong letter in a short word and two in a long one.
func edits(word string) int {
	if len([]rune(word)) <= 5 {
		return 1
	}
	return 2
}

// analyze returns the stems that text is indexed under; none for stop words.
func (x *Index) analyze(text string) []string {
	var out []string
	for _, token := range x.bleve.Mapping().AnalyzerNamed("en").Analyze([]byte(text)) {
		out = append(out, string(token.Term))
	}
	return out
}

// phrase matches the words of text in a row. Weight 0 does not rank.
func phrase(field, text string, weight float64) query.Query {
	q := bleve.NewMatchPhraseQuery(text)
	q.SetField(field)
	q.SetBoost(weight)
	return q
}

func exact(field, value string) query.Query {
	q := bleve.NewTermQuery(value)
	q.SetField(field)
	q.SetBoost(0)
	return q
}

func oneOf[T ~string](field string, values []T) query.Query {
	var any []query.Query
	for _, v := range values {
		any = append(any, exact(field, string(v)))
	}
	if len(any) == 0 {
		return bleve.NewMatchNoneQuery()
	}
	return either(any)
}

// either returns nil for no queries.
func either(any []query.Query) query.Query {
	switch len(any) {
	case 0:
		return nil
	case 1:
		return any[0]
	}
	return bleve.NewDisjunctionQuery(any...)
}

func statusQuery(text string) query.Query {
	if text != "open" && text != "over" {
		return exact("status", text)
	}
	var in []incident.Status
	for _, s := range incident.Statuses {
		if s.Over() == (text == "over") {
			in = append(in, s)
		}
	}
	return oneOf("status", in)
}

// between selects from ≤ field < to; a zero bound does not bind, but a missing time is never in range.
func between(field string, from, to time.Time) query.Query {
	bound := func(at time.Time) *float64 { return seconds(at) }
	lo, yes, no := bound(from), true, false
	if lo == nil {
		first := float64(longAgo)
		lo = &first
	}
	q := bleve.NewNumericRangeInclusiveQuery(lo, bound(to), &yes, &no)
	q.SetField(field)
	q.SetBoost(0)
	return q
}

// filterQueries translates the fields of f that are set.
func filterQueries(f incident.Filter) (must, not []query.Query) {
	add := func(q query.Query, n int) {
		if n > 0 {
			must = append(must, q)
		}
	}
	severities := make([]string, len(f.Severities))
	for i, s := range f.Severities {
		severities[i] = fmt.Sprint(int(s))
	}
	add(oneOf("severity", severities), len(severities))
	add(oneOf("status", f.Statuses), len(f.Statuses))
	add(oneOf("kind", f.Kinds), len(f.Kinds))
	add(oneOf("origin", f.Origins), len(f.Origins))
	add(oneOf("service_id", f.Services), len(f.Services))
	add(oneOf("team", f.Teams), len(f.Teams))
	add(oneOf("priority", f.Priorities), len(f.Priorities))
	add(oneOf("tag", f.Tags), len(f.Tags))
	add(oneOf("connection", f.Connections), len(f.Connections))
	if len(f.IDs) > 0 {
		must = append(must, bleve.NewDocIDQuery(asText(f.IDs)))
	}
	if !f.From.IsZero() || !f.To.IsZero() {
		must = append(must, between("started", f.From, f.To))
	}
	if f.Counted {
		must = append(must, exact("counted", "yes"))
	}
	if len(f.NotServices) > 0 {
		not = append(not, oneOf("service_id", f.NotServices))
	}
	if !f.Private {
		not = append(not, exact("visibility", "private"))
	}
	return must, not
}
