package tableapi

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is an incident on its way to a draft.
type mapping struct {
	importers.Draft
	cfg   importers.Config
	words importers.Words
	body  body
	row   row
	used  map[string]bool // columns that have a place of their own
}

func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{cfg: cfg, words: cfg.Words(words), used: map[string]bool{}}
	if err := json.Unmarshal(raw.Body, &m.body); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "the record is no incident: " + err.Error()}
	}
	if m.row = decodeRow(m.body.Incident); importers.Line(m.row.id()) == "" {
		return importers.Draft{}, &importers.MapError{Field: "sys_id", Reason: "the row has no sys_id"}
	}
	m.head()
	m.people()
	m.related()
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.history()
	m.notes()
	m.levels()
	m.retrospective()
	m.rest()
	m.CheckOrder()
	return m.Draft, nil
}

// column returns what people are shown of a column, which then needs no other place.
func (m *mapping) column(name string) string {
	m.used[name] = true
	return m.row.shown(name)
}

// named returns the columns that the mapping names for a purpose.
func (m *mapping) named(purpose string) []string { return importers.List(m.words.Fields[purpose], ",") }

func (m *mapping) head() {
	inc, r := &m.Incident, m.row
	inc.Ref = incident.Ref{Type: incidents, ExternalID: importers.Line(r.id())}
	inc.Number = m.column("number")
	inc.URL = m.address(incidents, r.id())
	inc.Origin, inc.Kind = incident.OriginTicket, incident.Real
	m.SetTitle("short_description", m.column("short_description"))
	inc.Description, inc.Format = importers.Clean(r["description"].display), incident.Plain
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = r.at("sys_created_on"), r.at("sys_updated_on")
	inc.PriorityRaw, inc.UrgencyRaw = m.column("priority"), m.column("urgency")
	inc.SeverityRaw = m.column("severity")
	for _, c := range m.named("severity") {
		m.used[c] = true
		inc.Severity = m.SeverityOf(c, r.code(c), m.words.Severity)
	}
	for _, c := range m.named("service") {
		m.AddServices(m.words.ServiceNames(m.column(c))...)
	}
	for _, c := range m.named("team") {
		m.Team = m.column(c)
	}
	m.status()
}

// status sets the status by the state's choice value, and by its label only where the value is in no map. What was
// closed as a duplicate was merged.
func (m *mapping) status() {
	inc, field := &m.Incident, m.state()
	word := m.row.code(field)
	if _, known := m.words.Status.Of(word); !known {
		if _, known := m.words.Status.Of(m.row.shown(field)); known {
			word = m.row.shown(field)
		}
	}
	m.SetStatus(field, word, m.words.Status)
	inc.StatusRaw = m.row.shown(field)
	if why, ok := m.words.Status.Of("close_code " + m.row.code("close_code")); ok && inc.Status.Over() {
		inc.Status = why
	}
}

// state is the column of the state; old instances keep it in incident_state.
func (m *mapping) state() string {
	if m.row.code("state") == "" && m.row.code("incident_state") != "" {
		return "incident_state"
	}
	return "state"
}

func (m *mapping) people() {
	for _, p := range []struct{ column, role string }{
		{"caller_id", "reporter"}, {"opened_by", "author"}, {"assigned_to", "assignee"}, {"resolved_by", "resolver"},
	} {
		m.AddPerson(m.column(p.column), p.role)
	}
}

// related sets what the incident points to. An incident that duplicates another one and is over was merged into it.
func (m *mapping) related() {
	inc, r := &m.Incident, m.row
	inc.KnownProblem = m.column("problem_id")
	inc.Parent = incident.ID(r.code("parent_incident"))
	inc.DuplicateOf = incident.ID(r.code("duplicate_of"))
	m.used["parent_incident"], m.used["duplicate_of"] = true, true
	if inc.DuplicateOf != "" && inc.Status.Over() {
		inc.Status = incident.Merged
	}
	if inc.Status == incident.Merged {
		inc.MergedInto = inc.DuplicateOf
		if inc.MergedInto == "" {
			inc.MergedInto = inc.Parent
		}
	}
	for _, l := range []struct{ column, table, kind, label string }{
		{"caused_by", changes, "change", "caused by "}, {"rfc", changes, "change", "fixed by "}, {"problem_id", "problem", "ticket", "problem "},
	} {
		if id := r.code(l.column); id != "" {
			m.AddLink(l.kind, l.column, m.address(l.table, id), l.label+m.column(l.column))
		}
	}
}

// address returns where people see a row.
func (m *mapping) address(table, id string) string {
	base, err := url.Parse(strings.TrimRight(settings.Of(m.cfg, "url"), "/"))
	if err != nil {
		return ""
	}
	u := base.JoinPath(table + ".do")
	u.RawQuery = url.Values{"sys_id": {importers.Line(id)}}.Encode()
	return importers.WebURL(u.String())
}

// times sets the milestones that columns state; the history adds its own. resolved_at and closed_at count while the
// incident is over.
func (m *mapping) times() error {
	opened := "opened_at"
	if m.row.code(opened) == "" {
		opened = "sys_created_on"
	}
	if err := m.SetTime(incident.Opened, name, opened, m.row[opened].value, utc); err != nil {
		return err
	}
	for _, milestone := range incident.MilestoneNames {
		for _, column := range m.named(string(milestone)) {
			m.used[column] = true
			m.stated(milestone, column)
		}
	}
	s := m.Incident.Status
	if s == incident.Closed {
		m.stated(incident.ClosedAt, "closed_at")
	}
	if at := m.row.at("resolved_at"); (s == incident.Resolved || s == incident.Closed) && !m.reopenedAfter(at) {
		m.stated(incident.ResolvedAt, "resolved_at")
	}
	return nil
}

// stated sets a milestone from a column; one that cannot be read is a warning.
func (m *mapping) stated(milestone incident.MilestoneName, column string) {
	if err := m.SetTime(milestone, name, column, m.row[column].value, utc); err != nil {
		m.Warn(column, m.row.code(column), err.Error())
	}
}

// levels keeps every run of a service level that was not canceled, with the instance's verdict.
func (m *mapping) levels() {
	for _, raw := range m.body.Levels {
		r := decodeRow(raw)
		if r.code("stage") == "cancelled" || r.at("start_time").IsZero() {
			continue
		}
		c := incident.SLACycle{Name: r.shown("sla"), Start: r.at("start_time"), Stop: r.at("end_time"), Target: r.span("sla.duration")}
		if goal := r.code("sla.target"); goal == "response" || goal == "resolution" {
			c.Goal = goal
		}
		if b, err := strconv.ParseBool(r.code("has_breached")); err == nil {
			c.Breached = &b
		}
		m.Incident.SLA = append(m.Incident.SLA, c)
	}
	slices.SortStableFunc(m.Incident.SLA, func(a, b incident.SLACycle) int { return a.Start.Compare(b.Start) })
}

// retrospective keeps what the incident's problem says of cause and remedy.
func (m *mapping) retrospective() {
	p := decodeRow(m.body.Problem)
	var sections []incident.Section
	for _, s := range []struct{ column, slug, title string }{
		{"cause_notes", "factors", "Cause"}, {"workaround", "resolution", "Workaround"}, {"fix_notes", "resolution", "Fix"},
	} {
		if text := text(p[s.column].display); text != "" {
			sections = append(sections, incident.Section{Slug: s.slug, Title: s.title, Body: text})
		}
	}
	if len(sections) == 0 {
		return
	}
	title := importers.Line(p.shown("number") + " " + p.shown("short_description"))
	m.Retrospective = &incident.Retrospective{Title: title, State: "imported", Sections: sections}
	if who := p.shown("assigned_to"); who != "" {
		m.Retrospective.Authors = []string{who}
	}
}

// inner are columns that say something of the database, or repeat what other tables tell in full.
var inner = []string{"sys_id", "sys_class_name", "sys_domain", "sys_domain_path", "sys_mod_count", "sys_tags", "sys_created_on", "sys_updated_on",
	"state", "incident_state", "description", "work_notes", "comments", "comments_and_work_notes", "work_notes_list", "watch_list", "upon_approval", "upon_reject",
	"approval", "activity_due", "calendar_stc", "business_stc", "calendar_duration", "business_duration", "opened_at", "resolved_at", "closed_at", "made_sla",
	"reopen_count", "active", "additional_assignee_list", "order", "task_effective_number", "knowledge", "notify", "escalation", "reassignment_count", "child_incidents"}

// rest keeps every other column that says something, by its name in the database: labels are translated.
func (m *mapping) rest() {
	for _, column := range slices.Sorted(maps.Keys(m.row)) {
		if text := m.row.shown(column); !m.used[column] && !slices.Contains(inner, column) && text != "" && text != "false" {
			m.AddCustom(column, text)
		}
	}
}
