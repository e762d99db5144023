package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// TestFacts holds what Facts reads against whole incidents, less what it does not promise.
func TestFacts(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			var incs []*incident.Incident
			for n := range 6 {
				incs = append(incs, incidenttest.Incident(n))
			}
			incs[1].Reopened, incs[1].SLA[0].Breached, incs[1].ExternalCreatedAt = nil, nil, time.Time{}
			incs[2].Tags, incs[2].Services, incs[2].Segments, incs[2].Milestones = nil, nil, nil, nil
			incs[3].Private, incs[3].ExcludeReason, incs[3].SameAs = true, "not ours", incs[4].ID
			incs[3].Audience = incident.NewAudience([]incident.ID{"usr_1", "usr_2"}, []incident.ID{"tea_1"})
			incs[4].Audience = incident.NewAudience([]incident.ID{"usr_1"}, nil)
			incs[3].Edits = []incident.Edit{{Field: "kind", Value: "drill", Was: "real", By: "operator", At: incidenttest.Epoch()}}
			incs[5].DeletedAt = incidenttest.Epoch()
			if _, err := s.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents(incs) }); err != nil {
				t.Fatal(err)
			}
			facts(t, s, "as they were put", incs)
			for _, set := range []string{"facts = NULL", "facts = substr(facts, 2)", "digest = '00112233445566778899aabbccddeeff'"} {
				execute(t, s, "UPDATE incidents SET "+set)
				facts(t, s, set, incs)
				execute(t, s, "UPDATE incidents SET facts = NULL")
				if _, err := s.MakeFacts(t.Context()); err != nil {
					t.Fatal(err)
				}
				facts(t, s, "made again after "+set, incs)
			}
		})
	}
}

func execute(t *testing.T, s *store.Store, statement string) {
	t.Helper()
	if _, err := s.SQL().ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// facts compares what Facts reads of incidents with whole ones.
func facts(t *testing.T, s *store.Store, name string, incs []*incident.Incident) {
	t.Helper()
	ids := []incident.ID{"unknown"}
	for _, inc := range incs {
		ids = append(ids, inc.ID)
	}
	found, err := s.Facts(t.Context(), ids)
	if err != nil || len(found) != 5 {
		t.Fatalf("%s: Facts = %d incidents, %v, want all 5 but the tombstone", name, len(found), err)
	}
	for _, got := range found {
		whole, err := s.Incident(t.Context(), got.ID)
		if err != nil {
			t.Fatal(err)
		}
		if g, w := factsText(got), factsText(promised(whole)); g != w {
			t.Errorf("%s: Facts of %s:\n%s\nwant\n%s", name, got.Number, g, w)
		}
	}
}

// Incidents of a database from before facts were kept in one piece get theirs once.
func TestMakeFacts(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			first, second, gone := incidenttest.Incident(1), incidenttest.Incident(2), incidenttest.Incident(3)
			gone.DeletedAt = incidenttest.Epoch()
			head := write(t, s, first, second, gone)
			execute(t, s, "UPDATE incidents SET facts = NULL")
			for _, want := range []int{2, 0} {
				if made, err := s.MakeFacts(t.Context()); made != want || err != nil {
					t.Fatalf("MakeFacts = %d, %v, want %d", made, err, want)
				}
			}
			if after, err := s.Head(t.Context()); after != head || err != nil {
				t.Errorf("Head = %d, %v, want %d: nothing has changed", after, err, head)
			}
			// What no other table has any more comes from the pieces.
			execute(t, s, "DELETE FROM milestones")
			found, err := s.Facts(t.Context(), []incident.ID{first.ID, gone.ID})
			if err != nil || len(found) != 1 || len(found[0].Milestones) != 5 {
				t.Errorf("Facts = %+v, %v, want one incident with 5 milestones", found, err)
			}
		})
	}
}

// promised takes away what Facts does not read.
func promised(inc *incident.Incident) *incident.Incident {
	out := *inc
	out.Seq, out.Ref, out.URL, out.Description, out.Format = 0, incident.Ref{Connection: inc.Ref.Connection}, "", "", ""
	out.StatusRaw, out.SeverityRaw, out.UrgencyRaw, out.RawID, out.MapVersion = "", "", "", "", 0
	if !out.Private {
		out.Audience = incident.Audience{}
	}
	out.ExternalUpdatedAt, out.People, out.Links, out.Actions = time.Time{}, nil, nil, nil
	return &out
}

// factsText writes an incident with what its pointers point to.
func factsText(inc *incident.Incident) string {
	out := *inc
	text := ""
	if out.Reopened != nil {
		text = fmt.Sprint("reopened ", *out.Reopened, "; ")
	}
	out.Reopened = nil
	out.SLA = slices.Clone(out.SLA)
	for i, c := range out.SLA {
		if c.Breached != nil {
			text += fmt.Sprint("breached ", *c.Breached, "; ")
		}
		out.SLA[i].Breached = nil
	}
	return text + fmt.Sprintf("%+v", out)
}
