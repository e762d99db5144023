package store_test

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"hindsight/incident"
	"hindsight/migrations"
	"hindsight/server/internal/store/storetest"
)

// A database from before contracts keeps what its targets promised, and its feed tells of it.
func TestTargetsBecomeContracts(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			up, down := migration(t, db.name, "0014_targets.sql")
			for _, statement := range append(down,
				`INSERT INTO sla_targets (id, digest, name, span, within, priority, service_id, goal) VALUES
				('sla_1', '', 'Resolution, "critical"', 'impact_started|detected..resolved', 14400000000000, 'P1 ''high''', 'svc_1', 0.95),
				('sla_2', '', 'Acknowledgement', 'opened..acknowledged', 1500000000, '', '', 1)`,
				`UPDATE feed_head SET seq = 8`,
				`INSERT INTO changes (kind, id, seq, gone) VALUES ('sla_target', 'sla_1', 7, false), ('sla_target', 'sla_2', 8, false)`) {
				if _, err := s.SQL().ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			for _, statement := range up {
				if _, err := s.SQL().ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			policies, err := s.Policies(t.Context())
			if err != nil || len(policies) != 2 {
				t.Fatalf("Policies = %+v, %v, want two contracts", policies, err)
			}
			month := incident.Window{Every: incident.Month}
			for i, want := range []incident.Contract{
				{Window: month, Promises: []incident.SLAPromise{{Name: "Acknowledgement", Span: "opened..acknowledged", WithinSeconds: 1.5, Goal: 1, Priorities: []string{}, Services: []incident.ID{}}}},
				{Window: month, Promises: []incident.SLAPromise{{Name: `Resolution, "critical"`, Span: "impact_started|detected..resolved", WithinSeconds: 14400, Goal: 0.95, Priorities: []string{"P1 'high'"}, Services: []incident.ID{"svc_1"}}}},
			} {
				var got incident.Contract
				p := policies[i]
				if err := json.Unmarshal(p.Body, &got); err != nil || !reflect.DeepEqual(got, want) || got.Validate() != nil {
					t.Errorf("body of %s = %+v, %v, want %+v", p.ID, got, err, want)
				}
				if p.Kind != incident.ContractPolicy || p.Version != 1 || p.Name != want.Promises[0].Name || p.SavedAt.Year() < 2025 || p.Removed {
					t.Errorf("policy = %+v, want the first version of a contract, saved now", p)
				}
			}
			changes, err := s.Changes(t.Context(), 0, 10)
			want := []incident.Change{{Seq: 7, Kind: incident.EntityPolicy, ID: "sla_1"}, {Seq: 8, Kind: incident.EntityPolicy, ID: "sla_2"}}
			if err != nil || !reflect.DeepEqual(changes, want) {
				t.Errorf("Changes = %+v, %v, want %+v", changes, err, want)
			}
		})
	}
}

// migration returns the statements of a migration, up and down.
func migration(t *testing.T, database, name string) (up, down []string) {
	t.Helper()
	text, err := fs.ReadFile(migrations.Files, database+"/"+name)
	if err != nil {
		t.Fatal(err)
	}
	first, second, _ := strings.Cut(string(text), "-- +goose Down")
	statements := func(text string) (out []string) {
		for _, statement := range strings.Split(text, ";\n") {
			if strings.TrimSpace(statement) != "" {
				out = append(out, statement)
			}
		}
		return out
	}
	return statements(first), statements(second)
}
