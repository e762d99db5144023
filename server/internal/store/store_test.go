package store_test

import (
	"testing"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// databases are the configurations that every test of this package runs with.
var databases = []struct {
	name  string
	fresh func(testing.TB) store.Config
}{
	{"sqlite", func(t testing.TB) store.Config { return store.Config{DataDir: t.TempDir()} }},
	{"postgres", func(t testing.TB) store.Config { return store.Config{URL: pgtest.URL(t)} }},
}

func TestStore(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			incidenttest.TestStore(t, func(t *testing.T) incident.Store { return storetest.Open(t, db.fresh(t)) })
		})
	}
}

func TestReplicas(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			incidenttest.TestReplicas(t, func(t *testing.T) [2]incident.Store {
				s := storetest.Open(t, db.fresh(t))
				return [2]incident.Store{s, storetest.Replica(t, s)}
			})
		})
	}
}
