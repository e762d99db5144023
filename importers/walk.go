package importers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"time"
)

// ErrStuck says that a source gave the same page again instead of the next one.
var ErrStuck = errors.New("the source gives the same page again instead of the next one; the walk was stopped so that it does not go on for ever")

// ErrTooMany says that a source cannot list all that lies in a window, however short it is made.
var ErrTooMany = errors.New("the source cannot list all records of it")

// maxIdle is how many pages behind one another may hold nothing. Where access rules cut rows after the page was made,
// many do; a source that says "more" for ever gives them without end.
const maxIdle = 1000

// walkCursor is where a walk stands. Between two walks only Mark, or with Keyset Token, counts.
type walkCursor struct {
	Following bool          `json:"following,omitempty"` // List has come to its end once, and there is a Follow
	Mark      time.Time     `json:"mark,omitzero"`       // between walks: all before it was read
	From      time.Time     `json:"from,omitzero"`
	To        time.Time     `json:"to,omitzero"` // of the window; zero when time is not cut
	Width     time.Duration `json:"width,omitempty"`
	Token     string        `json:"token,omitempty"`
	Seen      time.Time     `json:"seen,omitzero"` // latest time of a record
	End       time.Time     `json:"end,omitzero"`  // the server's clock when the walk began, less the lag; zero between walks
}

type walk struct {
	walkCursor
	collection Collection
	in         Input
	list       *Listing
	tokens     map[string]bool // of this window
	page       uint64          // what the last page held
	count      int             // records of this window
	idle       int             // pages that held nothing, one behind the other
}

func (w *walk) run(ctx context.Context, yield func(Page, error) bool) error {
	if w.list = w.collection.List; w.Following && w.collection.Follow != nil {
		w.list = w.collection.Follow
	}
	if w.list == nil {
		return nil
	}
	resumed := !w.End.IsZero()
	if err := w.begin(ctx); err != nil {
		return err
	}
	for {
		asked := w.clock()
		slice, err := w.list.Page(ctx, w.in, At{From: w.From, To: w.To, Token: w.Token})
		if resumed && w.expired(err) {
			resumed = false
			w.open()
			continue
		}
		if err != nil {
			return err
		}
		resumed = false
		if err := w.advanced(slice); err != nil {
			return err
		}
		w.note(slice, w.clock().Sub(asked))
		more, err := w.step(slice)
		if err != nil {
			return err
		}
		if !yield(w.result(slice), nil) || !more {
			return nil
		}
	}
}

// expired reports whether an interrupted walk failed because the token with which it was to go on lives no longer.
func (w *walk) expired(err error) bool {
	return w.Token != "" && !w.list.Keyset && HasStatus(err, http.StatusBadRequest, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity)
}

// begin sets out on a new walk, or goes on with one that was interrupted.
func (w *walk) begin(ctx context.Context) (err error) {
	w.tokens = map[string]bool{}
	if !w.End.IsZero() {
		return nil
	}
	switch {
	case !w.From.IsZero(): // see Start
	case !w.Mark.IsZero():
		w.From = w.Mark.Add(-cmp.Or(w.list.Overlap, defaultOverlap))
	case !w.in.Since.IsZero():
		w.From = w.in.Since.UTC()
	case w.list.Begin != nil:
		if w.From, err = w.list.Begin(ctx, w.in); err != nil {
			return err
		}
		if w.From.IsZero() {
			w.From = w.now().Add(-w.list.Window)
		}
	case w.list.Window > 0:
		w.From = dawn
	}
	w.open()
	return nil
}

// open begins a window at From.
func (w *walk) open() {
	w.count, w.page, w.idle = 0, 0, 0
	clear(w.tokens)
	if !w.list.Keyset {
		w.Token = ""
	}
	w.To = w.in.Until.UTC()
	if w.list.Window == 0 {
		return
	}
	if w.Width == 0 {
		w.Width = w.list.Window
	}
	end := w.From.Add(w.Width)
	if latest := w.latest().Add(time.Hour).Truncate(time.Second); !w.in.Now.IsZero() && end.After(latest) {
		end = latest
	}
	if w.To.IsZero() || end.Before(w.To) {
		w.To = end
	}
}

// latest is now, by the later of the two clocks: no window needs to reach far beyond it.
func (w *walk) latest() time.Time {
	return slices.MaxFunc([]time.Time{w.in.Now, w.End, w.From}, time.Time.Compare)
}

// advanced refuses a page that is the one before, that leads back to a page of this window, or that is one of too many
// without anything in them.
func (w *walk) advanced(s Slice) error {
	h := fnv.New64a()
	for _, r := range s.Records {
		fmt.Fprintf(h, "%s\x00", r.ExternalID)
	}
	for _, key := range s.Held {
		fmt.Fprintf(h, "%s\x01", key)
	}
	page := h.Sum64()
	again := len(s.Records)+len(s.Held) > 0 && page == w.page
	if s.Next != "" && !s.Last && !s.TooMany {
		again = again || w.tokens[s.Next] || s.Next == w.Token
		w.tokens[s.Next] = true
	} else {
		again = false
	}
	w.page = page
	if w.idle++; len(s.Records)+len(s.Rejects)+len(s.Touched)+len(s.Held) > 0 {
		w.idle = 0
	}
	if again || w.idle > maxIdle {
		return fmt.Errorf("importers: %s, from %s, page %q: %w", w.collection.Name, w.From.Format(time.RFC3339), w.Token, ErrStuck)
	}
	return nil
}

// note remembers the latest time of a record and, once the server has answered, where this walk ends: at its clock when
// the page was asked for, since more requests may have followed for what the page holds.
func (w *walk) note(s Slice, took time.Duration) {
	for _, r := range s.Records {
		if r.At.After(w.Seen) {
			w.Seen = r.At.UTC()
		}
	}
	w.count += len(s.Records) + len(s.Touched)
	if w.End.IsZero() {
		w.End = w.now().Add(-max(took, 0)).Add(-w.list.Lag)
		if until := w.in.Until; !until.IsZero() && until.Before(w.End) {
			w.End = until.UTC()
		}
	}
}

// clock is ours, which tells how long a page took.
func (w *walk) clock() time.Time {
	if w.in.Client != nil {
		return w.in.Client.clock.Now()
	}
	return w.in.Now
}

// now is the server's clock.
func (w *walk) now() time.Time {
	if w.in.Client != nil {
		return w.in.Client.Now()
	}
	return w.in.Now.UTC()
}

// step moves behind a page and reports whether there is more to read.
func (w *walk) step(s Slice) (more bool, err error) {
	switch {
	case s.TooMany:
		return true, w.halve()
	case s.Next != "" && !s.Last && w.leapt():
		return true, w.halve()
	case s.Next != "" && !s.Last:
		w.Token = s.Next
		return true, nil
	case w.list.Keyset && s.Next != "":
		w.Token = s.Next
	}
	if w.list.Window > 0 && w.To.Before(w.End) {
		w.widen()
		w.From = w.To
		w.open()
		return true, nil
	}
	w.finish()
	return false, nil
}

// widen makes the next window wider where there is little, and at once where there is nothing, as before a system was
// set up.
func (w *walk) widen() {
	grown, most := 2*w.Width, cmp.Or(w.list.MaxWindow, defaultMaxWindow)
	if w.count == 0 {
		grown, most = 4*w.Width, cmp.Or(w.list.MaxWindow, longestLeap)
	}
	if w.count < sparse {
		w.Width = min(grown, max(most, w.list.Window))
	}
}

// leapt reports whether a window that only emptiness has made so wide turns out to hold more than its first page: then
// it is read in smaller ones, each of which an interrupted walk need not begin again.
func (w *walk) leapt() bool {
	return w.Token == "" && w.list.Window > 0 && w.list.MaxWindow == 0 && w.To.Sub(w.From) > max(defaultMaxWindow, w.list.Window)
}

// halve asks for half of the window. A second that still holds too much cannot be read whole.
func (w *walk) halve() error {
	if w.list.Window == 0 || w.To.Sub(w.From) <= time.Second {
		return fmt.Errorf("importers: %s, %s to %s: %w; narrow the connection down, to one team or project, and import those one by one",
			w.collection.Name, w.From.Format(time.RFC3339), w.To.Format(time.RFC3339), ErrTooMany)
	}
	w.Width = max(w.To.Sub(w.From)/2, time.Second).Truncate(time.Second)
	w.open()
	return nil
}

// finish sets the watermark from which the next run goes on. It is the server's clock less the lag where time was
// cut into windows, which then are known to be whole; else it is the latest time of a record. What changed while a
// list was read for the first time is followed from before that was begun.
func (w *walk) finish() {
	next := walkCursor{Mark: w.Mark, Following: w.Following || w.collection.Follow != nil}
	switch {
	case w.list.Window > 0, next.Following && !w.Following:
		next.Mark = w.End
	case w.Seen.After(w.Mark):
		next.Mark = w.Seen
		if next.Mark.After(w.End) {
			next.Mark = w.End
		}
	}
	if w.list.Keyset && next.Following == w.Following {
		next.Token = w.Token
	}
	w.walkCursor = next
}

func (w *walk) result(s Slice) Page {
	cursor, _ := json.Marshal(w.walkCursor) // of times and texts: it cannot fail
	p := Page{Records: s.Records, Rejects: s.Rejects, Touched: s.Touched, Next: cursor, Through: w.From}
	if w.End.IsZero() {
		p.Through = w.Mark
	}
	if s.Total > 0 && w.list.Window == 0 {
		p.Total = s.Total
	}
	return p
}
