package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search/template"
)

// Floods finds the alert floods that touch [from, to); zero bounds do not bind. Titles are of one kind when they are equal once
// numbers, ids, hosts and dates are masked.
func (d *Desk) Floods(from, to time.Time, sight incident.Sight) []analytics.Flood {
	return d.Live.Snapshot().Floods(analytics.Query{From: from, To: to, Sight: sight}, template.Mask)
}

// foldedFloods returns the floods whose alerts count once in figures of problems, and from when on there are any; zero: all are.
func (d *Desk) foldedFloods(now time.Time, sight incident.Sight) ([]analytics.Flood, time.Time) {
	from := floodsFrom(analytics.Query{Now: now}, d.Live.Snapshot().Len())
	return d.Floods(from, time.Time{}, sight), from
}

// ProblemMembers lists the incidents behind a figure of a problem; see analytics.MembersSpent.
func (d *Desk) ProblemMembers(x Standing, incs []*incident.Incident, figure string, sight incident.Sight) []analytics.Member {
	now := d.Now().UTC()
	floods, _ := d.foldedFloods(now, sight)
	return analytics.MembersSpent(incs, figure, now, x.Management.ResolvedAt, floods)
}
