package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/mail"
)

const (
	sendTime   = 150 * time.Second // that sending a message takes at most, also while the server stops
	settleTime = 10 * time.Second  // that writing what became of it does
	claimLasts = 5 * time.Minute   // longer than both
	tooOld     = 3 * 24 * time.Hour
)

// Pages that messages lead to: where people say what they get, and the lists of what a message has no room for.
const (
	PreferencesPath = "/me/notices"
	NoticesPath     = "/notices"
	ActionsPath     = "/actions"
)

// SendMail sends the e-mails whose time has come. Any replica may do so at any time: each message is sent by one.
func (d *Desk) SendMail(ctx context.Context) error {
	if d.Mail == nil {
		return nil
	}
	return d.sendDue(ctx, incident.OutgoingMail, d.sendMail)
}

// sendDue claims the messages of a way whose time has come, one after the other, has each tried, and writes what became of it. When ctx ends, the
// message that is on its way is sent to its end: whether a message that was interrupted has arrived nobody knows.
func (d *Desk) sendDue(ctx context.Context, way incident.OutgoingWay, try func(context.Context, incident.Outgoing) incident.Outgoing) error {
	for {
		var o *incident.Outgoing
		_, err := d.Store.Update(ctx, func(tx incident.Tx) (err error) {
			now := d.Now().UTC()
			o, err = tx.ClaimOutgoing(way, now, now.Add(claimLasts))
			return err
		})
		if err != nil || o == nil {
			return err
		}
		if err := d.settle(ctx, d.tried(ctx, *o, try)); err != nil {
			return err
		}
	}
}

func (d *Desk) tried(ctx context.Context, o incident.Outgoing, try func(context.Context, incident.Outgoing) incident.Outgoing) incident.Outgoing {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	defer cancel()
	return try(ctx, o)
}

// settle writes what became of a message. One that was handed out again meanwhile is left to whom it was handed.
func (d *Desk) settle(ctx context.Context, o incident.Outgoing) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.SettleOutgoing(o) })
	if errors.Is(err, incident.ErrConflict) {
		return nil
	}
	return err
}

// sendMail tries to send a message and returns what became of it.
func (d *Desk) sendMail(ctx context.Context, o incident.Outgoing) incident.Outgoing {
	if o.Kind == incident.OutgoingReport {
		return d.mailReport(ctx, o)
	}
	l, to, err := d.letter(ctx, o)
	if err != nil {
		return d.unsent(o, err)
	}
	o.Address, o.Subject, o.Text = to.Address, l.Subject, l.Text()
	m := mail.Message{ID: string(o.ID), To: to, At: d.Now().UTC(), Letter: l}
	if o.Incident != "" {
		m.Thread = "incident." + string(o.Incident)
	}
	if err := d.Mail.Send(ctx, m); err != nil {
		return o.Failed(d.Now().UTC(), err.Error(), errors.Is(err, mail.ErrRefused))
	}
	o.State, o.EndedAt, o.Error = incident.OutgoingSent, d.Now().UTC(), ""
	return o
}

// unsent is what becomes of a message that could not be made.
func (d *Desk) unsent(o incident.Outgoing, err error) incident.Outgoing {
	var none noLetter
	if errors.As(err, &none) {
		o.State, o.EndedAt, o.Error = incident.OutgoingDropped, d.Now().UTC(), string(none)
		return o
	}
	return o.Failed(d.Now().UTC(), "it could not be written: "+err.Error(), false)
}

// noLetter says why there is nothing to send any more.
type noLetter string

func (n noLetter) Error() string { return string(n) }

// letter returns what a message says to its recipient, of what they may see now. It is a noLetter error when that is nothing.
func (d *Desk) letter(ctx context.Context, o incident.Outgoing) (l mail.Letter, to netmail.Address, err error) {
	a, err := d.tellable(ctx)
	if err != nil {
		return l, to, err
	}
	u, sight, ok := a.person(o.To)
	switch {
	case !ok:
		return l, to, noLetter("the account is closed")
	case u.Email == "":
		return l, to, noLetter("there is no address any more")
	case o.Error == "" && d.Now().Sub(o.DueAt) > tooOld:
		return l, to, noLetter("no mail could be sent for days, and now it is old")
	}
	ns, err := d.noticesIn(ctx, o, a, sight)
	if err != nil {
		return l, to, err
	}
	told, err := d.withIncidents(ctx, sight, ns)
	if err != nil {
		return l, to, err
	}
	if len(told) == 0 {
		return l, to, noLetter("they have read it, or may not see it any more")
	}
	l = mail.Letter{Preferences: d.BaseURL + PreferencesPath}
	for _, n := range told {
		l.Items = append(l.Items, d.outgoingItem(n, n.Says()))
	}
	l.OutgoingText = l.Short(d.BaseURL + NoticesPath)
	if l.Subject = l.Items[0].Title; o.Kind == incident.OutgoingDigest {
		l.Lead = "What concerned you in the last day and you have not read:"
		l.Subject = fmt.Sprintf("Hindsight: %d notices", len(told))
		if len(told) == 1 {
			l.Subject = "Hindsight: 1 notice"
		}
	} else {
		l.Reason = told[0].Kind.Why()
	}
	return l, netmail.Address{Name: cmp.Or(u.Display, u.Name), Address: u.Email}, nil
}

// outgoingItem is a notice in a message, which says it in some words.
func (d *Desk) outgoingItem(n ToldNotice, says string) incident.OutgoingItem {
	return incident.OutgoingItem{Kind: n.Kind, Says: says, Incident: n.Incident.ID, Title: cmp.Or(n.Incident.Title, n.Incident.Label()), About: n.About, Link: d.BaseURL + n.Path()}
}

// noticesIn returns the notices that a message tells of, by what its recipient chooses now. Those that go by another message since are put in the outbox
// for that one.
func (d *Desk) noticesIn(ctx context.Context, o incident.Outgoing, a tellable, sight incident.Sight) ([]incident.Notice, error) {
	all, err := d.noticesOf(ctx, o, a.choices[o.To].Location(), sight)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var others []incident.Outgoing
	ns := slices.DeleteFunc(all, func(n incident.Notice) bool {
		by, ok := a.mailOf(n)
		if ok && by.ID != o.ID {
			others = append(others, by)
		}
		return !ok || by.ID != o.ID
	})
	if len(others) > 0 {
		if _, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.AddOutgoing(others) }); err != nil {
			return nil, err
		}
	}
	switch {
	case len(ns) == 0 && len(others) > 0:
		return nil, noLetter("they chose another time since, at which they are told")
	case len(ns) == 0:
		return nil, noLetter("they chose to be told in the app only")
	}
	return ns, nil
}

// noticesOf returns what a message is about and its recipient has not read; zone is where they are.
func (d *Desk) noticesOf(ctx context.Context, o incident.Outgoing, zone *time.Location, sight incident.Sight) ([]incident.Notice, error) {
	if o.Kind == incident.OutgoingDigest {
		since := incident.DigestSince(o.DueAt, zone)
		if !incident.DigestDue(o.DueAt.Add(-time.Second), zone).Equal(o.DueAt) { // it was begun for another zone, in which the day was 25 hours at most
			since = o.DueAt.Add(-25 * time.Hour)
		}
		return d.Store.NoticesBetween(ctx, o.To, sight, since, o.DueAt)
	}
	n, err := d.Store.Notice(ctx, o.Notice)
	if notThere(err) || err == nil && !n.ReadAt.IsZero() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []incident.Notice{*n}, nil
}

// MailTrouble says why the last e-mail that was tried did not go; empty when it went, or when nothing was sent in the last week.
func (d *Desk) MailTrouble(ctx context.Context) (string, error) {
	last, err := d.Store.Outgoing(ctx, incident.OutgoingFilter{Way: incident.OutgoingMail, Tried: true, Limit: 1})
	if err != nil || len(last) == 0 || d.Now().Sub(last[0].At) >= week {
		return "", err
	}
	return last[0].Error, nil
}
