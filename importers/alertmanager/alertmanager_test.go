package alertmanager_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/alertmanager"
	"hindsight/importers/alertmanager/alertmanagertest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

// deliveries returns the bodies of the recorded deliveries.
func deliveries(t testing.TB) (bodies []json.RawMessage) {
	t.Helper()
	file, err := os.Open("testdata/webhook-v4-deliveries.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var d struct{ Body json.RawMessage }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, d.Body)
	}
	return bodies
}

// push takes a delivery in as the runner does.
func push(t *testing.T, h *importertest.Haul, body []byte) {
	t.Helper()
	news, err := alertmanager.Source().Hook.Read(importers.Delivery{Body: body, At: time.Now()}, h.Config)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range news {
		if err := h.Put(alertmanager.Source().Collections[0], *n.Record); err != nil {
			t.Fatal(err)
		}
	}
}

func haul() *importertest.Haul {
	return &importertest.Haul{Source: alertmanager.Source(), Records: map[string]importers.Record{}}
}

func idOf(t *testing.T, fingerprint, startsAt string) string {
	t.Helper()
	return fingerprint + "-" + strconv.FormatInt(importertest.Moment(startsAt).UnixMilli(), 10)
}

func TestRecordedDeliveries(t *testing.T) {
	forward, backward := haul(), haul()
	all := deliveries(t)
	for i := range all {
		push(t, forward, all[i])
		push(t, forward, all[i]) // each comes twice, as from two Alertmanagers
		push(t, backward, all[len(all)-1-i])
	}
	if len(forward.Records) != 3 {
		t.Fatalf("6 deliveries made %d records, want 3: one alert fired once, the other twice", len(forward.Records))
	}
	for key, r := range forward.Records {
		if string(backward.Records[key].Body) != string(r.Body) {
			t.Errorf("%s: in the other order the record is\n%s, not\n%s", key, backward.Records[key].Body, r.Body)
		}
	}
	d := forward.Draft(t, "alerts", idOf(t, "ac36b8d065d4a922", "2026-11-20T09:55:43Z"))
	inc := d.Incident
	if inc.Title != "5xx above 5%" || inc.Description != "error ratio 7.2% on checkout" || inc.URL != "http://prom:9090/graph?g0.expr=x" {
		t.Errorf("the resolution without annotations left the title %q, description %q and URL %q", inc.Title, inc.Description, inc.URL)
	}
	if inc.Status != incident.Resolved || inc.Severity != incident.Sev1 || len(inc.Services) != 1 || inc.Services[0].Name != "checkout" ||
		!inc.Milestones.At(incident.Opened).Equal(importertest.Moment("2026-11-20T09:55:43Z")) || !inc.Milestones.At(incident.ResolvedAt).Equal(importertest.Moment("2026-11-20T09:55:45Z")) ||
		!inc.Milestones.At(incident.Acked).IsZero() {
		t.Errorf("the alert became %+v, want SEV1 of checkout, resolved after 2 s, never acknowledged", inc)
	}
	if !slices.ContainsFunc(inc.Links, func(l incident.Link) bool {
		return l.Kind == "runbook" && l.URL == "https://runbooks.example/checkout"
	}) {
		t.Errorf("links = %+v, want the runbook", inc.Links)
	}
	first := forward.Draft(t, "alerts", idOf(t, "4889ff3223809fa0", "2026-11-20T10:11:02.389Z")).Incident
	second := forward.Draft(t, "alerts", idOf(t, "4889ff3223809fa0", "2026-11-20T10:11:42.389Z")).Incident
	if first.Milestones.At(incident.ResolvedAt).IsZero() || second.Milestones.At(incident.ResolvedAt).IsZero() || first.ExternalCreatedAt.Equal(second.ExternalCreatedAt) {
		t.Errorf("the alert that fired twice became %+v and %+v", first.Milestones, second.Milestones)
	}
}

func TestFiringHasNoEnd(t *testing.T) {
	h := haul()
	push(t, h, deliveries(t)[0])
	inc := h.Draft(t, "alerts", idOf(t, "ac36b8d065d4a922", "2026-11-20T09:55:43Z")).Incident
	if inc.Status != incident.Triggered || !inc.Milestones.At(incident.ResolvedAt).IsZero() {
		t.Errorf("with endsAt in the year 1 the alert is %s, resolved %v, want it to fire", inc.Status, inc.Milestones.At(incident.ResolvedAt))
	}
}

func TestSecret(t *testing.T) {
	hook := alertmanager.Source().Hook
	d := importers.Delivery{Header: http.Header{"Authorization": {"Bearer s3cret"}}}
	if _, err := hook.Verify(d, []string{"old", "s3cret"}); err != nil {
		t.Errorf("Verify with the secret: %v", err)
	}
	if _, err := hook.Verify(d, []string{"other"}); !errors.Is(err, importers.ErrForged) {
		t.Errorf("Verify with another secret: %v, want ErrForged", err)
	}
}

func TestDeliveriesThatCannotBeRead(t *testing.T) {
	for _, body := range []string{`{`, `{"version":"3"}`, `{"version":"4","alerts":[{"fingerprint":"","startsAt":"2026-11-20T09:55:43Z"}]}`,
		`{"version":"4","alerts":[{"fingerprint":"a","startsAt":"0001-01-01T00:00:00Z"}]}`} {
		if news, err := alertmanager.Source().Hook.Read(importers.Delivery{Body: []byte(body)}, importers.Config{}); err == nil {
			t.Errorf("Read(%s) = %+v, want an error", body, news)
		}
	}
}

func TestTruncatedDeliveryWarns(t *testing.T) {
	h := haul()
	push(t, h, []byte(strings.Replace(string(deliveries(t)[0]), `"truncatedAlerts": 0`, `"truncatedAlerts": 4`, 1)))
	for _, w := range h.Draft(t, "alerts", idOf(t, "ac36b8d065d4a922", "2026-11-20T09:55:43Z")).Warnings {
		if w.Field == "truncatedAlerts" && w.Value == "4" {
			return
		}
	}
	t.Error("four alerts that were left out are not warned of")
}

const hour = alertmanagertest.Hour

var start = alertmanagertest.Start

type firing = alertmanagertest.Firing

// config returns settings for the made-up servers at a URL, and more of them.
func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: alertmanagertest.Upstream.Settings(url)}
		maps.Copy(cfg.Settings, more)
		return cfg
	}
}

// held holds Alertmanager to its own description of its API. There is none of Prometheus.
func held(t *testing.T, s http.Handler) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.Handle("/api/v2/", importertest.Contract(t, "testdata/openapi.json", s))
	return mux
}

// serve starts made-up servers, and returns settings for them.
func serve(t *testing.T, s *alertmanagertest.Server, more map[string]string) importers.Config {
	t.Helper()
	return config(more)(importertest.Served(t, held(t, s)))
}

func TestReads(t *testing.T) {
	h := importertest.RunAPI(t, alertmanager.Source(), importertest.Fake{
		Handler: func() http.Handler {
			s := alertmanagertest.New(alertmanagertest.Many(40)...)
			s.Now = importertest.Moment("2026-10-20T12:00:00Z") // walks of several runs end at the same time
			return held(t, s)
		},
		Config: config(map[string]string{"filter": `severity="critical"`}), Want: 42,
	})
	if len(h.Rejects) > 0 {
		t.Errorf("rejects: %+v", h.Rejects)
	}
}

func draftOf(t *testing.T, body string, cfg importers.Config) importers.Draft {
	t.Helper()
	d, err := alertmanager.Source().Collections[0].Map(incident.Raw{ExternalID: "x-1", Body: []byte(body)}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatAlertmanagerShows(t *testing.T) {
	text, err := os.ReadFile("testdata/api-v2-alerts.json")
	if err != nil {
		t.Fatal(err)
	}
	f := &alertmanagertest.Server{Now: importertest.Moment("2026-11-20T10:13:00Z")}
	if err := json.Unmarshal(text, &f.Shown); err != nil {
		t.Fatal(err)
	}
	cfg := serve(t, f, map[string]string{"prometheus": ""})
	h := importertest.ReadAll(t, alertmanager.Source(), cfg, nil)
	id := idOf(t, "ed1eabca744b0e28", "2026-11-20T10:12:38Z")
	inc := h.Draft(t, "alerts", id).Incident
	if inc.Status != incident.Triggered || !inc.Milestones.At(incident.ResolvedAt).IsZero() ||
		!slices.Contains(inc.Custom, incident.CustomValue{Name: "silenced by", Value: "174d53da-d4bd-4e09-9146-6527f2382c32"}) {
		t.Errorf("the silenced alert became %+v, want it to fire, whatever its endsAt, and the silence named", inc)
	}
	before := string(h.Records["alerts/"+id].Body)
	f.Now = f.Now.Add(10 * time.Minute)
	f.Shown[1]["updatedAt"], f.Shown[1]["endsAt"] = "2026-11-20T10:23:00Z", "2026-11-20T10:28:00Z"
	if h = importertest.ReadAll(t, alertmanager.Source(), cfg, h); string(h.Records["alerts/"+id].Body) != before {
		t.Error("an alert that only goes on made another version of its record")
	}
	f.Shown = f.Shown[:1]
	f.Now = f.Now.Add(10 * time.Minute)
	client, _ := importertest.Client(t, alertmanager.Source(), cfg)
	got, err := alertmanager.Source().Collections[0].Fetch(t.Context(), importers.Input{Config: cfg, Client: client}, []string{id})
	if err != nil || len(got) != 1 {
		t.Fatalf("Fetch of one that is not shown any more: %+v, %v, want a record: it ended, and was not deleted", got, err)
	}
	if err := h.Put(alertmanager.Source().Collections[0], got[0]); err != nil {
		t.Fatal(err)
	}
	m, _ := h.Draft(t, "alerts", id).Incident.Milestones.Current(incident.ResolvedAt)
	if !m.At.Equal(f.Now) || m.Precision != incident.About || m.Basis != incident.Derived {
		t.Errorf("resolution = %+v, want about %v, derived", m, f.Now)
	}
}

func TestPastAlerts(t *testing.T) {
	f := &alertmanagertest.Server{Now: time.Unix(start, 0).Add(48 * time.Hour), Firings: []firing{
		{Alert: "Flaps", From: 0, To: 60}, {Alert: "Flaps", From: 90, To: 120}, // one evaluation did not find it
		{Alert: "Long", From: 5 * hour, To: 30 * hour},                      // over the borders of several stretches
		{Alert: "Once", From: 40 * hour, To: 40 * hour},                     // one sample
		{Alert: "Fires", From: 47 * hour, To: 48*hour - 60 + 15*60},         // still
		{Alert: "Ends at the border", From: 5*hour + 3000, To: 6*hour - 15}, // of the first stretch
	}}
	cfg := serve(t, f, nil)
	h := importertest.ReadAll(t, alertmanager.Source(), cfg, nil)
	var got []string
	for key := range h.Records {
		inc := h.Draft(t, "alerts", strings.TrimPrefix(key, "alerts/")).Incident
		began, ended := inc.Milestones.At(incident.Opened), inc.Milestones.At(incident.ResolvedAt)
		line := fmt.Sprintf("%s from %d", inc.Title, began.Unix()-start)
		if !ended.IsZero() {
			line += fmt.Sprintf(" to %d", ended.Unix()-start)
		}
		got = append(got, line)
		if began.Nanosecond() != 389e6 {
			t.Errorf("%s begins at %v, want the milliseconds that Alertmanager is told", inc.Title, began)
		}
	}
	slices.Sort(got)
	want := []string{"Ends at the border from 21000 to 21600", "Fires from 169200", "Flaps from 0 to 75", "Flaps from 90 to 135", "Long from 18000 to 108015", "Once from 144000 to 144000"}
	if !slices.Equal(got, want) {
		t.Errorf("read\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	f.Now = f.Now.Add(time.Hour)
	h = importertest.ReadAll(t, alertmanager.Source(), cfg, h)
	if len(h.Records) != len(want) {
		t.Errorf("the poll made %d records of %d", len(h.Records), len(want))
	}
	for key := range h.Records {
		inc := h.Draft(t, "alerts", strings.TrimPrefix(key, "alerts/")).Incident
		if inc.Title == "Fires" && inc.Milestones.At(incident.ResolvedAt).Unix()-start != 48*hour-60+15*60+15 {
			t.Errorf("after the poll, the alert that fired ended at %v", inc.Milestones.At(incident.ResolvedAt))
		}
	}
}

func TestAlertsThatBeganBeforeTheWalkAreNotInvented(t *testing.T) {
	f := &alertmanagertest.Server{Now: time.Unix(start, 0).Add(48 * time.Hour), Firings: []firing{{Alert: "Long", From: 5 * hour, To: 30 * hour}, {Alert: "Later", From: 31 * hour, To: 32 * hour}}}
	cfg := serve(t, f, nil)
	client, instant := importertest.Client(t, alertmanager.Source(), cfg)
	in := importers.Input{Config: cfg, Client: client, Now: instant.Now(), Since: time.Unix(start+24*hour, 0)}
	var ids []string
	for page, err := range alertmanager.Source().Collections[0].Pages(t.Context(), in, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			ids = append(ids, r.ExternalID)
		}
	}
	ids = slices.Compact(ids)
	if len(ids) != 1 || !strings.HasSuffix(ids[0], fmt.Sprint((start+31*hour)*1000+389)) {
		t.Errorf("a walk that begins amid an alert made %q, want the later one alone", ids)
	}
}

func TestManySamplesAreReadInParts(t *testing.T) {
	f := &alertmanagertest.Server{Now: time.Unix(start, 0).Add(30 * time.Hour)}
	for i := range int64(400) { // 400 × 1440 samples in 6 hours
		f.Firings = append(f.Firings, firing{Alert: fmt.Sprintf("Alert%d", i), From: 0, To: 7 * hour})
	}
	if h := importertest.ReadAll(t, alertmanager.Source(), serve(t, f, nil), nil); len(h.Records) != 400 {
		t.Errorf("read %d alerts, want 400", len(h.Records))
	}
	if !slices.ContainsFunc(f.Queries, func(q string) bool { return q == `ALERTS{alertstate="firing"}[10800000ms]` }) {
		t.Errorf("asked %q, want the samples of 3 hours, for those of 6 are too many", f.Queries)
	}
}

// The recorded alert came from Prometheus, whose series has the labels of the delivery.
func TestFingerprintIsAlertmanagers(t *testing.T) {
	f := &alertmanagertest.Server{Now: time.Unix(start, 0).Add(24 * time.Hour), Firings: []firing{{Alert: "CheckoutErrors", From: 0, To: 60}}}
	h := importertest.ReadAll(t, alertmanager.Source(), serve(t, f, nil), nil)
	if want := fmt.Sprintf("alerts/4889ff3223809fa0-%d", start*1000+389); h.Records[want].Body == nil {
		t.Errorf("read %v, want %s: what Alertmanager calls an alert with these labels", h.Records, want)
	}
	h = importertest.ReadAll(t, alertmanager.Source(), serve(t, f, map[string]string{"external_labels": "cluster=eu"}), nil)
	if want := fmt.Sprintf("alerts/4889ff3223809fa0-%d", start*1000+389); h.Records[want].Body != nil {
		t.Error("with an external label, the alert has the same fingerprint as without")
	}
}

func TestUnknownWords(t *testing.T) {
	d := draftOf(t, `{"firing":{"alert":{"fingerprint":"a","startsAt":"2026-11-20T10:00:00Z","labels":{"alertname":"Watchdog","severity":"spicy"}}}}`, importers.Config{})
	if d.Incident.Severity != 0 || len(d.Warnings) != 1 || d.Incident.SeverityRaw != "spicy" || d.Incident.Kind != incident.Test {
		t.Errorf("severity %d (%q), warnings %+v, kind %s, want none, one, and a test", d.Incident.Severity, d.Incident.SeverityRaw, d.Warnings, d.Incident.Kind)
	}
	cfg := importers.Config{Mapping: json.RawMessage(`{"severity":{"spicy":2},"fields":{"service":"app"}}`)}
	d = draftOf(t, `{"firing":{"alert":{"fingerprint":"a","startsAt":"2026-11-20T10:00:00Z","labels":{"app":"ledger","severity":"spicy"}}}}`, cfg)
	if d.Incident.Severity != incident.Sev2 || len(d.Incident.Services) != 1 || d.Incident.Services[0].Name != "ledger" {
		t.Errorf("with a mapping: severity %d, services %+v", d.Incident.Severity, d.Incident.Services)
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	for name, value := range map[string]string{"external_labels": "cluster", "ca": "nonsense"} {
		cfg := config(map[string]string{name: value})("http://alertmanager.example.com")
		if err := alertmanager.Source().Validate(cfg); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%s=%s: %v, want ErrInvalid", name, value, err)
		}
	}
	cfg := config(nil)("http://alertmanager.example.com")
	cfg.Mapping = json.RawMessage(`{"severity":{"x":9}}`)
	if err := alertmanager.Source().Validate(cfg); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("a mapping to severity 9: %v, want ErrInvalid", err)
	}
}

func TestProbe(t *testing.T) {
	f := &alertmanagertest.Server{Now: time.Unix(start, 0).Add(24 * time.Hour), Firings: []firing{{Alert: "A", From: 0, To: 60}}}
	cfg := serve(t, f, nil)
	client, _ := importertest.Client(t, alertmanager.Source(), cfg)
	got, err := alertmanager.Source().Probe(t.Context(), importers.Input{Config: cfg, Client: client})
	if err != nil || !strings.Contains(got.Identity, "0.25.0") || len(got.Reach) != 2 || !strings.Contains(got.Reach[1], "2026-10-01") {
		t.Errorf("Probe = %+v, %v, want the version, and alerts since 1 October", got, err)
	}
}

func FuzzCombine(f *testing.F) {
	f.Add([]byte(`{"firing":{"alert":{"endsAt":"0001-01-01T00:00:00Z"}},"seen":"2026-11-20T10:00:00Z"}`), []byte(`{"absent":"2026-11-20T11:00:00Z"}`), []byte(`{"prometheus":{"startsAt":1,"lastSeen":2}}`))
	f.Add([]byte(`{"resolved":{"alert":{"endsAt":"2026-11-20T10:00:00Z"}}}`), []byte(`{"silencedBy":["b","a"]}`), []byte(`{"api":{"x":1}}`))
	combine := alertmanager.Source().Collections[0].Combine
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		two, err := combine(a, b)
		other, err2 := combine(b, a)
		if (err == nil) != (err2 == nil) || string(two) != string(other) {
			t.Fatalf("combined to %s (%v) and, the other way round, %s (%v)", two, err, other, err2)
		}
		if err != nil {
			return
		}
		if again, err := combine(two, b); err != nil || string(again) != string(two) {
			t.Fatalf("adding %s again makes %s of %s (%v)", b, again, two, err)
		}
		left, err := combine(two, c)
		if err != nil {
			return
		}
		right, err := combine(b, c)
		if err == nil {
			right, err = combine(a, right)
		}
		if err != nil || string(left) != string(right) {
			t.Fatalf("(a+b)+c is %s, a+(b+c) %s (%v)", left, right, err)
		}
	})
}

func FuzzMap(f *testing.F) {
	h := haul()
	for _, body := range deliveries(f) {
		news, err := alertmanager.Source().Hook.Read(importers.Delivery{Body: body}, importers.Config{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(news[0].Record.Body)
	}
	f.Add([]byte(`{"prometheus":{"labels":null,"startsAt":1795168901381,"lastSeen":9e15,"endsAt":-5},"seen":"2026-11-20T10:00:00Z"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := alertmanager.Source().Collections[0].Map(incident.Raw{ExternalID: "7", Body: body}, importers.Config{}); err == nil {
			h.Records["alerts/7"] = importers.Record{ExternalID: "7", Body: body}
			h.Draft(t, "alerts", "7")
		}
	})
}
