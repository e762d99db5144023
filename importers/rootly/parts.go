package rootly

import (
	"cmp"
	"strings"

	"hindsight/importers"
	"hindsight/importers/markup"
	"hindsight/incident"
)

// tools lists the records and places in other tools that an incident has, by the beginning of their fields: the address is
// in <field>_url, what people call it in <field>_key, <field>_number or <field>_id.
var tools = []struct{ kind, field, tool string }{
	{"same_as", "pagerduty_incident", "PagerDuty"}, {"same_as", "opsgenie_incident", "Opsgenie"}, {"same_as", "opsgenie_alert", "Opsgenie alert"},
	{"same_as", "victor_ops_incident", "Splunk On-Call"}, {"same_as", "service_now_incident", "ServiceNow"}, {"same_as", "jira_issue", "Jira"},
	{"same_as", "github_issue", "GitHub"}, {"same_as", "gitlab_issue", "GitLab"}, {"same_as", "zendesk_ticket", "Zendesk"}, {"same_as", "freshservice_ticket", "Freshservice"},
	{"ticket", "asana_task", "Asana"}, {"ticket", "linear_issue", "Linear"}, {"ticket", "trello_card", "Trello"}, {"ticket", "shortcut_story", "Shortcut"},
	{"ticket", "shortcut_task", "Shortcut task"}, {"ticket", "clickup_task", "ClickUp"}, {"ticket", "motion_task", "Motion"}, {"ticket", "freshservice_task", "Freshservice task"},
	{"ticket", "airtable_record", "Airtable"},
	{"chat", "slack_channel", "Slack"}, {"chat", "microsoft_teams_channel", "Teams"}, {"chat", "mattermost_channel", "Mattermost"}, {"chat", "google_chat_space", "Google Chat"},
	{"call", "google_meeting", "Google Meet"}, {"call", "webex_meeting", "Webex"}, {"call", "microsoft_teams_meeting", "Teams meeting"},
	{"postmortem", "confluence_page", "Confluence"}, {"postmortem", "quip_page", "Quip"}, {"postmortem", "sharepoint_page", "SharePoint"},
	{"dashboard", "datadog_notebook", "Datadog notebook"},
}

// links keeps the ways to the same incident in other tools. Where only an id is known it is kept as it is.
func (m *mapping) links() {
	for _, t := range tools {
		id := importers.Line(m.a.first(t.field+"_key", t.field+"_number", t.field+"_name", t.field+"_id"))
		if address := m.a.text(t.field + "_url"); !importers.Unset(address) {
			m.AddLink(t.kind, t.field+"_url", address, strings.TrimSpace(t.tool+" "+id))
		} else if t.kind == "same_as" && id != "" {
			m.AddCustom(t.tool, id)
		}
	}
	m.AddLink("call", "zoom_meeting_join_url", m.a.text("zoom_meeting_join_url"), "Zoom")
	for _, p := range m.of("incident_post_mortems") {
		m.AddLink("postmortem", "incident_post_mortem.url", p.text("url"), p.text("title"))
	}
}

// timeline tells what people and machines wrote down, at the time at which it happened and not when it was written, and
// the changes of status with the messages that were given with them.
func (m *mapping) timeline() {
	m.AddEvent(incident.TimelineEvent{At: m.Incident.ExternalCreatedAt, Kind: incident.EventCreated, Actor: person(m.a.nested("user")), Text: "Created", RawKind: "created_at"})
	for _, e := range []struct {
		kind                     incident.EventKind
		text, field, by, message string
	}{
		{incident.EventMitigated, "Mitigated", "mitigated_at", "mitigated_by", "mitigation_message"},
		{incident.EventResolved, "Resolved", "resolved_at", "resolved_by", "resolution_message"},
		{incident.EventStatus, "Closed", "closed_at", "closed_by", ""},
		{incident.EventStatus, "Cancelled", "cancelled_at", "cancelled_by", "cancellation_message"},
	} {
		text := e.text
		if message := importers.Clean(m.a.text(e.message)); message != "" {
			text += ": " + message
		}
		m.AddEvent(incident.TimelineEvent{At: importers.ISO(m.a.text(e.field)), Kind: e.kind, Actor: person(m.a.nested(e.by)), Text: text, RawKind: e.field})
	}
	for _, e := range m.of("incident_events") {
		text := e.text("event_raw")
		if text == "" {
			text = markup.HTML(e.text("event"))
		}
		m.AddEvent(incident.TimelineEvent{At: importers.ISO(e.first("occurred_at", "created_at")), Kind: incident.EventNote,
			Actor: cmp.Or(importers.Line(e.text("user_display_name")), person(e.nested("user"))), Text: text, RawKind: importers.Line(cmp.Or(e.text("kind"), "event"))})
	}
	m.SortTimeline()
}

// states says what the words for the state of an action item mean.
var states = map[string]string{"open": "open", "in_progress": "open", "done": "done", "cancelled": "unknown"}

// actions keeps what is to be done afterwards; a task is work during the incident and stands in the timeline.
func (m *mapping) actions() {
	for _, a := range m.of("incident_action_items") {
		title := importers.Line(a.text("summary"))
		if title == "" {
			continue
		}
		if a.text("kind") == "task" {
			m.AddEvent(incident.TimelineEvent{At: importers.ISO(a.text("created_at")), Kind: incident.EventOther, Actor: person(a.nested("created_by")),
				Text: "Task: " + title, RawKind: "task"})
			continue
		}
		m.AddAction("action_items.status", a.text("status"), states, incident.ActionItem{
			Title: title, Owner: person(a.nested("assigned_to")), URL: importers.WebURL(a.text("jira_issue_url")), Created: importers.ISO(a.text("created_at")), Due: importers.ISO(a.text("due_date")),
		})
	}
}

// retrospective keeps the text of the one that lies in Rootly.
func (m *mapping) retrospective() {
	for _, p := range m.of("incident_post_mortems") {
		text := markup.HTML(p.text("content"))
		if text == "" {
			continue
		}
		m.Retrospective = &incident.Retrospective{Title: cmp.Or(importers.Line(p.text("title")), m.Incident.Title), State: "imported", Sections: importers.Sections(text)}
	}
}
