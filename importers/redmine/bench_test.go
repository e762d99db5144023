package redmine_test

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/redmine"
	"hindsight/importers/redmine/redminetest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, redmine.Source(), importertest.Fake{Handler: redminetest.Upstream.New, Config: config(nil)})
}
