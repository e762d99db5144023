package zabbix_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/zabbix"
	"hindsight/importers/zabbix/zabbixtest"
	"hindsight/incident"
)

// config returns settings for the made-up Zabbix at a URL, and more of them.
func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: zabbixtest.Upstream.Settings(url)}
		maps.Copy(cfg.Settings, more)
		return cfg
	}
}

func TestReads(t *testing.T) {
	importertest.RunAPI(t, zabbix.Source(), importertest.Fake{Want: 520, Config: config(nil), Handler: zabbixtest.Upstream.New})
}

func TestTokenOfNewerVersions(t *testing.T) {
	for _, version := range []string{"6.4.0", "7.2.1"} {
		cfg, _ := serve(t, zabbixtest.New(version, zabbixtest.Many(2)...), nil)
		if h := importertest.ReadAll(t, zabbix.Source(), cfg, nil); len(h.Records) != 2 {
			t.Errorf("from %s, read %d problems, want 2", version, len(h.Records))
		}
	}
}

func serve(t *testing.T, f *zabbixtest.Server, more map[string]string) (importers.Config, importers.Input) {
	t.Helper()
	cfg := config(more)(importertest.Served(t, f))
	return cfg, importertest.Input(t, zabbix.Source(), cfg)
}

func TestPollGoesOnFromTheLastEvent(t *testing.T) {
	f := zabbixtest.New("6.0.14", zabbixtest.Many(3)...)
	cfg, in := serve(t, f, nil)
	h := importertest.ReadAll(t, zabbix.Source(), cfg, nil)
	f.Events = append(f.Events, zabbixtest.Problem(20001, "0"))
	f.Calls = nil
	h = importertest.ReadAll(t, zabbix.Source(), cfg, h)
	if len(h.Records) != 4 || !slices.Equal(f.Calls, []string{"apiinfo.version", "event.get"}) {
		t.Errorf("the poll made %d records with the calls %q, want 4 with 2", len(h.Records), f.Calls)
	}
	if s := h.Draft(t, "problems", "20001").Incident.Status; s != incident.Triggered {
		t.Errorf("an open problem is %s", s)
	}
	f.Events[len(f.Events)-1]["r_eventid"] = "20002"
	f.Events = append(f.Events, zabbixtest.Recovery(20002))
	got, err := zabbix.Source().Collections[0].Fetch(t.Context(), in, []string{"20001", "99"})
	if err != nil || len(got) != 1 {
		t.Fatalf("Fetch = %+v, %v, want the one that is there", got, err)
	}
	if err := h.Put(zabbix.Source().Collections[0], got[0]); err != nil {
		t.Fatal(err)
	}
	if inc := h.Draft(t, "problems", "20001").Incident; inc.Status != incident.Resolved || inc.Milestones.At(incident.ResolvedAt).Unix() != zabbixtest.Began+20002 {
		t.Errorf("after its recovery the problem is %+v", inc)
	}
}

func TestFilters(t *testing.T) {
	cfg, in := serve(t, zabbixtest.New("6.0.14", zabbixtest.Many(12)...), map[string]string{"least": "high"})
	if h := importertest.ReadAll(t, zabbix.Source(), cfg, nil); len(h.Records) != 4 {
		t.Errorf("read %d problems of high and disaster, want 4", len(h.Records))
	}
	in.Config.Settings["groups"] = "Web, Mail"
	if _, err := zabbix.Source().Probe(t.Context(), in); err == nil || !strings.Contains(err.Error(), "Mail") {
		t.Errorf("Probe with a group that is not there: %v, want it named", err)
	}
	in.Config.Settings["groups"] = "Web"
	got, err := zabbix.Source().Probe(t.Context(), in)
	if err != nil || got.Identity != "reader on Zabbix 6.0.14" || !slices.Equal(got.Reach, []string{"Web"}) {
		t.Errorf("Probe = %+v, %v", got, err)
	}
}

func TestRefusals(t *testing.T) {
	cfg, _ := serve(t, zabbixtest.New("6.0.14"), map[string]string{"token": "wrong"})
	h, err := importertest.Collect(t.Context(), t, zabbix.Source(), cfg, nil, 0)
	if !importers.HasStatus(err, http.StatusUnauthorized) || h.Requests != 2 {
		t.Errorf("with a wrong token: %v after %d requests, want a 401 after 2, although the answer's status is 200", err, h.Requests)
	}
	for file, status := range map[string]int{"error-bad-auth": http.StatusUnauthorized, "error-bad-sort": 0} {
		text, err := os.ReadFile("testdata/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(text) }))
		_, err = importertest.Collect(t.Context(), t, zabbix.Source(), config(nil)(s.URL), nil, 0)
		s.Close()
		if err == nil || importers.HasStatus(err, http.StatusUnauthorized) != (status != 0) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// recorded returns the records that the recorded events make.
func recorded(t testing.TB) map[string][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/event.get.json")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Result []json.RawMessage }
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatal(err)
	}
	e := answer.Result
	return map[string][]byte{"24": fmt.Appendf(nil, `{"event":%s,"recovery":%s}`, e[0], e[1]), "26": fmt.Appendf(nil, `{"event":%s}`, e[2])}
}

func draftOf(t *testing.T, id string, body []byte, cfg importers.Config) importers.Draft {
	t.Helper()
	h := importertest.Haul{Source: zabbix.Source(), Config: cfg, Records: map[string]importers.Record{"problems/" + id: {ExternalID: id, Body: body}}}
	return h.Draft(t, "problems", id)
}

func TestRecordedProblem(t *testing.T) {
	cfg := config(nil)("https://zabbix.example.com/")
	d := draftOf(t, "24", recorded(t)["24"], cfg)
	inc := d.Incident
	began, ended := time.Unix(1795169023, 305773000).UTC(), time.Unix(1795169026, 371387000).UTC()
	if inc.Title != "Checkout 5xx > 5%" || inc.Status != incident.Resolved || inc.Severity != incident.Sev2 || inc.SeverityRaw != "high" || inc.Reopened != nil ||
		!inc.Milestones.At(incident.Opened).Equal(began) || inc.Milestones.At(incident.Acked).Unix() != 1795169026 || !inc.Milestones.At(incident.ResolvedAt).Equal(ended) {
		t.Errorf("the problem became %+v, want high, acknowledged and ended after 3 s", inc)
	}
	if len(inc.Services) != 1 || inc.Services[0].Name != "checkout" || d.Team != "pay" || inc.URL != "https://zabbix.example.com/tr_events.php?triggerid=23133&eventid=24" {
		t.Errorf("services %+v, team %q, URL %s, want those of the tags, and the event's page", inc.Services, d.Team, inc.URL)
	}
	var told []string
	for _, e := range d.Timeline {
		told = append(told, strings.TrimSpace(string(e.Kind)+": "+e.Text+" "+e.Actor))
	}
	want := []string{"created: Checkout 5xx > 5%", "acknowledged: acknowledged Zabbix Administrator", "note: on it Zabbix Administrator", "resolved: resolved"}
	if !slices.Equal(told, want) {
		t.Errorf("timeline = %q, want %q", told, want)
	}
	if inc := draftOf(t, "26", recorded(t)["26"], cfg).Incident; inc.Status != incident.Triggered || inc.Severity != incident.Sev3 || inc.Services[0].Name != "Zabbix server" {
		t.Errorf("the open problem became %+v", inc)
	}
}

func TestActs(t *testing.T) {
	p := zabbixtest.Problem(1, "0")
	p["acknowledges"] = []any{
		map[string]any{"clock": "1792497800", "action": "24", "old_severity": "1", "new_severity": "5", "userid": "3"}, // severity and unacknowledge
		map[string]any{"clock": "1792497700", "action": "2", "userid": "3", "username": "responder-one"},
	}
	p["severity"], p["c_eventid"] = "5", "88"
	p["suppressed"], p["suppression_data"] = "1", []any{map[string]any{"maintenanceid": "4"}}
	body, err := json.Marshal(map[string]any{"event": p})
	if err != nil {
		t.Fatal(err)
	}
	d := draftOf(t, "1", body, importers.Config{})
	if inc := d.Incident; inc.Status != incident.Triggered || inc.Milestones.At(incident.Acked).Unix() != 1792497700 || inc.Kind != incident.Maintenance ||
		!slices.Contains(inc.Custom, incident.CustomValue{Name: "closed by correlation with event", Value: "88"}) {
		t.Errorf("a problem whose acknowledgement was taken back became %+v, want the first one kept", inc)
	}
	if e := d.Timeline[3]; e.Text != "severity from information to disaster" || e.Actor != "user 3" {
		t.Errorf("the change of severity says %q by %q", e.Text, e.Actor)
	}
}

func TestRecoveryThatTheHousekeeperDeleted(t *testing.T) {
	d := draftOf(t, "1", []byte(`{"event":{"eventid":"1","clock":"1795169000","name":"x","r_eventid":"5","severity":"9"}}`), importers.Config{})
	if d.Incident.Status != incident.Resolved || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() || len(d.Warnings) != 2 || d.Incident.Severity != 0 {
		t.Errorf("status %s, resolved %v, warnings %+v, want it over at an unknown time, and an unknown severity", d.Incident.Status, d.Incident.Milestones.At(incident.ResolvedAt), d.Warnings)
	}
}

// As version 6.0.14 shows it: the event stays open for ever, without hosts.
func TestTriggerThatWasDeleted(t *testing.T) {
	p := zabbixtest.Problem(1, "0")
	p["hosts"] = []any{}
	body, err := json.Marshal(map[string]any{"event": p})
	if err != nil {
		t.Fatal(err)
	}
	d := draftOf(t, "1", body, importers.Config{})
	if d.Incident.Status != incident.Resolved || !d.Incident.Milestones.At(incident.ResolvedAt).IsZero() || len(d.Warnings) != 1 {
		t.Errorf("status %s, resolved %v, warnings %+v, want it over at an unknown time", d.Incident.Status, d.Incident.Milestones.At(incident.ResolvedAt), d.Warnings)
	}
}

func FuzzMap(f *testing.F) {
	for _, body := range recorded(f) {
		f.Add(body)
	}
	f.Add([]byte(`{"event":{"eventid":1,"clock":1795169000,"ns":null,"tags":null,"hosts":[{}],"acknowledges":[{"clock":1,"action":"-1"}]},"recovery":{"clock":"x"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := zabbix.Source().Collections[0].Map(incident.Raw{ExternalID: "1", Body: body}, importers.Config{}); err == nil {
			draftOf(t, "1", body, importers.Config{})
		}
	})
}
