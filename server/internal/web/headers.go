package web

import (
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/server/internal/auth"
	"hindsight/server/internal/desk"
)

// Protect wraps the whole server: security headers on every answer, and requests from other sites refused.
func Protect(d *desk.Desk, next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.RefusedStranger(r.Context(), auth.Address(r.Context()), r.UserAgent(), "it came from another site")
		http.Error(w, "This request came from another site and was refused; nothing was changed.", http.StatusForbidden)
	}))
	checked := d.Proxies.Wrap(cross.Handler(compressed(headed(next))))
	secure := strings.HasPrefix(d.BaseURL, "https:")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; "+
			"base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("X-Frame-Options", "DENY") // for browsers that know no frame-ancestors
		if secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		if !strings.HasPrefix(r.URL.Path, "/assets/") {
			h.Set("Cache-Control", "no-store") // what is shown here is kept nowhere
		}
		checked.ServeHTTP(w, r)
	})
}

// headed answers HEAD as it would answer GET, as monitors and link checkers ask; net/http leaves the body out.
func headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context()) // a copy
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// recover is the last resort for a programmer's mistake: an answer instead of a broken connection.
func (s *Server) recover() gin.HandlerFunc {
	return gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, cause any) {
		s.log.Error("panic", "path", logged(c.Request.URL.Path), "cause", cause, "stack", string(debug.Stack()))
		c.String(http.StatusInternalServerError, "Something went wrong here. The server's log says what.")
		c.Abort()
	})
}
