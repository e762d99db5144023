package jira

import (
	"net/http"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), importertest.Fake{Handler: func() http.Handler { return newFake() }, Config: func(url string) importers.Config { return config(url, cloud) }})
}
