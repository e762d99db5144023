package github

import (
	"encoding/json"
	"fmt"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// record is what is stored of an issue.
type record struct {
	Issue struct {
		Number      int64  `json:"number"`
		HTMLURL     string `json:"html_url"`
		Title       string `json:"title"`
		Body        string `json:"body"`
		State       string `json:"state"`
		StateReason string `json:"state_reason"`
		CreatedAt   string `json:"created_at"`
		UpdatedAt   string `json:"updated_at"`
		ClosedAt    string `json:"closed_at"`
		User        user   `json:"user"`
		ClosedBy    user   `json:"closed_by"`
		Assignees   []user `json:"assignees"`
		Labels      []label
		Milestone   struct{ Title string }
		Type        struct{ Name string }
		ParentURL   string       `json:"parent_issue_url"`
		Fields      []fieldValue `json:"issue_field_values"`
	}
	Timeline []entry
}

type user struct{ Login, Type string }

func (u user) name() string { return importers.Line(u.Login) }

// fieldValue is the value of one of an organisation's issue fields.
type fieldValue struct {
	Name    string `json:"issue_field_name"`
	Value   any
	Options []struct{ Name string } `json:"multi_select_options"`
}

func (v fieldValue) text() string {
	if len(v.Options) > 0 {
		var names []string
		for _, o := range v.Options {
			names = append(names, o.Name)
		}
		return strings.Join(names, ", ")
	}
	if v.Value == nil {
		return ""
	}
	return fmt.Sprint(v.Value)
}

// mapIssue turns an issue with its timeline into an incident.
func mapIssue(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r record
	var d importers.Draft
	if err := json.Unmarshal(raw.Body, &r); err != nil {
		return d, &importers.MapError{Reason: "this is no issue of GitHub: " + err.Error()}
	}
	if raw.ExternalID == "" {
		return d, &importers.MapError{Field: "number", Reason: "the issue has no repository and number"}
	}
	w := cfg.Words(words())
	f := factsOf(r, w)
	inc := &d.Incident
	inc.Ref = incident.Ref{Type: "incidents", ExternalID: raw.ExternalID}
	inc.Origin, inc.Kind = incident.OriginTicket, kind(r, w)
	inc.Number, inc.URL = "#"+fmt.Sprint(r.Issue.Number), importers.WebURL(r.Issue.HTMLURL)
	inc.Description, inc.Format = importers.Clean(r.Issue.Body), incident.Markdown
	d.SetTitle("title", r.Issue.Title)
	describe(&d, r, w, f)
	if err := times(&d, r, w, f); err != nil {
		return d, err
	}
	repo, _, _ := strings.Cut(raw.ExternalID, "#")
	story{draft: &d, repo: repo, cfg: cfg, words: w}.tell(r)
	d.CheckOrder()
	return d, nil
}

// describe sets severity, services, team, people, tags and the rest of the fields.
func describe(d *importers.Draft, r record, w importers.Words, f facts) {
	inc := &d.Incident
	if said := f.of(w, "severity"); len(said) > 0 {
		inc.SeverityRaw = importers.Line(said[0])
		inc.Severity = d.SeverityOf("severity", said[0], w.Severity)
	}
	for _, said := range f.of(w, "status") {
		if _, ok := w.Status.Of(said); !ok {
			d.Warn("labels", importers.Line(said), "this word is in no map; say in the mapping which status it means")
		}
	}
	for _, said := range f.of(w, "service") {
		d.AddServices(w.ServiceNames(importers.List(said, ",")...)...)
	}
	if said := f.of(w, "team"); len(said) > 0 {
		d.Team = importers.Line(said[0])
	}
	d.AddPerson(r.Issue.User.name(), "reporter")
	for _, u := range r.Issue.Assignees {
		d.AddPerson(u.name(), "assignee")
	}
	if r.Issue.State == "closed" {
		d.AddPerson(r.Issue.ClosedBy.name(), "resolver")
	}
	var names []string
	for _, l := range r.Issue.Labels {
		names = append(names, l.Name)
	}
	inc.Tags = importers.Tags(names)
	d.AddCustom("milestone", r.Issue.Milestone.Title)
	d.AddCustom("type", r.Issue.Type.Name)
	for _, v := range r.Issue.Fields {
		d.AddCustom(v.Name, v.text())
	}
}

// kind is that of the first label which says one.
func kind(r record, w importers.Words) incident.Kind {
	for _, l := range r.Issue.Labels {
		if k, ok := w.Kind.Of(l.Name); ok {
			return k
		}
	}
	return incident.Real
}

// times sets the issue's own times, and the milestones for which the connection's words name a heading or a field. What
// people wrote there and cannot be read is a warning: it is prose.
func times(d *importers.Draft, r record, w importers.Words, f facts) error {
	if err := d.SetTime(incident.Opened, "github", "created_at", r.Issue.CreatedAt, importers.ISO8601); err != nil {
		return err
	}
	inc := &d.Incident
	inc.ExternalCreatedAt = inc.Milestones.At(incident.Opened)
	inc.ExternalUpdatedAt = importers.ISO(r.Issue.UpdatedAt)
	for _, name := range incident.MilestoneNames {
		field := w.Fields[string(name)]
		for _, said := range f.of(w, string(name)) {
			m, err := importers.TimeFormat{}.Parse(said)
			if err != nil {
				d.Warn(field, importers.Line(said), "this is no time that could be read: "+err.Error())
				continue
			}
			inc.Milestones.Set(name, m.At, m.Precision, incident.FromText, "github", field)
			break
		}
	}
	word := strings.TrimSpace(r.Issue.State + " " + r.Issue.StateReason)
	d.SetStatus("state", word, w.Status)
	if r.Issue.State != "closed" {
		return nil
	}
	if err := d.SetTime(incident.ClosedAt, "github", "closed_at", r.Issue.ClosedAt, importers.ISO8601); err != nil {
		return err
	}
	if _, stated := inc.Milestones.Current(incident.ResolvedAt); !stated && (inc.Status == incident.Closed || inc.Status == incident.Resolved) {
		return d.SetTime(incident.ResolvedAt, "github", "closed_at", r.Issue.ClosedAt, importers.ISO8601)
	}
	return nil
}
