package firehydrant

import (
	"testing"

	"hindsight/importers/firehydrant/firehydranttest"
	"hindsight/importers/importertest"
)

func BenchmarkAPI(b *testing.B) { importertest.BenchAPI(b, Source(), firehydranttest.Upstream.Fake()) }
