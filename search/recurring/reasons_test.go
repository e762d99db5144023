package recurring

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"hindsight/incident"
)

// without takes words out of a text, in any case.
func without(text string, words []string) string {
	for _, w := range words {
		text = regexp.MustCompile(`(?i)\b`+regexp.QuoteMeta(w)+`\w*`).ReplaceAllString(text, "")
	}
	return text
}

// TestReasonsAreTrue: without the words that a member is said to share it is less near to the others. Answers hold it in
// its problem, so that there is a nearness to compare.
func TestReasonsAreTrue(t *testing.T) {
	held := []incident.Answer{same("c1", "c2"), same("c1", "c3"), same("f1", "f2"), same("f1", "f3")}
	before, err := Group(context.Background(), sample(), nil, held)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range before {
		for _, m := range p.Members {
			var named []string
			for _, r := range m.Reasons {
				if words, ok := strings.CutPrefix(r, "speaks of "); ok {
					named = strings.Split(words, ", ")
				}
			}
			if len(named) == 0 {
				t.Fatalf("%s names no shared words: %q", m.Incident, m.Reasons)
			}
			docs := sample()
			for i := range docs {
				if docs[i].ID == m.Incident {
					docs[i].Title, docs[i].Body = without(docs[i].Title, named), without(docs[i].Body, named)
				}
			}
			after, err := Group(context.Background(), docs, nil, held)
			if err != nil {
				t.Fatal(err)
			}
			if got := scoreOf(t, after, m.Incident); got > m.Score-0.1 {
				t.Errorf("%s without %q is as near as %.3f, was %.3f", m.Incident, named, got, m.Score)
			}
		}
	}
}

func scoreOf(t *testing.T, ps []incident.Problem, id incident.ID) float64 {
	t.Helper()
	for _, m := range holding(t, ps, id).Members {
		if m.Incident == id {
			return m.Score
		}
	}
	return 0
}
