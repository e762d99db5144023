package gitlab

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var tracker = &importers.Tracker{Issue: issueAt, Look: look, Together: 100, Write: writer}

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

// looked is what a look reads of an issue (docs.gitlab.com/api/issues).
type looked struct {
	Number       int64 `json:"iid"`
	Title        string
	State        string
	Confidential bool
	ClosedAt     time.Time `json:"closed_at"`
	Due          string    `json:"due_date"`
	MovedTo      int64     `json:"moved_to_id"`
	Assignees    []struct{ Username string }
}

// look lists the issues of each project by their numbers (docs.gitlab.com/api/issues/#list-project-issues, iids). What a token may not see is not
// in the list, and a project that it may not see is answered with 404.
func look(ctx context.Context, in importers.Input, asked []importers.IssueAsked) (map[string]importers.IssueSeen, error) {
	seen, numbers := map[string]importers.IssueSeen{}, map[string][]string{}
	for _, a := range asked {
		end := strings.LastIndexByte(a.ID, '#')
		project := a.ID[:max(end, 0)]
		numbers[project] = append(numbers[project], a.ID[end+1:])
	}
	for _, project := range slices.Sorted(maps.Keys(numbers)) {
		var list []looked
		err := in.Get(ctx, at(project, "/issues"), url.Values{"iids[]": numbers[project], "scope": {"all"}, "per_page": {"100"}}, &list)
		trouble := importers.MissingIssue(err, permission)
		if err != nil && trouble == "" {
			return seen, err
		}
		if trouble == "" {
			trouble = "it is not there, or the connection may not see it: check the address, and that the token may read it (" + permission + ")"
		}
		for _, number := range numbers[project] {
			says := incident.IssueSays{Name: "GitLab " + project + "#" + number, Trouble: trouble}
			if i := slices.IndexFunc(list, func(i looked) bool { return strconv.FormatInt(i.Number, 10) == number }); i >= 0 {
				says = saidBy(in.Config, says.Name, list[i])
			}
			seen[project+"#"+number] = importers.IssueSeen{IssueSays: says}
		}
	}
	return seen, nil
}

const permission = "the scope read_api and the role Reporter in the project"

// saidBy is what an issue says. GitLab knows no reason of closing, so closed is done.
func saidBy(cfg importers.Config, name string, i looked) incident.IssueSays {
	says := incident.IssueSays{Name: name}
	switch {
	case i.Confidential && !private(cfg):
		says.Trouble = "it is confidential, and the connection does not read confidential issues"
		return says
	case i.MovedTo > 0:
		says.Trouble = "it was moved to another project: open it in GitLab, and give the address that it has there"
		return says
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
	return says
}
