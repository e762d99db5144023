package all

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hindsight/importers"
)

// What a source's description says of the fewest requests is what the source declares, by which imports are estimated
// and measured.
func TestDescriptionsTellTheCost(t *testing.T) {
	for _, s := range Sources() {
		if s.API == nil || s.API.Cost == nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", "sources", s.Name+".md"))
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		want := fmt.Sprintf("The fewest requests for 1,000 incidents: %s.", thousands(s.API.Cost(importers.Config{}).Of(1000)))
		if !strings.Contains(string(text), want) {
			t.Errorf("docs/sources/%s.md does not say %q", s.Name, want)
		}
	}
}

func thousands(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
