package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"hindsight/server/internal/auth"
)

func badToken(detail string) error {
	return errors.Join(&requestError{http.StatusUnauthorized, detail}, errToken)
}

// holder is what a token lets a program do now: no more than the owner may.
func (s *Server) holder(c *gin.Context, secret string) (Viewer, error) {
	token, owner, err := s.desk.Auth.Token(c.Request.Context(), secret, auth.Address(c.Request.Context()))
	switch {
	case errors.Is(err, auth.ErrOwner):
		return Viewer{}, badToken("the user that this token acts for may not act any more")
	case isNotFound(err):
		return Viewer{}, badToken("this token is unknown or has expired")
	case err != nil:
		return Viewer{}, err
	}
	c.Set(tokenKey, token.ID)
	c.Set(feedOnlyKey, token.FeedsOnly())
	v := Viewer{Name: "token " + token.Name, Abilities: token.Effective(owner), ReadOnly: s.desk.Demo, Blind: !token.Sees()}
	if owner != nil {
		v.Name, v.User = v.Name+" of "+owner.Name, owner.ID
		v.Teams, err = s.desk.Store.TeamsOf(c.Request.Context(), owner.ID)
	}
	return v, err
}
