package importers

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"time"
)

// Listing says how an API's records are walked through. A source gives one function that reads one page; the
// loop around it (time cut into windows, cursors, watermarks, pages that do not advance) is Pages.
//
// Which of an API's ways to page is safe: a key that cannot move (creation, id), or a sort by change with a
// cursor. Offsets over a list that changes meanwhile lose records.
type Listing struct {
	// Page reads one page of the records whose time lies in [at.From, at.To).
	Page func(ctx context.Context, in Input, at At) (Slice, error)
	// Window is the first stretch of time that is asked for at once. It is halved where the source cannot list all
	// that lies in it, doubled where there is little and made four times as wide where there is nothing, up to
	// MaxWindow: what the source allows. By default that is 180 days, and five years over nothing. Zero: time
	// is not cut, and one walk goes from at.From, which may be zero, to the end.
	Window, MaxWindow time.Duration
	// Begin returns when the first record was made, for a walk in windows that nobody gave a beginning, so that no request is
	// spent on the years before; zero: there is none yet. Nil: such a walk begins in 2009.
	Begin func(ctx context.Context, in Input) (time.Time, error)
	// Lag is how late a record may appear in the list; Overlap is how far a poll reaches back behind the last one,
	// for clocks and ties (default 5 minutes).
	Lag, Overlap time.Duration
	// Keyset says that tokens stay good for ever and order all records: the next poll goes on from the last one,
	// without a watermark.
	Keyset bool
}

// At is where a page lies.
type At struct {
	From, To time.Time // UTC; From zero: from the beginning; To zero: to the end
	Token    string    // as the page before gave it; empty for the first page of a window
}

// Slice is one page.
type Slice struct {
	Records []Record
	Rejects []Reject
	Touched []string // external ids of records that changed: Fetch them
	Held    []string // ids of what the page holds where Records do not tell, so that a repeated page is noticed
	// Next is the token of the page behind this one; empty: the window ends. With Keyset, Next is given on the
	// last page too, and Last says that it is the last.
	Next string
	Last bool
	// TooMany says that the source cannot list all of this window: it is asked for in halves. What the page
	// carries is stored all the same.
	TooMany bool
	Total   int64 // records in this window; 0 when unknown
}

// Add adds a record that was read from the n-th part of a page, counted from 0; one without an id is a reject.
func (s *Slice) Add(n int, part json.RawMessage, r Record) {
	if r.ExternalID == "" {
		s.Rejects = append(s.Rejects, Reject{Place: fmt.Sprintf("record %d of the page", n+1), Reason: "the record has no id", Body: string(part)})
		return
	}
	s.Records = append(s.Records, r)
}

// Reject adds a part of a page that is no record, with why.
func (s *Slice) Reject(place, reason string, part []byte) {
	s.Rejects = append(s.Rejects, Reject{Place: place, Reason: reason, Body: string(part)})
}

// dawn is where a walk in windows begins when nobody says: before any system that is read.
var dawn = time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC)

const (
	defaultOverlap   = 5 * time.Minute
	defaultMaxWindow = 180 * 24 * time.Hour
	longestLeap      = 5 * 365 * 24 * time.Hour // a window over a time without records
	sparse           = 20                       // records in a window: fewer double it
)

// Pages walks through the collection's list, from where the cursor says. It is what a run reads when the
// collection is read over the network.
func (c Collection) Pages(ctx context.Context, in Input, from Cursor) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		var cur walkCursor
		if len(from) > 0 {
			if err := json.Unmarshal(from, &cur); err != nil {
				yield(Page{}, fmt.Errorf("importers: read cursor of %s: %w", c.Name, err))
				return
			}
		}
		w := walk{collection: c, in: in, walkCursor: cur}
		if err := w.run(ctx, yield); err != nil {
			yield(Page{}, err)
		}
	}
}

// Start returns the cursor of a walk that is yet to begin, at since.
func (c Collection) Start(since time.Time) Cursor {
	cursor, _ := json.Marshal(walkCursor{From: since.UTC()}) // of a time: it cannot fail
	return cursor
}

// FetchEach makes a Fetch of a function that fetches one record. Its answers 404 and 410 mean that the record is
// not there any more. A record that comes under another id than it was asked by was merged into that one.
func FetchEach(one func(ctx context.Context, in Input, id string) (Record, error)) func(context.Context, Input, []string) ([]Record, error) {
	return func(ctx context.Context, in Input, ids []string) ([]Record, error) {
		var records []Record
		for _, id := range ids {
			rec, err := one(ctx, in, id)
			if HasStatus(err, http.StatusNotFound, http.StatusGone) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if rec.ExternalID != id {
				rec.Asked = id
			}
			records = append(records, rec)
		}
		return records, nil
	}
}

// NotOurs returns the error by which a function for FetchEach says that a record is there, but is none that the connection
// reads, for example because it lies outside its allow-lists: it counts as gone.
func NotOurs(id string) error {
	return &StatusError{Status: http.StatusGone, Method: http.MethodGet, Path: id, Body: "it is not of this connection any more"}
}
