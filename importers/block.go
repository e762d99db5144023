package importers

import "time"

// Blocks returns the beginnings of the blocks of time that a page of a walk in windows of the same width reads, one or
// two, for records that hold a block each, such as who was on call. Blocks begin at the same instants in every run, so
// that a later poll replaces the record of the present block and leaves earlier ones alone. Over a whole walk each
// block comes once.
//
// now is the source's clock; width must be whole seconds.
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
