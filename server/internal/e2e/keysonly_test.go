package e2e

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// mostTabs is how many presses of Tab lead to anything on a page.
const mostTabs = 400

// reach presses Tab until what a selector says has the focus.
func (p *tab) reach(selector string) {
	p.t.Helper()
	for range mostTabs {
		p.press(kb.Tab)
		if eval[bool](p, `document.activeElement.matches(`+quote(selector)+`)`) {
			return
		}
	}
	p.t.Fatalf("at %s: %d presses of Tab do not lead to %s", p.where(), mostTabs, selector)
}

// goTo presses Tab until it reaches something, and Enter, and waits for the page that this opens.
func (p *tab) goTo(selector string) {
	p.t.Helper()
	p.reach(selector)
	p.leave(p.enter)
}

// byKeys: an incident is found, and its retrospective begun, written, reviewed, approved and published, without a mouse.
func byKeys(t *testing.T, n *notebook, ana, _ part) {
	p := ana.tab
	p.open("/")
	p.press("/")
	p.until(`document.activeElement.id === 'global-search'`)
	p.press(kb.Backspace) // a press in these tests types its character, too, into the field that it leads to
	p.press("INC-003")
	p.leave(p.enter)
	p.goTo(`main a[href^="/incidents/inc_"]`)
	p.goTo(`main a[href$="/retrospective"]`)
	path := p.where()
	p.goTo(`main form[action$="/begin"] button:not([name=not])`)
	p.reach(`[data-retro-section=summary] [data-edit]`)
	p.enter()
	summary := part{p, "summary"}
	p.until(`document.activeElement.matches('` + summary.in(".cm-content") + `')`)
	p.press("Search was behind for an hour.")
	summary.saved()
	p.press(kb.Escape)
	p.until(`document.activeElement.matches('` + summary.in("[data-edit]") + `')`)

	p.goTo(`main a[href$="/retrospective/factors"]`)
	p.reach(`#f-text, main form input[name=text], main form textarea[name=text]`)
	p.press("The indexer had one worker")
	p.reach(`main form button[value=add]`)
	p.leave(p.enter)
	p.wantIn("main", "The indexer had one worker")

	p.open(path + "#actions")
	p.reach(`#actions > details > summary`)
	p.enter()
	p.reach(`#action-title-new`)
	p.press("Run two workers")
	p.reach(`#action-owner-new`)
	p.press("ana")
	p.reach(`#action-due-new`)
	p.press("12312099")
	p.reach(`#actions > details button.btn-main`)
	p.leave(p.enter)
	p.wantIn("#actions", "Run two workers", "ana", "31 Dec 2099")

	p.state(path, "in_review")
	p.goTo(`button[name=answer][value=approved]`)
	p.state(path, "published")
	p.wantIn("main", "published", "version 1 published")
	p.open(n.path)
}

// state puts a retrospective into another state, by keys.
func (p *tab) state(path, to string) {
	p.t.Helper()
	if p.where() != path {
		p.open(path)
	}
	p.goTo(`button[name=state][value=` + to + `]`)
}
