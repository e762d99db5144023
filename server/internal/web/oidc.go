package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/frontend"
	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/oidc"
)

// attemptCookie keeps a sign-in that was begun at the provider until the browser comes back.
const attemptCookie = "hindsight_signin"

// startSSO sends the browser to the provider. It is reached by a link, for what is begun here is worth nothing elsewhere.
func (s *Server) startSSO(r *request) (answer, error) {
	if s.SSO == nil {
		return answer{}, incident.ErrNotFound
	}
	next := r.Query("next")
	if !localPath(next) {
		next = "/"
	}
	attempt, to, err := s.SSO.Begin(r.Request.Context(), next, "", r.Query("again") == "yes")
	if err != nil {
		return s.ssoFailed(r, next, err)
	}
	r.setCookie(attemptCookie, attempt.Encode(), oidc.AttemptFor)
	return answer{to: to}, nil
}

// finishSSO is where the provider sends the browser back to.
func (s *Server) finishSSO(r *request) (answer, error) {
	if s.SSO == nil {
		return answer{}, incident.ErrNotFound
	}
	ctx := r.Request.Context()
	attempt, err := oidc.ParseAttempt(r.cookie(attemptCookie))
	r.setCookie(attemptCookie, "", -1)
	if err != nil {
		s.noteSSO(r, err)
		return s.ssoFailed(r, "/", err)
	}
	if attempt.Link != "" {
		return s.finishLink(r, attempt)
	}
	secret, _, err := s.SignOn(ctx, attempt, r.Request.URL.Query(), r.visit())
	if err != nil {
		s.noteSSO(r, err)
		return s.ssoFailed(r, attempt.Next, err)
	}
	if err := s.hand(r, secret); err != nil {
		return answer{}, err
	}
	next := attempt.Next
	if !localPath(next) {
		next = "/"
	}
	return goTo(next, frontend.Flash{})
}

// ssoFailed says on the page for signing in why it did not work, in words that a visitor may read; the log has the rest.
func (s *Server) ssoFailed(r *request, next string, err error) (answer, error) {
	text, status := s.ssoTrouble(err)
	if text == "" {
		return answer{}, err
	}
	s.log.Warn("single sign-on failed", "request", r.id, "from", auth.Address(r.Request.Context()), "err", err)
	page, pageErr := s.loginForm(r, next)
	page.Trouble = text
	return answer{page: page, status: status}, pageErr
}

// noteSSO notes in the audit log that somebody came back from the provider and is not signed in.
func (s *Server) noteSSO(r *request, err error) {
	why := "it broke off"
	var away *auth.TurnedAwayError
	var denied *oidc.DeniedError
	switch {
	case errors.As(err, &away):
		why = "turned away"
	case errors.As(err, &denied):
		why = "refused by the provider"
	case errors.Is(err, oidc.ErrAttempt):
		why = "not begun in this browser, or too long ago"
	case errors.Is(err, oidc.ErrWeak):
		why = "too weak at the provider"
	case errors.Is(err, oidc.ErrToken):
		why = "not to be believed"
	case errors.Is(err, oidc.ErrUnreachable):
		why = "no answer from the provider"
	}
	s.NotBelieved(r.Request.Context(), "single sign-on", why)
}

func (s *Server) ssoTrouble(err error) (text string, status int) {
	name := s.SSO.Name
	var away *auth.TurnedAwayError
	var denied *oidc.DeniedError
	var refused *importers.RefusedError
	switch {
	case errors.As(err, &away):
		return away.Text, http.StatusForbidden
	case errors.As(err, &refused):
		return name + " is at an address of a private network, which Hindsight may not call. An operator can allow it: HINDSIGHT_ALLOW_NETWORKS.", http.StatusBadGateway
	case errors.As(err, &denied):
		return name + " did not let you in: " + short(denied.Error(), 200) + ".", http.StatusForbidden
	case errors.Is(err, oidc.ErrAttempt):
		return "This sign-in was begun in another browser or too long ago, or it was finished already. Begin again.", http.StatusBadRequest
	case errors.Is(err, oidc.ErrWeak):
		return name + " signed you in, but in a way that is not strong enough here. Sign in there with a second factor, or as the operator of this site says, and begin again.", http.StatusForbidden
	case errors.Is(err, oidc.ErrToken):
		return "What " + name + " said could not be verified, so that nobody was signed in. Try again; if it keeps happening, an operator finds the reason in the log.", http.StatusBadGateway
	case errors.Is(err, oidc.ErrUnreachable):
		return name + " does not answer at present. Try again later, or sign in with a password if you have one here.", http.StatusBadGateway
	}
	return "", 0
}

// short cuts a text that others supply, at a character.
func short(text string, bytes int) string {
	if len(text) > bytes {
		return strings.ToValidUTF8(text[:bytes], "") + "…"
	}
	return text
}

// providerLogout takes logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.5). The provider calls it, not a
// browser; the token says by its signature that it does.
func (s *Server) providerLogout(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	if s.SSO == nil {
		c.JSON(http.StatusNotFound, gin.H{"error": "there is no single sign-on here"})
		return
	}
	ctx := c.Request.Context()
	if wait := s.Auth.TryLogout(auth.Address(ctx)); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
		c.JSON(http.StatusTooManyRequests, gin.H{"error": "invalid_request", "error_description": "too many logout tokens that were not valid"})
		return
	}
	n, err := s.ProviderLogout(ctx, c.PostForm("logout_token"))
	switch {
	case errors.Is(err, oidc.ErrToken):
		s.log.Warn("a logout token was refused", "from", auth.Address(ctx), "err", err)
		c.JSON(http.StatusBadRequest, gin.H{"error": "invalid_request", "error_description": "the logout token is not valid"})
	case err != nil:
		s.log.Error("a logout token could not be worked on", "err", err)
		c.JSON(http.StatusInternalServerError, gin.H{"error": "server_error"})
	default:
		s.Auth.LogoutWasValid(auth.Address(ctx))
		s.log.Info("the provider of single sign-on ended sessions", "sessions", n)
		c.Status(http.StatusOK)
	}
}
