package rt

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// ticket is a found ticket.
type ticket struct {
	ID          text
	Subject     string
	Status      string
	Queue       ref
	Owner       ref
	Creator     ref
	Requestor   []ref
	AdminCc     []ref
	Created     string
	Started     string
	Resolved    string
	Due         string
	LastUpdated string
	Priority    text
	// CustomFields is a list, or an empty text where there are none.
	CustomFields json.RawMessage
}

// customField has several values or none.
type customField struct {
	Name   string
	Values []text
}

func (f customField) value() string {
	var all []string
	for _, v := range f.Values {
		all = append(all, string(v))
	}
	return strings.Join(all, ", ")
}

// nobody owns tickets that nobody took.
const nobody = "Nobody"

// dated is a transaction with its time.
type dated struct {
	transaction
	at time.Time
}

// mapping is a ticket on its way to a draft.
type mapping struct {
	ticket
	history []dated
	texts   []attachment
	users   map[string]string
	words   importers.Words
	draft   importers.Draft
}

func mapTicket(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var b body
	m := mapping{words: cfg.Words(words), draft: importers.NewIncident("tickets", raw.ExternalID, incident.OriginTicket)}
	err := json.Unmarshal(raw.Body, &b)
	if err == nil {
		err = json.Unmarshal(b.Ticket, &m.ticket)
	}
	if err != nil {
		return importers.Draft{}, &importers.MapError{Field: "ticket", Reason: "this is no ticket: " + err.Error()}
	}
	if m.texts, err = decode[attachment](b.Attachments); err != nil {
		return importers.Draft{}, &importers.MapError{Field: "attachments", Reason: err.Error()}
	}
	if err := m.dates(b.History); err != nil {
		return importers.Draft{}, err
	}
	m.users = b.Users
	d := &m.draft
	d.Incident.URL = importers.WebURL(strings.TrimRight(settings.Of(cfg, "url"), "/") + "/Ticket/Display.html?id=" + raw.ExternalID)
	d.Incident.Number = "#" + importers.Line(raw.ExternalID)
	m.attributes(cfg)
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.turns()
	m.timeline()
	d.CheckOrder()
	return m.draft, nil
}

// dates puts the history in the order in which it happened.
func (m *mapping) dates(items []json.RawMessage) error {
	list, err := decode[transaction](items)
	if err != nil {
		return &importers.MapError{Field: "history", Reason: err.Error()}
	}
	for _, t := range list {
		at, err := m.draft.Instant("history.Created", t.Created, importers.ISO8601)
		if err != nil {
			return err
		}
		m.history = append(m.history, dated{t, at})
	}
	slices.SortStableFunc(m.history, func(a, b dated) int { return a.at.Compare(b.at) })
	return nil
}

func (m *mapping) attributes(cfg importers.Config) {
	d, inc := &m.draft, &m.draft.Incident
	d.SetTitle("ticket.Subject", m.Subject)
	d.SetStatus("ticket.Status", m.Status, m.words.Status)
	m.severity(cfg)
	for _, r := range m.Requestor {
		d.AddPerson(r.name(), "reporter")
	}
	if len(m.Requestor) == 0 {
		d.AddPerson(m.Creator.name(), "reporter")
	}
	if m.Owner.Name != nobody && m.Owner.ID != nobody {
		d.AddPerson(m.Owner.name(), "assignee")
	}
	for _, r := range m.AdminCc {
		d.AddPerson(r.name(), "responder")
	}
	d.AddCustom("queue", m.Queue.name())
	if !importers.ISO(m.Due).IsZero() {
		d.AddCustom("due", m.Due)
	}
	service := m.Queue.name()
	var custom []customField
	if len(m.CustomFields) > 0 && m.CustomFields[0] == '[' {
		if err := json.Unmarshal(m.CustomFields, &custom); err != nil {
			d.Warn("ticket.CustomFields", "", err.Error())
		}
	}
	for _, f := range custom {
		value := f.value()
		d.AddCustom(f.Name, value)
		service = cmp.Or(d.Place(m.words, name, f.Name, value), service)
	}
	d.AddServices(m.words.ServiceNames(service)...)
	inc.Description = m.text(m.created())
}

// name returns what a user or queue is called.
func (r ref) name() string { return cmp.Or(r.Name, string(r.ID)) }

// severity takes the meaning of the very number from the mapping, else the range that it is in. 0 is a priority
// that nobody set.
func (m *mapping) severity(cfg importers.Config) {
	inc := &m.draft.Incident
	inc.PriorityRaw = importers.Line(string(m.Priority))
	if known, ok := m.words.Severity.Of(inc.PriorityRaw); ok {
		inc.Severity = known
		return
	}
	number, err := strconv.Atoi(inc.PriorityRaw)
	if err != nil {
		inc.Severity = m.draft.SeverityOf("ticket.Priority", inc.PriorityRaw, m.words.Severity)
		return
	}
	ranges, err := steps(settings.Of(cfg, "priorities"))
	if err != nil {
		m.draft.Warn("priorities", "", err.Error())
	}
	least := -1
	for _, r := range ranges {
		if number >= r.from && r.from > least {
			inc.Severity, least = r.severity, r.from
		}
	}
}

// times reads the ticket's own times. Resolved outlives a reopening, so it counts only while the ticket is over.
func (m *mapping) times() error {
	d, inc := &m.draft, &m.draft.Incident
	if err := d.Instants(importers.ISO8601, importers.Into{At: &inc.ExternalCreatedAt, Field: "ticket.Created", Text: m.Created},
		importers.Into{At: &inc.ExternalUpdatedAt, Field: "ticket.LastUpdated", Text: m.LastUpdated}); err != nil {
		return err
	}
	inc.Milestones.Set(incident.Opened, inc.ExternalCreatedAt, incident.ToSecond, incident.FromField, name, "Created")
	resolved := inc.Status == incident.Resolved || inc.Status == incident.Closed
	return d.SetTimes(name, importers.ISO8601, importers.Stated{Name: incident.Acked, Field: "Started", Text: m.Started},
		importers.Stated{Name: incident.ResolvedAt, Field: "Resolved", Text: m.Resolved, Unless: !resolved})
}

// own reports whether a transaction is of this ticket itself, not of one that was merged into it.
func (m *mapping) own(t dated) bool { return t.ObjectID == "" || t.ObjectID == m.ID }

// turns reads the changes of status, and what the ticket is part of.
func (m *mapping) turns() {
	d, inc := &m.draft, &m.draft.Incident
	first := inc.Status
	var turns []importers.Turn
	for _, t := range m.history {
		switch {
		case !m.own(t):
		case t.Type == "Status":
			if len(turns) == 0 {
				first = m.status(t.OldValue)
			}
			turns = append(turns, importers.Turn{At: t.at, Status: m.status(t.NewValue), Raw: string(t.NewValue), By: t.Creator.name(), Field: "history/Status"})
		case t.Field == "MemberOf" && t.Type == "AddLink":
			inc.Parent = incident.ID(ticketIn(t.NewValue))
		case t.Field == "MemberOf" && t.Type == "DeleteLink":
			inc.Parent = ""
		}
	}
	d.SetHistory(name, inc.ExternalCreatedAt, first, turns)
	d.AddResolver(turns)
	for _, t := range turns {
		if !t.Status.Over() && t.Status != incident.Triggered {
			d.AddPerson(t.By, "acknowledger")
			return
		}
	}
}

func (m *mapping) status(word text) incident.Status {
	if s, ok := m.words.Status.Of(string(word)); ok {
		return s
	}
	return incident.StatusUnknown
}

// link is how Request Tracker refers to a ticket: "fsck.com-rt://example.org/ticket/1".
var link = regexp.MustCompile(`^fsck\.com-rt://[^/]+/ticket/(\d+)$`)

// ticketIn returns the id of the ticket that a link leads to; empty when it leads elsewhere.
func ticketIn(address text) string {
	if g := link.FindStringSubmatch(string(address)); g != nil {
		return g[1]
	}
	return ""
}
