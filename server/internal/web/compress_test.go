package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTextIsCompressedForThoseWhoTakeIt(t *testing.T) {
	text := strings.Repeat("incident ", 1000)
	for _, tc := range []struct {
		name, accept, kind string
		status             int
		zipped             bool
	}{
		{"page", "gzip, br", "text/html; charset=utf-8", 200, true},
		{"error page", "gzip", "text/html", 404, true},
		{"problem", "gzip", "application/problem+json", 422, true},
		{"chart", "gzip", "image/svg+xml", 200, true},
		{"picture", "gzip", "image/png", 200, false},
		{"old program", "", "text/html", 200, false},
		{"not modified", "gzip", "text/html", 304, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := compressed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.kind)
				w.WriteHeader(tc.status)
				if tc.status != 304 {
					io.WriteString(w, text)
				}
			}))
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept-Encoding", tc.accept)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != tc.zipped || w.Code != tc.status {
				t.Fatalf("gzip = %v, status %d; want %v, %d", got, w.Code, tc.zipped, tc.status)
			}
			if !tc.zipped {
				return
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(z); err != nil || string(got) != text {
				t.Errorf("the text arrives with %d bytes, want %d; %v", len(got), len(text), err)
			}
		})
	}
}
