package icinga_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/icinga"
	"hindsight/importers/icinga/icingatest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

const noon = 1795176000.5 // 2026-11-20T12:00:00.5Z

func config(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: icingatest.Upstream.Settings(url)}
}

func TestReads(t *testing.T) {
	importertest.RunAPI(t, icinga.Source(), importertest.Fake{Handler: icingatest.Upstream.New, Config: config, Want: 18})
}

// watcher polls as the runner does: it lists, and asks for what was open and is not listed any more.
type watcher struct {
	*importertest.Haul
	cfg importers.Config
}

func watch(t *testing.T, f *icingatest.Server) *watcher {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	w := &watcher{cfg: config(s.URL)}
	return w
}

func (w *watcher) poll(t *testing.T) {
	t.Helper()
	seen, err := importertest.Collect(context.Background(), t, icinga.Source(), w.cfg, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if w.Haul == nil {
		w.Haul = seen
		return
	}
	c := icinga.Source().Collections[0]
	var open []string
	for key := range w.Records {
		id := strings.TrimPrefix(key, "problems/")
		if seen.Records[key].Body == nil && !w.Draft(t, "problems", id).Incident.Status.Over() {
			open = append(open, id)
		}
	}
	var records []importers.Record
	for _, r := range seen.Records {
		records = append(records, r)
	}
	if len(open) > 0 {
		client, _ := importertest.Client(t, icinga.Source(), w.cfg)
		fetched, err := c.Fetch(t.Context(), importers.Input{Config: w.cfg, Client: client}, open)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, fetched...)
	}
	for _, r := range records {
		if err := w.Put(c, r); err != nil {
			t.Fatal(err)
		}
	}
}

// at returns seconds after noon that a milestone has; -1: it is not known.
func at(inc incident.Incident, name incident.MilestoneName) float64 {
	m, ok := inc.Milestones.Current(name)
	if !ok {
		return -1
	}
	return float64(m.At.UnixMilli())/1000 - noon
}

func id(well float64) string { return fmt.Sprintf("web-1!http@%d", int64((noon+well)*1000)) }

func TestLifeOfAProblem(t *testing.T) {
	http := icingatest.Service("http", 1, noon)
	f := icingatest.New(http)
	w := watch(t, f)
	w.poll(t)
	if inc := w.Draft(t, "problems", id(-60)).Incident; inc.Status != incident.Triggered || inc.Severity != incident.Sev3 || at(inc, incident.Opened) != 0 || inc.Title != "http on web-1 is warning" {
		t.Errorf("a warning became %+v", inc)
	}
	body := string(w.Records["problems/"+id(-60)].Body)
	if w.poll(t); string(w.Records["problems/"+id(-60)].Body) != body {
		t.Error("a problem that only goes on made another version of its record")
	}
	http["state"], http["last_hard_state_change"] = 2, noon+100 // worse: the same problem
	http["acknowledgement"], http["acknowledgement_last_change"] = 1, noon+120
	f.Comments = []icingatest.Object{{"host_name": "web-1", "service_name": "http", "author": "Responder One", "text": "synthetic: on it", "entry_time": noon + 120, "entry_type": 4}}
	w.poll(t)
	d := w.Draft(t, "problems", id(-60))
	if inc := d.Incident; len(w.Records) != 1 || inc.Status != incident.Acknowledged || inc.Severity != incident.Sev1 || at(inc, incident.Opened) != 0 || at(inc, incident.Acked) != 120 {
		t.Errorf("a warning that became critical and was acknowledged is %d records, %+v", len(w.Records), inc)
	}
	if !slices.Contains(d.Incident.People, incident.Participation{Name: "Responder One", Role: "acknowledger"}) {
		t.Errorf("people = %+v, want who acknowledged", d.Incident.People)
	}
	f.Comments = nil // Icinga clears both before it tells of the recovery
	http["acknowledgement"], http["acknowledgement_last_change"] = 0, noon+200
	http["state"], http["last_hard_state_change"], http["last_state_ok"] = 0, noon+200, noon+230
	w.poll(t)
	d = w.Draft(t, "problems", id(-60))
	if inc := d.Incident; inc.Status != incident.Resolved || at(inc, incident.ResolvedAt) != 200 || at(inc, incident.Acked) != 120 {
		t.Errorf("recovered: %+v, want the end after 200 s and the acknowledgement kept", inc)
	}
	var told []string
	for _, e := range d.Timeline {
		told = append(told, string(e.Kind))
	}
	if want := []string{"created", "severity_changed", "acknowledged", "note", "resolved"}; !slices.Equal(told, want) {
		t.Errorf("timeline = %q, want %q", told, want)
	}
	http["state"], http["last_hard_state_change"], http["last_state_ok"] = 2, noon+300, noon+290
	if w.poll(t); len(w.Records) != 2 || w.Draft(t, "problems", id(290)).Incident.Status != incident.Triggered {
		t.Errorf("a problem that came back is among %d records, want it as the second", len(w.Records))
	}
}

func TestRecoveryThatNoPollSaw(t *testing.T) {
	http := icingatest.Service("http", 2, noon)
	w := watch(t, icingatest.New(http))
	w.poll(t)
	http["last_hard_state_change"], http["last_state_ok"] = noon+500, noon+440
	w.poll(t)
	inc := w.Draft(t, "problems", id(-60)).Incident
	if m, _ := inc.Milestones.Current(incident.ResolvedAt); len(w.Records) != 2 || at(inc, incident.ResolvedAt) != 440 || m.Precision != incident.About {
		t.Errorf("the first problem ended at %+v, want about 440 s, when the service was well for the last time before the next one", m)
	}
}

func TestRemovedService(t *testing.T) {
	f := icingatest.New(icingatest.Service("http", 2, noon))
	w := watch(t, f)
	w.poll(t)
	delete(f.Objects, "web-1!http")
	w.poll(t)
	if inc := w.Draft(t, "problems", id(-60)).Incident; inc.Status != incident.Resolved {
		t.Errorf("the problem of a service that was removed is %s, want it over, and kept", inc.Status)
	}
}

func TestLostPermissionsAreNoRecovery(t *testing.T) {
	f := icingatest.New(icingatest.Service("http", 2, noon))
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	cfg := config(s.URL)
	client, _ := importertest.Client(t, icinga.Source(), cfg)
	clear(f.Objects)
	got, err := icinga.Source().Collections[0].Fetch(t.Context(), importers.Input{Config: cfg, Client: client}, []string{id(-60)})
	if err == nil || len(got) > 0 {
		t.Errorf("Fetch from a server that gives nothing at all = %+v, %v, want an error", got, err)
	}
}

func TestDowntime(t *testing.T) {
	http := icingatest.Service("http", 2, noon)
	http["downtime_depth"] = 2
	w := watch(t, icingatest.New(http))
	w.poll(t)
	if inc := w.Draft(t, "problems", id(-60)).Incident; inc.Kind != incident.Maintenance {
		t.Errorf("a problem in a downtime is of the kind %s, want maintenance", inc.Kind)
	}
}

func TestSoftStatesAndRecoveredServicesAreNoProblems(t *testing.T) {
	text, err := os.ReadFile("testdata/objects-services.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Results []struct {
			Name  string
			Attrs map[string]any
		}
	}
	if err := json.Unmarshal(text, &recorded); err != nil {
		t.Fatal(err)
	}
	h, err := importertest.Collect(t.Context(), t, icinga.Source(), config(serveText(t, text)), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	// The stand-in answers whatever the filter: that every attribute can be read is what counts here.
	if len(h.Rejects) != 0 || len(h.Records) != len(recorded.Results) {
		t.Errorf("of %d recorded services %d could be read; rejects: %+v", len(recorded.Results), len(h.Records), h.Rejects)
	}
	soft := icingatest.Service("http", 2, noon)
	soft["state_type"] = 0
	w := watch(t, icingatest.New(soft))
	if w.poll(t); len(w.Records) != 0 {
		t.Errorf("a soft state made %d problems", len(w.Records))
	}
}

// serveText serves one answer for services, and nothing else.
func serveText(t *testing.T, text []byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "services") {
			w.Write(text)
			return
		}
		w.Write([]byte(`{"results":[]}`))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestMapping(t *testing.T) {
	http := icingatest.Service("http", 2, noon)
	http["vars"], http["groups"] = map[string]any{"app": "checkout", "prio": "P2", "n": 3}, []string{"web"}
	w := watch(t, icingatest.New(http))
	w.poll(t)
	if inc := w.Draft(t, "problems", id(-60)).Incident; inc.Services[0].Name != "web" {
		t.Errorf("services = %+v, want the group", inc.Services)
	}
	w.Config.Mapping = json.RawMessage(`{"severity":{"P2":2},"fields":{"service":"app","severity":"prio"}}`)
	if inc := w.Draft(t, "problems", id(-60)).Incident; inc.Services[0].Name != "checkout" || inc.Severity != incident.Sev2 || inc.SeverityRaw != "P2" {
		t.Errorf("with a mapping: services %+v, severity %d (%s)", inc.Services, inc.Severity, inc.SeverityRaw)
	}
}

func FuzzCombine(f *testing.F) {
	f.Add([]byte(`{"object":"a","observed":[{"state":2,"output":"x"}],"recovered":{"at":5}}`), []byte(`{"object":"a","observed":[{"state":2,"output":"y"}],"recovered":{"at":3,"late":true}}`), []byte(`{"removed":"2026-11-20T12:00:00Z","comments":[{"author":"x"}]}`))
	combine := icinga.Source().Collections[0].Combine
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
	f.Add([]byte(`{"object":"web-1!http","observed":[{"state":2,"last_hard_state_change":1795176000.5,"acknowledgement":1,"acknowledgement_last_change":1795176001}],"recovered":{"at":1795176009}}`))
	f.Add([]byte(`{"object":"","observed":[{"vars":null,"groups":[""],"last_hard_state_change":-1}],"removed":"2026-11-20T12:00:00Z","comments":[{"entry_time":1e300}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := icinga.Source().Collections[0].Map(incident.Raw{ExternalID: "x@1", Body: body}, importers.Config{}); err == nil {
			h := importertest.Haul{Source: icinga.Source(), Records: map[string]importers.Record{"problems/x@1": {ExternalID: "x@1", Body: body}}}
			h.Draft(t, "problems", "x@1")
		}
	})
}
