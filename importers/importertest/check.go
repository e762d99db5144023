package importertest

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hindsight/importers"
	"hindsight/incident"
)

// readAndResume reads everything, then reads again behind the cursor of each page: what follows must be what
// followed the first time. A source may repeat records that it has given (it reads with an overlap), but
// must not change or invent any.
func readAndResume(t *testing.T, c importers.Collection, in importers.Input) ([]importers.Record, []importers.Reject) {
	t.Helper()
	pages := read(t, c, in, nil)
	records, rejects := flatten(pages)
	unique(t, records)
	for i, page := range pages {
		if len(page.Next) == 0 {
			t.Errorf("page %d of %s has no cursor to go on from", i, c.Name)
			continue
		}
		wantRecords, wantRejects := flatten(pages[i+1:])
		gotRecords, gotRejects := flatten(read(t, c, in, page.Next))
		if !follows(gotRecords, wantRecords, records) || !follows(gotRejects, wantRejects, rejects) {
			t.Errorf("reading %s behind page %d gave %d records and %d rejects, want the %d and %d that followed it",
				c.Name, i, len(gotRecords), len(gotRejects), len(wantRecords), len(wantRejects))
		}
	}
	return records, rejects
}

func read(t *testing.T, c importers.Collection, in importers.Input, cursor importers.Cursor) (pages []importers.Page) {
	t.Helper()
	for page, err := range c.Read(context.Background(), in, cursor) {
		if err != nil {
			t.Fatalf("reading %s: %v", c.Name, err)
		}
		pages = append(pages, page)
	}
	return pages
}

func flatten(pages []importers.Page) (records []importers.Record, rejects []importers.Reject) {
	for _, p := range pages {
		records = append(records, p.Records...)
		rejects = append(rejects, p.Rejects...)
	}
	return records, rejects
}

// follows reports whether got ends with want and holds nothing that is not in all.
func follows[T any](got, want, all []T) bool {
	if len(got) < len(want) {
		return false
	}
	same := func(a T) func(T) bool { return func(b T) bool { return reflect.DeepEqual(a, b) } }
	for i, x := range want {
		if !same(x)(got[len(got)-len(want)+i]) {
			return false
		}
	}
	for _, x := range got[:len(got)-len(want)] {
		if !slices.ContainsFunc(all, same(x)) {
			return false
		}
	}
	return true
}

func unique(t *testing.T, records []importers.Record) {
	t.Helper()
	places := map[string]string{}
	for _, r := range records {
		if r.ExternalID == "" {
			t.Errorf("%s: the record has no external id", r.Place)
		}
		if first, twice := places[r.ExternalID]; twice {
			t.Errorf("%s: external id %q was given to %s before", r.Place, r.ExternalID, first)
		}
		places[r.ExternalID] = r.Place
	}
}

// mapAll maps the records in order, then backwards: each must become the same both times.
func mapAll(t *testing.T, s importers.Source, c importers.Collection, cfg importers.Config, records []importers.Record) []mapped {
	t.Helper()
	out := make([]mapped, len(records))
	for i, r := range records {
		out[i] = mapOne(c, cfg, r)
		if out[i].Draft != nil {
			promises(t, r, s, *out[i].Draft)
		}
	}
	for i, r := range slices.Backward(records) {
		if again := mapOne(c, cfg, r); !reflect.DeepEqual(again, out[i]) {
			t.Errorf("%s: mapped again, the record became\n%+v, before\n%+v", r.Place, again.Draft, out[i].Draft)
		}
	}
	return out
}

func mapOne(c importers.Collection, cfg importers.Config, r importers.Record) mapped {
	m := mapped{Collection: c.Name, ExternalID: r.ExternalID, Place: r.Place, Gone: r.Gone}
	if r.Gone {
		return m // the runner leaves a tombstone without asking the source
	}
	draft, err := c.Map(incident.Raw{Connection: cfg.Connection, Type: c.Name, ExternalID: r.ExternalID, Body: slices.Clone(r.Body), Origin: r.Place, Via: "file", ReceivedAt: now}, cfg)
	if err != nil {
		m.Error = err.Error()
		return m
	}
	m.Draft = &draft
	return m
}

// promises checks what the runner relies on in every draft.
func promises(t testing.TB, r importers.Record, s importers.Source, d importers.Draft) {
	t.Helper()
	if !d.Incidental() {
		promisesOfEvents(t, r, s, d)
	} else {
		promisesOfIncidents(t, r, s, d.Incident)
	}
	walk(reflect.ValueOf(d), func(v reflect.Value) {
		if at, ok := v.Interface().(time.Time); ok && at.Location() != time.UTC {
			t.Errorf("%s: %v is not in UTC", r.Place, at)
		}
		if v.Kind() == reflect.String && (!utf8.ValidString(v.String()) || importers.Clean(v.String()) != strings.TrimSpace(v.String())) {
			t.Errorf("%s: text %q is not clean", r.Place, v.String())
		}
	})
}

func promisesOfIncidents(t testing.TB, r importers.Record, s importers.Source, inc incident.Incident) {
	t.Helper()
	if inc.ID != "" || inc.Ref.Connection != "" || inc.RawID != "" {
		t.Errorf("%s: Map set the id, the connection or the raw id, which the runner fills in", r.Place)
	}
	if inc.Ref.Type == "" || inc.Ref.ExternalID == "" || inc.Title == "" {
		t.Errorf("%s: Map left the reference (%+v) or the title (%q) empty", r.Place, inc.Ref, inc.Title)
	}
	if !slices.Contains(incident.Statuses, inc.Status) || !inc.Severity.Valid() || !slices.Contains(incident.Kinds, inc.Kind) || inc.Origin != s.Origin {
		t.Errorf("%s: status %q, severity %d, kind %q or origin %q is none of the known ones, or not the source's", r.Place, inc.Status, inc.Severity, inc.Kind, inc.Origin)
	}
	if !slices.Equal(inc.Tags, importers.Tags(inc.Tags)) {
		t.Errorf("%s: tags %q are not sorted, unique and clean", r.Place, inc.Tags)
	}
}

// promisesOfEvents is promises for what is no incident. Times that cannot be are the runner's to refuse.
func promisesOfEvents(t testing.TB, r importers.Record, s importers.Source, d importers.Draft) {
	t.Helper()
	if d.Change != nil && s.Changes == nil || d.Roster != nil && !s.Shifts || d.Runbook != nil && !s.Runbooks {
		t.Errorf("%s: Map made a change, a roster or a runbook, of which the source says that it has none", r.Place)
	}
	if (d.Change != nil || d.Runbook != nil) && d.Roster != nil || d.Change != nil && d.Runbook != nil || !reflect.DeepEqual(d.Incident, incident.Incident{}) || len(d.Timeline) > 0 || d.Retrospective != nil {
		t.Errorf("%s: Map made more than one of an incident, a change, a roster and a runbook of it", r.Place)
	}
	if c := d.Change; c != nil {
		if c.ID != "" || c.Ref.Connection != "" || c.RawID != "" {
			t.Errorf("%s: Map set the id, the connection or the raw id of a change, which the runner fills in", r.Place)
		}
		if c.Ref.Type == "" || c.Ref.ExternalID == "" || c.Title == "" {
			t.Errorf("%s: Map left the change's reference (%+v) or title (%q) empty", r.Place, c.Ref, c.Title)
		}
		if !slices.Contains(incident.ChangeKinds, c.Kind) || !slices.Contains(incident.ChangeResults, c.Result) {
			t.Errorf("%s: kind %q or result %q of a change is none of the known ones", r.Place, c.Kind, c.Result)
		}
	}
	if b := d.Runbook; b != nil && (b.ID != "" || b.Ref.Connection != "" || b.RawID != "" || b.Ref.Type == "" || b.Ref.ExternalID == "" || b.Title == "") {
		t.Errorf("%s: the runbook is %q, %+v, %q: Map gives its type, external id and title, the runner the rest", r.Place, b.ID, b.Ref, b.Title)
	}
	if ros := d.Roster; ros != nil {
		if ros.ID != "" || ros.Ref.Connection != "" || ros.RawID != "" || ros.Ref.Type == "" || ros.Ref.ExternalID == "" {
			t.Errorf("%s: the roster is %q, %+v: Map gives its type and external id, the runner the rest", r.Place, ros.ID, ros.Ref)
		}
		for _, s := range ros.Shifts {
			if s.ID != "" || s.Roster != "" || s.Schedule != "" || s.Team != "" {
				t.Errorf("%s: Map set the id, roster, schedule or team of a shift, which the runner fills in", r.Place)
			}
		}
	}
}

// walk calls visit for every value in v, times as a whole.
func walk(v reflect.Value, visit func(reflect.Value)) {
	visit(v)
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), visit)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), visit)
		}
	}
}
