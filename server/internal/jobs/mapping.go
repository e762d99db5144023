package jobs

import (
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapItem maps one record, or the version before its deletion.
func (p *pass) mapItem(c importers.Collection, it *item) {
	raw := it.raw
	if raw.Gone {
		if it.before == nil {
			return
		}
		raw = *it.before
	}
	it.draft, it.err = p.mapRaw(c, raw)
}

// mapRaw returns what raw says, ready to be stored but for its identity. A panic is a defect of the
// mapping and costs its record alone.
func (p *pass) mapRaw(c importers.Collection, raw incident.Raw) (d importers.Draft, err error) {
	defer func() {
		if v := recover(); v != nil {
			p.log.Error("jobs: a mapping panicked", "source", p.source.Name, "record", raw.ID, "panic", v, "stack", string(debug.Stack()))
			d, err = importers.Draft{}, &importers.MapError{Reason: fmt.Sprintf("the mapping failed on this record: %v", v)}
		}
	}()
	if d, err = c.Map(raw, p.config()); err != nil {
		return importers.Draft{}, err
	}
	if err := tidy(reflect.ValueOf(&d).Elem()); err != nil {
		return importers.Draft{}, err
	}
	return d, p.complete(&d, raw)
}

// complete fills in what follows from the connection and the record, and checks the words.
func (p *pass) complete(d *importers.Draft, raw incident.Raw) error {
	if !d.Incidental() {
		return p.completeEvent(d, raw)
	}
	inc := &d.Incident
	inc.Ref = p.completeRef(inc.Ref, raw)
	inc.Status = or(inc.Status, incident.StatusUnknown)
	inc.Kind = or(inc.Kind, incident.Real)
	inc.Origin = or(inc.Origin, p.source.Origin)
	inc.Format = or(inc.Format, incident.Plain)
	inc.ExcludeReason = or(inc.ExcludeReason, p.conn.Exclude)
	inc.RawID, inc.MapVersion = raw.ID, p.conn.MapVersion
	inc.Tags = incident.SortTags(inc.Tags)
	if strings.TrimSpace(inc.Title) == "" {
		d.SetTitle("title", "")
	}
	p.completeLinks(d)
	switch {
	case !slices.Contains(incident.Statuses, inc.Status):
		return &importers.MapError{Field: "status", Value: string(inc.Status), Reason: fmt.Sprintf("%q is not a status", inc.Status)}
	case !slices.Contains(incident.Kinds, inc.Kind):
		return &importers.MapError{Field: "kind", Value: string(inc.Kind), Reason: fmt.Sprintf("%q is not a kind", inc.Kind)}
	case !inc.Severity.Valid():
		return &importers.MapError{Field: "severity", Value: fmt.Sprint(int(inc.Severity)), Reason: "a severity is between 1 and 5"}
	}
	return nil
}

func (p *pass) completeRef(ref incident.Ref, raw incident.Raw) incident.Ref {
	return incident.Ref{Connection: p.conn.ID, Type: or(ref.Type, raw.Type), ExternalID: or(ref.ExternalID, raw.ExternalID)}
}

// completeLinks drops addresses that a browser must not open, and resolves references to other records.
func (p *pass) completeLinks(d *importers.Draft) {
	inc := &d.Incident
	if u := importers.WebURL(inc.URL); u != inc.URL {
		inc.URL = u
	}
	inc.Links = slices.DeleteFunc(inc.Links, func(l incident.Link) bool {
		bad := importers.WebURL(l.URL) == ""
		if bad {
			d.Warn("links", l.URL, "this is no http or https address; it was not made a link")
		}
		return bad
	})
	for _, id := range []*incident.ID{&inc.Parent, &inc.MergedInto, &inc.DuplicateOf} {
		*id = p.reference(inc.Ref, *id)
	}
}

// reference turns another record's external id, which is what a source may put where an incident's id
// belongs, into that incident's id. Nothing refers to itself.
func (p *pass) reference(from incident.Ref, id incident.ID) incident.ID {
	if id == "" || string(id) == from.ExternalID || id == from.ID() {
		return ""
	}
	if strings.HasPrefix(string(id), "inc_") {
		return id
	}
	return incident.Ref{Connection: from.Connection, Type: from.Type, ExternalID: string(id)}.ID()
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// clean returns text without what a database or a page cannot hold: broken UTF-8 and NUL.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

// tidy walks through a draft: texts are cleaned, times are brought to UTC and to microseconds, as they are
// stored. A year that cannot be written as four digits is refused, since no other system could read it.
func tidy(v reflect.Value) *importers.MapError {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" {
			v.SetString(clean(s))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return tidy(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := tidy(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if t, ok := v.Addr().Interface().(*time.Time); ok {
			return tidyTime(t)
		}
		for i := range v.NumField() {
			if err := tidy(v.Field(i)); err != nil {
				err.Field = or(err.Field, v.Type().Field(i).Name)
				return err
			}
		}
	}
	return nil
}

func tidyTime(t *time.Time) *importers.MapError {
	if t.IsZero() {
		return nil
	}
	*t = t.UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return &importers.MapError{Value: t.String(), Reason: fmt.Sprintf("%s is not between the years 1 and 9999", t)}
	}
	return nil
}

// mapError returns err as a *importers.MapError.
func mapError(err error) *importers.MapError {
	var m *importers.MapError
	if errors.As(err, &m) {
		return m
	}
	return &importers.MapError{Reason: err.Error()}
}
