package pagerduty

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// reference is how the API names another object.
type reference struct {
	ID      string `json:"id"`
	Type    string `json:"type"` // "user_reference", or "user" where it is whole
	Summary string `json:"summary"`
	Name    string `json:"name"`
}

// label returns the object's name.
func (r reference) label() string { return cmp.Or(r.Summary, r.Name) }

// person returns the name of a user; empty for services, integrations and rules.
func (r reference) person() string {
	if strings.HasPrefix(r.Type, "user") {
		return r.label()
	}
	return ""
}

// details are the parts of an incident that have a place here.
type details struct {
	ID               string
	Number           int64 `json:"incident_number"`
	Title, Summary   string
	Status, Urgency  string
	HTMLURL          string     `json:"html_url"`
	CreatedAt        string     `json:"created_at"`
	ResolvedAt       string     `json:"resolved_at"`
	StatusAt         string     `json:"last_status_change_at"`
	StatusBy         reference  `json:"last_status_change_by"`
	Key              string     `json:"incident_key"`
	Priority         *reference `json:"priority"`
	Service          reference
	EscalationPolicy reference `json:"escalation_policy"`
	Teams            []reference
	Type             reference `json:"incident_type"`
	Assignments      []struct{ Assignee reference }
	Acknowledgements []struct{ Acknowledger reference }
	Responders       []struct {
		State string
		User  reference
	} `json:"incidents_responders"`
	AlertCounts struct{ All int } `json:"alert_counts"`
	Body        struct{ Details json.RawMessage }
	Resolution  struct {
		Type     string
		Incident reference
	} `json:"resolve_reason"`
	Bridge struct {
		Number string `json:"conference_number"`
		URL    string `json:"conference_url"`
	} `json:"conference_bridge"`
	CustomFields []struct {
		Name        string
		DisplayName string `json:"display_name"`
		Value       json.RawMessage
	} `json:"custom_fields"`
}

// mapper is a record on its way to a draft.
type mapper struct {
	draft  importers.Draft
	words  importers.Words
	inc    details
	log    []logEntry // in the order in which it happened
	alerts []alert
}

// mapIncident turns a record into a draft. PagerDuty knows neither when users began to suffer nor when that was
// mitigated, so nothing is said about either.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapper{words: cfg.Words(words), draft: importers.NewIncident(incidents, raw.ExternalID, incident.OriginPager)}
	if err := m.read(raw.Body); err != nil {
		return importers.Draft{}, err
	}
	m.draft.SetTitle("title", cmp.Or(m.inc.Title, m.inc.Summary))
	m.mapAttributes()
	if err := m.mapTimes(); err != nil {
		return importers.Draft{}, err
	}
	m.mapPeople()
	m.mapTimeline()
	m.mapCustom()
	m.draft.CheckOrder()
	return m.draft, nil
}

// read takes a record apart. What lists lack is taken from the details, which may be older.
func (m *mapper) read(body []byte) error {
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return &importers.MapError{Reason: "it is no record of an incident: " + importers.Line(err.Error())}
	}
	if len(r.Details) > 0 {
		if err := json.Unmarshal(r.Details, &m.inc); err != nil {
			return &importers.MapError{Field: "details", Reason: importers.Line(err.Error())}
		}
		m.inc = details{Bridge: m.inc.Bridge, CustomFields: m.inc.CustomFields}
	}
	if len(r.Incident) == 0 {
		return &importers.MapError{Field: "incident", Reason: "the record holds no incident"}
	}
	if err := json.Unmarshal(r.Incident, &m.inc); err != nil {
		return &importers.MapError{Field: "incident", Reason: importers.Line(err.Error())}
	}
	key, err := r.keys()
	if err != nil {
		return &importers.MapError{Field: "incident", Reason: importers.Line(err.Error())}
	}
	m.draft.Incident.ExternalUpdatedAt = key.changed()
	m.readLog(r.Log)
	m.readAlerts(r.Alerts)
	return nil
}

func (m *mapper) mapAttributes() {
	d, inc, src := &m.draft, &m.draft.Incident, m.inc
	if src.Number > 0 {
		inc.Number = "#" + strconv.FormatInt(src.Number, 10)
	}
	inc.URL = importers.WebURL(src.HTMLURL)
	inc.Description = m.description()
	d.SetStatus("status", src.Status, m.words.Status)
	if src.Resolution.Incident.ID != "" {
		inc.Status, inc.MergedInto = incident.Merged, incident.ID(src.Resolution.Incident.ID)
	}
	m.mapSeverity()
	d.AddServices(m.words.ServiceNames(importers.Line(src.Service.label()))...)
	for i, team := range src.Teams {
		if i == 0 {
			d.Team = importers.Line(team.label())
		} else {
			d.AddCustom("Also team", team.label())
		}
	}
	d.AddLink("call", "conference_bridge", src.Bridge.URL, "Conference bridge")
}

// mapSeverity takes the priority, which an account may not use; where it is null, the urgency, of which there are
// only two. Both words are kept.
func (m *mapper) mapSeverity() {
	d, inc := &m.draft, &m.draft.Incident
	inc.UrgencyRaw = importers.Line(m.inc.Urgency)
	if p := m.inc.Priority; p != nil && p.label() != "" {
		inc.PriorityRaw = importers.Line(p.label())
		inc.Severity = d.SeverityOf("priority", p.label(), m.words.Severity)
		return
	}
	inc.Severity = d.SeverityOf("urgency", m.inc.Urgency, m.words.Severity)
}

// description is what the incident or the event that triggered it says.
func (m *mapper) description() string {
	if text := prose(m.inc.Body.Details); text != "" {
		return text
	}
	for _, e := range m.log {
		if e.Type == triggered {
			return cmp.Or(importers.Clean(e.Event.Description), prose(e.Channel.Details), prose(e.Channel.Body))
		}
	}
	return ""
}

// prose returns a text as it is, and other JSON as it was written; details may be either.
func prose(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return importers.Clean(text)
	}
	switch s := strings.TrimSpace(string(raw)); s {
	case "", "null", "{}", "[]":
		return ""
	default:
		return importers.Clean(s)
	}
}

func (m *mapper) mapCustom() {
	d, src := &m.draft, m.inc
	d.AddCustom("Escalation policy", src.EscalationPolicy.label())
	d.AddCustom("Incident key", src.Key)
	if src.AlertCounts.All > 0 {
		d.AddCustom("Alerts", strconv.Itoa(src.AlertCounts.All))
	}
	if src.Type.Name != "incident_default" {
		d.AddCustom("Incident type", src.Type.label())
	}
	d.AddCustom("Conference number", src.Bridge.Number)
	for _, f := range src.CustomFields {
		d.AddCustom(cmp.Or(f.DisplayName, f.Name), listed(f.Value))
	}
}

// listed returns the value of a custom field: a text, a number, a yes or no, or a list of texts.
func listed(raw json.RawMessage) string {
	var many []string
	if json.Unmarshal(raw, &many) == nil && len(many) > 0 {
		return strings.Join(many, ", ")
	}
	return prose(raw)
}

// mapPeople names who was assigned, acknowledged, resolved and helped. A resolved incident has neither assignments nor
// acknowledgements any more, so most of them come from the log.
func (m *mapper) mapPeople() {
	seen := map[string]bool{}
	add := func(who reference, role string) {
		if key := who.person() + "\x00" + role; who.person() != "" && !seen[key] {
			seen[key] = true
			m.draft.AddPerson(who.person(), role)
		}
	}
	for _, e := range m.log {
		for _, who := range e.Assignees {
			add(who, "assignee")
		}
		if role := roles[e.Type]; role != "" {
			add(e.Agent, role)
		}
	}
	for _, a := range m.inc.Assignments {
		add(a.Assignee, "assignee")
	}
	for _, a := range m.inc.Acknowledgements {
		add(a.Acknowledger, "acknowledger")
	}
	for _, r := range m.inc.Responders {
		if r.State == "joined" {
			r.User.Type = cmp.Or(r.User.Type, "user_reference")
			add(r.User, "responder")
		}
	}
	if m.inc.Status == "resolved" {
		add(m.inc.StatusBy, "resolver")
	}
}

// roles are the parts in an incident that its log tells of.
var roles = map[string]string{
	triggered: "reporter", acknowledged: "acknowledger", resolved: "resolver", annotated: "responder",
}
