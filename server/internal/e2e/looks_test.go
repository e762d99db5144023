package e2e

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"hindsight/incident"
	"hindsight/server/internal/demo"
)

// Budgets in bytes as a browser receives them, compressed.
const (
	pageBudget   = 60 << 10
	scriptBudget = 30 << 10
	styleBudget  = 16 << 10
	chartsBudget = 260 << 10
)

// shots names the folder that pictures go to.
const shots = "HINDSIGHT_TEST_SHOTS"

// screen is what a page is looked at on.
type screen struct {
	name, theme   string
	width, height int64
}

var screens = []screen{{"desktop", "light", 1280, 900}, {"desktop", "dark", 1280, 900}, {"phone", "light", 360, 740}, {"phone", "dark", 360, 740}}

// paths are the pages that every installation has. What their addresses begin with and end in * is found by
// following the first link to such an address on the page before.
var paths = []string{"/", "/incidents", "/incidents/inc_*", "/incidents?q=cache&priority=P1", "/problems", "/problems/prb_*", "/services", "/services/svc_*",
	"/changes", "/changes?kind=deploy", "/oncall", "/sla", "/contracts/*", "/search?q=cache", "/imports", "/imports/con_*", "/imports/runs/run_*", "/imports/letters", "/imports/new", "/imports/new/table", "/setup/start",
	"/me", "/admin/contracts/new", "/admin/users", "/admin/tokens", "/about", "/help/metrics", "/help/keyboard", "/nowhere"}

// looks opens every page, full and empty, wide and narrow, light and dark: no rule of axe-core is broken, nothing
// sticks out to the side, nothing weighs too much, and the browser has nothing to complain about.
func looks(t *testing.T, b browser) {
	axe := rules(t)
	full := filled(t)
	full.load(t, "testdata/broken.csv", "Help desk")
	full.sample(t, samples()...)
	full.changing(t)
	empty := open(t, "")
	empty.user(t, "admin", incident.Admin)
	for _, s := range []struct {
		name string
		site site
	}{{"full", full}, {"empty", empty}} {
		p := b.tab(t, s.site)
		p.signIn("admin", password)
		if s.name == "full" {
			p.promise()
		}
		for _, screen := range screens {
			t.Run(s.name+" "+screen.theme+" "+screen.name, func(t *testing.T) { p.look(t, s.name, screen, axe) })
		}
	}
}

// samples are the bundled sets that pages are filled with: small ones, and all where pictures are wanted.
func samples() []string {
	if os.Getenv(shots) == "" {
		return []string{"mybinder", "moj-incidents", "upptime"}
	}
	var all []string
	for _, set := range demo.Sets() {
		all = append(all, set.Name)
	}
	return all
}

// promise defines a contract, so that pages about compliance have something to say.
func (p *tab) promise() {
	p.t.Helper()
	p.open("/admin/contracts/new")
	p.contract("4h")
	p.follow("main", "See what it would change")
	p.follow("main", "Save as a new version")
}

// look opens all pages on a screen.
func (p *tab) look(t *testing.T, state string, s screen, axe string) {
	defer func(outer *testing.T) { p.t = outer }(p.t)
	p.t = t
	p.do(chromedp.EmulateViewport(s.width, s.height))
	eval[bool](p, `fetch('/me/theme', {method: 'POST', body: new URLSearchParams({theme: `+quote(s.theme)+`})}).then(r => r.ok)`)
	for _, path := range paths {
		if prefix, found := strings.CutSuffix(path, "*"); found {
			if path = eval[string](p, `document.querySelector('main a[href^="`+prefix+`"]')?.getAttribute('href') ?? ''`); path == "" {
				continue // an empty installation has none
			}
		}
		p.open(path)
		p.until(`document.readyState === 'complete'`)
		p.inspect(t, s, axe)
		p.picture(t, state+"-"+s.name+"-"+s.theme+strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(p.where()))
	}
}

// examine inspects the page that is open on every screen. For pages that no address leads to again.
func examine(t *testing.T, p *tab, name string) {
	t.Helper()
	for _, s := range screens {
		p.do(chromedp.EmulateViewport(s.width, s.height))
		eval[string](p, `document.documentElement.dataset.theme = `+quote(s.theme))
		p.inspect(t, s, rules(t))
		p.picture(t, "step-"+s.name+"-"+s.theme+"-"+name)
	}
	p.do(chromedp.EmulateViewport(1280, 900))
}

// pictures stores how the page that is open looks on every screen, where somebody wants to see it.
func (p *tab) pictures(name string) {
	p.t.Helper()
	if os.Getenv(shots) == "" {
		return
	}
	for _, s := range screens {
		p.do(chromedp.EmulateViewport(s.width, s.height))
		eval[string](p, `document.documentElement.dataset.theme = `+quote(s.theme))
		p.picture(p.t, name+"-"+s.name+"-"+s.theme)
	}
	p.do(chromedp.EmulateViewport(1280, 900))
}

// rules is the script of axe-core.
func rules(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("../../../frontend/gallery/testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// inspect checks the page that is open, with everything on it unfolded.
func (p *tab) inspect(t *testing.T, s screen, axe string) {
	t.Helper()
	p.drawAll()
	if got := eval[string](p, wide); got != "" {
		t.Errorf("%s at %d px is %s", p.where(), s.width, got)
	}
	eval[bool](p, `(() => { document.querySelectorAll('main details.disclose').forEach(d => { d.open = true }); return true })()`)
	if got := eval[string](p, wide); got != "" {
		t.Errorf("%s at %d px, unfolded, is %s", p.where(), s.width, got)
	}
	eval[bool](p, axe+";true")
	if got := eval[string](p, audit); got != "" {
		t.Errorf("axe finds on %s\n%s", p.where(), got)
	}
	eval[bool](p, `(() => { document.querySelectorAll('main details.disclose').forEach(d => { d.open = false }); return true })()`)
	p.weigh(t)
	for _, w := range p.complaints() {
		t.Errorf("%s: the browser reports %s", p.where(), w)
	}
}

// wide says how far the page sticks out and because of what, unless something around that scrolls.
const wide = `(() => {
	if (document.documentElement.scrollWidth <= innerWidth) return '';
	const out = [...document.querySelectorAll('body *')].find(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .table-wrap, .tabs, .hidden, svg'));
	return document.documentElement.scrollWidth + ' px wide' + (out ? ', because of ' + out.outerHTML.slice(0, 160) : '');
})()`

const audit = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']}).then(r =>
	r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.html.slice(0, 160))).join('\n'))`

// weigh holds the page and what it loads to the budgets.
func (p *tab) weigh(t *testing.T) {
	t.Helper()
	if n := compressed(t, eval[string](p, `fetch(location.href).then(r => r.text())`)); n > pageBudget {
		t.Errorf("%s is %d bytes, compressed; at most %d", p.where(), n, pageBudget)
	}
	type loaded struct {
		Name string
		Size int
	}
	for _, r := range eval[[]loaded](p, `performance.getEntriesByType('resource').filter(r => r.name.includes('/assets/')).map(r => ({Name: r.name, Size: r.encodedBodySize}))`) {
		for part, budget := range map[string]int{"app.": scriptBudget, "charts.": chartsBudget} {
			if strings.HasPrefix(filepath.Base(r.Name), part) && strings.HasSuffix(r.Name, ".js") && r.Size > budget {
				t.Errorf("%s is %d bytes; at most %d", r.Name, r.Size, budget)
			}
		}
		if strings.HasSuffix(r.Name, ".css") && r.Size > styleBudget {
			t.Errorf("%s is %d bytes; at most %d", r.Name, r.Size, styleBudget)
		}
	}
}

func compressed(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// picture stores how the whole page looks, where somebody wants to see it.
func (p *tab) picture(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv(shots)
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(80))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name[:min(len(name), 120)]+".jpg"), shot, 0o644)
	}
	if err != nil {
		t.Fatalf("picture of %s: %v", p.where(), err)
	}
}
