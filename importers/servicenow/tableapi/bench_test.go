package tableapi

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/servicenow/tableapi/tableapitest"
)

func BenchmarkAPI(b *testing.B) { importertest.BenchAPI(b, Source(), tableapitest.Upstream.Fake()) }
