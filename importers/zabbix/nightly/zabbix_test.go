// Package nightly_test holds the source to a real Zabbix.
package nightly_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/importertest/live"
	"hindsight/importers/zabbix"
	"hindsight/incident"
)

func TestMain(m *testing.M) { live.Main(m) }

// What a person does to a problem, as bits (https://www.zabbix.com/documentation/6.0/en/manual/api/reference/event/acknowledge).
const (
	acknowledges = 2
	writes       = 4
	ranks        = 8
	withdraws    = 16
)

func connect(z *live.ZabbixServer) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": z.URL, "token": z.Token, "groups": "Synthetic"}}
}

// fetched asks for a problem that is known, as the runner does of those that are open, and returns what became of it.
func fetched(t *testing.T, cfg importers.Config, event string) importers.Draft {
	t.Helper()
	h := importertest.Haul{Source: zabbix.Source(), Config: cfg, Records: map[string]importers.Record{}}
	for _, r := range fetch(t, cfg, event) {
		if err := h.Put(h.Source.Collections[0], r); err != nil {
			t.Fatal(err)
		}
	}
	return h.Draft(t, "problems", event)
}

func fetch(t *testing.T, cfg importers.Config, event string) []importers.Record {
	t.Helper()
	got, err := zabbix.Source().Collections[0].Fetch(t.Context(), importertest.Input(t, zabbix.Source(), cfg), []string{event})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// told returns the kinds and texts of a timeline.
func told(d importers.Draft) (lines []string) {
	for _, e := range d.Timeline {
		lines = append(lines, string(e.Kind)+": "+e.Text)
	}
	return lines
}

func TestLifeOfAProblem(t *testing.T) {
	z := live.Zabbix(t)
	cfg := connect(z)
	trigger := z.Trigger(t, "life-1", "synthetic: checkout answers 503", 4)
	before := time.Now().Add(-time.Second)
	event := z.Fire(t, trigger)
	h := importertest.ReadAll(t, zabbix.Source(), cfg, nil)
	inc := h.Draft(t, "problems", event).Incident
	opened := inc.Milestones.At(incident.Opened)
	if inc.Status != incident.Triggered || inc.Severity != incident.Sev2 || inc.Title != "synthetic: checkout answers 503" || inc.Kind != incident.Real ||
		len(inc.Services) != 1 || inc.Services[0].Name != "checkout" || opened.Before(before) || opened.After(time.Now().Add(time.Second)) {
		t.Errorf("fired: %+v, want a SEV2 of checkout that began just now", inc)
	}
	z.Act(t, event, acknowledges|writes, live.Fields{"message": "synthetic: on it"})
	d := fetched(t, cfg, event)
	acked := d.Incident.Milestones.At(incident.Acked)
	if d.Incident.Status != incident.Acknowledged || acked.Before(opened) || !slices.Contains(told(d), "note: synthetic: on it") {
		t.Errorf("acknowledged: %s at %v, timeline %q", d.Incident.Status, acked, told(d))
	}
	z.Act(t, event, withdraws|ranks, live.Fields{"severity": 5})
	d = fetched(t, cfg, event)
	if d.Incident.Status != incident.Triggered || d.Incident.Severity != incident.Sev1 || !d.Incident.Milestones.At(incident.Acked).Equal(acked) ||
		!slices.Contains(told(d), "severity_changed: severity from high to disaster") {
		t.Errorf("acknowledgement withdrawn, ranked higher: %+v, timeline %q", d.Incident, told(d))
	}
	z.Recover(t, trigger, event)
	d = fetched(t, cfg, event)
	if resolved := d.Incident.Milestones.At(incident.ResolvedAt); d.Incident.Status != incident.Resolved || resolved.Before(acked) || len(d.Warnings) > 0 {
		t.Errorf("recovered: %s at %v, warnings %+v", d.Incident.Status, resolved, d.Warnings)
	}
	again := z.Fire(t, trigger)
	h = importertest.ReadAll(t, zabbix.Source(), cfg, h)
	if inc := h.Draft(t, "problems", again).Incident; again == event || inc.Status != incident.Triggered || inc.Reopened != nil {
		t.Errorf("the problem that came back is %s, %+v, want another one that is open", again, inc)
	}
}

func TestClosedByHand(t *testing.T) {
	z := live.Zabbix(t)
	trigger := z.Trigger(t, "close-1", "synthetic: stuck", 3)
	event := z.Fire(t, trigger)
	z.Close(t, event)
	d := fetched(t, connect(z), event)
	if d.Incident.Status != incident.Resolved || d.Incident.Milestones.At(incident.ResolvedAt).IsZero() ||
		!slices.ContainsFunc(d.Incident.People, func(p incident.Participation) bool { return p.Role == "resolver" }) {
		t.Errorf("closed by hand: %+v, timeline %q, want it resolved by somebody", d.Incident, told(d))
	}
}

func TestMaintenance(t *testing.T) {
	z := live.Zabbix(t)
	trigger := z.Trigger(t, "maintenance-1", "synthetic: planned work", 2)
	z.Maintain(t, trigger)
	event := z.Fire(t, trigger)
	cfg := connect(z)
	if d := fetched(t, cfg, event); d.Incident.Kind != incident.Maintenance || d.Incident.Status != incident.Triggered {
		t.Errorf("during a maintenance the problem is %s, of the kind %s, want it triggered, of maintenance", d.Incident.Status, d.Incident.Kind)
	}
}

// Zabbix goes on showing the problem of a trigger that is not there any more, as open.
func TestDeletedTrigger(t *testing.T) {
	z := live.Zabbix(t)
	cfg := connect(z)
	trigger := z.Trigger(t, "delete-1", "synthetic: removed", 1)
	event := z.Fire(t, trigger)
	if inc := fetched(t, cfg, event).Incident; inc.Status != incident.Triggered {
		t.Fatalf("before the trigger is deleted, its problem is %s", inc.Status)
	}
	z.Delete(t, trigger)
	d := fetched(t, cfg, event)
	if d.Incident.Status != incident.Resolved || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() || len(d.Warnings) != 1 {
		t.Errorf("after the trigger was deleted, its problem is %s, with the warnings %+v, want it over at an unknown time", d.Incident.Status, d.Warnings)
	}
}

func TestSettings(t *testing.T) {
	z := live.Zabbix(t)
	low, high := z.Trigger(t, "least-1", "synthetic: low", 1), z.Trigger(t, "least-2", "synthetic: high", 4)
	lowEvent, highEvent := z.Fire(t, low), z.Fire(t, high)
	cfg := connect(z)
	cfg.Settings["least"] = "average"
	h := importertest.ReadAll(t, zabbix.Source(), cfg, nil)
	if h.Records["problems/"+lowEvent].Body != nil || h.Records["problems/"+highEvent].Body == nil {
		t.Errorf("from average on, read %d problems, want the one of information left out, and that of high among them", len(h.Records))
	}
}

func TestProbe(t *testing.T) {
	z := live.Zabbix(t)
	cfg := connect(z)
	z.Trigger(t, "probe-1", "synthetic: a group with a host", 1)
	got, err := zabbix.Source().Probe(t.Context(), importertest.Input(t, zabbix.Source(), cfg))
	if err != nil || !strings.HasPrefix(got.Identity, "reader on Zabbix 6.") || !slices.Equal(got.Reach, []string{"Synthetic"}) || len(got.Notes) != 0 {
		t.Errorf("Probe = %+v, %v, want the user, and its group", got, err)
	}
	cfg.Settings["token"] = strings.Repeat("0", 64)
	if _, err := zabbix.Source().Probe(t.Context(), importertest.Input(t, zabbix.Source(), cfg)); !importers.HasStatus(err, 401) {
		t.Errorf("Probe with a token that is none: %v, want a 401", err)
	}
}
