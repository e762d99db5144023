package gitlab

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), importertest.Fake{Handler: gitlabtest.Upstream.New, Config: gitlabtest.Upstream.Config, Want: 130 + 220})
	// Three requests for each incident, one for a second page of notes; the rest are lists.
	if lists := h.Requests - 3*130 - 1; lists > 9 {
		t.Errorf("the lists took %d requests, want at most 9", lists)
	}
	d := h.Draft(t, "incidents", "example/ops#7")
	if len(d.Timeline) != 121 || strings.Contains(string(h.Records["incidents/example/ops#7"].Body), "internal word") {
		t.Errorf("the long timeline has %d events, want 120 notes and the opening, and nothing internal", len(d.Timeline))
	}
	if d.Incident.Severity != incident.Sev2 || d.Incident.Status != incident.Acknowledged {
		t.Errorf("the incident is %+v", d.Incident)
	}
}

func TestPrivateIncidentsAndNotes(t *testing.T) {
	cfg := gitlabtest.Upstream.Config(importertest.Served(t, gitlabtest.New()))
	cfg.Settings["private"], cfg.Settings["deploy_projects"] = "yes", ""
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil || len(h.Records) != 131 || !h.Draft(t, "incidents", "example/ops#131").Incident.Private {
		t.Fatalf("read %d records (%v), want 131 with the confidential one private", len(h.Records), err)
	}
	for _, e := range h.Draft(t, "incidents", "example/ops#7").Timeline {
		if e.Private != (e.Text == "internal word") {
			t.Errorf("the note %q is private: %v", e.Text, e.Private)
		}
	}
}

// Old servers ignore updated_after: all is read all the same, and a poll reads no incident again that has not changed.
func TestServerThatIgnoresTheTime(t *testing.T) {
	f := gitlabtest.New()
	f.Old = true
	cfg := gitlabtest.Upstream.Config(importertest.Served(t, f))
	cfg.Settings["deploy_projects"] = ""
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil || len(h.Records) != 130 {
		t.Fatalf("read %d records (%v), want 130", len(h.Records), err)
	}
	if d := h.Draft(t, "incidents", "example/ops#1"); len(d.Warnings) != 1 {
		t.Errorf("warnings %+v, want one about the timeline", d.Warnings)
	}
	f.Issues["example/ops"][0]["updated_at"] = gitlabtest.Stamp(100000)
	f.Queries = nil
	if again, err := importertest.Collect(context.Background(), t, Source(), cfg, h, 0); err != nil || len(again.Records) != 130 || again.Records["incidents/example/ops#1"].At.Equal(h.Records["incidents/example/ops#1"].At) {
		t.Errorf("the poll: %v", err)
	}
}

func TestFetch(t *testing.T) {
	f := gitlabtest.New()
	cfg := gitlabtest.Upstream.Config(importertest.Served(t, f))
	in := importertest.Input(t, Source(), cfg)
	got, err := Source().Collections[0].Fetch(context.Background(), in, []string{"example/ops#5", "example/ops#131", "example/ops#132", "example/ops#999", "other/ops#5", "x"})
	if err != nil || len(got) != 1 || got[0].ExternalID != "example/ops#5" {
		t.Errorf("Fetch = %+v, %v; want the one incident that is public and there", got, err)
	}
	if !strings.Contains(f.Queries[0], "gid://gitlab/Issue/1005") || !strings.Contains(f.Queries[0], `"project":"example/ops"`) {
		t.Errorf("GraphQL was asked %s", f.Queries[0])
	}
	got, err = Source().Collections[1].Fetch(context.Background(), in, []string{"example/shop#1", "example/shop#23", "example/shop#999"})
	if err != nil || len(got) != 1 || got[0].ExternalID != "example/shop#1" {
		t.Errorf("Fetch = %+v, %v; want the deployment to production", got, err)
	}
}

func TestProbeAndSettings(t *testing.T) {
	cfg := gitlabtest.Upstream.Config(importertest.Served(t, gitlabtest.New()))
	cfg.Settings["projects"] = "example/ops, example/nothing"
	got, err := Source().Probe(context.Background(), importertest.Input(t, Source(), cfg))
	if err != nil || got.Identity != "reader" || !slices.Equal(got.Reach, []string{"example/ops", "example/shop"}) || len(got.Notes) != 1 {
		t.Errorf("Probe = %+v, %v", got, err)
	}
	for text, ok := range map[string]bool{"a/b": true, "a/b/c, 42": true, "a": false, "/a/b": false, "a/b?x": false, "https://gitlab.com/a/b": false} {
		if err := checkProjects(text); (err == nil) != ok {
			t.Errorf("checkProjects(%q) = %v", text, err)
		}
	}
	if err := check(importers.Config{}); err == nil {
		t.Error("a connection without any project was taken")
	}
}

func TestHook(t *testing.T) {
	for body, want := range map[string]string{
		`{"object_kind":"issue","project":{"id":4,"path_with_namespace":"Example/ops"},"object_attributes":{"iid":5,"type":"Incident"}}`: "incidents example/ops#5",
		`{"object_kind":"work_item","project":{"path_with_namespace":"example/ops"},"object_attributes":{"iid":5,"type":"Task"}}`:        "",
		`{"object_kind":"note","project":{"path_with_namespace":"example/ops"},"object_attributes":{"id":1244},"issue":{"iid":5}}`:       "incidents example/ops#5",
		`{"object_kind":"note","project":{"path_with_namespace":"example/ops"},"merge_request":{"iid":5}}`:                               "",
		`{"object_kind":"deployment","deployment_id":15,"project":{"path_with_namespace":"example/shop"},"status":"success"}`:            "deployments example/shop#15",
		`{"object_kind":"issue","project":{"path_with_namespace":"other/ops"},"object_attributes":{"iid":5,"type":"Incident"}}`:          "",
		`{"object_kind":"push","project":{"path_with_namespace":"example/ops"}}`:                                                         "",
	} {
		news, err := hook.Read(importers.Delivery{Body: []byte(body)}, gitlabtest.Upstream.Config("https://gitlab.com"))
		got := ""
		for _, n := range news {
			got = n.Collection + " " + n.ID
		}
		if err != nil || got != want {
			t.Errorf("Read(%s) = %q, %v; want %q", body, got, err, want)
		}
	}
	d := importers.Delivery{Header: http.Header{"X-Gitlab-Token": {"s3"}, "Idempotency-Key": {"f5e5f430"}}}
	if id, err := hook.Verify(d, []string{"s3"}); err != nil || id != "f5e5f430" {
		t.Errorf("Verify = %q, %v", id, err)
	}
	if _, err := hook.Verify(d, []string{"other"}); err == nil {
		t.Error("another secret passed")
	}
}
