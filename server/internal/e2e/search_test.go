package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// of is how the list of n incidents without a filter counts them.
func of(n int) string {
	if n == 1 {
		return "1 of 1 incident"
	}
	return fmt.Sprintf("%d of %d incidents", n, n)
}

// searching narrows the list down and widens it again; the address always says what is shown.
func searching(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.open("/incidents")
	p.wantIn("#results", of(50))

	p.press("/")
	p.want("the focus after /", eval[string](p, `document.activeElement.id`), "list-search")
	p.press(kb.Backspace) // a person's / is not typed into the field; the key of a test is
	p.press("certificate")
	p.until(`location.search === '?q=certificate' && document.querySelector('#results').innerText.includes('6 of 50 incidents')`)
	p.want("the focus after an answer", eval[string](p, `document.activeElement.id + ' ' + document.activeElement.value`), "list-search certificate")
	for _, title := range p.texts("tr[data-row] .row-title") {
		p.want("a title", title, "Certificate expired")
	}
	p.sameAfterReload()

	p.click("main", "Priority")
	p.follow("main", "P1")
	p.want("the address", p.where(), "/incidents?q=certificate&priority=P1")
	p.wantIn("#results", "2 of 50 incidents", "Search: certificate", "Priority: P1")
	p.sameAfterReload()
	p.back(-1)
	p.until(`location.search === '?q=certificate' && document.querySelector('#results').innerText.includes('6 of 50 incidents')`)
	p.back(1)
	p.until(`location.search === '?q=certificate&priority=P1' && document.querySelector('#results').innerText.includes('2 of 50 incidents')`)

	p.follow("main", "Search: certificate")
	p.want("the address without the words", p.where(), "/incidents?priority=P1")
	p.wantIn("#results", "17 of 50 incidents")
	p.open("/incidents?priority=P1&q=certificate&range=all")
	p.follow("main", "Priority: P1")
	p.want("the address, whatever the order before", p.where(), "/incidents?q=certificate")

	p.open("/incidents?q=submarine")
	p.wantIn("main", "No incident matches", "Search: submarine")
	p.follow("main", "Remove all filters")
	p.wantIn("#results", of(50))
	p.open("/incidents?q=%22open")
	p.wantIn("#list-problem", "quot")
	p.open("/search?q=certificate")
	p.wantIn("main", "Certificate expired")
}

// sameAfterReload compares the rows and their order before and after loading the page again.
func (p *tab) sameAfterReload() {
	p.t.Helper()
	const rows = `[...document.querySelectorAll('tr[data-row] a.row-title')].map(a => a.getAttribute('href'))`
	before := eval[[]string](p, rows)
	p.do(chromedp.Reload())
	if after := eval[[]string](p, rows); len(before) == 0 || !slices.Equal(before, after) {
		p.t.Errorf("at %s the rows are %v, and %v after loading the page again", p.where(), before, after)
	}
}

// keyboard does without the mouse.
func keyboard(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.leave(func() { p.press("gi") })
	p.want("where g i leads", p.where(), "/incidents")
	p.press("jj")
	second := eval[string](p, `document.activeElement.getAttribute('href')`)
	p.leave(func() { p.press(kb.Enter) })
	p.want("what Enter opens", p.where(), second)

	p.press("k", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	p.until(`document.querySelector('#palette[open] [role=option]')`)
	p.press("INC-012")
	p.until(`document.querySelector('#palette [aria-selected=true]')?.innerText.includes('Nightly batch late')`)
	p.leave(func() { p.press(kb.Enter) })
	p.want("the title of what the palette opens", p.text("h1"), "Nightly batch late")
	p.press("?")
	p.want("what ? opens", p.text("dialog[open] h2"), "Keyboard shortcuts")
	p.press(kb.Escape)

	p.open("/me")
	p.click("main", "Single-key shortcuts")
	p.follow("main", "Save")
	p.press("gi")
	p.press("?")
	p.want("the page after g i with shortcuts off", p.where(), "/me")
	p.want("dialogs after ? with shortcuts off", p.text("dialog[open] h2"), "")
	p.press("k", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	p.until(`document.querySelector('#palette[open] [role=option]')`)
	if got := p.texts("#palette [role=option]"); !strings.Contains(strings.Join(got, " "), "Incidents") {
		t.Errorf("with single keys off, the palette offers %q", got)
	}
}
