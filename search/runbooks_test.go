package search

import (
	"log/slog"
	"testing"

	"hindsight/incident"
)

func TestRunbooks(t *testing.T) {
	x, err := OpenRunbooks(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	err = x.Apply(t.Context(), incident.Delta{Upto: 4, Runbooks: []incident.Runbook{
		{ID: "rbk_1", Title: "Fail over the primary", Body: "1. Drain the **primary**\n2. Promote the [replica](https://example.com)", Services: []string{"Checkout API"}, Tags: []string{"database"}},
		{ID: "rbk_2", Title: "Cold cache", Body: "Warm it from the snapshot. Tell whoever owns the primary."},
		{ID: "rbk_3", Title: "Old", Body: "primary"},
	}})
	if err == nil {
		err = x.Apply(t.Context(), incident.Delta{Upto: 5, GoneRunbooks: []incident.ID{"rbk_3"}})
	}
	if err != nil || x.Seq() != 5 {
		t.Fatalf("Apply: %v; at %d, want 5", err, x.Seq())
	}
	for _, tc := range []struct{ name, query, want string }{
		{"a word of title and text, the title first", "primary", "rbk_1 rbk_2"},
		{"with kind:runbook", "kind:runbook primary", "rbk_1 rbk_2"},
		{"inflected, without markup", "replicas promoted", "rbk_1"},
		{"by service", "service:checkout", "rbk_1"},
		{"by tag", "tag:database", "rbk_1"},
		{"not", "primary -service:checkout", "rbk_2"},
		{"what only incidents have", "sev:1", ""},
		{"one that is gone", "title:old", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, err := Parse(tc.query)
			if err != nil {
				t.Fatal(err)
			}
			r, err := x.Search(t.Context(), Request{Query: q, Filter: incident.Filter{Severities: []incident.Severity{1}}})
			if err != nil || ids(r) != tc.want {
				t.Errorf("Search(%q) = %q, %v, want %q", tc.query, ids(r), err, tc.want)
			}
		})
	}
	for _, tc := range []struct {
		query            string
		asksThem, noElse bool
	}{{"primary", true, false}, {"kind:runbook x", true, true}, {"kind:runbook|drill x", true, false}, {"kind:drill x", false, false}, {"-kind:runbook x", false, false}, {"-kind:drill x", true, false}} {
		q, err := Parse(tc.query)
		if err != nil {
			t.Fatal(err)
		}
		if _, asks := q.Runbooks(); asks != tc.asksThem || q.OnlyRunbooks() != tc.noElse {
			t.Errorf("%q asks runbooks: %v, nothing else: %v, want %v, %v", tc.query, asks, q.OnlyRunbooks(), tc.asksThem, tc.noElse)
		}
	}
}
