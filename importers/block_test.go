package importers

import (
	"slices"
	"testing"
	"time"
)

// A walk in windows of the blocks' width reads each block once, from the one that it begins in to the present one.
func TestBlocks(t *testing.T) {
	week := 7 * 24 * time.Hour
	day := func(n int) time.Time { return time.Date(1970, 1, n, 0, 0, 0, 0, time.UTC) } // weeks begin on day 1, 8, 15, …
	now := day(25)
	var got []time.Time
	for from := day(3); from.Before(now); from = from.Add(week) {
		to := from.Add(week)
		if to.After(now) {
			to = now.Add(time.Hour)
		}
		got = append(got, Blocks(Input{}, At{From: from, To: to}, now, week)...)
	}
	if want := []time.Time{day(1), day(8), day(15), day(22)}; !slices.Equal(got, want) {
		t.Errorf("a walk from day 3 to day 25 read the blocks of %v, want %v", got, want)
	}
	poll := Blocks(Input{}, At{From: now.Add(-5 * time.Minute), To: now.Add(time.Hour)}, now, week)
	if want := []time.Time{day(22)}; !slices.Equal(poll, want) {
		t.Errorf("a poll read the blocks of %v, want the present one, %v", poll, want)
	}
	until := Blocks(Input{Until: day(17)}, At{From: day(10), To: day(17)}, now, week)
	if want := []time.Time{day(8), day(15)}; !slices.Equal(until, want) {
		t.Errorf("the last window of a bounded walk read the blocks of %v, want %v", until, want)
	}
}
