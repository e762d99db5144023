package rt_test

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/rt"
	"hindsight/importers/rt/rttest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, rt.Source(), importertest.Fake{Handler: rttest.Upstream.New, Config: config(nil)})
}
