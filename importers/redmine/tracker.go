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

var tracker = &importers.Tracker{Issue: issueAt, Look: lookAt}

// issueAt knows the addresses of issues: https://redmine.example.com/issues/12. They do not say in which project an issue is: lookAt asks.
func issueAt(cfg importers.Config, address string) (string, bool) {
	path, below := importers.IssuePath(settings.Of(cfg, "url"), address)
	text, ok := strings.CutPrefix(path, "issues/")
	id, err := strconv.ParseInt(text, 10, 64)
	return strconv.FormatInt(id, 10), below && ok && err == nil && id > 0
}

// looked is what a look reads of an issue (https://www.redmine.org/projects/redmine/wiki/Rest_Issues).
type looked struct {
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

// lookAt reads an issue. The key is proved first, for Redmine shows what is public to a wrong one. An issue is closed if its status is; a
// status that the connection counts as canceled, as Redmine's own "Rejected", says that it will not be done.
func lookAt(ctx context.Context, in importers.Input, id string) (incident.IssueSays, error) {
	says := incident.IssueSays{Name: "Redmine #" + id}
	i, closed, named, err := see(ctx, in, id)
	if err != nil {
		if says.Trouble = importers.MissingIssue(err, "View issues"); says.Trouble != "" {
			return says, nil
		}
		return says, err
	}
	if !named {
		says.Trouble = "it is in none of the projects that the connection reads: add its project to the connection, or give another address"
		return says, nil
	}
	if i.Private && settings.Of(in.Config, "private") != "yes" {
		says.Trouble = "it is private, and the connection does not read private issues"
		return says, nil
	}
	says.Title, says.State, says.Outcome = importers.IssueTitle(i.Subject), incident.ActionOpen, importers.Line(i.Status.Name)
	says.Assignee, says.Due = importers.Line(i.Assigned.Name), importers.IssueDue(i.Due)
	if closed {
		says.State, says.Closed = incident.ActionDone, importers.ISO(i.ClosedOn)
		if meaning, _ := in.Config.Words(words).Status.Of(i.Status.Name); meaning == incident.Canceled {
			says.State = incident.ActionDropped
		}
	}
	return says, nil
}

// see reads an issue, whether it is closed, and whether the connection names its project.
func see(ctx context.Context, in importers.Input, id string) (i looked, closed, named bool, err error) {
	if _, err := whoami(ctx, in); err != nil {
		return i, false, false, err
	}
	if named, err = inProjects(ctx, in, id); err != nil || !named {
		return i, false, named, err
	}
	if err := in.Get(ctx, "/issues/"+id+".json", nil, &struct{ Issue *looked }{&i}); err != nil {
		return i, false, true, err
	}
	if i.Status.Closed != nil {
		return i, *i.Status.Closed, true, nil
	}
	var known names
	err = in.Get(ctx, "/issue_statuses.json", nil, &known)
	return i, find(known.Statuses, text(strconv.FormatInt(i.Status.ID, 10))).IsClosed, true, err
}

// inProjects reports whether an issue is in one of the connection's projects or below it: an issue names its project by id alone, the
// connection by identifier. The user's key may reach more, but that is not for everybody who can write down an address.
func inProjects(ctx context.Context, in importers.Input, id string) (bool, error) {
	projects := settings.List(in.Config, "projects")
	for _, p := range projects {
		var h heads
		err := in.Get(ctx, "/issues.json", url.Values{"project_id": {p}, "status_id": {"*"}, "sort": {"id"}, "limit": {"1"}, "issue_id": {">=" + id}}, &h)
		if importers.HasStatus(err, http.StatusNotFound, http.StatusForbidden) {
			continue // of the project, not of the issue
		}
		if err != nil {
			return false, err
		}
		if len(h.Issues) > 0 && strconv.FormatInt(h.Issues[0].ID, 10) == id {
			return true, nil
		}
	}
	return len(projects) == 0, nil
}
