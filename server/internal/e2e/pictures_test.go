package e2e

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hindsight/server/internal/desk"
)

// graph is a made-up picture.
func graph(t *testing.T) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 300, 120))
	for x := range 300 {
		for y := 119; y > 110-x/3; y-- {
			m.SetNRGBA(x, y, color.NRGBA{40, 90, 200, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hands gives a file to the text that has the focus, as a clipboard does.
func (p part) hands(event, name, kind string, body []byte) {
	p.t.Helper()
	eval[bool](p.tab, `(() => { const d = new DataTransfer(); d.items.add(new File([Uint8Array.from(atob('`+base64.StdEncoding.EncodeToString(body)+`'), c => c.charCodeAt(0))], `+quote(name)+`, {type: `+quote(kind)+`}));
		const at = document.querySelector('`+p.in(".cm-content")+`');
		at.dispatchEvent(`+event+`); return true })()`)
}

const pasteEvent = `new ClipboardEvent('paste', {clipboardData: d, bubbles: true, cancelable: true})`

// pictures: one is pasted and described, somebody else sees it at once, and it is there where the text is read, on paper and in a page that stands alone.
func pictures(t *testing.T, n *notebook, ana, ben part) {
	ana.write()
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.call("Before.")
	ben.write()
	ana.hands(pasteEvent, "queue.png", "image/png", graph(t))
	ana.until(`document.querySelector('dialog[open] textarea') === document.activeElement`)
	ana.wantIn("dialog[open]", "Add a picture", "What it shows", "not “graph”", "It only decorates")
	examine(t, ana.tab, "describing a picture")
	ana.call("The queue rises [from 0]")
	ana.click("dialog[open]", "Add")
	ana.has(`![The queue rises \[from 0\]](files/`)
	ana.saved()
	ben.has(`![The queue rises \[from 0\]](files/`)
	for _, p := range []part{ana, ben} {
		p.until(`(() => { const i = document.querySelector('` + p.in(".ed-picture > img") + `'); return i && i.complete && i.naturalWidth === 300 && i.alt === 'The queue rises [from 0]' })()`)
	}
	if got := n.stored(t, ana.slug); !strings.HasPrefix(got, "Before.\n\n![The queue rises") || !strings.HasSuffix(got, ".png)\n") {
		t.Errorf("the text is %q", got)
	}

	// Without a description it is pointed out, and the button below it asks for one.
	ana.press(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	eval[bool](ana.tab, `(() => { const v = document.querySelector('`+ana.in(".cm-content")+`').cmTile.view; const text = v.state.doc.toString().replace(/!\[.*\]\(/, '![]('); v.dispatch({changes: {from: 0, to: v.state.doc.length, insert: text}}); return true })()`)
	ana.until(`document.querySelector('` + ana.in(".ed-findings > summary") + `')?.textContent === '1 picture without a description'`)
	ana.click(ana.in(".ed-picture"), "Describe it")
	ana.until(`document.querySelector('dialog[open] textarea') === document.activeElement`)
	ana.call("Queue length over an hour")
	ana.click("dialog[open]", "Add")
	ana.has(`![Queue length over an hour](files/`)
	ana.saved()

	// A file that is no picture is linked to; one that is too large is refused, and the text stays.
	ana.press(kb.End, chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.hands(pasteEvent, "page.html", "text/html", []byte("<script>alert(1)</script>"))
	ana.until(`document.querySelector('dialog[open] input') === document.activeElement`)
	ana.click("dialog[open]", "Add")
	ana.has(`[page.html](files/`)
	ana.hands(pasteEvent, "half.png", "image/png", graph(t)[:60])
	ana.until(`document.querySelector('dialog[open] textarea') === document.activeElement`)
	ana.call("Half of it")
	ana.click("dialog[open]", "Add")
	ana.until(`document.querySelector('` + ana.in(".ed-waiting[role=alert]") + `')?.textContent.includes('damaged')`)
	examine(t, ana.tab, "a picture that was refused")
	ana.click(ana.in(".ed-waiting"), "Cancel")
	ana.until(`document.querySelector('` + ana.in(".ed-waiting") + `') === null`)
	ana.saved()

	ben.press(kb.Escape)
	ben.until(`document.querySelector('` + ben.in("[data-editor]") + `').hidden`)
	ana.focusText()
	ana.press(kb.Escape)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
	shown := `(() => { const i = document.querySelector('` + ana.in("[data-rendered] img") + `'); return i && i.complete && i.naturalWidth === 300 && i.alt === 'Queue length over an hour' })()`
	ana.until(shown)
	ana.print(true)
	ana.until(shown + ` && document.querySelector('` + ana.in("[data-rendered] img") + `').getClientRects().length === 1`)
	ana.print(false)
	page := eval[string](ana.tab, `fetch(location.pathname + '/export/retrospective.html').then(r => r.text())`)
	if !strings.Contains(page, `src="data:image/png;base64,`) || strings.Contains(page, "alert(1)") {
		t.Error("the page that stands alone does not hold the picture")
	}
}

// focusText gives the focus to the text.
func (p part) focusText() {
	p.t.Helper()
	eval[bool](p.tab, `(document.querySelector('`+p.in(".cm-content")+`').focus(), true)`)
}

// frozen: a chart is picked in the text, drawn there, and compared with its numbers of now.
func frozen(t *testing.T, n *notebook, ana, _ part) {
	ana.write()
	ana.press("a", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	ana.call("It came more often:")
	ana.press(" /chart")
	ana.until(`document.querySelector('.ed-menu [aria-selected=true]')?.textContent.startsWith('Chart')`)
	ana.enter()
	ana.until(`document.querySelector('dialog[open] #chart-of') !== null`)
	examine(t, ana.tab, "picking a chart")
	ana.set("#chart-of", "incidents-per-month")
	ana.set("#chart-period", "365")
	ana.set("#chart-service", "all")
	ana.click("dialog[open]", "Add")
	ana.has(".chart.svg)")
	ana.saved()
	ana.until(`(() => { const i = document.querySelector('` + ana.in(".ed-picture > img") + `'); return i && i.complete && i.naturalWidth > 0 && i.alt.startsWith('How often do incidents happen?') })()`)
	// What happens elsewhere meanwhile is a change of the store, and none of these numbers.
	later := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	if _, _, err := n.Desk.Create(t.Context(), desk.NewIncident{Title: "Search is empty", Opened: later, Resolved: later.Add(time.Hour)}, "ana"); err != nil {
		t.Fatal(err)
	}
	ana.click(ana.in(".ed-picture"), "Refresh")
	ana.until(`document.body.innerText.includes('The numbers of now are the same')`)
	ana.focusText()
	ana.press(kb.Escape)
	ana.until(`document.querySelector('` + ana.in("[data-editor]") + `').hidden`)
	ana.wantIn(ana.in("[data-rendered] .frozen"), "How often do incidents happen?", "as of change", "The numbers")
}
