package gitlab

import (
	"testing"

	"hindsight/importers/gitlab/gitlabtest"
	"hindsight/importers/importertest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), gitlabtest.Upstream.Fake())
}
