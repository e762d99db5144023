package github

import (
	"testing"

	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), githubtest.Upstream.Fake())
}
