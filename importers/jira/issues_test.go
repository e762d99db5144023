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
			served := &importertest.Losing{Handler: contract(t, deployment, f)}
			in := input(t, importertest.Served(t, served), deployment)
			importertest.RunWriter(t, tracker, in, "OPS", served, func() { f.ReadOnly = true })
			made := f.Issues[len(f.Issues)-2]
			if said, _ := json.Marshal(made.Comments); len(made.Comments) != 1 || !strings.Contains(string(said), "It paged first, twice.") {
				t.Errorf("the comments are %s", said)
			}
			text, _ := json.Marshal(made.Fields["description"])
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

// TestInert: what is markup for Jira (https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all) is none in a text: a macro, a link, a
// picture, and the end of a line, which two backslashes are.
func TestInert(t *testing.T) {
	if got, want := inert.Replace(`C:\\x {code} [~ada] !a.png! \{x}`), `C:&#92;&#92;x \{code} \[~ada] \!a.png\! &#92;\{x}`; got != want {
		t.Errorf("inert is %s, want %s", got, want)
	}
}
