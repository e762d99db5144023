package dispatch

import (
	"cmp"

	"hindsight/importers"
	"hindsight/incident"
)

// roles are the parts that people play in Dispatch. Observers only watch: they are in the timeline alone.
var roles = importers.Values[string]{}.With(map[string]string{
	"Incident Commander": "commander", "Reporter": "reporter", "Assignee": "assignee",
	"Liaison": "responder", "Scribe": "responder", "Participant": "responder", "Observer": "",
})

func (m *mapper) people() {
	for _, p := range m.Tables["participant"] {
		who := m.participant(p.ID("id"))
		if importers.Unset(who) {
			continue
		}
		for _, r := range m.Tables["participant_role"] {
			if r.ID("participant_id") != p.ID("id") {
				continue
			}
			role, known := roles.Of(r["role"])
			if !known {
				m.draft.Warn("participant_role", importers.Line(r["role"]), "this role is not known; the person was taken for a responder")
				role = "responder"
			}
			if role != "" {
				m.draft.Incident.People = append(m.draft.Incident.People, incident.Participation{
					Name: who, Role: role, From: importers.ISO(r["assumed_at"]), To: importers.ISO(r["renounced_at"]),
				})
			}
		}
	}
}

// participant returns the name of somebody who took part, or "".
func (m *mapper) participant(id int64) string {
	return m.individual(m.row("participant", id).ID("individual_contact_id"))
}

func (m *mapper) individual(id int64) string {
	r := m.row("individual_contact", id)
	return importers.Line(cmp.Or(r["name"], r["email"]))
}

// tasks are the actions. Who owns one is its assignees, else its owner.
func (m *mapper) tasks() {
	for _, t := range m.Tables["task"] {
		owner := ""
		for _, a := range m.Tables["task_assignees"] {
			if a.ID("task_id") != t.ID("id") {
				continue
			}
			if who := m.participant(a.ID("participant_id")); who != "" && owner != "" {
				owner += ", " + who
			} else {
				owner += who
			}
		}
		state, known := taskStates.Of(t["status"])
		if !known {
			state = "unknown"
		}
		title := importers.Line(t["description"])
		if title == "" {
			title = "(no description)"
		}
		m.draft.Incident.Actions = append(m.draft.Incident.Actions, incident.ActionItem{
			Title: title, Owner: cmp.Or(owner, m.participant(t.ID("owner_id"))), URL: importers.WebURL(t["weblink"]),
			Due: importers.ISO(t["resolve_by"]), Done: importers.ISO(t["resolved_at"]), State: state,
		})
	}
}

var taskStates = importers.Values[string]{"open": "open", "resolved": "done"}

// links lead to what Dispatch made elsewhere. Its own ticket is the incident's page; a ticket of another system is another
// record of the same incident.
func (m *mapper) links() {
	d := &m.draft
	for _, t := range m.Tables["ticket"] {
		if t["resource_type"] == "dispatch-ticket" {
			d.Incident.URL = importers.WebURL(t["weblink"])
			continue
		}
		d.AddLink("ticket", "ticket", t["weblink"], t["resource_id"])
		if importers.WebURL(t["weblink"]) != "" {
			d.AddLink("same_as", "ticket", t["weblink"], t["resource_id"])
		}
	}
	review := m.incident.ID("incident_review_document_id")
	for _, doc := range m.Tables["document"] {
		kind := "document"
		switch {
		case doc.ID("id") == review && review != 0, doc["resource_type"] == "dispatch-incident-review-document":
			kind = "postmortem"
		case doc["resource_type"] == "dispatch-incident-reference-faq-document":
			kind = "runbook"
		}
		d.AddLink(kind, "document", doc["weblink"], doc["name"])
	}
	for _, other := range [...]struct{ table, kind, title string }{
		{"conference", "call", "Conference"}, {"conversation", "chat", "Conversation"}, {"storage", "document", "Storage"},
	} {
		for _, r := range m.Tables[other.table] {
			d.AddLink(other.kind, other.table, r["weblink"], other.title)
		}
	}
}
