package github

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"hindsight/importers"
	"hindsight/importers/github/githubtest"
	"hindsight/importers/importertest"
)

func TestWriter(t *testing.T) {
	f := githubtest.New()
	in := importertest.Input(t, Source(), githubtest.Upstream.Config(importertest.Served(t, importertest.Contract(t, "testdata/openapi.json", f))))
	importertest.RunWriter(t, tracker, in, "example-org/shop", func() { f.ReadOnly = true })
}

// TestWriterSendsOnce: an answer that is lost does not make a second issue, and leaves open whether there is one.
func TestWriterSendsOnce(t *testing.T) {
	f := githubtest.New()
	made := 0
	in := importertest.Input(t, Source(), githubtest.Upstream.Config(importertest.Served(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			made++
			f.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		f.ServeHTTP(w, r)
	}))))
	_, err := tracker.Write.Create(context.Background(), in, "example-org/shop", importers.NewIssue{Title: "Add an alert", Text: "hindsight-1"})
	if err == nil || importers.Undone(err) || made != 1 {
		t.Errorf("after a lost answer: %v, sent %d times; want an error that leaves it open, once", err, made)
	}
}
