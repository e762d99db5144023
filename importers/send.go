package importers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Bounds of every request, so that no answer can exhaust the program.
const (
	maxAnswer  = 50 << 20 // bytes of an answer's body
	maxDepth   = 200      // levels of nesting in a JSON answer
	perRequest = time.Minute
)

// StatusError is an answer other than 2xx.
type StatusError struct {
	Status int
	Method string
	Path   string // without the query, which may hold what must stay secret
	Body   string // its beginning
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s answered %d %s: %s", e.Method, e.Path, e.Status, http.StatusText(e.Status), e.Body)
}

// HasStatus reports whether err is an answer of one of the given statuses.
func HasStatus(err error, statuses ...int) bool {
	var e *StatusError
	return errors.As(err, &e) && slices.Contains(statuses, e.Status)
}

// Undone reports whether err says for certain that a Change was not made: the server refused it, or was never reached.
func Undone(err error) bool {
	var e *StatusError
	if errors.As(err, &e) {
		return e.Status < 500 && e.Status != http.StatusRequestTimeout
	}
	var refused *RefusedError
	return errors.Is(err, incident.ErrInvalid) || errors.As(err, &refused) || Unreachable(err)
}

// ErrDamaged says that an answer was JSON that is cut short or damaged, and was so each time that it was asked for.
var ErrDamaged = errors.New("it answered JSON that is cut short or damaged")

// passing is a failure that may be gone at the next try.
type passing struct{ error }

func (p *passing) Unwrap() error { return p.error }

// excerpt returns the beginning of an answer, on one line, for a message.
func excerpt(body []byte) string { return short(Line(string(body[:min(len(body), 400)]))) }

// withoutSecrets blots out the credentials of a request where its answer repeats them.
func withoutSecrets(req *http.Request, body []byte) []byte {
	var secrets []string
	for name, values := range req.Header {
		if !slices.Contains(neutral, name) {
			for _, v := range values { // "Bearer KEY", "Token token=KEY", "KEY"
				secrets = append(secrets, strings.Trim(v[strings.LastIndexAny(strings.TrimRight(v, "="), " =")+1:], `"`))
			}
		}
	}
	if _, password, ok := req.BasicAuth(); ok {
		secrets = append(secrets, password)
	}
	for _, secret := range secrets {
		if len(secret) >= 6 { // less is no secret, and would blot out words
			body = bytes.ReplaceAll(body, []byte(secret), []byte("[secret]"))
		}
	}
	return body
}

// redirect follows only what stays at the origin.
func (c *Client) redirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("too many redirects")
	}
	if from := via[0].URL; req.URL.Host != from.Host || req.URL.Scheme != from.Scheme {
		return fmt.Errorf("it redirects to another host, %s, which is not followed", req.URL.Host)
	}
	return nil
}

// send sends a request once.
func (c *Client) send(req *http.Request, body []byte) (Answer, error) {
	req = req.Clone(req.Context())
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	c.mu.Lock()
	c.requests++
	c.mu.Unlock()
	a := Answer{url: req.URL, client: c}
	resp, err := c.http.Do(req)
	if err != nil {
		return a, c.unreachable(req, err)
	}
	defer resp.Body.Close()
	a.Status, a.Header = resp.StatusCode, resp.Header
	a.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case len(a.Body) > maxAnswer:
		return a, fmt.Errorf("importers: %s answered more than %d MiB", req.URL.Path, maxAnswer>>20)
	case err != nil:
		return a, &passing{fmt.Errorf("importers: the answer of %s broke off: %w", req.URL.Path, err)}
	case a.Status < 200 || a.Status > 299:
		return a, &StatusError{Status: a.Status, Method: req.Method, Path: req.URL.Path, Body: excerpt(withoutSecrets(req, a.Body))}
	}
	return a, a.whole()
}

// unreachable says why there was no answer, without the query, which may hold what must stay secret.
func (c *Client) unreachable(req *http.Request, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	err = fmt.Errorf("importers: %s %s%s: %w", req.Method, req.URL.Host, req.URL.Path, err)
	var refused *RefusedError
	if errors.As(err, &refused) || strings.Contains(err.Error(), "not followed") || strings.Contains(err.Error(), "certificate") {
		return err
	}
	return &passing{err}
}

// Unreachable reports whether err says that nobody answers at the system's address: there is no such name, or no
// connection comes about.
func Unreachable(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// whole refuses JSON that is cut short, which is a passing fault, or nested without end, which is an attack.
func (a Answer) whole() error {
	if !strings.Contains(a.Header.Get("Content-Type"), "json") || len(a.Body) == 0 {
		return nil
	}
	if !json.Valid(a.Body) {
		return &passing{fmt.Errorf("importers: %s: %w", a.url.Path, ErrDamaged)}
	}
	depth := 0
	dec := json.NewDecoder(bytes.NewReader(a.Body))
	for {
		token, err := dec.Token()
		if err != nil {
			return nil
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > maxDepth {
				return fmt.Errorf("importers: %s answered JSON of more than %d levels", a.url.Path, maxDepth)
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}
