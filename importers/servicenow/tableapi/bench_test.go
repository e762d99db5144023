package tableapi

import (
	"net/http"
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/servicenow/tableapi/tableapitest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), importertest.Fake{Handler: func() http.Handler { return tableapitest.New() }, Config: config})
}
