package desk

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/mail/mailtest"
	"hindsight/server/internal/seal"
)

// TestChannels: what happens to a retrospective is posted once, whoever is told of it; nothing is posted about a private incident, not even
// about one that becomes so before it is.
func TestChannels(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	d, id := mailed(t, mailtest.Start(t, mailtest.Plain), &now)
	var err error
	if d.Safe, err = seal.OpenSafe(seal.Keyring{}, t.TempDir(), false, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var posts []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		posts = append(posts, string(body))
	}))
	defer server.Close()
	d.Hooks.Transport = http.DefaultTransport
	c, key, err := d.SaveChannel(t.Context(), incident.Channel{Name: "#retros", Format: incident.ChannelSlack, Kinds: []incident.NoticeKind{incident.NoticeReview, incident.NoticeOverdue}}, server.URL+"/secret")
	if err != nil || key != "" {
		t.Fatal(key, err)
	}
	if strings.Contains(string(c.Secret), "secret") {
		t.Error("the address is stored in clear")
	}
	if answer, err := d.TestChannel(t.Context(), c.ID); err != nil || answer != "200 OK" || len(posts) != 1 {
		t.Errorf("TestChannel = %q, %v", answer, err)
	}
	posts = nil

	review := func() {
		t.Helper()
		if _, _, err := d.AskReview(acting(t, "usr_1", "Responder One"), id, []string{"one", "two"}, whole); err != nil {
			t.Fatal(err)
		}
	}
	post := func() []string {
		t.Helper()
		for range 2 {
			if err := d.SendPosts(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(posts)
	}
	private := func(is bool) {
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
	answer := func() {
		t.Helper()
		if _, _, err := d.AnswerReview(acting(t, "usr_2", "two"), id, 0, incident.ReviewChanges, "Say when.", whole); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
	}
	private(false)
	review() // of two people
	if got := post(); len(got) != 1 || !strings.Contains(got[0], `Responder One asks for a review: \u003chttps://hindsight.example.com/incidents/`+string(id)+`/retrospective#review|Checkout was slow\u003e`) {
		t.Errorf("%q was posted, want one message", got)
	}
	answer()
	private(true)
	review()
	if got := post(); len(got) != 1 {
		t.Errorf("of a private incident %q was posted", got[1:])
	}
	answer()
	private(false)
	review()
	private(true)
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
