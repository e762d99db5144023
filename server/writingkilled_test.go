package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
)

// TestKilledWhileWriting: while five people write in one section the server is killed. When it is back, each of their words that
// was acknowledged stands in the text, once.
func TestKilledWhileWriting(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		at := beginWriting(t, in)
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		token := strings.TrimSpace(in.mustRun(t, "token", "add", "writers", "--role", "editor", "--may", "read,write"))
		cmd := in.start(t, "serve", "--addr", addr)
		base := "http://" + addr
		if err := until(t, func() (bool, error) {
			resp, err := http.Get(base + "/healthz")
			if err != nil {
				return false, nil
			}
			return true, resp.Body.Close()
		}); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var acknowledged []string
		enough := make(chan struct{})
		var all sync.WaitGroup
		for n := range 5 {
			all.Go(func() {
				w := &scribe{url: base + at, token: token, name: fmt.Sprintf("scribe%03d", n)}
				for i := 0; ; i++ {
					word := fmt.Sprintf("<%d-%d>", n, i)
					if w.append(word) != nil {
						return // the server is gone
					}
					mu.Lock()
					if acknowledged = append(acknowledged, word); len(acknowledged) == 40 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-enough:
		case <-time.After(2 * time.Minute):
			t.Error("nobody could write 40 words in two minutes")
		}
		end(t, cmd)
		all.Wait()
		s := in.serve(t, false, false)
		v := s.visitor(t)
		v.token = token
		var got struct {
			Text    string
			Version int
		}
		v.getJSON(t, at, &got)
		for _, word := range acknowledged {
			if n := strings.Count(got.Text, word); n != 1 {
				t.Errorf("%s was acknowledged and stands %d times in the text", word, n)
			}
		}
		if words := strings.Count(got.Text, "<"); words != got.Version || words < len(acknowledged) || words > len(acknowledged)+5 {
			t.Errorf("%d words are in version %d; %d were acknowledged, and each of five writers had at most one more under way", words, got.Version, len(acknowledged))
		}
	})
}

// beginWriting stores a made-up retrospective with an empty section, and returns the address of the section.
func beginWriting(t *testing.T, in installation) string {
	t.Helper()
	in.mustRun(t, "migrate")
	r := incidenttest.Retro()
	in.withStore(t, func(ctx context.Context, s incident.Store) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error {
			return errors.Join(tx.PutIncidents([]*incident.Incident{incidenttest.Incident(1)}), tx.PutRetro(r),
				tx.PutRetroSections([]incident.RetroSection{{Incident: r.Incident, Slug: "summary", Title: "Summary", ChangedAt: r.ChangedAt}}))
		})
		return err
	})
	return "/api/v1/incidents/" + string(r.Incident) + "/retrospective/sections/summary"
}

// scribe is a program that writes at the end of a section.
type scribe struct{ url, token, name string }

// append puts a word at the end, and returns once that is acknowledged. It fails only when the server does not answer.
func (w *scribe) append(word string) error {
	for {
		var now struct {
			Text, Who string
			Version   int
		}
		if status, err := w.ask(http.MethodGet, "", nil, &now); err != nil || status != http.StatusOK {
			return fmt.Errorf("read: %d, %w", status, err)
		}
		change := []any{[]any{0, word}}
		if n := len(utf16.Encode([]rune(now.Text))); n > 0 {
			change = []any{n, []any{0, word}}
		}
		status, err := w.ask(http.MethodPost, "/updates", map[string]any{"version": now.Version, "client": now.Who + "." + w.name, "updates": []any{change}}, &struct{}{})
		if err != nil || status == http.StatusOK {
			return err
		}
		if status != http.StatusConflict {
			return fmt.Errorf("write: %d", status)
		}
	}
}

func (w *scribe) ask(method, path string, body, into any) (int, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	req := httptest.NewRequest(method, w.url+path, strings.NewReader(string(text)))
	req.RequestURI = ""
	req.Header.Set("Authorization", "Bearer "+w.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	err = json.NewDecoder(resp.Body).Decode(into)
	return resp.StatusCode, errors.Join(err, resp.Body.Close())
}
