package postmortem_test

import (
	"strings"
	"testing"

	"hindsight/importers/postmortem"
)

// TestLongDocuments reads documents of 1 MB, the longest that one hands in, whose lines each end what was before. Work that grows with the square of
// their number does not end here before the time for tests is over.
func TestLongDocuments(t *testing.T) {
	for _, lines := range []string{"|\n", "# a\n"} {
		postmortem.Read("## Root cause\n\n"+strings.Repeat(lines, 1<<20/len(lines)), postmortem.Options{})
	}
}
