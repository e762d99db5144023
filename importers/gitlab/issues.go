package gitlab

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
)

// writer makes and closes issues (docs.gitlab.com/api/issues and docs.gitlab.com/api/notes).
var writer = &importers.IssueWriter{Permission: "the scope api and the role Planner or Reporter in the project", Places: places, Create: create, Find: find, Close: closeIssue, Comment: comment}

// places are the projects that are named by path: addresses of issues hold that alone.
func places(cfg importers.Config) []string {
	all := slices.DeleteFunc(slices.Concat(projects(cfg, "projects"), projects(cfg, "deploy_projects")), func(p string) bool { return !strings.Contains(p, "/") })
	slices.Sort(all)
	return slices.Compact(all)
}

// made is what is read of an issue that was made here.
type made struct {
	Web         string `json:"web_url"`
	Description string `json:"description"`
}

// inert keeps lines from being quick actions, which GitLab does in the name of the token (docs.gitlab.com/user/project/quick_actions).
func inert(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "/") {
			lines[i] = `\` + strings.TrimSpace(line)
		}
	}
	return strings.Join(lines, "\n")
}

func create(ctx context.Context, in importers.Input, project string, n importers.NewIssue) (string, error) {
	var m made
	err := in.Client.Change(ctx, http.MethodPost, at(project, "/issues"), map[string]string{"title": n.Title, "description": inert(n.Text)}, &m)
	return importers.WebURL(m.Web), err
}

func find(ctx context.Context, in importers.Input, project, marker string, since time.Time) (string, error) {
	var list []made
	err := in.Get(ctx, at(project, "/issues"), url.Values{"scope": {"all"}, "search": {marker}, "in": {"description"}, "created_after": {since.UTC().Format(time.RFC3339)}, "per_page": {"100"}}, &list)
	for _, m := range list {
		if strings.Contains(m.Description, marker) {
			return importers.WebURL(m.Web), nil
		}
	}
	return "", err
}

// closeIssue closes an issue; GitLab keeps no reason of it.
func closeIssue(ctx context.Context, in importers.Input, id string, _ bool) error {
	return in.Client.Change(ctx, http.MethodPut, pathOf(id), map[string]string{"state_event": "close"}, nil)
}

func comment(ctx context.Context, in importers.Input, id, text string) error {
	return in.Client.Change(ctx, http.MethodPost, pathOf(id)+"/notes", map[string]string{"body": inert(text)}, nil)
}

func pathOf(id string) string {
	end := strings.LastIndexByte(id, '#')
	return at(id[:max(end, 0)], "/issues/"+id[end+1:])
}
