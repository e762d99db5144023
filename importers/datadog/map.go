package datadog

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is an incident on its way to a draft.
type mapping struct {
	importers.Draft
	cfg   importers.Config
	words importers.Words
	body  body
	full
	parts []part
}

// mapIncident turns a stored incident into a draft.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{Draft: importers.NewIncident(collection, "", incident.OriginPager), cfg: cfg, words: cfg.Words(words)}
	if err := json.Unmarshal(raw.Body, &m.body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "the record is no incident: " + err.Error()}
	}
	if m.full = importers.Decode[full](m.body.Incident); importers.Line(m.ID) == "" {
		return importers.Draft{}, &importers.MapError{Field: "incident.id", Reason: "the incident has no id"}
	}
	for _, raw := range m.body.Included {
		m.parts = append(m.parts, importers.Decode[part](raw))
	}
	m.head()
	m.times()
	m.people()
	m.fields()
	m.links()
	m.todos()
	m.CheckOrder()
	return m.Draft, nil
}

func (m *mapping) head() {
	inc, a := &m.Incident, m.full.Attributes
	inc.Ref.ExternalID = importers.Line(m.ID)
	if a.Number > 0 {
		inc.Number = "IR-" + strconv.FormatInt(a.Number, 10)
		inc.URL = m.address(a.Number)
	}
	m.SetTitle("title", a.Title)
	inc.Description, inc.Format = importers.Clean(strings.Join(m.values("summary"), "\n")), incident.Markdown
	inc.Private = a.Visibility == "private"
	if a.Test {
		inc.Kind = incident.Test
	}
	m.SetStatus("state", cmp.Or(a.State, m.value("state")), m.words.Status)
	inc.SeverityRaw = importers.Line(cmp.Or(a.Severity, m.value("severity")))
	inc.Severity = m.SeverityOf("severity", inc.SeverityRaw, m.words.Severity)
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.ISO("created", a.Created), m.ISO("modified", a.Modified)
}

// address returns where people see an incident: the API's host without "api.", and with "app." where the site has no
// region in its name.
func (m *mapping) address(number int64) string {
	u, err := url.Parse(settings.Of(m.cfg, "url"))
	host, api := strings.CutPrefix(u.Hostname(), "api.")
	if err != nil || !api {
		return ""
	}
	if strings.Count(host, ".") == 1 {
		host = "app." + host
	}
	return importers.WebURL("https://" + host + "/incidents/" + strconv.FormatInt(number, 10))
}

// times sets what fields state. The resolution counts while the incident is over: it outlives a reopening.
func (m *mapping) times() {
	inc, a := &m.Incident, m.full.Attributes
	for _, t := range []struct {
		milestone   incident.MilestoneName
		field, text string
	}{
		{incident.Opened, "created", a.Created}, {incident.Detected, "detected", a.Detected}, {incident.ImpactStarted, "customer_impact_start", a.From},
		{incident.ImpactEnded, "customer_impact_end", a.To}, {incident.ResolvedAt, "resolved", a.Resolved},
	} {
		if t.milestone == incident.ResolvedAt && !inc.Status.Over() {
			continue
		}
		inc.Milestones.Set(t.milestone, m.ISO(t.field, t.text), incident.ToSecond, incident.FromField, name, t.field)
	}
	for _, e := range []struct {
		at         time.Time
		kind       incident.EventKind
		text, from string
	}{
		{inc.ExternalCreatedAt, incident.EventCreated, "Created", "created"}, {m.ISO("declared", a.Declared), incident.EventOther, "Declared", "declared"},
		{inc.Milestones.At(incident.ResolvedAt), incident.EventResolved, "Resolved", "resolved"},
	} {
		m.AddEvent(incident.TimelineEvent{At: e.at, Kind: e.kind, Text: e.text, RawKind: e.from})
	}
	m.SortTimeline()
}

// person returns the name of somebody that the incident points at.
func (m *mapping) person(relation string) string {
	for _, p := range m.Relations[relation].Pointers() {
		for _, part := range m.parts {
			if part.Pointer == p {
				return cmp.Or(part.Attributes.Name, part.Attributes.Handle)
			}
		}
	}
	return ""
}

func (m *mapping) people() {
	m.AddPerson(m.person("commander_user"), "commander")
	m.AddPerson(cmp.Or(m.person("declared_by_user"), m.person("created_by_user"), m.full.Attributes.Creator.Name), "reporter")
}

// values returns what a field says; it holds one value or several.
func (m *mapping) values(field string) (out []string) {
	f := importers.Decode[struct {
		Value json.RawMessage `json:"value"`
	}](m.full.Attributes.Fields[field])
	if one := importers.Decode[string](f.Value); one != "" {
		return []string{one}
	}
	return slices.DeleteFunc(importers.Decode[[]string](f.Value), importers.Unset)
}

func (m *mapping) value(field string) string {
	if all := m.values(field); len(all) > 0 {
		return all[0]
	}
	return ""
}

// fields places the fields that an organization defines, and keeps those that have no place of their own.
func (m *mapping) fields() {
	inc, a := &m.Incident, m.full.Attributes
	for _, f := range slices.Sorted(maps.Keys(a.Fields)) {
		values := m.values(f)
		switch {
		case len(values) == 0, f == "state", f == "severity", f == "summary":
		case f == m.words.Fields["service"]:
			m.AddServices(m.words.ServiceNames(values...)...)
		case f == m.words.Fields["team"]:
			m.Team = importers.Line(values[0])
			m.AddCustom("Further teams", strings.Join(values[1:], ", "))
		case f == "root_cause":
			inc.Factors = append(inc.Factors, incident.Factor{Role: "contributing", Text: importers.Clean(strings.Join(values, "\n")), Claimed: true})
		default:
			m.AddCustom(f, strings.Join(values, ", "))
		}
	}
	if a.Impacted != nil {
		m.AddCustom("Customer impact", map[bool]string{true: "yes", false: "no"}[*a.Impacted])
	}
	m.AddCustom("Customer impact scope", a.Scope)
}

func (m *mapping) links() {
	for _, p := range m.parts {
		kind := map[string]string{"postmortem": "postmortem", "link": "dashboard"}[p.Attributes.Sort]
		if p.Type == "incident_attachments" && kind != "" {
			m.AddLink(kind, "attachments", p.Attributes.Attachment.URL, p.Attributes.Attachment.Title)
		}
	}
	for _, raw := range m.body.Integrations {
		data := importers.Decode[integration](raw).Attributes.Metadata
		for _, c := range append(data.Channels, data.Teams...) {
			m.AddLink("chat", "integrations", c.URL, c.Channel)
		}
		for _, i := range data.Issues {
			m.AddLink("same_as", "integrations", i.URL, strings.TrimSpace("Jira "+i.Key))
		}
	}
}

// todos makes action items of the follow-up tasks. An assignee is a handle or has a name.
func (m *mapping) todos() {
	for _, raw := range m.body.Todos {
		t := importers.Decode[todo](raw).Attributes
		if importers.Line(t.Content) == "" {
			continue
		}
		var owners []string
		for _, who := range t.Assignees {
			named := importers.Decode[struct{ Name string }](who)
			owners = append(owners, strings.TrimPrefix(importers.Line(cmp.Or(named.Name, importers.Decode[string](who))), "@"))
		}
		state := "open"
		if t.Completed != "" {
			state = "done"
		}
		m.Incident.Actions = append(m.Incident.Actions, incident.ActionItem{
			Title: importers.Line(t.Content), Owner: strings.Join(slices.DeleteFunc(owners, importers.Unset), ", "), Created: m.ISO("todos.created", t.Created), Due: m.ISO("todos.due_date", t.Due), Done: m.ISO("todos.completed", t.Completed), State: state,
		})
	}
}
