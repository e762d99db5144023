// Package edition makes the reports that people send on: for developers, architects and managers, from one set of evidence. What a report says is a
// reports.Document; Render makes files of it. Start with Make; the kinds are listed in Kinds, a file each.
package edition

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/reports/table"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

// Kind is a sort of report.
type Kind struct {
	ID     string // "sla"; in URLs, commands and file names
	Title  string
	Reader string // for whom: "managers"
	About  string // what it answers, in a sentence
	Range  string // the period when none is asked for, as a preset of the query grammar
	Of     string // what else it has to be told that it is about: "problem", whose id is Request.Of; empty: nothing
	write  func(*writing) error
}

// Kinds lists the reports that are ready.
func Kinds() []Kind {
	return []Kind{serviceLevels, architecture, team, review, digest, problem}
}

// Find returns a kind, or incident.ErrNotFound.
func Find(id string) (Kind, error) {
	all := Kinds()
	if i := slices.IndexFunc(all, func(k Kind) bool { return k.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Kind{}, fmt.Errorf("edition: report %q: %w", id, incident.ErrNotFound)
}

// Request asks for a report.
type Request struct {
	Kind     string
	Question query.Query // period and filters, as Question reads them
	At       time.Time   // the moment that it takes for now; zero: now, to the minute
	Sight    incident.Sight
	Reader   string      // who asks: a name, which is printed
	Of       incident.ID // what it is about, where Kind.Of says so
}

// Question reads period and filters as every page has them; without a period it is that of the kind. at is the moment that presets end at.
func Question(k Kind, v url.Values, at time.Time) (query.Query, error) {
	if v.Get("range") == "" && v.Get("from") == "" && v.Get("to") == "" {
		v = maps.Clone(v)
		v.Set("range", k.Range)
	}
	return query.Parse(v, at)
}

// Make makes a report as its reader may see it. Made again with the same request from the same change it is the same. ErrNotFound: there is no such
// report, or nothing of what it is to be about; ErrInvalid: it cannot be narrowed down by what the question names.
func Make(ctx context.Context, d *desk.Desk, r Request) (reports.Document, error) {
	kind, err := Find(r.Kind)
	if err != nil {
		return reports.Document{}, err
	}
	if r.At.IsZero() {
		r.At = d.Now().UTC().Truncate(time.Minute)
	}
	if kind.Of != "" && r.Of == "" {
		return reports.Document{}, incident.Invalidf(kind.Of, "say which %s the report is about", kind.Of)
	}
	w := &writing{ctx: ctx, desk: d.At(r.At), asked: r}
	if w.query, err = w.desk.Figures(ctx, r.Question, r.Sight); err != nil {
		return reports.Document{}, err
	}
	if w.connections, err = d.Store.Connections(ctx); err != nil {
		return reports.Document{}, err
	}
	slices.SortFunc(w.connections, func(a, b incident.Connection) int { return strings.Compare(a.Name, b.Name) })
	if end := w.query.To; end.After(r.At) { // a preset ends with its day: what began behind the moment is not in the report, whenever it is made
		w.query.To = r.At
	}
	w.snapshot = d.Live.Snapshot()
	w.doc = reports.Document{ID: kind.ID, Title: kind.Title, Place: w.query.Location.String(), About: w.about()}
	if err := kind.write(w); err != nil {
		return reports.Document{}, err
	}
	if w.doc.Stamp, err = w.stamp(); err != nil {
		return reports.Document{}, err
	}
	w.doc.Stamp.Digest, err = table.Digest(w.doc)
	return w.doc, err
}

// writing is a report while it is made.
type writing struct {
	ctx         context.Context
	desk        *desk.Desk // whose now is the moment of the report
	asked       Request
	query       analytics.Query
	snapshot    *analytics.Snapshot
	doc         reports.Document
	connections []incident.Connection // by name
}

// sum adds what a reader takes away who reads nothing else.
func (w *writing) sum(items ...reports.Item) { w.doc.Summary = append(w.doc.Summary, items...) }

// say is sum of one sentence.
func (w *writing) say(format string, a ...any) { w.sum(reports.Item{Text: fmt.Sprintf(format, a...)}) }

func (w *writing) section(title string, parts ...reports.Part) {
	w.doc.Parts = append(w.doc.Parts, reports.Heading{Level: 1, Text: title})
	w.add(parts...)
}

func (w *writing) add(parts ...reports.Part) { w.doc.Parts = append(w.doc.Parts, parts...) }

// chart returns a chart of the catalogue.
func (w *writing) chart(id string) reports.Part {
	d, err := reports.Find(id)
	if err != nil {
		return reports.Prose("There is no chart " + id + ".")
	}
	c := d.Build(w.snapshot, w.query)
	c.Table.Shown = groupsShown
	c.Source.Filter, c.Table.Source.Filter, c.Empty = w.named(c.Source.Filter), w.named(c.Table.Source.Filter), w.named(c.Empty)
	return c
}

// table returns t with its filter in words for people.
func (w *writing) table(t reports.Table) reports.Table {
	t.Source.Filter = w.named(t.Source.Filter)
	return t
}

// named writes the names of connections for their ids, which the snapshot alone knows.
func (w *writing) named(filter string) string {
	for _, c := range w.connections {
		filter = strings.ReplaceAll(filter, string(c.ID), c.Name)
	}
	return filter
}

// grouped is the question grouped by something.
func (w *writing) grouped(by analytics.Dimension) analytics.Query {
	q := w.query
	q.GroupBy = by
	return q
}

// end is the last moment that the report is about: that of its period, or of the record where that fell silent before.
func (w *writing) end() time.Time {
	end := w.asked.At
	if !w.query.To.IsZero() && w.query.To.Before(end) {
		end = w.query.To
	}
	if silent := w.snapshot.FellSilent(w.query, end); !silent.IsZero() && silent.Before(end) {
		end = silent
	}
	return end
}

// day writes a day of the report's zone.
func (w *writing) day(t time.Time) string { return t.In(w.query.Location).Format("2 Jan 2006") }

// about says period and filter in words.
func (w *writing) about() string {
	src := reports.Source{From: w.query.From, To: w.query.To, Zone: w.query.Location.String()}
	open := w.query
	open.Sight = incident.Sight{}
	selected := w.named(reports.FilterWords(w.snapshot, open))
	words := w.filter()
	if selected == "" {
		words = strings.TrimSuffix("all services, "+words, ", ")
	}
	return cmp.Or(src.Period(), "all time ("+src.Zone+")") + " · " + words
}

// filter says in words what the question selects; empty: everything.
func (w *writing) filter() string { return w.named(reports.FilterWords(w.snapshot, w.query)) }

// counted writes n with its noun.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return reports.Format(reports.Count, float64(n)) + " " + noun
}
