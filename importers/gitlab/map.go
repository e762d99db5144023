package gitlab

import (
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// record is what is stored of an incident.
type record struct {
	Issue struct {
		IID         int64  `json:"iid"`
		ProjectID   int64  `json:"project_id"`
		Title       string `json:"title"`
		Description string `json:"description"`
		State       string `json:"state"`
		WebURL      string `json:"web_url"`
		CreatedAt   string `json:"created_at"`
		UpdatedAt   string `json:"updated_at"`
		ClosedAt    string `json:"closed_at"`
		Severity    string `json:"severity"`
		Author      person
		ClosedBy    person `json:"closed_by"`
		Assignees   []person
		Labels      []string
		Milestone   struct{ Title string }
		Confid      bool   `json:"confidential"`
		MovedTo     *int64 `json:"moved_to_id"`
		Links       struct {
			Duplicate string `json:"closed_as_duplicate_of"`
		} `json:"_links"`
	}
	States   []stateEvent `json:"state_events"`
	Notes    []note
	Timeline struct {
		Data struct {
			Project struct {
				Issue struct {
					EscalationStatus string
					Severity         string
				}
				Events struct{ Nodes []timelineEvent } `json:"incidentManagementTimelineEvents"`
			}
		}
		Errors []struct{ Message string }
	}
}

type person struct{ Username, Name string }

func (p person) name() string {
	if p.Name != "" {
		return importers.Line(p.Name)
	}
	return importers.Line(p.Username)
}

// words are GitLab's documented words: states, escalation statuses and severities.
func words() importers.Words {
	return importers.Words{
		Status: importers.Values[incident.Status]{}.With(map[string]incident.Status{
			"opened": incident.Triggered, "reopened": incident.Investigating, "closed": incident.Closed, "moved": incident.Merged, "duplicate": incident.Merged,
			"triggered": incident.Triggered, "acknowledged": incident.Acknowledged, "resolved": incident.Resolved, "ignored": incident.Canceled,
		}),
		Severity: importers.SeverityWords().With(map[string]incident.Severity{
			"critical": incident.Sev1, "high": incident.Sev2, "medium": incident.Sev3, "low": incident.Sev4, "unknown": incident.SevUnknown,
		}),
		Kind: importers.Values[incident.Kind]{}.With(map[string]incident.Kind{
			"drill": incident.Drill, "game day": incident.Drill, "maintenance": incident.Maintenance, "retrospective": incident.AfterTheFact,
		}),
		// Scoped labels, "service::checkout"
		Fields: map[string]string{"severity": "severity", "service": "service", "team": "team"},
	}
}

// mapIssue turns an incident of GitLab into one of ours.
func mapIssue(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r record
	var d importers.Draft
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return d, &importers.MapError{Reason: "this is no incident of GitLab: " + err.Error()}
	}
	if raw.ExternalID == "" {
		return d, &importers.MapError{Field: "iid", Reason: "the incident has no project and number"}
	}
	w, inc := cfg.Words(words()), &d.Incident
	inc.Ref = incident.Ref{Type: "incidents", ExternalID: raw.ExternalID}
	inc.Origin, inc.Kind, inc.Private = incident.OriginTicket, incident.Real, r.Issue.Confid
	inc.Number, inc.URL = fmt.Sprintf("#%d", r.Issue.IID), importers.WebURL(r.Issue.WebURL)
	inc.Description, inc.Format = importers.Clean(r.Issue.Description), incident.Markdown
	d.SetTitle("title", r.Issue.Title)
	for _, e := range r.Timeline.Errors {
		d.Warn("timeline", importers.Line(e.Message), "GitLab did not give the incident's timeline; it has them from version 15.6 on")
	}
	describe(&d, r, w)
	if err := times(&d, r); err != nil {
		return d, err
	}
	status(&d, raw.ExternalID, r, w)
	tell(&d, r, w)
	d.CheckOrder()
	return d, nil
}

// describe sets severity, services, team, people, tags and the rest of the fields.
func describe(d *importers.Draft, r record, w importers.Words) {
	inc := &d.Incident
	if inc.SeverityRaw = importers.Line(r.Issue.Severity); inc.SeverityRaw == "" {
		inc.SeverityRaw = importers.Line(r.Timeline.Data.Project.Issue.Severity)
	}
	for _, l := range r.Issue.Labels {
		if k, ok := w.Kind.Of(l); ok {
			inc.Kind = k
		}
		i := strings.LastIndex(l, "::")
		if i < 0 {
			continue
		}
		switch name, value := importers.Fold(l[:i]), importers.Line(l[i+2:]); name {
		case importers.Fold(w.Fields["service"]):
			d.AddServices(w.ServiceNames(value)...)
		case importers.Fold(w.Fields["team"]):
			d.Team = value
		case importers.Fold(w.Fields["severity"]):
			if inc.SeverityRaw == "" || strings.EqualFold(inc.SeverityRaw, "unknown") {
				inc.SeverityRaw = value
			}
		}
	}
	inc.Severity = d.SeverityOf("severity", inc.SeverityRaw, w.Severity)
	inc.Tags = importers.Tags(r.Issue.Labels)
	d.AddPerson(r.Issue.Author.name(), "reporter")
	for _, p := range r.Issue.Assignees {
		d.AddPerson(p.name(), "assignee")
	}
	if r.Issue.State == "closed" {
		d.AddPerson(r.Issue.ClosedBy.name(), "resolver")
	}
	d.AddCustom("milestone", r.Issue.Milestone.Title)
}

// tags are those that GitLab gives timeline events itself, and what is measured from them.
var tags = map[string]incident.MilestoneName{
	"Start time": incident.ImpactStarted, "Impact detected": incident.Detected, "Response initiated": incident.Acked,
	"Impact mitigated": incident.MitigatedAt, "End time": incident.ImpactEnded,
}

// times sets the incident's own times and those of tagged events of its timeline, of each tag the first; of the end
// the last.
func times(d *importers.Draft, r record) error {
	inc := &d.Incident
	if err := d.SetTime(incident.Opened, "gitlab", "created_at", r.Issue.CreatedAt, importers.ISO8601); err != nil {
		return err
	}
	inc.ExternalCreatedAt = inc.Milestones.At(incident.Opened)
	inc.ExternalUpdatedAt = importers.ISO(r.Issue.UpdatedAt)
	found := map[incident.MilestoneName]incident.Milestone{}
	for _, e := range r.Timeline.Data.Project.Events.Nodes {
		m, err := importers.ISO8601.Parse(e.OccurredAt)
		if err != nil || m.At.IsZero() {
			continue // told with the event itself
		}
		for _, tag := range e.Tags.Nodes {
			name, ok := tags[tag.Name]
			if old, set := found[name]; ok && (!set || m.At.Before(old.At) != (name == incident.ImpactEnded)) {
				found[name] = incident.Milestone{At: m.At, Precision: m.Precision, Field: "timeline/" + tag.Name}
			}
		}
	}
	for _, name := range incident.MilestoneNames {
		if m, ok := found[name]; ok {
			inc.Milestones.Set(name, m.At, m.Precision, incident.FromLog, "gitlab", m.Field)
		}
	}
	return nil
}

// status sets where the incident stands: GitLab's state, and while it is open the status of its escalation.
func status(d *importers.Draft, id string, r record, w importers.Words) {
	inc := &d.Incident
	word := r.Issue.State
	switch escalation := r.Timeline.Data.Project.Issue.EscalationStatus; {
	case r.Issue.MovedTo != nil:
		word = "moved"
		d.AddCustom("moved to issue id", fmt.Sprint(*r.Issue.MovedTo))
	case r.Issue.State == "closed" && r.Issue.Links.Duplicate != "":
		word = "duplicate"
		inc.MergedInto = duplicateOf(id, r)
	case r.Issue.State == "opened" && escalation != "":
		word = escalation
	}
	d.SetStatus("state", word, w.Status)
	if r.Issue.State != "closed" {
		return
	}
	if m, err := importers.ISO8601.Parse(r.Issue.ClosedAt); err != nil {
		d.Warn("closed_at", importers.Line(r.Issue.ClosedAt), err.Error())
	} else {
		inc.Milestones.Set(incident.ClosedAt, m.At, m.Precision, incident.FromField, "gitlab", "closed_at")
	}
}

// duplicateOf returns the incident that this one was closed as a duplicate of, if it is of the same project: of others
// only a number is given (…/api/v4/projects/1/issues/75).
func duplicateOf(id string, r record) incident.ID {
	i := strings.LastIndex(r.Issue.Links.Duplicate, fmt.Sprintf("/projects/%d/issues/", r.Issue.ProjectID))
	number := r.Issue.Links.Duplicate[strings.LastIndexByte(r.Issue.Links.Duplicate, '/')+1:]
	if i < 0 || number == "" || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return incident.ID(id[:strings.LastIndexByte(id, '#')+1] + number)
}
