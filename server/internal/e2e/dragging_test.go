package e2e

import (
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// dragged: events of the record are dragged to a lane, to a moment and, marked, together; a moment is dragged to another lane. Everything stays
// where it was on the page, and nothing that was typed elsewhere is lost.
func dragged(t *testing.T, n *notebook, ana, _ part) {
	p, opened := ana.tab, time.Date(2026, 2, 1, 14, 0, 0, 0, time.UTC)
	inc, _, err := n.Desk.Create(t.Context(), desk.NewIncident{Title: "Checkout is slow", Opened: opened, Resolved: opened.Add(time.Hour)}, "ana")
	if err != nil {
		t.Fatal(err)
	}
	var events []incident.TimelineEvent
	for i, text := range []string{"Alert: latency", "Zone b is red", "Queue is full", "Rolled back", "Latency is normal"} {
		e := incident.TimelineEvent{Incident: inc.ID, At: opened.Add(time.Duration(i) * 10 * time.Minute), Kind: incident.EventNote, Text: text, Actor: "monitor"}
		e.ID = e.EventID()
		events = append(events, e)
	}
	if _, err := n.Desk.Store.Update(t.Context(), func(tx incident.Tx) error {
		return tx.PutTimeline(map[incident.ID][]incident.TimelineEvent{inc.ID: events})
	}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Desk.BeginRetro(t.Context(), inc.ID, "", incident.Sight{All: true}); err != nil {
		t.Fatal(err)
	}
	grip := func(i int) string { return `.record-row:has(#e-` + string(events[i].ID) + `) .grip` }
	lane := func(name string) string { return `section[data-lane=` + name + `]` }
	p.do(chromedp.EmulateViewport(1280, 2400)) // whatever is dragged and where to are seen at once
	p.open("/incidents/" + string(inc.ID) + "/retrospective/timeline")

	told := func(where string, words ...string) {
		t.Helper()
		p.until(`document.querySelector(` + quote(lane(where)) + `).innerText.includes(` + quote(words[len(words)-1]) + `)`)
		p.wantIn(lane(where), words...)
	}
	p.drag(grip(0), `.lane-dock [data-lane=detection]`)
	told("detection", "Alert: latency", "Rests on 1 event")
	p.drag(grip(1), lane("detection")+` [data-moment]`)
	told("detection", "Rests on 2 events")

	for _, e := range events[3:] {
		eval[bool](p, `(document.querySelector('#e-`+string(e.ID)+`').click(), true)`)
	}
	p.drag(grip(4), `.lane-dock [data-lane=mitigation]`)
	told("mitigation", "Rolled back", "Rests on 2 events")
	p.want("what is marked afterwards", eval[string](p, `String(document.querySelectorAll('.record :checked').length)`), "0")

	// A refusal leaves what was marked.
	eval[bool](p, `(document.querySelector('#e-`+string(events[2].ID)+`').click(), true)`)
	eval[bool](p, `(() => { const form = document.querySelector('#f-events'), lane = form.querySelector('select[name=lane]'); lane.add(new Option('x', 'nowhere')); lane.value = 'nowhere'; form.requestSubmit(form.querySelector('button[value=group]')); return true })()`)
	p.until(`document.querySelector('#main').innerText.includes('needs another look')`)
	p.want("what is marked after a refusal", eval[string](p, `String(document.querySelectorAll('.record :checked').length)`), "1")
	eval[bool](p, `(document.querySelector('#e-`+string(events[2].ID)+`').click(), true)`)

	p.drag(lane("mitigation")+` .grip`, `.lane-dock [data-lane=recovery]`)
	told("recovery", "Rolled back", "Rests on 2 events")
	p.wantIn(lane("mitigation"), "Nothing is told here yet")
	p.do(chromedp.EmulateViewport(1280, 900))
	p.open(n.path)
}

// drag takes an element to another one with the mouse; that one may appear only once something is held.
func (p *tab) drag(from, to string) {
	p.t.Helper()
	middle := func(selector string) (x, y float64) {
		p.until(`document.querySelector(` + quote(selector) + `)?.getClientRects().length`)
		at := eval[[]float64](p, `(() => { const e = document.querySelector(`+quote(selector)+`); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`)
		return at[0], at[1]
	}
	mouse := func(kind input.DispatchMouseEventType, x, y float64) {
		event := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1}
		if _, err := chromedp.Call(p.ctx, input.DispatchMouseEvent, event); err != nil {
			p.t.Fatalf("drag %s: %v", from, err)
		}
	}
	x, y := middle(from)
	mouse(input.DispatchMouseEventTypeMousePressed, x, y)
	mouse(input.DispatchMouseEventTypeMouseMoved, x+12, y+12)
	x, y = middle(to)
	// A browser drops only where it was told that it may, and asks anew with each move.
	for held := false; !held; held = eval[bool](p, `document.querySelector(`+quote(to)+`).matches('.drop-over')`) {
		mouse(input.DispatchMouseEventTypeMouseMoved, x, y)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, x, y)
}
