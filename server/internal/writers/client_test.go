package writers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hindsight/incident"
	"hindsight/incident/incidenttest"
	"hindsight/server/internal/coedit"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/pgtest"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
	"hindsight/server/internal/writers"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// onBoth runs a test on both databases. open opens the same database, as one replica more.
func onBoth(t *testing.T, test func(t *testing.T, open func() *store.Store)) {
	for name, cfg := range databases(t) {
		t.Run(name, func(t *testing.T) { test(t, func() *store.Store { return storetest.Open(t, cfg()) }) })
	}
}

func databases(t testing.TB) map[string]func() store.Config {
	lite, server := store.Config{DataDir: t.TempDir()}, store.Config{}
	return map[string]func() store.Config{
		"sqlite": func() store.Config { return lite },
		"postgres": func() store.Config {
			if server.URL == "" {
				server.URL = pgtest.URL(t)
			}
			return server
		},
	}
}

const opening = "Disks were full 😀.\n\nWe made room."

// begin puts a made-up retrospective with one section.
func begin(t testing.TB, s *store.Store) incident.ID {
	t.Helper()
	r := incidenttest.Retro()
	_, err := s.Update(t.Context(), func(tx incident.Tx) error {
		for _, err := range []error{tx.PutIncidents([]*incident.Incident{incidenttest.Incident(1)}), tx.PutRetro(r),
			tx.PutRetroSections([]incident.RetroSection{{Incident: r.Incident, Slug: "summary", Title: "Summary", Text: opening, ChangedAt: incidenttest.Epoch()}})} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Incident
}

// replica is one server with a hub, and nothing else of the program.
type replica struct {
	url   string
	desk  *desk.Desk
	again func(who string) (writers.Standing, error)
}

func newReplica(t testing.TB, s *store.Store, id incident.ID) *replica {
	t.Helper()
	r := &replica{desk: &desk.Desk{Store: s, Now: time.Now, Log: testLog(t)},
		again: func(string) (writers.Standing, error) { return writers.Standing{Write: true}, nil }}
	hub := writers.New(r.desk)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		who := req.URL.Query().Get("who")
		req = req.WithContext(incident.Acting(req.Context(), incident.Actor{Kind: incident.ActorUser, ID: incident.ID(who), Name: "Responder " + who}))
		err := hub.Serve(w, req, writers.Visitor{Incident: id, Who: who, Name: "Responder " + who, Again: func(context.Context) (writers.Standing, error) { return r.again(who) }})
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
		}
	}))
	r.url = strings.Replace(server.URL, "http", "ws", 1)
	t.Cleanup(func() {
		stop()
		<-done
		server.Close()
	})
	return r
}

// message is any of what the server sends.
type message struct {
	Type     string
	ID       int
	Section  string
	Version  int
	Updates  []update
	Status   int
	Detail   string
	Who      string
	Name     string
	Write    bool
	Sections map[string]int
	Beat     int
	Reason   string
	People   []struct {
		Client, Who, Name, Section string
		Version                    int
		Anchor, Head               *int
	}
}

// client is one person's browser tab.
type client struct {
	editor
	who      string
	conn     *websocket.Conn
	inFlight bool
}

func newClient(who string) *client {
	return &client{editor: editor{client: who + ".editor01", text: coedit.TextOf(opening)}, who: who}
}

// connect opens the socket and follows the text from the editor's version on.
func (c *client) connect(ctx context.Context, r *replica) error {
	conn, _, err := websocket.Dial(ctx, r.url+"?who="+c.who, nil)
	if err != nil {
		return err
	}
	conn.SetReadLimit(1 << 24)
	c.conn, c.inFlight = conn, false
	if m, err := c.next(ctx); err != nil || m.Type != "hello" {
		return fmt.Errorf("the first message is %q: %w", m.Type, err)
	}
	return c.say(ctx, map[string]any{"type": "open", "section": "summary", "version": c.version})
}

func (c *client) say(ctx context.Context, message any) error {
	return c.conn.Write(ctx, websocket.MessageText, must(json.Marshal(message)))
}

// next reads a message, whatever it is.
func (c *client) next(ctx context.Context) (m message, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, raw, err := c.conn.Read(ctx)
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	return m, err
}

// push sends what is unsent, unless something is under way.
func (c *client) push(ctx context.Context) error {
	if c.inFlight || len(c.unsent) == 0 {
		return nil
	}
	c.inFlight = true
	return c.say(ctx, map[string]any{"type": "push", "id": 1, "section": "summary", "version": c.version, "client": c.client, "updates": c.unsent[:min(len(c.unsent), 500)]})
}

// take does what a message asks for.
func (c *client) take(ctx context.Context, m message) error {
	switch m.Type {
	case "updates":
		if !c.receive(m.Version, m.Updates) {
			return c.say(ctx, map[string]any{"type": "open", "section": "summary", "version": c.version})
		}
	case "behind":
		c.receive(m.Version, m.Updates)
		c.inFlight = false
	case "accepted":
		c.inFlight = false
	case "refused", "stale", "bye":
		return fmt.Errorf("%s: %d %s %s", m.Type, m.Status, m.Detail, m.Reason)
	}
	return nil
}

// write types words, one after the other, and returns when all of them are accepted. Now and then the connection breaks right after a push, so that
// nobody learns whether it was accepted.
func (c *client) write(ctx context.Context, r *replica, words, breaks int, seed uint64) error {
	random := rand.New(rand.NewPCG(seed, 7))
	if err := c.connect(ctx, r); err != nil {
		return err
	}
	for words > 0 || len(c.unsent) > 0 {
		if words > 0 && len(c.unsent) < 4 {
			c.insert(random, fmt.Sprintf("%s-%d😀 ", c.who, words))
			words--
		}
		if err := c.push(ctx); err != nil {
			return err
		}
		if breaks > 0 && random.IntN(10) == 0 {
			breaks--
			c.conn.CloseNow()
			if err := c.connect(ctx, r); err != nil {
				return err
			}
		}
		m, err := c.next(ctx)
		if err == nil {
			err = c.take(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// until reads on until the editor has seen a version.
func (c *client) until(ctx context.Context, version int) error {
	for c.version < version {
		m, err := c.next(ctx)
		if err == nil {
			err = c.take(ctx, m)
		}
		if err != nil {
			return fmt.Errorf("at version %d of %d: %w", c.version, version, err)
		}
	}
	return nil
}
