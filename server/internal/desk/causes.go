package desk

import (
	"context"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/search/template"
	"hindsight/server/internal/query"
)

// Causes is what lies behind incidents of several services.
type Causes struct {
	AsOf       incident.Seq
	Question   analytics.Query
	Factors    analytics.FactorReport
	Together   analytics.TogetherReport
	Risks      []analytics.ChangeRisk
	Within     time.Duration // how long before a failure a change counts in Risks
	Changes    int           // on record in the period
	Floods     []analytics.Flood
	FloodsFrom time.Time // floods were looked for from then on only, for there are many incidents; zero: in the whole period
	AllChanges bool      // false: there are more than are read for one figure; the oldest are missing
}

// Causes measures which factors recur, which services fail together, and whether failures follow changes. It takes the
// questions of Figures.
func (d *Desk) Causes(ctx context.Context, q query.Query, sight incident.Sight) (Causes, error) {
	snapshot := d.Live.Snapshot()
	a, err := d.Figures(ctx, q, sight)
	if err != nil {
		return Causes{}, err
	}
	rule, _, err := d.DeliveryRule(ctx)
	if err != nil {
		return Causes{}, err
	}
	f := incident.ChangeFilter{From: a.From, To: a.To}
	if !f.From.IsZero() {
		f.From = f.From.Add(-rule.Cap())
	}
	changes, all, err := d.allChanges(ctx, f)
	if err != nil {
		return Causes{}, err
	}
	out := Causes{AsOf: snapshot.AsOf(), Question: a, Factors: snapshot.SharedFactors(a), Together: snapshot.Together(a), Within: rule.Cap(), Changes: len(changes), AllChanges: all}
	if len(changes) > 0 {
		out.Risks = snapshot.ChangeRisks(a, rule, rule.Cap(), changes)
	}
	out.FloodsFrom = floodsFrom(a, snapshot.Len())
	if a.From.Before(out.FloodsFrom) {
		a.From = out.FloodsFrom
	}
	out.Floods = snapshot.Floods(a, template.Mask)
	return out, nil
}

const (
	// manyIncidents is from how many on floods are looked for in the last floodDays of a period only.
	manyIncidents = 200_000
	floodDays     = 90
)

// floodsFrom returns from when on floods are looked for among n incidents; zero is the beginning of the period.
func floodsFrom(a analytics.Query, n int) time.Time {
	end := a.Now
	if !a.To.IsZero() && a.To.Before(end) {
		end = a.To
	}
	if from := end.AddDate(0, 0, -floodDays); n > manyIncidents && from.After(a.From) {
		return from
	}
	return time.Time{}
}
