package statuspage

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// post is an incident as Statuspage's API gives it. Flattened exports write the same with started_at,
// closed_at and updates, and components as bare names.
type post struct {
	Name            string      `json:"name"`
	Title           string      `json:"title"`
	Status          string      `json:"status"`
	Impact          string      `json:"impact"`
	CreatedAt       string      `json:"created_at"`
	UpdatedAt       string      `json:"updated_at"`
	StartedAt       string      `json:"started_at"`
	MonitoringAt    string      `json:"monitoring_at"`
	ResolvedAt      string      `json:"resolved_at"`
	ClosedAt        string      `json:"closed_at"`
	ScheduledFor    string      `json:"scheduled_for"`
	ScheduledUntil  string      `json:"scheduled_until"`
	Shortlink       string      `json:"shortlink"`
	Backfilled      bool        `json:"backfilled"`
	PostmortemBody  string      `json:"postmortem_body"`
	Components      []component `json:"components"`
	Updates         []update    `json:"updates"`
	IncidentUpdates []update    `json:"incident_updates"`
}

// update is one message to the public.
type update struct {
	Status    string `json:"status"`
	Body      string `json:"body"`
	At        string `json:"at"`
	DisplayAt string `json:"display_at"` // what the page shows; differs from created_at when backdated
	CreatedAt string `json:"created_at"`

	time time.Time
}

// component is a part of the company's service, written as an object or as its bare name.
type component struct {
	Name  string
	Group bool // a heading over other components
}

func (c *component) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &c.Name) == nil {
		return nil
	}
	var object struct {
		Name  string
		Group bool
	}
	err := json.Unmarshal(text, &object)
	*c = component(object)
	return err
}

// mapRecord turns one incident or maintenance into a draft.
func mapRecord(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var kind struct {
		ServiceName string `json:"service_name"`
	}
	if err := json.Unmarshal(raw.Body, &kind); err != nil {
		return importers.Draft{}, wrongShape(err)
	}
	if kind.ServiceName != "" {
		return mapAWS(raw)
	}
	var p post
	if err := json.Unmarshal(raw.Body, &p); err != nil {
		return importers.Draft{}, wrongShape(err)
	}
	m := mapping{post: p, words: cfg.Words(words)}
	if err := m.readUpdates(); err != nil {
		return importers.Draft{}, err
	}
	m.mapAttributes(raw.ExternalID)
	if err := m.mapMilestones(); err != nil {
		return importers.Draft{}, err
	}
	m.mapKind()
	m.mapHistory()
	m.mapPostmortem()
	return m.draft, nil
}

// wrongShape says which field holds what it should not.
func wrongShape(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return &importers.MapError{Field: wrong.Field, Value: wrong.Value, Reason: fmt.Sprintf("found a JSON %s, expected a %s", wrong.Value, wrong.Type.Kind())}
	}
	if errors.As(err, &wrong) {
		return &importers.MapError{Reason: fmt.Sprintf("found a JSON %s, expected an incident or a list of them", wrong.Value)}
	}
	return &importers.MapError{Reason: "no JSON: " + err.Error()}
}

// mapping is an incident on its way to a draft.
type mapping struct {
	post
	words   importers.Words
	updates []update // in the order in which they happened
	draft   importers.Draft
}

// readUpdates puts the updates, which the API lists newest first, in order of time.
func (m *mapping) readUpdates() error {
	for _, u := range slices.Backward(m.IncidentUpdates) {
		m.updates = append(m.updates, u)
	}
	m.updates = append(m.updates, m.Updates...)
	for i := range m.updates {
		u := &m.updates[i]
		text := cmp.Or(u.DisplayAt, u.At, u.CreatedAt)
		at, err := importers.ISO8601.Parse(text)
		if err != nil {
			return &importers.MapError{Field: "incident_updates.display_at", Value: importers.Line(text), Reason: err.Error()}
		}
		u.time = at.At
	}
	slices.SortStableFunc(m.updates, func(a, b update) int { return a.time.Compare(b.time) })
	return nil
}

func (m *mapping) mapAttributes(id string) {
	d := &m.draft
	d.Incident.Ref = incident.Ref{Type: posts, ExternalID: id}
	d.Incident.Origin = incident.OriginStatusPage
	d.SetTitle("name", cmp.Or(m.Name, m.Title))
	d.Incident.URL = importers.WebURL(m.Shortlink)
	status := m.Status
	if status == "" && len(m.updates) > 0 {
		status = m.updates[len(m.updates)-1].Status
	}
	d.SetStatus("status", status, m.words.Status)
	d.Incident.SeverityRaw = importers.Line(m.Impact)
	d.Incident.Severity = d.SeverityOf("impact", m.Impact, m.words.Severity)
	for _, c := range m.Components {
		if !c.Group {
			d.AddServices(m.words.ServiceNames(c.Name)...)
		}
	}
	d.AddCustom("scheduled_for", m.ScheduledFor)
	d.AddCustom("scheduled_until", m.ScheduledUntil)
}

var words = importers.Words{Status: statuses, Severity: impacts}

var statuses = importers.Values[incident.Status]{}.With(map[string]incident.Status{
	"investigating": incident.Investigating, "identified": incident.Investigating,
	"monitoring": incident.Mitigated, "resolved": incident.Resolved, "postmortem": incident.Closed,
	// Of maintenances.
	"scheduled": incident.Triggered, "in_progress": incident.Investigating,
	"verifying": incident.Mitigated, "completed": incident.Resolved,
})

var impacts = importers.Values[incident.Severity]{}.With(map[string]incident.Severity{
	"critical": incident.Sev1, "major": incident.Sev2, "minor": incident.Sev3,
	"none": incident.SevUnknown, "maintenance": incident.SevUnknown,
})

// mapMilestones takes times from the incident's own fields and, where those are absent, from its updates.
func (m *mapping) mapMilestones() error {
	d := &m.draft
	resolvedField := "resolved_at"
	if m.ResolvedAt == "" {
		resolvedField = "closed_at"
	}
	for _, f := range [...]struct {
		name  incident.MilestoneName
		field string
		text  string
		basis func() time.Time
	}{
		// started_at is when the first update appeared; the page does not say when the impact began.
		{incident.Opened, "started_at", m.StartedAt, m.first},
		{incident.MitigatedAt, "monitoring_at", m.MonitoringAt, func() time.Time { return m.entered(incident.Mitigated) }},
		{incident.ResolvedAt, resolvedField, cmp.Or(m.ResolvedAt, m.ClosedAt), func() time.Time { return m.entered(incident.Resolved) }},
	} {
		if f.name == incident.ResolvedAt && !d.Incident.Status.Over() {
			continue
		}
		if err := d.SetTime(f.name, name, f.field, f.text, importers.ISO8601); err != nil {
			return err
		}
		if _, known := d.Incident.Milestones.Current(f.name); !known {
			d.Incident.Milestones.Set(f.name, f.basis(), incident.ToSecond, incident.FromLog, name, "incident_updates")
		}
	}
	if created, err := importers.ISO8601.Parse(m.CreatedAt); err == nil {
		d.Incident.ExternalCreatedAt = created.At
		if d.Incident.Milestones.At(incident.Opened).IsZero() {
			d.Incident.Milestones.Set(incident.Opened, created.At, created.Precision, incident.FromField, name, "created_at")
		}
	}
	d.Incident.ExternalUpdatedAt = importers.ISO(m.UpdatedAt)
	if d.Incident.Milestones.At(incident.Opened).IsZero() {
		return &importers.MapError{Field: "started_at", Reason: "the incident has neither a start nor a creation time nor an update"}
	}
	d.CheckOrder()
	return nil
}

// first is the time of the first update.
func (m *mapping) first() time.Time {
	if len(m.updates) == 0 {
		return time.Time{}
	}
	return m.updates[0].time
}

// entered is when the incident last changed to a status: a fix that did not hold is no mitigation.
func (m *mapping) entered(s incident.Status) (at time.Time) {
	before := incident.StatusUnknown
	for _, u := range m.updates {
		now, _ := m.words.Status.Of(u.Status)
		if now == s && before != s {
			at = u.time
		}
		before = now
	}
	return at
}

// mapKind tells maintenances, and incidents that were written down after the fact, from what was observed.
func (m *mapping) mapKind() {
	inc := &m.draft.Incident
	opened, resolved := inc.Milestones.At(incident.Opened), inc.Milestones.At(incident.ResolvedAt)
	switch {
	case m.Impact == "maintenance" || m.ScheduledFor != "":
		inc.Kind = incident.Maintenance
	case m.Backfilled, !resolved.IsZero() && !resolved.Before(opened) && resolved.Sub(opened) < time.Minute:
		inc.Kind = incident.AfterTheFact
	default:
		inc.Kind = incident.Real
	}
}

// mapHistory turns the updates into status segments and timeline events, and counts reopenings.
func (m *mapping) mapHistory() {
	inc, reopened := &m.draft.Incident, 0
	for i, u := range m.updates {
		status, known := m.words.Status.Of(u.Status)
		if !known {
			status = incident.StatusUnknown
		}
		e := incident.TimelineEvent{At: u.time, Kind: eventKinds[status], Text: importers.Clean(u.Body), RawKind: importers.Line(u.Status), Pos: i}
		last := len(inc.Segments) - 1
		switch {
		case last < 0:
			e.Kind = incident.EventCreated
		case inc.Segments[last].StatusRaw == e.RawKind:
			e.Kind = incident.EventNote
		case inc.Segments[last].Status.Over() && !status.Over() && known:
			e.Kind = incident.EventReopened
			reopened++
		}
		m.draft.Timeline = append(m.draft.Timeline, e)
		if last < 0 || inc.Segments[last].StatusRaw != e.RawKind {
			if last >= 0 {
				inc.Segments[last].To = u.time
			}
			inc.Segments = append(inc.Segments, incident.Segment{Status: status, StatusRaw: e.RawKind, From: u.time})
		}
	}
	if len(m.updates) > 0 {
		inc.Reopened = &reopened
	}
}

var eventKinds = map[incident.Status]incident.EventKind{
	incident.Triggered: incident.EventStatus, incident.Investigating: incident.EventStatus,
	incident.Mitigated: incident.EventMitigated, incident.Resolved: incident.EventResolved,
	incident.Closed: incident.EventNote, incident.StatusUnknown: incident.EventOther,
}

// mapPostmortem keeps the report that many companies publish as the last update.
func (m *mapping) mapPostmortem() {
	body := m.PostmortemBody
	for _, u := range m.updates {
		if u.Status == "postmortem" && body == "" {
			body = u.Body
		}
	}
	m.draft.SetRetrospective("", "published", incident.Section{Slug: "postmortem", Title: "Postmortem", Body: body})
}
