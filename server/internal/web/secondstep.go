package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/seal"
)

// pendingCookie is kept between the two steps of signing in.
const pendingCookie = "hindsight_pending"

// sessionAge is how long a browser keeps the cookie of a session.
const sessionAge = 30 * 24 * time.Hour

// deviceCookie makes a browser known that somebody has signed in from.
const deviceCookie = "hindsight_device"

const deviceAge = 180 * 24 * time.Hour

// firstStep checks a password. to is where the second step is; empty: there is none, and the browser has a session.
func (s *Server) firstStep(r *request, name, password string) (to string, err error) {
	ctx := r.Request.Context()
	user, err := s.Auth.Authenticate(ctx, name, password, r.visit())
	if errors.Is(err, auth.ErrSignIn) {
		return "", errors.Join(err, s.SignInFailed(ctx, name, "password"))
	}
	s.noteTurnedAway(ctx, err)
	if err != nil {
		return "", err
	}
	step, err := s.Factors.Next(ctx, *user)
	if err != nil {
		return "", err
	}
	switch step {
	case auth.Enter:
		return "", s.enter(r, *user)
	case auth.Enrol:
		if err := s.Factors.Begin(ctx, *user); err != nil {
			return "", err
		}
		to = "/login/enrol"
	default:
		to = "/login/code"
	}
	kept, err := s.Factors.Pend(*user)
	if err != nil {
		return "", err
	}
	r.setCookie(pendingCookie, kept, auth.PendingFor)
	return to, nil
}

// noteTurnedAway notes in the audit log that a password was not looked at: too many wrong ones came before, or passwords are not for this
// user.
func (s *Server) noteTurnedAway(ctx context.Context, err error) {
	var throttled *auth.ThrottledError
	var away *auth.TurnedAwayError
	switch {
	case errors.As(err, &throttled):
		s.NotBelieved(ctx, "password", "too many wrong ones")
	case errors.As(err, &away):
		s.NotBelieved(ctx, "password", "turned away")
	}
}

// enter opens a session of somebody who proved all that is asked, and hands its secret to the browser.
func (s *Server) enter(r *request, user incident.User) error {
	ctx := r.Request.Context()
	secret, err := s.Auth.Open(ctx, user.ID, r.visit())
	if err != nil {
		return err
	}
	if err := s.hand(r, secret); err != nil {
		return err
	}
	r.setCookie(pendingCookie, "", -1)
	device, err := s.Auth.Remember(ctx, user.ID, r.cookie(deviceCookie))
	if err != nil {
		return err
	}
	r.setCookie(deviceCookie, device, deviceAge)
	words, err := s.Factors.Told(ctx, user.ID)
	r.setFlash(frontend.Flash{Kind: frontend.Notice, Text: words})
	return err
}

// hand gives the secret of a new session to the browser, in the place of the one that it had.
func (s *Server) hand(r *request, secret string) error {
	if old := r.cookie(sessionCookie); old != "" {
		if err := s.Auth.Replace(r.Request.Context(), old); err != nil {
			return err
		}
	}
	r.setCookie(sessionCookie, secret, sessionAge)
	return nil
}

// visit is the browser of a request.
func (r *request) visit() auth.Visit {
	return auth.Visit{Agent: r.Request.UserAgent(), Address: address(r), Device: r.cookie(deviceCookie)}
}

// pending returns who did the first step in this browser; errStartOver: nobody did, or too long ago.
func (s *Server) pending(r *request) (*incident.User, error) {
	user, err := s.Factors.Pending(r.Request.Context(), r.cookie(pendingCookie))
	if errors.Is(err, auth.ErrSignIn) || errors.Is(err, incident.ErrNotFound) {
		return nil, errStartOver
	}
	return user, err
}

var errStartOver = errors.New("the first step of signing in is too long ago")

// startOver leads back to the password.
func (s *Server) startOver(r *request) (answer, error) {
	r.setCookie(pendingCookie, "", -1)
	return goTo("/login?next="+queryEscape(r.next()), frontend.Flash{Kind: frontend.Notice, Text: "Sign in again; the second step was not done within ten minutes."})
}

// next is the page of ours that a form or address asks to be led to, or the overview.
func (r *request) next() string {
	next := r.Query("next")
	if next == "" {
		next = r.PostForm("next")
	}
	if !localPath(next) {
		return "/"
	}
	return next
}

func (s *Server) codePage(r *request) (answer, error) {
	if _, err := s.pending(r); errors.Is(err, errStartOver) {
		return s.startOver(r)
	} else if err != nil {
		return answer{}, err
	}
	return show(frontend.LoginCodePage{Shell: r.shell("Second step", ""), Next: r.next()})
}

func (s *Server) enterCode(r *request) (answer, error) {
	user, err := s.pending(r)
	if errors.Is(err, errStartOver) {
		return s.startOver(r)
	}
	if err == nil {
		err = s.Factors.Check(r.Request.Context(), user.ID, r.PostForm("code"), address(r))
		if errors.Is(err, auth.ErrCode) {
			err = errors.Join(err, s.SignInFailed(r.Request.Context(), user.Name, "second factor"))
		}
	}
	if err = aboutCode(err); errors.Is(err, incident.ErrInvalid) {
		return again(frontend.LoginCodePage{Shell: r.shell("Second step", ""), Next: r.next(), Form: formOf(nil, err)})
	}
	if err == nil {
		err = s.enter(r, *user)
	}
	return answer{to: r.next()}, err
}

// enrolPage shows somebody, whose role demands a second factor, how to set it up.
func (s *Server) enrolPage(r *request) (answer, error) {
	return s.enrolment(r, frontend.Form{}, http.StatusOK)
}

func (s *Server) enrolment(r *request, form frontend.Form, status int) (answer, error) {
	user, err := s.pending(r)
	if err == nil {
		var e *auth.Enrolment
		if e, err = s.Factors.Unconfirmed(r.Request.Context(), *user); err == nil {
			return answer{page: frontend.LoginEnrolPage{Shell: r.shell("Set up a second factor", ""), Enrolment: drawn(e), Next: r.next(), Form: form}, status: status}, nil
		}
	}
	if errors.Is(err, errStartOver) || errors.Is(err, incident.ErrNotFound) {
		return s.startOver(r)
	}
	return answer{}, err
}

func (s *Server) enrol(r *request) (answer, error) {
	ctx := r.Request.Context()
	user, err := s.pending(r)
	var codes []string
	if err == nil {
		codes, err = s.Factors.Confirm(ctx, *user, r.PostForm("code"), address(r), "")
	}
	if err = aboutCode(err); errors.Is(err, incident.ErrInvalid) {
		return s.enrolment(r, formOf(nil, err), http.StatusUnprocessableEntity)
	}
	if errors.Is(err, errStartOver) || errors.Is(err, incident.ErrNotFound) {
		return s.startOver(r)
	}
	if err == nil {
		err = s.enter(r, *user)
	}
	return answer{page: frontend.RecoveryPage{Shell: r.shell("Recovery codes", ""), Codes: codes, Next: r.next()}}, err
}

func drawn(e *auth.Enrolment) frontend.Enrolment {
	return frontend.Enrolment{Secret: e.Secret, Size: e.QR.Size, Path: e.QR.Path}
}

// aboutCode turns what whoever entered a code can do something about into ErrInvalid; other errors stay.
func aboutCode(err error) error {
	var throttled *auth.ThrottledError
	switch {
	case errors.Is(err, seal.ErrSealed):
		return incident.Invalidf("code", "codes of your device cannot be checked at present, because the key that seals their secret is missing; use a recovery code, and tell whoever runs this")
	case errors.As(err, &throttled) && throttled.At == "passwords":
		return incident.Invalidf("password", "%s", err)
	case errors.Is(err, auth.ErrCode), throttled != nil:
		return incident.Invalidf("code", "%s", err)
	}
	return err
}
