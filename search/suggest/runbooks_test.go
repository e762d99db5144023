package suggest

import (
	"fmt"
	"testing"

	"hindsight/incident"
	"hindsight/search/similar"
)

// TestRankRunbooks: what helped in what is most alike comes first, and what a person said weighs more than a link.
func TestRankRunbooks(t *testing.T) {
	matches := []similar.Match{{ID: "inc_1", Score: 0.8}, {ID: "inc_2", Score: 0.5}, {ID: "inc_3", Score: 0.4}}
	use := func(runbook, in string, v incident.RunbookVerdict) incident.RunbookUse {
		return incident.RunbookUse{Runbook: incident.ID(runbook), Incident: incident.ID(in), Verdict: v}
	}
	for _, tc := range []struct {
		name  string
		uses  []incident.RunbookUse
		about map[incident.ID]string
		want  string
	}{
		{"the more alike", []incident.RunbookUse{use("b", "inc_1", incident.RunbookLinked), use("a", "inc_2", incident.RunbookLinked)}, nil, "b a"},
		{"two incidents before one", []incident.RunbookUse{use("b", "inc_1", incident.RunbookLinked), use("a", "inc_2", incident.RunbookLinked), use("a", "inc_3", incident.RunbookLinked)}, nil, "a b"},
		{"helped", []incident.RunbookUse{use("b", "inc_2", incident.RunbookLinked), use("a", "inc_3", incident.RunbookHelped)}, nil, "a b"},
		{"did not help", []incident.RunbookUse{use("b", "inc_1", incident.RunbookDidNotHelp), use("a", "inc_3", incident.RunbookLinked)}, nil, "a b"},
		{"not used there", []incident.RunbookUse{use("b", "inc_1", incident.RunbookNotUsed)}, nil, ""},
		{"about the service comes behind", []incident.RunbookUse{use("b", "inc_3", incident.RunbookLinked)}, map[incident.ID]string{"a": "checkout"}, "b a"},
		{"of an incident that is not alike", []incident.RunbookUse{use("b", "inc_9", incident.RunbookHelped)}, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			for i, e := range RankRunbooks(matches, tc.uses, tc.about) {
				if i > 0 {
					got += " "
				}
				got += fmt.Sprint(e.Runbook)
			}
			if got != tc.want {
				t.Errorf("RankRunbooks = %q, want %q", got, tc.want)
			}
		})
	}
}
