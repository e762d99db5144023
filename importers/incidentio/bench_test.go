package incidentio

import (
	"net/http"
	"testing"

	"hindsight/importers/importertest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), importertest.Fake{Handler: func() http.Handler { return newFake() }, Config: config})
}
