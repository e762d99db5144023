package analytics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// office is a calendar of a German office: Monday to Friday 09:00 to 17:00, with a holiday on Friday, 3 April 2026.
func office(t *testing.T) incident.Policy {
	c := incident.Calendar{Zone: "Europe/Berlin", Days: []incident.Day{{Date: "2026-04-03", Name: "Good Friday"}}}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Weekly[day] = []incident.Hour{{From: 9 * 60, To: 17 * 60}}
	}
	return policy(t, "cal_office", incident.CalendarPolicy, "Office", 3, c)
}

func policy(t testing.TB, id incident.ID, kind incident.PolicyKind, name string, version int, body any) incident.Policy {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return incident.Policy{ID: id, Kind: kind, Name: name, Version: version, Body: text}
}

// resolution is a promise of four hours from opening to resolution in office hours.
func resolution(change func(*incident.SLAPromise)) incident.Contract {
	p := incident.SLAPromise{Name: "Resolution", Span: "opened..resolved", WithinSeconds: 4 * 3600, Goal: 0.9, Calendar: "cal_office"}
	if change != nil {
		change(&p)
	}
	return incident.Contract{Zone: "Europe/Berlin", Window: incident.Window{Every: incident.Quarter}, Promises: []incident.SLAPromise{p}}
}

func gold(t *testing.T, c incident.Contract) analytics.Agreement {
	t.Helper()
	a := analytics.NewAgreement(policy(t, "con_gold", incident.ContractPolicy, "Gold", 1, c), []incident.Policy{office(t)})
	if a.Problem != "" {
		t.Fatalf("NewAgreement: %s", a.Problem)
	}
	return a
}

// lived is an incident opened and resolved at clock times of Berlin, "" for not, that went through statuses, each
// "2026-03-27 16:00 On Hold"; "Resolved" is over.
func lived(t *testing.T, id, opened, resolved string, statuses ...string) *incident.Incident {
	t.Helper()
	inc := &incident.Incident{ID: incident.ID(id), Number: id, Kind: incident.Real, Status: incident.Investigating, PriorityRaw: "P1",
		Services: []incident.ServiceUse{{Service: "svc_web", Name: "Web"}}}
	inc.Milestones.Set(incident.Opened, berlin(t, opened), incident.ToSecond, incident.FromField, "test", "")
	if resolved != "" {
		inc.Status = incident.Resolved
		inc.Milestones.Set(incident.ResolvedAt, berlin(t, resolved), incident.ToSecond, incident.FromField, "test", "")
	}
	for _, text := range statuses {
		s := incident.Segment{From: berlin(t, text[:16]), Status: incident.Investigating, StatusRaw: text[17:]}
		if s.StatusRaw == "Resolved" {
			s.Status = incident.Resolved
		}
		if n := len(inc.Segments); n > 0 {
			inc.Segments[n-1].To = s.From
		}
		inc.Segments = append(inc.Segments, s)
	}
	return inc
}

func berlin(t *testing.T, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

var everyState = []analytics.SLAState{analytics.SLAMet, analytics.SLABreached, analytics.SLARunning, analytics.SLAAtRisk, analytics.SLAMissing, analytics.SLAInvalid, analytics.SLACanceled}

// Elapsed times and instants were computed by hand from a calendar of 2026: clocks go forward on Sunday, 29 March.
func TestContractClocks(t *testing.T) {
	hold := func(p *incident.SLAPromise) { p.PauseIn = []string{"on hold"} }
	reopen := func(how incident.Reopen) func(*incident.SLAPromise) {
		return func(p *incident.SLAPromise) { p.Reopen = how }
	}
	always := func(p *incident.SLAPromise) { p.Calendar = "" }
	maintenance := func(approved string) func(*incident.Contract) {
		return func(c *incident.Contract) {
			c.Exclusions = []incident.SLAExclusion{{From: berlin(t, "2026-03-25 10:00"), Until: berlin(t, "2026-03-25 12:00"),
				Services: []incident.ID{"svc_web"}, Reason: "database move", Approver: "Approver One", ApprovedAt: berlin(t, approved)}}
		}
	}
	back := []string{"2026-03-25 09:00 New", "2026-03-25 11:00 Resolved", "2026-03-25 14:00 New", "2026-03-25 15:30 Resolved"}
	for _, tc := range []struct {
		name    string
		promise func(*incident.SLAPromise)
		more    func(*incident.Contract)
		inc     *incident.Incident
		want    string // state, hours on the clock, due and last moment in Berlin
	}{
		{"inside a day, exactly on time", nil, nil, lived(t, "a", "2026-03-25 09:00", "2026-03-25 13:00"), "met 4h due 25 13:00 kept to 25 13:00"},
		{"over a weekend in which clocks change", nil, nil, lived(t, "a", "2026-03-27 15:00", "2026-03-30 11:00"), "met 4h due 30 11:00 kept to 30 11:00"},
		{"the same, around the clock", always, nil, lived(t, "a", "2026-03-27 15:00", "2026-03-30 11:00"), "breached 67h due 27 19:00 kept to 27 19:00"},
		{"over the holiday and Easter's weekend", nil, nil, lived(t, "a", "2026-04-02 16:00", "2026-04-06 13:00"), "breached 5h due 06 12:00 kept to 06 12:00"},
		{"due as hours end, kept until they begin again", nil, nil, lived(t, "a", "2026-03-27 13:00", "2026-03-30 08:59"), "met 4h due 27 17:00 kept to 30 09:00"},
		{"a pause over the weekend takes away office hours alone", hold, nil, lived(t, "a", "2026-03-27 14:00", "2026-03-30 12:00", "2026-03-27 14:00 New", "2026-03-27 16:00 On Hold", "2026-03-30 10:00 New"), "met 4h due 30 12:00 kept to 30 12:00"},
		{"without the pause", nil, nil, lived(t, "a", "2026-03-27 14:00", "2026-03-30 12:00", "2026-03-27 14:00 New", "2026-03-27 16:00 On Hold", "2026-03-30 10:00 New"), "breached 6h due 30 10:00 kept to 30 10:00"},
		{"reopened, the clock ran on", reopen(incident.RunOn), nil, lived(t, "a", "2026-03-25 09:00", "2026-03-25 15:30", back...), "breached 6.5h due 25 13:00 kept to 25 13:00"},
		{"reopened, resumed", reopen(incident.Resume), nil, lived(t, "a", "2026-03-25 09:00", "2026-03-25 15:30", back...), "met 3.5h due 25 16:00 kept to 25 16:00"},
		{"reopened, reset", reopen(incident.Reset), nil, lived(t, "a", "2026-03-25 09:00", "2026-03-25 15:30", back...), "met 1.5h due 26 10:00 kept to 26 10:00"},
		{"reset, but the first run was late", reopen(incident.Reset), nil, lived(t, "a", "2026-03-24 09:00", "2026-03-25 15:30", "2026-03-24 09:00 New", "2026-03-25 09:30 Resolved", "2026-03-25 14:00 New", "2026-03-25 15:30 Resolved"), "breached 8.5h due 24 13:00 kept to 24 13:00"},
		{"excluded by announced maintenance", nil, maintenance("2026-03-20 12:00"), lived(t, "a", "2026-03-25 09:00", "2026-03-25 15:00"), "met 4h due 25 15:00 kept to 25 15:00 excused"},
		{"excluded after the fact", nil, maintenance("2026-03-25 18:00"), lived(t, "a", "2026-03-25 09:00", "2026-03-25 15:00"), "met 4h due 25 15:00 kept to 25 15:00 excused late"},
		{"canceled", func(p *incident.SLAPromise) { p.CancelOn = []string{"Duplicate ticket"} }, nil, lived(t, "a", "2026-03-25 09:00", "", "2026-03-25 09:00 New", "2026-03-25 16:00 Duplicate Ticket"), "canceled 0h"},
		{"ends before it begins", nil, nil, lived(t, "a", "2026-03-25 09:00", "2026-03-25 08:00"), "invalid 0h"},
		{"running, half used", nil, nil, lived(t, "a", "2026-04-08 15:00", ""), "running 2h due 09 11:00 kept to 09 11:00"},
		{"running, three quarters used", nil, nil, lived(t, "a", "2026-04-08 14:00", ""), "at_risk 3h due 09 10:00 kept to 09 10:00"},
		{"running past its time", nil, nil, lived(t, "a", "2026-04-08 10:00", ""), "breached 7h due 08 14:00 kept to 08 14:00"},
		{"of another priority", func(p *incident.SLAPromise) { p.Priorities = []string{"P2"} }, nil, lived(t, "a", "2026-03-25 09:00", "2026-03-25 10:00"), ""},
		{"before the contract", nil, func(c *incident.Contract) { c.From = "2026-03-26" }, lived(t, "a", "2026-03-25 23:59", "2026-03-26 10:00"), ""},
		{"on its first day", nil, func(c *incident.Contract) { c.From = "2026-03-26" }, lived(t, "a", "2026-03-26 00:00", "2026-03-26 10:00"), "met 1h due 26 13:00 kept to 26 13:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := resolution(tc.promise)
			if tc.more != nil {
				tc.more(&c)
			}
			s := snapshot(t, []*incident.Incident{tc.inc})
			q := analytics.Query{Now: berlin(t, "2026-04-08 23:00")}
			got := ""
			for _, x := range s.Clocks(q, []analytics.Agreement{gold(t, c)}, everyState...) {
				got += told(t, x)
			}
			if got != tc.want {
				t.Errorf("clock: %q, want %q", got, tc.want)
			}
		})
	}
}

func told(t *testing.T, c analytics.Clock) string {
	text := fmt.Sprintf("%s %gh", c.State, c.Elapsed/3600)
	zone := berlinZone(t)
	if !c.Due.IsZero() {
		text += fmt.Sprintf(" due %s kept to %s", c.Due.In(zone).Format("02 15:04"), c.BreachAt.In(zone).Format("02 15:04"))
	}
	if c.Excused {
		text += " excused"
	}
	if c.ExcusedLate {
		text += " late"
	}
	return text
}

func berlinZone(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A breach carries its evidence: when it ran, why it stood still, by which calendar, and what the source says.
func TestBreachEvidence(t *testing.T) {
	no := false
	inc := lived(t, "a", "2026-03-27 10:00", "2026-03-30 12:00", "2026-03-27 10:00 New", "2026-03-27 11:00 On Hold", "2026-03-27 13:00 New")
	inc.SLA = []incident.SLACycle{{Goal: "resolution", Name: "Vendor", Breached: &no}}
	s := snapshot(t, []*incident.Incident{inc})
	found := s.Breaches(analytics.Query{}, []analytics.Agreement{gold(t, resolution(func(p *incident.SLAPromise) { p.PauseIn = []string{"On Hold"} }))})
	if len(found) != 1 {
		t.Fatalf("Breaches: %d, want 1", len(found))
	}
	b := found[0]
	// Friday 1 h and 4 h, Monday 3 h.
	if got, want := fmt.Sprintf("%g %g %s %d %s", b.Elapsed/3600, b.Over/3600, b.Calendar, b.CalendarVersion, b.Says), "8 4 Office 3 met"; got != want {
		t.Errorf("breach = %s, want %s", got, want)
	}
	if len(b.Pauses) != 1 || b.Pauses[0].Why != "in status On Hold" || !b.Pauses[0].From.Equal(berlin(t, "2026-03-27 11:00")) || !b.Pauses[0].To.Equal(berlin(t, "2026-03-27 13:00")) {
		t.Errorf("pauses = %+v", b.Pauses)
	}
	if !b.Start.Equal(berlin(t, "2026-03-27 10:00")) || !b.Stop.Equal(berlin(t, "2026-03-30 12:00")) || b.Promise.Name != "Gold: Resolution" || b.Promise.Version != 1 {
		t.Errorf("breach = %+v", b)
	}
}

// Windows begin in the contract's zone, and a dry run says which of them a change would turn.
func TestDryRun(t *testing.T) {
	incs := []*incident.Incident{
		lived(t, "may", "2026-05-06 09:00", "2026-05-06 10:00"),
		lived(t, "first of july", "2026-07-01 00:30", "2026-07-01 12:30"), // still June in UTC; 3:30 h on the clock
		lived(t, "late", "2026-07-07 09:00", "2026-07-07 14:00"),
	}
	s := snapshot(t, incs)
	before := []analytics.Agreement{gold(t, resolution(nil))}
	after := []analytics.Agreement{gold(t, resolution(func(p *incident.SLAPromise) { p.WithinSeconds = 3 * 3600 }))}
	q := analytics.Query{Now: berlin(t, "2026-12-01 12:00")}
	var got []string
	for _, g := range s.Windows(q, before[0]) {
		got = append(got, fmt.Sprint(g.Label, " ", g.Met, " ", g.Breached))
	}
	if want := []string{"Q2 2026 1 0", "Q3 2026 1 1"}; !slices.Equal(got, want) {
		t.Errorf("Windows = %q, want %q", got, want)
	}
	d := s.DryRun(q, before, after)
	if got, want := d.Sentences(), []string{"Q3 2026, Gold: Resolution: from 1 breach to 2, from 1 clock met to 0."}; !slices.Equal(got, want) {
		t.Errorf("Sentences = %q, want %q", got, want)
	}
	if len(d.Clocks) != 1 || d.Clocks[0].ID != "first of july" || d.Clocks[0].Before != analytics.SLAMet || d.Clocks[0].After != analytics.SLABreached {
		t.Errorf("Clocks = %+v, want first of july from met to breached", d.Clocks)
	}
	if same := s.DryRun(q, before, before); len(same.Windows)+len(same.Clocks) != 0 {
		t.Errorf("a change of nothing changes %+v", same)
	}
	gone := s.DryRun(q, before, nil)
	if len(gone.Windows) != 2 || len(gone.Clocks) != 3 || gone.Clocks[0].After != "" {
		t.Errorf("without the contract: %d windows, %d clocks change, want 2 and 3", len(gone.Windows), len(gone.Clocks))
	}
}

func TestRollingWindows(t *testing.T) {
	var incs []*incident.Incident
	for _, day := range []string{"2026-03-02", "2026-03-20", "2026-03-30"} {
		incs = append(incs, lived(t, day, day+" 10:00", day+" 11:00"))
	}
	c := resolution(nil)
	c.Window = incident.Window{Every: incident.Rolling, Days: 14}
	var got []string
	for _, g := range snapshot(t, incs).Windows(analytics.Query{Now: berlin(t, "2026-04-01 12:00")}, gold(t, c)) {
		got = append(got, fmt.Sprint(g.Label, ": ", g.Met))
	}
	want := []string{"14 days to 4 Mar 2026: 1", "14 days to 18 Mar 2026: 0", "14 days to 1 Apr 2026: 2"}
	if !slices.Equal(got, want) {
		t.Errorf("Windows = %q, want %q", got, want)
	}
}

// Contracts and calendars come with the feed, and one that cannot be counted says why.
func TestAgreementsFromTheFeed(t *testing.T) {
	live := analytics.NewLive(time.Now)
	contract := policy(t, "con_gold", incident.ContractPolicy, "Gold", 2, resolution(nil))
	for _, tc := range []struct {
		name     string
		policies []incident.Policy
		want     string
	}{
		{"with its calendar", []incident.Policy{contract, office(t)}, ""},
		{"without its calendar", []incident.Policy{contract}, "there is no calendar cal_office"},
		{"not to be read", []incident.Policy{{ID: "con_gold", Kind: incident.ContractPolicy, Body: json.RawMessage(`[]`)}}, "cannot be read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: []*incident.Incident{made("a", 1, 10)}, Policies: tc.policies}); err != nil {
				t.Fatal(err)
			}
			s := live.Snapshot()
			found := s.Agreements()
			if len(found) != 1 || tc.want == "" != (found[0].Problem == "") || !strings.Contains(found[0].Problem, tc.want) {
				t.Fatalf("Agreements = %+v, want one with the problem %q", found, tc.want)
			}
			if got, want := len(s.SLA(analytics.Query{}, found)) == 1, tc.want == ""; got != want {
				t.Errorf("counted: %v, want %v", got, want)
			}
		})
	}
}
