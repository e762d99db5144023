package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// openEditors: with two editors open, no rule of axe-core is broken on any screen, in light or dark, and paper has the text and no tools.
func openEditors(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.call("## What was seen\n\n**Orders** failed: human error, somebody said.\n\n- one\n- two")
	ana.saved()
	other := part{ana.tab, "knew"}
	other.write()
	other.call("On paper, too.")
	other.saved()
	ben.write()
	ana.until(`document.querySelector('` + ana.in(".peer-caret") + `') !== null && document.querySelector('` + ana.in(".ed-findings") + `') !== null`)
	examine(t, ana.tab, "editors")
	ana.until(`document.querySelector('` + other.in("[data-rendered]") + `').textContent.includes('On paper, too.')`)
	ana.print(true)
	got := ana.tab.text("main")
	for _, want := range []string{"What was seen", "Orders failed: human error", "On paper, too."} {
		if strings.Count(got, want) != 1 {
			t.Errorf("paper has %q %d times, want once: %s", want, strings.Count(got, want), got)
		}
	}
	if strings.Contains(got, "**") || strings.Contains(got, "Done writing") {
		t.Errorf("paper has markup or tools of the editor: %s", got)
	}
	ana.print(false)
	eval[bool](ana.tab, `(document.querySelector('`+other.in(".ed-done")+`').click(), true)`)
	other.until(`document.querySelector('` + other.in("[data-editor]") + `').hidden`)
	eval[bool](ana.tab, `(document.querySelector('`+ana.in(".ed-done")+`').click(), true)`)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
	ben.press(kb.Escape)
	ben.until(`document.querySelector('` + ben.in("[data-editor]") + `').hidden`)
}

// print shows the page as paper has it, or as the screen does again.
func (p *tab) print(on bool) {
	p.t.Helper()
	media := ""
	if on {
		media = "print"
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media}); err != nil {
		p.t.Fatalf("print: %v", err)
	}
}

// eightTabs: eight windows, seven of them of one person, have one section open, and all write in it at the same time, without waiting for anything to be
// saved. What each wrote comes to all, also when nobody writes after it.
func eightTabs(t *testing.T, n *notebook, ana, ben part) {
	tabs := []part{ana, ben}
	for range 6 {
		p := browser{ana.ctx}.sibling(t, n.site)
		p.open(n.path)
		tabs = append(tabs, part{p, ana.slug})
	}
	for _, p := range tabs {
		p.front()
		p.write()
		p.until(`document.hasFocus()`) // so that what is typed can only go to the editor
	}
	const rounds = 3 // each is another chance for an answer to come after what it tells of
	for round := range rounds {
		var all sync.WaitGroup
		for i, p := range tabs {
			all.Go(func() {
				if _, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: fmt.Sprintf(" from window %d.%d", i+1, round+1)}); err != nil {
					t.Errorf("window %d: %v", i+1, err)
				}
			})
		}
		all.Wait()
		for i := range tabs {
			for _, p := range tabs {
				p.has(fmt.Sprintf(" from window %d.%d", i+1, round+1))
			}
		}
	}
	for _, p := range tabs {
		p.saved()
	}
	want := n.stored(t, ana.slug)
	for i, p := range tabs {
		if got := p.text(); got != want {
			t.Errorf("window %d has %q, the database %q", i+1, got, want)
		}
		eval[bool](p.tab, `(document.querySelector('`+p.in(".ed-done")+`').click(), true)`)
		p.until(`document.querySelector('` + p.in("[data-editor]") + `').hidden`)
	}
	ana.front()
}

// front makes a window the one that keys go to.
func (p *tab) front() {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, page.BringToFront, cdp.Empty{}); err != nil {
		p.t.Fatalf("to the front: %v", err)
	}
}
