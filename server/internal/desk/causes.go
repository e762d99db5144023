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
	AllChanges bool // false: there are more than are read for one figure; the oldest are missing
}

// Causes measures which factors recur, which services fail together, and whether failures follow changes. It takes the
// questions of Figures.
func (d *Desk) Causes(ctx context.Context, q query.Query, private bool) (Causes, error) {
	snapshot := d.Live.Snapshot()
	a, err := d.Figures(ctx, q, private)
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
	out.Floods = snapshot.Floods(a, template.Mask)
	if len(changes) > 0 {
		out.Risks = snapshot.ChangeRisks(a, rule, rule.Cap(), changes)
	}
	return out, nil
}
