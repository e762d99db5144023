package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// The cookies. Those of a sign-in under way are beside its pages.
const (
	sessionCookie = "hindsight_session"
	roleCookie    = "hindsight_role" // that somebody looks at the product as
	flashCookie   = "hindsight_flash"
	themeCookie   = "hindsight_theme"
	zoneCookie    = "hindsight_zone"
	keysCookie    = "hindsight_keys"
)

// hostCookie is the beginning of a cookie's name by which browsers tie it to this host over https (RFC 6265bis, section 4.1.3.2).
const hostCookie = "__Host-"

func (s *Server) cookieName(name string) string {
	if s.secure {
		return hostCookie + name
	}
	return name
}

// readCookie returns what a cookie holds; empty: it was not sent.
func (s *Server) readCookie(c *gin.Context, name string) string {
	value, err := c.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return value
}

func (r *request) cookie(name string) string { return r.server.readCookie(r.Context, name) }

// setCookie sets a cookie for this host; maxAge 0 ends with the browser, negative deletes.
func (r *request) setCookie(name, value string, maxAge time.Duration) {
	seconds := int(maxAge.Seconds())
	if maxAge < 0 {
		seconds = -1
	}
	http.SetCookie(r.Writer, &http.Cookie{Name: r.server.cookieName(name), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		Secure: r.server.secure, SameSite: http.SameSiteLaxMode})
}
