package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// judgingService reads the page that says whether a service is getting better.
func judgingService(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.open("/services")
	p.follow("main", "checkout")
	p.click("main", "All time")
	p.follow("main", "Last 90 days")
	p.want("the heading", p.text("h1"), "checkout")
	verdicts := p.texts(".verdict")
	if len(verdicts) < 2 {
		t.Errorf("the service page judges %q", verdicts)
	}
	for _, v := range verdicts {
		if !strings.Contains(v, "n = ") {
			t.Errorf("the verdict %q does not say of how many incidents", v)
		}
	}
	p.drawAll()
	for _, id := range eval[[]string](p, `[...document.querySelectorAll('figure.chart')].map(f => f.id)`) {
		f := "#" + id
		if p.text(f+" .chart-answer")+p.text(f+" .chart-none") == "" {
			t.Errorf("%s has no answer in words", f)
		}
		drawn := eval[int](p, fmt.Sprintf(`document.querySelectorAll('%s [data-chart] svg :is(path, circle, rect)').length`, f))
		if p.text(f+" .chart-none") == "" && drawn < 3 {
			t.Errorf("%s is drawn with %d marks", f, drawn)
		}
	}
	p.wantIn("main", "The numbers")
	if got := eval[int](p, `Promise.all([...document.querySelectorAll('main a[download]')].map(a => fetch(a.href).then(r => r.ok))).then(all => all.filter(ok => !ok).length)`); got != 0 {
		t.Errorf("%d of the page's exports fail", got)
	}
}

// drawAll opens what is folded, brings every chart of the page near the screen and waits until each is drawn.
func (p *tab) drawAll() {
	p.t.Helper()
	eval[bool](p, `(() => { document.querySelectorAll('main details:has([data-chart])').forEach(d => { d.open = true }); return true })()`)
	for i := range eval[int](p, `document.querySelectorAll('[data-chart]').length`) {
		eval[bool](p, fmt.Sprintf(`(() => { document.querySelectorAll('[data-chart]')[%d].scrollIntoView(); return true })()`, i))
		p.until(fmt.Sprintf(`document.querySelectorAll('[data-chart]')[%d].querySelector('svg')`, i))
	}
	eval[bool](p, `(() => { scrollTo(0, 0); return true })()`)
}

// themes changes the colours, which stay changed.
func themes(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.open("/incidents?priority=P1")
	const paper = `getComputedStyle(document.documentElement).backgroundColor`
	light := eval[string](p, paper)
	for _, theme := range []string{"dark", "light"} {
		p.click(".top", "Account of")
		p.click(".top", strings.ToUpper(theme[:1])+theme[1:])
		p.until(`fetch(location.href).then(r => r.text()).then(t => t.includes('data-theme="` + theme + `"'))`)
		p.want("the page after a change of theme", p.where(), "/incidents?priority=P1")
		now := eval[string](p, paper)
		p.open("/services")
		p.want("the theme of the next page", eval[string](p, `document.documentElement.dataset.theme`), theme)
		p.want("its colour", eval[string](p, paper), now)
		if (now == light) != (theme == "light") {
			t.Errorf("the theme %s has the colour %s, the light one %s", theme, now, light)
		}
		p.open("/incidents?priority=P1")
	}
}
