package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// takingRows begins a retrospective from a document that was written elsewhere: what it says is looked at and changed, left and found again, and taken
// with the keyboard on a narrow screen. What stands here then is not offered twice.
func takingRows(t *testing.T, b browser) {
	const document = "## Timeline (UTC)\n- 2025-04-08 06:05 The pager goes off\n- 06:30 Rolled back\n- nobody knows\n\n## Root cause\n- The cache was cold\n\n## Action items\n- [ ] Warm the cache first\n"
	p := b.tab(t, filled(t))
	p.signIn("admin", password)
	p.incident("INC-005")
	at := eval[string](p, `location.pathname`) + "/retrospective"
	p.open(at)
	p.follow("main", "Begin it from a document that was written elsewhere")
	p.fill("#f-text", document)
	p.follow("main", "Show what it says")
	p.wantIn("main", "Nothing is written yet.", "1 line of the timeline had no time (4)", "The pager goes off", "The cache was cold", "Warm the cache first", "Line 2, an entry of a list that begins with a time")
	p.want("whether a guess is chosen", eval[string](p, `String(document.querySelector('#f-time-3-take').checked)`), "false")

	// Enter in a field keeps everything, and writes nothing.
	p.fill("#f-moment-2-title", "The pager went off")
	p.leave(func() { p.press(kb.Enter) })
	p.wantIn("main", "Kept. It waits here for you")
	p.open("/incidents")
	p.open(at + "/rows")
	p.want("the title after coming back", eval[string](p, `document.querySelector('#f-moment-2-title').value`), "The pager went off")

	p.do(chromedp.EmulateViewport(360, 740))
	p.want("what does not fit", eval[string](p, `String(document.documentElement.scrollWidth > innerWidth)`), "false")
	eval[bool](p, `(document.querySelector('#f-moment-3-take').focus(), true)`)
	p.press(" ")
	p.want("whether the moment is chosen", eval[string](p, `String(document.querySelector('#f-moment-3-take').checked)`), "false")
	eval[bool](p, `(document.querySelector('button.btn-main[value=take]').focus(), true)`)
	p.leave(func() { p.press(kb.Enter) })
	p.wantIn("main", "Taken: 1 text, 1 moment, 1 factor, 1 action item.", "The pager went off", "The cache was cold", "Warm the cache first")
	p.do(chromedp.EmulateViewport(1280, 900))

	p.follow("main", "Read rows out of the text")
	p.follow("main", "Read the text of this retrospective")
	p.wantIn("main", "1 row already there")
	p.follow("main", "Forget the document")
	p.wantIn("main", "Forgotten. Nothing of it was written.", "Which document?")
}
