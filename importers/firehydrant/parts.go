package firehydrant

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// links keeps channels, calls, exported retrospectives, status pages and the ticket of the incident itself.
func (m *mapping) links() {
	for _, raw := range m.full.Channels {
		c := importers.Decode[place](raw)
		m.AddLink("chat", "incident_channels", c.URL, c.Name)
	}
	for _, raw := range m.full.Bridges {
		for _, a := range importers.Decode[struct {
			Attached []link `json:"attachments"`
		}](raw).Attached {
			m.AddLink("call", "conference_bridges", a.URL, a.Text)
		}
	}
	for _, raw := range m.full.Exports {
		a := importers.Decode[link](raw)
		m.AddLink("postmortem", "retro_exports", a.URL, a.Text)
	}
	for _, raw := range m.full.StatusPages {
		p := importers.Decode[place](raw)
		m.AddLink("same_as", "status_pages", p.URL, cmp.Or(p.Display, p.Name))
	}
	m.same(importers.Decode[ticket](m.full.Ticket))
}

// same links the ticket of the incident itself, in another tool.
func (m *mapping) same(t ticket) {
	for _, l := range append([]link{t.Link}, t.Attached...) {
		if !slices.ContainsFunc(m.Incident.Links, func(have incident.Link) bool { return have.URL == importers.WebURL(l.URL) }) {
			m.AddLink("same_as", "ticket", l.URL, cmp.Or(l.Text, t.Summary))
		}
	}
}

// states says what the words for the state of a ticket mean.
var states = map[string]string{"open": "open", "in_progress": "open", "done": "done", "cancelled": "unknown"}

// tickets makes action items of follow-ups. Tasks are work during the incident and stand in the timeline.
func (m *mapping) tickets() {
	for _, raw := range m.full.Tickets {
		t := importers.Decode[ticket](raw)
		switch {
		case t.Type == "incident":
			m.same(t)
			continue
		case t.Type == "task":
			continue
		}
		address := importers.WebURL(t.Link.URL)
		for _, l := range t.Attached {
			address = cmp.Or(address, importers.WebURL(l.URL))
		}
		m.AddAction("incident_tickets.state", t.State, states, incident.ActionItem{
			Title: t.Summary, Owner: strings.Join(names(t.Assignees), ", "), URL: address, Due: m.ISO("incident_tickets.due_at", t.Due),
		})
	}
}

// kinds says what sort of thing an event of the timeline is; all others are "other".
var kinds = map[string]incident.EventKind{
	"note": incident.EventNote, "bulk_update": incident.EventNote, "chat_message": incident.EventNote, "generic_chat_message": incident.EventNote,
	"bulk_milestone_update": incident.EventStatus, "incident_status": incident.EventStatus, "role_update": incident.EventAssigned, "team_assignment": incident.EventAssigned,
	"change_type": incident.EventChange,
}

// said lists the fields of an event in which its text may stand.
var said = []string{"body", "message", "text", "summary", "description", "name", "display_text", "title"}

// timeline tells every event with its text, and where it has none with the word for what it is. An incident that was made
// private stays so here.
func (m *mapping) timeline() {
	m.AddEvent(incident.TimelineEvent{At: m.Incident.ExternalCreatedAt, Kind: incident.EventCreated, Actor: importers.Line(m.full.By.Name), Text: "Created", RawKind: "created_at"})
	for _, raw := range m.body.Events {
		e := importers.Decode[event](raw)
		m.Incident.Private = m.Incident.Private || e.Type == "incident_restriction"
		text := ""
		for _, f := range said {
			if text = importers.Decode[string](e.Data[f]); !importers.Unset(text) {
				break
			}
		}
		kind, known := kinds[e.Type]
		if !known {
			kind = incident.EventOther
		}
		m.AddEvent(incident.TimelineEvent{At: m.ISO("events.occurred_at", e.At), Kind: kind, Actor: importers.Line(e.Author.Name),
			Text: cmp.Or(importers.Clean(text), strings.ReplaceAll(e.Type, "_", " ")), RawKind: importers.Line(e.Type)})
	}
	m.SortTimeline()
}

// retrospective keeps what the report says: its summary, its questions with their answers, and further details.
func (m *mapping) retrospective() {
	var report struct {
		Name      string          `json:"name"`
		Summary   string          `json:"summary"`
		Questions json.RawMessage `json:"questions"`
		Details   []string        `json:"additional_details"`
	}
	json.Unmarshal(m.body.Report, &report) // which goes on behind a value that does not fit
	type question struct {
		Title string `json:"title"`
		Body  string `json:"body"`
	}
	questions := importers.Decode[[]question](report.Questions)
	if len(questions) == 0 {
		questions = []question{importers.Decode[question](report.Questions)}
	}
	r := &incident.Retrospective{Title: cmp.Or(importers.Line(report.Name), m.Incident.Title), State: "imported"}
	questions = append([]question{{"Summary", report.Summary}}, questions...)
	for _, q := range append(questions, question{"Details", strings.Join(report.Details, "\n\n")}) {
		title, body := importers.Line(q.Title), importers.Clean(q.Body)
		if body == "" {
			continue
		}
		title = cmp.Or(title, "Notes")
		r.Sections = append(r.Sections, incident.Section{Slug: incident.Slug(title), Title: title, Body: body})
	}
	if len(r.Sections) > 0 {
		m.Retrospective = r
	}
}
