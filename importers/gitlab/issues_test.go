package gitlab

import (
	"strings"
	"testing"

	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/importertest"
)

func TestWriter(t *testing.T) {
	f := gitlabtest.New()
	in := importertest.Input(t, Source(), gitlabtest.Upstream.Config(importertest.Served(t, f)))
	importertest.RunWriter(t, tracker, in, "example/ops", func() { f.ReadOnly = true })
	last := f.Issues["example/ops"][len(f.Issues["example/ops"])-1]
	if text := last["description"].(string); strings.Contains(text, "\n/close") || !strings.Contains(text, `\/close`) {
		t.Errorf("a line of the text became a quick action: %q", text)
	}
}
