package rt_test

import (
	"net/http"
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/rt"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, rt.Source(), importertest.Fake{Handler: func() http.Handler { return newFake(130) }, Config: config(nil)})
}
