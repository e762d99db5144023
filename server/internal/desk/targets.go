package desk

import (
	"context"
	"strings"
	"time"

	"hindsight/incident"
)

// AddTarget stores a service-level target, a new one when it has no id yet; service is a name or id, or
// empty for all. Who may set targets may know every service.
func (d *Desk) AddTarget(ctx context.Context, t incident.SLATarget, service string) (incident.SLATarget, incident.Seq, error) {
	t.Name = strings.TrimSpace(t.Name)
	switch {
	case t.Name == "" || len(t.Name) > 200:
		return t, 0, incident.Invalidf("name", "give 1 to 200 characters")
	case len(t.Span.From) == 0 || len(t.Span.To) == 0:
		return t, 0, incident.Invalidf("span", "say from which moment to which, as in opened..resolved")
	case t.Within < time.Second || t.Within > 10*365*24*time.Hour:
		return t, 0, incident.Invalidf("within", "give a time from 1 second to 10 years")
	case !(t.Goal > 0 && t.Goal <= 1): // so written, for NaN is neither
		return t, 0, incident.Invalidf("goal", "give the share that must be met, above 0 and at most 1")
	}
	if service != "" {
		ids, err := names{d.Live.Snapshot(), true}.services("service", []string{service})
		if err != nil {
			return t, 0, err
		}
		t.Service = ids[0]
	}
	if t.ID == "" {
		t.ID = incident.NewID("sla")
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSLATargets([]incident.SLATarget{t}) })
	return t, seq, err
}

// RemoveTarget deletes a target; incidents that it judged stay as they are.
func (d *Desk) RemoveTarget(ctx context.Context, id incident.ID) (incident.Seq, error) {
	return d.Store.Update(ctx, func(tx incident.Tx) error { return tx.DeleteSLATarget(id) })
}
