package desk

import (
	"slices"
	"time"
)

// RetroYearAgo is a retrospective that was published about this day of an earlier year.
type RetroYearAgo struct {
	VisibleRetro
	Years int // 1: a year ago
}

// yearsAgoDays is how far from the day a retrospective may have been published, either way.
const yearsAgoDays = 3

// YearsAgo returns those of all that were published on the day of now in an earlier year, or within three days of it, the latest first. Days are
// those of the zone of now. The 29th of February is the 1st of March in years that have none.
func YearsAgo(all []VisibleRetro, now time.Time) []RetroYearAgo {
	today := dayOf(now)
	var out []RetroYearAgo
	for _, r := range all {
		if r.PublishedAt.IsZero() {
			continue
		}
		day := dayOf(r.PublishedAt.In(now.Location()))
		for years := max(1, now.Year()-day.Year()-1); years <= now.Year()-day.Year()+1; years++ {
			if apart := day.Sub(today.AddDate(-years, 0, 0)).Abs(); apart <= yearsAgoDays*24*time.Hour {
				out = append(out, RetroYearAgo{r, years})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b RetroYearAgo) int { return b.PublishedAt.Compare(a.PublishedAt) })
	return out
}

// dayOf is the day of t as midnight UTC, so that days are 24 hours long.
func dayOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
