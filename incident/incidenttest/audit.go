package incidenttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// admin is who acts in these tests.
var admin = incident.Actor{Kind: incident.ActorUser, ID: "usr_admin", Name: "responder.one", Role: incident.Admin,
	From: "192.0.2.7", Agent: "Browser/1", Request: "req1"}

// as runs f in a transaction of an actor.
func as(t *testing.T, s incident.Store, who incident.Actor, f func(incident.Tx) error) {
	t.Helper()
	if _, err := s.Update(incident.Acting(t.Context(), who), f); err != nil {
		t.Fatalf("Update as %s: %v", who.Name, err)
	}
}

// entries returns the whole audit log, the newest first.
func entries(t *testing.T, s incident.Store, f incident.AuditFilter) []incident.AuditEntry {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 1000
	}
	return check(s.Audit(t.Context(), f))(t, "Audit")
}

// holds fails the test unless the chain holds, with so many entries.
func holds(t *testing.T, s incident.Store, want int64, noted ...incident.AuditHead) incident.AuditProof {
	t.Helper()
	proof := check(s.VerifyAudit(t.Context(), noted...))(t, "VerifyAudit")
	if proof.Broken != 0 || proof.Entries != want {
		t.Errorf("VerifyAudit = %+v, want %d entries that hold", proof, want)
	}
	head := check(s.AuditHead(t.Context()))(t, "AuditHead")
	if want > 0 && head != proof.Head {
		t.Errorf("AuditHead = %+v, VerifyAudit ends at %+v", head, proof.Head)
	}
	return proof
}

func testAuditEntries(t *testing.T, s incident.Store) {
	inc := Incident(1)
	put(t, s, inc) // by a job
	as(t, s, admin, func(tx incident.Tx) error {
		changed := Incident(1)
		changed.Title, changed.Tags = "Checkout <fails>", []string{"checkout", "new"}
		return tx.PutIncidents([]*incident.Incident{changed})
	})
	as(t, s, admin, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{get(t, s, inc.ID)}) }) // no change, no entry
	got := entries(t, s, incident.AuditFilter{})
	if len(got) != 1 {
		t.Fatalf("Audit = %d entries, want the one change: %s", len(got), show(got))
	}
	e := got[0]
	equal(t, "actor", e.Actor, admin)
	equal(t, "what", []any{e.Seq, e.Action, e.Object, e.Prev}, []any{int64(1), incident.AuditChanged, incident.AuditObject{Kind: "incident", ID: inc.ID, Name: "Checkout <fails>"}, ""})
	equal(t, "before", string(e.Before), `{"tags":["tag-1"],"title":"Checkout fails for some users (1)"}`)
	equal(t, "after", string(e.After), `{"tags":["new"],"title":"Checkout \u003cfails\u003e"}`)
	if e.At.IsZero() || e.At.Location() != time.UTC {
		t.Errorf("At = %v, want a time in UTC", e.At)
	}
	holds(t, s, 1)
}

func testAuditRollback(t *testing.T, s incident.Store) {
	broken := errors.New("broken")
	_, err := s.Update(incident.Acting(t.Context(), admin), func(tx incident.Tx) error {
		return errors.Join(tx.PutSetting("title", "x"), broken)
	})
	fails(t, "Update", err, broken)
	as(t, s, admin, func(tx incident.Tx) error { return tx.PutSetting("title", "y") })
	if got := entries(t, s, incident.AuditFilter{}); len(got) != 1 || got[0].Seq != 1 {
		t.Errorf("Audit after a failed transaction and a good one = %s, want one entry with number 1", show(got))
	}
	holds(t, s, 1)
}

func testAuditSecrets(t *testing.T, s incident.Store) {
	const secret = "never-in-the-log"
	as(t, s, admin, func(tx incident.Tx) error {
		return errors.Join(
			tx.PutUser(incident.User{ID: "usr_1", Name: "ada", Role: incident.Viewer, PasswordHash: secret + "1"}),
			tx.PutUser(incident.User{ID: "usr_1", Name: "ada", Role: incident.Viewer, PasswordHash: secret + "2"}),
			tx.PutSecondFactor(incident.SecondFactor{User: "usr_1", Secret: []byte(secret), CreatedAt: Epoch(), Recovery: incident.RecoveryCodes{Salt: []byte(secret), Hashes: [][]byte{[]byte(secret)}}}),
			tx.DeleteSecondFactor("usr_1"),
			tx.PutSession(incident.Session{Hash: secret + "3", User: "usr_1", CreatedAt: Epoch(), SeenAt: Epoch(), ExpiresAt: Epoch()}),
			tx.PutToken(incident.Token{ID: "tok_1", Name: "wall", Hash: secret + "4", CreatedAt: Epoch()}),
			tx.PutConnection(incident.Connection{ID: "con_1", Source: "table", Name: "t", Secret: []byte(secret + "5"), Mapping: json.RawMessage(`{"a":{"password":"` + secret + `"}}`), CreatedAt: Epoch()}),
			tx.PutSetting("mail.password", secret+"6"),
			tx.PutSetting("mail", `{"host":"mail.example.com","password":"`+secret+`7","nested":[{"api_key":"`+secret+`"}]}`),
			tx.DeleteToken("tok_1"), tx.DeleteSessions("usr_1", ""), tx.DeleteConnection("con_1", "again"),
		)
	})
	got := entries(t, s, incident.AuditFilter{})
	bytes := "110,101,118,101,114" // how JSON could have its first letters as numbers, and as base64
	if text := show(got); strings.Contains(text, secret) || strings.Contains(text, bytes) || strings.Contains(text, "bmV2ZXIt") {
		t.Errorf("the audit log has a secret: %s", text)
	}
	// Of a secret it says that it changed.
	var changed []incident.AuditEntry
	for _, e := range got {
		if e.Object.Kind == "user" && e.Action == incident.AuditChanged {
			changed = append(changed, e)
		}
	}
	if len(changed) != 1 || string(changed[0].After) != `{"password_hash":"changed"}` || changed[0].Before != nil {
		t.Errorf("a change of the password = %s", show(changed))
	}
}

func testAuditFilter(t *testing.T, s incident.Store) {
	other := incident.Actor{Kind: incident.ActorToken, ID: "tok_1", Name: "wall", Role: incident.Editor}
	for i, who := range []incident.Actor{admin, other, admin, {Kind: incident.ActorCommand, ID: "user"}} {
		as(t, s, who, func(tx incident.Tx) error {
			return tx.PutUser(incident.User{ID: incident.ID(fmt.Sprintf("usr_%d", i%3)), Name: fmt.Sprintf("name%d", i), Role: incident.Viewer})
		})
	}
	seqs := func(f incident.AuditFilter) (out []int64) {
		for _, e := range entries(t, s, f) {
			out = append(out, e.Seq)
		}
		return out
	}
	for _, tc := range []struct {
		name string
		f    incident.AuditFilter
		want []int64
	}{
		{"all", incident.AuditFilter{}, []int64{4, 3, 2, 1}},
		{"by actor", incident.AuditFilter{Actor: "tok_1"}, []int64{2}},
		{"by sort of actor", incident.AuditFilter{ActorKind: incident.ActorUser}, []int64{3, 1}},
		{"by action", incident.AuditFilter{Action: incident.AuditChanged}, []int64{4}},
		{"by object", incident.AuditFilter{Object: "usr_0", ObjectKind: "user"}, []int64{4, 1}},
		{"another sort of object", incident.AuditFilter{Object: "usr_0", ObjectKind: "token"}, nil},
		{"in the future", incident.AuditFilter{From: time.Now().AddDate(1, 0, 0)}, nil},
		{"in the past", incident.AuditFilter{To: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}, nil},
		{"a page", incident.AuditFilter{Limit: 2, Before: 4}, []int64{3, 2}},
	} {
		equal(t, "Audit "+tc.name, seqs(tc.f), tc.want)
	}
}

func testAuditImports(t *testing.T, s incident.Store) {
	run := incident.Run{ID: "run_1", Connection: "con_sample", State: incident.RunRunning, Via: "poll", StartedAt: Epoch()}
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutRun(run), tx.PutIncidents([]*incident.Incident{Incident(1), Incident(2)}),
			tx.PutSetting(incident.RunLock("con_sample"), "run_1"), tx.PutServices([]incident.Service{incident.NewService("api")}))
	})
	run.State, run.Read, run.New, run.Dead = incident.RunPartial, 3, 2, 1
	update(t, s, func(tx incident.Tx) error { return tx.PutRun(run) })
	update(t, s, func(tx incident.Tx) error { return tx.PutRun(run) }) // written again, and still one entry
	idle := incident.Run{ID: "run_2", Connection: "con_sample", State: incident.RunOK, Via: "poll", Read: 3, Unchanged: 3, StartedAt: Epoch()}
	update(t, s, func(tx incident.Tx) error { return tx.PutRun(idle) })
	got := entries(t, s, incident.AuditFilter{})
	if len(got) != 1 || got[0].Action != incident.AuditFinished || got[0].Object.ID != "con_sample" {
		t.Fatalf("Audit after an import and a poll that found nothing new = %s, want one entry", show(got))
	}
	equal(t, "facts", string(got[0].Facts), `{"changed":0,"dead":1,"new":2,"read":3,"run":"run_1","state":"partial","unchanged":0,"via":"poll"}`)
	asked := incident.Run{ID: "run_3", Connection: "con_sample", State: incident.RunQueued, Via: "poll", StartedAt: Epoch(), By: "responder.one"}
	as(t, s, admin, func(tx incident.Tx) error { return tx.PutRun(asked) })
	if got := entries(t, s, incident.AuditFilter{Action: incident.AuditStarted}); len(got) != 1 || got[0].Actor != admin {
		t.Errorf("Audit of an import that somebody started = %s", show(got))
	}
	holds(t, s, 2)
}

func testAuditCut(t *testing.T, s incident.Store) {
	for i := range 5 {
		as(t, s, admin, func(tx incident.Tx) error { return tx.PutSetting("title", fmt.Sprint(i)) })
	}
	all := entries(t, s, incident.AuditFilter{})
	var n int64
	cut := func(before time.Time) {
		as(t, s, admin, func(tx incident.Tx) (err error) { n, err = tx.CutAudit(before); return err })
	}
	if cut(all[4].At.Add(-time.Hour)); n != 0 {
		t.Errorf("CutAudit before the first entry = %d, want 0", n)
	}
	holds(t, s, 5)
	cut(all[1].At) // entries 1 to 3, unless several have one time
	left := entries(t, s, incident.AuditFilter{})
	if n < 1 || n > 3 || left[0].Action != incident.AuditCut || left[len(left)-1].Seq != n+1 {
		t.Fatalf("CutAudit = %d, and %s is left", n, show(left))
	}
	want := fmt.Sprintf(`{"before":%q,"entries":%d,"hash":%q,"through":%d}`, all[1].At.Format(time.RFC3339), n, all[5-n].Hash, n)
	equal(t, "facts of the cut", string(left[0].Facts), want)
	holds(t, s, 6-n, incident.AuditHead{Seq: 1, Hash: all[4].Hash}, incident.AuditHead{Seq: 5, Hash: all[0].Hash})
	cut(time.Now().AddDate(1, 0, 0)) // everything but the entry that says so
	holds(t, s, 1)
}

func testAuditErase(t *testing.T, s incident.Store) {
	as(t, s, admin, func(tx incident.Tx) error {
		return tx.PutUser(incident.User{ID: "usr_2", Name: "bob", Display: "Bob Example", Role: incident.Viewer})
	})
	bob := incident.Actor{Kind: incident.ActorUser, ID: "usr_2", Name: "bob", From: "192.0.2.9", Agent: "Bob's browser", Role: incident.Viewer}
	as(t, s, bob, func(tx incident.Tx) error { return tx.PutSetting("title", "asked by BOB Example, not by Bobby") })
	as(t, s, admin, func(tx incident.Tx) error { return tx.PutSetting("title", "another") })
	before := entries(t, s, incident.AuditFilter{})
	var n int64
	erase := func(actor incident.ID, names ...string) {
		as(t, s, admin, func(tx incident.Tx) (err error) {
			n, err = tx.EraseFromAudit(actor, names, "person 1")
			return err
		})
	}
	if erase("usr_2", "bob", "Bob Example", ""); n != 3 {
		t.Errorf("EraseFromAudit = %d entries, want 3", n)
	}
	after := entries(t, s, incident.AuditFilter{})
	text := strings.ToLower(show(after))
	for _, gone := range []string{"bob example", `"bob"`, "192.0.2.9", "bob's"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is still in the audit log: %s", gone, text)
		}
	}
	if !strings.Contains(text, "asked by person 1, not by bobby") || !strings.Contains(text, "192.0.2.7") {
		t.Errorf("the erasure reached too far: %s", text)
	}
	equal(t, "hash of an entry after an erasure in it", after[len(after)-1].Hash, before[len(before)-1].Hash)
	equal(t, "the entry that tells of it", []any{after[0].Action, after[3].ErasedBy}, []any{incident.AuditErased, after[0].Seq})
	if proof := holds(t, s, 4); proof.Erased != 3 {
		t.Errorf("VerifyAudit = %+v, want 3 entries with something erased", proof)
	}
	if erase(admin.ID, admin.Name); n != 3 { // the same entries again, and the one that tells of the first erasure, but for bob's own
		t.Errorf("EraseFromAudit of another one = %d entries, want 3", n)
	}
	holds(t, s, 5)
	if erase("usr_2", "bob"); n != 0 {
		t.Errorf("EraseFromAudit of the same again = %d entries, want none", n)
	}
}
