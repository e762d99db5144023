package victorops

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// entry is an incident as the APIs give it. Every field may be missing.
type entry struct {
	head
	Phase       string `json:"currentPhase"`
	DisplayName string `json:"entityDisplayName"`
	EntityID    string `json:"entityId"`
	EntityState string `json:"entityState"`
	EntityType  string `json:"entityType"`
	Host        string
	Service     string
	RoutingKey  string   `json:"routingKey"`
	MonitorType string   `json:"monitorType"`
	AlertCount  text     `json:"alertCount"`
	LastAlert   string   `json:"lastAlertTime"`
	Users       []string `json:"pagedUsers"`
	Policies    []struct {
		Policy, Team struct{ Name, Slug string }
	} `json:"pagedPolicies"`
	Transitions []transition
}

// transition is one change of an incident's state.
type transition struct {
	Name     string
	At       string
	By       string // empty when a monitoring tool caused it
	Message  string
	Manually *bool

	at time.Time
}

// person returns who caused the transition, if it was somebody.
func (t transition) person() string {
	if t.Manually != nil && !*t.Manually {
		return ""
	}
	return t.By
}

func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var e entry
	if err := json.Unmarshal(raw.Body, &e); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no incident: " + err.Error()}
	}
	d := importers.NewIncident(incidents, raw.ExternalID, incident.OriginPager)
	inc := &d.Incident
	inc.Number = "#" + importers.Line(raw.ExternalID)
	if err := d.SetTime(incident.Opened, name, "startTime", e.Start, importers.ISO8601); err != nil {
		return importers.Draft{}, err
	}
	w := cfg.Words(words)
	e.attributes(&d, w)
	e.history(&d, w)
	inc.ExternalCreatedAt = inc.Milestones.At(incident.Opened)
	inc.ExternalUpdatedAt = e.updated(inc.ExternalCreatedAt)
	d.CheckOrder()
	return d, nil
}

func (e *entry) attributes(d *importers.Draft, w importers.Words) {
	inc := &d.Incident
	title := cmp.Or(e.DisplayName, e.EntityID, e.Service)
	d.SetTitle("entityDisplayName", title)
	d.SetStatus("currentPhase", e.Phase, w.Status)
	inc.SeverityRaw = importers.Line(e.EntityState)
	inc.Severity = d.SeverityOf("entityState", e.EntityState, w.Severity)
	// Tools that alert on no service write the alert's own title there.
	service := e.Service
	if service == "" || service == title {
		service = e.RoutingKey
	}
	d.AddServices(w.ServiceNames(service)...)
	for _, p := range e.Policies {
		d.Team = cmp.Or(d.Team, importers.Line(p.Team.Name))
	}
	if d.Team == "" && len(e.Teams) > 0 {
		d.Team = importers.Line(e.Teams[0])
	}
	for _, user := range e.Users {
		d.AddPerson(user, "responder")
	}
	for _, field := range [...][2]string{
		{"routing key", e.RoutingKey}, {"entity", e.EntityID}, {"entity type", e.EntityType}, {"host", e.Host}, {"service", e.Service},
		{"monitor type", e.MonitorType}, {"alerts", string(e.AlertCount)},
	} {
		d.AddCustom(field[0], field[1])
	}
	for _, p := range e.Policies {
		d.AddCustom("escalation policy", p.Policy.Name)
	}
}

// history turns the transitions into the status history, the timeline and the parts that people had. Transitions of one
// second stay in the order in which they are listed.
func (e *entry) history(d *importers.Draft, w importers.Words) {
	e.Transitions = slices.DeleteFunc(e.Transitions, func(t transition) bool {
		if importers.ISO(t.At).IsZero() {
			d.Warn("transitions.at", importers.Line(t.At), "a transition without a time was left out")
			return true
		}
		return false
	})
	for i := range e.Transitions {
		e.Transitions[i].at = importers.ISO(e.Transitions[i].At)
	}
	slices.SortStableFunc(e.Transitions, func(a, b transition) int { return a.at.Compare(b.at) })
	var turns []importers.Turn
	over := false
	for i, t := range e.Transitions {
		status, known := w.Status.Of(t.Name)
		if !known {
			d.Warn("transitions.name", importers.Line(t.Name), "this word is in no map; say in the mapping what it means")
		} else {
			turns = append(turns, importers.Turn{At: t.at, Status: status, Raw: t.Name, By: t.By, Field: "transitions/" + importers.Line(t.Name)})
		}
		kind := eventOf(status, i == 0, over)
		if known {
			over = status.Over()
		}
		d.Happened(incident.TimelineEvent{At: t.at, Kind: kind, Actor: t.By, Text: t.Message, RawKind: t.Name})
		addPart(d, t, status)
	}
	d.SetHistory(name, d.Incident.Milestones.At(incident.Opened), incident.Triggered, turns)
}

func eventOf(status incident.Status, first, over bool) incident.EventKind {
	switch {
	case first && status == incident.Triggered:
		return incident.EventCreated
	case status == "":
		return incident.EventOther
	case status == incident.Acknowledged && !over:
		return incident.EventAcknowledged
	}
	was := incident.Triggered
	if over {
		was = incident.Resolved
	}
	return importers.EventOfTurn(was, status)
}

func addPart(d *importers.Draft, t transition, status incident.Status) {
	switch {
	case status == incident.Acknowledged:
		d.AddPerson(t.person(), "acknowledger")
	case status.Over():
		d.AddPerson(t.person(), "resolver")
	}
}

// updated is the latest thing that the incident tells of: it has no time of change of its own.
func (e *entry) updated(last time.Time) time.Time {
	for _, t := range e.Transitions {
		if t.at.After(last) {
			last = t.at
		}
	}
	if at := importers.ISO(e.LastAlert); at.After(last) {
		last = at
	}
	return last
}
