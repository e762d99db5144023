package importertest

import (
	"errors"
	"slices"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

// Mappable maps a record of a collection, whatever it holds, for fuzz tests: it becomes a draft that keeps what every
// draft promises, or it is refused with an *importers.MapError that says why.
func Mappable(t testing.TB, s importers.Source, collection string, cfg importers.Config, r importers.Record) {
	t.Helper()
	i := slices.IndexFunc(s.Collections, func(c importers.Collection) bool { return c.Name == collection })
	raw := incident.Raw{Connection: cfg.Connection, Type: collection, ExternalID: r.ExternalID, Body: r.Body, Origin: r.Place, Via: "poll"}
	draft, err := s.Collections[i].Map(raw, cfg)
	var refused *importers.MapError
	switch {
	case err == nil:
		promises(t, r, s, draft)
	case !errors.As(err, &refused):
		t.Errorf("mapping gave %v, want a *MapError", err)
	}
}
