package incidenttest

import (
	"slices"
	"testing"

	"hindsight/incident"
)

// testSights lists incidents as people who see different private ones.
func testSights(t *testing.T, s incident.Store) {
	private := func(n int, team incident.ID, a incident.Audience) *incident.Incident {
		return Incident(n, func(i *incident.Incident) { i.Private, i.Team, i.Audience = true, team, a })
	}
	update(t, s, func(tx incident.Tx) error {
		return tx.PutIncidents([]*incident.Incident{
			Incident(0, func(i *incident.Incident) { i.Team = "tea_a" }),
			private(1, "tea_a", incident.Audience{}),
			private(2, "tea_b", incident.NewAudience([]incident.ID{"usr_1"}, nil)),
			private(3, "", incident.NewAudience([]incident.ID{"usr_2"}, []incident.ID{"tea_a", "tea_c"})),
			private(4, "", incident.Audience{}),
		})
	})
	for _, tc := range []struct {
		name  string
		sight incident.Sight
		want  []incident.ID
	}{
		{"nobody", incident.Sight{}, ids(0)},
		{"all", incident.Sight{All: true}, ids(0, 1, 2, 3, 4)},
		{"a member of a team", incident.Sight{User: "usr_9", Teams: []incident.ID{"tea_a"}}, ids(0, 1, 3)},
		{"a member of two", incident.Sight{User: "usr_9", Teams: []incident.ID{"tea_b", "tea_c"}}, ids(0, 2, 3)},
		{"somebody named", incident.Sight{User: "usr_1"}, ids(0, 2)},
		{"somebody named who is in a team", incident.Sight{User: "usr_2", Teams: []incident.ID{"tea_b"}}, ids(0, 2, 3)},
		{"a user who is called as a team", incident.Sight{User: "tea_a"}, ids(0)},
		{"a team that is called as a user", incident.Sight{User: "usr_9", Teams: []incident.ID{"usr_1"}}, ids(0)},
		{"no team is no common team", incident.Sight{User: "usr_9", Teams: []incident.ID{""}}, ids(0)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := list(t, s, incident.Filter{Sight: tc.sight})
			slices.Sort(got)
			slices.Sort(tc.want)
			equal(t, "Incidents", got, tc.want)
			if _, total, _, err := s.Page(t.Context(), incident.Filter{Sight: tc.sight}); err != nil || total != len(tc.want) {
				t.Errorf("Page: total %d and %v, want %d", total, err, len(tc.want))
			}
		})
	}
}
