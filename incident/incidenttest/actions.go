package incidenttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// testActions: action items are found by what they say and by their incidents, what is due first first, and nobody finds those of
// incidents that they may not see.
func testActions(t *testing.T, s incident.Store) {
	ctx := t.Context()
	day := func(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }
	a, b, secret, gone := Incident(1), Incident(2), Incident(3), Incident(4)
	a.Team, a.Private, b.Private, gone.Private = "team_1", false, false, false
	secret.Private, secret.Team, secret.Audience = true, "team_2", incident.Audience{Users: []incident.ID{"usr_1"}}
	a.Actions = []incident.ActionItem{
		{Title: "late", State: "open", Due: day(2), Owner: "Ops", Kind: "prevent", Key: "act_1", Priority: "high", Proof: "no page", Reason: "", URL: "https://example.com/1"},
		{Title: "undated", State: "in_progress", Created: day(1), Owner: "ops", Kind: "detect"},
		{Title: "done", State: "done", Created: day(2), Done: day(3), VerifyBy: day(9), Owner: "Dev"},
	}
	b.Actions = []incident.ActionItem{
		{Title: "early", State: "open", Due: day(1), Owner: "Dev"},
		{Title: "dropped", State: "dropped", Created: day(4), Judged: day(4), Reason: "costs more than it saves"},
		{Title: "plainly done", State: "done", Created: day(3), Done: day(3)},
		{Title: "nobody's", State: "open", Due: day(20)},
	}
	secret.Actions = []incident.ActionItem{{Title: "secret", State: "open", Due: day(1), Owner: "Dev"}}
	gone.Actions = []incident.ActionItem{{Title: "gone", State: "open", Due: day(1)}}
	gone.DeletedAt, gone.DeletedReason = day(5), "gone"
	b.Team = "team_3"
	put(t, s, a, b, secret, gone)
	byID := map[incident.ID]*incident.Incident{a.ID: a, b.ID: b, secret.ID: secret, gone.ID: gone}
	equal(t, "an item comes back as it was put", check(s.Incident(ctx, a.ID))(t, "Incident").Actions, a.Actions)

	open := []string{"open", "in_progress"}
	for _, tc := range []struct {
		name string
		f    incident.ActionFilter
		want string
	}{
		{"all", incident.ActionFilter{}, "7: early late nobody's undated done plainly-done dropped"},
		{"open", incident.ActionFilter{States: open}, "4: early late nobody's undated"},
		{"first two", incident.ActionFilter{States: open, Limit: 2}, "4: early late"},
		{"next two", incident.ActionFilter{States: open, Limit: 2, Skip: 2}, "4: nobody's undated"},
		{"of an owner in any case", incident.ActionFilter{Owners: []string{"OPS"}}, "2: late undated"},
		{"of nobody", incident.ActionFilter{Owners: []string{""}, States: open}, "1: nobody's"},
		{"of a kind", incident.ActionFilter{Kinds: []string{"detect"}}, "1: undated"},
		{"of a team", incident.ActionFilter{Teams: []incident.ID{"team_3"}, States: open}, "2: early nobody's"},
		{"of an incident", incident.ActionFilter{Incident: a.ID, States: open}, "2: late undated"},
		{"of a service that nothing touched", incident.ActionFilter{Services: []incident.ID{"svc_none"}}, "0: "},
		{"of a service", incident.ActionFilter{Services: []incident.ID{a.Services[0].Service}, States: open}, "2: late undated"},
		{"overdue", incident.ActionFilter{States: open, DueTo: day(2)}, "1: early"},
		{"due later, or not at all", incident.ActionFilter{States: open, DueFrom: day(2), Undated: true}, "3: late nobody's undated"},
		{"to be verified", incident.ActionFilter{States: []string{"done"}, Verifiable: true}, "1: done"},
		{"due to be verified", incident.ActionFilter{VerifyTo: day(9)}, "0: "},
		{"private, to who may see it", incident.ActionFilter{States: open, DueTo: day(2), Sight: incident.Sight{User: "usr_1"}}, "2: early secret"},
		{"private, to its team", incident.ActionFilter{States: open, DueTo: day(2), Sight: incident.Sight{User: "usr_2", Teams: []incident.ID{"team_2"}}}, "2: early secret"},
		{"private, to another team", incident.ActionFilter{States: open, DueTo: day(2), Sight: incident.Sight{User: "usr_2", Teams: []incident.ID{"team_1"}}}, "1: early"},
	} {
		places, total, err := s.Actions(ctx, tc.f)
		if err != nil {
			t.Errorf("%s: Actions: %v", tc.name, err)
			continue
		}
		var titles []string
		for _, p := range places {
			titles = append(titles, strings.ReplaceAll(byID[p.Incident].Actions[p.Pos].Title, " ", "-"))
		}
		if got := fmt.Sprintf("%d: %s", total, strings.Join(titles, " ")); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
	owners := check(s.ActionOwners(ctx, incident.ActionFilter{States: open}, 2))(t, "ActionOwners")
	equal(t, "owners of open items", owners, []incident.ActionOwner{{Name: "", N: 1}, {Name: "Dev", N: 1}})
}
