package web

import (
	"slices"

	"github.com/gin-gonic/gin"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/api"
)

const viewAsPath = "/view-as"

// looking is somebody who looks at the product as a role: they see what the role sees, but nothing private, which is shown to
// people and not to roles, and they change nothing.
func looking(name string, role incident.Role) api.Viewer {
	v := api.As(name, role, "")
	v.ReadOnly = true
	v.Abilities = slices.DeleteFunc(v.Abilities, func(a incident.Ability) bool { return a == incident.SeePrivate })
	return v
}

// chosenRole is the role that the browser remembers to look as; empty: none. It is believed only of administrators and of
// visitors of the demonstration.
func (s *Server) chosenRole(c *gin.Context) incident.Role {
	if chosen := incident.Role(s.readCookie(c, roleCookie)); chosen.Known() {
		return chosen
	}
	return ""
}

// viewAs lets an administrator, or a visitor of the demonstration, look at the product as a role; no role leads back.
func (s *Server) viewAs(r *request) (answer, error) {
	role, next := incident.Role(r.PostForm("role")), r.PostForm("next")
	administrator := r.user != nil && r.user.Role.May(incident.Administer)
	if !s.Demo && !administrator || role != "" && !role.Known() {
		return answer{}, incident.ErrNotFound
	}
	if !localPath(next) {
		next = "/"
	}
	if role == "" {
		r.setCookie(roleCookie, "", -1)
		return goTo(next, frontend.Flash{Kind: frontend.Notice, Text: "You see everything as yourself again."})
	}
	r.setCookie(roleCookie, string(role), 0)
	return goTo(next, frontend.Flash{})
}
