package incidentio

import (
	"encoding/json"
)

// body is a stored record: an incident as it was answered, with what other lists tell of it.
type body struct {
	Incident    json.RawMessage   `json:"incident"`
	Updates     []json.RawMessage `json:"updates,omitempty"`
	FollowUps   []json.RawMessage `json:"follow_ups,omitempty"`
	Attachments []json.RawMessage `json:"attachments,omitempty"`
	Documents   []document        `json:"documents,omitempty"`
}

// document is the text of a post-mortem.
type document struct {
	ID       string `json:"id"`
	Markdown string `json:"markdown"`
}

// brief is what walking needs of an incident.
type brief struct {
	ID        string   `json:"id"`
	Reference string   `json:"reference"`
	UpdatedAt string   `json:"updated_at"`
	Documents []string `json:"postmortem_document_ids"`
}

type named struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category string `json:"category"`
}

// actor is who did something: a person, or a machine on somebody's behalf.
type actor struct {
	User, Workflow struct{ Name string }
	Key            struct{ Name string }  `json:"api_key"`
	Alert          struct{ Title string } `json:"alert"`
}

// full is what mapping reads of an incident.
type full struct {
	brief
	Name       string  `json:"name"`
	Summary    string  `json:"summary"`
	Mode       string  `json:"mode"`
	Visibility string  `json:"visibility"`
	Permalink  string  `json:"permalink"`
	Call       string  `json:"call_url"`
	Document   string  `json:"postmortem_document_url"`
	CreatedAt  string  `json:"created_at"`
	Team       string  `json:"slack_team_id"`
	Channel    string  `json:"slack_channel_id"`
	ChannelAs  string  `json:"slack_channel_name"`
	Creator    actor   `json:"creator"`
	Status     named   `json:"incident_status"`
	Severity   named   `json:"severity"`
	Type       named   `json:"incident_type"`
	Issue      issue   `json:"external_issue_reference"`
	Workload   float64 `json:"workload_minutes_total"`

	Roles      []json.RawMessage `json:"incident_role_assignments"`
	Timestamps []json.RawMessage `json:"incident_timestamp_values"`
	Fields     []json.RawMessage `json:"custom_field_entries"`
	Durations  []json.RawMessage `json:"duration_metrics"`
}

// issue is a record in an issue tracker.
type issue struct {
	Provider string `json:"provider"`
	Name     string `json:"issue_name"`
	URL      string `json:"issue_permalink"`
}

type role struct {
	Assignee named `json:"assignee"`
	Role     struct {
		Name string `json:"name"`
		Type string `json:"role_type"`
	} `json:"role"`
}

type timestamp struct {
	Timestamp named `json:"incident_timestamp"`
	Value     struct {
		Value string `json:"value"`
	} `json:"value"`
}

type fieldEntry struct {
	Field  named `json:"custom_field"`
	Values []struct {
		Entry  named `json:"value_catalog_entry"`
		Option struct {
			Value string `json:"value"`
		} `json:"value_option"`
		Link    string `json:"value_link"`
		Numeric string `json:"value_numeric"`
		Text    string `json:"value_text"`
	} `json:"values"`
}

type duration struct {
	Metric  named    `json:"duration_metric"`
	Status  string   `json:"status"`
	Seconds *float64 `json:"value_seconds"`
}

type update struct {
	ID        string `json:"id"`
	CreatedAt string `json:"created_at"`
	Message   string `json:"message"`
	Status    named  `json:"new_incident_status"`
	Severity  named  `json:"new_severity"`
	Updater   actor  `json:"updater"`
	Merged    string `json:"merged_into_incident_id"`
}

type followUp struct {
	Created   string `json:"created_at"`
	Completed string `json:"completed_at"`
	Incident  string `json:"incident_id"`
	Title     string `json:"title"`
	Status    string `json:"status"`
	Assignee  named  `json:"assignee"`
	Team      named  `json:"assignee_team"`
	Issue     issue  `json:"external_issue_reference"`
}

type attachment struct {
	Resource struct {
		ID    string `json:"external_id"`
		URL   string `json:"permalink"`
		Type  string `json:"resource_type"`
		Title string `json:"title"`
	} `json:"resource"`
}
