package github

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func changing(url string) importers.Config {
	return importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "token": "synthetic-token", "deploy_repos": "example-org/shop", "changes": "deployments, releases",
		"workflows": "deploy.yml, release.yml", "environments": "production"}}
}

func TestChangesAPI(t *testing.T) {
	importertest.RunAPI(t, Source(), importertest.Fake{
		Handler: func() http.Handler { return importertest.Contract(t, "testdata/openapi.json", githubtest.Busy()) },
		Config: func(url string) importers.Config {
			cfg := changing(url)
			cfg.Settings["workflows"] = ""
			return cfg
		},
		Want: 117 + 2,
	})
}

// GitHub lists 1,000 runs for one filter; there are 1,500 in two days. Not every repository has every workflow.
func TestMoreRunsThanGitHubLists(t *testing.T) {
	cfg := changing(importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", githubtest.Busy())))
	cfg.Settings["changes"] = "releases"
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil || len(h.Records) != 1500+2 {
		t.Errorf("read %d records, %v; want 1500 runs and 2 releases", len(h.Records), err)
	}
}

// A poll asks for the newest page and the statuses of the last hours, whatever the environments.
func TestPollOfChangesIsCheap(t *testing.T) {
	f := githubtest.Busy()
	srv := importertest.Served(t, f)
	h, err := importertest.Collect(context.Background(), t, Source(), changing(srv), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Calls = nil
	if _, err := importertest.Collect(context.Background(), t, Source(), changing(srv), h, 0); err != nil {
		t.Fatal(err)
	}
	deployments := 0
	for _, call := range f.Calls {
		if strings.Contains(call, "/deployments") {
			deployments++
		}
	}
	if deployments > 9 {
		t.Errorf("a poll asked %d times for deployments, want a page or two and the statuses of those of the last 6 hours: %s", deployments, f.Calls)
	}
}

func example(t *testing.T, collection, file string) *incident.ChangeEvent {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	h := &importertest.Haul{Source: Source(), Config: changing(""), Records: map[string]importers.Record{collection + "/octo-org/shop#1": {ExternalID: "octo-org/shop#1", Body: text}}}
	d := h.Draft(t, collection, "octo-org/shop#1")
	if len(d.Warnings) > 0 || d.Change.Validate() != nil {
		t.Errorf("%s: warnings %+v, %v", file, d.Warnings, d.Change.Validate())
	}
	return d.Change
}

// GitHub's own examples.
func TestOfficialChanges(t *testing.T) {
	c := example(t, "deployments", "example_deployment.json")
	if c.Title != "Deploy request from hubot" || c.Environment != "production" || c.Revision != "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d" || c.Result != incident.ChangeSucceeded ||
		c.Actor != "octocat" || c.Services[0].Name != "shop" || c.URL != "https://example.com/deployment/42/output" || !c.FinishedAt.Equal(time.Date(2012, 7, 20, 1, 19, 13, 0, time.UTC)) {
		t.Errorf("the deployment is %+v", c)
	}
	c = example(t, "releases", "example_release.json")
	if c.Kind != incident.ChangeRelease || c.Title != "v1.0.0" || c.Revision != "v1.0.0" || c.URL != "https://github.com/octocat/Hello-World/releases/v1.0.0" || !c.FinishedAt.Equal(time.Date(2013, 2, 27, 19, 35, 32, 0, time.UTC)) {
		t.Errorf("the release is %+v", c)
	}
	c = example(t, "runs", "example_run.json")
	if c.Title != "Build: Update README.md" || c.Result != incident.ChangeRunning || c.ResultRaw != "queued" || !c.StartedAt.Equal(time.Date(2020, 1, 22, 19, 33, 8, 0, time.UTC)) {
		t.Errorf("the run is %+v", c)
	}
}

func TestStatusesOfADeployment(t *testing.T) {
	status := func(state, hhmm string) string {
		return `{"state":"` + state + `","created_at":"2026-03-01T` + hhmm + `:00Z"}`
	}
	for _, tc := range []struct {
		name     string
		statuses []string // newest first, as GitHub lists them
		want     incident.ChangeResult
		finished string
	}{
		{"none yet", nil, incident.ChangeRunning, ""},
		{"in progress", []string{status("in_progress", "10:01"), status("queued", "10:00")}, incident.ChangeRunning, ""},
		{"succeeded, and replaced later", []string{status("inactive", "18:00"), status("success", "10:05"), status("in_progress", "10:01")}, incident.ChangeSucceeded, "10:05"},
		{"failed", []string{status("failure", "10:07")}, incident.ChangeFailed, "10:07"},
		{"retried", []string{status("success", "10:30"), status("error", "10:07")}, incident.ChangeSucceeded, "10:30"},
		{"only inactive", []string{status("inactive", "18:00")}, incident.ChangeResultUnknown, ""},
	} {
		body := `{"deployment":{"created_at":"2026-03-01T10:00:00Z","ref":"main"},"statuses":[` + strings.Join(tc.statuses, ",") + `]}`
		d, err := mapDeployment(incident.Raw{ExternalID: "a/b#1", Body: []byte(body)}, changing(""))
		got := ""
		if err == nil && !d.Change.FinishedAt.IsZero() {
			got = d.Change.FinishedAt.Format("15:04")
		}
		if err != nil || d.Change.Result != tc.want || got != tc.finished || len(d.Warnings) > 0 {
			t.Errorf("%s: %s, finished %q, %v, %+v; want %s, %q", tc.name, d.Change.Result, got, err, d.Warnings, tc.want, tc.finished)
		}
	}
}

func TestHookOfChanges(t *testing.T) {
	for event, want := range map[string]string{
		`deployment_status {"deployment":{"id":5},"repository":{"full_name":"example-org/shop"}}`:                   "deployments example-org/shop#5",
		`release {"action":"deleted","release":{"id":5},"repository":{"full_name":"example-org/shop"}}`:             "releases example-org/shop#5 gone",
		`workflow_run {"action":"completed","workflow_run":{"id":5},"repository":{"full_name":"example-org/shop"}}`: "runs example-org/shop#5",
		`deployment {"deployment":{"id":5},"repository":{"full_name":"example-org/other"}}`:                         "",
	} {
		kind, body, _ := strings.Cut(event, " ")
		news, err := hook.Read(importers.Delivery{Header: http.Header{"X-Github-Event": {kind}}, Body: []byte(body)}, changing(""))
		got := ""
		for _, n := range news {
			got = n.Collection + " " + n.ID
			if n.Gone {
				got += " gone"
			}
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", event, got, err, want)
		}
	}
}

func FuzzMapChange(f *testing.F) {
	for _, file := range []string{"deployment", "release", "run"} {
		if text, err := os.ReadFile("testdata/example_" + file + ".json"); err == nil {
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, c := range []string{"deployments", "releases", "runs"} {
			importertest.Mappable(t, Source(), c, changing(""), importers.Record{ExternalID: "a/b#1", Body: body})
		}
	})
}
