package web_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// fileLink finds the address of a file in a page, as a browser reads it.
func fileLink(t *testing.T, page, format string) string {
	t.Helper()
	found := regexp.MustCompile(`href="(/api/v1/reports/sla\.` + format + `[^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page leads to no file in %s", format)
	}
	return strings.ReplaceAll(found[1], "&amp;", "&")
}

// TestReports: the list leads to each report; a report has its usual period until one is asked for, keeps the question in every link, says the same as its
// files, and shows a private incident to those alone who may see it.
func TestReports(t *testing.T) {
	s := newImportSite(t, false)
	checkout, search := incident.NewService("checkout"), incident.NewService("search")
	lastQuarter := s.app.Desk.Now().UTC().AddDate(0, -3, 0)
	slow := func(id incident.ID, private bool, use incident.Service) *incident.Incident {
		inc := beganAt(id, lastQuarter, private, use)
		inc.Milestones.Set(incident.ResolvedAt, lastQuarter.Add(9*time.Hour), incident.ToSecond, incident.FromField, "test", "")
		return inc
	}
	promise := `{"window": {"every": "month"}, "promises": [{"name": "Resolve within 4 hours", "span": "opened..resolved", "within_seconds": 14400, "goal": 0.9}]}`
	s.put(func(tx incident.Tx) []error {
		return []error{tx.PutServices([]incident.Service{checkout, search}), tx.PutIncidents([]*incident.Incident{slow("inc_first", false, checkout), slow("inc_other", false, search), slow("inc_secret", true, checkout)}),
			tx.PutPolicy(incident.Policy{ID: "pol_1", Version: 1, Kind: incident.ContractPolicy, Name: "Gold", Body: []byte(promise), SavedAt: lastQuarter.AddDate(-1, 0, 0)})}
	})
	s.signIn(incident.Viewer)
	s.lists("/reports", []string{"Service levels", "for managers", "Last quarter"}, nil)
	if list := s.get("/reports", http.StatusOK); !strings.Contains(list, `href="/reports/sla"`) || !strings.Contains(list, `href="/api/v1/reports/sla.pdf?download=1"`) {
		t.Error("the list leads neither to the report nor to its file")
	}
	s.get("/reports/nothing", http.StatusNotFound)

	page := s.get("/reports/sla", http.StatusOK)
	s.holds(page, "the report", "Last quarter", "In short", "How promises were kept", "How these numbers are worked out", "Where this comes from", "SHA-256", "contract Gold, version 1")
	for _, format := range []string{"pdf", "xlsx", "csv", "md", "html", "json"} {
		if link := fileLink(t, page, format); !strings.Contains(link, "range=prev_q") || !strings.Contains(link, "at=") {
			t.Errorf("the file in %s is asked for by %s, which is another question", format, link)
		}
	}
	narrow := s.get("/reports/sla?range=all&service=checkout", http.StatusOK)
	s.holds(narrow, "the report on all time", "all time (UTC) · service checkout", "Service: checkout")
	for _, want := range []string{"service=checkout&range=all", "at="} {
		if link := fileLink(t, narrow, "json"); !strings.Contains(link, want) {
			t.Errorf("the file is asked for by %s, without %s", link, want)
		}
	}
	if !strings.Contains(narrow, `href="/reports/sla?range=all"`) {
		t.Error("without its filter the report has another period")
	}
	if !strings.Contains(narrow, `href="/reports/sla?service=checkout&amp;range=90d"`) {
		t.Error("another period loses the filter")
	}
	s.holds(narrow, "the report of a viewer", "1 clock broken")

	var file struct {
		About string `json:"about"`
		Stamp struct {
			Digest string `json:"digest"`
		} `json:"stamp"`
	}
	if err := json.Unmarshal([]byte(s.get(fileLink(t, narrow, "json"), http.StatusOK)), &file); err != nil {
		t.Fatal(err)
	}
	if file.About != "all time (UTC) · service checkout" || !strings.Contains(narrow, file.Stamp.Digest) {
		t.Errorf("the file is about %q and has the digest %s, which the page has not", file.About, file.Stamp.Digest)
	}
	if alone := s.get(fileLink(t, narrow, "html"), http.StatusOK); !strings.Contains(alone, file.Stamp.Digest) || !strings.Contains(alone, "default-src &#39;none&#39;") {
		t.Error("the web page as a file is another report, or has no policy")
	}
	s.holds(s.get("/reports/sla?q=dns", http.StatusUnprocessableEntity), "the refusal", "cannot be narrowed down by this")
	s.get("/reports/sla?range=whenever", http.StatusUnprocessableEntity)
	s.holds(s.get("/palette?q=service+lev", http.StatusOK), "the palette", "Report: Service levels")

	s.signIn(incident.Admin)
	s.holds(s.get("/reports/sla?range=all&service=checkout", http.StatusOK), "the report of an administrator", "2 clocks broken")
}
