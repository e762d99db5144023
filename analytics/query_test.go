package analytics_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// zoo returns one incident for each thing that a query tells apart. All opened at noon UTC, in January 2026.
func zoo() []*incident.Incident {
	change := func(id string, day, minutes int, f func(*incident.Incident)) *incident.Incident {
		inc := made(id, day, minutes)
		f(inc)
		return inc
	}
	use := func(ids ...incident.ID) []incident.ServiceUse {
		var uses []incident.ServiceUse
		for _, id := range ids {
			uses = append(uses, incident.ServiceUse{Service: id, Name: string(id) + " as written"})
		}
		return uses
	}
	return []*incident.Incident{
		change("plain", 1, 10, func(i *incident.Incident) { i.Team = "team_a"; i.Tags = []string{"dns", "eu"} }),
		change("both", 2, 20, func(i *incident.Incident) { i.Services = use("svc_web", "svc_db"); i.Severity = incident.Sev1 }),
		change("db", 3, 30, func(i *incident.Incident) {
			i.Services = use("svc_db")
			i.PriorityRaw = "P1"
			i.Ref.Connection = "con_1"
		}),
		change("nowhere", 4, 40, func(i *incident.Incident) { i.Services, i.Severity, i.PriorityRaw = nil, incident.SevUnknown, "" }),
		change("private", 5, 50, func(i *incident.Incident) { i.Private = true }),
		change("drill", 6, 60, func(i *incident.Incident) { i.Kind = incident.Drill }),
		change("canceled drill", 6, 61, func(i *incident.Incident) { i.Kind, i.Status = incident.Drill, incident.Canceled }),
		change("merged", 7, 70, func(i *incident.Incident) { i.Status = incident.Merged }),
		change("excluded", 8, 80, func(i *incident.Incident) { i.ExcludeReason = "duplicate data" }),
		change("open", 9, 0, func(i *incident.Incident) { i.Status, i.Milestones = incident.Triggered, i.Milestones[:1] }),
		change("missing", 10, 0, func(i *incident.Incident) { i.Milestones = i.Milestones[:1] }),
		change("invalid", 11, -5, func(*incident.Incident) {}),
		change("timeless", 12, 0, func(i *incident.Incident) { i.Milestones = nil }),
	}
}

func TestQuerySelects(t *testing.T) {
	s := snapshot(t, zoo())
	day := func(d int) time.Time { return time.Date(2026, 1, d, 12, 0, 0, 0, time.UTC) }
	for _, tc := range []struct {
		name  string
		q     analytics.Query
		which analytics.Outcome
		want  []incident.ID
	}{
		{"recorded", analytics.Query{}, analytics.Recorded, []incident.ID{"plain", "both", "db", "nowhere"}},
		{"open", analytics.Query{}, analytics.Open, []incident.ID{"open"}},
		{"missing", analytics.Query{}, analytics.Missing, []incident.ID{"timeless", "missing"}},
		{"invalid", analytics.Query{}, analytics.Invalid, []incident.ID{"invalid"}},
		{"left out", analytics.Query{}, analytics.Excluded, []incident.ID{"canceled drill", "drill", "merged", "excluded"}},
		{"all that count", analytics.Query{}, analytics.AnyOutcome, []incident.ID{"timeless", "plain", "both", "db", "nowhere", "open", "missing", "invalid"}},
		{"private too", analytics.Query{Sight: incident.Sight{All: true}}, analytics.Recorded, []incident.ID{"plain", "both", "db", "nowhere", "private"}},
		{"a service", analytics.Query{Services: []incident.ID{"svc_db"}}, analytics.Recorded, []incident.ID{"both", "db"}},
		{"an unknown service", analytics.Query{Services: []incident.ID{"svc_x"}}, analytics.AnyOutcome, nil},
		{"a team", analytics.Query{Teams: []incident.ID{"team_a"}}, analytics.Recorded, []incident.ID{"plain"}},
		{"severities", analytics.Query{Severities: []incident.Severity{incident.Sev1, incident.SevUnknown}}, analytics.Recorded, []incident.ID{"both", "nowhere"}},
		{"a priority", analytics.Query{Priorities: []string{"P1"}}, analytics.Recorded, []incident.ID{"db"}},
		{"a connection", analytics.Query{Connections: []incident.ID{"con_1"}}, analytics.Recorded, []incident.ID{"db"}},
		{"a tag", analytics.Query{Tags: []string{"eu", "other"}}, analytics.Recorded, []incident.ID{"plain"}},
		{"drills count when asked for", analytics.Query{Kinds: []incident.Kind{incident.Drill}}, analytics.Recorded, []incident.ID{"drill"}},
		{"canceled drills do not", analytics.Query{Kinds: []incident.Kind{incident.Drill}}, analytics.Excluded, []incident.ID{"canceled drill"}},
		{"from is inside, to is not", analytics.Query{From: day(2), To: day(4)}, analytics.Recorded, []incident.ID{"both", "db"}},
		{"without a start it fits no period", analytics.Query{From: day(2), To: day(4)}, analytics.Excluded, []incident.ID{"timeless"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.q.Span = toResolve(t).Span
			var got []incident.ID
			for _, c := range s.Cases(tc.q, tc.which) {
				got = append(got, c.ID)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("Cases(%q) = %q, want %q", tc.which, got, tc.want)
			}
		})
	}
}

func TestDurationsAgreeWithTheirIncidents(t *testing.T) {
	s := snapshot(t, zoo())
	q := toResolve(t)
	q.Now = time.Date(2026, 1, 9, 15, 0, 0, 0, time.UTC)
	g := s.Durations(q)[0]
	for which, n := range map[analytics.Outcome]int{
		analytics.Recorded: g.N, analytics.Open: g.NOpen, analytics.Missing: g.NMissing, analytics.Invalid: g.NInvalid,
	} {
		if got := len(s.Cases(q, which)); got != n {
			t.Errorf("%d incidents are %s, the group says %d", got, which, n)
		}
	}
	if got, want := fmt.Sprint(g.LeftOut), "[{drill 2} {duplicate data 1} {merged 1}]"; got != want {
		t.Errorf("LeftOut = %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(g.OpenValues), "[10800]"; got != want { // three hours by then
		t.Errorf("OpenValues = %s, want %s", got, want)
	}
}

// heads writes the groups as "key=label:n".
func heads(groups []analytics.CountGroup) []string {
	var out []string
	for _, g := range groups {
		out = append(out, fmt.Sprintf("%s=%s:%d", g.Key, g.Label, g.N))
	}
	return out
}

func TestGroups(t *testing.T) {
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	mustApply(t, live, incident.Delta{
		Upto: 1, CaughtUp: true, Incidents: zoo(),
		Services: []incident.Service{{ID: "svc_web", Name: "Web shop"}}, Teams: []incident.Team{{ID: "team_a", Name: "Team A"}},
	})
	s := live.Snapshot()
	for _, tc := range []struct {
		name string
		q    analytics.Query
		want []string
	}{
		{"nothing", analytics.Query{}, []string{"=all:8"}},
		{"nothing selected", analytics.Query{Tags: []string{"none"}}, []string{"=all:0"}},
		{"service", analytics.Query{GroupBy: analytics.ByService}, []string{"svc_web=Web shop:6", "svc_db=svc_db as written:2", "=no service:1"}},
		{"one service only", analytics.Query{GroupBy: analytics.ByService, Services: []incident.ID{"svc_db"}}, []string{"svc_db=svc_db as written:2"}},
		{"team", analytics.Query{GroupBy: analytics.ByTeam}, []string{"team_a=Team A:1", "=no team:7"}},
		{"severity", analytics.Query{GroupBy: analytics.BySeverity}, []string{"SEV1=SEV1:1", "SEV2=SEV2:6", "unset=unset:1"}},
		{"priority", analytics.Query{GroupBy: analytics.ByPriority}, []string{"P2=P2:6", "P1=P1:1", "=no priority:1"}},
		{"source", analytics.Query{GroupBy: analytics.BySource}, []string{"con_1=test:1", "=no source:7"}},
		{"week", analytics.Query{GroupBy: analytics.ByWeek}, []string{"2026-W01=2026-W01:4", "2026-W02=2026-W02:3", "=no start time:1"}},
		{"month", analytics.Query{GroupBy: analytics.ByMonth, From: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)},
			[]string{"2025-12=Dec 2025:0", "2026-01=Jan 2026:7", "=no start time:0"}},
		{"quarter", analytics.Query{GroupBy: analytics.ByQuarter, Services: []incident.ID{"svc_db"}}, []string{"2026-Q1=Q1 2026:2"}},
		{"year up to the last incident", analytics.Query{GroupBy: analytics.ByYear, Services: []incident.ID{"svc_db"}, Now: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)}, []string{"2026=2026:2"}},
		{"custom", analytics.Query{GroupBy: analytics.ByCustom("cause"), Services: []incident.ID{"svc_db"}}, []string{"=no cause:2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := heads(s.Counts(tc.q)); !slices.Equal(got, tc.want) {
				t.Errorf("Counts = %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPeriodsAreClipped(t *testing.T) {
	s := snapshot(t, zoo())
	q := analytics.Query{
		GroupBy: analytics.ByWeek, From: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 1, 19, 0, 0, 0, 0, time.UTC),
		Now: time.Date(2026, 1, 14, 0, 0, 0, 0, time.UTC),
	}
	var got []string
	for _, g := range s.Counts(q) {
		got = append(got, fmt.Sprintf("%s %s %s %v %.0f", g.Key, g.From.Format("0102"), g.To.Format("0102"), g.Partial, g.Days))
	}
	want := []string{"2026-W01 0102 0105 true 3", "2026-W02 0105 0112 false 7", "2026-W03 0112 0119 true 2"}
	if got = got[:len(got)-1]; !slices.Equal(got, want) { // the last one holds the incident without a start
		t.Errorf("Counts by week = %q, want %q", got, want)
	}
}

func TestTimesBefore1970(t *testing.T) {
	old := made("old", 1, 0)
	old.Milestones = nil
	old.Milestones.Set(incident.Opened, time.Date(1969, 7, 20, 20, 17, 0, 0, time.UTC), incident.ToMinute, incident.FromField, "test", "")
	s := snapshot(t, []*incident.Incident{old})
	if got, want := heads(s.Counts(analytics.Query{GroupBy: analytics.ByMonth})), []string{"1969-07=Jul 1969:1"}; !slices.Equal(got, want) {
		t.Errorf("Counts by month = %q, want %q", got, want)
	}
}

func TestParseDimension(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want analytics.Dimension
		ok   bool
	}{
		{"", analytics.ByNothing, true}, {"none", analytics.ByNothing, true}, {"month", analytics.ByMonth, true},
		{"custom:category", analytics.ByCustom("category"), true}, {"custom:", "", false}, {"colour", "", false},
	} {
		got, err := analytics.ParseDimension(tc.in)
		if got != tc.want || (err == nil) != tc.ok || err != nil && !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("ParseDimension(%q) = %q, %v, want %q, ok %v", tc.in, got, err, tc.want, tc.ok)
		}
	}
}

func FuzzParseDimension(f *testing.F) {
	for _, d := range analytics.Dimensions() {
		f.Add(string(d))
	}
	f.Add("custom:category")
	s := snapshot(f, zoo())
	f.Fuzz(func(t *testing.T, text string) {
		d, err := analytics.ParseDimension(text)
		if err != nil {
			if !errors.Is(err, incident.ErrInvalid) {
				t.Errorf("ParseDimension(%q): %v is not ErrInvalid", text, err)
			}
			return
		}
		if groups := s.Counts(analytics.Query{GroupBy: d}); len(groups) == 0 {
			t.Errorf("Counts by %q: no group", d)
		}
	})
}
