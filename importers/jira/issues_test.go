package jira

import (
	"encoding/json"
	"strings"
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/jira/jiratest"
)

func TestWriter(t *testing.T) {
	for _, deployment := range []string{cloud, dataCenter} {
		t.Run(deployment, func(t *testing.T) {
			f := jiratest.New()
			in := input(t, importertest.Served(t, contract(t, deployment, f)), deployment)
			importertest.RunWriter(t, tracker, in, "OPS", func() { f.ReadOnly = true })
			text, _ := json.Marshal(f.Issues[len(f.Issues)-1].Fields["description"])
			want := `"marks":[{"attrs":{"href":"https://hindsight.example.com/incidents/inc_1/retrospective"},"type":"link"}]`
			if deployment == dataCenter {
				want = `/close \\{code} https://`
			}
			if !strings.Contains(string(text), want) {
				t.Errorf("the text is %s, want %s in it", text, want)
			}
		})
	}
}
