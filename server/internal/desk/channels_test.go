package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/hook"
	"hindsight/server/internal/mail/mailtest"
	"hindsight/server/internal/seal"
	"hindsight/server/internal/store"
	"hindsight/server/internal/store/storetest"
)

// posted is a desk as mailed makes it, with a public incident and a channel that tells of reviews and of what is overdue; posts returns what was
// posted there once what is due was sent, twice.
func posted(t *testing.T, now *time.Time) (d *Desk, id incident.ID, c incident.Channel, posts func() []string) {
	t.Helper()
	d, id = mailed(t, mailtest.Start(t, mailtest.Plain), now)
	var err error
	if d.Safe, err = seal.OpenSafe(seal.Keyring{}, t.TempDir(), false, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, string(body))
	}))
	t.Cleanup(server.Close)
	d.Hooks.Transport = http.DefaultTransport
	c, key, err := d.SaveChannel(t.Context(), incident.Channel{Name: "#retros", Format: incident.ChannelSlack, Kinds: []incident.NoticeKind{incident.NoticeReview, incident.NoticeOverdue}}, hook.Target{URL: server.URL + "/secret"})
	if err != nil || key != "" {
		t.Fatal(key, err)
	}
	if strings.Contains(string(c.Secret), "secret") {
		t.Error("the address is stored in clear")
	}
	keepPrivate(t, d, id, false)
	return d, id, c, func() []string {
		t.Helper()
		for range 2 {
			if err := d.SendPosts(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(got)
	}
}

func keepPrivate(t *testing.T, d *Desk, id incident.ID, is bool) {
	t.Helper()
	inc, err := d.Store.Incident(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	inc.Private = is
	if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{inc}) }); err != nil {
		t.Fatal(err)
	}
}

// TestChannelDigest: what comes together is posted once a day, and a message tells of twenty at most, of how many more there are, and where.
func TestChannelDigest(t *testing.T) {
	now := time.Date(2026, 3, 2, 7, 0, 0, 0, time.UTC)
	d, id, c, posts := posted(t, &now)
	a, err := d.tellable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ns []incident.Notice
	for i := range 57 {
		ns = append(ns, incident.Notice{ID: incident.ID(fmt.Sprintf("ntc_%02d", i)), User: c.ID, Kind: incident.NoticeOverdue, Incident: id, About: fmt.Sprintf("Item %02d", i), At: now})
	}
	if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return a.add(tx, ns) }); err != nil {
		t.Fatal(err)
	}
	if got := posts(); len(got) != 0 {
		t.Errorf("before 08:00 %q was posted", got)
	}
	now = now.Add(time.Hour)
	got := posts()
	if len(got) != 1 {
		t.Fatalf("%d messages were posted, want 1", len(got))
	}
	var said struct{ Text string }
	if err := json.Unmarshal([]byte(got[0]), &said); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(said.Text, "\n")
	if len(lines) != 22 || !strings.HasSuffix(lines[20], "(Item 19)") || lines[21] != "And 37 more: <https://hindsight.example.com/actions|see all>" {
		t.Errorf("the message has %d lines:\n%s", len(lines), said.Text)
	}
}

// slowly makes the other side of a channel one that does something with each message, and returns how often each message arrived.
func slowly(t *testing.T, d *Desk, c incident.Channel, do func(n int)) func() map[string]int {
	t.Helper()
	var mu sync.Mutex
	got := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got[r.Header.Get("webhook-id")]++
		n := len(got)
		mu.Unlock()
		do(n)
	}))
	t.Cleanup(server.Close)
	c.Format = incident.ChannelSigned
	if _, _, err := d.SaveChannel(t.Context(), c, hook.Target{URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	return func() map[string]int {
		mu.Lock()
		defer mu.Unlock()
		return maps.Clone(got)
	}
}

// tellOf puts a number of notices in the outbox that a channel is told at once.
func tellOf(t *testing.T, d *Desk, id incident.ID, c incident.Channel, n int) {
	t.Helper()
	a, err := d.tellable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ns []incident.Notice
	for i := range n {
		ns = append(ns, incident.Notice{ID: incident.ID(fmt.Sprintf("ntc_%02d", i)), User: c.ID, Kind: incident.NoticeReview, Incident: id, At: d.Now()})
	}
	if _, err := d.Store.Update(t.Context(), func(tx incident.Tx) error { return a.add(tx, ns) }); err != nil {
		t.Fatal(err)
	}
}

// TestPostsSlowly: a receiver takes two minutes for each of ten messages, and while it has the ninth another replica looks for some to send: each
// message arrives once.
func TestPostsSlowly(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d, id, c, _ := posted(t, &now)
	other := &Desk{Store: storetest.Replica(t, d.Store.(*store.Store)), Now: d.Now, BaseURL: d.BaseURL, Safe: d.Safe, Hooks: d.Hooks}
	got := slowly(t, d, c, func(n int) {
		now = now.Add(2 * time.Minute)
		if n == 9 {
			if err := other.SendPosts(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	tellOf(t, d, id, c, 10)
	if err := d.SendPosts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := got(); len(all) != 10 || slices.Max(slices.Collect(maps.Values(all))) != 1 {
		t.Errorf("of ten messages these arrived so often: %v", all)
	}
}

// TestPostsStopped: a message that is on its way when the server stops is noted as sent, and the next one waits.
func TestPostsStopped(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d, id, c, _ := posted(t, &now)
	ctx, stop := context.WithCancel(t.Context())
	slowly(t, d, c, func(int) { stop() })
	tellOf(t, d, id, c, 2)
	if err := d.SendPosts(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("SendPosts = %v", err)
	}
	got := states(t, d)
	slices.Sort(got)
	if !slices.Equal(got, []string{"sent 1 ", "waiting 0 "}) {
		t.Errorf("the log says %q", got)
	}
}

// TestChannels: what happens to a retrospective is posted once, whoever is told of it; nothing is posted about a private incident, not even
// about one that becomes so before it is.
func TestChannels(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d, id, c, posts := posted(t, &now)
	if answer, err := d.TestChannel(t.Context(), c.ID); err != nil || answer != "200 OK" || len(posts()) != 1 {
		t.Errorf("TestChannel = %q, %v", answer, err)
	}
	post := func() []string { return posts()[1:] }
	review := func() {
		t.Helper()
		if _, _, err := d.AskReview(acting(t, "usr_1", "Responder One"), id, []string{"one", "two"}, whole); err != nil {
			t.Fatal(err)
		}
	}
	answer := func() {
		t.Helper()
		if _, _, err := d.AnswerReview(acting(t, "usr_2", "two"), id, 0, incident.ReviewChanges, "Say when.", whole); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	}
	review() // of two people
	if got := post(); len(got) != 1 || !strings.Contains(got[0], `Responder One asks for a review: \u003chttps://hindsight.example.com/incidents/`+string(id)+`/retrospective#review|Checkout was slow\u003e`) {
		t.Errorf("%q was posted, want one message", got)
	}
	answer()
	keepPrivate(t, d, id, true)
	review()
	if got := post(); len(got) != 1 {
		t.Errorf("of a private incident %q was posted", got[1:])
	}
	answer()
	keepPrivate(t, d, id, false)
	review()
	keepPrivate(t, d, id, true)
	if got := post(); len(got) != 1 {
		t.Errorf("of an incident that has become private %q was posted", got[1:])
	}
	if got := states(t, d); !strings.Contains(strings.Join(got, "\n"), "dropped 1 the incident is private") {
		t.Errorf("the log says %q", got)
	}
	if err := d.RemoveChannel(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
}
