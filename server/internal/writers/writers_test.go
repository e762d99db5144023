package writers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
	"hindsight/server/internal/writers"
)

func testLog(t testing.TB) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }

// TestTwoReplicas: people on two replicas write one text at once, and lose their connections without knowing what was accepted. In the
// end all have the text that is stored, and it has every word exactly once.
func TestTwoReplicas(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *store.Store) {
		const people, words = 6, 10
		first, second := open(), open()
		id := begin(t, first)
		replicas := []*replica{newReplica(t, first, id), newReplica(t, second, id)}
		var clients []*client
		var writing sync.WaitGroup
		for i := range people {
			c := newClient(fmt.Sprintf("usr_%d", i))
			clients = append(clients, c)
			writing.Go(func() {
				if err := c.write(t.Context(), replicas[i%2], words, 3, uint64(i)); err != nil {
					t.Errorf("client %d: %v", i, err)
				}
			})
		}
		writing.Wait()
		stored := section(t, first, id)
		for i, c := range clients {
			if err := c.until(t.Context(), stored.Version); err != nil {
				t.Errorf("client %d: %v", i, err)
			} else if c.text.String() != stored.Text {
				t.Errorf("client %d has\n%q\nstored is\n%q", i, c.text.String(), stored.Text)
			}
			for n := range words {
				if word := fmt.Sprintf("%s-%d😀 ", c.who, n+1); strings.Count(stored.Text, word) != 1 {
					t.Errorf("%q is %d times in the text, want once", word, strings.Count(stored.Text, word))
				}
			}
		}
		if stored.Version != people*words {
			t.Errorf("version %d, want %d", stored.Version, people*words)
		}
	})
}

func section(t testing.TB, s *store.Store, id incident.ID) incident.RetroSection {
	t.Helper()
	all, err := s.RetroSections(t.Context(), id)
	if err != nil || len(all) != 1 {
		t.Fatalf("RetroSections = %v, %v", all, err)
	}
	return all[0]
}

// await reads until a message is as it should be.
func (c *client) await(t *testing.T, what string, ok func(message) bool) message {
	t.Helper()
	for {
		m, err := c.next(t.Context())
		if err != nil {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		if ok(m) {
			return m
		}
	}
}

func ofType(kind string) func(message) bool { return func(m message) bool { return m.Type == kind } }

// one is a replica with a retrospective, and somebody who has it open.
func one(t *testing.T) (*replica, *client) {
	s := storetest.SQLite(t)
	r := newReplica(t, s, begin(t, s))
	return r, connected(t, r, "usr_a")
}

func connected(t *testing.T, r *replica, who string) *client {
	t.Helper()
	c := newClient(who)
	if err := c.connect(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	c.await(t, "updates", ofType("updates"))
	return c
}

func TestPresence(t *testing.T) {
	r, a := one(t)
	b := connected(t, r, "usr_b")
	point := func(c *client, anchor int) {
		if err := c.say(t.Context(), map[string]any{"type": "cursor", "section": "summary", "client": c.client, "version": c.version, "anchor": anchor, "head": anchor}); err != nil {
			t.Fatal(err)
		}
	}
	where := func(m message, who string) string {
		for _, p := range m.People {
			if p.Who == who && p.Anchor != nil {
				return fmt.Sprintf("%s %s in %s at %d of version %d", p.Name, p.Client, p.Section, *p.Anchor, p.Version)
			}
		}
		return ""
	}
	point(a, 16) // before the emoji
	a.await(t, "the own cursor", func(m message) bool {
		return where(m, "usr_a") == "Responder usr_a usr_a.editor01 in summary at 16 of version 0"
	})
	b.change([]any{0, []any{0, "Oh: "}, len(b.text)})
	if err := b.push(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.await(t, "accepted", ofType("accepted"))
	point(b, 1)
	b.await(t, "the cursor that was moved", func(m message) bool {
		return where(m, "usr_a") == "Responder usr_a usr_a.editor01 in summary at 20 of version 1"
	})
	point(a, -1)
	b.await(t, "the cursor that is gone", func(m message) bool { return m.Type == "presence" && where(m, "usr_a") == "" && len(m.People) == 2 })
	a.conn.CloseNow()
	b.await(t, "the one who left", func(m message) bool { return m.Type == "presence" && len(m.People) == 1 })
}

func TestRefusals(t *testing.T) {
	r, a := one(t)
	push := func(c *client, client, updates string) map[string]any {
		return map[string]any{"type": "push", "id": 7, "section": "summary", "version": 0, "client": client, "updates": []any{json.RawMessage(updates)}}
	}
	for _, tc := range []struct {
		name    string
		message map[string]any
		status  int
		detail  string
	}{
		{"another's client", push(a, "usr_b.editor01", `[35]`), 422, `a client is "usr_a", a dot`},
		{"a change that does not fit", push(a, "usr_a.editor01", `[5]`), 422, "update 0: the change is for a text of 5 units"},
		{"half of an emoji", push(a, "usr_a.editor01", `[17,[1],16]`), 422, "between the two units"},
		{"no change at all", push(a, "usr_a.editor01", `{}`), 422, "a change is an array"},
		{"a section that there is not", map[string]any{"type": "open", "section": "nothing", "version": 0}, 404, "no such section"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := a.say(t.Context(), tc.message); err != nil {
				t.Fatal(err)
			}
			if m := a.await(t, "refused", ofType("refused")); m.Status != tc.status || !strings.Contains(m.Detail, tc.detail) {
				t.Errorf("refused with %d %q, want %d %q", m.Status, m.Detail, tc.status, tc.detail)
			}
		})
	}
	t.Run("a reader", func(t *testing.T) {
		r.again = func(string) (writers.Standing, error) { return writers.Standing{}, nil }
		b := connected(t, r, "usr_b")
		if err := b.say(t.Context(), push(b, "usr_b.editor01", `[35]`)); err != nil {
			t.Fatal(err)
		}
		if m := b.await(t, "refused", ofType("refused")); m.Status != 403 || m.ID != 7 {
			t.Errorf("refused with %d, id %d, want 403 and 7", m.Status, m.ID)
		}
	})
	if got := section(t, r.desk.Store.(*store.Store), incidenttest.Retro().Incident); got.Version != 0 || got.Text != opening {
		t.Errorf("the text is at version %d: %q", got.Version, got.Text)
	}
}

// TestEnds: a socket ends with the session, with the right to see the incident, and with what is no message.
func TestEnds(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  error
		code websocket.StatusCode
	}{
		{"the session ends", writers.ErrEnded, 4401},
		{"the incident becomes private", incident.ErrNotFound, 4404},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, _ := one(t)
			var mu sync.Mutex
			ended := false
			r.again = func(string) (writers.Standing, error) {
				mu.Lock()
				defer mu.Unlock()
				if ended {
					return writers.Standing{}, tc.end
				}
				return writers.Standing{Write: true}, nil
			}
			a := connected(t, r, "usr_b")
			mu.Lock()
			ended = true
			mu.Unlock()
			a.await(t, "bye", ofType("bye"))
			if _, err := a.next(t.Context()); websocket.CloseStatus(err) != tc.code {
				t.Errorf("closed with %v, want code %d", err, tc.code)
			}
		})
	}
	t.Run("no message", func(t *testing.T) {
		_, a := one(t)
		if err := a.say(t.Context(), map[string]any{"type": "sing"}); err != nil {
			t.Fatal(err)
		}
		a.await(t, "bye", ofType("bye"))
		if _, err := a.next(t.Context()); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Errorf("closed with %v, want %d", err, websocket.StatusPolicyViolation)
		}
	})
}

// TestFromElsewhere: what another site's page asks for is refused.
func TestFromElsewhere(t *testing.T) {
	r, _ := one(t)
	_, resp, err := websocket.Dial(t.Context(), r.url+"?who=usr_a", &websocket.DialOptions{HTTPHeader: map[string][]string{"Origin": {"https://elsewhere.example"}}})
	if err == nil || resp == nil || resp.StatusCode != 403 {
		t.Errorf("a socket from another origin: %v, want 403", err)
	}
}

// TestForgottenChanges: who comes with a version from before what is kept, has to read the text anew; so have those who are there when the changes go.
func TestForgottenChanges(t *testing.T) {
	r, a := one(t)
	a.change([]any{0, []any{0, "x"}, len(a.text)})
	if err := a.push(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.await(t, "accepted", ofType("accepted"))
	if _, err := r.desk.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.SweepTextChanges(time.Now().Add(time.Hour)) }); err != nil {
		t.Fatal(err)
	}
	late := newClient("usr_late")
	if err := late.connect(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if m := late.await(t, "stale", ofType("stale")); m.Version != 1 {
		t.Errorf("stale at version %d, want 1", m.Version)
	}
}

// TestWrittenOverHTTP: what comes in without a socket is told to sockets, and so are changes beside texts.
func TestWrittenOverHTTP(t *testing.T) {
	r, a := one(t)
	id := incidenttest.Retro().Incident
	ctx := incident.Acting(context.Background(), incident.Actor{Kind: incident.ActorUser, ID: "usr_b", Name: "Responder usr_b"})
	base := opening
	if _, _, err := r.desk.WriteText(ctx, id, "summary", desk.TextWrite{Version: 0, Text: strings.Replace(base, "full", "very full", 1), Base: &base}, incident.Sight{}); err != nil {
		t.Fatal(err)
	}
	m := a.await(t, "updates", ofType("updates"))
	if !a.receive(m.Version, m.Updates) || a.text.String() != strings.Replace(opening, "full", "very full", 1) {
		t.Errorf("the editor has %q", a.text.String())
	}
	retro, err := r.desk.Store.Retro(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	retro.Version++
	if _, err := r.desk.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutRetro(*retro) }); err != nil {
		t.Fatal(err)
	}
	if m := a.await(t, "changed", ofType("changed")); m.Beat == 0 {
		t.Error("changed has no beat")
	}
}

// TestStops: when the server stops, it says so.
func TestStops(t *testing.T) {
	s := storetest.SQLite(t)
	id := begin(t, s)
	var a *client
	t.Run("server", func(t *testing.T) { a = connected(t, newReplica(t, s, id), "usr_a") }) // its end is the server's
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		_, err := a.next(ctx)
		if err == nil {
			continue
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != websocket.StatusGoingAway {
			t.Errorf("ended with %v, want code %d", err, websocket.StatusGoingAway)
		}
		return
	}
}
