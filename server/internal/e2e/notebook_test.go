package e2e

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hindsight/incident"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
)

// notebook is a server with one retrospective in it, whose network and whose process can be taken away.
type notebook struct {
	site
	id      incident.ID
	path    string // of the retrospective
	data    string
	handler atomic.Pointer[http.Handler]
	away    atomic.Bool // nothing is answered
	deaf    atomic.Bool // no socket is let through, as by some proxies

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// notebookOf starts the server with two people, ana and ben, who may write.
func notebookOf(t *testing.T) *notebook {
	t.Helper()
	n := &notebook{data: t.TempDir(), conns: map[net.Conn]bool{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(n.serve))
	server.Listener = cut{server.Listener, n}
	n.url = "http://" + server.Listener.Addr().String()
	n.start(t)
	server.Start()
	t.Cleanup(func() {
		n.sever()
		server.Close()
		if err := n.App.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	n.user(t, "ana", incident.Admin)
	n.user(t, "ben", incident.Editor)
	n.load(t, "testdata/incidents.csv", "Ticket export")
	return n
}

func (n *notebook) start(t *testing.T) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Config: config.Config{Data: n.data, BaseURL: n.url}, Parts: app.Found, Version: "test", Now: time.Now,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatalf("Handler: %v", err)
	}
	if err := a.Work(t.Context()); err != nil {
		t.Fatalf("Work: %v", err)
	}
	n.App = a
	n.handler.Store(&handler)
}

func (n *notebook) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case n.away.Load():
		panic(http.ErrAbortHandler)
	case n.deaf.Load() && r.Header.Get("Upgrade") != "":
		http.Error(w, "no upgrade here", http.StatusForbidden)
	default:
		(*n.handler.Load()).ServeHTTP(w, r)
	}
}

// leave takes the server away from one moment to the next; whatever was under way stays without an answer.
func (n *notebook) leave() {
	n.away.Store(true)
	n.sever()
}

func (n *notebook) sever() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.conns {
		c.Close()
	}
	n.conns = map[net.Conn]bool{}
}

// restart ends the process, as far as it holds anything, and begins another one on the same data.
func (n *notebook) restart(t *testing.T) {
	t.Helper()
	n.leave()
	if err := n.App.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	n.start(t)
	n.away.Store(false)
}

// cut is a listener whose connections the notebook can sever.
type cut struct {
	net.Listener
	n *notebook
}

func (l cut) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.n.mu.Lock()
		l.n.conns[c] = true
		l.n.mu.Unlock()
	}
	return c, err
}

// begin begins the retrospective of an incident, as somebody who is signed in.
func (n *notebook) begin(p *tab, number string) {
	p.t.Helper()
	p.incident(number)
	n.path = p.where() + "/retrospective"
	n.id = incident.ID(filepath.Base(p.where()))
	p.open(n.path)
	p.follow("main", "Begin")
	p.until(`document.querySelector('[data-retro-section=summary]') !== null`)
}

// stored is a section's text in the database.
func (n *notebook) stored(t *testing.T, slug string) string {
	t.Helper()
	sections, err := n.Desk.Store.RetroSections(t.Context(), n.id)
	if err != nil {
		t.Fatalf("RetroSections: %v", err)
	}
	for _, s := range sections {
		if s.Slug == slug {
			return s.Text
		}
	}
	t.Fatalf("there is no section %s", slug)
	return ""
}

// part is a section in a tab.
type part struct {
	*tab
	slug string
}

func (p part) in(selector string) string { return "[data-retro-section=" + p.slug + "] " + selector }

// write opens the editor, with the cursor at the end.
func (p part) write() {
	p.t.Helper()
	p.click(p.in(""), "Edit")
	p.until(`document.activeElement.matches('` + p.in(".cm-content") + `')`)
	p.press(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl))
}

// text is what the editor holds.
func (p part) text() string {
	p.t.Helper()
	return eval[string](p.tab, p.script())
}

func (p part) script() string {
	return `document.querySelector('` + p.in(".cm-content") + `').cmTile.view.state.doc.toString()`
}

// has waits until the editor holds words.
func (p part) has(words string) {
	p.t.Helper()
	p.until(p.script() + `.includes(` + quote(words) + `)`)
}

// says waits until the state of saving begins with words.
func (p part) says(words string) {
	p.t.Helper()
	p.until(`document.querySelector('` + p.in("[data-save]") + `').textContent.startsWith(` + quote(words) + `)`)
}

// saved waits until the server has everything.
func (p part) saved() {
	p.t.Helper()
	p.until(`document.querySelector('` + p.in("[data-save]") + `').dataset.unsent === '0'`)
}

// offline takes the network from the tab, or gives it back.
func (p *tab) offline(on bool) {
	p.t.Helper()
	conditions := []*network.Conditions{}
	if on {
		conditions = append(conditions, &network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if _, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: conditions}); err != nil {
		p.t.Fatalf("offline: %v", err)
	}
	if _, err := chromedp.Call(p.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: on, DownloadThroughput: -1, UploadThroughput: -1}); err != nil {
		p.t.Fatalf("offline: %v", err)
	}
}

// missed takes back the complaints about a server that did not answer; others stay.
func (p *tab) missed() {
	for _, w := range p.complaints() {
		if !strings.HasPrefix(w, "network: Failed to load resource: net::") && !strings.Contains(w, "WebSocket connection to") {
			p.complain("%s", w)
		}
	}
}

// enter presses Enter as a keyboard does: what the page does itself, the browser does not do again.
func (p *tab) enter() {
	p.t.Helper()
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: "\r"}
	if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, key); err != nil {
		p.t.Fatalf("Enter: %v", err)
	}
	key.Type, key.Text = input.DispatchKeyEventTypeKeyUp, ""
	if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, key); err != nil {
		p.t.Fatalf("Enter: %v", err)
	}
}
