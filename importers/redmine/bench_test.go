package redmine_test

import (
	"net/http"
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/redmine"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, redmine.Source(), importertest.Fake{Handler: func() http.Handler { return newFake(many(230)...) }, Config: config(nil)})
}
