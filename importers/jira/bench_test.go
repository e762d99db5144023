package jira

import (
	"testing"

	"hindsight/importers/importertest"
	"hindsight/importers/jira/jiratest"
)

func BenchmarkAPI(b *testing.B) { importertest.BenchAPI(b, Source(), jiratest.Upstream.Fake()) }
