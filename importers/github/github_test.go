package github

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
)

func TestAPI(t *testing.T) {
	h := importertest.RunAPI(t, Source(), importertest.Fake{
		Handler: func() http.Handler { return importertest.Contract(t, "testdata/openapi.json", githubtest.New()) },
		Config:  githubtest.Upstream.Config, Want: 122,
	})
	// 120 and 2 incidents with a timeline each, one of two pages; the rest are lists.
	if lists := h.Requests - 122 - 1; lists > 14 {
		t.Errorf("122 incidents took %d requests for lists, want at most 14", lists)
	}
	if n := len(h.Draft(t, "incidents", "example-org/shop#7").Timeline); n != 131 {
		t.Errorf("the long timeline has %d events, want its 130 and the opening", n)
	}
}

// An issue that is touched while the list is read moves to its end; nothing may slip through the page boundary.
func TestIssueTouchedBetweenPages(t *testing.T) {
	f := githubtest.New()
	f.Before = func(n int) {
		if n == 2 {
			f.Issues["example-org/incidents"][3]["updated_at"] = "2026-03-02T00:00:00Z"
		}
	}
	h, err := importertest.Collect(context.Background(), t, Source(), githubtest.Upstream.Config(importertest.Served(t, f)), nil, 0)
	if err != nil || len(h.Records) != 122 {
		t.Errorf("read %d records and %v, want 122", len(h.Records), err)
	}
}

func TestPollAsksForWhatChanged(t *testing.T) {
	f := githubtest.New()
	cfg := githubtest.Upstream.Config(importertest.Served(t, f))
	h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Calls = nil
	again, err := importertest.Collect(context.Background(), t, Source(), cfg, h, 0)
	if err != nil || len(again.Records) != 122 || !strings.Contains(f.Calls[0], "since=2026-03-01T01%3A55%3A00Z") {
		t.Errorf("the poll gave %v and asked first %s; want all from 5 minutes before the last change on", err, f.Calls[0])
	}
	lists := slices.DeleteFunc(f.Calls, func(call string) bool { return !strings.Contains(call, "/issues?") })
	if len(lists) != 4 {
		t.Errorf("the poll asked for %d lists, want one for each of two repositories and two labels: %s", len(lists), lists)
	}
}

func TestFetch(t *testing.T) {
	f := githubtest.New()
	f.Moved["example-org/incidents#1"] = "/repos/example-org/shop/issues/8"
	f.Moved["example-org/incidents#2"] = "/repos/example-org/secret/issues/1"
	f.Add("example-org/secret", githubtest.Issue("example-org/secret", 1, 1, "incident"))
	f.Deleted["example-org/incidents#3"] = true
	cfg := githubtest.Upstream.Config(importertest.Served(t, f))
	ids := []string{"example-org/incidents#1", "example-org/incidents#2", "example-org/incidents#3", "example-org/incidents#4", "example-org/incidents#122",
		"example-org/incidents#121", "example-org/secret#1", "example-org/incidents#999", "nonsense"}
	got, err := Source().Collections[0].Fetch(context.Background(), importertest.Input(t, Source(), cfg), ids)
	if err != nil || len(got) != 2 {
		t.Fatalf("Fetch = %+v, %v; want the transferred issue and the one that stayed", got, err)
	}
	if got[0].ExternalID != "example-org/shop#8" || got[0].Asked != "example-org/incidents#1" {
		t.Errorf("the transferred issue is %q, asked as %q", got[0].ExternalID, got[0].Asked)
	}
	if got[1].ExternalID != "example-org/incidents#4" || got[1].Asked != "" {
		t.Errorf("the issue that stayed is %q, asked as %q", got[1].ExternalID, got[1].Asked)
	}
	if i := slices.IndexFunc(f.Calls, func(c string) bool { return strings.Contains(c, "nonsense") }); i >= 0 {
		t.Errorf("it was asked for %s", f.Calls[i])
	}
}

// GitHub says "slow down" with 403 too, and then names the second at which to go on.
func TestSecondaryLimit(t *testing.T) {
	f := githubtest.New()
	refused := false
	cfg := githubtest.Upstream.Config(importertest.Served(t, f))
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !refused {
			refused = true
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(`{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}`))
			return
		}
		f.ServeHTTP(w, r)
	})
	srv := importertest.Served(t, limited)
	cfg.Settings["url"] = srv
	if h, err := importertest.Collect(context.Background(), t, Source(), cfg, nil, 0); err != nil || len(h.Records) != 122 {
		t.Errorf("read %d records and %v, want all after a pause", len(h.Records), err)
	}
}

// The next page must not be asked for at another host, which would get the token.
func TestLinkToAnotherHost(t *testing.T) {
	srv := importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Link", `<https://evil.example.net/issues?page=2>; rel="next"`)
		importertest.Answer(w, http.StatusOK, []map[string]any{githubtest.Issue("example-org/incidents", 1, 0, "bug")})
	}))
	if _, err := importertest.Collect(context.Background(), t, Source(), githubtest.Upstream.Config(srv), nil, 0); err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("a link to another host gave %v, want a refusal", err)
	}
}

func TestProbe(t *testing.T) {
	f := githubtest.New()
	cfg := githubtest.Upstream.Config(importertest.Served(t, f))
	cfg.Settings["repos"] = "example-org/incidents, example-org/nothing"
	got, err := Source().Probe(context.Background(), importertest.Input(t, Source(), cfg))
	if err != nil || got.Identity != "reader-bot" || !slices.Equal(got.Reach, []string{"example-org/incidents"}) || len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "example-org/nothing") {
		t.Errorf("Probe = %+v, %v", got, err)
	}
}

func TestRepositoriesAreChecked(t *testing.T) {
	for text, ok := range map[string]bool{"a/b": true, "a/b, c/d.e": true, "a": false, "a/b/c": false, "../x": false, "a/..": false, "https://github.com/a/b": false, "a/b?x": false} {
		if err := checkRepos(text); (err == nil) != ok {
			t.Errorf("checkRepos(%q) = %v", text, err)
		}
	}
}

func TestHook(t *testing.T) {
	for _, tc := range []struct{ name, event, body, want string }{
		{"an incident is labelled", "issues", `{"action":"labeled","issue":{"number":5,"labels":[{"name":"incident"}]},"repository":{"full_name":"Example-Org/incidents"}}`, "example-org/incidents#5"},
		{"its label goes", "issues", `{"action":"unlabeled","issue":{"number":5,"labels":[]},"repository":{"full_name":"example-org/incidents"}}`, "example-org/incidents#5"},
		{"a comment", "issue_comment", `{"action":"created","issue":{"number":5,"labels":[{"name":"outage"}]},"repository":{"full_name":"example-org/shop"}}`, "example-org/shop#5"},
		{"deleted", "issues", `{"action":"deleted","issue":{"number":5,"labels":[]},"repository":{"full_name":"example-org/shop"}}`, "example-org/shop#5 gone"},
		{"a deleted comment deletes no issue", "issue_comment", `{"action":"deleted","issue":{"number":5,"labels":[{"name":"incident"}]},"repository":{"full_name":"example-org/shop"}}`, "example-org/shop#5"},
		{"another issue", "issues", `{"action":"edited","issue":{"number":5,"labels":[{"name":"bug"}]},"repository":{"full_name":"example-org/shop"}}`, ""},
		{"a pull request", "issue_comment", `{"action":"created","issue":{"number":5,"labels":[{"name":"incident"}],"pull_request":{}},"repository":{"full_name":"example-org/shop"}}`, ""},
		{"another repository", "issues", `{"action":"opened","issue":{"number":5,"labels":[{"name":"incident"}]},"repository":{"full_name":"example-org/secret"}}`, ""},
		{"ping", "ping", `{"zen":"Design for failure.","repository":{"full_name":"example-org/shop"}}`, ""},
		{"as a form", "issues", `payload=%7B%22action%22%3A%22opened%22%2C%22issue%22%3A%7B%22number%22%3A5%2C%22labels%22%3A%5B%22incident%22%5D%7D%2C%22repository%22%3A%7B%22full_name%22%3A%22example-org%2Fshop%22%7D%7D`, "example-org/shop#5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			news, err := hook.Read(importers.Delivery{Header: http.Header{"X-Github-Event": {tc.event}}, Body: []byte(tc.body)}, githubtest.Upstream.Config("https://api.github.com"))
			got := ""
			for _, n := range news {
				got += n.ID
				if n.Gone {
					got += " gone"
				}
			}
			if err != nil || got != tc.want {
				t.Errorf("Read = %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

// The secret, body and signature are GitHub's own example:
// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
func TestHookSignature(t *testing.T) {
	d := importers.Delivery{Header: http.Header{}, Body: []byte("Hello, World!")}
	d.Header.Set("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
	d.Header.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	if id, err := hook.Verify(d, []string{"It's a Secret to Everybody"}); err != nil || id != "72d3162e-cc78-11e3-81ab-4c9367dc0958" {
		t.Errorf("Verify = %q, %v", id, err)
	}
	d.Body = []byte("Hello, World?")
	if _, err := hook.Verify(d, []string{"It's a Secret to Everybody"}); err == nil {
		t.Error("a changed body passed")
	}
}
