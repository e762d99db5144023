package jira

import (
	"net/http"
	"testing"

	"hindsight/importers"
	"hindsight/importers/importertest"
	"hindsight/importers/jira/jiratest"
)

func BenchmarkAPI(b *testing.B) {
	importertest.BenchAPI(b, Source(), importertest.Fake{Handler: func() http.Handler { return jiratest.New() }, Config: func(url string) importers.Config { return config(url, cloud) }})
}
