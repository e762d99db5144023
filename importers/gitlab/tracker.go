package gitlab

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var tracker = &importers.Tracker{Issue: issueAt, Look: lookAt}

// issueAt knows the addresses of issues in the projects that the connection names by path: https://gitlab.com/group/project/-/issues/12.
// The token may reach more, but that is not for everybody who can write down an address.
func issueAt(cfg importers.Config, address string) (string, bool) {
	path, below := importers.IssuePath(settings.Of(cfg, "url"), address)
	path, text, ok := strings.Cut(path, "/-/issues/")
	number, err := strconv.ParseInt(text, 10, 64)
	project := ours(cfg, "projects", path)
	if project == "" {
		project = ours(cfg, "deploy_projects", path)
	}
	return externalID(project, number), below && ok && err == nil && number > 0 && project != ""
}

// lookAt reads an issue (docs.gitlab.com/api/issues/#single-project-issue). GitLab knows no reason of closing, so closed is done. What a
// token may not see is answered with 404.
func lookAt(ctx context.Context, in importers.Input, id string) (incident.IssueSays, error) {
	says := incident.IssueSays{Name: "GitLab " + id}
	end := strings.LastIndexByte(id, '#')
	var i struct {
		Title        string
		State        string
		Confidential bool
		ClosedAt     time.Time `json:"closed_at"`
		Due          string    `json:"due_date"`
		MovedTo      int64     `json:"moved_to_id"`
		Assignees    []struct{ Username string }
	}
	if err := in.Get(ctx, at(id[:max(end, 0)], "/issues/"+id[end+1:]), nil, &i); err != nil {
		if says.Trouble = importers.MissingIssue(err, "the scope read_api and the role Reporter in the project"); says.Trouble != "" {
			return says, nil
		}
		return says, err
	}
	switch {
	case i.Confidential && !private(in.Config):
		says.Trouble = "it is confidential, and the connection does not read confidential issues"
		return says, nil
	case i.MovedTo > 0:
		says.Trouble = "it was moved to another project: open it in GitLab, and give the address that it has there"
		return says, nil
	}
	says.Title, says.State, says.Outcome, says.Due = importers.IssueTitle(i.Title), incident.ActionOpen, "open", importers.IssueDue(i.Due)
	if i.State == "closed" {
		says.State, says.Outcome, says.Closed = incident.ActionDone, "closed", i.ClosedAt.UTC()
	}
	var who []string
	for _, a := range i.Assignees {
		who = append(who, importers.Line(a.Username))
	}
	says.Assignee = strings.Join(who, ", ")
	return says, nil
}
