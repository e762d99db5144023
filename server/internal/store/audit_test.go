package store_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"hindsight/incident"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// who acts in these tests.
var responder = incident.Actor{Kind: incident.ActorUser, ID: "usr_1", Name: "responder.one", Role: incident.Admin}

// note writes so many entries, one in each transaction.
func note(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		_, err := s.Update(incident.Acting(t.Context(), responder), func(tx incident.Tx) error { return tx.PutSetting("title", fmt.Sprint(i)) })
		if err != nil {
			t.Fatalf("Update: %v", err)
		}
	}
}

func verify(t *testing.T, s *store.Store, noted ...incident.AuditHead) incident.AuditProof {
	t.Helper()
	proof, err := s.VerifyAudit(t.Context(), noted...)
	if err != nil {
		t.Fatalf("VerifyAudit: %v", err)
	}
	return proof
}

// TestAuditRefusesChanges: the database itself refuses what is not an entry at the end.
func TestAuditRefusesChanges(t *testing.T) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			s := storetest.Open(t, db.fresh(t))
			note(t, s, 3)
			for _, statement := range []string{
				"UPDATE audit SET actor_id = 'usr_2' WHERE seq = 2",
				"DELETE FROM audit WHERE seq = 3",
				"DELETE FROM audit",
				"UPDATE audit_texts SET texts = '{}' WHERE seq = 2",
				"UPDATE audit_texts SET texts = '{}', erased_by = 3 WHERE seq = 2",
				"DELETE FROM audit_texts WHERE seq = 1",
				"UPDATE audit_head SET seq = 1",
				"UPDATE audit_head SET cut_seq = 3",
				"DELETE FROM audit_head",
			} {
				if _, err := s.SQL().ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "audit log") {
					t.Errorf("%s: %v, want that the audit log refuses it", statement, err)
				}
			}
			if proof := verify(t, s); proof.Broken != 0 || proof.Entries != 3 {
				t.Errorf("VerifyAudit = %+v, want 3 entries that hold", proof)
			}
		})
	}
}

// TestAuditShowsTampering: whoever owns the database can drop the triggers, and is found out.
func TestAuditShowsTampering(t *testing.T) {
	triggers := map[string][]string{
		"sqlite":   {"audit_no_update", "audit_no_delete", "audit_texts_no_update", "audit_texts_no_delete", "audit_head_forward"},
		"postgres": {"audit_keep ON audit", "audit_texts_keep ON audit_texts", "audit_texts_erase ON audit_texts", "audit_head_forward ON audit_head"},
	}
	for _, db := range databases {
		for _, tc := range []struct {
			name, statement string
			broken          int64
			noted           bool // found out only by a head that was noted outside
		}{
			{"another actor", "UPDATE audit SET actor_id = 'usr_2' WHERE seq = 3", 3, false},
			{"another time", "UPDATE audit SET at = (SELECT at FROM audit WHERE seq = 5) WHERE seq = 2", 2, false},
			{"another value", "UPDATE audit_texts SET texts = replace(texts, 'responder.one', 'responder.two') WHERE seq = 2", 2, false},
			{"another name, said to be erased", "UPDATE audit_texts SET texts = '{}', erased_by = 4 WHERE seq = 2", 2, false},
			{"no texts", "DELETE FROM audit_texts WHERE seq = 4", 4, false},
			{"an entry left out", "DELETE FROM audit WHERE seq = 3", 4, false},
			{"the beginning left out", "DELETE FROM audit WHERE seq <= 2", 3, false},
			{"the beginning cut off without an entry", "UPDATE audit_head SET cut_seq = 2, cut_hash = (SELECT hash FROM audit WHERE seq = 2); DELETE FROM audit WHERE seq <= 2", 2, false},
			{"the end left out", "DELETE FROM audit WHERE seq = 5", 5, false},
			{"the end left out with its head", "DELETE FROM audit WHERE seq = 5; UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)", 5, true},
			{"everything left out with its head", "DELETE FROM audit; UPDATE audit_head SET seq = 0, hash = ''", 1, true},
		} {
			t.Run(db.name+"/"+tc.name, func(t *testing.T) {
				s := storetest.Open(t, db.fresh(t))
				note(t, s, 5)
				noted, err := s.AuditHead(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, name := range triggers[db.name] {
					execute(t, s, "DROP TRIGGER "+name)
				}
				for statement := range strings.SplitSeq(tc.statement, "; ") {
					execute(t, s, statement)
				}
				if proof := verify(t, s, noted); proof.Broken != tc.broken || proof.Why == "" {
					t.Errorf("VerifyAudit = %+v, want that entry %d does not hold", proof, tc.broken)
				}
				if proof := verify(t, s); tc.noted != (proof.Broken == 0) {
					t.Errorf("VerifyAudit without what was noted outside = %+v", proof)
				}
			})
		}
	}
}

// TestAuditOfTwoReplicas: whatever order they begin and end in, the chain has no gap and no fork, and its order is that of the feed.
func TestAuditOfTwoReplicas(t *testing.T) {
	const writers, each = 8, 10
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			cfg := db.fresh(t)
			replicas := []*store.Store{storetest.Open(t, cfg), storetest.Open(t, cfg)}
			var group sync.WaitGroup
			for w := range writers {
				group.Go(func() {
					for i := range each {
						team := incident.NewTeam(fmt.Sprintf("team %d.%d", w, i))
						_, err := replicas[w%2].Update(incident.Acting(t.Context(), responder), func(tx incident.Tx) error {
							if i%2 == 0 {
								return tx.PutSetting(fmt.Sprintf("title %d", w), team.Name) // no change of the feed
							}
							return tx.PutTeams([]incident.Team{team})
						})
						if err != nil {
							t.Errorf("Update: %v", err)
						}
					}
				})
			}
			group.Wait()
			if proof := verify(t, replicas[0]); proof.Broken != 0 || proof.Entries != writers*each || proof.Head.Seq != writers*each {
				t.Errorf("VerifyAudit = %+v, want %d entries that hold", proof, writers*each)
			}
			inOrderOfFeed(t, replicas[1])
		})
	}
}

func inOrderOfFeed(t *testing.T, s *store.Store) {
	t.Helper()
	changes, err := s.Changes(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	log, err := s.Audit(t.Context(), incident.AuditFilter{ObjectKind: "team", Limit: 1000})
	if err != nil || len(log) != len(changes) {
		t.Fatalf("Audit = %d entries about teams, %v; the feed has %d changes", len(log), err, len(changes))
	}
	for i, c := range changes {
		if e := log[len(log)-1-i]; e.Object.ID != c.ID {
			t.Fatalf("change %d is of %s, and entry %d of the audit log of %s", c.Seq, c.ID, e.Seq, e.Object.ID)
		}
	}
}
