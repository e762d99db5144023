package desk

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/search"
	"hindsight/server/internal/query"
	"hindsight/server/internal/store/storetest"
)

// viewed is a desk with three incidents, one of them private, and the views that are given as owner, name, path; "+" before the name shares it.
func viewed(t *testing.T, views ...[3]string) *Desk {
	t.Helper()
	now := func() time.Time { return noon }
	index, err := search.Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	delta := incident.Delta{Upto: 1, CaughtUp: true}
	for n := range 3 {
		delta.Incidents = append(delta.Incidents, incidenttest.Incident(n, func(inc *incident.Incident) {
			inc.ID, inc.Title, inc.Severity, inc.Private = incident.ID(fmt.Sprint("inc_", n)), fmt.Sprint("Disk full ", n), incident.Severity(1+n%2), n == 2
			inc.Team, inc.Audience = "", incident.Audience{}
		}))
	}
	if err := index.Apply(t.Context(), delta); err != nil {
		t.Fatal(err)
	}
	d := &Desk{Store: storetest.SQLite(t), Index: index, Live: analytics.NewLive(now), Now: now, Log: slog.New(slog.DiscardHandler)}
	for i, v := range views {
		name, shared := strings.CutPrefix(v[1], "+")
		_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
			return tx.PutView(incident.View{ID: incident.ID(fmt.Sprint("view_", i)), Owner: incident.ID(v[0]), By: "Responder " + v[0], Name: name, Path: v[2], Shared: shared, Place: i, SavedAt: noon})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// TestViewInAQuery: view:NAME finds what the view finds, of what the one who asks may see, through views that they may see.
func TestViewInAQuery(t *testing.T) {
	d := viewed(t, [3]string{"usr_1", "Worst", "/incidents?sev=1"}, [3]string{"usr_2", "+Disks", "/search?q=disk"},
		[3]string{"usr_2", "Secret plan", "/search?q=disk"}, [3]string{"usr_2", "+Worst", "/incidents?sev=2"}, [3]string{"usr_2", "+Both", "/search?q=view%3ADisks+view%3AWorst"})
	own, all := incident.Sight{User: "usr_1"}, incident.Sight{All: true, User: "usr_1"}
	for _, tc := range []struct {
		name, text string
		sight      incident.Sight
		want       string
	}{
		{"one's own before one that is shared", "view:Worst", own, "inc_0"},
		{"who sees the private incident finds it", "view:Worst", all, "inc_0 inc_2"},
		{"shared", "view:disks", own, "inc_0 inc_1"},
		{"to somebody without views", "view:worst", incident.Sight{}, "inc_1"},
		{"with words", "view:disks 1", own, "inc_1"},
		{"a view within a view is looked for as whoever asks", "view:both", own, "inc_0"},
		{"by id", "view:view_3", own, "inc_1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, _, err := d.Scope(t.Context(), query.Query{Text: tc.text}, tc.sight)
			if err != nil {
				t.Fatalf("Scope(%q): %v", tc.text, err)
			}
			found, err := d.Index.Matches(t.Context(), req)
			slices.Sort(found)
			if got := strings.Trim(fmt.Sprint(found), "[]"); err != nil || got != tc.want {
				t.Errorf("%q finds %q, %v, want %q", tc.text, got, err, tc.want)
			}
		})
	}
}

// TestViewThatCannotBeAsked: the reason says what is wrong, and a view that somebody may not see is like one that there is not.
func TestViewThatCannotBeAsked(t *testing.T) {
	views := [][3]string{
		{"usr_1", "A", "/search?q=view%3AB"}, {"usr_1", "B", "/search?q=view%3AA"}, {"usr_1", "Self", "/search?q=view%3ASelf"},
		{"usr_2", "Secret plan", "/search?q=disk"}, {"usr_1", "Groups", "/problems?state=confirmed"}, {"usr_1", "Old", "/incidents?service=gone"},
		{"usr_2", "+Twice", "/incidents?sev=1"}, {"usr_3", "+Twice", "/incidents?sev=2"},
	}
	many := ""
	for n := range 21 {
		views = append(views, [3]string{"usr_1", fmt.Sprint("n", n), "/search?q=disk"})
		many += fmt.Sprint(" view:n", n)
	}
	d := viewed(t, views...)
	for _, tc := range []struct{ name, text, want string }{
		{"two that ask for each other", "view:a", `the saved view "A" asks for itself: A, which asks for B, which asks for A`},
		{"one that asks for itself", "view:self", `the saved view "Self" asks for itself`},
		{"unknown", "view:nowhere", `there is no saved view "nowhere" that you may use`},
		{"somebody else's", `view:"secret plan"`, `there is no saved view "secret plan" that you may use`},
		{"somebody else's by id", "view:view_3", `there is no saved view "view_3" that you may use`},
		{"of another list", "view:groups", "is a list of another sort (Recurring problems)"},
		{"what it names is gone", "view:old", `the saved view "Old" cannot be used any more`},
		{"a name that two have", "view:twice", "2 saved views are called \"twice\"; write the id of one: view:view_6 by Responder usr_2, view:view_7 by Responder usr_3"},
		{"too many", many, "more than 20 saved views"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := d.Scope(t.Context(), query.Query{Text: tc.text}, incident.Sight{User: "usr_1"})
			if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Scope(%q): %v, want %q", tc.text, err, tc.want)
			}
		})
	}
}
