package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/search/template"
)

// Floods finds the alert floods that touch [from, to); zero bounds do not bind. Titles are of one kind when they are equal once
// numbers, ids, hosts and dates are masked.
func (d *Desk) Floods(from, to time.Time, private bool) []analytics.Flood {
	return d.Live.Snapshot().Floods(analytics.Query{From: from, To: to, Private: private}, template.Mask)
}
