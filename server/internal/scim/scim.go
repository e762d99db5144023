// Package scim lets an identity provider keep users and teams here as it keeps its own: SCIM 2.0, RFC 7643 and 7644, below
// /scim/v2. A Group is a team, its members are its memberships. A user who is deleted is disabled and signed out
// everywhere, and never erased. The package knows neither pages nor sign-in. Start with Server.
package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"hindsight/incident"
)

// Prefix is the path that every address begins with.
const Prefix = "/scim/v2"

// maxBody is the longest request, in bytes: a group with some ten thousand members.
const maxBody = 4 << 20

// Server answers an identity provider. Its fields are set once, before the first request.
type Server struct {
	Store    incident.Store
	Tokens   Tokens
	BaseURL  string
	ReadOnly bool // the demonstration: nothing can be changed
	Now      func() time.Time
	Log      *slog.Logger
	// NotBelieved is told that a request brings no token that is known, and Refused that a token lacks the ability; nil: nobody is told.
	NotBelieved func(ctx context.Context)
	Refused     func(ctx context.Context, route string, needs incident.Ability)

	changes sync.Mutex // held while one is made, so that it sees those before it
}

// Tokens finds the API token with a secret that comes from an address, and the user that it acts for, nil for nobody. ErrNotFound: there
// is none, or it may not act any more.
type Tokens interface {
	Token(ctx context.Context, secret, from string) (*incident.Token, *incident.User, error)
}

// Route is one method of one path, in the syntax of http.ServeMux.
type Route struct{ Method, Path string }

// Routes lists what Handler answers.
func (s *Server) Routes() []Route {
	var out []Route
	for _, e := range s.endpoints() {
		out = append(out, Route{e.method, Prefix + e.path})
	}
	return out
}

// serve answers a request. It returns the status, and the body when there is one.
type serve func(w http.ResponseWriter, r *http.Request) (int, any, error)

// endpoint answers one method of one path.
type endpoint struct {
	method, path string
	serve        serve
}

func (s *Server) endpoints() []endpoint {
	out := []endpoint{
		{"GET", "/ServiceProviderConfig", s.config}, {"GET", "/ResourceTypes", s.types}, {"GET", "/ResourceTypes/{name}", s.oneType},
		{"GET", "/Schemas", s.schemas}, {"GET", "/Schemas/{urn}", s.oneSchema},
	}
	for _, c := range []collection{s.users(), s.groups()} {
		path := c.schema.path
		out = append(out, endpoint{"GET", path, c.list}, endpoint{"GET", path + "/{id}", c.get}, endpoint{"POST", path, s.inTurn(c.create)},
			endpoint{"PUT", path + "/{id}", s.inTurn(c.replace)}, endpoint{"PATCH", path + "/{id}", s.inTurn(c.patch)}, endpoint{"DELETE", path + "/{id}", s.inTurn(c.remove)})
	}
	return out
}

// inTurn lets changes be made one after the other. Nobody waits for somebody else's body to arrive.
func (s *Server) inTurn(next serve) serve {
	return func(w http.ResponseWriter, r *http.Request) (int, any, error) {
		body, err := io.ReadAll(r.Body)
		var tooBig *http.MaxBytesError
		switch {
		case errors.As(err, &tooBig):
			return 0, nil, &Error{http.StatusRequestEntityTooLarge, "", fmt.Sprintf("the body is longer than %d bytes", maxBody)}
		case err != nil:
			return 0, nil, bad("invalidSyntax", "the body did not arrive: %s", err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.changes.Lock()
		defer s.changes.Unlock()
		return next(w, r)
	}
}

// Handler answers all routes.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, e := range s.endpoints() {
		mux.HandleFunc(e.method+" "+Prefix+e.path, func(w http.ResponseWriter, r *http.Request) {
			ctx, err := s.allow(r, e)
			var status int
			var body any
			if err == nil {
				r = r.WithContext(ctx)
				r.Body = http.MaxBytesReader(w, r.Body, maxBody)
				status, body, err = e.serve(w, r)
			}
			if err != nil {
				fail(w, r, s.Log, err)
				return
			}
			write(w, status, body)
		})
	}
	return mux
}

// write answers; a nil body is none.
func write(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic("scim: an answer of maps and texts is always JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(b.Bytes()) // whoever hung up is not told
}

// read decodes a JSON body.
func read(r *http.Request, into any) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != contentType && kind != "application/json" {
		return &Error{http.StatusUnsupportedMediaType, "", "send the body as " + contentType}
	}
	dec := json.NewDecoder(r.Body)
	err := dec.Decode(into)
	if err == nil {
		if _, end := dec.Token(); end != io.EOF {
			err = errors.New("there is more behind its end")
		}
	}
	if err != nil {
		return bad("invalidSyntax", "the body is not the JSON that is expected: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
