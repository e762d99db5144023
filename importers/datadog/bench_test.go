package datadog

import (
	"testing"

	"hindsight/importers/datadog/datadogtest"
	"hindsight/importers/importertest"
)

func BenchmarkAPI(b *testing.B) { importertest.BenchAPI(b, Source(), datadogtest.Upstream.Fake()) }
