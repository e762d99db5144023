package markdown

import (
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestRunbooks(t *testing.T) {
	importertest.Run(t, Runbooks(), importertest.Case{Name: "runbooks", Root: "testdata/runbooks", Config: importers.Config{Settings: map[string]string{"address": "https://git.example.com/ops/main/", "service": "search"}}})
}

// TestRunbookFields: what front matter says, and what stands in for it.
func TestRunbookFields(t *testing.T) {
	settings := map[string]string{"address": "https://git.example.com/ops/main", "service": "search, api"}
	for _, tc := range []struct{ name, path, body, title, url, services, tags, text string }{
		{"front matter", "db/failover.md", "---\ntitle: Fail over\nservices: [Checkout API, payments-db]\nlabels: db\nlink: https://wiki.example.com/f\n---\n# Fail over\n\nDo *it*.\n",
			"Fail over", "https://wiki.example.com/f", "Checkout API|payments-db", "db", "Do *it*."},
		{"a heading other than the title", "db/f.md", "---\ntitle: Fail over the primary\nurl: https://wiki.example.com/f\nservice: db\n---\n# Fail over\n\nDo it.", "Fail over the primary", "https://wiki.example.com/f", "db", "", "# Fail over\n\nDo it."},
		{"none", "db/cold cache.md", "# Cold cache\n\n## Check\n\nhit rate\n", "Cold cache", "https://git.example.com/ops/main/db/cold%20cache.md", "search|api", "", "## Check\n\nhit rate"},
		{"nothing but text", "a/restart.md", "Restart it.", "restart", "https://git.example.com/ops/main/a/restart.md", "search|api", "", "Restart it."},
		{"an address that runs something", "x.md", "---\nurl: javascript:alert(1)\n---\nText", "x", "https://git.example.com/ops/main/x.md", "search|api", "", "Text"},
		{"a rule, not front matter", "y.md", "---\nText\n", "y", "https://git.example.com/ops/main/y.md", "search|api", "", "---\nText"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, err := mapRunbook(incident.Raw{ExternalID: tc.path, Body: []byte(tc.body)}, importers.Config{Settings: settings})
			if err != nil {
				t.Fatal(err)
			}
			r := d.Runbook
			got := []string{r.Title, r.URL, strings.Join(r.Services, "|"), strings.Join(r.Tags, "|"), r.Body}
			for i, want := range []string{tc.title, tc.url, tc.services, tc.tags, tc.text} {
				if got[i] != want {
					t.Errorf("%s = %q, want %q", []string{"title", "url", "services", "tags", "body"}[i], got[i], want)
				}
			}
		})
	}
}
