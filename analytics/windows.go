package analytics

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"hindsight/incident"
)

// mostWindows is how many rolling windows are looked back at most.
const mostWindows = 60

// Windows returns how each promise of an agreement was kept in each of its compliance windows inside the period of q and its
// term, promise by promise, in time order: calendar windows begin in the contract's zone; a rolling one ends at q.Now (or at
// the end of the period, if that is earlier), and the ones before end where the next begins. q.GroupBy does not matter.
func (s *Snapshot) Windows(q Query, a Agreement) []ComplianceGroup {
	q = a.within(q)
	if !q.To.IsZero() && !q.From.Before(q.To) {
		return nil
	}
	by := map[incident.Every]Dimension{incident.Month: ByMonth, incident.Quarter: ByQuarter, incident.Year: ByYear}
	if q.GroupBy = by[a.Contract.Window.Every]; q.GroupBy != ByNothing {
		p := s.population(q)
		return slices.DeleteFunc(p.compliance(s.promised([]Agreement{a})), func(g ComplianceGroup) bool { return g.From.IsZero() })
	}
	return s.rolling(q, a)
}

// WindowClocks lists the clocks behind a number of Windows(q, a), newest first: those of a promise, in the window of a key, that
// stand in one of some states. ErrNotFound when there is no such window.
func (s *Snapshot) WindowClocks(q Query, a Agreement, promise, window string, states ...SLAState) ([]Clock, error) {
	all := s.Windows(q, a)
	i := slices.IndexFunc(all, func(g ComplianceGroup) bool { return g.Promise.Terms.Name == promise && g.Key == window })
	if i < 0 {
		return nil, incident.ErrNotFound
	}
	g := all[i]
	q = a.within(q)
	if q.From.Before(g.From) {
		q.From = g.From
	}
	if q.To.IsZero() || g.To.Before(q.To) {
		q.To = g.To
	}
	return slices.DeleteFunc(s.Clocks(q, []Agreement{a}, states...), func(c Clock) bool { return c.Promise.Key != g.Promise.Key }), nil
}

// within narrows q down to the term of the agreement.
func (a *Agreement) within(q Query) Query {
	from, until := a.term()
	if q.From.Before(from) {
		q.From = from
	}
	if !until.IsZero() && (q.To.IsZero() || until.Before(q.To)) {
		q.To = until
	}
	q.Location = a.Contract.Location()
	return q
}

func (s *Snapshot) rolling(q Query, a Agreement) []ComplianceGroup {
	first, last := s.population(q).extent()
	end := q.Now
	if end.IsZero() || !q.To.IsZero() && q.To.Before(end) {
		end = last
	}
	length := time.Duration(a.Contract.Window.Days) * 24 * time.Hour
	var out []ComplianceGroup
	for n := 0; n < mostWindows && (n == 0 || first.Before(end)); n++ {
		from := end.Add(-length)
		out = append(out, s.rollingWindow(q, a, from, end)...)
		end = from
	}
	slices.SortStableFunc(out, func(x, y ComplianceGroup) int {
		return cmp.Or(cmp.Compare(order(a, x.Promise), order(a, y.Promise)), x.From.Compare(y.From))
	})
	return out
}

// order returns the place of a promise in its contract.
func order(a Agreement, p Promise) int {
	return slices.IndexFunc(a.Contract.Promises, func(t incident.SLAPromise) bool { return t.Name == p.Terms.Name })
}

// rollingWindow states one window; the part of it outside the period of q is not seen, and it is partial then.
func (s *Snapshot) rollingWindow(q Query, a Agreement, from, to time.Time) []ComplianceGroup {
	head := Group{Key: to.Format(time.RFC3339), From: from.UTC(), To: to.UTC(), Partial: from.Before(q.From)}
	head.Label = fmt.Sprintf("%d days to %s", a.Contract.Window.Days, to.In(q.zone()).Format("2 Jan 2006"))
	if head.Partial {
		from = q.From
	}
	q.From, q.To = from, to
	out := s.population(q).compliance(s.promised([]Agreement{a}))
	for i := range out {
		left := out[i].LeftOut
		out[i].Group = head
		out[i].LeftOut = left
	}
	return out
}
