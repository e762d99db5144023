package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/hook"
)

// reminding are the kinds of notices that a channel gets together once a day, at 08:00 UTC: they come when their time does, many at once.
var reminding = []incident.NoticeKind{incident.NoticeDue, incident.NoticeOverdue, incident.NoticeVerify}

// inChannels returns a notice for each channel that tells of such ones about an incident, once whoever is told by it.
func (a tellable) inChannels(inc *incident.Incident, n incident.Notice) (out []incident.Notice) {
	for _, c := range a.channels {
		if !c.Tells(n.Kind, inc) {
			continue
		}
		mine := n
		mine.User, mine.Incident = c.ID, inc.ID
		what := cmp.Or(string(n.ID), strings.Join([]string{string(inc.ID), string(n.Kind), n.Place, n.About, n.At.Format(time.RFC3339Nano)}, " "))
		mine.ID = incident.DeriveID("ntc", what, string(c.ID))
		out = append(out, mine)
	}
	return out
}

// postOf returns the message that tells of a notice in a channel; ok is false when it is nobody's but a person's.
func (a tellable) postOf(n incident.Notice) (o incident.Outgoing, ok bool) {
	if !slices.ContainsFunc(a.channels, func(c incident.Channel) bool { return c.ID == n.User }) {
		return o, false
	}
	o = incident.Outgoing{Kind: incident.OutgoingNotice, Way: incident.OutgoingHook, To: n.User, Notice: n.ID, Incident: n.Incident, At: n.At, DueAt: n.At}
	if slices.Contains(reminding, n.Kind) {
		return digestOf(o, time.UTC), true
	}
	o.ID = incident.DeriveID("out", string(n.ID), string(o.Way))
	return o, true
}

// SendPosts posts the messages whose time has come to their channels, as SendMail.
func (d *Desk) SendPosts(ctx context.Context) error {
	return d.sendDue(ctx, incident.OutgoingHook, d.sendPost)
}

func (d *Desk) sendPost(ctx context.Context, o incident.Outgoing) incident.Outgoing {
	if o.Kind == incident.OutgoingReport {
		return d.postReport(ctx, o)
	}
	c, m, err := d.post(ctx, o)
	if err != nil {
		return d.unsent(o, err)
	}
	o.Address, o.Text = c.Host, m.String()
	if o.Subject = m.Items[0].Title; len(m.Items) > 1 {
		o.Subject = fmt.Sprintf("%d notices", len(m.Items)+m.More)
	}
	if c.Format == incident.ChannelGit {
		o.Text, err = d.pushPublished(ctx, *c, o.Incident)
	} else {
		_, err = d.deliver(ctx, *c, m)
	}
	if err != nil {
		return o.Failed(d.Now().UTC(), err.Error(), errors.Is(err, hook.ErrGone))
	}
	o.State, o.EndedAt, o.Error = incident.OutgoingSent, d.Now().UTC(), ""
	return o
}

// post returns what a message says in its channel, of what everybody may see now. It is a noLetter error when that is nothing.
func (d *Desk) post(ctx context.Context, o incident.Outgoing) (*incident.Channel, hook.Message, error) {
	m := hook.Message{ID: string(o.ID), At: d.Now().UTC()}
	c, err := d.Store.Channel(ctx, o.To)
	if notThere(err) {
		return nil, m, noLetter("the channel is gone")
	}
	if err != nil {
		return nil, m, err
	}
	if o.Error == "" && d.Now().Sub(o.DueAt) > tooOld {
		return nil, m, noLetter("nothing could be posted for days, and now it is old")
	}
	var everybody incident.Sight
	ns, err := d.Store.NoticesBetween(ctx, o.To, everybody, incident.DigestSince(o.DueAt, time.UTC), o.DueAt)
	if o.Kind != incident.OutgoingDigest {
		var n *incident.Notice
		if n, err = d.Store.Notice(ctx, o.Notice); err == nil {
			ns = []incident.Notice{*n}
		} else if notThere(err) {
			ns, err = nil, nil
		}
	} else {
		ns = slices.DeleteFunc(ns, func(n incident.Notice) bool { return !slices.Contains(reminding, n.Kind) })
		m.Lead = "What came due or is overdue:"
	}
	if err != nil {
		return nil, m, err
	}
	told, err := d.withIncidents(ctx, everybody, ns)
	if err != nil {
		return nil, m, err
	}
	for _, n := range told {
		if c.Tells(n.Kind, n.Incident) {
			m.Items = append(m.Items, d.outgoingItem(n, n.SaysOutside()))
		}
	}
	if len(m.Items) == 0 {
		return nil, m, noLetter("the incident is private or gone, or the channel does not tell of such any more")
	}
	m.OutgoingText = m.Short(d.BaseURL + ActionsPath)
	return c, m, nil
}

func (d *Desk) deliver(ctx context.Context, c incident.Channel, m hook.Message) (answer string, err error) {
	to, err := d.target(c)
	if err != nil {
		return "", err
	}
	return d.Hooks.Post(ctx, c.Format, to, m)
}

// target opens where the messages of a channel go.
func (d *Desk) target(c incident.Channel) (to hook.Target, err error) {
	text, err := d.Safe.Open(c.Secret, string(c.ID))
	if err != nil {
		return to, fmt.Errorf("channel %q: %w", c.Name, err)
	}
	return to, json.Unmarshal(text, &to)
}

// TestChannel posts a message that says that it is a test, and returns what was answered.
func (d *Desk) TestChannel(ctx context.Context, id incident.ID) (answer string, err error) {
	c, err := d.Store.Channel(ctx, id)
	if err != nil {
		return "", err
	}
	if c.Format == incident.ChannelGit {
		return d.lookAtFolder(ctx, *c)
	}
	return d.deliver(ctx, *c, hook.Message{ID: string(incident.NewID("out")), At: d.Now().UTC(), OutgoingText: incident.OutgoingText{Items: []incident.OutgoingItem{{Kind: "test", Says: "This is a test", Title: "Hindsight posts here", Link: d.BaseURL}}}})
}

// SaveChannel makes a channel, or changes the one with its id, and returns the key that signs where one was drawn. The address may be empty for one that
// is there and keeps its own; of a git repository user and password that are empty stay as long as the address does. ErrInvalid with the field; ErrConflict when another channel has the name.
func (d *Desk) SaveChannel(ctx context.Context, c incident.Channel, set hook.Target) (incident.Channel, string, error) {
	c.Name = strings.TrimSpace(c.Name)
	address := strings.TrimSpace(set.URL)
	if err := c.Validate(); err != nil {
		return c, "", err
	}
	if err := d.hasTeam(ctx, c.Team); err != nil {
		return c, "", err
	}
	var to hook.Target
	if c.ID == "" {
		c.ID, c.CreatedAt, c.CreatedBy = incident.NewID("chl"), d.Now().UTC().Truncate(time.Microsecond), incident.ActorOf(ctx).Name
	} else {
		was, err := d.Store.Channel(ctx, c.ID)
		if err != nil {
			return c, "", err
		}
		if to, err = d.target(*was); err != nil && address == "" {
			return c, "", err
		}
		if (was.Format == incident.ChannelGit) != (c.Format == incident.ChannelGit) {
			to = hook.Target{} // what one is opened with is nothing for the other
		}
		c.CreatedAt, c.CreatedBy, c.Host = was.CreatedAt, was.CreatedBy, was.Host
	}
	if address != "" || to.URL == "" {
		u, err := hook.CheckURL(address)
		if err != nil {
			return c, "", err
		}
		if c.Format == incident.ChannelGit {
			to.User, to.Key = "", "" // of another place
		}
		to.URL, c.Host = address, u.Host
	}
	if c.Format == incident.ChannelGit {
		to.User, to.Key = cmp.Or(strings.TrimSpace(set.User), to.User), cmp.Or(set.Key, to.Key)
		to.Branch, to.Folder = cmp.Or(strings.TrimSpace(set.Branch), "main"), strings.Trim(strings.TrimSpace(set.Folder), "/")
		if err := checkPlace(to); err != nil {
			return c, "", err
		}
	}
	drawn := ""
	if c.Format == incident.ChannelSigned && to.Key == "" {
		drawn = hook.NewKey()
		to.Key = drawn
	}
	c, err := d.putChannel(ctx, c, to)
	if errors.Is(err, incident.ErrConflict) {
		err = incident.Invalidf("name", "there is already a channel called %s", c.Name)
	}
	return c, drawn, err
}

// hasTeam is ErrInvalid when there is no such team (any more); empty: everybody's.
func (d *Desk) hasTeam(ctx context.Context, team incident.ID) error {
	teams, err := d.Store.Teams(ctx)
	if err == nil && team != "" && !slices.ContainsFunc(teams, func(t incident.Team) bool { return t.ID == team }) {
		err = incident.Invalidf("team", "that team is not there any more: choose whose incidents it tells of")
	}
	return err
}

// putChannel keeps a channel with its secrets, sealed.
func (d *Desk) putChannel(ctx context.Context, c incident.Channel, to hook.Target) (incident.Channel, error) {
	text, err := json.Marshal(to)
	if err == nil {
		c.Secret, err = d.Safe.Seal(text, string(c.ID))
	}
	if err == nil {
		_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutChannel(c) })
	}
	return c, err
}

// RemoveChannel removes a channel and what was sent there.
func (d *Desk) RemoveChannel(ctx context.Context, id incident.ID) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.DeleteChannel(id) })
	return err
}

// eachChannel calls f with every channel, and returns how often it went well.
func (d *Desk) eachChannel(ctx context.Context, f func(incident.Channel) error) (n int, err error) {
	all, err := d.Store.Channels(ctx)
	for _, c := range all {
		if failed := f(c); failed != nil {
			err = errors.Join(err, failed)
		} else {
			n++
		}
	}
	return n, err
}

// CheckChannels opens the secrets of every channel and returns how many could be opened. The error names the others.
func (d *Desk) CheckChannels(ctx context.Context) (int, error) {
	return d.eachChannel(ctx, func(c incident.Channel) error { _, err := d.target(c); return err })
}

// ResealChannels seals the secrets of every channel again, with the first key, and returns of how many.
func (d *Desk) ResealChannels(ctx context.Context) (int, error) {
	return d.eachChannel(ctx, func(c incident.Channel) error {
		to, err := d.target(c)
		if err == nil {
			_, err = d.putChannel(ctx, c, to)
		}
		return err
	})
}
