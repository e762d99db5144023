package oncall

import (
	"cmp"
	"encoding/json"
	"strconv"

	"hindsight/importers"
	"hindsight/incident"
)

// entry is an alert group as the API gives it. Every field may be missing.
type entry struct {
	group
	Title      string
	State      string
	Route      string `json:"route_id"`
	Alerts     int    `json:"alerts_count"`
	AckedAt    string `json:"acknowledged_at"`
	ResolvedAt string `json:"resolved_at"`
	SilencedAt string `json:"silenced_at"`
	Labels     []struct{ Key, Value struct{ Name string } }
	Permalinks struct{ Slack, Telegram, Web string }
	LastAlert  struct {
		CreatedAt string `json:"created_at"`
		Payload   payload
	} `json:"last_alert"`
}

// payload is what a monitoring tool sent, of whatever shape: Alertmanager's and Grafana's are looked into.
type payload struct{ text, runbook string }

func (p *payload) UnmarshalJSON(raw []byte) error {
	type notes struct {
		Description string
		Summary     string
		Runbook     string `json:"runbook_url"`
	}
	var known struct {
		Message string
		Common  notes `json:"commonAnnotations"`
	}
	if json.Unmarshal(raw, &known) == nil { // another shape says nothing to us
		p.text = cmp.Or(known.Common.Description, known.Common.Summary, known.Message)
		p.runbook = known.Common.Runbook
	}
	return nil
}

type note struct {
	Author    string
	Source    string
	CreatedAt string `json:"created_at"`
	Text      string
}

func mapGroup(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r struct {
		Group *entry
		Notes []note
		Names map[string]string
	}
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no alert group: " + err.Error()}
	}
	if r.Group == nil {
		return importers.Draft{}, &importers.MapError{Field: "group", Reason: "the record holds no alert group"}
	}
	m := mapping{entry: *r.Group, notes: r.Notes, names: r.Names, words: cfg.Words(words), draft: importers.NewIncident(groups, raw.ExternalID, incident.OriginPager)}
	m.attributes()
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.timeline()
	m.draft.CheckOrder()
	return m.draft, nil
}

// mapping is an alert group on its way to a draft.
type mapping struct {
	entry
	notes []note
	names map[string]string
	words importers.Words
	draft importers.Draft
}

// named returns the name of what has an id, or the id where no name is known.
func (m *mapping) named(id string) string { return importers.Line(cmp.Or(m.names[id], id)) }

func (m *mapping) attributes() {
	d, inc := &m.draft, &m.draft.Incident
	d.SetTitle("title", m.Title)
	d.SetStatus("state", m.State, m.words.Status)
	inc.Description = importers.Clean(m.LastAlert.Payload.text)
	inc.URL = importers.WebURL(m.Permalinks.Web)
	service := m.named(m.Integration)
	for _, l := range m.Labels {
		key, value := importers.Fold(l.Key.Name), l.Value.Name
		switch {
		case key == "severity", key == "priority" && inc.SeverityRaw == "":
			inc.SeverityRaw = importers.Line(value)
			inc.Severity = d.SeverityOf("labels."+importers.Line(l.Key.Name), value, m.words.Severity)
		case key == "service" || key == "servicename":
			service = value
		}
		inc.Tags = append(inc.Tags, l.Key.Name+":"+value)
	}
	inc.Tags = importers.Tags(inc.Tags)
	d.AddServices(m.words.ServiceNames(service)...)
	d.Team = m.named(m.Team)
	d.AddPerson(m.named(m.AckedBy), "acknowledger")
	d.AddPerson(m.named(m.ResolvedBy), "resolver")
	d.AddLink("chat", "permalinks.slack", m.Permalinks.Slack, "Slack")
	d.AddLink("chat", "permalinks.telegram", m.Permalinks.Telegram, "Telegram")
	d.AddLink("runbook", "last_alert.payload.commonAnnotations.runbook_url", m.LastAlert.Payload.runbook, "Runbook")
	d.AddCustom("integration", m.named(m.Integration))
	d.AddCustom("route", m.Route)
	if m.Alerts > 0 {
		d.AddCustom("alerts", strconv.Itoa(m.Alerts))
	}
}

// times sets the milestones and what the state went through, as far as the group's own times tell. How often it was
// reopened they do not.
func (m *mapping) times() error {
	d, inc := &m.draft, &m.draft.Incident
	if err := d.SetTimes(name, importers.ISO8601,
		importers.Stated{Name: incident.Opened, Field: "created_at", Text: m.CreatedAt},
		importers.Stated{Name: incident.Acked, Field: "acknowledged_at", Text: m.AckedAt},
		importers.Stated{Name: incident.ResolvedAt, Field: "resolved_at", Text: m.ResolvedAt, Unless: !inc.Status.Over()},
	); err != nil {
		return err
	}
	opened := inc.Milestones.At(incident.Opened)
	d.SetHistory(name, opened, incident.Triggered, []importers.Turn{
		{At: inc.Milestones.At(incident.Acked), Status: incident.Acknowledged, Raw: "acknowledged", By: m.named(m.AckedBy)},
		{At: inc.Milestones.At(incident.ResolvedAt), Status: inc.Status, Raw: m.State, By: m.named(m.ResolvedBy)},
	})
	inc.Reopened = nil
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = opened, opened
	for _, text := range []string{m.AckedAt, m.ResolvedAt, m.SilencedAt, m.LastAlert.CreatedAt} {
		if at := importers.ISO(text); at.After(inc.ExternalUpdatedAt) {
			inc.ExternalUpdatedAt = at
		}
	}
	return nil
}

func (m *mapping) timeline() {
	d := &m.draft
	add := func(text string, kind incident.EventKind, actor, raw, body string) {
		d.Happened(incident.TimelineEvent{At: importers.ISO(text), Kind: kind, Actor: m.named(actor), RawKind: raw, Text: body})
	}
	add(m.CreatedAt, incident.EventCreated, "", "created", "")
	add(m.AckedAt, incident.EventAcknowledged, m.AckedBy, "acknowledged", "")
	add(m.SilencedAt, incident.EventStatus, "", "silenced", "")
	if d.Incident.Status.Over() {
		add(m.ResolvedAt, incident.EventResolved, m.ResolvedBy, "resolved", "")
	}
	for _, n := range m.notes {
		if importers.ISO(n.CreatedAt).IsZero() {
			d.Warn("notes.created_at", importers.Line(n.CreatedAt), "a resolution note without a time was left out")
		}
		add(n.CreatedAt, incident.EventNote, n.Author, importers.Line("resolution note "+n.Source), n.Text)
		d.AddPerson(m.named(n.Author), "author")
	}
	d.SortTimeline()
}
