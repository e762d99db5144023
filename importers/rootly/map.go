package rootly

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is an incident on its way to a draft.
type mapping struct {
	importers.Draft
	words importers.Words
	id    string
	a     attributes
	parts []resource
}

// mapIncident turns a stored incident into a draft.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var b body
	if err := json.Unmarshal(raw.Body, &b); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "the record is no incident: " + err.Error()}
	}
	r := importers.Decode[resource](b.Incident)
	m := mapping{Draft: importers.NewIncident(collection, "", incident.OriginPager), words: cfg.Words(words), id: importers.Line(r.ID), a: r.Attributes}
	if m.id == "" {
		return importers.Draft{}, &importers.MapError{Field: "incident.id", Reason: "the incident has no id"}
	}
	for _, part := range b.Included {
		m.parts = append(m.parts, importers.Decode[resource](part))
	}
	m.head()
	m.status()
	m.times()
	m.people()
	m.text()
	m.links()
	m.actions()
	m.timeline()
	m.retrospective()
	m.CheckOrder()
	return m.Draft, nil
}

func (m *mapping) head() {
	inc := &m.Incident
	inc.Ref.ExternalID = m.id
	if n := importers.Line(m.a.text("sequential_id")); n != "" {
		inc.Number = "INC-" + n
	}
	inc.URL = importers.WebURL(m.a.first("url", "short_url"))
	m.SetTitle("title", m.a.text("title"))
	inc.Description, inc.Format = importers.Clean(m.a.text("summary")), incident.Markdown
	inc.Private = m.a.text("private") == "true"
	m.SetKind("kind", m.a.text("kind"), m.words.Kind)
	severity := m.a.nested("severity")
	inc.SeverityRaw = importers.Line(severity.first("name", "slug", "severity"))
	word := inc.SeverityRaw
	if _, known := m.words.Severity.Of(word); !known {
		word = cmp.Or(severity.text("severity"), word)
	}
	inc.Severity = m.SeverityOf("severity", word, m.words.Severity)
	inc.Parent = incident.ID(importers.Line(m.a.text("parent_incident_id")))
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.at("created_at"), m.at("updated_at")
}

// status sets the status. What is over and duplicates another incident was merged into it.
func (m *mapping) status() {
	inc := &m.Incident
	m.SetStatus("status", m.a.text("status"), m.words.Status)
	inc.DuplicateOf = incident.ID(importers.Line(m.a.text("duplicate_incident_id")))
	if inc.DuplicateOf != "" && inc.Status.Over() {
		inc.Status, inc.MergedInto = incident.Merged, inc.DuplicateOf
	}
}

// at returns a time of the incident's fields; zero when it is missing or cannot be read, of which there is a warning.
func (m *mapping) at(field string) time.Time { return m.ISO(field, m.a.text(field)) }

// of yields the parts of a sort.
func (m *mapping) of(sort string) (out []attributes) {
	for _, p := range m.parts {
		if p.Type == sort {
			out = append(out, p.Attributes)
		}
	}
	return out
}

func (m *mapping) people() {
	m.AddPerson(person(m.a.nested("user")), "reporter")
	for _, r := range m.of("incident_role_assignments") {
		as, role := r.nested("incident_role"), "responder"
		if strings.Contains(importers.Fold(as.first("slug", "name")), "commander") {
			role = "commander"
		}
		m.AddPerson(person(r.nested("user")), role)
	}
	m.AddPerson(person(m.a.nested("resolved_by")), "resolver")
}

// text sets services, team, tags and what has no place of its own.
func (m *mapping) text() {
	m.AddServices(m.words.ServiceNames(m.a.names("services")...)...)
	if teams := m.a.names("groups"); len(teams) > 0 {
		m.Team = teams[0]
		m.AddCustom("Further teams", strings.Join(teams[1:], ", "))
	}
	labels := importers.Decode[map[string]any](m.a["labels"])
	var tags []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		tags = append(tags, fmt.Sprintf("%s: %v", key, labels[key]))
	}
	m.Incident.Tags = importers.Tags(tags)
	for _, f := range []struct{ label, field string }{
		{"Environments", "environments"}, {"Functionalities", "functionalities"}, {"Incident types", "incident_types"},
	} {
		m.AddCustom(f.label, strings.Join(m.a.names(f.field), ", "))
	}
	for _, f := range []struct{ label, field string }{
		{"Source", "source"}, {"Public title", "public_title"}, {"Retrospective", "retrospective_progress_status"},
		{"Scheduled for", "scheduled_for"}, {"Scheduled until", "scheduled_until"},
	} {
		m.AddCustom(f.label, m.a.text(f.field))
	}
	for _, c := range m.of("causes") {
		if name := importers.Line(c.text("name")); name != "" {
			m.Incident.Factors = append(m.Incident.Factors, incident.Factor{Role: "contributing", Text: name, Claimed: true})
		}
	}
}
