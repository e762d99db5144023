package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// flood sends signed deliveries, each with an id of its own, to a connection of a made-up Jira: rate a second for as
// long as said, or, with rate 0, as many as 64 senders can. It returns how many were answered 200.
func flood(t testing.TB, s site, conn incident.ID, secret string, rate int, during time.Duration) int {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var answered, sent atomic.Int64
	begun := time.Now()
	send := func() {
		n := sent.Add(1)
		body := fmt.Appendf(nil, `{"webhookEvent":"jira:issue_updated","issue":{"id":"%d","key":"OPS-%d","fields":{"project":{"id":"1","key":"OPS"}}}}`, n, n)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		req, _ := http.NewRequest(http.MethodPost, s.URL+"/hooks/"+string(conn), bytes.NewReader(body))
		req.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		req.Header.Set("X-Atlassian-Webhook-Identifier", fmt.Sprintf("synthetic-%d", n))
		resp, err := client.Do(req)
		if err != nil {
			return
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			answered.Add(1)
		}
	}
	var senders sync.WaitGroup
	for range 64 {
		senders.Go(func() {
			for time.Since(begun) < during {
				if rate > 0 { // the n-th delivery is due n/rate seconds after the first
					due := begun.Add(time.Duration(sent.Load()) * time.Second / time.Duration(rate))
					time.Sleep(time.Until(due))
				}
				send()
			}
		})
	}
	senders.Wait()
	return int(answered.Load())
}

// floodable is a connection that takes deliveries, on a server that does no background work, so that all of them
// wait to be counted.
func floodable(t *testing.T, in installation) (site, incident.ID, string) {
	t.Helper()
	s := in.serve(t, false, false)
	conn, err := s.app.Desk.Connect(t.Context(), desk.Plan{Source: "jira", Settings: map[string]string{"url": "https://jira.example.com", "user": "reader@example.com", "token": "t", "projects": "OPS"}})
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.app.Desk.AddWebhookSecret(t.Context(), conn.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return s, conn.ID, secret
}

// TestFlood: of a flood of deliveries, each that was answered 200 is stored, and the server is stopped in the middle of
// it.
func TestFlood(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		s, conn, secret := floodable(t, in)
		stop := time.AfterFunc(1500*time.Millisecond, s.stop)
		defer stop.Stop()
		answered := flood(t, s, conn, secret, 0, 2*time.Second)
		s.stop()
		in.withStore(t, func(ctx context.Context, st incident.Store) error {
			stored, err := st.Pushes(ctx, conn, 0)
			if answered == 0 || len(stored) < answered {
				t.Errorf("%d deliveries are stored, %d were answered", len(stored), answered)
			}
			return err
		})
	})
}
