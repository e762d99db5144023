package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
	"hindsight/search/similar"
	"hindsight/search/suggest"
)

// RunbookTrust is how often one of the first runbooksSuggested runbooks was one of the incident's, for the youngest incidents of which any is known, out of what earlier incidents told.
// It is of public incidents alone.
type RunbookTrust struct {
	Rate     similar.Rate
	Frequent similar.Rate // the same for always naming those that were used most by then
}

// measuredTrust is the latest that was measured. Its zero value knows of no incident.
type measuredTrust struct {
	mu   sync.Mutex
	now  RunbookTrust
	upto incident.Seq // of the changes of incidents
}

func (t *measuredTrust) get() RunbookTrust {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

func (t *measuredTrust) measuredUpto() incident.Seq {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.upto
}

const (
	runbooksTried = 200             // incidents
	trustEvery    = 5 * time.Minute // looked for changes
)

// KeepMeasuringRunbooks measures how often suggested runbooks were right, whenever incidents have changed, until ctx ends.
func (d *Desk) KeepMeasuringRunbooks(ctx context.Context) {
	due := time.NewTicker(trustEvery)
	defer due.Stop()
	for {
		if err := d.MeasureRunbooks(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("how often suggested runbooks were right cannot be measured", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-due.C:
		}
	}
}

// MeasureRunbooks does it once, unless nothing has changed since.
func (d *Desk) MeasureRunbooks(ctx context.Context) error {
	upto, err := d.Store.Newest(ctx, incident.EntityIncident, incident.EntityRunbook)
	if err != nil || upto == d.runbookTrust.measuredUpto() {
		return err
	}
	if !d.Follow.WaitFor(ctx, upto) {
		return ctx.Err()
	}
	known, err := d.knownRunbooks(ctx, incident.Sight{})
	if err != nil {
		return err
	}
	trust, err := d.tryRunbooks(ctx, known)
	if err != nil {
		return err
	}
	d.runbookTrust.mu.Lock()
	defer d.runbookTrust.mu.Unlock()
	d.runbookTrust.now, d.runbookTrust.upto = trust, upto
	return nil
}

// tryRunbooks goes back to the days on which the youngest incidents began.
func (d *Desk) tryRunbooks(ctx context.Context, known runbooks) (RunbookTrust, error) {
	var all []incident.RunbookUse
	for _, of := range known.uses {
		all = append(all, of...)
	}
	slices.SortFunc(all, func(a, b incident.RunbookUse) int {
		return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.Incident, b.Incident), cmp.Compare(a.Runbook, b.Runbook))
	})
	right, often, n := 0, 0, 0
	for i := 0; i < len(all) && n < runbooksTried; {
		end := i + 1
		for end < len(all) && all[end].Incident == all[i].Incident {
			end++
		}
		own, before := all[i:end], usedBefore(all[end:], all[i].Started)
		i = end
		if err := ctx.Err(); err != nil {
			return RunbookTrust{}, err
		}
		if len(before) == 0 || own[0].Started.IsZero() {
			continue // nothing could have been known
		}
		n++
		if holds(own, d.firstRunbooks(own[0].Incident, before)) {
			right++
		}
		if holds(own, mostUsed(before)) {
			often++
		}
	}
	return RunbookTrust{similar.NewRate(right, n), similar.NewRate(often, n)}, nil
}

// usedBefore returns those of uses, which come with the youngest first, that began before a moment.
func usedBefore(uses []incident.RunbookUse, at time.Time) []incident.RunbookUse {
	i := slices.IndexFunc(uses, func(u incident.RunbookUse) bool { return u.Started.Before(at) })
	if i < 0 {
		return nil
	}
	return uses[i:]
}

// firstRunbooks are those that would have been suggested from what similar incidents tell, without what runbooks say of services, which may be younger.
func (d *Desk) firstRunbooks(id incident.ID, before []incident.RunbookUse) []incident.ID {
	matches := d.Similar.Earlier(id, alikeAsked)
	near := map[incident.ID]bool{}
	for _, m := range matches {
		near[m.ID] = true
	}
	var uses []incident.RunbookUse
	for _, u := range before {
		if near[u.Incident] {
			uses = append(uses, u)
		}
	}
	var out []incident.ID
	for _, e := range suggest.RankRunbooks(matches, uses, nil) {
		out = append(out, e.Runbook)
	}
	return out[:min(runbooksSuggested, len(out))]
}

func mostUsed(uses []incident.RunbookUse) []incident.ID {
	n := map[incident.ID]int{}
	for _, u := range uses {
		n[u.Runbook]++
	}
	out := slices.SortedFunc(maps.Keys(n), func(a, b incident.ID) int { return cmp.Or(n[b]-n[a], cmp.Compare(a, b)) })
	return out[:min(runbooksSuggested, len(out))]
}

func holds(own []incident.RunbookUse, ids []incident.ID) bool {
	return slices.ContainsFunc(own, func(u incident.RunbookUse) bool { return slices.Contains(ids, u.Runbook) })
}
