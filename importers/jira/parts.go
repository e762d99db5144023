package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"hindsight/importers"
)

// A search of Cloud gives at most so many entries of a changelog and so many comments with each issue, whatever it
// says of their total.
const (
	cutChanges  = 40
	cutComments = 20
)

// slice makes records of what a search found, and returns when the last of them was created.
func slice(ctx context.Context, in importers.Input, f found, t *token) (s importers.Slice, last int64, err error) {
	bodies := map[string]*body{}
	var issues []issue
	for n, raw := range f.Issues {
		i := importers.Decode[issue](raw)
		updated, err := importers.ISO8601.Parse(get[string](i, "updated"))
		if i.ID == "" || err != nil {
			s.Rejects = append(s.Rejects, importers.Reject{ExternalID: i.ID, Place: fmt.Sprintf("issue %d of the page", n+1),
				Reason: "the issue has no id, or no time of change that can be read", Body: string(raw)})
			continue
		}
		if created, err := importers.ISO8601.Parse(get[string](i, "created")); err == nil && !created.At.IsZero() {
			last = created.At.UnixMilli()
		}
		issues = append(issues, i)
		bodies[i.ID] = &body{Issue: raw, Names: namesOf(i, f.Names)}
		s.Records = append(s.Records, importers.Record{ExternalID: i.ID, Place: "issue " + i.Key, At: updated.At})
	}
	if onCloud(in.Config) {
		if err := complete(ctx, in, issues, bodies); err != nil {
			return s, last, err
		}
	}
	if err := categorize(ctx, in, issues, bodies, t); err != nil {
		return s, last, err
	}
	for n, r := range s.Records {
		if s.Records[n].Body, err = json.Marshal(bodies[r.ExternalID]); err != nil {
			return s, last, fmt.Errorf("jira: keep issue %s: %w", r.ExternalID, err)
		}
	}
	return s, last, nil
}

// namesOf returns what the custom fields that an issue fills in are called.
func namesOf(i issue, names map[string]string) map[string]string {
	out := map[string]string{}
	for field, raw := range i.Fields {
		if !custom(field) || string(raw) == "null" {
			continue
		}
		if n := names[field]; n != "" {
			out[field] = n
		} else if n := i.Names[field]; n != "" {
			out[field] = n
		}
	}
	return out
}

// complete reads the changelogs and comments that a search cuts off: the changelogs of all issues in one go, the
// comments issue by issue.
func complete(ctx context.Context, in importers.Input, issues []issue, bodies map[string]*body) error {
	var long []string
	for _, i := range issues {
		if n := len(i.Changelog.Histories); n >= cutChanges || n < i.Changelog.Total {
			long = append(long, i.ID)
		}
		c := get[comments](i, "comment")
		if n := len(c.Comments); n >= cutComments || n < c.Total {
			var err error
			if bodies[i.ID].Comments, err = allComments(ctx, in, i.ID); err != nil {
				return err
			}
		}
	}
	if len(long) == 0 {
		return nil
	}
	return allChanges(ctx, in, long, bodies)
}

func allChanges(ctx context.Context, in importers.Input, ids []string, bodies map[string]*body) error {
	ask := map[string]any{"issueIdsOrKeys": ids, "maxResults": 1000}
	_, err := importers.AllParts(func(token string) ([]json.RawMessage, string, error) {
		var got struct {
			Logs []struct {
				Issue   string            `json:"issueId"`
				Changes []json.RawMessage `json:"changeHistories"`
			} `json:"issueChangeLogs"`
			Next string `json:"nextPageToken"`
		}
		if token != "" {
			ask["nextPageToken"] = token
		}
		err := post(ctx, in, cloudAPI+"/changelog/bulkfetch", ask, &got)
		for _, l := range got.Logs {
			if b := bodies[l.Issue]; b != nil {
				b.Changelog = append(b.Changelog, l.Changes...)
			}
		}
		return nil, got.Next, err
	})
	if err != nil {
		return fmt.Errorf("jira: changelogs of %d issues: %w", len(ids), err)
	}
	return nil
}

func allComments(ctx context.Context, in importers.Input, id string) ([]json.RawMessage, error) {
	read := 0
	all, err := importers.AllParts(func(string) ([]json.RawMessage, string, error) {
		q := url.Values{"startAt": {strconv.Itoa(read)}, "maxResults": {"1000"}, "orderBy": {"created"}}
		var got comments
		err := in.Get(ctx, cloudAPI+"/issue/"+url.PathEscape(id)+"/comment", q, &got)
		if read += len(got.Comments); err != nil || len(got.Comments) == 0 || read >= got.Total {
			return got.Comments, "", err
		}
		return got.Comments, strconv.Itoa(read), nil
	})
	if err != nil {
		return nil, fmt.Errorf("jira: comments of issue %s: %w", id, err)
	}
	return all, nil
}

// categorize notes the category of each status that an issue was ever in, which its changelog does not tell. The
// list of statuses is read once in a walk.
func categorize(ctx context.Context, in importers.Input, issues []issue, bodies map[string]*body, t *token) error {
	for _, i := range issues {
		raw := i.Changelog.Histories
		if whole := bodies[i.ID].Changelog; whole != nil {
			raw = whole
		}
		for _, r := range raw {
			for _, item := range importers.Decode[change](r).Items {
				if item.of() != "status" {
					continue
				}
				if err := t.load(ctx, in); err != nil {
					return err
				}
				bodies[i.ID].categorize(item, t.Categories)
			}
		}
	}
	return nil
}

func (b *body) categorize(i item, categories map[string]string) {
	for _, id := range []string{i.From, i.To} {
		if key := categories[id]; key != "" {
			if b.Categories == nil {
				b.Categories = map[string]string{}
			}
			b.Categories[id] = key
		}
	}
}

// load reads the list of statuses, unless that was done.
func (t *token) load(ctx context.Context, in importers.Input) error {
	if t.Categories != nil {
		return nil
	}
	var list []ref
	if err := in.Get(ctx, api(in.Config)+"/status", nil, &list); err != nil {
		return fmt.Errorf("jira: list of statuses: %w", err)
	}
	t.Categories = map[string]string{}
	for _, s := range list {
		t.Categories[s.ID] = s.Category.Key
	}
	return nil
}
