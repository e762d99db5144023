package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

// settles is how far polls reach back for deployments and runs: no list tells which of them changed since.
const settles = 6 * time.Hour

// most is how many runs GitHub lists for one filter.
// https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
const most = 1000

func deployRepos(cfg importers.Config) []string {
	return settings.List(cfg, "deploy_repos")
}

func checkChanges(text string) error {
	for _, what := range importers.List(text, ",") {
		if what != "deployments" && what != "releases" {
			return fmt.Errorf("%q is neither deployments nor releases", what)
		}
	}
	return nil
}

func reads(cfg importers.Config, what string) bool {
	return slices.Contains(settings.List(cfg, "changes"), what)
}

// change is what the walks need of a deployment, a release or a run.
type change struct {
	ID          int64     `json:"id"`
	CreatedAt   time.Time `json:"created_at"`
	PublishedAt time.Time `json:"published_at"`
	Draft       bool      `json:"draft"`
	Environment string    `json:"environment"`
	Path        string    `json:"path"`
}

// newest is where a walk stands through lists that begin with the newest; it is the token of a page. New records push
// the others to later pages, so that some are seen twice and none is lost.
type newest struct {
	Part int    `json:"part,omitempty"`
	Link string `json:"link,omitempty"`
}

func newestOf(token string) (p newest, err error) {
	if token != "" {
		err = json.Unmarshal([]byte(token), &p)
	}
	return p, err
}

func (p newest) next(link string, parts int) string {
	if link == "" {
		if p.Part++; p.Part >= parts {
			return ""
		}
	}
	p.Link = link
	text, _ := json.Marshal(p) // of a number and a text: it cannot fail
	return string(text)
}

// walk reads a page of a list below each of several paths, which begins with the newest, until it comes to what
// is older than at.From. made returns an entry's time and its record; ok is false when it is to be left out.
func walk(ctx context.Context, in importers.Input, at importers.At, paths []string, q url.Values, list func(importers.Answer) ([]json.RawMessage, error),
	made func(part int, c change, text json.RawMessage) (rec importers.Record, ok bool, err error)) (importers.Slice, error) {
	var s importers.Slice
	p, err := newestOf(at.Token)
	if err != nil || p.Part >= len(paths) {
		return s, err
	}
	target := paths[p.Part]
	if p.Link != "" {
		target, q = p.Link, nil
	}
	a, err := in.Client.Get(ctx, target, q)
	if importers.HasStatus(err, http.StatusNotFound) && strings.Contains(paths[p.Part], "/workflows/") {
		s.Next = p.next("", len(paths)) // not every repository has every workflow
		return s, nil
	}
	if err != nil {
		return s, err
	}
	found, err := list(a)
	if err != nil {
		return s, err
	}
	s.Held, s.Next = []string{"page " + strconv.Itoa(p.Part) + " " + p.Link}, a.Next()
	older := 0
	for _, text := range found {
		var c change
		if err := json.Unmarshal(text, &c); err != nil || c.ID <= 0 {
			s.Reject(paths[p.Part], "this is no record with an id and times", text)
			continue
		}
		s.Held = append(s.Held, strconv.FormatInt(c.ID, 10))
		rec, ok, err := made(p.Part, c, text)
		switch {
		case err != nil:
			return s, err
		case !ok:
		case rec.At.Before(at.From):
			older++
		default:
			s.Records = append(s.Records, rec)
		}
	}
	if older > 0 && len(s.Records) == 0 {
		s.Next = ""
	}
	s.Next = p.next(s.Next, len(paths))
	return s, nil
}

func array(a importers.Answer) (list []json.RawMessage, err error) {
	err = a.JSON(&list)
	return list, err
}

func below(cfg importers.Config, part string) (paths []string) {
	for _, repo := range deployRepos(cfg) {
		paths = append(paths, "/repos/"+repo+part)
	}
	return paths
}

func recordOf(repo, what string, c change, at time.Time, body []byte) importers.Record {
	return importers.Record{ExternalID: externalID(repo, c.ID), Place: fmt.Sprintf("%s, %s %d", repo, what, c.ID), At: at.UTC(), Body: body}
}

// deployments reads a page of the deployments of one repository, each with its statuses.
func deployments(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	if !reads(in.Config, "deployments") {
		return importers.Slice{}, nil
	}
	return walk(ctx, in, at, below(in.Config, "/deployments"), url.Values{"per_page": {strconv.Itoa(perPage)}}, array,
		func(part int, c change, text json.RawMessage) (importers.Record, bool, error) {
			if c.CreatedAt.Before(at.From) {
				return importers.Record{At: c.CreatedAt}, true, nil // its statuses need not be asked for
			}
			if !toEnvironment(in.Config, c) {
				return importers.Record{}, false, nil
			}
			rec, err := withStatuses(ctx, in, deployRepos(in.Config)[part], c, text)
			return rec, true, err
		})
}

func toEnvironment(cfg importers.Config, c change) bool {
	only := settings.List(cfg, "environments")
	return len(only) == 0 || slices.ContainsFunc(only, func(e string) bool { return strings.EqualFold(e, c.Environment) })
}

// withStatuses makes the record of a deployment: {"deployment": …, "statuses": […]}.
func withStatuses(ctx context.Context, in importers.Input, repo string, c change, text json.RawMessage) (importers.Record, error) {
	a, err := in.Client.Get(ctx, fmt.Sprintf("/repos/%s/deployments/%d/statuses", repo, c.ID), url.Values{"per_page": {"100"}})
	if err != nil {
		return importers.Record{}, err
	}
	statuses, err := array(a)
	if err != nil {
		return importers.Record{}, err
	}
	body, err := json.Marshal(map[string]any{"deployment": text, "statuses": statuses})
	return recordOf(repo, "deployment", c, c.CreatedAt, body), err
}

// releases reads a page of the releases of one repository. Drafts are not out yet.
func releases(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	if !reads(in.Config, "releases") {
		return importers.Slice{}, nil
	}
	return walk(ctx, in, at, below(in.Config, "/releases"), url.Values{"per_page": {"100"}}, array,
		func(part int, c change, text json.RawMessage) (importers.Record, bool, error) {
			return recordOf(deployRepos(in.Config)[part], "release", c, c.PublishedAt, text), !c.Draft && !c.PublishedAt.IsZero(), nil
		})
}

// workflows returns the files of the workflows that deploy.
func workflows(cfg importers.Config) []string { return settings.List(cfg, "workflows") }

// runs reads a page of the runs of one workflow in one repository that were created in a window of time.
func runs(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	var paths, of []string
	for _, repo := range deployRepos(in.Config) {
		for _, file := range workflows(in.Config) {
			paths, of = append(paths, "/repos/"+repo+"/actions/workflows/"+url.PathEscape(file)+"/runs"), append(of, repo)
		}
	}
	q := url.Values{"per_page": {"100"}, "created": {at.From.UTC().Format(time.RFC3339) + ".." + at.To.UTC().Format(time.RFC3339)}}
	total := 0
	s, err := walk(ctx, in, importers.At{Token: at.Token}, paths, q, func(a importers.Answer) ([]json.RawMessage, error) {
		var page struct {
			Total int               `json:"total_count"`
			Runs  []json.RawMessage `json:"workflow_runs"`
		}
		err := a.JSON(&page)
		total = page.Total
		return page.Runs, err
	}, func(part int, c change, text json.RawMessage) (importers.Record, bool, error) {
		return recordOf(of[part], "run", c, c.CreatedAt, text), true, nil
	})
	s.TooMany = total > most
	return s, err
}

func fetchChange(ctx context.Context, in importers.Input, id, part string) (repo string, c change, text []byte, err error) {
	repo, number, _ := strings.Cut(id, "#")
	if _, bad := strconv.ParseUint(number, 10, 63); bad != nil || !slices.Contains(deployRepos(in.Config), repo) {
		return "", c, nil, importers.NotOurs(id)
	}
	a, err := in.Client.Get(ctx, "/repos/"+repo+part+number, nil)
	if err == nil {
		err = a.JSON(&c)
	}
	return repo, c, a.Body, err
}

func fetchDeployment(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	repo, c, text, err := fetchChange(ctx, in, id, "/deployments/")
	if err != nil {
		return importers.Record{}, err
	}
	if !toEnvironment(in.Config, c) || !reads(in.Config, "deployments") {
		return importers.Record{}, importers.NotOurs(id)
	}
	return withStatuses(ctx, in, repo, c, text)
}

func fetchRelease(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	repo, c, text, err := fetchChange(ctx, in, id, "/releases/")
	if err == nil && (c.Draft || c.PublishedAt.IsZero() || !reads(in.Config, "releases")) {
		err = importers.NotOurs(id)
	}
	return recordOf(repo, "release", c, c.PublishedAt, text), err
}

// fetchRun reads one run again; path is ".github/workflows/deploy.yml@main".
func fetchRun(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	repo, c, text, err := fetchChange(ctx, in, id, "/actions/runs/")
	file, _, _ := strings.Cut(c.Path, "@")
	if err == nil && !slices.Contains(workflows(in.Config), path.Base(file)) {
		err = importers.NotOurs(id)
	}
	return recordOf(repo, "run", c, c.CreatedAt, text), err
}
