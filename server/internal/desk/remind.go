package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

const (
	dueSoon      = 3 * 24 * time.Hour
	week         = 7 * 24 * time.Hour
	mostReminded = 12 // weeks that something is overdue; then it is left to the lists
)

// whoOwns knows which users the owner of an action item can be, by every name in lower case that it may have: as calledMe, but for teams.
type whoOwns map[string][]incident.ID

func (d *Desk) whoOwns(ctx context.Context, a tellable) (whoOwns, error) {
	people, err := d.Store.People(ctx)
	out := whoOwns{}
	for _, u := range a.users {
		names := []string{u.Name, u.Display, u.Email}
		for _, p := range people {
			if u.Email != "" && p.Email == u.Email {
				names = append(names, p.Name)
			}
		}
		for _, n := range names {
			n = strings.ToLower(strings.TrimSpace(n))
			if n != "" && !slices.Contains(out[n], u.ID) {
				out[n] = append(out[n], u.ID)
			}
		}
	}
	return out, err
}

func (w whoOwns) users(owner string) []incident.ID {
	return w[strings.ToLower(strings.TrimSpace(owner))]
}

// stage is what somebody is reminded of at a time: that something is due soon, or, in each week anew, that it is overdue. name names the
// stage, so that each is told once; it is empty when there is nothing to tell.
func stage(due, now time.Time) (kind incident.NoticeKind, name string) {
	late := now.Sub(due)
	switch {
	case due.IsZero() || late < -dueSoon || late >= mostReminded*week:
		return "", ""
	case late < 0:
		return incident.NoticeDue, "due " + due.UTC().Format(time.RFC3339)
	}
	return incident.NoticeOverdue, fmt.Sprintf("overdue %s week %d", due.UTC().Format(time.RFC3339), late/week)
}

// Remind tells owners what of theirs is due soon, overdue, or should be known by now to have worked. Any replica may do so at any time: each
// stage is told once.
func (d *Desk) Remind(ctx context.Context) error {
	a, err := d.tellable(ctx)
	if err != nil {
		return err
	}
	out, err := d.actionReminders(ctx, a)
	if err != nil {
		return err
	}
	of, err := d.retroReminders(ctx, a)
	if err != nil || len(out)+len(of) == 0 {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return a.add(tx, append(out, of...)) })
	return err
}

func (d *Desk) actionReminders(ctx context.Context, a tellable) ([]incident.Notice, error) {
	owners, err := d.whoOwns(ctx, a)
	if err != nil {
		return nil, err
	}
	groups, _, err := d.AllActions(ctx, ActionQuery{Groups: []string{ActionsOverdue, ActionsSoon, ActionsVerify}, VerifyBy: true}, incident.Sight{All: true})
	if err != nil {
		return nil, err
	}
	var out []incident.Notice
	now := d.Now().UTC()
	for _, g := range groups {
		for _, x := range g.Items {
			kind, name := stage(x.Due, now)
			if g.Name == ActionsVerify {
				kind, name = incident.NoticeVerify, "verify "+x.VerifyBy.UTC().Format(time.RFC3339)
			}
			if name != "" {
				n := actionNotice(x.ActionItem, kind, now)
				n.ID = incident.ID(strings.Join([]string{string(x.Incident.ID), x.Key, name}, " "))
				out = append(out, a.tell(x.Incident, n, "", owners.users(x.Owner)...)...)
			}
		}
	}
	return out, nil
}

func actionNotice(item incident.ActionItem, kind incident.NoticeKind, at time.Time) incident.Notice {
	return incident.Notice{Kind: kind, Place: "#action-" + item.Key, About: item.Title, At: at}
}

func (d *Desk) retroReminders(ctx context.Context, a tellable) ([]incident.Notice, error) {
	all, err := d.Store.Retros(ctx)
	if err != nil {
		return nil, err
	}
	var out []incident.Notice
	now := d.Now().UTC()
	for _, r := range all {
		kind, name := stage(r.Due, now)
		if name == "" || r.Owner == "" || !r.State.Open() || r.State == incident.RetroRevised { // a revision was published once already
			continue
		}
		inc, err := d.Store.Incident(ctx, r.Incident)
		if err != nil {
			return nil, err
		}
		n := incident.Notice{ID: incident.ID(string(inc.ID) + " retrospective " + name), Kind: kind, Place: retroPlace, About: "Retrospective", At: now}
		if !inc.Deleted() {
			out = append(out, a.tell(inc, n, "", r.Owner)...)
		}
	}
	return out, nil
}

// givenNotices tells those to whom an edit gave an action item: was is how it stood, is how it stands.
func (d *Desk) givenNotices(ctx context.Context, a tellable, owners whoOwns, inc *incident.Incident, was, is incident.ActionItem) []incident.Notice {
	if !is.Open() || is.Owner == "" || strings.EqualFold(was.Owner, is.Owner) {
		return nil
	}
	who := incident.ActorOf(ctx)
	n := actionNotice(is, incident.NoticeAction, d.Now().UTC())
	n.By = cmp.Or(who.Name, "Hindsight")
	return a.tell(inc, n, who.ID, owners.users(is.Owner)...)
}
