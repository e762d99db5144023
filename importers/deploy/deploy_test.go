package deploy

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func config(more ...string) importers.Config {
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{}}
	for i := 0; i < len(more); i += 2 {
		cfg.Settings[more[i]] = more[i+1]
	}
	return cfg
}

// push takes in deliveries one minute apart and returns what was read of them.
func push(t *testing.T, cfg importers.Config, query string, bodies ...string) *importertest.Haul {
	t.Helper()
	h := &importertest.Haul{Source: Source(), Config: cfg, Records: map[string]importers.Record{}}
	q, _ := url.ParseQuery(query)
	for i, body := range bodies {
		news, err := hook.Read(importers.Delivery{Query: q, Body: []byte(body), At: noon.Add(time.Duration(i) * time.Minute)}, cfg)
		if err != nil {
			t.Fatalf("delivery %d: %v", i, err)
		}
		for _, n := range news {
			c := Source().Collections[slices.IndexFunc(Source().Collections, func(c importers.Collection) bool { return c.Name == n.Collection })]
			if err := h.Put(c, *n.Record); err != nil {
				t.Fatal(err)
			}
		}
	}
	return h
}

func change(t *testing.T, h *importertest.Haul, id string) *incident.ChangeEvent {
	t.Helper()
	return h.Draft(t, "changes", id).Change
}

func names(list []incident.ServiceUse) (out []string) {
	for _, s := range list {
		out = append(out, s.Name)
	}
	return out
}

func TestPlainDelivery(t *testing.T) {
	h := push(t, config(), "", `{"id": "build-17", "kind": "deploy", "service": "checkout", "environment": "production", "revision": "4f2a91c", "result": "succeeded",
		"started_at": "2026-03-01T11:40:00+01:00", "finished_at": 1772362200, "url": "https://ci.example.com/17", "actor": "Responder One"}`)
	c := change(t, h, "build-17")
	if c.Kind != incident.ChangeDeploy || c.Title != "Deployment of checkout to production" || !slices.Equal(names(c.Services), []string{"checkout"}) || c.Environment != "production" ||
		c.Revision != "4f2a91c" || c.Result != incident.ChangeSucceeded || c.URL != "https://ci.example.com/17" || c.Actor != "Responder One" {
		t.Errorf("the change is %+v", c)
	}
	if !c.StartedAt.Equal(noon.Add(-80*time.Minute)) || !c.FinishedAt.Equal(noon.Add(-70*time.Minute)) {
		t.Errorf("it ran from %s to %s", c.StartedAt, c.FinishedAt)
	}
}

// The example of DevLake's documentation: https://devlake.apache.org/docs/Plugins/webhook (Register a Deployment).
func TestDevLakeDeployment(t *testing.T) {
	h := push(t, config(), "", `{"id": "required-id", "createdDate":"2020-01-01T11:00:00+00:00", "startedDate":"2020-01-01T12:00:00+00:00", "finishedDate":"2020-01-02T13:00:00+00:00",
		"environment":"PRODUCTION", "result": "FAILURE", "displayTitle":"optional-custom-deploy-display-title", "name": "optional-deployment-name",
		"deploymentCommits":[
		 {"repoUrl":"https://git.example.com/shop/checkout.git", "refName": "optional-release-v0.17", "startedDate":"2020-01-01T11:00:00+00:00", "finishedDate":"2020-01-02T11:00:00+00:00", "commitSha":"c1", "commitMsg":"optional-msg-1"},
		 {"repoUrl":"repo-2", "refName": "optional-release-v0.17", "commitSha":"c2"}]}`)
	c := change(t, h, "required-id")
	if c.Title != "optional-custom-deploy-display-title" || c.Result != incident.ChangeFailed || c.Environment != "PRODUCTION" || c.Revision != "c1, c2" || !slices.Equal(names(c.Services), []string{"checkout", "repo-2"}) {
		t.Errorf("the change is %+v", c)
	}
	if got := c.FinishedAt.Sub(c.StartedAt); got != 25*time.Hour || c.ExternalCreatedAt.Hour() != 11 {
		t.Errorf("it took %s, created at %s", got, c.ExternalCreatedAt)
	}
}

// DevLake's older form, as its swagger comment shows it, has no id: the same message again is the same change.
func TestOldDevLakeDeployment(t *testing.T) {
	body := `{"repo_url":"devlake","commit_sha":"015e3d3b480e417aede5a1293bd61de9b0fd051d","start_time":"2020-01-01T12:00:00+00:00","end_time":"2020-01-01T12:59:59+00:00","environment":"PRODUCTION"}`
	h := push(t, config(), "", body, body)
	if len(h.Records) != 1 {
		t.Fatalf("%d changes, want 1", len(h.Records))
	}
	for key := range h.Records {
		c := change(t, h, strings.TrimPrefix(key, "changes/"))
		if c.Revision != "015e3d3b480e417aede5a1293bd61de9b0fd051d" || !slices.Equal(names(c.Services), []string{"devlake"}) || c.FinishedAt.Sub(c.StartedAt) != 59*time.Minute+59*time.Second || c.Result != incident.ChangeResultUnknown {
			t.Errorf("the change is %+v", c)
		}
	}
}

func TestStartAndEndComeOneByOne(t *testing.T) {
	begin := `{"id": "17", "service": "checkout", "result": "running", "started_at": "2026-03-01T12:00:00Z"}`
	end := `{"id": "17", "result": "failed", "finished_at": "2026-03-01T12:07:00Z"}`
	c := change(t, push(t, config(), "", begin, end, begin), "17")
	if c.Result != incident.ChangeFailed || c.FinishedAt.Sub(c.StartedAt) != 7*time.Minute || !slices.Equal(names(c.Services), []string{"checkout"}) {
		t.Errorf("the change is %+v", c)
	}
}

func TestWithoutTimes(t *testing.T) {
	h := push(t, config("service", "shop"), "", `{"revision": "a"}`, `{"revision": "a"}`)
	if len(h.Records) != 2 {
		t.Errorf("two deliveries without a time and an id are %d changes, want 2: each means its own moment", len(h.Records))
	}
	c := change(t, push(t, config(), "service=billing", `{"id": 7, "result": "running"}`), "7")
	if !c.StartedAt.Equal(noon) || !c.FinishedAt.IsZero() || !slices.Equal(names(c.Services), []string{"billing"}) {
		t.Errorf("the change that runs is %+v", c)
	}
	c = change(t, push(t, config(), "", `{"id": 7, "result": "running"}`, `{"id": 7, "result": "exploded"}`), "7")
	if !c.StartedAt.Equal(noon) || c.Result != incident.ChangeResultUnknown || c.ResultRaw != "exploded" {
		t.Errorf("the change of an unknown result is %+v", c)
	}
}

func TestListsAndEnvironments(t *testing.T) {
	h := push(t, config("environments", "production"), "", `[{"id": "1", "environment": "Production"}, {"id": "2", "environment": "staging"}, {"id": "3"}]`)
	if len(h.Records) != 2 || h.Records["changes/2"].Body != nil {
		t.Errorf("read %d changes, want those of production and the one that does not say", len(h.Records))
	}
	for _, body := range []string{``, `17`, `null`, `[1]`, `{"id":`, `[` + strings.Repeat(`{},`, most) + `{}]`} {
		if news, err := hook.Read(importers.Delivery{Body: []byte(body), At: noon}, config()); err == nil {
			t.Errorf("the delivery %.20q became %d records, want a refusal", body, len(news))
		}
	}
}

// The incident is that of DevLake's documentation (Incident / Issue), whose address names the key to close it by.
func TestDevLakeIncident(t *testing.T) {
	open := `{"issueKey":"DLK-1234","title":"an incident from DLK","type":"INCIDENT","originalStatus":"TODO","status":"TODO","createdDate":"2020-01-01T12:00:00+00:00","updatedDate":"2020-01-01T12:00:00+00:00",
		"severity":"sev2","component":"checkout","creatorName":"Responder One","parentIssueKey":"DLK-1200","url":"https://tickets.example.com/DLK-1234"}`
	h := push(t, config(), "", open, strings.ReplaceAll(open, "INCIDENT", "BUG"))
	inc := h.Draft(t, "incidents", "DLK-1234").Incident
	if inc.Status != incident.Triggered || inc.Severity != incident.Sev2 || inc.Title != "an incident from DLK" || inc.Parent != "DLK-1200" || !slices.Equal(names(inc.Services), []string{"checkout"}) || len(inc.People) != 1 {
		t.Errorf("the incident is %+v", inc)
	}
	news, err := hook.Read(importers.Delivery{Query: url.Values{"close": {"DLK-1234"}}, At: noon}, config())
	if err != nil || len(news) != 1 {
		t.Fatal(news, err)
	}
	if err := h.Put(Source().Collections[1], *news[0].Record); err != nil {
		t.Fatal(err)
	}
	inc = h.Draft(t, "incidents", "DLK-1234").Incident
	if at := inc.Milestones.At(incident.ResolvedAt); inc.Status != incident.Resolved || !at.Equal(noon) || inc.Title != "an incident from DLK" {
		t.Errorf("closed, the incident is %s, resolved at %s", inc.Status, at)
	}
	done := strings.Replace(open, `"status":"TODO"`, `"status":"DONE","resolutionDate":"2020-01-01T14:30:00+00:00"`, 1)
	inc = push(t, config(), "", open, done).Draft(t, "incidents", "DLK-1234").Incident
	if inc.Status != incident.Resolved || inc.Milestones.At(incident.ResolvedAt).Sub(inc.Milestones.At(incident.Opened)) != 150*time.Minute {
		t.Errorf("done, the incident is %+v", inc)
	}
}

func TestHookAsksForItsSecret(t *testing.T) {
	for header, value := range map[string]string{"Authorization": "Bearer s3", "X-Hindsight-Token": "s3"} {
		if _, err := hook.Verify(importers.Delivery{Header: http.Header{header: {value}}}, []string{"s3"}); err != nil {
			t.Errorf("%s was refused: %v", header, err)
		}
	}
	if _, err := hook.Verify(importers.Delivery{Header: http.Header{"Authorization": {"Bearer other"}}}, []string{"s3"}); err == nil {
		t.Error("another secret passed")
	}
}

func TestCombineDoesNotDependOnOrder(t *testing.T) {
	part := func(minute int, body string) []byte {
		text, _ := json.Marshal(record{Messages: []message{{At: noon.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339Nano), Body: json.RawMessage(body)}}})
		return text
	}
	join := func(x, y []byte) []byte {
		out, err := combine(x, y)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	a, b, c := part(0, `{"result": "running"}`), part(1, `{"result":"failed"}`), part(2, `{"result":"running"}`)
	if x, y := join(join(a, b), c), join(c, join(b, a)); !bytes.Equal(x, y) || !bytes.Equal(join(x, x), x) || !bytes.Equal(join(a, join(b, c)), x) {
		t.Errorf("combined in another order:\n%s\n%s", x, y)
	}
}

func TestBrokenRecords(t *testing.T) {
	for name, body := range map[string]string{"no JSON": `{`, "no messages": `{}`, "a text for a body": `{"messages":[{"body":"x"}]}`,
		"a kind that there is not": `{"messages":[{"body":{"kind":"party"}}]}`, "an odd date": `{"messages":[{"body":{"started_at":"soon"}}]}`} {
		if _, err := mapChange(incident.Raw{ExternalID: "1", Body: []byte(body)}, config()); err == nil {
			t.Errorf("%s was mapped", name)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"messages":[{"received_at":"2026-03-01T12:00:00Z","service":"a","body":{"id":"1","kind":"flag","result":"failed","started_at":"2026-03-01T11:00:00Z","services":["x"],"url":"https://example.com"}},{"close":true}]}`))
	f.Add([]byte(`{"messages":[{"body":{"issueKey":"K-1","title":"t","status":"DONE","createdDate":"2026-03-01","deploymentCommits":[{"repoUrl":"https://example.com/a.git","commitSha":"1"}]}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range []string{"changes", "incidents"} {
			importertest.Mappable(t, Source(), c, config(), importers.Record{ExternalID: "1", Body: body})
		}
	})
}
