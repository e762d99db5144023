package grafanaincident

import (
	"cmp"
	"encoding/json"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// entry is an incident as GetIncident gives it. Every field may be missing; times may be "".
type entry struct {
	preview
	Title    string
	Status   string
	Severity string
	Summary  string
	Type     string `json:"incidentType"`
	IsDrill  bool   `json:"isDrill"`
	Start    string `json:"incidentStart"`
	End      string `json:"incidentEnd"`
	Closed   string `json:"closedTime"`
	Overview string `json:"overviewURL"`
	By       user   `json:"createdByUser"`
	Labels   []struct{ Key, Label string }
	Refs     []struct{ Key, Ref, URL string }
	Members  struct {
		Assignments []struct {
			User user
			Role struct{ Name string }
		}
	} `json:"incidentMembership"`
	Channels []struct{ URL string } `json:"incidentChannels"`
	Tasks    struct {
		Tasks []struct{ Text, Status string }
	} `json:"taskList"`
}

type user struct{ Name string }

// item is something that happened, or that somebody wrote.
type item struct {
	Kind    string `json:"activityKind"`
	Event   string `json:"eventTime"` // may be set by people
	Created string `json:"createdTime"`
	Body    string
	User    user
}

func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r struct {
		Incident *entry
		Activity []item
	}
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no incident: " + err.Error()}
	}
	if r.Incident == nil {
		return importers.Draft{}, &importers.MapError{Field: "incident", Reason: "the record holds no incident"}
	}
	d := importers.NewIncident(incidents, raw.ExternalID, incident.OriginTicket)
	inc, e := &d.Incident, r.Incident
	inc.Number = importers.Line(raw.ExternalID)
	if e.IsDrill {
		inc.Kind = incident.Drill
	}
	e.attributes(&d, cfg)
	if err := e.times(&d); err != nil {
		return importers.Draft{}, err
	}
	timeline(&d, r.Activity)
	d.CheckOrder()
	return d, nil
}

func (e *entry) attributes(d *importers.Draft, cfg importers.Config) {
	w, inc := cfg.Words(words), &d.Incident
	d.SetTitle("title", e.Title)
	d.SetStatus("status", e.Status, w.Status)
	inc.SeverityRaw = importers.Line(e.Severity)
	inc.Severity = d.SeverityOf("severity", e.Severity, w.Severity)
	inc.Description = importers.Clean(e.Summary)
	inc.URL = importers.WebURL(e.Overview)
	if strings.HasPrefix(e.Overview, "/") {
		inc.URL = importers.WebURL(strings.TrimRight(settings.Of(cfg, "url"), "/") + e.Overview)
	}
	for _, l := range e.Labels {
		switch key := importers.Fold(l.Key); key {
		case "service", "servicename", "component":
			d.AddServices(w.ServiceNames(l.Label)...)
		case "team", "squad":
			d.Team = cmp.Or(d.Team, importers.Line(l.Label))
		}
		inc.Tags = append(inc.Tags, strings.Trim(l.Key+":"+l.Label, ":"))
	}
	inc.Tags = importers.Tags(inc.Tags)
	d.AddPerson(e.By.Name, "reporter")
	for _, a := range e.Members.Assignments {
		role := "responder"
		if importers.Fold(a.Role.Name) == "commander" {
			role = "commander"
		}
		d.AddPerson(a.User.Name, role)
	}
	for _, r := range e.Refs {
		if r.URL != "" {
			d.AddLink("same_as", "refs", r.URL, r.Key)
		}
	}
	for _, c := range e.Channels {
		if c.URL != "" {
			d.AddLink("chat", "incidentChannels", c.URL, "")
		}
	}
	d.AddCustom("type", e.Type)
	for _, t := range e.Tasks.Tasks {
		d.AddCustom("task, "+t.Status, t.Text)
	}
}

// times sets the milestones. A start that is the declaration's own time was filled in by Grafana; only another one is
// somebody's statement about the impact.
func (e *entry) times(d *importers.Draft) error {
	inc := &d.Incident
	if err := d.SetTime(incident.Opened, name, "createdTime", e.Created, importers.ISO8601); err != nil {
		return err
	}
	opened := inc.Milestones.At(incident.Opened)
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = opened, importers.ISO(e.Modified)
	if start := importers.ISO(e.Start); !start.Equal(opened) {
		if err := d.SetTime(incident.ImpactStarted, name, "incidentStart", e.Start, importers.ISO8601); err != nil {
			return err
		}
	}
	if !inc.Status.Over() {
		return nil // both outlive a reopening
	}
	if err := d.SetTime(incident.ResolvedAt, name, "closedTime", e.Closed, importers.ISO8601); err != nil {
		return err
	}
	if end := importers.ISO(e.End); !end.Equal(importers.ISO(e.Closed)) {
		return d.SetTime(incident.ImpactEnded, name, "incidentEnd", e.End, importers.ISO8601)
	}
	return nil
}

// kinds are the sorts of activity of which more is known than that something happened.
var kinds = map[string]incident.EventKind{
	"userNote": incident.EventNote, "incidentCreated": incident.EventCreated, "incidentStatusChanged": incident.EventStatus,
	"roleAssigned": incident.EventAssigned, "incidentSeverityChanged": incident.EventSeverity,
}

// timeline keeps all activity, under the time that it is said to have happened.
func timeline(d *importers.Draft, activity []item) {
	for _, i := range activity {
		at := importers.ISO(cmp.Or(i.Event, i.Created))
		if at.IsZero() {
			d.Warn("activity.eventTime", importers.Line(i.Event), "an item without a time was left out")
			continue
		}
		kind, known := kinds[i.Kind]
		if !known {
			kind = incident.EventOther
		}
		d.Happened(incident.TimelineEvent{At: at, Kind: kind, Actor: i.User.Name, Text: i.Body, RawKind: i.Kind})
	}
	d.SortTimeline()
}
