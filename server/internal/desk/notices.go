package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

const (
	noticesKept = 180 * 24 * time.Hour // how long notices are kept, and that messages about them were sent
	wordsKept   = 30 * 24 * time.Hour  // how long what such messages said is
)

// tellable knows who may be told of what, and how.
type tellable struct {
	users   []incident.User
	teams   map[incident.ID][]incident.ID // of each user
	mail    bool                          // messages can leave by e-mail
	choices map[incident.ID]incident.NoticeChoice

	channels []incident.Channel
}

func (d *Desk) tellable(ctx context.Context) (tellable, error) {
	a := tellable{teams: map[incident.ID][]incident.ID{}, mail: d.Mail != nil, choices: map[incident.ID]incident.NoticeChoice{}}
	var err error
	if a.users, err = d.Store.Users(ctx); err != nil {
		return a, err
	}
	members, err := d.Store.Memberships(ctx)
	for _, m := range members {
		a.teams[m.User] = append(a.teams[m.User], m.Team)
	}
	if err != nil {
		return a, err
	}
	if a.channels, err = d.Store.Channels(ctx); err != nil || !a.mail {
		return a, err
	}
	choices, err := d.Store.NoticeChoices(ctx)
	for _, c := range choices {
		a.choices[c.User] = c
	}
	return a, err
}

// person returns a user who is a person and may sign in, with what they may see.
func (a tellable) person(user incident.ID) (u incident.User, sight incident.Sight, ok bool) {
	i := slices.IndexFunc(a.users, func(u incident.User) bool { return u.ID == user })
	if i < 0 || a.users[i].Disabled || a.users[i].Service {
		return u, sight, false
	}
	u = a.users[i]
	return u, incident.Sight{All: u.Role.May(incident.SeePrivate), User: user, Teams: a.teams[user]}, true
}

// sees reports whether a user is a person who may sign in and see an incident.
func (a tellable) sees(user incident.ID, inc *incident.Incident) bool {
	_, sight, ok := a.person(user)
	return ok && inc.SeenBy(sight)
}

// add writes notices, and the messages that tell of them outside, in a running transaction.
func (a tellable) add(tx incident.Tx, ns []incident.Notice) error {
	fresh, err := tx.AddNotices(ns)
	if err != nil {
		return err
	}
	var out []incident.Outgoing
	for _, n := range fresh {
		if o, ok := a.mailOf(n); ok {
			out = append(out, o)
		}
		if o, ok := a.postOf(n); ok {
			out = append(out, o)
		}
	}
	return tx.AddOutgoing(out)
}

// mailOf returns the message that tells of a notice by e-mail; ok is false when none does.
func (a tellable) mailOf(n incident.Notice) (o incident.Outgoing, ok bool) {
	u, _, ok := a.person(n.User)
	choice := a.choices[n.User]
	way := choice.Way(n.Kind)
	if !ok || !a.mail || u.Email == "" || way == incident.NoticeApp {
		return o, false
	}
	o = incident.Outgoing{Kind: incident.OutgoingNotice, Way: incident.OutgoingMail, To: n.User, Notice: n.ID, Incident: n.Incident, At: n.At, DueAt: n.At}
	o.ID = incident.DeriveID("out", string(n.ID), string(o.Way))
	if way == incident.NoticeDaily {
		o = digestOf(o, choice.Location())
	}
	return o, true
}

// digestOf returns the message of the day in the place of one: the first of the day begins it.
func digestOf(o incident.Outgoing, zone *time.Location) incident.Outgoing {
	o.Kind, o.Notice, o.Incident, o.DueAt = incident.OutgoingDigest, "", "", incident.DigestDue(o.At, zone)
	o.ID = incident.DeriveID("out", string(o.To), string(o.Way), "digest", o.DueAt.Format(time.RFC3339))
	return o
}

// tidings are notices that are about to be written.
type tidings struct {
	tellable
	notices []incident.Notice
}

func (t tidings) add(tx incident.Tx) error { return t.tellable.add(tx, t.notices) }

// tell makes a notice for each of some users but who caused it, and but those who may not see the incident; and for the channels that tell of such.
func (a tellable) tell(inc *incident.Incident, n incident.Notice, by incident.ID, to ...incident.ID) []incident.Notice {
	out := a.inChannels(inc, n)
	for _, user := range to {
		if user == by || user == "" || !a.sees(user, inc) || slices.ContainsFunc(out, func(x incident.Notice) bool { return x.User == user }) {
			continue
		}
		mine := n
		mine.User, mine.Incident = user, inc.ID
		if mine.ID = incident.NewID("ntc"); n.ID != "" {
			mine.ID = incident.DeriveID("ntc", string(n.ID), string(user))
		}
		out = append(out, mine)
	}
	return out
}

const retroPlace = "/retrospective"

// commentNotices tells those whom a comment mentions, and those who wrote in its thread.
func (d *Desk) commentNotices(ctx context.Context, c incident.RetroComment, before []incident.RetroComment) (tidings, error) {
	inc, err := d.Store.Incident(ctx, c.Incident)
	if err != nil {
		return tidings{}, err
	}
	a, err := d.tellable(ctx)
	if err != nil {
		return tidings{}, err
	}
	sections, err := d.Store.RetroSections(ctx, c.Incident)
	if err != nil {
		return tidings{}, err
	}
	about := ""
	for _, s := range sections {
		if s.Slug == c.Slug {
			about = s.Title
		}
	}
	n := incident.Notice{Kind: incident.NoticeMention, Place: retroPlace + "#" + string(cmp.Or(c.Answers, c.ID)), About: about, By: c.By, At: c.At}
	mentioned := incident.Mentions(c.Text, a.users)
	out := a.tell(inc, n, c.User, mentioned...)
	var thread []incident.ID
	for _, x := range before {
		if c.Answers != "" && (x.ID == c.Answers || x.Answers == c.Answers) && !slices.Contains(mentioned, x.User) {
			thread = append(thread, x.User)
		}
	}
	n.Kind = incident.NoticeReply
	return tidings{a, append(out, a.tell(inc, n, c.User, thread...)...)}, nil
}

// mentionNotices tells those whom sections mention and did not when the reading copy was last made: once for each person and section.
// Who wrote the mention is taken to be who last typed an @ in the section; text that a template or an import brought tells nobody.
func (d *Desk) mentionNotices(ctx context.Context, w *Writing) (tidings, error) {
	if !slices.ContainsFunc(w.Sections, func(s incident.RetroSection) bool { return strings.Contains(s.Text, "@") }) {
		return tidings{}, nil
	}
	a, err := d.tellable(ctx)
	if err != nil {
		return tidings{}, err
	}
	was, err := d.Store.Retrospective(ctx, w.Retro.Incident)
	if err != nil && !notThere(err) {
		return tidings{}, err
	}
	var out []incident.Notice
	for _, s := range w.Sections {
		mentioned := incident.Mentions(s.Text, a.users)
		if was != nil {
			mentioned = slices.DeleteFunc(mentioned, mentionedIn(was.Sections, s.Slug, a.users))
		}
		if len(mentioned) == 0 {
			continue
		}
		by, err := d.whoTyped(ctx, s, "@")
		if err != nil {
			return tidings{}, err
		}
		if by.By == "" {
			continue
		}
		n := incident.Notice{ID: incident.ID(string(s.Incident) + " " + s.Slug), Kind: incident.NoticeMention, Place: retroPlace + "#s-" + s.Slug, About: s.Title, By: by.By, At: d.Now().UTC()}
		out = append(out, a.tell(w.Incident, n, by.User, mentioned...)...)
	}
	return tidings{a, out}, nil
}

// mentionedIn reports of a user whether the reading copy's section mentions them.
func mentionedIn(was []incident.Section, slug string, users []incident.User) func(incident.ID) bool {
	i := slices.IndexFunc(was, func(s incident.Section) bool { return s.Slug == slug })
	if i < 0 {
		return func(incident.ID) bool { return false }
	}
	there := incident.Mentions(was[i].Body, users)
	return func(user incident.ID) bool { return slices.Contains(there, user) }
}

// whoTyped returns the last change of a section that put a text in; the zero change when none did that is kept.
func (d *Desk) whoTyped(ctx context.Context, s incident.RetroSection, text string) (incident.TextChange, error) {
	changes, err := d.Store.TextChanges(ctx, s.Incident, s.Slug, 0)
	if notThere(err) { // those of long ago are kept no more
		return incident.TextChange{}, nil
	}
	for _, c := range slices.Backward(changes) {
		if strings.Contains(string(c.Changes), text) {
			return c, err
		}
	}
	return incident.TextChange{}, err
}

// tellOfState adds notices of what became of a retrospective: was is how it stood, r how it stands.
func (d *Desk) tellOfState(ctx context.Context, tx incident.Tx, inc *incident.Incident, a tellable, was, r incident.Retro) error {
	who := incident.ActorOf(ctx)
	n := incident.Notice{Place: retroPlace + "#review", By: who.Name, At: d.Now().UTC()}
	var out []incident.Notice
	for i, x := range r.Reviews {
		old := slices.IndexFunc(was.Reviews, func(y incident.RetroReview) bool { return y.User == x.User })
		switch {
		case x.Answer == "" && (old < 0 || was.Reviews[old].Answer != ""):
			n.Kind = incident.NoticeReview
			out = append(out, a.tell(inc, n, who.ID, x.User)...)
		case x.Answer != "" && (old < 0 || was.Reviews[old] != r.Reviews[i]):
			n.Kind = incident.NoticeAnswer
			out = append(out, a.tell(inc, n, who.ID, r.Owner)...)
		}
	}
	if r.State == incident.RetroPublished && was.State != r.State {
		n.Kind, n.Place = incident.NoticePublished, retroPlace
		out = append(out, a.tell(inc, n, who.ID, r.Owner)...)
	}
	return a.add(tx, out)
}

// Notices returns at most limit of what the viewer was told, unread first, each with its incident; nothing to visitors.
func (d *Desk) Notices(ctx context.Context, sight incident.Sight, skip, limit int) (told []ToldNotice, err error) {
	if sight.User == "" {
		return nil, nil
	}
	ns, err := d.Store.Notices(ctx, sight.User, sight, skip, limit)
	if err != nil {
		return nil, err
	}
	return d.withIncidents(ctx, sight, ns)
}

// withIncidents returns those notices whose incidents sight sees, in their order.
func (d *Desk) withIncidents(ctx context.Context, sight incident.Sight, ns []incident.Notice) (told []ToldNotice, err error) {
	var ids []incident.ID
	for _, n := range ns {
		ids = append(ids, n.Incident)
	}
	incs := map[incident.ID]*incident.Incident{}
	if len(ids) > 0 {
		for inc, err := range d.Store.Incidents(ctx, incident.Filter{IDs: ids, Sight: sight}) {
			if err != nil {
				return nil, err
			}
			incs[inc.ID] = inc
		}
	}
	for _, n := range ns {
		if inc := incs[n.Incident]; inc != nil {
			told = append(told, ToldNotice{n, inc})
		}
	}
	return told, nil
}

// ToldNotice is a notice with the incident that it is about.
type ToldNotice struct {
	incident.Notice
	Incident *incident.Incident
}

// ReadNotices notes that a user has read some notices, or all when there are no ids.
func (d *Desk) ReadNotices(ctx context.Context, user incident.ID, ids ...incident.ID) error {
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.ReadNotices(user, ids, d.Now().UTC()) })
	return err
}
