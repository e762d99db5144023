package analytics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// rolled returns a deployment of a service, so many weeks, and a while, after monday.
func rolled(n, week int, later time.Duration, service string) incident.ChangeEvent {
	at := monday.AddDate(0, 0, 7*week).Add(later)
	return incident.ChangeEvent{ID: incident.ID(fmt.Sprintf("chg_%04d", n)), Kind: incident.ChangeDeploy, Result: incident.ChangeSucceeded, StartedAt: at, FinishedAt: at.Add(time.Minute),
		Services: []incident.ServiceUse{{Service: incident.ID(service), Name: service}}}
}

// Ten failures, each 30 minutes after a deployment at an hour of its own: no move by weeks finds a deployment again.
func TestChangesThatHurt(t *testing.T) {
	var incs []*incident.Incident
	changes := []incident.ChangeEvent{rolled(90, 0, 0, "other"), rolled(91, 80, 0, "other")}
	for i := range 10 {
		at := time.Duration(i) * 11 * time.Hour
		incs = append(incs, failed(i, 12+5*i, at+30*time.Minute, "api"))
		changes = append(changes, rolled(i, 12+5*i, at, "api"))
	}
	incs = append(incs, failed(90, 0, 0, "other"), failed(91, 80, 0, "other"))
	r := snapshot(t, incs).ChangeRisks(analytics.Query{}, incident.StandardDelivery(), 4*time.Hour, changes)
	if len(r) != 2 || r[0].Service != "api" {
		t.Fatalf("risks %+v, want those of api and other", r)
	}
	if x := r[0]; x.Near != 10 || x.Failures != 10 || x.Changes != 10 || *x.Base.Value != 0 || x.Says != analytics.SuspicionStrong {
		t.Errorf("api: %+v; want 10 of 10 near, none by chance, strongly suspected", x)
	}
	if want := "a change within 4h before 10 of 10 failures (100 %); at the same hour of other weeks 0 % of the time: lift "; !strings.HasPrefix(r[0].Sentence(), want) {
		t.Errorf("sentence %q, want %q…", r[0].Sentence(), want)
	}
	if x := r[1]; x.Says != analytics.SuspicionTooFew {
		t.Errorf("other: %+v; want too few", x)
	}
}

// Who deploys every working day at nine finds a deployment before every failure at ten, and would find one on any other day, too.
func TestDailyDeploymentsSayNothing(t *testing.T) {
	var incs []*incident.Incident
	var changes []incident.ChangeEvent
	for week := range 40 {
		for day := range 5 {
			changes = append(changes, rolled(10*week+day, week, time.Duration(24*day+9)*time.Hour, "api"))
		}
		incs = append(incs, failed(week, week, time.Duration(24*(week%5)+10)*time.Hour, "api"))
	}
	r := snapshot(t, incs).ChangeRisks(analytics.Query{}, incident.StandardDelivery(), 4*time.Hour, changes)
	if len(r) != 1 || r[0].Near != 40 || *r[0].Base.Value != 1 || *r[0].Lift.Value != 1 || r[0].Says != analytics.SuspicionNothing {
		t.Errorf("risks %+v; want 40 near, all by chance, saying nothing", r)
	}
	if !strings.HasSuffix(r[0].Sentence(), "which cannot be told from chance") {
		t.Errorf("sentence %q", r[0].Sentence())
	}
}

// A change of what a service needs is a suspect too; one that was called off, or made elsewhere, is none.
func TestChangesOfWhatIsNeeded(t *testing.T) {
	body, _ := json.Marshal(incident.Dependencies{Service: "api", Needs: []incident.Needs{{Services: []incident.ID{"db"}}}})
	live := analytics.NewLive(func() time.Time { return time.Unix(0, 0) })
	if err := live.Apply(context.Background(), incident.Delta{Upto: 1, CaughtUp: true, Incidents: []*incident.Incident{failed(1, 1, time.Hour, "api")},
		Policies: []incident.Policy{{ID: "pol", Kind: incident.DependenciesPolicy, Version: 1, Body: body}}}); err != nil {
		t.Fatal(err)
	}
	canceled, staging := rolled(2, 1, 0, "api"), rolled(3, 1, 0, "api")
	canceled.Result, staging.Environment = incident.ChangeCanceled, "staging"
	for _, tc := range []struct {
		name string
		of   incident.ChangeEvent
		rows int
	}{{"of what it needs", rolled(1, 1, 0, "db"), 1}, {"canceled", canceled, 0}, {"in staging", staging, 0}, {"of another service", rolled(4, 1, 0, "web"), 0}} {
		if got := live.Snapshot().ChangeRisks(analytics.Query{}, incident.StandardDelivery(), 4*time.Hour, []incident.ChangeEvent{tc.of}); len(got) != tc.rows {
			t.Errorf("a change %s: %+v, want %d rows", tc.name, got, tc.rows)
		}
	}
}

// A change is judged by the shortest window that it is in, and by the failures before this one. What people say stands beside it,
// and a change that they rejected is not what the incident is laid to.
func TestSuspects(t *testing.T) {
	var incs []*incident.Incident
	changes := []incident.ChangeEvent{rolled(90, 0, 0, "api")}
	for i := range 10 {
		at := time.Duration(i) * 11 * time.Hour
		incs = append(incs, failed(i, 12+5*i, at+20*time.Minute, "api"))
		changes = append(changes, rolled(i, 12+5*i, at, "api"))
	}
	last := incs[9]
	changes = append(changes, rolled(50, 57, 9*11*time.Hour-20*time.Hour, "api"), rolled(51, 57, 9*11*time.Hour+30*time.Minute, "api"))
	if err := last.Edit("not_caused_by", "chg_0009", "editor", monday); err != nil {
		t.Fatal(err)
	}
	s, rule := snapshot(t, incs), incident.StandardDelivery()
	got := s.SuspectsOf(analytics.Query{}, rule, last, changes)
	if len(got) != 2 {
		t.Fatalf("%d suspects, want the two within a day before", len(got))
	}
	near, far := got[0], got[1]
	if near.Change.ID != "chg_0009" || near.Risk.Within != 30*time.Minute || near.Risk.Near != 9 || near.Risk.Failures != 9 || near.Risk.Says != analytics.SuspicionStrong || near.Stated != analytics.Denied {
		t.Errorf("the nearer one: %+v", near)
	}
	if far.Change.ID != "chg_0050" || far.Risk.Within != 24*time.Hour || far.Stated != analytics.NearInTime {
		t.Errorf("the farther one: %+v", far)
	}
	after := s.SuspectedAfter(analytics.Query{}, rule, changes[10], changes)
	if len(after) != 1 || after[0].Incident.ID != last.ID || after[0].Before != 20*time.Minute || after[0].Stated != analytics.Denied {
		t.Errorf("suspected after the rejected change: %+v", after)
	}
	report := s.Delivery(analytics.Query{From: monday.AddDate(0, 0, 7*57), To: monday.AddDate(0, 0, 7*60), Now: monday.AddDate(2, 0, 0)}, rule, changes[:11])
	if a := report.Attributions; len(a) != 1 || a[0].Basis != analytics.Unattributed || !a[0].Near {
		t.Errorf("laid to %+v, want to nothing, though near", a)
	}
	if err := last.Edit("caused_by", "chg_0050", "editor", monday); err != nil {
		t.Fatal(err)
	}
	s = snapshot(t, incs)
	if laid := s.LaidTo(analytics.Query{}, "chg_0050"); len(laid) != 1 || laid[0].ID != last.ID {
		t.Errorf("laid to the stated change: %v, want the last incident", laid)
	}
}
