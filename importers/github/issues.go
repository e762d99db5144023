package github

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
)

// writer makes and closes issues (docs.github.com/rest/issues/issues and …/comments).
var writer = &importers.IssueWriter{Permission: "Issues: read and write", Places: places, Create: create, Find: find, Close: closeIssue, Comment: comment}

func places(cfg importers.Config) []string {
	all := slices.Concat(repos(cfg), deployRepos(cfg))
	slices.Sort(all)
	return slices.Compact(all)
}

// made is what is read of an issue that was made here.
type made struct {
	HTML string `json:"html_url"`
	Body string `json:"body"`
}

func create(ctx context.Context, in importers.Input, repo string, n importers.NewIssue) (string, error) {
	var m made
	err := in.Client.Change(ctx, http.MethodPost, "/repos/"+repo+"/issues", map[string]string{"title": n.Title, "body": n.Text}, &m)
	return importers.WebURL(m.HTML), err
}

// find lists issues by time of change: the search of GitHub knows a new issue only after a while.
func find(ctx context.Context, in importers.Input, repo, marker string, since time.Time) (string, error) {
	list, err := in.Client.Linked(ctx, "/repos/"+repo+"/issues", url.Values{"state": {"all"}, "since": {since.UTC().Format(time.RFC3339)}, "per_page": {"100"}})
	for _, raw := range list {
		if m := importers.Decode[made](raw); strings.Contains(m.Body, marker) {
			return importers.WebURL(m.HTML), nil
		}
	}
	return "", err
}

func pathOf(id string) string {
	repo, number, _ := strings.Cut(id, "#")
	return "/repos/" + repo + "/issues/" + number
}

func closeIssue(ctx context.Context, in importers.Input, id string, dropped bool) error {
	reason := "completed"
	if dropped {
		reason = "not_planned"
	}
	return in.Client.Change(ctx, http.MethodPatch, pathOf(id), map[string]string{"state": "closed", "state_reason": reason}, nil)
}

func comment(ctx context.Context, in importers.Input, id, text string) error {
	return in.Client.Change(ctx, http.MethodPost, pathOf(id)+"/comments", map[string]string{"body": text}, nil)
}
