package gitlab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

const perPage = 50 // incidents; each costs three requests more, and a page should be done in minutes

// issue is what the list tells that the walk needs; the record keeps the whole.
type issue struct {
	ID           int64     `json:"id"`
	IID          int64     `json:"iid"`
	UpdatedAt    time.Time `json:"updated_at"`
	Type         string    `json:"issue_type"`
	Confidential bool      `json:"confidential"`
	References   struct{ Full string }
}

// wanted reports whether it is an incident that the connection may read. Old servers do not give the type.
func (i issue) wanted(cfg importers.Config) bool {
	return (i.Type == "" || i.Type == "incident") && (!i.Confidential || private(cfg)) && i.IID > 0
}

// issues reads a page of the incidents of one project.
func issues(ctx context.Context, in importers.Input, place importers.At) (importers.Slice, error) {
	q := url.Values{"issue_type": {"incident"}, "scope": {"all"}}
	if !private(in.Config) {
		q.Set("confidential", "false")
	}
	l := list{setting: "projects", part: "/issues", query: q, size: perPage}
	return l.page(ctx, in, place, func(project string, text json.RawMessage) (string, time.Time, importers.Made, error) {
		var i issue
		err := json.Unmarshal(text, &i)
		return strconv.FormatInt(i.IID, 10), i.UpdatedAt, func() (importers.Record, bool, error) {
			if !i.wanted(in.Config) {
				return importers.Record{}, false, nil
			}
			rec, err := withHistory(ctx, in, project, i, text)
			return rec, true, err
		}, err
	})
}

// list is a list of each of several projects, sorted by time of change.
type list struct {
	setting string
	part    string
	query   url.Values
	size    int
}

// beginning is asked for where nothing else is said: GitLab refuses to sort deployments by change without it.
var beginning = time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC)

func (l list) page(ctx context.Context, in importers.Input, place importers.At, read func(project string, text json.RawMessage) (string, time.Time, importers.Made, error)) (importers.Slice, error) {
	all := projects(in.Config, l.setting)
	return importers.Changed{Lists: all, Full: l.size,
		Ask: func(p importers.ByTime) (importers.Answer, error) { return l.ask(ctx, in, p, all[p.Part]) },
		Read: func(n int, text json.RawMessage) (string, time.Time, importers.Made, error) {
			return read(all[n], text)
		},
	}.Page(place)
}

// ask asks for a page. Times are asked for one millisecond earlier: servers differ in whether "after" includes the time itself,
// and they know microseconds that they do not show.
func (l list) ask(ctx context.Context, in importers.Input, p importers.ByTime, project string) (importers.Answer, error) {
	if p.Link != "" {
		return in.Client.Get(ctx, p.Link, nil)
	}
	since := beginning
	if p.Since.After(since) {
		since = p.Since.Add(-time.Millisecond)
	}
	q := url.Values{"order_by": {"updated_at"}, "sort": {"asc"}, "per_page": {strconv.Itoa(l.size)}, "updated_after": {since.UTC().Format("2006-01-02T15:04:05.000Z")}}
	for name, values := range l.query {
		q[name] = values
	}
	return in.Client.Get(ctx, at(project, l.part), q)
}

// timeline asks for what REST does not have.
const timeline = `query($project: ID!, $incident: IssueID!, $iid: String!) { project(fullPath: $project) {
 issue(iid: $iid) { escalationStatus severity }
 incidentManagementTimelineEvents(incidentId: $incident) { nodes { id occurredAt createdAt note action author { username } timelineEventTags { nodes { name } } } } } }`

// withHistory makes the record of an incident: {"issue": …, "state_events": […], "notes": […], "timeline": the answer
// of GraphQL}, each as the server gave it. Internal notes are kept only where the connection reads private ones.
func withHistory(ctx context.Context, in importers.Input, project string, i issue, text json.RawMessage) (importers.Record, error) {
	rec := importers.Record{ExternalID: externalID(project, i.IID), Place: fmt.Sprintf("%s, incident %d", project, i.IID), At: i.UpdatedAt.UTC()}
	base := at(project, fmt.Sprintf("/issues/%d", i.IID))
	states, err := in.Client.Linked(ctx, base+"/resource_state_events", url.Values{"per_page": {"100"}})
	if err != nil {
		return rec, err
	}
	notes, err := in.Client.Linked(ctx, base+"/notes", url.Values{"per_page": {"100"}, "sort": {"asc"}, "order_by": {"created_at"}})
	if err != nil {
		return rec, err
	}
	if !private(in.Config) {
		notes = public(notes)
	}
	parts := map[string]any{"issue": text, "state_events": states, "notes": notes}
	if path, _, ok := strings.Cut(i.References.Full, "#"); ok {
		a, err := in.Client.Post(ctx, "/api/graphql", map[string]any{"query": timeline, "variables": map[string]string{
			"project": path, "incident": fmt.Sprintf("gid://gitlab/Issue/%d", i.ID), "iid": strconv.FormatInt(i.IID, 10)}})
		if err != nil {
			return rec, err
		}
		if !json.Valid(a.Body) {
			return rec, fmt.Errorf("gitlab: /api/graphql answered what is no JSON")
		}
		parts["timeline"] = json.RawMessage(a.Body)
	}
	rec.Body, err = json.Marshal(parts)
	return rec, err
}

// public leaves out internal notes.
func public(notes []json.RawMessage) []json.RawMessage {
	out := []json.RawMessage{}
	for _, text := range notes {
		var n note
		if json.Unmarshal(text, &n) == nil && !n.Internal && !n.Confidential {
			out = append(out, text)
		}
	}
	return out
}

// fetchIssue reads one incident again. An issue that is no incident any more, or confidential, is left out.
func fetchIssue(ctx context.Context, in importers.Input, id string) (importers.Record, error) {
	project, number, ok := cut(in.Config, "projects", id)
	if !ok {
		return importers.Record{}, importers.NotOurs(id)
	}
	a, err := in.Client.Get(ctx, at(project, "/issues/"+number), nil)
	if err != nil {
		return importers.Record{}, err
	}
	var i issue
	if err := a.JSON(&i); err != nil {
		return importers.Record{}, err
	}
	if !i.wanted(in.Config) {
		return importers.Record{}, importers.NotOurs(id)
	}
	return withHistory(ctx, in, project, i, bytes.TrimSpace(a.Body))
}
