package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// comments: words are commented on from the editor and from the reading view; both stay on their words while others write, and over a restart.
func comments(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.call("The cache was cold, and every host asked at once.")
	ana.saved()
	for range len(" asked at once.") {
		ana.press(kb.ArrowLeft)
	}
	for range len("every host") {
		ana.press(kb.ArrowLeft, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	ana.press("m", chromedp.KeyModifiers(chromedp.ModifierCtrl|chromedp.ModifierAlt))
	ana.until(`document.activeElement.id === 'comment-text'`)
	ana.wantIn("dialog[open]", "every host")
	ana.call("Which hosts?")
	ana.press(kb.Tab)
	ana.enter()
	ana.until(`document.querySelector('dialog[open]') === null && document.activeElement.matches('` + ana.in(".cm-content") + `')`)
	marked := func(p part, where, words string) {
		t.Helper()
		p.until(`[...document.querySelectorAll('` + p.in(where) + `')].map(m => m.textContent).join('') === ` + quote(words))
	}
	marked(ana, ".ed-said", "every host")
	marked(ben, "mark", "every host")
	ben.until(`document.querySelector('[data-comments]').textContent.includes('Which hosts?')`)

	// The other selects words where they are read, and comments with the button beside them.
	eval[bool](ben.tab, `(() => { const p = document.querySelector('`+ben.in("[data-rendered] p")+`'); p.scrollIntoView({block: 'center'}); getSelection().setBaseAndExtent(p.firstChild, 4, p.firstChild, 18); return true })()`)
	ben.until(`!document.querySelector('.said-pick').hidden`)
	eval[bool](ben.tab, `(document.querySelector('.said-pick').click(), true)`)
	ben.until(`document.activeElement.id === 'comment-text'`)
	ben.wantIn("dialog[open]", "cache was cold")
	ben.call("Since when?")
	ben.click("dialog[open]", "Comment")
	marked(ana, ".ed-said", "cache was coldevery host")

	// Both stay on their words.
	ben.write()
	ben.press(kb.Home, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ben.press("At noon: ")
	ana.has("At noon: ")
	marked(ana, ".ed-said", "cache was coldevery host")
	marked(ben, ".ed-said", "cache was coldevery host")
	both(t, n, ana, ben)
	n.restart(t)
	ben.press("early ")
	ana.has("early ")
	ben.press(kb.Escape)
	marked(ben, "mark", "cache was coldevery host")

	// A thread is answered and resolved while the text is open; then the mark goes.
	eval[bool](ana.tab, `(document.querySelector('`+ana.in(".ed-said:last-of-type")+`').click(), true)`)
	ana.until(`document.activeElement.closest('li[data-thread]')?.textContent.includes('Which hosts?')`)
	ana.click("li[data-thread]:focus", "Answer ana")
	eval[bool](ana.tab, `new Promise(done => { // news of the threads come in before anything is typed
		const ask = window.fetch
		window.fetch = async (...to) => { const got = await ask(...to); if (String(to[0]).endsWith('/comments')) { window.fetch = ask; setTimeout(() => done(true), 200) } return got }
		document.body.dispatchEvent(new Event('retro-changed')) })`)
	ana.until(`!!document.activeElement.closest('li[data-thread]')?.querySelector('details[open] textarea')`)
	eval[bool](ana.tab, `(document.activeElement.closest('li').querySelector('textarea').focus(), true)`)
	ana.call("All 40 of them.")
	eval[bool](ana.tab, `(document.activeElement.form.querySelector('button').click(), true)`)
	ben.until(`document.querySelector('[data-comments]').textContent.includes('All 40 of them.')`)
	ana.until(`[...document.querySelectorAll('[data-threads] textarea')].every(t => t.value === '') && document.querySelector('[data-threads] details[open] > form') === null`)
	eval[bool](ana.tab, `([...document.querySelectorAll('li[data-thread]')].find(li => li.textContent.includes('Which hosts?')).querySelector('button[value=resolve]').click(), true)`)
	marked(ana, ".ed-said", "cache was cold")
	marked(ben, "mark", "cache was cold")

	// What is deleted is said to be gone.
	eval[bool](ana.tab, `(document.querySelector('`+ana.in(".cm-content")+`').focus(), true)`)
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.press(kb.Delete)
	ana.saved()
	ana.press(kb.Escape)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
	ana.open(n.path)
	ana.wantIn("[data-comments]", "The text it spoke of is gone.", "Since when?", "resolved comment")
	ben.open(n.path)
}
