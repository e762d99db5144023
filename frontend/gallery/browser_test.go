package gallery_test

import (
	"context"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hindsight/frontend"
	"hindsight/frontend/gallery"
)

// watch collects what goes wrong in a page from its first moment on.
const watch = `window.__wrong = [];
addEventListener('error', e => __wrong.push('error: ' + e.message));
addEventListener('unhandledrejection', e => __wrong.push('rejection: ' + e.reason));
addEventListener('securitypolicyviolation', e => __wrong.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI));`

// wide returns the first element that sticks out of the page, unless something around it scrolls.
const wide = `(() => {
	if (document.documentElement.scrollWidth <= innerWidth) return '';
	const out = [...document.querySelectorAll('main *')].find(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .table-wrap, .tabs, .hidden, svg'));
	return document.documentElement.scrollWidth + ' px wide' + (out ? ', because of ' + out.outerHTML.slice(0, 160) : '');
})()`

// cut returns the first table whose last column is not all to be seen.
const cut = `(() => {
	const out = [...document.querySelectorAll('.table-wrap:has(.table-cards)')].find(e => e.scrollWidth > e.clientWidth);
	return out ? out.scrollWidth + ' px in ' + out.clientWidth + ': ' + out.innerText.slice(0, 80) : '';
})()`

const audit = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']}).then(r =>
	r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.html.slice(0, 160))).join('\n'))`

// open starts a browser and the gallery, and returns a tab and the gallery's address.
func open(t *testing.T) (context.Context, string) {
	t.Helper()
	r, err := frontend.New()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gallery.Handler(r))
	t.Cleanup(server.Close)
	ctx, cancel := chromedp.NewContext(t.Context(), chromedp.WithAllocatorOptions(
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("force-prefers-reduced-motion", true)))
	t.Cleanup(cancel)
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch}); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return ctx, server.URL
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.80s: %v", script, err)
	}
	return v
}

// until waits for a script to become true.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	eval[bool](t, ctx, `new Promise((done, fail) => {
		const start = performance.now();
		const look = () => (`+condition+`) ? done(true) : performance.now() - start > 15000 ? fail(new Error('not within 15 s')) : setTimeout(look, 20);
		look();
	})`)
}

// TestLooks opens every page on a wide light and a narrow dark screen: nothing sticks out, no script
// fails, no policy is broken, and no rule of axe-core is (hostile and huge pages are drawn, but not
// audited again: their markup is that of the typical ones).
func TestLooks(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	ctx, address := open(t)
	for _, screen := range []struct {
		theme         string
		width, height int64
	}{{"light", 1280, 900}, {"dark", 360, 740}} {
		do(t, ctx, chromedp.EmulateViewport(screen.width, screen.height))
		for _, s := range gallery.States() {
			if part, _, _ := strings.Cut(s.Name, "/"); slices.Contains([]string{"palette", "run-progress", "retention-look", "erase-look", "erasure-progress"}, part) {
				continue // parts of pages, without a style sheet of their own
			}
			t.Run(screen.theme+"/"+s.Name, func(t *testing.T) {
				do(t, ctx, chromedp.Navigate(address+"/gallery/"+s.Name))
				eval[string](t, ctx, `document.documentElement.dataset.theme = '`+screen.theme+`'`)
				if strings.Contains(s.Name, "service/typical") {
					do(t, ctx, void(`document.querySelector('[data-chart]').scrollIntoView()`))
					until(t, ctx, `document.querySelector('[data-chart] svg') !== null`)
				}
				do(t, ctx, void(`document.querySelectorAll('details.disclose').forEach(d => { d.open = true })`))
				if got := eval[string](t, ctx, wide); got != "" {
					t.Errorf("at %d px the page is %s", screen.width, got)
				}
				if got := eval[string](t, ctx, cut); s.Name == "sla/typical" && got != "" {
					t.Errorf("at %d px a table does not fit: %s", screen.width, got)
				}
				if got := eval[string](t, ctx, `__wrong.join('\n')`); got != "" {
					t.Errorf("the browser reports %s", got)
				}
				if strings.HasSuffix(s.Name, "/hostile") || strings.HasSuffix(s.Name, "/huge") {
					return
				}
				do(t, ctx, void(`scrollTo(0, 0)`), void(string(axe)))
				if got := eval[string](t, ctx, audit); got != "" {
					t.Errorf("axe finds\n%s", got)
				}
			})
		}
	}
}

// void runs a script for its effect.
func void(script string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[bool](script+";true")(ctx, target)
		return chromedp.Void{}, err
	}
}

// TestSearchKeepsCaret types while answers arrive: the field keeps its text and the focus, the address
// follows, and there is still one of everything.
func TestSearchKeepsCaret(t *testing.T) {
	ctx, address := open(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address+"/gallery/incidents/typical"))
	eval[bool](t, ctx, `(() => { const f = document.getElementById('list-search'); f.value = ''; f.focus(); return true })()`)
	for _, word := range []string{"dns", " edge", " cache"} {
		do(t, ctx, chromedp.KeyEvent(word))
		until(t, ctx, `new URLSearchParams(location.search).get('q') === document.getElementById('list-search').value`)
	}
	if got := eval[string](t, ctx, `document.activeElement.id + ': ' + document.activeElement.value`); got != "list-search: dns edge cache" {
		t.Errorf("after three answers the focus is in %q, want list-search: dns edge cache", got)
	}
	if got := eval[string](t, ctx, `[document.querySelectorAll('main').length, document.querySelectorAll('h1').length, __wrong].join()`); got != "1,1," {
		t.Errorf("main elements, headings, errors = %s, want 1,1,", got)
	}
}

// TestKeyboard presses every shortcut once.
func TestKeyboard(t *testing.T) {
	ctx, address := open(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900))
	for _, tc := range []struct{ name, keys, script, want string }{
		{"slash goes to the search of the list", "/", `document.activeElement.id`, "list-search"},
		{"question mark lists the shortcuts", "?", `document.querySelector('dialog[open]')?.id ?? ''`, "keys"},
		{"j goes to the first row", "j", `document.activeElement.getAttribute('href')`, "/incidents/inc_0000"},
		{"jj goes to the second", "jj", `document.activeElement.getAttribute('href')`, "/incidents/inc_0001"},
		{"k stays at the first", "jk", `document.activeElement.getAttribute('href')`, "/incidents/inc_0000"},
		{"x marks the row", "jx", `document.activeElement.closest('[data-row]').getAttribute('aria-selected')`, "true"},
		{"t opens the time range", "t", `String(document.querySelector('[data-range]').open)`, "true"},
		{"g alone does nothing", "g", `location.pathname`, "/gallery/incidents/typical"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			do(t, ctx, chromedp.Navigate(address+"/gallery/incidents/typical"), chromedp.KeyEvent(tc.keys))
			if got := eval[string](t, ctx, tc.script); got != tc.want {
				t.Errorf("keys %q: %s = %q, want %q", tc.keys, tc.script, got, tc.want)
			}
		})
	}
	t.Run("g i goes to the incidents", func(t *testing.T) {
		do(t, ctx, chromedp.Navigate(address+"/gallery/overview/typical"), chromedp.KeyEvent("gi"))
		until(t, ctx, `location.pathname === '/incidents'`)
	})
	t.Run("Control K opens the palette, arrows move in it", func(t *testing.T) {
		do(t, ctx, chromedp.Navigate(address+"/gallery/overview/typical"), chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
		until(t, ctx, `document.querySelectorAll('#palette[open] [role=option]').length === 2`)
		for _, want := range []string{"/incidents", "/services/svc_0001"} {
			if got := eval[string](t, ctx, `document.querySelector('#palette [aria-selected=true]').dataset.path`); got != want {
				t.Errorf("the palette selects %q, want %s", got, want)
			}
			do(t, ctx, chromedp.KeyEvent(kb.ArrowDown))
		}
	})
}

// TestChartKeyboard steps through the marks of a chart, which says each one.
func TestChartKeyboard(t *testing.T) {
	ctx, address := open(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address+"/gallery/service/typical"))
	do(t, ctx, void(`document.querySelector('#chart-panel-ttr').scrollIntoView()`)) // charts are drawn when they are seen
	until(t, ctx, `document.querySelector('#chart-panel-ttr [data-chart] svg') !== null`)
	const say = `document.querySelector('#chart-panel-ttr .chart-say').textContent`
	eval[bool](t, ctx, `(() => { document.querySelector('#chart-panel-ttr [data-chart]').focus(); return true })()`)
	for _, want := range []string{"1 of 24: each incident, INC02040, 1h 14m", "2 of 24: each incident, INC02039, 1h 14m"} {
		do(t, ctx, chromedp.KeyEvent(kb.ArrowRight))
		if got := eval[string](t, ctx, say); got != want {
			t.Errorf("after another arrow the chart says %q, want %q", got, want)
		}
	}
}
