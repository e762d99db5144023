package search

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

// published reads the documents below testdata/docs: the first heading is the title, the folder the connection.
func published(t *testing.T) []*incident.Incident {
	t.Helper()
	paths, err := filepath.Glob("testdata/docs/*/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	var out []*incident.Incident
	for _, path := range paths {
		if filepath.Base(path) == "SOURCES.md" {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		source := filepath.Base(filepath.Dir(path))
		_, text, _ = bytes.Cut(text, []byte("# "))
		title, body, _ := strings.Cut(string(text), "\n")
		id := incident.ID(source + "/" + strings.TrimSuffix(filepath.Base(path), ".md"))
		out = append(out, &incident.Incident{ID: id, Title: title, Description: body, Format: incident.Markdown,
			Ref: incident.Ref{Connection: incident.ID(source)}, Kind: incident.AfterTheFact, Status: incident.Resolved})
	}
	return out
}

func TestRelevance(t *testing.T) {
	x := opened(t, incident.Delta{Upto: 1, Incidents: published(t)})
	text, err := os.ReadFile("testdata/queries.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		query, expected, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok {
			continue
		}
		t.Run(query, func(t *testing.T) {
			q, err := Parse(query)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Fields(expected)
			r, err := x.Search(context.Background(), Request{Query: q, Filter: incident.Filter{Limit: len(want)},
				Connections: []incident.Connection{{ID: "moj", Name: "moj"}, {ID: "mybinder", Name: "mybinder"}}})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Fields(ids(r))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("Search(%q) begins with %v, want %v", query, got, want)
			}
		})
	}
}
