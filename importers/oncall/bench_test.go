package oncall

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/oncall/oncalltest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), oncalltest.Upstream.Fake())
}
