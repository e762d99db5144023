package api

import (
	"crypto/rand"
	"strings"

	"github.com/gin-gonic/gin"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// tokenKey is where who keeps the id of the token that was sent.
const tokenKey = "token"

// feedOnlyKey is where holder keeps whether that token opens the feed of retrospectives and nothing else.
const feedOnlyKey = "feed only"

// acting says in the request's context who makes it, for the audit log.
func acting(c *gin.Context, v Viewer) {
	a := incident.Actor{Kind: incident.ActorVisitor, Name: v.Name, Role: v.Role, From: auth.Address(c.Request.Context()), Agent: c.Request.UserAgent(), Request: strings.ToLower(rand.Text()[:16])}
	a.Agent = a.Agent[:min(len(a.Agent), 200)]
	if token, ok := c.Get(tokenKey); ok {
		a.Kind, a.ID, a.Name = incident.ActorToken, token.(incident.ID), strings.TrimPrefix(v.Name, "token ")
	} else if v.User != "" {
		a.Kind, a.ID = incident.ActorUser, v.User
	}
	c.Request = c.Request.WithContext(incident.Acting(c.Request.Context(), a))
}
