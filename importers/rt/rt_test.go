package rt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/rt"
	"hindsight/importers/rt/rttest"
	"hindsight/incident"
)

func config(more map[string]string) func(string) importers.Config {
	return func(url string) importers.Config {
		cfg := importers.Config{Connection: "con_test", Settings: rttest.Upstream.Settings(url)}
		maps.Copy(cfg.Settings, more)
		return cfg
	}
}

func serve(t *testing.T, f *rttest.Server, more map[string]string) (importers.Config, importers.Input) {
	t.Helper()
	cfg := config(more)(importertest.Served(t, f))
	return cfg, importertest.Input(t, rt.Source(), cfg)
}

func TestReads(t *testing.T) {
	importertest.RunAPI(t, rt.Source(), importertest.Fake{Handler: rttest.Upstream.New, Config: config(nil), Want: 130})
}

func TestPollInAnyZone(t *testing.T) {
	f := rttest.New(3)
	f.Now = time.Date(2026, 10, 20, 12, 0, 0, 0, time.UTC)
	cfg, _ := serve(t, f, nil)
	h := importertest.ReadAll(t, rt.Source(), cfg, nil)
	f.Tickets[2]["Subject"], f.Tickets[2]["LastUpdated"] = "synthetic, changed", "2026-10-20T11:00:00Z"
	f.Tickets[1]["LastUpdated"] = "2026-10-20T09:00:00Z" // long before the last poll
	f.Details = nil
	h = importertest.ReadAll(t, rt.Source(), cfg, h)
	if got := h.Draft(t, "tickets", "2").Incident.Title; got != "synthetic, changed" {
		t.Errorf("after the poll, the title is %q, want the change, whatever the zone of the user", got)
	}
	if !slices.Equal(f.Details, []string{"2", "3"}) {
		t.Errorf("the poll asked for the history of %q, want 2, and 3 of the last second, and not of what is found only because of zones", f.Details)
	}
}

func TestMergedAndDeleted(t *testing.T) {
	f := rttest.New(4)
	_, in := serve(t, f, nil)
	delete(f.Tickets, 2)
	f.Merged[2] = 1
	f.Tickets[3]["Status"] = "deleted"
	delete(f.Tickets, 4)
	got, err := rt.Source().Collections[0].Fetch(t.Context(), in, []string{"1", "2", "3", "4"})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range got {
		said = append(said, fmt.Sprintf("%s asked=%s gone=%v", r.ExternalID, r.Asked, r.Gone))
	}
	want := []string{"1 asked= gone=false", "1 asked=2 gone=false", "3 asked= gone=true"}
	if !slices.Equal(said, want) {
		t.Errorf("Fetch = %q, want %q", said, want)
	}
}

func TestComments(t *testing.T) {
	cfg, _ := serve(t, rttest.New(1), nil)
	h := importertest.ReadAll(t, rt.Source(), cfg, nil)
	if body := string(h.Records["tickets/1"].Body); strings.Contains(body, "for few") || strings.Contains(body, "x.png") || !strings.Contains(body, "for all") {
		t.Errorf("without the setting, the record is %s, want the description, and neither the comment nor the file", body)
	}
	cfg.Settings["private"] = "yes"
	d := importertest.ReadAll(t, rt.Source(), cfg, nil).Draft(t, "tickets", "1")
	if !d.Timeline[1].Private || d.Timeline[1].Text != "synthetic: for few" || d.Incident.Description != "synthetic: for all" {
		t.Errorf("with the setting, the description is %q, the timeline %+v", d.Incident.Description, d.Timeline)
	}
	if d.Timeline[2].Text != "owner from user 6 to responder-one" {
		t.Errorf("the change of owner says %q, want the name behind the number, as far as it is known", d.Timeline[2].Text)
	}
}

func TestQueuesAndQuery(t *testing.T) {
	cfg, in := serve(t, rttest.New(2), map[string]string{"queues": "Other"})
	if h := importertest.ReadAll(t, rt.Source(), cfg, nil); len(h.Records) != 0 {
		t.Errorf("read %d tickets of a queue without any", len(h.Records))
	}
	in.Config.Settings["queues"], in.Config.Settings["query"] = "", "nonsense"
	_, err := rt.Source().Probe(t.Context(), in)
	if err == nil || !strings.Contains(err.Error(), "Incomplete query") || strings.Contains(err.Error(), "/usr/share") {
		t.Errorf("Probe with a wrong query: %v, want the message without the server's paths", err)
	}
	in.Config.Settings["query"] = ""
	got, err := rt.Source().Probe(t.Context(), in)
	if err != nil || !strings.Contains(got.Identity, "reader") || !slices.Equal(got.Reach, []string{"General"}) {
		t.Errorf("Probe = %+v, %v", got, err)
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	for name, value := range map[string]string{"priorities": "90=9", "user": ""} {
		if err := rt.Source().Validate(config(map[string]string{name: value})("https://rt.example.com")); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%s=%q: %v, want ErrInvalid", name, value, err)
		}
	}
}

// recorded returns the record that the recorded answers make.
func recorded(t testing.TB) []byte {
	t.Helper()
	var search, history struct{ Items []json.RawMessage }
	for file, into := range map[string]any{"tickets-search": &search, "ticket-1-history": &history} {
		text, err := os.ReadFile("testdata/" + file + ".json")
		if err == nil {
			err = json.Unmarshal(text, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	body, err := json.Marshal(map[string]any{"ticket": search.Items[0], "history": history.Items, "users": map[string]string{"14": "root"}})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func draftOf(t *testing.T, body string, cfg importers.Config) importers.Draft {
	t.Helper()
	h := importertest.Haul{Source: rt.Source(), Config: cfg, Records: map[string]importers.Record{"tickets/1": {ExternalID: "1", Body: []byte(body)}}}
	return h.Draft(t, "tickets", "1")
}

func TestRecordedTicket(t *testing.T) {
	d := draftOf(t, string(recorded(t)), importers.Config{})
	inc := d.Incident
	second := func(s int) time.Time { return time.Date(2026, 11, 20, 10, 0, s, 0, time.UTC) }
	if inc.Status != incident.Resolved || inc.Severity != incident.Sev1 || *inc.Reopened != 0 || inc.Title != "Checkout 5xx storm" ||
		!inc.Milestones.At(incident.Opened).Equal(second(3)) || !inc.Milestones.At(incident.Acked).Equal(second(4)) || !inc.Milestones.At(incident.ResolvedAt).Equal(second(5)) {
		t.Errorf("the ticket became %+v, want SEV1, opened, started and resolved a second apart", inc)
	}
	var told []string
	for _, e := range d.Timeline {
		told = append(told, string(e.Kind)+": "+e.Text)
	}
	want := []string{"created: created", "assigned: owner from user 6 to root", "status_changed: status from new to open", "note: comment", "resolved: status from open to resolved"}
	if len(told) != 8 || !slices.Equal(told[:5], want) {
		t.Errorf("timeline = %q, want it to begin with %q and 3 more", told, want)
	}
}

const synthetic = `{"ticket":{"id":"1","Subject":"x","Status":%q,"Priority":%q,"Created":"2026-11-20T10:00:00Z","Started":"1970-01-01T00:00:00Z","Resolved":"2026-11-20T11:00:00Z",
	"LastUpdated":"2026-11-20T12:00:00Z","CustomFields":[{"name":"Affected","values":["checkout"]},{"name":"Impact from","values":["2026-11-20 09:30:00"]}]},
	"history":[{"id":"1","ObjectId":"1","Type":"Status","OldValue":"new","NewValue":"resolved","Created":"2026-11-20T11:00:00Z"},
	{"id":"2","ObjectId":"1","Type":"Status","OldValue":"resolved","NewValue":"open","Created":"2026-11-20T11:30:00Z"},
	{"id":"3","ObjectId":"9","Type":"Status","OldValue":"new","NewValue":"rejected","Created":"2026-11-20T11:40:00Z"},
	{"id":"4","ObjectId":"1","Type":"AddLink","Field":"MemberOf","NewValue":"fsck.com-rt://example.org/ticket/7","Created":"2026-11-20T11:41:00Z"}]}`

func TestReopenedTicket(t *testing.T) {
	inc := draftOf(t, fmt.Sprintf(synthetic, "open", "0"), importers.Config{}).Incident
	if *inc.Reopened != 1 || !inc.Milestones.At(incident.ResolvedAt).IsZero() || inc.Severity != 0 || inc.Parent != "7" {
		t.Errorf("a reopened ticket into which a rejected one was merged became %+v, want one reopening, no resolution, no severity, and a parent", inc)
	}
}

func TestUnknownWordsAndMapping(t *testing.T) {
	d := draftOf(t, fmt.Sprintf(synthetic, "waiting for vendor", "Hot"), importers.Config{})
	if d.Incident.Status != incident.StatusUnknown || d.Incident.Severity != 0 || len(d.Warnings) != 2 {
		t.Errorf("status %s, severity %d, warnings %+v, want unknown, none, and two", d.Incident.Status, d.Incident.Severity, d.Warnings)
	}
	cfg := importers.Config{Mapping: json.RawMessage(`{"severity":{"55":1},"fields":{"service":"Affected","impact_started":"impact from"}}`)}
	inc := draftOf(t, fmt.Sprintf(synthetic, "open", "55"), cfg).Incident
	if inc.Severity != incident.Sev1 || inc.Services[0].Name != "checkout" || inc.Milestones.At(incident.ImpactStarted).Hour() != 9 {
		t.Errorf("with a mapping: severity %d, services %+v, impact %v", inc.Severity, inc.Services, inc.Milestones.At(incident.ImpactStarted))
	}
}

func FuzzMap(f *testing.F) {
	f.Add(recorded(f))
	f.Add(fmt.Appendf(nil, synthetic, "open", "5"))
	f.Add([]byte(`{"ticket":{"id":1,"Queue":null,"CustomFields":[{"values":null}],"Requestor":null,"Owner":{"id":3}},"history":null,"attachments":[{"TransactionId":5}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := rt.Source().Collections[0].Map(incident.Raw{ExternalID: "1", Body: body}, importers.Config{}); err == nil {
			draftOf(t, string(body), importers.Config{})
		}
	})
}
