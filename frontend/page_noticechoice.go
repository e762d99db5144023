package frontend

import (
	"time"

	"hindsight/incident"
)

// NoticeChoicePage is /me/notices, where somebody says what they get by e-mail. POST takes zone, and for each kind of notice its way.
type NoticeChoicePage struct {
	Shell
	Address string // empty: none is known
	Choice  incident.NoticeChoice
	Zones   []string
	Form    Form
}

func (NoticeChoicePage) template() string { return "notice-choice" }

// noticeLabels say of each kind when it is told, as the person who is told says it.
var noticeLabels = map[incident.NoticeKind]string{
	incident.NoticeMention:   "Somebody mentions me",
	incident.NoticeReply:     "Somebody answers in a thread that I wrote in",
	incident.NoticeReview:    "My review is asked for",
	incident.NoticeAnswer:    "My retrospective was reviewed",
	incident.NoticePublished: "My retrospective was published",
	incident.NoticeAction:    "An action item is given to me",
	incident.NoticeDue:       "Something of mine is due within three days",
	incident.NoticeOverdue:   "Something of mine is overdue",
	incident.NoticeVerify:    "It should be known whether my action item worked",
}

// Kinds are what can be chosen about: the kind, what it is, and the ways with the one in force.
func (p NoticeChoicePage) Kinds() []NoticeKindRow {
	var out []NoticeKindRow
	for _, k := range incident.NoticeKinds {
		row := NoticeKindRow{Kind: k, Label: noticeLabels[k]}
		now := p.Form.Value(string(k), string(p.Choice.Way(k)))
		for _, w := range []Choice{{Value: string(incident.NoticeNow), Label: "by e-mail at once"}, {Value: string(incident.NoticeDaily), Label: "in the e-mail of the day"}, {Value: string(incident.NoticeApp), Label: "in the app only"}} {
			w.On = w.Value == now
			row.Ways = append(row.Ways, w)
		}
		out = append(out, row)
	}
	return out
}

// NoticeKindRow is one kind of notice.
type NoticeKindRow struct {
	Kind  incident.NoticeKind
	Label string
	Ways  []Choice
}

// OutboxPage is /admin/outbox: what has left, what is about to, and what did not. GET takes state and skip; POST /admin/outbox/{id}/again takes none.
type OutboxPage struct {
	Shell
	States []Choice
	Rows   []OutboxRow
	Older  string
	Server string // that mail is handed to; empty: none
}

func (OutboxPage) template() string { return "outbox" }

// OutboxRow is one message and who gets it.
type OutboxRow struct {
	incident.Outgoing
	Recipient string // their name; empty: they are gone
}

// Mark is the sign and class of the state.
func (r OutboxRow) Mark() string {
	switch {
	case r.State == incident.OutgoingSent:
		return "✓ sent"
	case r.State == incident.OutgoingFailed:
		return "✕ set aside"
	case r.State == incident.OutgoingDropped:
		return "not sent"
	case r.Tries > 0:
		return "▲ will be tried again"
	}
	return "◌ waiting"
}

// Class is that of the state's mark.
func (r OutboxRow) Class() string {
	switch {
	case r.State == incident.OutgoingSent:
		return " state-ok"
	case r.State == incident.OutgoingFailed:
		return " state-bad"
	case r.State == incident.OutgoingWaiting && r.Tries > 0:
		return " state-warn"
	}
	return ""
}

// When is when it ended, or may go.
func (r OutboxRow) When() time.Time {
	if r.EndedAt.IsZero() {
		return r.NextAt
	}
	return r.EndedAt
}
