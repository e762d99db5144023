package analytics_test

import (
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// hardship is an incident opened at a time in UTC, with the people who worked on it for an hour.
func hardship(t *testing.T, id, opened string, people ...string) analytics.Hardship {
	t.Helper()
	inc := &incident.Incident{ID: incident.ID(id), Kind: incident.Real, Status: incident.Resolved}
	from := at(t, opened)
	inc.Milestones.Set(incident.Opened, from, incident.ToSecond, incident.FromField, "test", "")
	for _, name := range people {
		inc.People = append(inc.People, incident.Participation{Name: name, Role: "responder", From: from, To: from.Add(time.Hour)})
	}
	return analytics.Hardship{Incident: inc}
}

// TestTeamLoad: five interruptions of two weeks, by the clock of Berlin, which is an hour ahead of UTC in January.
func TestTeamLoad(t *testing.T) {
	monday := hardship(t, "a", "2026-01-05T07:30", "Responder One", "Responder Two", "Responder Three")       // 08:30: business
	night := hardship(t, "b", "2026-01-05T21:30", "Responder Four")                                           // 22:30: sleep
	saturday := hardship(t, "c", "2026-01-10T10:00", "Responder One")                                         // off
	twice := hardship(t, "d", "2026-01-10T10:30", "responder one ")                                           // off, half an hour of it beside c
	twice.Timeline = []incident.TimelineEvent{{Kind: incident.EventEscalated, At: at(t, "2026-01-11T22:00")}, // 23:00 on Sunday: sleep
		{Kind: incident.EventAssigned, At: at(t, "2026-01-10T10:31"), Text: "to One"}, {Kind: incident.EventAssigned, At: at(t, "2026-01-10T10:40"), Text: "to Two"}}
	night.Timeline = []incident.TimelineEvent{{Kind: incident.EventNote, At: at(t, "2026-01-05T21:40")}}
	all := []analytics.Hardship{monday, night, saturday, twice}
	team := analytics.TeamLoad{Team: "team_red", Hours: incident.StandardHours()}
	team.Hours.Zone = "Europe/Berlin"
	from, to := at(t, "2026-01-05T00:00"), at(t, "2026-01-19T00:00")

	got, err := analytics.MeasureTeam(team, from, to, to, all, []string{"responder five"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Withheld != "" || got.People != 5 || got.Interruptions != 5 || got.Business != 1 || got.Off != 2 || got.Sleep != 2 {
		t.Errorf("MeasureTeam = %q, people %d, interruptions %d: %d business, %d off, %d sleep; want shown, 5, 5: 1, 2, 2", got.Withheld, got.People, got.Interruptions, got.Business, got.Off, got.Sleep)
	}
	approx(t, "per week", got.PerWeek.Value, 2.5)
	approx(t, "sleep share", got.SleepShare.Value, 0.4)
	approx(t, "overlap", got.Overlap.Value, 0.5/6) // six hours of people on incidents, half an hour of them twice
	approx(t, "escalated", got.Escalated.Value, 0.25)
	approx(t, "reassigned", got.Reassigned.Value, 0.25)
	if !slices.Equal(got.Levels, []int{3, 1, 0, 0}) || got.Reopened.Known() {
		t.Errorf("levels = %v, reopened %+v, want 3 never and 1 once, and nobody to tell of reopening", got.Levels, got.Reopened)
	}

	if quiet, err := analytics.MeasureTeam(team, from, to, to, all[:3], nil); err != nil || quiet.Escalated.Known() || quiet.Escalated.Reason != "no source of these incidents tells of escalations" {
		t.Errorf("escalated of a source that never tells = %+v (%v), want no figure", quiet.Escalated, err)
	}
	few, err := analytics.MeasureTeam(team, from, to, to, all, nil) // four people
	if err != nil || few.Withheld != analytics.TooFewPeople || few.Interruptions+few.Business+few.Off+few.Sleep != 0 || few.SleepShare.Known() || few.Gini != nil || few.Overlap.Known() {
		t.Errorf("MeasureTeam of four people = %+v (%v), want their load withheld", few, err)
	}
	team.Hours.Zone = "Nowhere"
	if _, err := analytics.MeasureTeam(team, from, to, to, all, nil); err == nil {
		t.Error("MeasureTeam in an unknown zone is no error")
	}
}

func TestLearn(t *testing.T) {
	lesson := func(id string, day int, problem string, actions ...incident.ActionItem) analytics.Lesson {
		inc := &incident.Incident{ID: incident.ID(id), Kind: incident.Real, Actions: actions}
		inc.Milestones.Set(incident.Opened, hourly(float64(24*day)), incident.ToSecond, incident.FromField, "test", "")
		return analytics.Lesson{Incident: inc, Problem: problem}
	}
	done, open := incident.ActionItem{Title: "done", State: "done"}, incident.ActionItem{Title: "open", State: "open", Due: hourly(24 * 110)}
	earlier, again, other := lesson("a", 5, "db", open), lesson("b", 94, "db", done, open), lesson("c", 100, "", done)
	late := lesson("d", 101, "db2")
	again.Retrospective, again.Incident.Factors = true, []incident.Factor{{Text: "a full disk"}}
	l := analytics.Learn(hourly(24*90), hourly(24*120), hourly(24*200), []analytics.Lesson{earlier, again, other, late})
	want := []int{1, 1, 2, 1}
	for i, step := range l.Funnel {
		if step.N != want[i] {
			t.Errorf("%s: %d, want %d", step.Name, step.N, want[i])
		}
	}
	// b came 89 days after a; the items of a belong to another period.
	if l.Incidents != 3 || len(l.Repeats.Incidents) != 1 || l.Repeats.Incidents[0] != "b" || l.Repeats.Unclassified != 1 || len(l.Overdue) != 1 || l.Actions.Done != 2 || l.Actions.Total != 3 {
		t.Errorf("Learn = %+v, want 3 incidents, b a repeat, one without a problem, one item of three overdue", l)
	}
	approx(t, "repeat rate", l.Repeats.Rate.Value, 1.0/3)
	if l.Actions.OnTime.Known() || l.Actions.OnTime.Reason == "" {
		t.Errorf("on time = %+v, want the reason that nobody says when", l.Actions.OnTime)
	}
	if none := analytics.Learn(hourly(0), hourly(1), hourly(2), nil); none.Incidents != 0 || none.Funnel[0].Share.Known() {
		t.Errorf("Learn of nothing = %+v", none)
	}
}

// TestActionTimes: of three items that are due and dated one was done in time. Ages are 10 and 20 days, and one is open for 105: half are
// done after 20.
func TestActionTimes(t *testing.T) {
	day := func(n float64) time.Time { return hourly(24 * n) }
	item := func(state string, created, due, done time.Time) incident.ActionItem {
		return incident.ActionItem{Title: state, State: state, Created: created, Due: due, Done: done}
	}
	inc := &incident.Incident{ID: "a", Kind: incident.Real, Actions: []incident.ActionItem{
		item("done", day(95), day(110), day(105)), item("done", day(95), day(100), day(115)), item("open", day(95), day(110), time.Time{}),
		item("done", day(95), day(110), time.Time{}), item("open", time.Time{}, day(250), time.Time{})}}
	inc.Milestones.Set(incident.Opened, day(94), incident.ToSecond, incident.FromField, "test", "")
	l := analytics.Learn(day(90), day(120), day(200), []analytics.Lesson{{Incident: inc}})
	approx(t, "share in time", l.Actions.OnTime.Value, 1.0/3)
	approx(t, "median age", l.Age.Value, 20*24*3600)
	if l.Age.N != 3 || l.Undated != 1 || l.Ageless != 1 || l.Actions.Done != 3 || l.Actions.Total != 5 {
		t.Errorf("Learn = %+v, want an age of 3 items, one done without a time and one without an age", l)
	}
}
