package github

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const perPage = 50 // issues; each costs a request more, and a page should be done in minutes

// issue is what the list tells that the walk needs; the record keeps the whole.
type issue struct {
	Number      int64           `json:"number"`
	UpdatedAt   time.Time       `json:"updated_at"`
	PullRequest json.RawMessage `json:"pull_request"`
	Labels      []label         `json:"labels"`
	Repository  string          `json:"repository_url"`
}

// issues reads a page of the issues of one repository with one label. Pull requests are left out.
func issues(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	names := labels(in.Config)
	var of []string // the repository of each list: one for each of its labels
	for _, repo := range repos(in.Config) {
		for range max(len(names), 1) {
			of = append(of, repo)
		}
	}
	return importers.Changed{Lists: of, Full: perPage,
		Ask: func(p importers.ByTime) (importers.Answer, error) { return ask(ctx, in, p, of[p.Part], names) },
		Read: func(list int, text json.RawMessage) (string, time.Time, importers.Made, error) {
			var i issue
			if err := json.Unmarshal(text, &i); err != nil {
				return "", time.Time{}, nil, fmt.Errorf("this is no issue: %w", err)
			}
			return strconv.FormatInt(i.Number, 10), i.UpdatedAt, func() (importers.Record, bool, error) {
				if !isIncident(i, names) {
					return importers.Record{}, false, nil
				}
				rec, err := withTimeline(ctx, in, of[list], i, text)
				return rec, true, err
			}, nil
		}}.Page(at)
}

func ask(ctx context.Context, in importers.Input, p importers.ByTime, repo string, names []string) (importers.Answer, error) {
	if p.Link != "" {
		return in.Client.Get(ctx, p.Link, nil)
	}
	q := url.Values{"state": {"all"}, "sort": {"updated"}, "direction": {"asc"}, "per_page": {strconv.Itoa(perPage)}}
	if !p.Since.IsZero() {
		q.Set("since", p.Since.UTC().Format(time.RFC3339))
	}
	if len(names) > 0 {
		q.Set("labels", names[p.Part%len(names)])
	}
	return in.Client.Get(ctx, "/repos/"+repo+"/issues", q)
}

func isIncident(i issue, names []string) bool {
	if len(i.PullRequest) > 0 && string(i.PullRequest) != "null" || i.Number <= 0 {
		return false
	}
	return len(names) == 0 || slices.ContainsFunc(i.Labels, func(l label) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, l.Name) })
	})
}

// externalID is repository and number: the API fetches by them. The name is the settings', so that a renamed
// repository keeps its incidents.
func externalID(repo string, number int64) string { return repo + "#" + strconv.FormatInt(number, 10) }

// withTimeline makes the record of an issue: {"issue": …, "timeline": […]}, both as the server gave them.
func withTimeline(ctx context.Context, in importers.Input, repo string, i issue, text json.RawMessage) (importers.Record, error) {
	rec := importers.Record{ExternalID: externalID(repo, i.Number), Place: repo + ", issue " + strconv.FormatInt(i.Number, 10), At: i.UpdatedAt.UTC()}
	events, err := in.Client.Linked(ctx, fmt.Sprintf("/repos/%s/issues/%d/timeline", repo, i.Number), url.Values{"per_page": {"100"}})
	if err != nil {
		return rec, err
	}
	rec.Body, err = json.Marshal(map[string]any{"issue": text, "timeline": events})
	return rec, err
}

// fetchIssue reads one issue again. GitHub redirects to an issue that was transferred: it is another one then, and
// counts only if its repository is among the connection's. An issue whose label was taken off is none any more.
func fetchIssue(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	repo, number, _ := strings.Cut(id, "#")
	gone := importers.NotOurs(id)
	if _, err := strconv.ParseUint(number, 10, 63); err != nil || !slices.Contains(repos(in.Config), repo) {
		return importers.Record{}, gone
	}
	a, err := in.Client.Get(ctx, "/repos/"+repo+"/issues/"+number, nil)
	if err != nil {
		return importers.Record{}, err
	}
	var i issue
	if err := a.JSON(&i); err != nil {
		return importers.Record{}, err
	}
	if strconv.FormatInt(i.Number, 10) != number {
		if repo = ours(in.Config, i.Repository); repo == "" {
			return importers.Record{}, gone
		}
	}
	if !isIncident(i, labels(in.Config)) {
		return importers.Record{}, gone
	}
	return withTimeline(ctx, in, repo, i, bytes.TrimSpace(a.Body))
}

// ours returns the connection's name for the repository at an address such as https://api.github.com/repos/o/r,
// or for its full name; empty when it is none of the connection's.
func ours(cfg importers.Config, name string) string { return among(repos(cfg), name) }

func among(repos []string, name string) string {
	for _, repo := range repos {
		if strings.EqualFold(repo, name) || strings.HasSuffix(strings.ToLower(name), "/repos/"+strings.ToLower(repo)) {
			return repo
		}
	}
	return ""
}
