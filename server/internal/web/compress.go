package web

import (
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// compressed sends text with gzip to browsers that take it. Assets come compressed already. Pages hold no
// secret that a reader of their length could guess at: no tokens, and the session stays in its cookie.
func compressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") || r.Method == http.MethodHead || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

// zippers are used again: making one costs more than a page.
var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// zipped decides with the header whether the body is worth it.
type zipped struct {
	http.ResponseWriter
	zip     *gzip.Writer // nil: the body goes as it is
	decided bool
}

// WriteHeader implements http.ResponseWriter.
func (z *zipped) WriteHeader(status int) {
	if !z.decided {
		z.decide(status)
	}
	z.ResponseWriter.WriteHeader(status)
}

func (z *zipped) decide(status int) {
	z.decided = true
	h := z.Header()
	if status < 200 || status == http.StatusNoContent || status == http.StatusNotModified || h.Get("Content-Encoding") != "" || !isText(h.Get("Content-Type")) {
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Add("Vary", "Accept-Encoding")
	h.Del("Content-Length")
	z.zip = zippers.Get().(*gzip.Writer)
	z.zip.Reset(z.ResponseWriter)
}

func isText(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "+xml")
}

// Write implements http.ResponseWriter.
func (z *zipped) Write(body []byte) (int, error) {
	if !z.decided {
		if z.Header().Get("Content-Type") == "" {
			z.Header().Set("Content-Type", http.DetectContentType(body))
		}
		z.WriteHeader(http.StatusOK)
	}
	if z.zip == nil {
		return z.ResponseWriter.Write(body)
	}
	return z.zip.Write(body)
}

// Flush sends what was written so far.
func (z *zipped) Flush() {
	if z.zip != nil {
		z.zip.Flush()
	}
	if f, ok := z.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// close ends the body. Nobody is told when the browser is gone by then.
func (z *zipped) close() {
	if z.zip != nil {
		z.zip.Close()
		zippers.Put(z.zip)
	}
}
