package incidentio

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/incidentio/incidentiotest"
)

func BenchmarkAPI(b *testing.B) { importertest.BenchAPI(b, Source(), incidentiotest.Upstream.Fake()) }
