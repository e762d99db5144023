package zabbix_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/zabbix"
	"hindsight/incident"
)

// fake answers as Zabbix does: errors have status 200, numbers are texts, the token's place depends on the version.
type fake struct {
	mu      sync.Mutex
	version string
	events  []map[string]any
	calls   []string
}

func problem(id int, recovery string) map[string]any {
	return map[string]any{"eventid": strconv.Itoa(id), "objectid": "7", "clock": strconv.Itoa(1795169000 + id), "ns": "5", "name": fmt.Sprintf("synthetic %d", id), "value": "1",
		"severity": strconv.Itoa(id % 6), "r_eventid": recovery, "c_eventid": "0", "userid": "0", "acknowledges": []any{}, "tags": []any{}, "hosts": []any{map[string]any{"host": "web-1"}}}
}

func recovery(id int) map[string]any {
	return map[string]any{"eventid": strconv.Itoa(id), "objectid": "7", "clock": strconv.Itoa(1795169000 + id), "ns": "0", "value": "0", "r_eventid": "0"}
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var ask struct {
		Method string
		Auth   string
		Params json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.calls = append(f.calls, ask.Method)
	result := func(v any) { json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "result": v, "id": 1}) }
	fail := func(data string) {
		json.NewEncoder(w).Encode(map[string]any{"jsonrpc": "2.0", "error": map[string]any{"code": -32602, "message": "Invalid params.", "data": data}, "id": 1})
	}
	old := f.version == "6.0.14"
	said := ask.Auth
	if !old {
		said = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	switch {
	case ask.Method == "apiinfo.version":
		result(f.version)
	case !old && ask.Auth != "":
		fail(`Invalid parameter "/": unexpected parameter "auth".`)
	case said != "synthetic":
		fail("Session terminated, re-login, please.")
	case ask.Method == "user.get":
		result([]any{map[string]any{"username": "reader"}})
	case ask.Method == "hostgroup.get":
		result([]any{map[string]any{"groupid": "4", "name": "Web"}})
	case ask.Method == "event.get":
		result(f.get(ask.Params))
	default:
		fail("no such method")
	}
}

func (f *fake) get(params json.RawMessage) []any {
	var p struct {
		EventIDs   []string
		From       string `json:"eventid_from"`
		Value      *int
		Limit      int
		Severities []int
	}
	if err := json.Unmarshal(params, &p); err != nil {
		panic(err)
	}
	least, _ := strconv.Atoi(p.From)
	found := []any{}
	for _, e := range f.events { // in the order of their ids
		id, _ := strconv.Atoi(e["eventid"].(string))
		severity, _ := strconv.Atoi(fmt.Sprint(e["severity"]))
		switch {
		case p.EventIDs != nil && !slices.Contains(p.EventIDs, e["eventid"].(string)), id < least,
			p.Value != nil && e["value"] != strconv.Itoa(*p.Value), p.Severities != nil && !slices.Contains(p.Severities, severity):
			continue
		}
		if found = append(found, e); p.Limit > 0 && len(found) == p.Limit {
			break
		}
	}
	return found
}

func many(n int) (events []map[string]any) {
	for id := 1; id <= n; id++ {
		events = append(events, problem(id, strconv.Itoa(10000+id)))
	}
	for id := 1; id <= n; id++ {
		events = append(events, recovery(10000+id))
	}
	return events
}

func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "token": "synthetic"}}
		for k, v := range more {
			cfg.Settings[k] = v
		}
		return cfg
	}
}

func TestReads(t *testing.T) {
	importertest.RunAPI(t, zabbix.Source(), importertest.Fake{Want: 520, Config: config(nil),
		Handler: func() http.Handler { return &fake{version: "6.0.14", events: many(520)} }})
}

func TestTokenOfNewerVersions(t *testing.T) {
	for _, version := range []string{"6.4.0", "7.2.1"} {
		cfg, _ := serve(t, &fake{version: version, events: many(2)}, nil)
		if h := collect(t, cfg, nil); len(h.Records) != 2 {
			t.Errorf("from %s, read %d problems, want 2", version, len(h.Records))
		}
	}
}

func serve(t *testing.T, f *fake, more map[string]string) (importers.Config, importers.Input) {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	cfg := config(more)(s.URL)
	client, _ := importertest.Client(t, zabbix.Source(), cfg)
	return cfg, importers.Input{Config: cfg, Client: client}
}

func collect(t *testing.T, cfg importers.Config, into *importertest.Haul) *importertest.Haul {
	t.Helper()
	h, err := importertest.Collect(context.Background(), t, zabbix.Source(), cfg, into, 0)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPollGoesOnFromTheLastEvent(t *testing.T) {
	f := &fake{version: "6.0.14", events: many(3)}
	cfg, in := serve(t, f, nil)
	h := collect(t, cfg, nil)
	f.events = append(f.events, problem(20001, "0"))
	f.calls = nil
	h = collect(t, cfg, h)
	if len(h.Records) != 4 || !slices.Equal(f.calls, []string{"apiinfo.version", "event.get"}) {
		t.Errorf("the poll made %d records with the calls %q, want 4 with 2", len(h.Records), f.calls)
	}
	if s := h.Draft(t, "problems", "20001").Incident.Status; s != incident.Triggered {
		t.Errorf("an open problem is %s", s)
	}
	f.events[len(f.events)-1]["r_eventid"] = "20002"
	f.events = append(f.events, recovery(20002))
	got, err := zabbix.Source().Collections[0].Fetch(t.Context(), in, []string{"20001", "99"})
	if err != nil || len(got) != 1 {
		t.Fatalf("Fetch = %+v, %v, want the one that is there", got, err)
	}
	if err := h.Put(zabbix.Source().Collections[0], got[0]); err != nil {
		t.Fatal(err)
	}
	if inc := h.Draft(t, "problems", "20001").Incident; inc.Status != incident.Resolved || inc.Milestones.At(incident.ResolvedAt).Unix() != 1795169000+20002 {
		t.Errorf("after its recovery the problem is %+v", inc)
	}
}

func TestFilters(t *testing.T) {
	cfg, in := serve(t, &fake{version: "6.0.14", events: many(12)}, map[string]string{"least": "high"})
	if h := collect(t, cfg, nil); len(h.Records) != 4 {
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
	cfg, _ := serve(t, &fake{version: "6.0.14"}, map[string]string{"token": "wrong"})
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
	p := problem(1, "0")
	p["acknowledges"] = []any{
		map[string]any{"clock": "1795169200", "action": "24", "old_severity": "1", "new_severity": "5", "userid": "3"}, // severity and unacknowledge
		map[string]any{"clock": "1795169100", "action": "2", "userid": "3", "username": "responder-one"},
	}
	p["severity"], p["c_eventid"] = "5", "88"
	p["suppressed"], p["suppression_data"] = "1", []any{map[string]any{"maintenanceid": "4"}}
	body, err := json.Marshal(map[string]any{"event": p})
	if err != nil {
		t.Fatal(err)
	}
	d := draftOf(t, "1", body, importers.Config{})
	if inc := d.Incident; inc.Status != incident.Triggered || inc.Milestones.At(incident.Acked).Unix() != 1795169100 || inc.Kind != incident.Maintenance ||
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
