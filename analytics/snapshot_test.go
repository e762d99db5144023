package analytics_test

import (
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

func TestNamesOfPrivateIncidents(t *testing.T) {
	use := func(id string, private bool, team incident.ID, services ...incident.ID) *incident.Incident {
		inc := made(id, 1, 10)
		inc.Private, inc.Team, inc.Services = private, team, nil
		for _, s := range services {
			inc.Services = append(inc.Services, incident.ServiceUse{Service: s, Name: string(s)})
		}
		return inc
	}
	l := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	mustApply(t, l, incident.Delta{Upto: 1, CaughtUp: true,
		Services: []incident.Service{{ID: "svc_both"}, {ID: "svc_none"}, {ID: "svc_secret"}, {ID: "svc_was"}},
		Teams:    []incident.Team{{ID: "team_both"}, {ID: "team_none"}, {ID: "team_secret"}},
		Incidents: []*incident.Incident{use("a", true, "team_secret", "svc_secret", "svc_both", "svc_was"),
			use("b", true, "team_both"), use("c", false, "team_both", "svc_both"), use("d", false, "", "svc_was")}})
	mustApply(t, l, incident.Delta{Upto: 2, CaughtUp: true, Gone: []incident.ID{"d"}})
	s := l.Snapshot()
	for _, tc := range []struct {
		private         bool
		services, teams []incident.ID
	}{
		{true, []incident.ID{"svc_both", "svc_none", "svc_secret", "svc_was"}, []incident.ID{"team_both", "team_none", "team_secret"}},
		{false, []incident.ID{"svc_both", "svc_none"}, []incident.ID{"team_both", "team_none"}},
	} {
		var services, teams []incident.ID
		for _, x := range s.Services(incident.Sight{All: tc.private}) {
			services = append(services, x.ID)
		}
		for _, x := range s.Teams(incident.Sight{All: tc.private}) {
			teams = append(teams, x.ID)
		}
		if !slices.Equal(services, tc.services) || !slices.Equal(teams, tc.teams) {
			t.Errorf("Services(%v), Teams(%v) = %v, %v, want %v, %v", tc.private, tc.private, services, teams, tc.services, tc.teams)
		}
	}
}
