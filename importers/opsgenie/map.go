package opsgenie

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// common are the fields that incidents and alerts share.
type common struct {
	ID              string
	TinyID          string
	Message         string
	Description     string
	Status          string
	Priority        string
	Source          string
	Owner           string
	OwnerTeam       string
	CreatedAt       string
	UpdatedAt       string
	Tags            []string
	Responders      []struct{ Type, ID string }
	Services        []string          `json:"impactedServices"`
	ImpactStart     string            `json:"impactStartDate"`
	ImpactEnd       string            `json:"impactEndDate"`
	ImpactDetected  string            `json:"impactDetectDate"`
	ExtraProperties map[string]string // of incidents
	Details         map[string]string // of alerts
	Links           struct{ Web string }

	// Of alerts.
	Alias        string
	Entity       string
	Acknowledged bool
	Count        int
	Integration  struct{ Name string }
	Report       struct {
		AckTime, CloseTime       *float64 // milliseconds since creation
		AcknowledgedBy, ClosedBy string
	}
}

// mapper is a record on its way to a draft.
type mapper struct {
	draft importers.Draft
	words importers.Words
	rec   record
	src   common
}

func newMapper(raw incident.Raw, cfg importers.Config, collection string) (*mapper, error) {
	m := &mapper{words: cfg.Words(words), draft: importers.NewIncident(collection, raw.ExternalID, incident.OriginPager)}
	if err := json.Unmarshal(raw.Body, &m.rec); err != nil {
		return nil, &importers.MapError{Reason: "it is no record: " + importers.Line(err.Error())}
	}
	body, field := m.rec.Incident, "incident"
	if collection == alerts {
		body, field = m.rec.Alert, "alert"
	}
	if err := json.Unmarshal(body, &m.src); err != nil {
		return nil, &importers.MapError{Field: field, Reason: "it cannot be read: " + importers.Line(err.Error())}
	}
	return m, m.attributes()
}

// attributes maps what incidents and alerts share.
func (m *mapper) attributes() error {
	d, inc, src := &m.draft, &m.draft.Incident, m.src
	d.SetTitle("message", src.Message)
	d.SetStatus("status", src.Status, m.words.Status)
	inc.Description = importers.Clean(src.Description)
	if src.TinyID != "" {
		inc.Number = "#" + importers.Line(src.TinyID)
	}
	inc.URL = importers.WebURL(src.Links.Web)
	inc.PriorityRaw = importers.Line(src.Priority)
	inc.Severity = d.SeverityOf("priority", src.Priority, m.words.Severity)
	inc.Tags = importers.Tags(src.Tags)
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = importers.ISO(src.CreatedAt), importers.ISO(src.UpdatedAt)
	for _, id := range src.Services {
		d.AddServices(m.words.ServiceNames(m.label("impactedServices", id))...)
	}
	if src.OwnerTeam != "" {
		d.Team = m.label("ownerTeam", src.OwnerTeam)
	}
	for _, p := range src.Responders {
		switch {
		case p.Type == "user":
			d.AddPerson(m.label("responders", p.ID), "responder")
		case p.Type == "team" && d.Team == "":
			d.Team = m.label("responders", p.ID)
		}
	}
	d.AddPerson(src.Owner, "assignee")
	for _, own := range []map[string]string{src.ExtraProperties, src.Details} {
		for _, key := range slices.Sorted(maps.Keys(own)) {
			d.AddCustom(key, own[key])
		}
	}
	d.AddCustom("Source", src.Source)
	return d.SetTimes(name, importers.ISO8601,
		importers.Stated{Name: incident.Opened, Field: "createdAt", Text: src.CreatedAt},
		importers.Stated{Name: incident.ImpactStarted, Field: "impactStartDate", Text: src.ImpactStart},
		importers.Stated{Name: incident.Detected, Field: "impactDetectDate", Text: src.ImpactDetected},
		importers.Stated{Name: incident.ImpactEnded, Field: "impactEndDate", Text: src.ImpactEnd})
}

// label returns the name behind an id, or the id with a warning where the API gave none.
func (m *mapper) label(field, id string) string {
	var who struct{ Name, FullName, Username string }
	json.Unmarshal(m.rec.Named[id], &who) // nothing when it was not given
	if text := importers.Line(cmp.Or(who.FullName, who.Name, who.Username)); text != "" {
		return text
	}
	m.draft.Warn(field, importers.Line(id), "the key may not read the name behind this id")
	return importers.Line(id)
}

// entry is an entry of an incident's timeline.
type entry struct {
	ID        string
	Group     string
	Type      string
	EventTime string
	Hidden    bool
	Actor     struct{ Name string }
	Title     struct{ Content string }
	// Description has its text as content, or, in older answers, as name.
	Description struct{ Name, Content string }
}

// mapIncident turns an incident into a draft. Its alerts are part of its timeline and no incidents of their own.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m, err := newMapper(raw, cfg, incidents)
	if err != nil {
		return importers.Draft{}, err
	}
	d := &m.draft
	var turns []importers.Turn
	for _, text := range m.rec.Timeline {
		var e entry
		at := importers.ISO("")
		if json.Unmarshal(text, &e) == nil {
			at = importers.ISO(e.EventTime)
		}
		if at.IsZero() {
			d.Warn("timeline", importers.Line(e.EventTime), "an entry without a time was left out")
			continue
		}
		kind, next := meaning(e)
		text := cmp.Or(e.Title.Content, e.Description.Content, e.Description.Name, e.Type)
		if e.Title.Content != "" && e.Description.Content != "" {
			text = e.Title.Content + "\n" + e.Description.Content
		}
		d.Happened(incident.TimelineEvent{At: at, Kind: kind, Actor: e.Actor.Name, Text: text, RawKind: e.Type, Private: e.Hidden})
		if next != "" {
			turns = append(turns, importers.Turn{At: at, Status: next, Raw: e.Type, By: e.Actor.Name, Field: "timeline/" + e.Type})
		}
	}
	m.mapAlerts()
	m.history(turns)
	m.order()
	return *d, nil
}

// history sets the status history, if it leads to the status that the incident has; a timeline in which the
// resolution goes by another name tells none.
func (m *mapper) history(turns []importers.Turn) {
	d, last := &m.draft, importers.Turn{Status: incident.Triggered}
	for _, t := range turns {
		if !t.At.Before(last.At) {
			last = t
		}
	}
	if len(m.rec.Timeline) == 0 {
		return
	}
	if last.Status.Over() != d.Incident.Status.Over() {
		d.Warn("timeline", string(d.Incident.Status), "the timeline does not tell when the incident came to this status")
		return
	}
	if last.Status.Over() {
		d.AddPerson(last.By, "resolver")
	}
	d.SetHistory(name, d.Incident.Milestones.At(incident.Opened), incident.Triggered, turns)
}

// meaning reads the type of an entry, such as "IncidentResolved". The API's description names none of them but
// "CustomUserEntry", so only types that begin with the incident and end with what became of it are read.
func meaning(e entry) (incident.EventKind, incident.Status) {
	if e.Group == "custom" {
		return incident.EventNote, ""
	}
	what, _ := strings.CutPrefix(importers.Fold(e.Type), "incident")
	switch what {
	case "created", "opened":
		return incident.EventCreated, ""
	case "resolved":
		return incident.EventResolved, incident.Resolved
	case "closed":
		return incident.EventStatus, incident.Closed
	case "reopened":
		return incident.EventReopened, incident.Triggered
	case "priorityupdated", "prioritychanged":
		return incident.EventSeverity, ""
	case "responderadded", "ownerteamupdated":
		return incident.EventAssigned, ""
	}
	return incident.EventOther, ""
}

// mapAlerts makes events of the incident's alerts. The first one detected it, unless the incident itself says when.
func (m *mapper) mapAlerts() {
	d := &m.draft
	var first common
	for _, text := range m.rec.Alerts {
		var a common
		if json.Unmarshal(text, &a) != nil || importers.ISO(a.CreatedAt).IsZero() {
			d.Warn("alerts", "", "an alert that cannot be read was left out")
			continue
		}
		at := importers.ISO(a.CreatedAt)
		if first.CreatedAt == "" || at.Before(importers.ISO(first.CreatedAt)) {
			first = a
		}
		d.Happened(incident.TimelineEvent{At: at, Kind: incident.EventOther, RawKind: "alert", Text: "Alert #" + a.TinyID + " " + a.Priority + ": " + a.Message, Actor: a.Source})
	}
	if _, stated := d.Incident.Milestones.Current(incident.Detected); !stated {
		d.Incident.Milestones.Set(incident.Detected, importers.ISO(first.CreatedAt), incident.ToSecond, incident.FromField, name, "alerts/createdAt")
	}
	if n := len(m.rec.AlertIDs); n > 0 {
		d.AddCustom("Alerts", strconv.Itoa(n))
	}
}

// order puts the timeline in the order in which it happened.
func (m *mapper) order() {
	d := &m.draft
	d.SortTimeline()
	d.CheckOrder()
}
