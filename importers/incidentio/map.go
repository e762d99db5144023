package incidentio

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is an incident on its way to a draft.
type mapping struct {
	importers.Draft
	words importers.Words
	body  body
	full
}

// mapIncident turns a stored incident into a draft.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{Draft: importers.NewIncident(collection, "", incident.OriginPager), words: cfg.Words(words)}
	if err := json.Unmarshal(raw.Body, &m.body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "the record is no incident: " + err.Error()}
	}
	if m.full = importers.Decode[full](m.body.Incident); importers.Line(m.ID) == "" {
		return importers.Draft{}, &importers.MapError{Field: "incident.id", Reason: "the incident has no id"}
	}
	m.head()
	m.status()
	m.times()
	m.history()
	m.people()
	m.fields()
	m.links()
	m.followUps()
	m.retrospective()
	m.CheckOrder()
	return m.Draft, nil
}

func (m *mapping) head() {
	inc := &m.Incident
	inc.Ref.ExternalID = importers.Line(m.ID)
	inc.Number = importers.Line(m.Reference)
	inc.URL = importers.WebURL(m.Permalink)
	m.SetTitle("name", m.Name)
	inc.Description, inc.Format = importers.Clean(m.Summary), incident.Markdown
	inc.Private = m.Visibility != "" && m.Visibility != "public"
	inc.SeverityRaw = importers.Line(m.Severity.Name)
	inc.Severity = m.SeverityOf("severity.name", m.Severity.Name, m.words.Severity)
	m.SetKind("mode", m.Mode, m.words.Kind)
	if kind, ok := m.words.Kind.Of(m.Type.Name); ok && inc.Kind == incident.Real {
		inc.Kind = kind
	}
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.ISO("created_at", m.CreatedAt), m.ISO("updated_at", m.UpdatedAt)
}

// status sets the status of today: by its name where the mapping knows it, else by its category.
func (m *mapping) status() {
	inc := &m.Incident
	known := false
	if inc.Status, known = m.meaning(m.Status); !known {
		inc.Status = incident.StatusUnknown
		m.Warn("incident_status.category", importers.Line(m.Status.Category), "this category is in no map; say in the mapping what it means")
	}
	inc.StatusRaw = importers.Line(cmp.Or(m.Status.Name, m.Status.Category))
}

func (m *mapping) meaning(s named) (incident.Status, bool) {
	if is, ok := m.words.Status.Of("status " + s.Name); ok {
		return is, true
	}
	return m.words.Status.Of(s.Category)
}

// moment returns the form in which names of timestamps are compared: "Resolved at" is "resolved".
func moment(name string) string { return strings.TrimSuffix(importers.Fold(name), "at") }

// times sets milestones from the timestamps that the mapping names. When the record was made says when the incident was
// opened, unless it was written down afterwards. What a reopened incident once was, it is not any more.
func (m *mapping) times() {
	inc := &m.Incident
	if m.Mode != "retrospective" {
		inc.Milestones.Set(incident.Opened, inc.ExternalCreatedAt, incident.ToSecond, incident.FromField, name, "created_at")
	}
	for _, raw := range m.Timestamps {
		t := importers.Decode[timestamp](raw)
		for _, milestone := range incident.MilestoneNames {
			wanted := m.words.Fields[string(milestone)]
			if wanted == "" || moment(wanted) != moment(t.Timestamp.Name) {
				continue
			}
			if _, stated := inc.Milestones.Current(milestone); stated {
				continue
			}
			if (milestone == incident.ResolvedAt || milestone == incident.ClosedAt) && !inc.Status.Over() {
				continue
			}
			inc.Milestones.Set(milestone, m.ISO(t.Timestamp.Name, t.Value.Value), incident.ToSecond, incident.FromField, name, "timestamp "+importers.Line(t.Timestamp.Name))
		}
	}
}

func (m *mapping) people() {
	reporter := false
	for _, raw := range m.Roles {
		r := importers.Decode[role](raw)
		switch r.Role.Type {
		case "lead":
			m.AddPerson(r.Assignee.Name, "commander")
		case "reporter":
			reporter = true
			m.AddPerson(r.Assignee.Name, "reporter")
		default:
			m.AddPerson(r.Assignee.Name, "responder")
		}
	}
	if !reporter {
		m.AddPerson(m.Creator.User.Name, "reporter")
	}
}

// fields places custom fields as the mapping says and keeps the rest.
func (m *mapping) fields() {
	for _, raw := range m.Fields {
		f := importers.Decode[fieldEntry](raw)
		var values []string
		for _, v := range f.Values {
			if text := importers.Clean(cmp.Or(v.Entry.Name, v.Option.Value, v.Text, v.Link, v.Numeric)); text != "" {
				values = append(values, text)
			}
		}
		switch called := importers.Fold(f.Field.Name); {
		case len(values) == 0:
		case called == importers.Fold(m.words.Fields["service"]):
			m.AddServices(m.words.ServiceNames(values...)...)
		case called == importers.Fold(m.words.Fields["team"]) && m.Draft.Team == "":
			m.Draft.Team = importers.Line(values[0])
		default:
			m.AddCustom(f.Field.Name, strings.Join(values, ", "))
		}
	}
	m.AddCustom("Incident type", m.Type.Name)
	for _, raw := range m.Durations {
		if d := importers.Decode[duration](raw); d.Status == "success" && d.Seconds != nil {
			m.AddCustom("Duration: "+d.Metric.Name, fmt.Sprintf("%.0f s", *d.Seconds))
		}
	}
	if m.Workload > 0 {
		m.AddCustom("Workload", fmt.Sprintf("%.0f min", m.Workload))
	}
}

// same says which attachments are the same incident in another tool, and which are changes.
var same = map[string]string{
	"pager_duty_incident": "same_as", "opsgenie_alert": "same_as", "jsm_alert": "same_as", "datadog_monitor_alert": "same_as",
	"atlassian_statuspage_incident": "same_as", "github_pull_request": "change", "gitlab_merge_request": "change",
	"jira_issue": "ticket", "zendesk_ticket": "ticket", "salesforce_case": "ticket", "sentry_issue": "ticket",
}

func (m *mapping) links() {
	m.AddLink("call", "call_url", m.Call, "")
	if m.full.Team != "" && m.Channel != "" {
		m.AddLink("chat", "slack_channel_id", "https://app.slack.com/client/"+importers.Line(m.full.Team)+"/"+importers.Line(m.Channel), m.ChannelAs)
	}
	m.AddLink("same_as", "external_issue_reference", m.Issue.URL, m.Issue.Name)
	m.AddLink("postmortem", "postmortem_document_url", m.Document, "")
	for _, raw := range m.body.Attachments {
		a := importers.Decode[attachment](raw).Resource
		if kind := same[a.Type]; kind != "" {
			m.AddLink(kind, "incident_attachments", a.URL, a.Title)
		}
	}
}

// states says what the words for the state of a follow-up mean; of what will not be done it is not known here.
var states = map[string]string{"outstanding": "open", "completed": "done", "not_doing": "unknown"}

// followUps makes action items. What was deleted is left out.
func (m *mapping) followUps() {
	for _, raw := range m.body.FollowUps {
		if f := importers.Decode[followUp](raw); f.Status != "deleted" {
			m.AddAction("follow_up.status", f.Status, states, incident.ActionItem{
				Title: f.Title, Owner: importers.Line(cmp.Or(f.Assignee.Name, f.Team.Name)), URL: importers.WebURL(f.Issue.URL), Created: m.ISO("follow_up.created_at", f.Created), Done: m.ISO("follow_up.completed_at", f.Completed),
			})
		}
	}
}

// retrospective keeps the latest post-mortem, divided at its headings of the second level. One of the first level above
// everything is its title.
func (m *mapping) retrospective() {
	if len(m.body.Documents) == 0 {
		return
	}
	text := importers.Clean(m.body.Documents[len(m.body.Documents)-1].Markdown)
	if text == "" {
		return
	}
	r := &incident.Retrospective{Title: m.Incident.Title, State: "imported"}
	first, rest, _ := strings.Cut(text, "\n")
	if title, ok := strings.CutPrefix(first, "# "); ok {
		r.Title, text = cmp.Or(importers.Line(title), r.Title), rest
	}
	r.Sections = importers.Sections(text)
	m.Retrospective = r
}
