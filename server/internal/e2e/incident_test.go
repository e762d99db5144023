package e2e

import (
	"strings"
	"testing"
)

// incident opens the incident of a number.
func (p *tab) incident(number string) {
	p.t.Helper()
	p.open("/incidents?q=" + number)
	p.leave(func() {
		p.click("tr[data-row]", eval[string](p, `document.querySelector('tr[data-row] .row-title').innerText`))
	})
	p.wantIn("main", number)
}

// correcting states a time that the source got wrong.
func correcting(t *testing.T, b browser) {
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.incident("INC-005")
	p.wantIn("[aria-label='Table of durations']", "5h")
	p.wantIn("main", "Similar incidents", "Payment form times out INC-0", "Source record")
	p.click("main", "The record as received")
	p.wantIn("pre.raw", `"Number": "INC-005"`, `"Resolved": "2025-04-08 10:00"`)

	p.click("main", "Where each time comes from")
	p.choose("#f-name", "Resolved")
	p.set("#f-at", "2025-04-08T06:30")
	p.fill("#f-reason", "The ticket was closed late")
	p.follow("main", "State this time")
	p.wantIn("main", "Saved. The imported time is kept beside yours.")
	p.wantIn("[aria-label='Table of durations']", "1h 30m")
	p.click("main", "Where each time comes from")
	p.wantIn("[aria-label=Milestones]", "06:30", "stated by admin", "The ticket was closed late", "Also stated: 8 Apr 2025, 10:00")

	// A time that cannot be: it is said, and what was typed stays.
	p.choose("#f-name", "Resolved")
	p.set("#f-at", "2031-01-01T00:00")
	p.fill("#f-reason", "A slip")
	p.follow("main", "State this time")
	p.wantIn("[role=alert]", "future")
	p.want("the reason after a mistake", eval[string](p, `document.querySelector('#f-reason').value`), "A slip")
}

// hostileText opens every page that shows the title of an incident that is a script.
func hostileText(t *testing.T, b browser) {
	const title = "<script>alert('title')</script> in the checkout"
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.incident("INC-049")
	p.want("the heading", p.text("h1"), title)
	if got := eval[[]string](p, `[...document.querySelectorAll('main .read :is(img, a, script)')].map(e => e.outerHTML)`); strings.Contains(strings.Join(got, " "), "javascript:") || strings.Contains(strings.Join(got, " "), "onerror") {
		t.Errorf("the description became %q", got)
	}
	for _, path := range []string{"/", "/incidents", "/search?q=script", "/services", "/problems", "/sla", "/imports"} {
		p.open(path)
		if got := eval[int](p, `[...document.scripts].filter(s => s.type !== 'application/json' && s.text.includes('alert(')).length`); got != 0 {
			t.Errorf("%s has %d scripts of the data", path, got)
		}
	}
	p.open("/")
	p.wantIn("main", title)
}
