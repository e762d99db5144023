package rt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// timeline lists every transaction, those of merged tickets too. SetWatcher only repeats a change of owner.
func (m *mapping) timeline() {
	for _, t := range m.history {
		if t.Type == "SetWatcher" && t.Field == "Owner" {
			continue
		}
		kind, text := m.told(t)
		m.draft.Happened(incident.TimelineEvent{At: t.at, Kind: kind, Actor: t.Creator.name(), Text: text, Private: t.Type == "Comment", RawKind: strings.Trim(t.Type+"/"+t.Field, "/")})
	}
}

// told says what a transaction was, in words.
func (m *mapping) told(t dated) (incident.EventKind, string) {
	switch {
	case t.Type == "Create" && m.own(t):
		return incident.EventCreated, "created"
	case t.Type == "Create":
		return incident.EventOther, fmt.Sprintf("ticket #%s created, which was merged into this one", t.ObjectID)
	case t.Type == "Status":
		return m.moved(t), fmt.Sprintf("status from %s to %s", t.OldValue, t.NewValue)
	case t.Type == "Comment":
		return incident.EventNote, cmp.Or(m.text(t), "comment")
	case t.Type == "Correspond":
		return incident.EventNote, cmp.Or(m.text(t), "correspondence")
	case t.Field == "Owner":
		return incident.EventAssigned, fmt.Sprintf("owner from %s to %s", m.user(t.OldValue), m.user(t.NewValue))
	case t.Field == "Priority":
		return incident.EventSeverity, fmt.Sprintf("priority from %s to %s", t.OldValue, t.NewValue)
	case t.Type == "AddLink" || t.Type == "DeleteLink":
		return incident.EventOther, fmt.Sprintf("%s %s: %s", t.Type, t.Field, t.NewValue+t.OldValue)
	}
	return incident.EventOther, strings.TrimSpace(fmt.Sprintf("%s %s from %q to %q", t.Type, t.Field, t.OldValue, t.NewValue))
}

// moved returns the kind of a change of status; changes of merged tickets say nothing about this one.
func (m *mapping) moved(t dated) incident.EventKind {
	if !m.own(t) {
		return incident.EventStatus
	}
	return importers.EventOfTurn(m.status(t.OldValue), m.status(t.NewValue))
}

// user returns the name behind a user's number.
func (m *mapping) user(id text) string { return cmp.Or(m.users[string(id)], "user "+string(id)) }

// created returns the transaction that made the ticket.
func (m *mapping) created() dated {
	i := slices.IndexFunc(m.history, func(t dated) bool { return t.Type == "Create" && m.own(t) })
	if i < 0 {
		return dated{}
	}
	return m.history[i]
}

// text returns what a transaction says, the plain text of several forms.
func (m *mapping) text(t dated) string {
	found := ""
	for _, a := range m.texts {
		if a.TransactionID == t.ID && t.ID != "" && (found == "" || a.ContentType == "text/plain") {
			found = importers.Clean(string(a.Content))
		}
	}
	return found
}
