package jira

import (
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

const (
	pageSize  = 100 // issues with all their fields: more are not given at once
	fetchSize = 50  // the most ids that a search reconciles with what was written just now
	overlap   = 10 * time.Minute
	tokenLife = 6 * 24 * time.Hour // the vendor says seven days
	cloudAPI  = "/rest/api/3"
	serverAPI = "/rest/api/2"
)

// born is before any issue: Cloud refuses a search without any restriction.
var born = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// allFields is asked for by name, since Cloud's search gives ids alone otherwise.
var allFields = []string{"*all", "-attachment", "-worklog", "-watches", "-votes"}

// token is where a walk stands. Issues are walked in order of creation, which never changes, among those that changed
// since the walk's beginning: an issue that changes meanwhile stays where it is.
type token struct {
	Floor int64  `json:"floor,omitempty"` // only issues created at or after this, in milliseconds since 1970
	Skip  int    `json:"skip,omitempty"`  // Data Center: how many of those were read
	Last  int64  `json:"last,omitempty"`  // Cloud: when the last issue that was read was created
	Page  string `json:"page,omitempty"`  // Cloud: its own token, which expires
	Begun int64  `json:"begun,omitempty"` // Cloud: the server's time when the search began, in seconds since 1970
	// Categories is the category of each status by its id, as it was when the walk began.
	Categories map[string]string `json:"categories,omitempty"`
}

func readToken(text string) (t token, err error) {
	if text == "" {
		return t, nil
	}
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		return t, fmt.Errorf("jira: read token of page: %w", err)
	}
	return t, nil
}

func (t token) String() string {
	text, _ := json.Marshal(t) // of numbers and texts: it cannot fail
	return string(text)
}

// page reads one page of issues that changed since at.From.
func page(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	t, err := readToken(at.Token)
	if err != nil {
		return importers.Slice{}, err
	}
	if onCloud(in.Config) {
		return cloudPage(ctx, in, at, t)
	}
	return serverPage(ctx, in, at, t)
}

// scope is the JQL that says which issues are incidents.
func scope(cfg importers.Config) []string {
	var and []string
	if keys := projects(cfg); len(keys) > 0 {
		and = append(and, "project in ("+strings.Join(quoted(keys), ", ")+")")
	}
	if jql := settings.Of(cfg, "jql"); jql != "" {
		and = append(and, "("+jql+")")
	}
	return and
}

func projects(cfg importers.Config) []string { return settings.List(cfg, "projects") }

func quoted(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(t) + `"`
	}
	return out
}

// jql returns the search for a page. Times are milliseconds since 1970: dates would be read in the zone of whoever
// owns the token. There is no upper bound on the time of change, behind which an issue that keeps changing
// would hide for ever.
func jql(cfg importers.Config, at importers.At, floor int64) string {
	from := at.From
	if from.Before(born) {
		from = born
	}
	and := append(scope(cfg), fmt.Sprintf("updated >= %d", from.UnixMilli()))
	if floor > 0 {
		and = append(and, fmt.Sprintf("created >= %d", floor))
	}
	if !at.To.IsZero() {
		and = append(and, fmt.Sprintf("created < %d", at.To.UnixMilli()))
	}
	return strings.Join(and, " AND ") + " ORDER BY created ASC, id ASC"
}

// found is what a search answers.
type found struct {
	Issues        []json.RawMessage `json:"issues"`
	Names         map[string]string `json:"names"`
	NextPageToken string            `json:"nextPageToken"`
	Total         int               `json:"total"`
	IssueErrors   []struct {
		ID      string `json:"id"`
		Message string `json:"errorMessage"`
	} `json:"issueErrors"`
}

// cloudPage reads a page of Cloud. Its token expires; then the walk begins again behind the last creation.
func cloudPage(ctx context.Context, in importers.Input, at importers.At, t token) (importers.Slice, error) {
	if t.Page != "" && in.Client.Now().Sub(time.Unix(t.Begun, 0)) > tokenLife {
		t = token{Floor: t.Last - t.Last%1000, Categories: t.Categories}
	}
	ask := map[string]any{"jql": jql(in.Config, at, t.Floor), "fields": allFields, "expand": "names,changelog", "maxResults": pageSize}
	if t.Page != "" {
		ask["nextPageToken"] = t.Page
	}
	var f found
	if err := post(ctx, in, cloudAPI+"/search/jql", ask, &f); err != nil {
		return importers.Slice{}, err
	}
	if f.NextPageToken != "" && (f.NextPageToken == t.Page || len(f.Issues) == 0) {
		return importers.Slice{}, fmt.Errorf("jira: search gave an empty page, or the same token, instead of the next page: %w", importers.ErrStuck)
	}
	s, last, err := slice(ctx, in, f, &t)
	if err != nil || f.NextPageToken == "" {
		return s, err
	}
	if t.Page == "" {
		t.Begun = in.Client.Now().Unix()
		if s.Total, err = count(ctx, in, jql(in.Config, at, t.Floor)); err != nil {
			return s, err
		}
	}
	t.Page, t.Last = f.NextPageToken, last
	s.Next = t.String()
	return s, nil
}

// serverPage reads a page of Data Center. Each page begins with the second in which the last issue of the one
// before was created, so that issues which vanish meanwhile shift nothing; an offset is used within a second alone.
func serverPage(ctx context.Context, in importers.Input, at importers.At, t token) (importers.Slice, error) {
	f, err := serverSearch(ctx, in, jql(in.Config, at, t.Floor), url.Values{"startAt": {strconv.Itoa(t.Skip)}})
	if err != nil {
		return importers.Slice{}, err
	}
	s, last, err := slice(ctx, in, f, &t)
	if at.Token == "" {
		s.Total = int64(f.Total)
	}
	read := t.Skip + len(f.Issues)
	if err != nil || read >= f.Total {
		return s, err
	}
	if len(f.Issues) == 0 {
		return s, fmt.Errorf("jira: search gave an empty page although %d of %d issues are left: %w", f.Total-read, f.Total, importers.ErrStuck)
	}
	if second := last - last%1000; second > t.Floor {
		t.Floor, t.Skip = second, 0
	} else {
		t.Skip = read
	}
	s.Next = t.String()
	return s, nil
}

func serverSearch(ctx context.Context, in importers.Input, jql string, more url.Values) (f found, err error) {
	q := url.Values{"jql": {jql}, "maxResults": {strconv.Itoa(pageSize)}, "fields": {strings.Join(allFields, ",")}, "expand": {"names,changelog"}}
	for name, values := range more {
		q[name] = values
	}
	if err := in.Get(ctx, serverAPI+"/search", q, &f); err != nil {
		return f, fmt.Errorf("jira: search: %w", err)
	}
	return f, nil
}

func post(ctx context.Context, in importers.Input, path string, ask, answer any) error {
	a, err := in.Client.Post(ctx, path, ask)
	if err != nil {
		return fmt.Errorf("jira: %s: %w", path, err)
	}
	return a.JSON(answer)
}

// count returns about how many issues a search finds.
func count(ctx context.Context, in importers.Input, jql string) (int64, error) {
	var n struct {
		Count int64 `json:"count"`
	}
	jql, _, _ = strings.Cut(jql, " ORDER BY ")
	err := post(ctx, in, cloudAPI+"/search/approximate-count", map[string]any{"jql": jql}, &n)
	return n.Count, err
}

// fetch reads issues by id, those alone that the connection is about. An issue that is deleted and one that may not
// be seen look the same here.
func fetch(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	var records []importers.Record
	for part := range slices.Chunk(ids, fetchSize) {
		f, err := fetchPart(ctx, in, part)
		if err != nil {
			return nil, err
		}
		s, _, err := slice(ctx, in, f, &token{})
		if err != nil {
			return nil, err
		}
		if len(s.Rejects) > 0 {
			return nil, fmt.Errorf("jira: fetch %v: %s", part, s.Rejects[0].Reason)
		}
		records = append(records, s.Records...)
	}
	return records, nil
}

func fetchPart(ctx context.Context, in importers.Input, ids []string) (f found, err error) {
	if !onCloud(in.Config) {
		and := append(scope(in.Config), "id in ("+strings.Join(ids, ", ")+")")
		// Without validateQuery=false, one id that is not there any more refuses the whole search.
		return serverSearch(ctx, in, strings.Join(and, " AND "), url.Values{"validateQuery": {"false"}})
	}
	ask := map[string]any{"issueIdsOrKeys": ids, "fields": allFields, "expand": []string{"names", "changelog"}}
	if err := post(ctx, in, cloudAPI+"/issue/bulkfetch", ask, &f); err != nil {
		return f, err
	}
	if len(f.IssueErrors) > 0 {
		return f, fmt.Errorf("jira: fetch issue %s: %s", f.IssueErrors[0].ID, importers.Line(f.IssueErrors[0].Message))
	}
	f.Issues, err = within(ctx, in, f.Issues)
	return f, err
}

// within keeps the issues that the connection is about.
func within(ctx context.Context, in importers.Input, issues []json.RawMessage) ([]json.RawMessage, error) {
	if keys := projects(in.Config); len(keys) > 0 {
		issues = slices.DeleteFunc(issues, func(raw json.RawMessage) bool {
			return !among(keys, importers.Decode[issue](raw).project())
		})
	}
	if len(issues) == 0 || settings.Of(in.Config, "jql") == "" {
		return issues, nil
	}
	var ids []string
	var numbers []int64
	for _, raw := range issues {
		if n, err := strconv.ParseInt(importers.Decode[issue](raw).ID, 10, 64); err == nil {
			ids, numbers = append(ids, strconv.FormatInt(n, 10)), append(numbers, n)
		}
	}
	and := append(scope(in.Config), "id in ("+strings.Join(ids, ", ")+")")
	ask := map[string]any{"jql": strings.Join(and, " AND "), "fields": []string{"id"}, "maxResults": fetchSize, "reconcileIssues": numbers}
	var f found
	if err := post(ctx, in, cloudAPI+"/search/jql", ask, &f); err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, raw := range f.Issues {
		kept[importers.Decode[issue](raw).ID] = true
	}
	return slices.DeleteFunc(issues, func(raw json.RawMessage) bool { return !kept[importers.Decode[issue](raw).ID] }), nil
}

// among reports whether a project is one of those named by key or id; keys are compared in any case.
func among(named []string, p ref) bool {
	return slices.ContainsFunc(named, func(n string) bool { return n == p.ID || strings.EqualFold(n, p.Key) })
}
