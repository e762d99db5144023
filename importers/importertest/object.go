package importertest

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"hindsight/importers"
)

// Object is a JSON object that a made-up system holds and answers.
type Object = map[string]any

// With returns a copy of o that has the members of more, in the place of its own where it has them too.
func With(o, more Object) Object {
	out := maps.Clone(o)
	if out == nil {
		out = Object{}
	}
	maps.Copy(out, more)
	return out
}

// Answer writes v as JSON with a status.
func Answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// Moment returns the instant that an RFC 3339 text names. It panics at another text, which is the test's own mistake.
func Moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// ConfigWith is Config with names and values of settings beside the system's own, or in their place.
func (u Upstream) ConfigWith(url string, more ...string) importers.Config {
	cfg := u.Config(url)
	cfg.Settings = maps.Clone(cfg.Settings)
	for i := 0; i+1 < len(more); i += 2 {
		cfg.Settings[more[i]] = more[i+1]
	}
	return cfg
}

// ReadAll is Collect to the end, from the beginning or adding to into, for a source that must not fail.
func ReadAll(t testing.TB, s importers.Source, cfg importers.Config, into *Haul) *Haul {
	t.Helper()
	h, err := Collect(t.Context(), t, s, cfg, into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
