package gitlab

import (
	"strings"
	"testing"

	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/importertest"
)

func TestWriter(t *testing.T) {
	f := gitlabtest.New()
	served := &importertest.Losing{Handler: f}
	in := importertest.Input(t, Source(), gitlabtest.Upstream.Config(importertest.Served(t, served)))
	id := importertest.RunWriter(t, tracker, in, "example/ops", served, func() { f.ReadOnly = true })
	if said := f.Notes[id]; len(said) != 1 || said[0]["body"] != "It paged first, twice." {
		t.Errorf("on %s it is said %v", id, said)
	}
	last := f.Issues["example/ops"][len(f.Issues["example/ops"])-2]
	if text := last["description"].(string); strings.Contains(text, "\n/close") || !strings.Contains(text, `\/close`) {
		t.Errorf("a line of the text became a quick action: %q", text)
	}
}
