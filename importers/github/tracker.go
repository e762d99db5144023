package github

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

var tracker = &importers.Tracker{Issue: issueAt, Look: look, Together: 1, Write: writer}

// issueAt knows the addresses of issues in the connection's repositories: https://github.com/owner/name/issues/12, or the same on its own
// server. The token may reach more, but that is not for everybody who can write down an address.
func issueAt(cfg importers.Config, address string) (string, bool) {
	api, err := url.Parse(settings.Of(cfg, "url"))
	u, err2 := url.Parse(address)
	if err != nil || err2 != nil || u.Host == "" || !strings.EqualFold(u.Host, strings.TrimPrefix(api.Host, "api.")) {
		return "", false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) != 4 || parts[2] != "issues" {
		return "", false
	}
	number, err := strconv.ParseInt(parts[3], 10, 64)
	repo := among(slices.Concat(repos(cfg), deployRepos(cfg)), parts[0]+"/"+parts[1])
	return externalID(repo, number), err == nil && number > 0 && repo != ""
}

// look asks whether an issue is another one than when it was seen last: an answer that it is not does not count against GitHub's limit
// (docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api, conditional requests).
func look(ctx context.Context, in importers.Input, asked []importers.IssueAsked) (map[string]importers.IssueSeen, error) {
	seen := map[string]importers.IssueSeen{}
	for _, a := range asked {
		one, err := lookAt(ctx, in, a)
		if err != nil {
			return seen, err
		}
		seen[a.ID] = one
	}
	return seen, nil
}

// lookAt reads an issue. Closed without a reason is closed as completed, which is what GitHub sets by itself; not_planned and duplicate say that it will
// not be done there (docs.github.com/rest/issues/issues, state_reason).
func lookAt(ctx context.Context, in importers.Input, asked importers.IssueAsked) (seen importers.IssueSeen, err error) {
	says := &seen.IssueSays
	says.Name = "GitHub " + asked.ID
	repo, number, _ := strings.Cut(asked.ID, "#")
	var i struct {
		Number     int64
		Title      string
		State      string
		Reason     string    `json:"state_reason"`
		ClosedAt   time.Time `json:"closed_at"`
		Repository string    `json:"repository_url"`
		HTML       string    `json:"html_url"`
		Assignees  []struct{ Login string }
	}
	request := importers.Request{Path: "/repos/" + repo + "/issues/" + number}
	if asked.Tag != "" {
		request.Header = http.Header{"If-None-Match": {asked.Tag}}
	}
	a, err := in.Client.Do(ctx, request)
	if importers.HasStatus(err, http.StatusNotModified) {
		return importers.IssueSeen{Tag: asked.Tag, Same: true}, nil
	}
	if err == nil {
		err = a.JSON(&i)
	}
	if err != nil {
		if says.Trouble = importers.MissingIssue(err, "Issues: read"); says.Trouble != "" {
			return seen, nil
		}
		return seen, err
	}
	if strconv.FormatInt(i.Number, 10) != number || !strings.HasSuffix(strings.ToLower(i.Repository), "/repos/"+strings.ToLower(repo)) {
		says.Trouble = "it was moved to " + importers.Line(i.HTML) + ": give that address"
		return seen, nil
	}
	seen.Tag = a.Header.Get("ETag")
	says.Title, says.State, says.Outcome, says.Closed = importers.IssueTitle(i.Title), incident.ActionOpen, "open", i.ClosedAt.UTC()
	if i.State == "closed" {
		says.State, says.Outcome = incident.ActionDone, "closed as completed"
		if i.Reason == "not_planned" || i.Reason == "duplicate" {
			says.State, says.Outcome = incident.ActionDropped, "closed as "+strings.ReplaceAll(i.Reason, "_", " ")
		}
	}
	var who []string
	for _, a := range i.Assignees {
		who = append(who, importers.Line(a.Login))
	}
	says.Assignee = strings.Join(who, ", ")
	return seen, nil
}
