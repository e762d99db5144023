package redmine

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

var tracker = &importers.Tracker{Issue: issueAt, Look: look, Together: 100, Write: writer}

// issueAt knows the addresses of issues: https://redmine.example.com/issues/12. They do not say in which project an issue is: look asks.
func issueAt(cfg importers.Config, address string) (string, bool) {
	path, below := importers.IssuePath(settings.Of(cfg, "url"), address)
	text, ok := strings.CutPrefix(path, "issues/")
	id, err := strconv.ParseInt(text, 10, 64)
	return strconv.FormatInt(id, 10), below && ok && err == nil && id > 0
}

// looked is what a look reads of an issue (https://www.redmine.org/projects/redmine/wiki/Rest_Issues).
type looked struct {
	ID      int64
	Subject string
	Status  struct {
		ID     int64
		Name   string
		Closed *bool `json:"is_closed"` // since Redmine 5
	}
	Assigned named  `json:"assigned_to"`
	Private  bool   `json:"is_private"`
	Due      string `json:"due_date"`
	ClosedOn string `json:"closed_on"` // of the last closing; a reopening leaves it
}

const permission = "View issues"

// look lists issues by id in each of the connection's projects, below which Redmine finds them, too: an issue names its project by id alone, the
// connection by identifier, and what the user's key reaches beside is not for everybody who can write down an address. The key is proved first,
// for Redmine shows what is public to a wrong one.
func look(ctx context.Context, in importers.Input, asked []importers.IssueAsked) (map[string]importers.IssueSeen, error) {
	seen, trouble := map[string]importers.IssueSeen{}, "it is in none of the projects that the connection reads, or is not there: check the address, or add its project to the connection ("+permission+")"
	var ids []string
	for _, a := range asked {
		ids = append(ids, a.ID)
	}
	_, err := whoami(ctx, in)
	if err == nil {
		err = lookThrough(ctx, in, ids, seen)
	}
	if refused := importers.MissingIssue(err, permission); refused != "" {
		trouble = refused
	} else if err != nil {
		return seen, err
	}
	for _, id := range ids {
		if _, done := seen[id]; !done {
			seen[id] = importers.IssueSeen{IssueSays: incident.IssueSays{Name: "Redmine #" + id, Trouble: trouble}}
		}
	}
	return seen, nil
}

// lookThrough adds those of the issues that are in the connection's projects.
func lookThrough(ctx context.Context, in importers.Input, ids []string, seen map[string]importers.IssueSeen) error {
	projects := settings.List(in.Config, "projects")
	if len(projects) == 0 {
		projects = []string{""} // all that the user sees
	}
	var known names
	for _, project := range projects {
		q := url.Values{"issue_id": {strings.Join(ids, ",")}, "status_id": {"*"}, "sort": {"id"}, "limit": {strconv.Itoa(most)}}
		if project != "" {
			q.Set("project_id", project)
		}
		var list struct{ Issues []looked }
		err := in.Get(ctx, "/issues.json", q, &list)
		if project != "" && importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
			continue // of the project, not of the issues
		}
		if err != nil {
			return err
		}
		for _, i := range list.Issues {
			if i.Status.Closed == nil && known.Statuses == nil {
				if err := in.Get(ctx, "/issue_statuses.json", nil, &known); err != nil {
					return err
				}
			}
			id := strconv.FormatInt(i.ID, 10)
			seen[id] = importers.IssueSeen{IssueSays: saidBy(in.Config, id, i, known)}
		}
	}
	return nil
}

// saidBy is what an issue says. It is closed if its status is; a status that the connection counts as canceled, as Redmine's own "Rejected", says
// that it will not be done.
func saidBy(cfg importers.Config, id string, i looked, known names) incident.IssueSays {
	says := incident.IssueSays{Name: "Redmine #" + id}
	if i.Private && settings.Of(cfg, "private") != "yes" {
		says.Trouble = "it is private, and the connection does not read private issues"
		return says
	}
	closed := find(known.Statuses, text(strconv.FormatInt(i.Status.ID, 10))).IsClosed
	if i.Status.Closed != nil {
		closed = *i.Status.Closed
	}
	says.Title, says.State, says.Outcome = importers.IssueTitle(i.Subject), incident.ActionOpen, importers.Line(i.Status.Name)
	says.Assignee, says.Due = importers.Line(i.Assigned.Name), importers.IssueDue(i.Due)
	if closed {
		says.State, says.Closed = incident.ActionDone, importers.ISO(i.ClosedOn)
		if meaning, _ := cfg.Words(words).Status.Of(i.Status.Name); meaning == incident.Canceled {
			says.State = incident.ActionDropped
		}
	}
	return says
}
