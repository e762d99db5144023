package deploy

import (
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// The names of times in the two forms, DevLake's older one included.
var (
	started  = []string{"started_at", "startedDate", "start_time"}
	finished = []string{"finished_at", "finishedDate", "end_time"}
	created  = []string{"created_at", "createdDate", "create_time"}

	environment = []string{"environment", "originalEnvironment"}
)

func decode(raw incident.Raw) (record, object, error) {
	var r record
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return r, nil, &importers.MapError{Reason: "this is no record of deliveries: " + err.Error()}
	}
	if raw.ExternalID == "" || len(r.Messages) == 0 {
		return r, nil, &importers.MapError{Reason: "there is no delivery"}
	}
	o, err := r.said()
	if err != nil {
		return r, nil, &importers.MapError{Field: "body", Reason: err.Error()}
	}
	return r, o, nil
}

// mapChange turns what was pushed about one change into a change event.
func mapChange(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	r, o, err := decode(raw)
	if err != nil {
		return importers.Draft{}, err
	}
	kind := incident.ChangeKind(strings.ToLower(o.text("kind")))
	if kind == "" {
		kind = incident.ChangeDeploy
	}
	if !slices.Contains(incident.ChangeKinds, kind) {
		return importers.Draft{}, &importers.MapError{Field: "kind", Value: importers.Line(string(kind)), Reason: "it is none of deploy, config, flag, release, infra"}
	}
	services := servicesOf(r, o, cfg)
	d := importers.NewChange("changes", raw.ExternalID, kind, title(o, kind, services))
	c := d.Change
	d.AddChanged(services...)
	c.Environment = importers.Line(o.text(environment...))
	d.SetResult("result", o.text("result", "originalResult"), importers.ResultWords())
	c.Revision, c.Actor = importers.Line(revision(o)), importers.Line(o.text("actor"))
	c.URL = importers.WebURL(o.text("url"))
	return d, span(&d, r, o)
}

// span sets the times. A change of which none was said was made when word of it came.
func span(d *importers.Draft, r record, o object) error {
	c := d.Change
	for _, t := range []struct {
		names []string
		into  *time.Time
	}{{started, &c.StartedAt}, {finished, &c.FinishedAt}, {created, &c.ExternalCreatedAt}} {
		at, err := d.Instant(t.names[0], o.text(t.names...), format(o.text(t.names...)))
		if err != nil {
			return err
		}
		*t.into = at
	}
	first, last := instant(r.Messages[0]).UTC(), instant(r.Messages[len(r.Messages)-1]).UTC()
	c.ExternalUpdatedAt = last
	switch {
	case !c.At().IsZero():
	case c.Result == incident.ChangeRunning, len(r.Messages) > 1:
		c.StartedAt = first
	default:
		c.FinishedAt = last
	}
	return nil
}

// format reads numbers as seconds, or milliseconds, since 1970.
func format(text string) importers.TimeFormat {
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return importers.TimeFormat{}
	}
	if whole, _, _ := strings.Cut(text, "."); len(whole) >= 12 {
		return importers.TimeFormat{Layout: importers.UnixMillis}
	}
	return importers.TimeFormat{Layout: importers.UnixTime}
}

// servicesOf returns the services that are named, else the address's, else the repositories' names, else the setting's.
func servicesOf(r record, o object, cfg importers.Config) []string {
	names := append(o.texts("services"), o.texts("service")...)
	for _, m := range r.Messages {
		if len(names) == 0 && m.Service != "" {
			names = []string{m.Service}
		}
	}
	if len(names) == 0 {
		for _, c := range append(o.commits(), o) {
			if repo := c.text("repoUrl", "repo_url"); repo != "" {
				names = append(names, repository(repo))
			}
		}
	}
	if len(names) == 0 {
		names = []string{settings.Of(cfg, "service")}
	}
	return cfg.Words(words()).ServiceNames(names...)
}

// repository returns the name of the repository at an address: "checkout" of https://git.example.com/shop/checkout.git.
func repository(address string) string {
	if u, err := url.Parse(address); err == nil && u.Path != "" {
		address = u.Path
	}
	return strings.TrimSuffix(path.Base(strings.TrimRight(address, "/")), ".git")
}

func revision(o object) string {
	if text := o.text("revision", "commitSha", "commit_sha"); text != "" {
		return text
	}
	var all []string
	for _, c := range o.commits() {
		if sha := c.text("commitSha", "commit_sha"); sha != "" && !slices.Contains(all, sha) {
			all = append(all, sha)
		}
	}
	return strings.Join(all, ", ")
}

func title(o object, kind incident.ChangeKind, services []string) string {
	if text := o.text("title", "displayTitle", "name"); text != "" {
		return text
	}
	text := map[incident.ChangeKind]string{incident.ChangeDeploy: "Deployment", incident.ChangeConfig: "Change of settings", incident.ChangeFlag: "Change of a flag",
		incident.ChangeRelease: "Release", incident.ChangeInfra: "Work on infrastructure"}[kind]
	if len(services) > 0 {
		text += " of " + strings.Join(services, ", ")
	}
	if where := o.text(environment...); where != "" {
		text += " to " + strings.ToLower(where)
	}
	return text
}

// mapIncident turns an issue in DevLake's form into an incident.
func mapIncident(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var d importers.Draft
	r, o, err := decode(raw)
	if err != nil {
		return d, err
	}
	w := cfg.Words(words())
	inc := &d.Incident
	inc.Ref = incident.Ref{Type: "incidents", ExternalID: raw.ExternalID}
	inc.Origin, inc.Kind, inc.Number, inc.Format = incident.OriginTicket, incident.Real, raw.ExternalID, incident.Plain
	inc.URL, inc.Description = importers.WebURL(o.text("url")), importers.Clean(o.text("description"))
	inc.Parent = incident.ID(importers.Line(o.text("parentIssueKey", "parent_issue_key")))
	d.SetTitle("title", o.text("title"))
	inc.SeverityRaw, inc.PriorityRaw = importers.Line(o.text("severity")), importers.Line(o.text("priority"))
	if inc.Severity = d.SeverityOf("severity", inc.SeverityRaw, w.Severity); inc.SeverityRaw == "" {
		inc.Severity = d.SeverityOf("priority", inc.PriorityRaw, w.Severity)
	}
	component := o.text("component")
	if component == "" {
		component = settings.Of(cfg, "service")
	}
	d.AddServices(w.ServiceNames(component)...)
	d.AddPerson(o.text("creatorName", "creator_name"), "reporter")
	d.AddPerson(o.text("assigneeName", "assignee_name"), "assignee")
	d.AddCustom("epic", o.text("epicKey", "epic_key"))
	return d, state(&d, r, o, w)
}

// state sets status and times. An incident that was closed without saying when was over when word of it came.
func state(d *importers.Draft, r record, o object, w importers.Words) error {
	inc := &d.Incident
	d.SetStatus("status", o.text("status"), w.Status)
	if said := o.text("originalStatus", "original_status"); said != "" {
		inc.StatusRaw = importers.Line(said)
	}
	for _, t := range []struct {
		name  incident.MilestoneName
		field string
		text  string
	}{{incident.Opened, "createdDate", o.text("createdDate", "created_date")}, {incident.ResolvedAt, "resolutionDate", o.text("resolutionDate", "resolution_date")}} {
		if t.name != incident.ResolvedAt || inc.Status.Over() || r.closed() != nil {
			if err := d.SetTime(t.name, "deploy", t.field, t.text, format(t.text)); err != nil {
				return err
			}
		}
	}
	if m := r.closed(); m != nil {
		inc.Status = incident.Resolved
		if inc.Milestones.At(incident.ResolvedAt).IsZero() {
			inc.Milestones.Set(incident.ResolvedAt, instant(*m), incident.ToSecond, incident.FromLog, "deploy", "close")
		}
	}
	inc.ExternalCreatedAt = inc.Milestones.At(incident.Opened)
	inc.ExternalUpdatedAt = instant(r.Messages[len(r.Messages)-1]).UTC()
	d.CheckOrder()
	return nil
}

// closed returns the message that closed the incident, unless another came after it.
func (r record) closed() *message {
	if m := r.Messages[len(r.Messages)-1]; m.Close {
		return &m
	}
	return nil
}
