package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"time"
)

// client speaks to a server as a browser (the cookie of a session) or as a program (an API token).
type client struct {
	base  string
	token string
	http  *http.Client
}

func newClient(base, token string) (*client, error) {
	jar, err := cookiejar.New(nil)
	return &client{base: base, token: token, http: &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}}, err
}

// answer is what came back from a request, and when.
type answer struct {
	body      []byte
	sent      int // bytes of the body as they were sent
	firstByte time.Duration
	all       time.Duration
}

// get asks for a path; any status but 200 is an error.
func (c *client) get(ctx context.Context, path string) (answer, error) {
	return c.do(ctx, http.MethodGet, path, nil)
}

// post sends a form.
func (c *client) post(ctx context.Context, path string, form url.Values) error {
	_, err := c.do(ctx, http.MethodPost, path, form)
	return err
}

func (c *client) do(ctx context.Context, method, path string, form url.Values) (a answer, err error) {
	begun := time.Now()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: func() { a.firstByte = time.Since(begun) }})
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return a, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return a, err
	}
	a.all, a.sent = time.Since(begun), len(a.body)
	if resp.StatusCode != http.StatusOK {
		return a, fmt.Errorf("%s %s: %s\n%.500s", method, path, resp.Status, a.body)
	}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		r, err := gzip.NewReader(bytes.NewReader(a.body))
		if err != nil {
			return a, err
		}
		a.body, err = io.ReadAll(r)
		return a, err
	}
	return a, nil
}

// read asks the API and decodes the answer.
func (c *client) read(ctx context.Context, path string, into any) (answer, error) {
	a, err := c.get(ctx, path)
	if err == nil {
		err = json.Unmarshal(a.body, into)
	}
	return a, err
}

// gzipped returns the size of text under gzip's default level.
func gzipped(text []byte) int {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(text)
	w.Close()
	return b.Len()
}

// quantile returns the value below which the share p of the times lies (nearest rank); 0 of none.
func quantile(times []time.Duration, p float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}
