package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// typist is one open editor, as far as the server can tell: it types letters at the beginning of one section, where nothing has to be mapped, and
// takes in what others type. The protocol is in docs/writing.md.
type typist struct {
	conn    *websocket.Conn
	client  string
	version int
	length  int // of the text of that version, UTF-16 units
	unsent  int // letters that were typed and have not come back
	pushed  bool
	until   int                               // the push that is under way is over once this version is reached; 0: not known yet
	heard   func(client string, at time.Time) // of each update of others, in their order
}

// told is any message of the socket, or an answer over HTTP, as far as it matters here.
type told struct {
	Type    string `json:"type"`
	Version int    `json:"version"`
	Detail  string `json:"detail"`
	Reason  string `json:"reason"`
	Updates []struct {
		Client string `json:"client"`
	} `json:"updates"`
}

const wroteIn = "summary"

// sit opens the socket of a retrospective and one section of it.
func sit(ctx context.Context, browser *client, path, name string, version, length int, heard func(string, time.Time)) (*typist, error) {
	conn, _, err := websocket.Dial(ctx, strings.Replace(browser.base, "http", "ws", 1)+path+"/live",
		&websocket.DialOptions{HTTPClient: browser.http, HTTPHeader: map[string][]string{"Origin": {browser.base}}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(1 << 24)
	t := &typist{conn: conn, client: name, version: version, length: length, heard: heard}
	return t, t.say(ctx, map[string]any{"type": "open", "section": wroteIn, "version": version})
}

func (t *typist) say(ctx context.Context, message any) error {
	raw, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return t.conn.Write(ctx, websocket.MessageText, raw)
}

// letters are n updates that each type one letter at the beginning of a text of a length.
func letters(n, length int) [][]any {
	var out [][]any
	for i := range n {
		change := []any{[]any{0, "x"}}
		if length+i > 0 {
			change = append(change, length+i)
		}
		out = append(out, change)
	}
	return out
}

// push sends what is unsent, unless something is under way.
func (t *typist) push(ctx context.Context) error {
	if t.pushed || t.unsent == 0 {
		return nil
	}
	t.pushed, t.until = true, 0
	return t.say(ctx, map[string]any{"type": "push", "id": 1, "section": wroteIn, "version": t.version, "client": t.client, "updates": letters(t.unsent, t.length)})
}

// take does what a message asks for.
func (t *typist) take(m told, at time.Time) error {
	switch m.Type {
	case "updates", "behind":
		t.receive(m, at)
		if m.Type == "behind" {
			t.pushed, t.until = false, 0
		}
	case "accepted":
		t.until = m.Version
	case "refused", "stale", "bye":
		return fmt.Errorf("the server said %s: %s %s", m.Type, m.Detail, m.Reason)
	}
	if t.until > 0 && t.version >= t.until {
		t.pushed, t.until = false, 0
	}
	return nil
}

// receive takes in updates that are not known yet. Each types one letter.
func (t *typist) receive(m told, at time.Time) {
	for _, u := range m.Updates[min(max(t.version-m.Version, 0), len(m.Updates)):] {
		t.version++
		t.length++
		if u.Client == t.client {
			t.unsent--
		} else {
			t.heard(u.Client, at)
		}
	}
}

// typeAll types a letter each time that it is told to, until keys is closed and everything is accepted. It is told
// nothing while a number of letters wait.
func (t *typist) typeAll(ctx context.Context, keys <-chan time.Time, unsent int) error {
	messages, failed := make(chan told, 64), make(chan error, 1)
	go func() {
		for {
			_, raw, err := t.conn.Read(ctx)
			var m told
			if err == nil {
				err = json.Unmarshal(raw, &m)
			}
			if err != nil {
				failed <- err
				return
			}
			messages <- m
		}
	}()
	for keys != nil || t.unsent > 0 || t.pushed {
		var err error
		next := keys
		if t.unsent >= unsent {
			next = nil
		}
		select {
		case _, more := <-next:
			if !more {
				keys = nil
			} else {
				t.unsent++
			}
		case m := <-messages:
			err = t.take(m, time.Now())
		case err = <-failed:
		}
		if err == nil {
			err = t.push(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// clock remembers when each client typed what, and how long it took until others saw it.
type clock struct {
	mu    sync.Mutex
	typed map[string][]time.Time
	seen  []time.Duration
}

func (c *clock) press(client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.typed[client] = append(c.typed[client], time.Now())
}

// observer counts what one window sees of each client: their first letter, their second, and so on.
func (c *clock) observer() func(string, time.Time) {
	count := map[string]int{}
	return func(client string, at time.Time) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if n := count[client]; n < len(c.typed[client]) {
			c.seen = append(c.seen, at.Sub(c.typed[client][n]))
		}
		count[client]++
	}
}
