package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take to become what is waited for, on a busy machine.
const patience = time.Minute

// tab is a window with cookies of its own on a site. Whatever a browser complains about fails the test at
// its end: errors of scripts, broken policies, dialogs, requests to other sites.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site site

	mu    sync.Mutex
	wrong []string
}

// tab opens a window, 1280 pixels wide.
func (b browser) tab(t *testing.T, s site) *tab {
	t.Helper()
	return b.window(t, s, chromedp.WithNewBrowserContext())
}

// sibling opens a window that has the cookies of the tab that b is of.
func (b browser) sibling(t *testing.T, s site) *tab {
	t.Helper()
	return b.window(t, s)
}

func (b browser) window(t *testing.T, s site, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, options...)
	p := &tab{t: t, ctx: ctx, site: s}
	t.Cleanup(func() {
		cancel()
		for _, w := range p.complaints() {
			t.Errorf("the browser reports: %s", w)
		}
	})
	if err := chromedp.Listen(ctx, p.note); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	p.do(chromedp.EmulateViewport(1280, 900))
	p.tellPolicy()
	return p
}

// tellPolicy has pages say which element broke the policy of contents; what the browser reports by itself does not.
func (p *tab) tellPolicy() {
	p.t.Helper()
	script := `document.addEventListener('securitypolicyviolation', e => console.error('policy', e.effectiveDirective, e.blockedURI, e.sourceFile + ':' + e.lineNumber, (e.target.outerHTML ?? '').slice(0, 300), (e.target.parentNode?.outerHTML ?? '').slice(0, 300)))`
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.t.Fatalf("tell of the policy: %v", err)
	}
}

// note keeps what must not happen.
func (p *tab) note(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; strings.HasPrefix(url, "http") && !strings.HasPrefix(url, p.site.url+"/") && (p.site.also == "" || !strings.HasPrefix(url, p.site.also+"/")) {
			p.complain("a request to another site: %s", url)
		}
	case *runtime.EventExceptionThrown:
		p.complain("%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *runtime.EventConsoleAPICalled:
		if slices.Contains([]runtime.ConsoleAPICalledType{"error", "warning", "assert"}, runtime.ConsoleAPICalledType(e.Type)) {
			for _, a := range e.Args {
				p.complain("console.%s %s %s", e.Type, a.Description, a.Value)
			}
		}
	case *log.EventEntryAdded:
		// A page that answers 403, 404 or 422 is an error to the browser; what it says is tested by reading it.
		refused := e.Entry.Source == "network" && !strings.Contains(e.Entry.URL, "/assets/") && strings.Contains(e.Entry.Text, "status of 4")
		if !refused && e.Entry.Level != "verbose" && e.Entry.Level != "info" {
			p.complain("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *page.EventJavascriptDialogOpening:
		p.complain("a dialog: %s", e.Message)
		go chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
	}
}

func (p *tab) complain(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong = append(p.wrong, fmt.Sprintf(format, args...))
}

// complaints returns what was noted, once.
func (p *tab) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.wrong
	p.wrong = nil
	return out
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("at %s: %v", p.where(), err)
	}
}

// where says which page is open, for messages.
func (p *tab) where() string {
	url, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		return "an unknown page"
	}
	return strings.TrimPrefix(url, p.site.url)
}

// open goes to a page of the site.
func (p *tab) open(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.site.url + path))
}

// eval returns what a script says.
func eval[T any](p *tab, script string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("at %s: %.200s: %v", p.where(), script, err)
	}
	return v
}

// until waits for a condition, also across pages: while one is left, nothing can be asked.
func (p *tab) until(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	script := `new Promise((done, fail) => {
		const end = performance.now() + 1000;
		const look = async () => { const ok = Boolean(await (` + condition + `)); if (ok || performance.now() > end) done(ok); else setTimeout(() => look().catch(fail), 15) };
		look().catch(fail);
	})`
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
		if ok {
			return
		}
		if ctx.Err() != nil {
			p.t.Fatalf("at %s: not within %v: %s (%v)\n%s", p.where(), patience, condition, err, p.text("body"))
		}
	}
}

// text is what can be read in the first element of a selector, in one line; empty if there is none.
func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, `(document.querySelector(`+quote(selector)+`)?.innerText ?? '').replace(/\s+/g, ' ').trim()`)
}

// texts is what can be read in every element of a selector.
func (p *tab) texts(selector string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.innerText.replace(/\s+/g, ' ').trim())`)
}

func quote(text string) string { return fmt.Sprintf("%q", text) }

// find brings the thing to click into view and says where it is. What is hidden or covered cannot be clicked.
const find = `(async (within, label) => {
	const words = e => (e.innerText || e.value || '').replace(/\s+/g, ' ').trim();
	const all = [...document.querySelectorAll(within + ' :is(a, button, summary, label, [role=option])')].filter(e => e.getClientRects().length);
	const e = all.find(e => words(e) === label) ?? all.find(e => words(e).startsWith(label));
	if (!e) throw new Error('nothing to click is called ' + label + '; there are: ' + all.map(words).join(' | '));
	e.scrollIntoView({block: 'center', behavior: 'instant'});
	await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
	const box = e.getClientRects()[0], x = box.x + box.width / 2, y = box.y + box.height / 2;
	const top = document.elementFromPoint(x, y);
	if (top !== e && !e.contains(top)) throw new Error(label + ' is covered by ' + top?.outerHTML.slice(0, 120));
	return [x, y];
})`

// click clicks what carries a label, with the mouse. within is a selector that narrows down where.
func (p *tab) click(within, label string) {
	p.t.Helper()
	at := eval[[]float64](p, find+`(`+quote(within)+`, `+quote(label)+`)`)
	p.do(chromedp.MouseClickXY(at[0], at[1]))
}

// follow clicks and waits for the page that comes of it.
func (p *tab) follow(within, label string) {
	p.t.Helper()
	p.leave(func() { p.click(within, label) })
}

// leave does something that opens another page, and waits for that.
func (p *tab) leave(act func()) {
	p.t.Helper()
	eval[bool](p, `window.leaving = true`)
	act()
	p.until(`!window.leaving && document.readyState === 'complete'`)
}

// fill replaces the text of a field, as if it was pasted.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	eval[bool](p, `(() => { const f = document.querySelector(`+quote(selector)+`); f.focus(); f.select(); return true })()`)
	p.call(text)
}

func (p *tab) call(text string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		p.t.Fatalf("insert %q: %v", text, err)
	}
}

// set gives a field a value that cannot be typed: a choice, a date.
func (p *tab) set(selector, value string) {
	p.t.Helper()
	got := eval[string](p, `(() => { const f = document.querySelector(`+quote(selector)+`); f.value = `+quote(value)+`;
		f.dispatchEvent(new Event('input', {bubbles: true})); f.dispatchEvent(new Event('change', {bubbles: true})); return f.value })()`)
	if got != value {
		p.t.Fatalf("at %s: %s does not take %q", p.where(), selector, value)
	}
}

// press presses keys one after the other.
func (p *tab) press(keys string, options ...chromedp.KeyOption) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys, options...))
}

// back presses the browser's buttons for the page before (-1) or after (1). The page can come from memory
// without being loaded, so a condition has to say when it is there.
func (p *tab) back(by int) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { setTimeout(() => history.go(%d)); return true })()`, by))
}

// signIn signs somebody in through the form.
func (p *tab) signIn(name, password string) {
	p.t.Helper()
	p.open("/login")
	p.fill("#f-name", name)
	p.fill("#f-password", password)
	p.follow("main", "Sign in")
}

// want compares what a page shows with what it should.
func (p *tab) want(what, got, want string) {
	p.t.Helper()
	if got != want {
		p.t.Errorf("at %s: %s = %q, want %q", p.where(), what, got, want)
	}
}

// wantIn looks for words on the page.
func (p *tab) wantIn(selector string, words ...string) {
	p.t.Helper()
	got := p.text(selector)
	for _, w := range words {
		if !strings.Contains(got, w) {
			p.t.Errorf("at %s: %s says %q, want %q in it", p.where(), selector, got, w)
		}
	}
}

// chosen is the label of the choice that a field shows.
func (p *tab) chosen(selector string) string {
	p.t.Helper()
	return eval[string](p, `document.querySelector(`+quote(selector)+`).selectedOptions[0].text`)
}

// choose makes the choice whose label begins with words.
func (p *tab) choose(selector, words string) {
	p.t.Helper()
	value := eval[string](p, `[...document.querySelector(`+quote(selector)+`).options].find(o => o.text.startsWith(`+quote(words)+`)).value`)
	p.set(selector, value)
}
