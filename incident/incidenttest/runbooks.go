package incidenttest

import (
	"fmt"
	"testing"

	"hindsight/incident"
)

// Runbook returns sample runbook n of the connection "con_sample", always the same for the same n.
func Runbook(n int, change ...func(*incident.Runbook)) incident.Runbook {
	ref := incident.Ref{Connection: "con_sample", Type: "runbooks", ExternalID: fmt.Sprintf("db/failover-%d.md", n)}
	r := incident.Runbook{ID: ref.RunbookID(), Ref: ref, Title: fmt.Sprintf("Fail over %d", n), URL: fmt.Sprintf("https://wiki.example.com/failover/%d", n),
		Body: "1. Drain the **primary**\n2. Promote the replica\n", Services: []string{"checkout"}, Tags: []string{"database"},
		RawID: incident.DeriveID("raw", ref.ExternalID), MapVersion: 1}
	for _, f := range change {
		f(&r)
	}
	return r
}

func testRunbooks(t *testing.T, s incident.Store) {
	ctx := t.Context()
	put := func(rs ...incident.Runbook) incident.Seq {
		return update(t, s, func(tx incident.Tx) error { return tx.PutRunbooks(rs) })
	}
	one, two := Runbook(1), Runbook(2, func(r *incident.Runbook) { r.Services, r.Tags, r.URL, r.Title = nil, nil, "", "Another" })
	one.Seq = put(one, two)
	two.Seq = one.Seq
	equal(t, "Runbook", check(s.Runbook(ctx, one.ID))(t, "Runbook"), &one)
	equal(t, "Runbook without anything else", check(s.Runbook(ctx, two.ID))(t, "Runbook"), &two)
	equal(t, "number of the same again", put(Runbook(1)), 0)
	_, err := s.Runbook(ctx, "rbk_none")
	fails(t, "Runbook that there is not", err, incident.ErrNotFound)
	bare := func(r incident.Runbook) incident.Runbook { r.Body = ""; return r }
	equal(t, "Runbooks", check(s.Runbooks(ctx))(t, "Runbooks"), []incident.Runbook{bare(two), bare(one)})
	two.DeletedAt, two.DeletedReason = Epoch(), "deleted at the source"
	two.Seq = put(two)
	equal(t, "Changes", check(s.Changes(ctx, one.Seq, 10))(t, "Changes"), []incident.Change{{Seq: two.Seq, Kind: incident.EntityRunbook, ID: two.ID, Gone: true}})
	equal(t, "Runbooks that are left", check(s.Runbooks(ctx))(t, "Runbooks"), []incident.Runbook{bare(one)})
	update(t, s, func(tx incident.Tx) error {
		found, err := tx.RunbooksByID([]incident.ID{one.ID, two.ID, "rbk_none"})
		equal(t, "RunbooksByID", found, map[incident.ID]*incident.Runbook{one.ID: &one, two.ID: &two})
		return err
	})
	update(t, s, func(tx incident.Tx) error {
		if err := tx.PutConnection(incident.Connection{ID: "con_sample", Name: "sample"}); err != nil {
			return err
		}
		return tx.DeleteConnection("con_sample", "connection removed")
	})
	left := check(s.Runbook(ctx, one.ID))(t, "Runbook")
	equal(t, "Runbook of a connection that was removed", []any{left.Deleted(), left.DeletedReason, left.Title, left.Ref, left.Body}, []any{true, "connection removed", one.Title, one.Ref, ""})
}

// testRunbookUses: links and edits of the incidents that are seen, and of no others.
func testRunbookUses(t *testing.T, s incident.Store) {
	linked := func(n int, change ...func(*incident.Incident)) *incident.Incident {
		return Incident(n, append([]func(*incident.Incident){func(inc *incident.Incident) {
			inc.Team, inc.Links, inc.Edits = "tea_a", []incident.Link{{Kind: "chat", URL: "https://example.com/chat"}, {Kind: "runbook", URL: "https://example.com/a", Title: "Runbook"}}, nil
		}}, change...)...)
	}
	said := linked(1, func(inc *incident.Incident) {
		inc.Links = nil
		if err := inc.EditRunbook("rbk_doc", incident.RunbookSays{Verdict: incident.RunbookHelped, Title: "Fail over"}, "Responder One", Epoch()); err != nil {
			t.Fatal(err)
		}
	})
	public, private := linked(0), linked(2, func(inc *incident.Incident) { inc.Private = true })
	twin := linked(3, func(inc *incident.Incident) { inc.SameAs = public.ID })
	gone := linked(4, func(inc *incident.Incident) { inc.DeletedAt = Epoch() })
	plain := linked(5, func(inc *incident.Incident) { inc.Links = inc.Links[:1] })
	update(t, s, func(tx incident.Tx) error {
		return tx.PutIncidents([]*incident.Incident{public, said, private, twin, gone, plain})
	})
	link := func(inc *incident.Incident) incident.RunbookUse {
		return incident.RunbookUse{Runbook: incident.LinkedRunbookID("https://example.com/a"), Incident: inc.ID, Started: inc.StartedAt(), Verdict: incident.RunbookLinked,
			URL: "https://example.com/a", Title: "Runbook", Told: true}
	}
	doc := incident.RunbookUse{Runbook: "rbk_doc", Incident: said.ID, Started: said.StartedAt(), Verdict: incident.RunbookHelped, Title: "Fail over", By: "Responder One", At: Epoch()}
	for _, tc := range []struct {
		name      string
		sight     incident.Sight
		incidents []incident.ID
		want      []incident.RunbookUse
	}{
		{"to nobody in particular", incident.Sight{}, nil, []incident.RunbookUse{link(public), doc}},
		{"to a member of the team", incident.Sight{User: "usr_1", Teams: []incident.ID{"tea_a"}}, nil, []incident.RunbookUse{link(public), doc, link(private)}},
		{"of some incidents", incident.Sight{}, []incident.ID{said.ID, private.ID}, []incident.RunbookUse{doc}},
		{"of some incidents, to who sees all", incident.Sight{All: true}, []incident.ID{private.ID, plain.ID}, []incident.RunbookUse{link(private)}},
	} {
		got := check(s.RunbookUses(t.Context(), tc.sight, tc.incidents...))(t, "RunbookUses")
		same(t, tc.name, got, tc.want)
	}
}

// same compares without regard to order.
func same(t *testing.T, what string, got, want []incident.RunbookUse) {
	t.Helper()
	count := map[string]int{}
	for _, u := range got {
		count[fmt.Sprintf("%+v", u)]++
	}
	for _, u := range want {
		count[fmt.Sprintf("%+v", u)]--
	}
	for u, n := range count {
		if n != 0 {
			t.Errorf("%s: %+d of %s", what, n, u)
		}
	}
}
