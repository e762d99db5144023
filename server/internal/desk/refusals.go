package desk

import (
	"context"
	"sync"
	"time"

	"hindsight/incident"
)

// mostStrangers is how many entries a minute those who are not signed in can put into the audit log with what is refused.
const mostStrangers = 60

// seldom lets the same thing be noted once in a minute, so that nobody floods the audit log by repeating it. Each replica counts for
// itself. The zero seldom is ready.
type seldom struct {
	mu        sync.Mutex
	minute    time.Time
	noted     map[string]bool
	strangers int
}

// first reports whether key has not been noted in this minute yet, and marks it; of strangers, no more than mostStrangers.
func (s *seldom) first(key string, stranger bool, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if minute := now.Truncate(time.Minute); s.noted == nil || !minute.Equal(s.minute) {
		s.minute, s.noted, s.strangers = minute, map[string]bool{}, 0
	}
	if s.noted[key] || stranger && s.strangers >= mostStrangers {
		return false
	}
	s.noted[key] = true
	if stranger {
		s.strangers++
	}
	return true
}

// Refused notes that somebody who is signed in, or a token, was turned away from a route for want of an ability. Route is the method and
// the pattern of the path: "GET /admin/users".
func (d *Desk) Refused(ctx context.Context, route string, needs incident.Ability) {
	a := incident.ActorOf(ctx)
	d.noteSeldom(ctx, string(a.Kind)+" "+string(a.ID)+" "+route, false, incident.AuditNote{Action: incident.AuditRefused,
		Object: incident.AuditObject{Kind: "route", ID: incident.ID(route)}, Facts: map[string]any{"needs": string(needs)}})
}

// RefusedStranger notes that a request was refused before anybody asked whose it is: it came from another site, or too many came.
func (d *Desk) RefusedStranger(ctx context.Context, from, agent, why string) {
	ctx = incident.Acting(ctx, incident.Actor{Kind: incident.ActorVisitor, From: from, Agent: agent[:min(len(agent), 200)]})
	d.noteSeldom(ctx, why+" "+from, true, incident.AuditNote{Action: incident.AuditRefused, Object: incident.AuditObject{Kind: "request"}, Facts: map[string]any{"why": why}})
}

// NotBelieved notes that single sign-on, a proxy, a token or a password that was not looked at did not show who somebody is. Why is a phrase of ours, without a word of what
// was sent.
func (d *Desk) NotBelieved(ctx context.Context, step, why string) {
	n := incident.AuditNote{Action: incident.AuditSignInFailed, Object: incident.AuditObject{Kind: "session"}, Facts: map[string]any{"step": step}}
	if why != "" {
		n.Facts["why"] = why
	}
	d.noteSeldom(ctx, step+" "+why+" "+incident.ActorOf(ctx).From, true, n)
}

// Carried notes that an answer of the API carries private incidents away: which route, by which filter, and how many incidents; -1: it
// is a figure. The same question is noted once in a minute.
func (d *Desk) Carried(ctx context.Context, route, filter string, incidents int) error {
	a := incident.ActorOf(ctx)
	if !d.seldom.first("carried "+string(a.Kind)+" "+string(a.ID)+" "+route+"?"+filter, false, d.Now()) {
		return nil
	}
	return d.Exported(ctx, route, filter, incidents)
}

// noteSeldom notes a refusal, which stands whether it can be noted or not.
func (d *Desk) noteSeldom(ctx context.Context, key string, stranger bool, n incident.AuditNote) {
	if d.Demo || !d.seldom.first(key, stranger, d.Now()) {
		return
	}
	if err := d.note(context.WithoutCancel(ctx), n); err != nil {
		d.Log.Error("a refusal could not be noted in the audit log", "action", n.Action, "object", n.Object.Kind, "err", err)
	}
}
