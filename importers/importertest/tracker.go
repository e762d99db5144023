package importertest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"hindsight/importers"
	"hindsight/incident"
)

// LookAt returns what a tracker says of one issue.
func LookAt(t *importers.Tracker, in importers.Input, id string) (incident.IssueSays, error) {
	seen, err := t.Look(context.Background(), in, []importers.IssueAsked{{ID: id}})
	return seen[id].IssueSays, err
}

// LookThrough looks at issues 1 to n, whose ids are made with format, as many at a time as the tracker gives, and returns how many requests were
// sent through in since it was made. It logs how many 1,000 issues take.
func LookThrough(t testing.TB, tracker *importers.Tracker, in importers.Input, format string, n int) int64 {
	t.Helper()
	before := in.Client.Requests()
	var asked []importers.IssueAsked
	for i := range n {
		asked = append(asked, importers.IssueAsked{ID: fmt.Sprintf(format, i+1)})
	}
	for some := range slices.Chunk(asked, tracker.Together) {
		if seen, err := tracker.Look(context.Background(), in, some); err != nil || len(seen) != len(some) {
			t.Fatalf("of %d issues a look shows %d, %v", len(some), len(seen), err)
		}
	}
	t.Logf("requests per 1,000 issues: %d", (in.Client.Requests()-before)*1000/int64(n))
	return in.Client.Requests()
}
