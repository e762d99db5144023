package recurring

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"hindsight/incident"
)

// titled are made-up incidents of which there is nothing but a title, about 10 stories; the words of a story begin alike.
func titled(n int) []Document {
	var docs []Document
	for _, t := range news(n, 10) {
		docs = append(docs, made(string(t.ID), strings.Join(t.Words, " "), "\n"))
	}
	return docs
}

// TestTitles: where there are many titles, those of one story are one problem although many of them share no word.
func TestTitles(t *testing.T) {
	docs := titled(700)
	found := grouped(t, docs, nil)
	story := map[incident.ID]string{}
	for _, d := range docs {
		story[d.ID], _, _ = strings.Cut(d.Title, "w")
	}
	var whole int
	for _, p := range found {
		for _, m := range p.Members {
			if story[m.Incident] != story[p.Members[0].Incident] {
				t.Errorf("problem %q holds %s of another story", p.Title, m.Incident)
			}
		}
		if len(p.Members) > 50 {
			whole++
		}
	}
	if whole < 8 {
		t.Errorf("%d of 10 stories are one problem, want nearly all: %s", whole, sketch(found))
	}
	again := grouped(t, docs, found)
	if ids(again) != ids(found) {
		t.Errorf("ids after a second run = %s, want %s", ids(again), ids(found))
	}
	slices.Reverse(docs)
	if backwards := grouped(t, docs, nil); !reflect.DeepEqual(backwards, found) {
		t.Error("the order of documents changes what is found")
	}
}

func ids(ps []incident.Problem) string {
	var out []string
	for _, p := range ps {
		out = append(out, string(p.ID))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
