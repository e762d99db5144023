package web

import (
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
