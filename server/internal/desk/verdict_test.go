package desk

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/store/storetest"
)

// judged is a desk with two suggested problems, p of a, b, c and q of d, e.
func judged(t *testing.T) *Desk {
	t.Helper()
	s := storetest.SQLite(t)
	s.SetEnqueuer(func(context.Context, *sql.Tx, incident.Job) error { return nil })
	d := &Desk{Store: s, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutProblems([]incident.Problem{alike("p", "a", "b", "c"), alike("q", "d", "e")})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func alike(id incident.ID, members ...incident.ID) incident.Problem {
	p := incident.Problem{ID: id, Title: "Problem " + string(id), State: incident.Suggested, Basis: "text"}
	for _, m := range members {
		p.Members = append(p.Members, incident.ProblemMember{Incident: m, Score: 0.5, Reasons: []string{"alike"}})
	}
	return p
}

// board writes all problems but their ids: state, title and members, removed ones in brackets; and what was said.
func board(t *testing.T, d *Desk) string {
	t.Helper()
	ps, err := d.Store.Problems(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range ps {
		var ids []string
		for _, m := range p.Members {
			if m.Removed {
				ids = append(ids, "("+string(m.Incident)+")")
			} else {
				ids = append(ids, string(m.Incident))
			}
		}
		out = append(out, string(p.State)+" "+p.Title+": "+strings.Join(ids, " "))
	}
	slices.Sort(out)
	said, err := d.Store.ProblemAnswers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range said {
		sign := " ≠ "
		if a.Same {
			sign = " = "
		}
		out = append(out, string(a.A)+sign+string(a.B))
	}
	return strings.Join(out, "; ")
}

// TestVerdicts: each does what it says, and taking it back restores what was before.
func TestVerdicts(t *testing.T) {
	const before = "suggested Problem p: a b c; suggested Problem q: d e"
	for _, tc := range []struct {
		verdict Verdict
		want    string
	}{
		{Verdict{Action: "confirm"}, "confirmed Problem p: a b c; suggested Problem q: d e"},
		{Verdict{Action: "reject"}, "rejected Problem p: a b c; suggested Problem q: d e"},
		{Verdict{Action: "rename", Title: " Disk full "}, "confirmed Disk full: a b c; suggested Problem q: d e"},
		{Verdict{Action: "remove", Incident: "b"}, "suggested Problem p: a (b) c; suggested Problem q: d e"},
		{Verdict{Action: "merge", Other: "q"}, "confirmed Problem p: a b c d e"},
		{Verdict{Action: "split", Incidents: []incident.ID{"b", "c"}, Title: "Other"}, "confirmed Other: b c; confirmed Problem p: a (b) (c); suggested Problem q: d e"},
		{Verdict{Action: "same", Incident: "a", Other: "x"}, "suggested Problem p: a b c x; suggested Problem q: d e; a = x"},
		{Verdict{Action: "apart", Incident: "b", Other: "a"}, "suggested Problem p: a (b) c; suggested Problem q: d e; a ≠ b"},
	} {
		t.Run(tc.verdict.Action, func(t *testing.T) {
			d := judged(t)
			if _, _, err := d.Decide(t.Context(), "p", tc.verdict, "ada"); err != nil {
				t.Fatalf("Decide: %v", err)
			}
			if got := board(t, d); got != tc.want {
				t.Errorf("after %s: %q, want %q", tc.verdict.Action, got, tc.want)
			}
			events, err := d.Store.ProblemEvents(t.Context(), "p", 10)
			if err != nil || len(events) != 1 || events[0].Rule != tc.verdict.Action || events[0].By != "ada" {
				t.Fatalf("ProblemEvents = %+v, %v, want the verdict", events, err)
			}
			undo := Verdict{Action: "undo", Event: events[0].N}
			if _, _, err := d.Decide(t.Context(), "p", undo, "ada"); err != nil {
				t.Fatalf("undo: %v", err)
			}
			if got := board(t, d); got != before {
				t.Errorf("after undo: %q, want %q", got, before)
			}
			if _, _, err := d.Decide(t.Context(), "p", undo, "ada"); !errors.Is(err, incident.ErrInvalid) {
				t.Errorf("second undo = %v, want that there is nothing to take back", err)
			}
		})
	}
}

func TestMergedProblemIsFoundByItsOldID(t *testing.T) {
	d := judged(t)
	if _, _, err := d.Decide(t.Context(), "p", Verdict{Action: "merge", Other: "q"}, "ada"); err != nil {
		t.Fatal(err)
	}
	if p, err := d.Problem(t.Context(), "q", incident.Sight{All: true}); err != nil || p.ID != "p" {
		t.Errorf("Problem(q) = %v, %v, want p", p, err)
	}
}

func TestVerdictErrors(t *testing.T) {
	d := judged(t)
	for _, v := range []Verdict{{Action: "same", Incident: "a", Other: "x"}, {Action: "same", Incident: "a", Other: "y"}} {
		if _, _, err := d.Decide(t.Context(), "p", v, "ada"); err != nil {
			t.Fatal(err)
		}
	}
	events, err := d.Store.ProblemEvents(t.Context(), "p", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name    string
		verdict Verdict
		want    error
	}{
		{"unknown action", Verdict{Action: "explode"}, incident.ErrInvalid},
		{"no title", Verdict{Action: "rename", Title: " "}, incident.ErrInvalid},
		{"not a member", Verdict{Action: "remove", Incident: "d"}, incident.ErrInvalid},
		{"merge with itself", Verdict{Action: "merge", Other: "p"}, incident.ErrInvalid},
		{"split off all", Verdict{Action: "split", Incidents: []incident.ID{"a", "b", "c", "x", "y"}}, incident.ErrInvalid},
		{"split off none", Verdict{Action: "split"}, incident.ErrInvalid},
		{"the same as itself", Verdict{Action: "same", Incident: "a", Other: "a"}, incident.ErrInvalid},
		{"against what follows from answers", Verdict{Action: "apart", Incident: "x", Other: "y"}, incident.ErrConflict},
		{"undo before a later verdict", Verdict{Action: "undo", Event: events[1].N}, incident.ErrConflict},
		{"undo what never was", Verdict{Action: "undo", Event: 999}, incident.ErrInvalid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := board(t, d)
			if _, _, err := d.Decide(t.Context(), "p", tc.verdict, "ada"); !errors.Is(err, tc.want) {
				t.Errorf("Decide = %v, want %v", err, tc.want)
			}
			if got := board(t, d); got != before {
				t.Errorf("a refused verdict changed %q to %q", before, got)
			}
		})
	}
	if _, _, err := d.Decide(t.Context(), "none", Verdict{Action: "confirm"}, "ada"); !errors.Is(err, incident.ErrNotFound) {
		t.Errorf("Decide about nothing = %v, want ErrNotFound", err)
	}
}
