// Package live_test holds the source to a real Icinga.
package live_test

import (
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/icinga"
	"hindsight/importers/importertest"
	"hindsight/importers/importertest/live"
	"hindsight/incident"
)

func TestMain(m *testing.M) { live.Main(m) }

// connect returns a haul for one service alone, since tests share the server.
func connect(t *testing.T, i *live.IcingaServer, service string) *importertest.Haul {
	t.Helper()
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": i.URL, "user": i.User, "password": i.Password, "ca": string(i.CA),
		"services": `service.name == "` + service + `"`, "hosts": "false"}}
	return &importertest.Haul{Source: icinga.Source(), Config: cfg}
}

// poll lists, and asks for what is open and is not listed any more.
func poll(t *testing.T, h *importertest.Haul) *importertest.Haul {
	t.Helper()
	next, err := importertest.Collect(t.Context(), t, icinga.Source(), h.Config, h, 0)
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for key := range next.Records {
		id := strings.TrimPrefix(key, "problems/")
		if !next.Draft(t, "problems", id).Incident.Status.Over() {
			open = append(open, id)
		}
	}
	client, _ := importertest.Client(t, icinga.Source(), h.Config)
	c := icinga.Source().Collections[0]
	fetched, err := c.Fetch(t.Context(), importers.Input{Config: h.Config, Client: client}, open)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range fetched {
		if err := next.Put(c, r); err != nil {
			t.Fatal(err)
		}
	}
	return next
}

// only returns the one problem in h that is over or not.
func only(t *testing.T, h *importertest.Haul, over bool) importers.Draft {
	t.Helper()
	var found []importers.Draft
	for key := range h.Records {
		if d := h.Draft(t, "problems", strings.TrimPrefix(key, "problems/")); d.Incident.Status.Over() == over {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		t.Fatalf("of %d problems %d are over=%v, want one", len(h.Records), len(found), over)
	}
	return found[0]
}

func TestLifeOfAProblem(t *testing.T) {
	i := live.Icinga(t)
	service := i.Service(t, "life")
	h := connect(t, i, "life")
	i.Report(t, service, 0, "OK")
	if h = poll(t, h); len(h.Records) != 0 {
		t.Fatalf("a service that is well made %d problems", len(h.Records))
	}
	i.Report(t, service, 2, "CRITICAL - synthetic: HTTP 503")
	h = poll(t, h)
	if inc := only(t, h, false).Incident; inc.Status != incident.Triggered || inc.Severity != incident.Sev1 || inc.Description != "CRITICAL - synthetic: HTTP 503" || inc.Milestones.At(incident.Opened).IsZero() {
		t.Errorf("critical: %+v", inc)
	}
	i.Acknowledge(t, service, "synthetic: on it")
	h = poll(t, h)
	d := only(t, h, false)
	if inc := d.Incident; inc.Status != incident.Acknowledged || inc.Milestones.At(incident.Acked).IsZero() || len(inc.People) == 0 || inc.People[0].Name != "Responder One" {
		t.Errorf("acknowledged: %+v", inc)
	}
	i.Report(t, service, 0, "OK")
	h = poll(t, h)
	inc := only(t, h, true).Incident
	opened, acked, resolved := inc.Milestones.At(incident.Opened), inc.Milestones.At(incident.Acked), inc.Milestones.At(incident.ResolvedAt)
	if inc.Status != incident.Resolved || acked.Before(opened) || resolved.Before(acked) {
		t.Errorf("recovered: %s, opened %v, acknowledged %v, resolved %v", inc.Status, opened, acked, resolved)
	}
	i.Report(t, service, 1, "WARNING - synthetic")
	h = poll(t, h)
	if again := only(t, h, false).Incident; again.Severity != incident.Sev3 || only(t, h, true).Incident.Ref == again.Ref {
		t.Errorf("the problem that came back: %+v, want another one, a warning", again)
	}
	i.Ask(t, "DELETE", "/v1/objects/services/"+strings.ReplaceAll(service, "!", "%21")+"?cascade=1", nil)
	h = poll(t, h)
	for key := range h.Records {
		if inc := h.Draft(t, "problems", strings.TrimPrefix(key, "problems/")).Incident; inc.Status != incident.Resolved {
			t.Errorf("after the service was deleted, %s is %s", key, inc.Status)
		}
	}
}

func TestDowntime(t *testing.T) {
	i := live.Icinga(t)
	service := i.Service(t, "downtime")
	i.Report(t, service, 0, "OK")
	i.Downtime(t, service, "synthetic: planned work")
	i.Report(t, service, 2, "CRITICAL - synthetic")
	h := connect(t, i, "downtime")
	h = poll(t, h)
	if inc := only(t, h, false).Incident; inc.Kind != incident.Maintenance {
		t.Errorf("a problem in a downtime is of the kind %s, want maintenance", inc.Kind)
	}
}

func TestProbe(t *testing.T) {
	i := live.Icinga(t)
	h := connect(t, i, "none")
	client, _ := importertest.Client(t, icinga.Source(), h.Config)
	got, err := icinga.Source().Probe(t.Context(), importers.Input{Config: h.Config, Client: client})
	if err != nil || got.Identity != i.User || len(got.Notes) != 1 {
		t.Errorf("Probe = %+v, %v, want the user, and a word on its permissions", got, err)
	}
	h.Config.Settings["ca"] = ""
	client, _ = importertest.Client(t, icinga.Source(), h.Config)
	if _, err := icinga.Source().Probe(t.Context(), importers.Input{Config: h.Config, Client: client}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Probe without the authority: %v, want it refused", err)
	}
}
