package github

import (
	"fmt"
	"testing"

	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
)

func TestWriter(t *testing.T) {
	f := githubtest.New()
	served := &importertest.Losing{Handler: importertest.Contract(t, "testdata/openapi.json", f)}
	in := importertest.Input(t, Source(), githubtest.Upstream.Config(importertest.Served(t, served)))
	id := importertest.RunWriter(t, tracker, in, "example-org/shop", served, func() { f.ReadOnly = true })
	if got, want := fmt.Sprint(f.Comments), "map["+id+":[It paged first, twice.]]"; got != want {
		t.Errorf("the comments are %s, want %s", got, want)
	}
}
