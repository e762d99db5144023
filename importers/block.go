package importers

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// RosterBlocks says how shifts are read where the source renders its schedules for a stretch of time: a record for each schedule
// and block of time, "S1/2025-01-06". Blocks begin at the same instants in every run, so that a poll replaces the records of
// the present block and leaves earlier ones alone. A past block in which nobody is on call makes no record.
type RosterBlocks struct {
	Width time.Duration // of a block, in whole seconds
	// Page reads a page of schedules, rendered from from to to. Next is the token of the page behind; Records are the
	// framework's business.
	Page func(ctx context.Context, in Input, from, to time.Time, token string) (Slice, []Rendered, error)
}

// Rendered is a schedule with who is on call in a block.
type Rendered struct {
	ID     string // of the schedule
	Body   []byte // of the record
	Shifts int    // how many there are in it
}

// Listing returns the walk through the blocks.
func (r RosterBlocks) Listing() *Listing {
	return &Listing{Page: r.page, Window: r.Width, MaxWindow: r.Width}
}

// page reads a page of the first or the second block of a window. Tokens are "block:token".
func (r RosterBlocks) page(ctx context.Context, in Input, at At) (Slice, error) {
	now := in.Client.Now()
	blocks := Blocks(in, at, now, r.Width)
	number, token, _ := strings.Cut(at.Token, ":")
	n, _ := strconv.Atoi(number)
	n = min(max(n, 0), len(blocks)-1)
	from := blocks[n]
	s, schedules, err := r.Page(ctx, in, from, from.Add(r.Width), token)
	if err != nil {
		return s, err
	}
	switch {
	case s.Next != "":
		s.Next = fmt.Sprintf("%d:%s", n, s.Next)
	case n+1 < len(blocks):
		s.Next = fmt.Sprintf("%d:", n+1)
	}
	past := from.Add(r.Width).Before(now)
	for _, one := range schedules {
		id := one.ID + "/" + from.Format(time.DateOnly)
		s.Held = append(s.Held, id)
		if one.Shifts > 0 || !past {
			s.Records = append(s.Records, Record{ExternalID: id, Body: one.Body, At: from})
		}
	}
	return s, nil
}

// Blocks returns the beginnings of the blocks of time that a page of a walk in windows of the same width reads, one or
// two. Over a whole walk each block comes once. now is the source's clock.
func Blocks(in Input, at At, now time.Time, width time.Duration) []time.Time {
	seconds := int64(width / time.Second)
	first := time.Unix(at.From.Unix()/seconds*seconds, 0).UTC()
	next := first.Add(width)
	if !in.Until.IsZero() && in.Until.Before(now) {
		now = in.Until
	}
	if next.Before(at.To) && !at.To.Before(now) { // no window follows that would read it
		return []time.Time{first, next}
	}
	return []time.Time{first}
}
