package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"hindsight/server/internal/desk"
)

func TestPanicIsAnAnswer(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	// A desk without anything on it makes every page panic that needs it.
	if _, err := New(&desk.Desk{Log: slog.New(slog.DiscardHandler)}, r, nil); err != nil {
		t.Fatalf("New: %v", err)
	}
	for _, path := range []string{"/login", "/incidents", "/no/such/page"} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "log says what") {
			t.Errorf("GET %s of a page that panics = %d %q, want 500 and a word about the log", path, w.Code, w.Body)
		}
	}
}

// counted counts what is read of it.
type counted struct {
	io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestLongFormsAreNotRead(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	if _, err := New(&desk.Desk{Log: slog.New(slog.DiscardHandler)}, r, nil); err != nil {
		t.Fatalf("New: %v", err)
	}
	field := "theme=dark&x=" + strings.Repeat("a", 8*maxForm)
	file := "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n" + strings.Repeat("a", 8*maxForm) + "\r\n--b--\r\n"
	for _, tc := range []struct{ kind, body string }{{"application/x-www-form-urlencoded", field}, {"multipart/form-data; boundary=b", file}} {
		body := &counted{Reader: strings.NewReader(tc.body)}
		req := httptest.NewRequest(http.MethodPost, "/me/theme", body)
		req.Header.Set("Content-Type", tc.kind)
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		if body.n > maxForm+64<<10 || len(w.Result().Cookies()) > 0 {
			t.Errorf("POST of %d bytes of %s: read %d, cookies %v, want at most %d and none", len(tc.body), tc.kind, body.n, w.Result().Cookies(), maxForm)
		}
	}
}
