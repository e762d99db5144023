package jira

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/markup"
	"hindsight/incident"
)

// mapping is an issue on its way to a draft.
type mapping struct {
	importers.Draft
	cfg   importers.Config
	words importers.Words
	body  body
	issue issue
	used  map[string]bool // custom fields that have a place of their own
}

// mapIssue turns a stored issue into a draft.
func mapIssue(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{Draft: importers.NewIncident(collection, "", incident.OriginTicket), cfg: cfg, words: cfg.Words(words), used: map[string]bool{}}
	if err := json.Unmarshal(raw.Body, &m.body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "the record is no issue: " + err.Error()}
	}
	if m.issue = importers.Decode[issue](m.body.Issue); importers.Line(m.issue.ID) == "" {
		return importers.Draft{}, &importers.MapError{Field: "issue.id", Reason: "the issue has no id"}
	}
	m.head()
	m.text()
	m.people()
	m.severity()
	m.links()
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.history()
	m.levels()
	m.rest()
	m.CheckOrder()
	return m.Draft, nil
}

// head sets what the issue is: the id stays when it moves to another project, the key does not.
func (m *mapping) head() {
	inc := &m.Incident
	inc.Ref.ExternalID = importers.Line(m.issue.ID)
	inc.Number = importers.Line(m.issue.Key)
	inc.URL = browse(m.cfg, m.issue.Key)
	inc.Private = len(get[map[string]any](m.issue, "security")) > 0
	for _, word := range append([]string{get[ref](m.issue, "issuetype").Name}, get[[]string](m.issue, "labels")...) {
		if kind, ok := m.words.Kind.Of(word); ok && inc.Kind == incident.Real {
			inc.Kind = kind
		}
	}
	inc.Tags = importers.Tags(get[[]string](m.issue, "labels"))
	inc.ExternalCreatedAt = m.at("created")
	inc.ExternalUpdatedAt = m.at("updated")
}

func (m *mapping) text() {
	m.SetTitle("summary", get[string](m.issue, "summary"))
	m.Incident.Description, m.Incident.Format = markdown(m.issue.Fields["description"]), incident.Markdown
	m.AddServices(m.words.ServiceNames(m.texts("service")...)...)
	if teams := m.texts("team"); len(teams) > 0 {
		m.Team = importers.Line(teams[0])
	}
}

func (m *mapping) people() {
	m.AddPerson(get[ref](m.issue, "reporter").person(), "reporter")
	if c := get[ref](m.issue, "creator").person(); c != get[ref](m.issue, "reporter").person() {
		m.AddPerson(c, "author")
	}
	m.AddPerson(get[ref](m.issue, "assignee").person(), "assignee")
	for _, name := range m.texts("responders") {
		m.AddPerson(name, "responder")
	}
}

// severity comes from the field that the mapping names, else from the priority. A priority's name may be translated:
// where it is in no map, its id counts, which is 1 to 5 for the priorities that Jira comes with.
func (m *mapping) severity() {
	inc, p := &m.Incident, get[ref](m.issue, "priority")
	inc.PriorityRaw = importers.Line(p.Name)
	if said := m.texts("severity"); len(said) > 0 {
		inc.SeverityRaw = importers.Line(said[0])
		inc.Severity = m.SeverityOf(m.words.Fields["severity"], said[0], m.words.Severity)
		return
	}
	word := p.Name
	if _, known := m.words.Severity.Of(word); !known {
		if _, known := m.words.Severity.Of("priority " + p.ID); known {
			word = "priority " + p.ID
		}
	}
	inc.Severity = m.SeverityOf("priority", word, m.words.Severity)
}

// times sets the milestones that fields state; the history adds its own. The time of creation is needed.
func (m *mapping) times() error {
	if err := m.SetTime(incident.Opened, name, "created", get[string](m.issue, "created"), importers.ISO8601); err != nil {
		return err
	}
	for _, milestone := range incident.MilestoneNames {
		said := m.texts(string(milestone))
		if len(said) == 0 || milestone == incident.Opened {
			continue
		}
		if err := m.SetTime(milestone, name, m.words.Fields[string(milestone)], said[0], importers.ISO8601); err != nil {
			m.Warn(m.words.Fields[string(milestone)], importers.Line(said[0]), err.Error())
		}
	}
	return nil
}

// at returns a time of the issue's fields; zero when it is missing or cannot be read, of which there is a warning.
func (m *mapping) at(field string) time.Time { return m.ISO(field, get[string](m.issue, field)) }

// field returns the issue's field that the mapping names for a purpose, by id or by the name that people see.
func (m *mapping) field(purpose string) string {
	named := m.words.Fields[purpose]
	if named == "" {
		return ""
	}
	if _, ok := m.issue.Fields[named]; ok {
		return named
	}
	for _, id := range slices.Sorted(maps.Keys(m.body.Names)) {
		if importers.Fold(m.body.Names[id]) == importers.Fold(named) {
			return id
		}
	}
	return ""
}

// texts returns what a purpose's field says.
func (m *mapping) texts(purpose string) []string {
	id := m.field(purpose)
	if id == "" {
		return nil
	}
	m.used[id] = true
	return texts(m.issue.Fields[id])
}

// texts returns what people see of a field's value: options, people and components by their names.
func texts(raw json.RawMessage) []string { return visible(importers.Decode[any](raw)) }

func visible(v any) (out []string) {
	switch v := v.(type) {
	case string:
		out = []string{v}
	case float64:
		out = []string{strconv.FormatFloat(v, 'f', -1, 64)}
	case bool:
		out = []string{strconv.FormatBool(v)}
	case []any:
		for _, x := range v {
			out = append(out, visible(x)...)
		}
	case map[string]any:
		for _, key := range []string{"displayName", "value", "name", "title"} {
			if text, ok := v[key].(string); ok {
				out = append(out, text)
				break
			}
		}
		out = append(out, visible(v["child"])...) // of a cascading choice
	}
	return slices.DeleteFunc(out, importers.Unset)
}

// rest keeps what has no place of its own.
func (m *mapping) rest() {
	for _, f := range []struct{ label, field string }{
		{"Project", "project"}, {"Issue type", "issuetype"}, {"Resolution", "resolution"}, {"Environment", "environment"},
		{"Affects versions", "versions"}, {"Fix versions", "fixVersions"}, {"Due date", "duedate"},
	} {
		text := strings.Join(texts(m.issue.Fields[f.field]), ", ")
		if f.field == "environment" {
			text = markdown(m.issue.Fields[f.field])
		}
		m.AddCustom(f.label, text)
	}
	for _, id := range slices.Sorted(maps.Keys(m.issue.Fields)) {
		// "0|i00001:" is the order of issues on a board.
		if !custom(id) || m.used[id] || strings.HasPrefix(get[string](m.issue, id), "0|") {
			continue
		}
		label := id
		if n := importers.Line(m.body.Names[id]); n != "" {
			label = n
		}
		text := strings.Join(texts(m.issue.Fields[id]), ", ")
		if text == "" {
			text = markup.ADF(m.issue.Fields[id])
		}
		m.AddCustom(label, text)
	}
}
