package desk

import (
	"errors"
	"slices"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/store/storetest"
)

// gold promises resolution within two hours; the sample incidents take one.
func gold(calendar incident.ID) incident.Contract {
	return incident.Contract{Window: incident.Window{Every: incident.Quarter}, Promises: []incident.SLAPromise{
		{Name: "Resolution", Span: "opened..resolved", WithinSeconds: 7200, Goal: 0.9, Calendar: calendar}}}
}

func TestContractVersions(t *testing.T) {
	ctx := t.Context()
	d := &Desk{Store: storetest.SQLite(t), Live: analytics.NewLive(time.Now), Now: func() time.Time { return noon }}
	follow := func() {
		policies, err := d.Store.Policies(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Live.Apply(ctx, incident.Delta{Upto: 1, CaughtUp: true, Incidents: []*incident.Incident{incidenttest.Incident(0)}, Policies: policies}); err != nil {
			t.Fatal(err)
		}
	}
	hours := incident.Calendar{Zone: "Europe/Berlin"}
	hours.Weekly[time.Monday] = []incident.Hour{{From: 9 * 60, To: 17 * 60}}
	calendar, _, err := d.SaveCalendar(ctx, PolicyChange{Name: "Office", By: "ada"}, hours)
	if err != nil {
		t.Fatal(err)
	}
	saved, _, err := d.SaveContract(ctx, PolicyChange{Name: "Gold", By: "ada"}, gold(calendar.ID))
	if err != nil {
		t.Fatal(err)
	}
	follow()
	tighter := gold(calendar.ID)
	tighter.Promises[0].WithinSeconds = 1800
	change := PolicyChange{ID: saved.ID, Version: 1, Name: "Gold", Note: "renewed", By: "ada"}

	run, err := d.TryContract(ctx, change, tighter, analytics.Query{Now: noon})
	if want := []string{"Q1 2025, Gold: Resolution: from 0 breaches to 1, from 1 clock met to 0."}; err != nil || !slices.Equal(run.Sentences, want) || len(run.Changes) != 1 {
		t.Errorf("TryContract = %+v, %v, want %q and one change", run, err, want)
	}
	if _, _, err = d.SaveContract(ctx, change, tighter); err != nil {
		t.Fatal(err)
	}
	_, _, err = d.SaveContract(ctx, change, gold(calendar.ID))
	if !errors.Is(err, incident.ErrConflict) {
		t.Errorf("saving over a version that is not known = %v, want a conflict", err)
	}
	_, _, err = d.SaveContract(ctx, PolicyChange{Name: "Silver"}, gold("cal_nowhere"))
	refused(t, err, "there is no calendar cal_nowhere")
	_, err = d.RemovePolicy(ctx, calendar.ID, incident.CalendarPolicy, "ada")
	refused(t, err, "in use: Gold")

	follow()
	c, err := d.Contract(ctx, saved.ID, 0, analytics.Query{Now: noon})
	if err != nil || len(c.Versions) != 2 || c.Versions[0].Note != "renewed" || len(c.Breaches) != 1 || c.Breaches[0].OverSeconds != 1740 || c.Breaches[0].CalendarVersion != 1 {
		t.Errorf("Contract = %+v, %v, want two versions and a breach by 29 minutes, for it was opened a minute after it began", c, err)
	}
	old, err := d.Contract(ctx, saved.ID, 1, analytics.Query{Now: noon})
	if err != nil || len(old.Breaches) != 0 || old.Windows[0].Counters["met"] != 1 {
		t.Errorf("Contract, version 1 = %+v, %v, want it kept", old, err)
	}
	// Without Monday's hours the hour of the sample incident does not count.
	hours.Days = []incident.Day{{Date: "2025-01-06", Name: "Epiphany"}}
	off, err := d.TryCalendar(ctx, calendar.ID, hours, analytics.Query{Now: noon})
	if err != nil || len(off.Changes) != 1 || off.Changes[0].Before != "breached" || off.Changes[0].After != "met" {
		t.Errorf("TryCalendar = %+v, %v, want the breach gone", off, err)
	}
	if _, err := d.RemovePolicy(ctx, saved.ID, incident.ContractPolicy, "ada"); err != nil {
		t.Fatal(err)
	}
	if gone, err := d.Contract(ctx, saved.ID, 0, analytics.Query{Now: noon}); err != nil || !gone.Removed || len(gone.Versions) != 3 {
		t.Errorf("Contract after its removal = %+v, %v, want its versions", gone, err)
	}
}

// TestCalendarOfADuration: a calendar is kept as long as a duration is counted in it.
func TestCalendarOfADuration(t *testing.T) {
	ctx := t.Context()
	d := &Desk{Store: storetest.SQLite(t), Live: analytics.NewLive(time.Now), Now: func() time.Time { return noon }}
	calendar, _, err := d.SaveCalendar(ctx, PolicyChange{Name: "Always"}, incident.Calendar{Always: true})
	if err != nil {
		t.Fatal(err)
	}
	span, err := incident.ParseSpan("opened..mitigated")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SaveDuration(ctx, "Time to calm", incident.UserDuration{From: span.From, To: span.To, Calendar: "always"}, "", ""); err != nil {
		t.Fatal(err)
	}
	_, err = d.RemovePolicy(ctx, calendar.ID, incident.CalendarPolicy, "")
	refused(t, err, "in use: Time to calm")
	if _, err := d.RemoveDuration(ctx, "time-to-calm", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := d.RemovePolicy(ctx, calendar.ID, incident.CalendarPolicy, ""); err != nil {
		t.Errorf("the calendar of a duration that is gone cannot be removed: %v", err)
	}
}
