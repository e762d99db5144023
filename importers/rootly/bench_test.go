package rootly

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/rootly/rootlytest"
)

func BenchmarkAPI(b *testing.B) { importertest.BenchAPI(b, Source(), rootlytest.Upstream.Fake()) }
