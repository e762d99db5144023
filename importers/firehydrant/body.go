package firehydrant

import "encoding/json"

// body is a stored record: an incident as it was answered, with its timeline and the report about it.
type body struct {
	Incident json.RawMessage   `json:"incident"`
	Events   []json.RawMessage `json:"events,omitempty"`
	Report   json.RawMessage   `json:"report,omitempty"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// full is what is read of an incident.
type full struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`
	Number     int64           `json:"number"`
	Created    string          `json:"created_at"`
	Updated    string          `json:"updated_at"` // is in no description, but may be there
	Started    string          `json:"started_at"`
	Discarded  string          `json:"discarded_at"`
	Summary    string          `json:"summary"`
	Impact     string          `json:"customer_impact_summary"`
	Text       string          `json:"description"`
	Milestone  string          `json:"current_milestone"`
	Severity   string          `json:"severity"`
	Priority   string          `json:"priority"`
	Tags       []string        `json:"tag_list"`
	Labels     map[string]any  `json:"labels"`
	Restricted bool            `json:"restricted"`
	URL        string          `json:"incident_url"`
	StatusPage string          `json:"private_status_page_url"`
	Report     string          `json:"report_id"`
	Customers  *int64          `json:"customers_impacted"`
	Money      *int64          `json:"monetary_impact_cents"`
	By         named           `json:"created_by"`
	Services   []named         `json:"services"`
	Places     []named         `json:"environments"`
	Functions  []named         `json:"functionalities"`
	Ticket     json.RawMessage `json:"ticket"`

	Milestones   []json.RawMessage `json:"milestones"`
	Phases       []json.RawMessage `json:"lifecycle_phases"`
	Measurements []json.RawMessage `json:"lifecycle_measurements"`
	Roles        []json.RawMessage `json:"role_assignments"`
	Teams        []json.RawMessage `json:"team_assignments"`
	Tickets      []json.RawMessage `json:"incident_tickets"`
	Channels     []json.RawMessage `json:"incident_channels"`
	Bridges      []json.RawMessage `json:"conference_bridges"`
	Exports      []json.RawMessage `json:"retro_exports"`
	StatusPages  []json.RawMessage `json:"status_pages"`
	Fields       []json.RawMessage `json:"custom_fields"`
}

// milestone is a moment of an incident's life, within a phase or, in the older list, with its slug as its type.
type milestone struct {
	Slug string `json:"slug"`
	Type string `json:"type"`
	Name string `json:"name"`
	At   string `json:"occurred_at"`
	By   named  `json:"updated_by"`
}

type phase struct {
	Type       string            `json:"type"`
	Name       string            `json:"name"`
	Milestones []json.RawMessage `json:"milestones"`
}

type measurement struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type assignment struct {
	Status string `json:"status"`
	Role   named  `json:"incident_role"`
	User   named  `json:"user"`
	Team   named  `json:"team"`
}

// link is an attachment that leads somewhere.
type link struct {
	Text string `json:"display_text"`
	URL  string `json:"href_url"`
}

type ticket struct {
	Summary   string  `json:"summary"`
	State     string  `json:"state"`
	Type      string  `json:"type"`
	Assignees []named `json:"assignees"`
	Due       string  `json:"due_at"`
	Link      link    `json:"link"`
	Attached  []link  `json:"attachments"`
}

// place is a channel or a status page.
type place struct {
	Name    string `json:"name"`
	Display string `json:"display_name"`
	URL     string `json:"url"`
}

type field struct {
	Name    string   `json:"name"`
	Display string   `json:"display_name"`
	Text    string   `json:"value_string"`
	Value   string   `json:"value"`
	Values  []string `json:"value_array"`
}

type event struct {
	Type   string                     `json:"type"`
	At     string                     `json:"occurred_at"`
	Author named                      `json:"author"`
	Data   map[string]json.RawMessage `json:"data"`
}
