package redmine

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// writer makes and closes issues (https://www.redmine.org/projects/redmine/wiki/Rest_Issues).
var writer = &importers.IssueWriter{Permission: "Add issues, Edit issues and Add notes, and a workflow in which the user's role may close issues",
	Places: func(cfg importers.Config) []string { return settings.List(cfg, "projects") }, Create: create, Find: marked, Close: closeIssue, Comment: comment}

// create makes an issue of the project's first tracker, which is Redmine's own choice.
func create(ctx context.Context, in importers.Input, project string, n importers.NewIssue) (string, error) {
	title := []rune(n.Title)
	var made struct{ Issue struct{ ID int64 } }
	err := in.Client.Change(ctx, http.MethodPost, "/issues.json", map[string]any{"issue": map[string]string{"project_id": project,
		"subject": string(title[:min(len(title), 255)]), "description": n.Text}}, &made)
	if err != nil {
		return "", err
	}
	return address(in.Config, made.Issue.ID), nil
}

func address(cfg importers.Config, id int64) string {
	return importers.WebURL(strings.TrimRight(settings.Of(cfg, "url"), "/") + "/issues/" + strconv.FormatInt(id, 10))
}

func marked(ctx context.Context, in importers.Input, project, marker string, since time.Time) (string, error) {
	var list struct {
		Issues []struct {
			ID          int64
			Description string
		}
	}
	err := in.Get(ctx, "/issues.json", url.Values{"project_id": {project}, "status_id": {"*"}, "sort": {"id:desc"}, "limit": {strconv.Itoa(most)},
		"created_on": {">=" + since.UTC().Format(time.RFC3339)}}, &list)
	for _, i := range list.Issues {
		if strings.Contains(i.Description, marker) {
			return address(in.Config, i.ID), nil
		}
	}
	return "", err
}

// closeIssue gives an issue a status that is closed: for what was decided against one that the connection counts as canceled, if there is one, else the
// first other one. Redmine leaves a status that the workflow forbids as it is, and says nothing: so it is read again.
func closeIssue(ctx context.Context, in importers.Input, id string, dropped bool) error {
	var known names
	if err := in.Get(ctx, "/issue_statuses.json", nil, &known); err != nil {
		return err
	}
	var now struct {
		Issue struct {
			Status  named
			Allowed []named `json:"allowed_statuses"` // since Redmine 5
		}
	}
	at := "/issues/" + id + ".json"
	if err := in.Get(ctx, at, url.Values{"include": {"allowed_statuses"}}, &now); err != nil {
		return err
	}
	closed := slices.DeleteFunc(slices.Clone(known.Statuses), func(s named) bool {
		return !s.IsClosed || len(now.Issue.Allowed) > 0 && !slices.ContainsFunc(now.Issue.Allowed, func(a named) bool { return a.ID == s.ID })
	})
	if len(closed) == 0 {
		return incident.Invalidf("issue", "the workflow lets the connection's user give it no status that is closed: allow that to the user's role, or close it in Redmine")
	}
	canceled := func(s named) bool {
		meaning, _ := in.Config.Words(words).Status.Of(s.Name)
		return (meaning == incident.Canceled) == dropped
	}
	to := closed[max(slices.IndexFunc(closed, canceled), 0)]
	if err := in.Client.Change(ctx, http.MethodPut, at, map[string]any{"issue": map[string]any{"status_id": to.ID}}, nil); err != nil {
		return err
	}
	if err := in.Get(ctx, at, nil, &now); err != nil {
		return fmt.Errorf("redmine: see whether the issue is closed: %w", err)
	}
	if now.Issue.Status.ID != to.ID {
		return incident.Invalidf("issue", "Redmine left the status as it was: the workflow does not let the connection's user close it")
	}
	return nil
}

func comment(ctx context.Context, in importers.Input, id, text string) error {
	return in.Client.Change(ctx, http.MethodPut, "/issues/"+id+".json", map[string]any{"issue": map[string]any{"notes": text}}, nil)
}
