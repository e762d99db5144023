package jira

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/jira/jiratest"
	"hindsight/incident"
)

func TestAPI(t *testing.T) {
	for _, deployment := range []string{cloud, dataCenter} {
		t.Run(deployment, func(t *testing.T) {
			h := importertest.RunAPI(t, Source(), importertest.Fake{
				Handler: jiratest.Upstream.New,
				Config:  func(url string) importers.Config { return config(url, deployment) },
				Want:    230,
			})
			d := h.Draft(t, collection, "10000")
			if got := d.Incident; got.Status != incident.Resolved || got.StatusRaw != "Erledigt" || got.Severity != incident.Sev2 {
				t.Errorf("translated status and priority became %q (%q) and %v, want resolved (Erledigt) and SEV2", got.Status, got.StatusRaw, got.Severity)
			}
			long := h.Draft(t, collection, "10007")
			notes := 0
			for _, e := range long.Timeline {
				if e.Kind == incident.EventNote {
					notes++
				}
			}
			if len(long.Timeline) != 1+62+60 || notes != 60 {
				t.Errorf("of an issue with 62 changes and 60 comments the timeline holds %d events, %d of them notes", len(long.Timeline), notes)
			}
			if got := long.Incident.Milestones.At(incident.Acked); !got.Equal(time.Date(2026, 3, 1, 1, 7, 0, 0, time.UTC)) {
				t.Errorf("first leaving of the new status, which only the whole changelog tells, is %v", got)
			}
		})
	}
}

// config returns the settings of a connection to a made-up Jira at url.
func config(url, deployment string) importers.Config {
	cfg := jiratest.Upstream.Config(url)
	if cfg.Settings["deployment"] = deployment; deployment == dataCenter {
		delete(cfg.Settings, "user")
	}
	return cfg
}

// input returns what a source gets for a Jira at url.
func input(t *testing.T, url, deployment string) importers.Input {
	return importertest.Input(t, Source(), config(url, deployment))
}

// contract holds a fake of Cloud to Atlassian's description. There is none of a Data Center.
func contract(t *testing.T, deployment string, f http.Handler) http.Handler {
	if deployment != cloud {
		return f
	}
	return importertest.Contract(t, "testdata/openapi.json", f)
}

// TestRequests counts what 230 issues cost: three pages and the list of statuses; on Cloud also their count, and for the
// one long issue three pages of changelogs and two of comments.
func TestRequests(t *testing.T) {
	for deployment, want := range map[string]int64{cloud: 3 + 1 + 1 + 3 + 2, dataCenter: 3 + 1} {
		h, err := importertest.Collect(context.Background(), t, Source(), config(importertest.Served(t, contract(t, deployment, jiratest.New())), deployment), nil, 0)
		if err != nil || h.Requests != want {
			t.Errorf("%s: reading took %d requests, %v, want %d", deployment, h.Requests, err, want)
		}
	}
}

// TestVanishing lets issues vanish between two pages of a Data Center: an offset would skip as many others.
func TestVanishing(t *testing.T) {
	f := jiratest.New()
	in := input(t, importertest.Served(t, f), dataCenter)
	seen := map[string]bool{}
	for page, err := range Source().Collections[0].Pages(context.Background(), in, nil) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			seen[r.ExternalID] = true
		}
		if f.Issues[0].ID == 10000 {
			f.Issues = f.Issues[20:]
		}
	}
	for _, m := range f.Issues {
		if !seen[strconv.Itoa(m.ID)] {
			t.Errorf("issue %d was lost when others vanished", m.ID)
		}
	}
}

// TestTokenExpires resumes a walk ten days later: the old token is refused, and the walk goes on behind what it read.
func TestTokenExpires(t *testing.T) {
	f := jiratest.New()
	h, err := importertest.Collect(context.Background(), t, Source(), config(importertest.Served(t, f), cloud), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Add(10 * 24 * time.Hour)
	late := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
		f.ServeHTTP(w, r)
	})
	cfg := config(importertest.Served(t, late), cloud)
	clock := importertest.NewInstant(now)
	client, err := importers.NewClient(*Source().API, cfg, http.DefaultTransport, clock, importers.Clock{Now: clock.Now, Sleep: clock.Sleep})
	if err != nil {
		t.Fatal(err)
	}
	f.Asked = nil
	for page, err := range Source().Collections[0].Pages(context.Background(), importers.Input{Config: cfg, Client: client, Now: now}, h.Cursors[collection]) {
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			if err := h.Put(Source().Collections[0], r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(h.Records) != 230 {
		t.Errorf("after the token's expiry the walk has %d records, want 230", len(h.Records))
	}
	if !strings.Contains(f.Asked[0], "created >= 1772328000000 ") { // 2026-03-01T01:20:00Z, when the hundredth was created
		t.Errorf("the walk went on with %q, want it behind the creation of the last issue", f.Asked[0])
	}
}

func TestRepeatedToken(t *testing.T) {
	f := jiratest.New()
	f.Broken = true
	_, err := importertest.Collect(context.Background(), t, Source(), config(importertest.Served(t, f), cloud), nil, 0)
	if !errors.Is(err, importers.ErrStuck) {
		t.Errorf("a token that comes again gave %v, want ErrStuck", err)
	}
}

// TestPoll changes an issue while a walk is under way, behind the walk's place: the next poll finds it.
func TestPoll(t *testing.T) {
	for _, deployment := range []string{cloud, dataCenter} {
		f := jiratest.New()
		in := input(t, importertest.Served(t, f), deployment)
		c := Source().Collections[0]
		var cursor importers.Cursor
		for page, err := range c.Pages(context.Background(), in, nil) {
			if err != nil {
				t.Fatal(err)
			}
			cursor = page.Next
			f.Issues[3].Updated = time.Now()
			f.Issues[3].Fields["summary"] = "Changed meanwhile"
			f.Issues[229].Updated = time.Now()
		}
		f.Asked = nil
		var again []string
		for page, err := range c.Pages(context.Background(), in, cursor) {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Records {
				again = append(again, r.ExternalID)
			}
		}
		if !slices.Contains(again, "10003") {
			t.Errorf("%s: the next poll asked %q and found %v, want the issue that changed during the walk", deployment, f.Asked, again)
		}
		if strings.Contains(f.Asked[0], "updated <") {
			t.Errorf("%s: the poll asked %q, with an upper bound", deployment, f.Asked[0])
		}
	}
}

func TestFetch(t *testing.T) {
	for _, deployment := range []string{cloud, dataCenter} {
		f := jiratest.New()
		f.Issues[5].Project = "HR"
		f.Issues[6].Fields["issuetype"] = map[string]any{"id": "1", "name": "Task"}
		in := input(t, importertest.Served(t, contract(t, deployment, f)), deployment)
		in.Settings["jql"] = `issuetype = "Incident"`
		records, err := fetch(context.Background(), in, []string{"10004", "10005", "10006", "10007", "99999"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range records {
			got = append(got, r.ExternalID)
		}
		if !slices.Equal(got, []string{"10004", "10007"}) {
			t.Errorf("%s: fetched %v, want the two that the connection is about", deployment, got)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, deployment := range []string{cloud, dataCenter} {
		in := input(t, importertest.Served(t, contract(t, deployment, jiratest.New())), deployment)
		in.Settings["projects"] = "OPS, SECRET"
		s, err := probe(context.Background(), in)
		if err != nil || s.Identity != "Reading account" || len(s.Reach) != 2 || s.Reach[0] != "OPS Operations" || s.Reach[1] != "about 230 issues" || len(s.Notes) != 1 {
			t.Errorf("%s: probe = %+v, %v, want the account, one project, 230 issues and a note on SECRET", deployment, s, err)
		}
	}
}

// TestLimits refuses with what Jira documents: a burst limit, whose reset has no seconds, and a quota that is full again
// when the hour turns, which parks the run.
func TestLimits(t *testing.T) {
	for _, tc := range []struct {
		reason, header, value string
		parked                bool
	}{
		{"jira-burst-based", "Retry-After", "2", false},
		{"jira-burst-based", "X-RateLimit-Reset", time.Now().Add(3 * time.Minute).UTC().Format("2006-01-02T15:04Z"), false},
		{"jira-quota-tenant-based", "Retry-After", "2400", true},
	} {
		first := true
		f := jiratest.New()
		url := importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				w.Header().Set("RateLimit-Reason", tc.reason)
				w.Header().Set(tc.header, tc.value)
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			f.ServeHTTP(w, r)
		}))
		client, clock := importertest.Client(t, Source(), config(url, cloud))
		_, err := client.Get(context.Background(), "/rest/api/3/myself", nil)
		var parked *importers.Parked
		if errors.As(err, &parked) != tc.parked || !tc.parked && err != nil {
			t.Errorf("%s, %s %s: %v, want parked %v", tc.reason, tc.header, tc.value, err, tc.parked)
		}
		if !tc.parked && (len(clock.Waits) != 1 || clock.Waits[0] < time.Second || clock.Waits[0] > 4*time.Minute) {
			t.Errorf("%s, %s %s: waited %v", tc.reason, tc.header, tc.value, clock.Waits)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, tc := range []struct {
		name  string
		set   map[string]string
		words string
		want  string
	}{
		{"projects", map[string]string{"url": "https://x.example.com", "token": "t", "projects": "OPS"}, "", ""},
		{"neither projects nor jql", map[string]string{"url": "https://x.example.com", "token": "t"}, "", "projects"},
		{"an order", map[string]string{"url": "https://x.example.com", "token": "t", "jql": "type = Bug Order  by key"}, "", "jql"},
		{"a word for no status", map[string]string{"url": "https://x.example.com", "token": "t", "projects": "OPS"}, `{"status":{"Open":"ajar"}}`, "mapping"},
	} {
		err := Source().Validate(importers.Config{Settings: tc.set, Mapping: []byte(tc.words)})
		var wrong *incident.FieldError
		if errors.As(err, &wrong) != (tc.want != "") || wrong != nil && wrong.Field != tc.want {
			t.Errorf("%s: %v, want an error about %q", tc.name, err, tc.want)
		}
	}
}
