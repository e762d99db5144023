package importers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// API says how a system is spoken to over HTTP.
type API struct {
	// Base returns the address that every request begins with, such as "https://api.pagerduty.com".
	// Credentials are sent to its origin alone.
	Base func(cfg Config) string
	// Also returns the addresses of further servers that belong to the system, which are asked by absolute address; nil:
	// there is none. Sign decides by the request's host which credentials each gets.
	Also func(cfg Config) []string
	// CA returns certificates (PEM) that are trusted beside the machine's own, for servers whose certificate the
	// operator has made; nil or empty: none.
	CA func(cfg Config) string
	// Sign adds the credentials and the headers that each request needs.
	Sign func(cfg Config, req *http.Request)
	// Rates is what the vendor allows one credential, by the path prefix that it holds for ("" for all
	// others; the longest match counts). Half of it is used, since the source's other users need the rest.
	// Without an entry nothing is assumed, and only the answers' own headers slow requests down, so that half is left.
	Rates map[string]Rate
	// Cost is the fewest requests that reading incidents takes; nil: their number does not matter, since one answer
	// holds all, or the source has none.
	Cost func(cfg Config) Cost
	// Limited reports whether an answer other than 2xx says "slow down" although its status and headers do not;
	// nil: they tell enough.
	Limited func(a Answer) bool
}

// Rate is a number of requests per time.
type Rate struct {
	Requests int
	Per      time.Duration
}

// Interval is the pause between two requests at half of the rate; 0 when no rate is stated.
func (r Rate) Interval() time.Duration {
	if r.Requests <= 0 {
		return 0
	}
	return 2 * r.Per / time.Duration(r.Requests)
}

// Pacer makes all who use one quota wait for each other. Keys name a host with a credential, and hold neither
// in clear.
type Pacer interface {
	// Take waits for this caller's turn: turns are at least interval apart.
	Take(ctx context.Context, key string, interval time.Duration) error
	// Hold lets nobody have a turn before until.
	Hold(ctx context.Context, key string, until time.Time) error
}

// Client speaks to one system for one connection. It keeps to the vendor's limits, tries again what failed for
// a passing reason, sends credentials to the connection's own origin alone, and remembers the server's clock.
// It is safe for concurrent use.
type Client struct {
	api   API
	cfg   Config
	base  *url.URL
	also  []*url.URL
	http  *http.Client
	pacer Pacer
	clock Clock

	mu       sync.Mutex
	server   time.Time // the newest Date of an answer
	requests int64
}

// Clock is the time that a Client lives in; tests bring their own.
type Clock struct {
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Waiting is told why and until when the client waits, for people who look at the run; may be nil.
	Waiting func(reason string, until time.Time)
}

// NewClient returns a client for a connection whose settings hold secrets in clear. The transport decides which
// addresses may be called: see Guarded. It is ErrInvalid when the address cannot be one.
func NewClient(api API, cfg Config, transport http.RoundTripper, pacer Pacer, clock Clock) (*Client, error) {
	base, err := origin(api.Base(cfg))
	if err != nil {
		return nil, err
	}
	c := &Client{api: api, cfg: cfg, base: base, pacer: pacer, clock: clock}
	if api.Also != nil {
		for _, address := range api.Also(cfg) {
			u, err := origin(address)
			if err != nil {
				return nil, err
			}
			c.also = append(c.also, u)
		}
	}
	if api.CA != nil {
		if transport, err = trusting(transport, api.CA(cfg)); err != nil {
			return nil, err
		}
	}
	c.http = &http.Client{Transport: transport, Timeout: perRequest, CheckRedirect: c.redirect}
	return c, nil
}

// origin reads the address of a server.
func origin(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(address, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, fmt.Errorf("importers: %q is no address such as https://tickets.example.com", address)
	}
	return u, nil
}

// own reports whether an address is at one of the connection's origins.
func (c *Client) own(u *url.URL) bool {
	same := func(o *url.URL) bool { return u.Scheme == o.Scheme && u.Host == o.Host }
	return same(c.base) || slices.ContainsFunc(c.also, same)
}

// Answer is what a server answered, its body whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	url    *url.URL
	client *Client
}

// JSON decodes the body into v.
func (a Answer) JSON(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		return fmt.Errorf("importers: %s answered what it should not: %w", a.url.Path, err)
	}
	return nil
}

// Get asks for path below the base address, or for an absolute address at its origin, such as a link to the
// next page. See Do.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (Answer, error) {
	return c.Do(ctx, Request{Path: path, Query: query})
}

// Post sends body as JSON. The call must be one that only reads: it may be sent again. See Do.
func (c *Client) Post(ctx context.Context, path string, body any) (Answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Answer{}, fmt.Errorf("importers: request to %s: %w", path, err)
	}
	return c.Do(ctx, Request{Method: http.MethodPost, Path: path, Body: text})
}

// Change sends body as JSON to change something, once, and decodes the answer unless that is nil. An error for which Undone is false leaves open
// whether it was changed.
func (c *Client) Change(ctx context.Context, method, path string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("importers: request to %s: %w", path, err)
	}
	a, err := c.Do(ctx, Request{Method: method, Path: path, Body: text, Once: true})
	if err != nil || answer == nil {
		return err
	}
	return a.JSON(answer)
}

// Request is one question to a server.
type Request struct {
	Method string // empty: GET
	Path   string // below the base address, or an absolute address at its origin
	Query  url.Values
	Header http.Header
	Body   []byte // JSON, unless Header says otherwise
	// Once says that the request changes something: it is sent again only if the server said "slow down", which it does before it does anything.
	Once bool
}

// Do sends a request and returns the answer. Other statuses than 2xx are a *StatusError. What fails for a
// passing reason (no connection, 5xx, a body cut short, "slow down") is tried again, up to five times with
// growing pauses. A wait of more than 15 minutes is a *Parked.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	req, key, err := c.request(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	_, rate := c.quota(req)
	for try := 1; ; try++ {
		if err := c.pacer.Take(ctx, key, rate.Interval()); err != nil {
			return Answer{}, err
		}
		a, err := c.send(req, r.Body)
		if err := c.heard(ctx, key, rate, a); err != nil {
			return a, err
		}
		if ctx.Err() != nil {
			return a, ctx.Err()
		}
		v := c.judge(a, err, try)
		if !v.again || r.Once && !v.limited {
			return a, err
		}
		if err := c.rest(ctx, key, v, err); err != nil {
			return a, err
		}
	}
}

// request makes a signed request, and names the quota that it counts against.
func (c *Client) request(ctx context.Context, r Request) (req *http.Request, key string, err error) {
	target := c.base.String() + r.Path
	if strings.HasPrefix(r.Path, "http://") || strings.HasPrefix(r.Path, "https://") {
		target = r.Path
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	req, err = http.NewRequestWithContext(ctx, r.Method, target, nil)
	if err != nil {
		return nil, "", fmt.Errorf("importers: request: %w", err)
	}
	if !c.own(req.URL) {
		return nil, "", fmt.Errorf("importers: %s leads to another host, %s, which is not called", r.Path, req.URL.Host)
	}
	if len(r.Query) > 0 {
		req.URL.RawQuery = r.Query.Encode()
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "Hindsight")
	if len(r.Body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.api.Sign != nil {
		c.api.Sign(c.cfg, req)
	}
	key = c.key(req)
	for name, values := range r.Header {
		req.Header[name] = values
	}
	return req, key, nil
}

// Now returns the server's clock as its last answer told it, else ours. Watermarks of another system's data
// must not depend on our clock.
func (c *Client) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.server.IsZero() {
		return c.server
	}
	return c.clock.Now().UTC()
}

// Skew returns how far the server's clock is ahead of ours; zero before the first answer.
func (c *Client) Skew() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server.IsZero() {
		return 0
	}
	return c.server.Sub(c.clock.Now())
}

// Requests returns how many requests were sent, repeated ones included.
func (c *Client) Requests() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}
