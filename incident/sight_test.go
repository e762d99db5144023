package incident_test

import (
	"testing"

	"hindsight/incident"
)

func TestSight(t *testing.T) {
	shared := incident.NewAudience([]incident.ID{"usr_named"}, []incident.ID{"tea_named"})
	for _, tc := range []struct {
		name  string
		sight incident.Sight
		team  incident.ID
		to    incident.Audience
		want  bool
	}{
		{"nobody", incident.Sight{}, "tea_1", shared, false},
		{"who sees all", incident.Sight{All: true}, "", incident.Audience{}, true},
		{"a member of the team", incident.Sight{User: "usr_1", Teams: []incident.ID{"tea_0", "tea_1"}}, "tea_1", incident.Audience{}, true},
		{"a member of another team", incident.Sight{User: "usr_1", Teams: []incident.ID{"tea_2"}}, "tea_1", shared, false},
		{"a member of a team that was let in", incident.Sight{User: "usr_1", Teams: []incident.ID{"tea_named"}}, "tea_1", shared, true},
		{"somebody who was let in", incident.Sight{User: "usr_named"}, "tea_1", shared, true},
		{"a token of no user", incident.Sight{}, "", incident.Audience{}, false},
		{"no team is no common team", incident.Sight{User: "usr_1", Teams: []incident.ID{""}}, "", incident.Audience{}, false},
	} {
		inc := &incident.Incident{Private: true, Team: tc.team, Audience: tc.to}
		if got := inc.SeenBy(tc.sight); got != tc.want {
			t.Errorf("%s: SeenBy = %t, want %t", tc.name, got, tc.want)
		}
		inc.Private = false
		if !inc.SeenBy(tc.sight) {
			t.Errorf("%s: a public incident is not seen", tc.name)
		}
	}
}

// What is kept for one sight must never be found by another that sees less or more.
func TestKeysOfSights(t *testing.T) {
	seen := map[string]incident.Sight{}
	for _, s := range []incident.Sight{
		{}, {All: true}, {User: "a"}, {User: "b"}, {User: "a", Teams: []incident.ID{"x"}}, {User: "a", Teams: []incident.ID{"x", "y"}},
		{User: "a", Teams: []incident.ID{"x\" \"y"}}, {User: "a", Teams: []incident.ID{"x y"}}, {Teams: []incident.ID{"x"}}, {User: "all"}, {User: "none"},
	} {
		if other, taken := seen[s.Key()]; taken {
			t.Errorf("%+v and %+v share the key %q", s, other, s.Key())
		}
		seen[s.Key()] = s
	}
	if (incident.Sight{All: true, User: "a"}).Key() != (incident.Sight{All: true}).Key() {
		t.Error("two who see all have different keys")
	}
}
