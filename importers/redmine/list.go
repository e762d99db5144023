package redmine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const most = 100 // issues on a page; Redmine clamps a larger limit without a word

// heads is a page of issues as they are listed: without journals.
type heads struct {
	Issues []struct {
		ID int64
	}
	Total int64 `json:"total_count"`
}

// list asks for the issues behind the id last, in the order of ids. Ids do not move, so nothing is lost
// when issues change or vanish meanwhile; an offset into a list by date of change would lose some. An issue that was
// updated in time cannot leave the list either, for updated_on only grows, and ties do not matter.
func list(ctx context.Context, in importers.Input, at importers.At, project string, last int64) (heads, error) {
	query, err := filters(ctx, in)
	if err != nil {
		return heads{}, err
	}
	if project != "" {
		query.Set("project_id", project)
	}
	query.Set("status_id", "*") // else closed issues are left out
	query.Set("sort", "id")
	query.Set("limit", strconv.Itoa(most))
	query.Set("issue_id", ">="+strconv.FormatInt(last+1, 10))
	from, to := at.From.UTC().Format(time.RFC3339), at.To.UTC().Format(time.RFC3339)
	switch {
	case !at.From.IsZero() && !at.To.IsZero():
		query.Set("updated_on", "><"+from+"|"+to)
	case !at.From.IsZero(): // there is no operator ">"
		query.Set("updated_on", ">="+from)
	case !at.To.IsZero():
		query.Set("updated_on", "<="+to)
	}
	var h heads
	return h, in.Get(ctx, "/issues.json", query, &h)
}

// filters returns the conditions of the setting trackers, by the trackers' ids.
func filters(ctx context.Context, in importers.Input) (url.Values, error) {
	wanted := settings.List(in.Config, "trackers")
	if len(wanted) == 0 {
		return url.Values{}, nil
	}
	var known struct{ Trackers []named }
	if err := in.Get(ctx, "/trackers.json", nil, &known); err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range wanted {
		i := slices.IndexFunc(known.Trackers, func(t named) bool { return strings.EqualFold(t.Name, w) })
		if i < 0 {
			return nil, fmt.Errorf("redmine: there is no tracker %q; correct the setting trackers", w)
		}
		ids = append(ids, strconv.FormatInt(known.Trackers[i].ID, 10))
	}
	return url.Values{"tracker_id": {strings.Join(ids, "|")}}, nil
}

// place is where a walk stands: in which of the chosen projects, behind which issue. As a token: "0:1234".
type place struct {
	project int
	last    int64
}

func placeOf(token string) (p place) {
	fmt.Sscanf(token, "%d:%d", &p.project, &p.last)
	return p
}

func (p place) token() string { return fmt.Sprintf("%d:%d", p.project, p.last) }

// walk asks for the page of issues at p and returns their ids, and where the next page lies; nil: that was the last.
func walk(ctx context.Context, in importers.Input, at importers.At, p place) (ids []string, total int64, next *place, err error) {
	projects := settings.List(in.Config, "projects")
	project := ""
	if p.project < len(projects) {
		project = projects[p.project]
	}
	h, err := list(ctx, in, at, project, p.last)
	if err != nil {
		return nil, 0, nil, err
	}
	for _, issue := range h.Issues {
		ids = append(ids, strconv.FormatInt(issue.ID, 10))
		p.last = max(p.last, issue.ID)
	}
	switch {
	case h.Total > int64(len(h.Issues)) && len(h.Issues) > 0:
		return ids, h.Total, &p, nil
	case p.project+1 < len(projects):
		return ids, h.Total, &place{project: p.project + 1}, nil
	}
	return ids, h.Total, nil, nil
}

// count asks how many issues changed within in's bounds, in each of the chosen projects.
func count(ctx context.Context, in importers.Input) (n int64, err error) {
	for p := (place{}); ; p = (place{project: p.project + 1}) {
		_, total, _, err := walk(ctx, in, importers.At{From: in.Since, To: in.Until}, p)
		if n += total; err != nil || p.project+1 >= len(settings.List(in.Config, "projects")) {
			return n, err
		}
	}
}

// page reads the issues of a page with their journals, which only a request for each issue gives.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	ids, total, next, err := walk(ctx, in, at, placeOf(at.Token))
	if err != nil {
		return importers.Slice{}, err
	}
	s := importers.Slice{Held: ids}
	if at.Token == "" {
		s.Total = total
	}
	if next != nil {
		s.Next = next.token()
	}
	s.Records, err = fetch(ctx, in, ids)
	return s, err
}

// census returns a page of the ids of all issues, since Redmine leaves no trace of what was deleted.
func census(ctx context.Context, in importers.Input, token string) (ids []string, next string, err error) {
	if token == "" {
		if _, err := whoami(ctx, in); err != nil {
			return nil, "", err
		}
	}
	ids, _, behind, err := walk(ctx, in, importers.At{}, placeOf(token))
	if behind != nil {
		next = behind.token()
	}
	return ids, next, err
}

// fetch reads issues by id, with what the ids in their journals stand for.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	if _, err := whoami(ctx, in); err != nil {
		return nil, err
	}
	var known names
	if err := in.Get(ctx, "/issue_statuses.json", nil, &known); err != nil {
		return nil, err
	}
	if err := in.Get(ctx, "/enumerations/issue_priorities.json", nil, &known); err != nil {
		return nil, err
	}
	private := settings.Of(in.Config, "private") == "yes"
	var records []importers.Record
	for _, id := range ids {
		a, err := in.Client.Get(ctx, "/issues/"+url.PathEscape(id)+".json", url.Values{"include": {"journals,relations"}})
		if importers.HasStatus(err, http.StatusNotFound) {
			continue // deleted
		}
		if err != nil {
			return nil, err
		}
		rec, secret, err := record(id, a.Body, known, private)
		if err != nil {
			return nil, err
		}
		if !secret || private {
			records = append(records, rec)
		}
	}
	return records, nil
}

// record makes a record of the answer about one issue: {"issue": …, "issue_statuses": …, "issue_priorities": …}.
// Private notes are left out unless they are wanted.
func record(id string, body []byte, known names, private bool) (importers.Record, bool, error) {
	var answer struct {
		Issue map[string]json.RawMessage
	}
	var is issue
	err := json.Unmarshal(body, &answer)
	if err == nil {
		err = json.Unmarshal(body, &struct{ Issue *issue }{&is})
	}
	if err != nil {
		return importers.Record{}, false, fmt.Errorf("redmine: issue %s: %w", id, err)
	}
	if !private && slices.ContainsFunc(is.Journals, func(j journal) bool { return j.Private }) {
		var all []json.RawMessage
		if err := json.Unmarshal(answer.Issue["journals"], &all); err != nil {
			return importers.Record{}, false, fmt.Errorf("redmine: journals of issue %s: %w", id, err)
		}
		var public []json.RawMessage
		for i, j := range is.Journals {
			if !j.Private {
				public = append(public, all[i])
			}
		}
		answer.Issue["journals"], _ = json.Marshal(public)
	}
	whole, err := json.Marshal(struct {
		Issue map[string]json.RawMessage `json:"issue"`
		names
	}{answer.Issue, known.usedBy(is)})
	return importers.Record{ExternalID: id, Body: whole, At: importers.ISO(is.UpdatedOn)}, is.Private, err
}
