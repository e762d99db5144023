package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/server/internal/desk"
)

// syntheticIssue is a made-up issue as Jira's REST API gives it.
const syntheticIssue = `{"id":"10001","key":"OPS-7","fields":{"summary":"Checkout answers with 500","project":{"id":"1","key":"OPS"},"created":"2026-03-01T13:00:00.000+0100",
"updated":"2026-03-01T14:00:00.000+0100","status":{"id":"1","name":"Open","statusCategory":{"key":"new"}},"priority":{"id":"1","name":"Highest"}},
"changelog":{"startAt":0,"maxResults":0,"total":0,"histories":[]}}`

// jiraSite is a made-up Jira with that one issue.
func jiraSite(t *testing.T, asked *atomic.Int64) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.Contains(r.URL.Path, "/search"), strings.HasSuffix(r.URL.Path, "/issue/bulkfetch"):
			fmt.Fprintf(w, `{"isLast":true,"issues":[%s]}`, syntheticIssue)
		case strings.Contains(r.URL.Path, "/comment"):
			fmt.Fprint(w, `{"startAt":0,"maxResults":50,"total":0,"comments":[]}`)
		default:
			fmt.Fprint(w, syntheticIssue)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// A delivery is answered once it is stored, refused unless it is signed, and becomes an incident within seconds.
func TestWebhook(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		var asked atomic.Int64
		upstream := jiraSite(t, &asked)
		s := in.serve(t, false, true)
		s.app.Desk.Runner.Transport = http.DefaultTransport // loopback is no public address
		conn, err := s.app.Desk.Connect(t.Context(), desk.Plan{Source: "jira", Name: "Our Jira", Settings: map[string]string{"url": upstream.URL, "user": "reader@example.com", "token": "t", "projects": "OPS"}})
		if err != nil {
			t.Fatal(err)
		}
		secret, err := s.app.Desk.AddWebhookSecret(t.Context(), conn.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		v := s.visitor(t)
		push := func(path, key string, body []byte) response {
			mac := hmac.New(sha256.New, []byte(key))
			mac.Write(body)
			return v.do(t, http.MethodPost, path, bytes.NewReader(body), http.Header{"Content-Type": {"application/json"},
				"X-Hub-Signature": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}, "X-Atlassian-Webhook-Identifier": {"synthetic-1"}})
		}
		body := []byte(`{"webhookEvent":"jira:issue_created","issue":` + syntheticIssue + `}`)
		for _, tc := range []struct {
			name, path, key string
			body            []byte
			want            int
		}{
			{"no such connection", "/hooks/con_none", secret, body, http.StatusNotFound},
			{"forged", "/hooks/" + string(conn.ID), "guess", body, http.StatusUnauthorized},
			{"too large", "/hooks/" + string(conn.ID), secret, make([]byte, 10<<20+1), http.StatusRequestEntityTooLarge},
			{"signed", "/hooks/" + string(conn.ID), secret, body, http.StatusOK},
			{"sent again", "/hooks/" + string(conn.ID), secret, body, http.StatusOK},
		} {
			if got := push(tc.path, tc.key, tc.body); got.status != tc.want {
				t.Errorf("%s: POST %s = %d %s, want %d", tc.name, tc.path, got.status, got.body, tc.want)
			}
		}
		program := s.withToken(t, in, "viewer")
		eventually(t, "the incident is there", func() bool {
			return strings.Contains(program.get(t, "/api/v1/incidents?source=jira").body, "Checkout answers with 500")
		})
		h, err := s.app.Desk.Store.Health(t.Context(), conn.ID)
		if err != nil || h.Forged != 1 || h.HeardAt.IsZero() {
			t.Errorf("health = %+v, %v, want one forged delivery counted", h, err)
		}
	})
}

// eventually waits for something that happens in the background.
func eventually(t *testing.T, what string, there func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !there() {
		if time.Now().After(deadline) {
			t.Fatalf("after 30 s it is not so that %s", what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}
