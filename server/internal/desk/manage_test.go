package desk

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// managing is judged with a team, a person and a change that can be named.
func managing(t *testing.T) *Desk {
	t.Helper()
	d := judged(t)
	_, err := d.Store.Update(t.Context(), func(tx incident.Tx) error {
		if err := tx.PutTeams([]incident.Team{incident.NewTeam("Storage")}); err != nil {
			return err
		}
		if err := tx.PutPeople([]incident.Person{{ID: "per_1", Connection: "con_1", ExternalID: "7", Name: "Responder One"}}); err != nil {
			return err
		}
		return tx.PutChangeEvents([]incident.ChangeEvent{{ID: "chg_1", Kind: incident.ChangeDeploy, Title: "Bigger disks", StartedAt: d.Now()}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// stored is what is kept about a problem.
func stored(t *testing.T, d *Desk, id incident.ID) incident.Management {
	t.Helper()
	all, err := d.Store.Managements(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all[id]
}

// TestManage: who writes about a suggested problem takes it over; each edit is a version, a step of the history with what was before
// and after, and can be taken back, the taking over too.
func TestManage(t *testing.T) {
	d := managing(t)
	manage := func(p ManagePatch) incident.Management {
		t.Helper()
		m, _, err := d.Manage(t.Context(), "p", p, "editor")
		if err != nil {
			t.Fatalf("Manage(%+v): %v", p, err)
		}
		return m
	}
	manage(ManagePatch{Sight: incident.Sight{All: true}, Owner: new("storage"), Workaround: new("Delete logs\r\n")})
	if got, want := board(t, d), "confirmed Problem p: a b c; suggested Problem q: d e"; got != want {
		t.Errorf("after taking it over: %s, want %s", got, want)
	}
	m := manage(ManagePatch{Sight: incident.Sight{All: true}, Version: new(1), Stage: new("known_error"), Owner: new("Responder One"), ExitDays: new(60), Change: new("chg_1")})
	if m.OwnerName != "Responder One" || m.Owner != "per_1" || m.Workaround != "Delete logs" || m.Change != "chg_1" || m.Version != 2 {
		t.Errorf("second version = %+v", m)
	}
	if got, want := strings.Join(m.Lacks(), ", "), "a described cause"; got != want {
		t.Errorf("Lacks = %q, want %q", got, want)
	}
	events, err := d.Store.ProblemEvents(t.Context(), "p", 10)
	if err != nil || len(events) != 2 {
		t.Fatalf("%d steps, %v, want 2", len(events), err)
	}
	want := []incident.FieldChange{{Field: "stage", Before: "open", After: "known error"}, {Field: "owner", Before: "Storage", After: "Responder One"},
		{Field: "exit_days", Before: "", After: "60 days without an incident"}, {Field: "change", Before: "", After: "chg_1"}}
	if got := ManagedChanges(events[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("the newest step changed %+v, want %+v", got, want)
	}
	if _, _, err := d.Decide(t.Context(), "p", Verdict{Action: "undo", Event: events[1].N}, "editor"); !errors.Is(err, incident.ErrConflict) {
		t.Errorf("taking the older edit back first: %v, want ErrConflict", err)
	}
	for i, e := range events {
		if _, _, err := d.Decide(t.Context(), "p", Verdict{Action: "undo", Event: e.N}, "another"); err != nil {
			t.Fatalf("taking edit %d back: %v", i, err)
		}
		switch m := stored(t, d, "p"); {
		case i == 0 && (m.OwnerName != "Storage" || m.Stage != incident.StageOpen || m.Version != 3 || m.By != "another"):
			t.Errorf("after taking the second edit back: %+v", m)
		case i == 1 && m.Managed():
			t.Errorf("after taking both back: %+v", m)
		}
	}
	if got, want := board(t, d), "suggested Problem p: a b c; suggested Problem q: d e"; got != want {
		t.Errorf("after taking the taking over back: %s, want %s", got, want)
	}
}

// TestManageMeanwhile: of two who saw one version the second is told what the first changed, and nothing of the first is lost.
func TestManageMeanwhile(t *testing.T) {
	d := managing(t)
	for i, text := range []string{"Restart it", "Restart both"} {
		if _, _, err := d.Manage(t.Context(), "p", ManagePatch{Sight: incident.Sight{All: true}, Version: &i, Workaround: new(text)}, "first"); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := d.Manage(t.Context(), "p", ManagePatch{Sight: incident.Sight{All: true}, Version: new(1), Workaround: new("Wait")}, "second")
	var meanwhile *MeanwhileError
	if !errors.As(err, &meanwhile) || !errors.Is(err, incident.ErrConflict) {
		t.Fatalf("Manage of an old version: %v, want a conflict", err)
	}
	if want := []incident.FieldChange{{Field: "workaround", Before: "Restart it", After: "Restart both"}}; !reflect.DeepEqual(meanwhile.Changes, want) {
		t.Errorf("meanwhile changed %+v, want %+v", meanwhile.Changes, want)
	}
	if got := stored(t, d, "p").Workaround; got != "Restart both" {
		t.Errorf("the workaround is %q, want the first writer's", got)
	}
}

// TestManageRefuses: what cannot be is refused with its field, and nothing is written.
func TestManageRefuses(t *testing.T) {
	d := managing(t)
	for field, p := range map[string]ManagePatch{
		"owner":       {Owner: new("Nobody Known")},
		"stage":       {Stage: new("done")},
		"change":      {Change: new("javascript:alert(1)")},
		"exit_days":   {ExitDays: new(-1)},
		"resolved_at": {Stage: new("resolved"), ResolvedAt: new(d.Now().Add(time.Hour))},
		"workaround":  {Workaround: new(strings.Repeat("x", 20_001))},
	} {
		p.Sight = incident.Sight{All: true}
		_, _, err := d.Manage(t.Context(), "p", p, "editor")
		var wrong *incident.FieldError
		if !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("Manage with a wrong %s: %v", field, err)
		}
	}
	if got := stored(t, d, "p"); got.Version != 0 {
		t.Errorf("something was written: %+v", got)
	}
	if _, _, err := d.Decide(t.Context(), "q", Verdict{Action: "reject"}, "editor"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Manage(t.Context(), "q", ManagePatch{Sight: incident.Sight{All: true}, Owner: new("Storage")}, "editor"); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Manage of a rejected problem: %v, want ErrInvalid", err)
	}
}

// TestMergeAdopts: a problem that nobody wrote about takes over what was written about the one that becomes part of it, until the merge is
// taken back.
func TestMergeAdopts(t *testing.T) {
	d := managing(t)
	if _, _, err := d.Manage(t.Context(), "q", ManagePatch{Sight: incident.Sight{All: true}, Workaround: new("Restart it")}, "editor"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Decide(t.Context(), "p", Verdict{Action: "merge", Other: "q"}, "editor"); err != nil {
		t.Fatal(err)
	}
	if got := stored(t, d, "p").Workaround; got != "Restart it" {
		t.Errorf("after merging the workaround is %q", got)
	}
	events, err := d.Store.ProblemEvents(t.Context(), "p", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Decide(t.Context(), "p", Verdict{Action: "undo", Event: events[0].N}, "editor"); err != nil {
		t.Fatal(err)
	}
	if p, q := stored(t, d, "p"), stored(t, d, "q"); p.Managed() || q.Workaround != "Restart it" {
		t.Errorf("after taking the merge back: %+v and %+v", p, q)
	}
}

// TestReturned: a resolved problem counts what began since, and its criterion is measured from the newest incident.
func TestReturned(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, n, 9, 0, 0, 0, time.UTC) }
	m := incident.Management{Stage: incident.StageResolved, ResolvedAt: day(3), ExitDays: 10}
	if got, want := m.Returned([]time.Time{day(20), day(1), day(15)}), (incident.Return{N: 2, First: day(15), Last: day(20), After: 12 * 24 * time.Hour}); got != want {
		t.Errorf("Returned = %+v, want %+v", got, want)
	}
	for _, tc := range []struct {
		name string
		now  time.Time
		open int
		want incident.Exit
	}{
		{"a moment too early", day(30).Add(-time.Second), 0, incident.Exit{Asked: 10, Days: 9, Last: day(20)}},
		{"to the second", day(30), 0, incident.Exit{Asked: 10, Days: 10, Last: day(20), Met: true}},
		{"one goes on", day(30), 1, incident.Exit{Asked: 10, Open: 1, Last: day(20)}},
	} {
		if got := m.Exit(day(20), tc.open, tc.now); got != tc.want {
			t.Errorf("%s: Exit = %+v, want %+v", tc.name, got, tc.want)
		}
	}
	if got := m.Exit(time.Time{}, 0, day(30)); got.Met {
		t.Errorf("Exit without a date = %+v, want not met", got)
	}
}
