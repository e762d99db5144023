package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// writing is two people in one retrospective: together, apart, and when something breaks under them.
func writing(t *testing.T, b browser) {
	n := notebookOf(t)
	ana := b.tab(t, n.site)
	ana.signIn("ana", password)
	n.begin(ana, "INC-001")
	ben := b.tab(t, n.site)
	ben.signIn("ben", password)
	ben.open(n.path)
	for _, flow := range []struct {
		name, section string
		test          func(*testing.T, *notebook, part, part)
	}{
		{"two people", "summary", together},
		{"both offline", "impact", apart},
		{"a server that is restarted", "detection", restarted},
		{"a closed tab", "response", closedTab},
		{"without sockets", "surprises", withoutSockets},
		{"typing while the editor is put away", "surprises", putAway},
		{"a session that ends", "summary", sessionEnds},
		{"nothing but keys", "surprises", onlyKeys},
		{"pasting", "detection", pasting},
		{"pictures", "external", pictures},
		{"a frozen chart", "evidence", frozen},
		{"comments on words", "impact", comments},
		{"open editors, to the eye and on paper", "response", openEditors},
		{"dragging in the timeline", "", dragged},
		{"eight tabs", "decided", eightTabs},
		{"from search to published by keys", "", byKeys},
	} {
		t.Run(flow.name, func(t *testing.T) {
			ana.t, ben.t = t, t
			flow.test(t, n, part{ana, flow.section}, part{ben, flow.section})
			ana.missed()
			ben.missed()
		})
	}
	ana.t, ben.t = t, t
}

// both wait until both editors and the database hold the same, and return it.
func both(t *testing.T, n *notebook, ana, ben part) string {
	t.Helper()
	ana.saved()
	ben.saved()
	ben.until(ben.script() + ` === ` + quote(ana.text()))
	if got := n.stored(t, ana.slug); got != ana.text() {
		t.Errorf("the database has %q, the editors %q", got, ana.text())
	}
	return ana.text()
}

// together: each sees what the other writes and where they are, and emoji are not torn apart.
func together(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ana.call("Checkout was slow 🔥 for an hour.")
	ana.saved()
	ben.write()
	ben.has("slow 🔥 for")
	ben.call(" Ben adds this.")
	ana.has("Ben adds this.")
	ana.until(`document.querySelector('` + ana.in(".peer-caret[data-name=Ben]") + `') !== null`)
	ben.until(`document.querySelector('` + ben.in(".peer-caret[data-name=Ana]") + `') !== null`)
	ana.until(`document.querySelector('` + ana.in("[data-people]") + `').textContent.includes('Ben')`)
	for range len(" for an hour.") {
		ana.press(kb.ArrowLeft)
	}
	ana.press(kb.Backspace)
	if got := both(t, n, ana, ben); !strings.HasSuffix(got, "Checkout was slow  for an hour. Ben adds this.") {
		t.Errorf("the text ends %q, want the emoji gone as one, and the rest in order", got)
	}
	ana.press(kb.Escape)
	ana.until(`document.activeElement.matches('` + ana.in("[data-edit]") + `')`)
	ana.wantIn(ana.in("[data-rendered]"), "Ben adds this.")
	ben.call(" And more.")
	ana.until(`document.querySelector('` + ana.in("[data-rendered]") + `').innerText.includes('And more.')`)
	ben.press(kb.Escape)
	ben.until(`document.querySelector('` + ben.in("[data-editor]") + `').hidden`)
}

// apart: both write while neither has a network.
func apart(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ben.write()
	ana.offline(true)
	ben.offline(true)
	ana.press("from Ana ")
	ben.press("from Ben ")
	ana.says("Offline — 9 changes kept on this device")
	ben.says("Offline — 9 changes kept on this device")
	if spell := os.Getenv("HINDSIGHT_TEST_OFFLINE"); spell != "" { // as long as one likes: 30s
		d, err := time.ParseDuration(spell)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(d)
	}
	ana.offline(false)
	ben.offline(false)
	ana.has("from Ben ")
	ben.has("from Ana ")
	both(t, n, ana, ben)
	ana.press(kb.Escape)
	ben.press(kb.Escape)
	ben.until(`document.querySelector('` + ben.in("[data-editor]") + `').hidden`)
}

// restarted: the server goes while somebody writes, and another process comes back.
func restarted(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ben.write()
	ana.press("before ")
	ben.has("before ")
	n.leave()
	ana.press("meanwhile ")
	ana.says("Offline — ")
	n.restart(t)
	ana.press("after")
	ben.has("before meanwhile after")
	both(t, n, ana, ben)
	ana.press(kb.Escape)
	ben.press(kb.Escape)
	ben.until(`document.querySelector('` + ben.in("[data-editor]") + `').hidden`)
}

// closedTab: what was not sent when a tab was closed is sent when its page is opened again.
func closedTab(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ana.press("sent ")
	ana.saved()
	n.leave()
	ana.press("kept ")
	ana.says("Offline — 5 changes kept on this device")
	eval[bool](ana.tab, `(location.href = 'about:blank', true)`)
	ana.until(`location.href === 'about:blank'`)
	n.away.Store(false)
	ben.open(n.path)
	ben.write()
	ben.press("Ben was here. ")
	ben.saved()
	ana.open(n.path)
	ben.has("kept ")
	ana.until(`document.querySelector('#toasts').textContent.includes('5 changes from before')`)
	if got := n.stored(t, ana.slug); !strings.Contains(got, "sent ") || !strings.Contains(got, "kept ") || !strings.Contains(got, "Ben was here. ") {
		t.Errorf("the database has %q, want what both wrote", got)
	}
	ben.press(kb.Escape)
	ben.until(`document.querySelector('` + ben.in("[data-editor]") + `').hidden`)
}

// withoutSockets: a proxy lets no socket through, and everything goes by asking.
func withoutSockets(t *testing.T, n *notebook, ana, ben part) {
	n.deaf.Store(true)
	defer n.deaf.Store(false)
	n.sever()
	ana.open(n.path)
	ben.open(n.path)
	ana.write()
	ben.write()
	ana.press("polled by Ana ")
	ben.press("polled by Ben ")
	ana.has("polled by Ben ")
	ben.has("polled by Ana ")
	both(t, n, ana, ben)
	n.deaf.Store(false)
	ana.open(n.path)
	ben.open(n.path)
}

// putAway: what is typed while Done waits to see the text as it reads, and is on its way to the server when that comes, is kept.
func putAway(t *testing.T, n *notebook, ana, _ part) {
	n.deaf.Store(true)
	defer n.deaf.Store(false)
	n.sever()
	ana.open(n.path)
	ana.write()
	ana.press("said before ")
	ana.saved()
	eval[bool](ana.tab, `(() => {
		const ask = window.fetch
		window.held = {reads: [], pushes: []}
		window.fetch = (...to) => {
			const kind = String(to[0]).endsWith('/updates') && to[1]?.method === 'POST' ? 'pushes' : String(to[0]) === location.pathname + '/sections/surprises' ? 'reads' : undefined
			return kind && held[kind] ? new Promise(go => held[kind].push(() => go(ask(...to)))) : ask(...to)
		}
		window.release = kind => { const all = held[kind]; held[kind] = undefined; all.forEach(go => go()) }
		document.querySelector('`+ana.in("[data-rendered]")+`').textContent = ''
		return true })()`)
	ana.press(kb.Escape)
	ana.until(`held.reads.length > 0`)
	ana.press("and while it waited ")
	ana.until(`held.pushes.length > 0`)
	eval[bool](ana.tab, `(release('reads'), true)`)
	ana.until(`document.querySelector('` + ana.in("[data-rendered]") + `').textContent.includes('said before')`)
	eval[bool](ana.tab, `(release('pushes'), true)`)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
	ana.wantIn(ana.in("[data-rendered]"), "said before and while it waited")
	if got := n.stored(t, ana.slug); !strings.Contains(got, "said before and while it waited") {
		t.Errorf("the database has %q, want what was typed last, too", got)
	}
	n.deaf.Store(false)
	ana.open(n.path)
}

// sessionEnds: somebody is signed out while they write, and signs in over the page.
func sessionEnds(t *testing.T, n *notebook, ana, _ part) {
	ana.write()
	ana.call(" Still here")
	ana.saved()
	n.signOut(ana.tab)
	ana.call(", and after")
	ana.until(`document.querySelector('dialog[open] #again-name') !== null`)
	ana.says("Signed out")
	ana.fill("#again-name", "ana")
	ana.fill("#again-password", "forty-two blue cranes")
	ana.click("dialog[open]", "Sign in")
	ana.until(`(document.querySelector('dialog[open] .error')?.textContent ?? '').includes('name or password')`)
	ana.fill("#again-password", password)
	ana.click("dialog[open]", "Sign in")
	ana.until(`document.querySelector('dialog[open]') === null`)
	ana.saved()
	if got := n.stored(t, ana.slug); !strings.HasSuffix(got, " Still here, and after") {
		t.Errorf("the database has %q, want what was written without a session at its end", got)
	}
	eval[bool](ana.tab, `(document.querySelector('`+ana.in(".ed-done")+`').click(), true)`)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
}

// signOut ends the session of a tab at the server.
func (n *notebook) signOut(p *tab) {
	p.t.Helper()
	got, err := chromedp.Call(p.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		p.t.Fatalf("cookies: %v", err)
	}
	for _, c := range got.Cookies {
		if strings.Contains(c.Name, "session") {
			if err := n.Desk.Auth.SignOut(p.t.Context(), c.Value); err != nil {
				p.t.Fatalf("SignOut: %v", err)
			}
			return
		}
	}
	p.t.Fatal("the tab has no session")
}

// onlyKeys: a section is opened, formatted, filled from the menu and left without a mouse.
func onlyKeys(t *testing.T, n *notebook, ana, _ part) {
	ana.open(n.path)
	eval[bool](ana.tab, `(document.querySelector('`+ana.in("[data-edit]")+`').focus(), true)`)
	ana.enter()
	ana.until(`document.activeElement.matches('` + ana.in(".cm-content") + `')`)
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.press(kb.Delete)
	ana.press("- first")
	ana.enter()
	ana.press("second")
	ana.enter()
	ana.enter()
	ana.press("/quote")
	ana.until(`document.querySelectorAll('.ed-menu li').length === 1`)
	ana.press(kb.ArrowDown + kb.ArrowUp)
	ana.until(`document.querySelector('.ed-menu li[aria-selected=true]').textContent.startsWith('Quote')`)
	ana.enter()
	ana.press("It was human error")
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.press(kb.ArrowRight)
	ana.saved()
	if got, want := n.stored(t, ana.slug), "- first\n- second\n> It was human error"; got != want {
		t.Errorf("the keys wrote %q, want %q", got, want)
	}
	ana.until(`document.querySelector('` + ana.in(".ed-findings summary") + `') !== null`)
	ana.press(kb.Tab) // Tab is never trapped: out of the text, to the list below it
	ana.until(`document.activeElement.matches('` + ana.in(".ed-findings summary") + `')`)
	ana.enter()
	ana.wantIn(ana.in(".ed-findings"), "“human error”", "made the action look right")
	ana.press(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
	ana.until(`document.activeElement.matches('` + ana.in(".cm-content") + `')`)
	ana.press(kb.Escape)
	ana.until(`document.activeElement.matches('` + ana.in("[data-edit]") + `')`)
	ana.want("the quote as it reads", ana.tab.text(ana.in("[data-rendered] blockquote")), "It was human error")
}

// pasting: what comes from Google Docs or Slack is Markdown.
func pasting(t *testing.T, n *notebook, ana, _ part) {
	ana.write()
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	for _, tc := range []struct{ name, html, want string }{
		{"Docs", `<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span style="font-size:20pt">Title</span></h1><p dir="ltr"><span style="font-weight:700">Bold </span><span style="font-style:italic">thin</span> <a href="https://www.google.com/url?q=https://example.com/a&amp;sa=D"><span>link</span></a> 2*3</p><ul><li dir="ltr"><p>one</p></li><ul><li><p>deep</p></li></ul><li><p>two</p></li></ul><table><tr><td><p>a</p></td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table></b>`,
			"## Title\n\n**Bold** *thin* [link](https://example.com/a) 2\\*3\n\n- one\n  - deep\n- two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"},
		{"Slack", `<meta charset='utf-8'><span data-stringify-type="mention">@ana</span> rolled <b data-stringify-type="bold">back</b> <code data-stringify-type="code">v2</code><br><ul data-stringify-type="unordered-list" data-indent="0"><li>first</li></ul><script>alert(1)</script><a href="javascript:alert(1)">no link</a>`,
			"@ana rolled **back** `v2`\n\n- first\n\nno link"},
	} {
		ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
		eval[bool](ana.tab, `(() => { const d = new DataTransfer(); d.setData('text/html', `+quote(tc.html)+`); d.setData('text/plain', 'x');
			document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: d, bubbles: true, cancelable: true})); return true })()`)
		ana.saved()
		if got := n.stored(t, ana.slug); got != tc.want {
			t.Errorf("pasting from %s wrote %q, want %q", tc.name, got, tc.want)
		}
	}
	ana.press(kb.Escape)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
}
