package importertest

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Mapped maps a record of the source's first collection, whose body is given, under a mapping (empty: none). The test fails
// when it is refused, or when its draft breaks what every draft promises.
func Mapped(t testing.TB, s importers.Source, cfg importers.Config, body []byte, mapping string) importers.Draft {
	t.Helper()
	cfg.Mapping = json.RawMessage(mapping)
	name := s.Collections[0].Name
	h := Haul{Source: s, Config: cfg, Records: map[string]importers.Record{name + "/1": {ExternalID: "1", Body: body}}}
	return h.Draft(t, name, "1")
}

// Refused holds the source's first collection to refusing each of the bodies with an *importers.MapError.
func Refused(t testing.TB, s importers.Source, cfg importers.Config, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		_, err := s.Collections[0].Map(incident.Raw{Body: []byte(body)}, cfg)
		var refused *importers.MapError
		if !errors.As(err, &refused) {
			t.Errorf("map %s: %v, want a *MapError", body, err)
		}
	}
}

// File returns what is in a file of testdata.
func File(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Equal fails the test, and goes on with it, when got is another value than want.
func Equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// Clock returns a time of 2 March 2026, the day that synthetic records tell of, in UTC.
func Clock(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }

// Stated returns when a draft says that a milestone was reached, as RFC 3339 has it; empty when it does not say.
func Stated(d importers.Draft, name incident.MilestoneName) string {
	if at := d.Incident.Milestones.At(name); !at.IsZero() {
		return at.Format(time.RFC3339)
	}
	return ""
}

// Warned returns which field a draft warns of first; empty when it warns of none.
func Warned(d importers.Draft) string {
	if len(d.Warnings) == 0 {
		return ""
	}
	return d.Warnings[0].Field
}
