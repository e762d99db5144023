package dispatch

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// mapper is an incident on its way to a draft.
type mapper struct {
	record
	incident row
	words    importers.Words
	draft    importers.Draft
}

// mapRecord turns an incident and its rows into a draft.
func mapRecord(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapper{words: cfg.Words(words()), draft: importers.NewIncident(collection, raw.ExternalID, incident.OriginTicket)}
	if err := json.Unmarshal(raw.Body, &m.record); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "no incident of Dispatch: " + importers.Line(err.Error())}
	}
	if len(m.Tables["incident"]) == 0 {
		return importers.Draft{}, &importers.MapError{Field: "incident", Reason: "the record has no row of the table incident"}
	}
	m.incident = m.Tables["incident"][0]
	m.attributes()
	m.state()
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.history()
	m.people()
	m.tags()
	m.links()
	m.tasks()
	m.timeline()
	m.retrospective()
	m.draft.CheckOrder()
	return m.draft, nil
}

// row returns the row of a table with an id, or nil.
func (m *mapper) row(table string, id int64) row {
	if id == 0 {
		return nil
	}
	for _, r := range m.Tables[table] {
		if r.ID("id") == id {
			return r
		}
	}
	return nil
}

// first returns the only row of a table that the incident refers to, or nil.
func (m *mapper) first(table string) row {
	if rows := m.Tables[table]; len(rows) > 0 {
		return rows[0]
	}
	return nil
}

func (m *mapper) attributes() {
	d, inc := &m.draft, &m.draft.Incident
	d.SetTitle("title", m.incident["title"])
	inc.Number = importers.Line(m.incident["name"])
	inc.Description = importers.Clean(m.incident["description"])
	project := m.first("project")
	d.AddCustom("Organization", m.Organization)
	d.AddCustom("Project", cmp.Or(project["display_name"], project["name"]))
	d.AddCustom("Type", m.first("incident_type")["name"])
	d.AddCustom("Team of most participants", known(m.incident["participants_team"]))
	d.AddCustom("Location of most participants", known(m.incident["participants_location"]))
	d.AddCustom("On-call services", strings.Join(names(m.Tables["service"]), ", "))
	if id := m.incident.ID("duplicate_id"); id != 0 && id != m.incident.ID("id") {
		inc.DuplicateOf = incident.ID(externalID(m.Organization, id))
	}
}

// known returns text unless it is Dispatch's word for not knowing.
func known(text string) string {
	if text == "Unknown" {
		return ""
	}
	return text
}

func names(rows []row) (out []string) {
	for _, r := range rows {
		out = append(out, importers.Line(r["name"]))
	}
	return out
}

// state sets status, severity, kind, privacy, and whether Dispatch itself counts the incident. Where the severity is
// undetermined, as in dumps from before there were severities, the priority gives it.
func (m *mapper) state() {
	d, inc := &m.draft, &m.draft.Incident
	d.SetStatus("status", m.incident["status"], m.words.Status)
	inc.SeverityRaw, inc.PriorityRaw = importers.Line(m.first("incident_severity")["name"]), importers.Line(m.first("incident_priority")["name"])
	inc.Severity = d.SeverityOf("incident_severity", inc.SeverityRaw, m.words.Severity)
	if unset, known := m.words.Severity.Of(inc.SeverityRaw); inc.SeverityRaw == "" || known && unset == incident.SevUnknown {
		inc.Severity = d.SeverityOf("incident_priority", inc.PriorityRaw, m.words.Severity)
	}
	kind := m.first("incident_type")
	if k, ok := m.words.Kind.Of(kind["name"]); ok {
		inc.Kind = k
	}
	if kind["exclude_from_metrics"] == "t" {
		inc.ExcludeReason = "Dispatch leaves incidents of the type " + importers.Line(kind["name"]) + " out of its metrics"
	}
	switch m.incident["visibility"] {
	case "Open", "":
	case "Restricted":
		inc.Private = true
	default:
		inc.Private = true
		d.Warn("visibility", importers.Line(m.incident["visibility"]), "the word is neither Open nor Restricted; the incident is treated as restricted")
	}
}

// times sets what the incident's own row states. When Dispatch makes an incident that is closed already, it takes the
// time of the report for all: nobody observed these.
func (m *mapper) times() error {
	d, inc := &m.draft, &m.draft.Incident
	status := inc.Status
	if err := d.SetTimes(name, importers.ISO8601, // of what was reopened, the times of its earlier life stay set
		importers.Stated{Name: incident.Opened, Field: "reported_at", Text: m.incident["reported_at"]},
		importers.Stated{Name: incident.MitigatedAt, Field: "stable_at", Text: m.incident["stable_at"], Unless: status != incident.Mitigated && !status.Over()},
		importers.Stated{Name: incident.ResolvedAt, Field: "closed_at", Text: m.incident["closed_at"], Unless: !status.Over()},
		importers.Stated{Name: incident.ClosedAt, Field: "closed_at", Text: m.incident["closed_at"], Unless: status != incident.Closed},
	); err != nil {
		return err
	}
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = importers.ISO(m.incident["created_at"]), importers.ISO(m.incident["updated_at"])
	opened, stable, closed := inc.Milestones.At(incident.Opened), inc.Milestones.At(incident.MitigatedAt), inc.Milestones.At(incident.ClosedAt)
	if inc.Kind == incident.Real && !closed.IsZero() && opened.Equal(stable) && stable.Equal(closed) {
		inc.Kind = incident.AfterTheFact
	}
	return nil
}

// tags of the type that the mapping names under fields.service are services; all others are tags.
func (m *mapper) tags() {
	var tags, services []string
	for _, t := range m.Tables["tag"] {
		kind := m.row("tag_type", t.ID("tag_type_id"))["name"]
		if of := m.words.Fields["service"]; of != "" && importers.Fold(kind) == importers.Fold(of) {
			services = append(services, t["name"])
		} else {
			tags = append(tags, t["name"])
		}
	}
	slices.Sort(services)
	m.draft.AddServices(m.words.ServiceNames(services...)...)
	m.draft.Incident.Tags = importers.Tags(tags)
}

// noResolution is what Dispatch writes for a resolution until somebody does.
const noResolution = "Description of the actions taken to resolve the incident."

// retrospective keeps the resolution that people wrote. The review itself is a document elsewhere, to which a link leads.
func (m *mapper) retrospective() {
	if text := importers.Clean(m.incident["resolution"]); text != noResolution {
		m.draft.SetRetrospective("", "imported", incident.Section{Slug: "resolution", Title: "Resolution", Body: text})
	}
}
