package firehydrant

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is an incident on its way to a draft.
type mapping struct {
	importers.Draft
	words importers.Words
	body  body
	full  full
}

// mapIncident turns a stored incident into a draft.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{Draft: importers.NewIncident(collection, "", incident.OriginPager), words: cfg.Words(words)}
	if err := json.Unmarshal(raw.Body, &m.body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "the record is no incident: " + err.Error()}
	}
	if m.full = importers.Decode[full](m.body.Incident); importers.Line(m.full.ID) == "" {
		return importers.Draft{}, &importers.MapError{Field: "incident.id", Reason: "the incident has no id"}
	}
	m.head()
	m.severity()
	m.times()
	m.people()
	m.rest()
	m.links()
	m.tickets()
	m.timeline()
	m.retrospective()
	m.CheckOrder()
	return m.Draft, nil
}

func (m *mapping) head() {
	inc, f := &m.Incident, m.full
	inc.Ref.ExternalID = importers.Line(f.ID)
	if f.Number > 0 {
		inc.Number = fmt.Sprintf("#%d", f.Number)
	}
	inc.URL = importers.WebURL(f.URL)
	m.SetTitle("name", f.Name)
	inc.Description, inc.Format = importers.Clean(cmp.Or(f.Text, f.Summary)), incident.Markdown
	inc.Private = f.Restricted
	inc.Tags = importers.Tags(f.Tags)
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.ISO("created_at", f.Created), m.ISO("updated_at", f.Updated)
}

// severity sets severity and kind: some severities, such as GAMEDAY, say what kind of incident it is, and so do tags.
func (m *mapping) severity() {
	inc, f := &m.Incident, m.full
	inc.SeverityRaw, inc.PriorityRaw = importers.Line(f.Severity), importers.Line(f.Priority)
	for _, word := range append([]string{f.Severity}, f.Tags...) {
		if kind, ok := m.words.Kind.Of(word); ok && inc.Kind == incident.Real {
			inc.Kind = kind
		}
	}
	if _, says := m.words.Kind.Of(f.Severity); !says && !importers.Unset(f.Severity) {
		inc.Severity = m.SeverityOf("severity", f.Severity, m.words.Severity)
	}
	if inc.Severity == incident.SevUnknown {
		inc.Severity = m.SeverityOf("priority", f.Priority, m.words.Severity)
	}
}

func (m *mapping) people() {
	m.AddPerson(m.full.By.Name, "reporter")
	for _, raw := range m.full.Roles {
		a := importers.Decode[assignment](raw)
		role := "responder"
		if strings.Contains(importers.Fold(a.Role.Name), "commander") {
			role = "commander"
		}
		m.AddPerson(a.User.Name, role)
	}
}

func names(list []named) (out []string) {
	for _, n := range list {
		if name := importers.Line(n.Name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// rest sets services and team, and keeps what has no place of its own.
func (m *mapping) rest() {
	f := m.full
	m.AddServices(m.words.ServiceNames(names(f.Services)...)...)
	var teams []named
	for _, raw := range f.Teams {
		teams = append(teams, importers.Decode[assignment](raw).Team)
	}
	if all := names(teams); len(all) > 0 {
		m.Team = all[0]
		m.AddCustom("Further teams", strings.Join(all[1:], ", "))
	}
	m.AddCustom("Environments", strings.Join(names(f.Places), ", "))
	m.AddCustom("Functionalities", strings.Join(names(f.Functions), ", "))
	m.AddCustom("Customer impact", f.Impact)
	if f.Text != "" {
		m.AddCustom("Summary", f.Summary)
	}
	if f.Customers != nil && *f.Customers > 0 {
		m.AddCustom("Customers impacted", fmt.Sprint(*f.Customers))
	}
	if f.Money != nil && *f.Money > 0 {
		m.AddCustom("Monetary impact (cents)", fmt.Sprint(*f.Money))
	}
	for _, key := range slices.Sorted(maps.Keys(f.Labels)) {
		m.AddCustom("label "+key, fmt.Sprint(f.Labels[key]))
	}
	for _, raw := range f.Measurements {
		d := importers.Decode[measurement](raw)
		m.AddCustom("Duration: "+d.Name, d.Value)
	}
	for _, raw := range f.Fields {
		c := importers.Decode[field](raw)
		m.AddCustom(cmp.Or(c.Display, c.Name), cmp.Or(strings.Join(c.Values, ", "), c.Text, c.Value))
	}
}
