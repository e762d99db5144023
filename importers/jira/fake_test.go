package jira

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/importers/importertest"
)

// fake answers as Jira documents: Cloud with page tokens that belong to one search, forty changes and twenty comments
// with an issue; Data Center with offsets and everything. Its issues are made up.
type fake struct {
	issues []*made
	asked  []string // searches, in order
	broken bool     // gives the same token for ever
}

type made struct {
	id               int
	project          string
	created, updated time.Time
	fields           map[string]any
	changes          []map[string]any // oldest first
	comments         []map[string]any
}

// stamp writes a time as Jira does, in the zone of whoever asks.
func stamp(t time.Time) string {
	return t.In(time.FixedZone("", 8*3600)).Format("2006-01-02T15:04:05.000-0700")
}

func option(id, name string) map[string]any { return map[string]any{"id": id, "name": name} }

var (
	open       = map[string]any{"id": "1", "name": "Offen", "statusCategory": map[string]any{"key": "new"}}
	inProgress = map[string]any{"id": "3", "name": "In Arbeit", "statusCategory": map[string]any{"key": "indeterminate"}}
	done       = map[string]any{"id": "10001", "name": "Erledigt", "statusCategory": map[string]any{"key": "done"}}
)

// turn makes an entry of a changelog.
func turn(id int, at time.Time, field, from, fromName, to, toName string) map[string]any {
	return map[string]any{"id": strconv.Itoa(id), "created": stamp(at), "author": map[string]any{"displayName": "Responder One"},
		"items": []any{map[string]any{"field": field, "fieldId": field, "from": from, "fromString": fromName, "to": to, "toString": toName}}}
}

func comment(id int, at time.Time, text string) map[string]any {
	return map[string]any{"id": strconv.Itoa(id), "created": stamp(at), "author": map[string]any{"displayName": "Responder Two"}, "body": text, "jsdPublic": true}
}

// newFake makes 230 issues. Issues 10100 to 10249 were created in one second, as by an import: more than a page.
func newFake() *fake {
	f := &fake{}
	for n := range 230 {
		created := time.Date(2026, 3, 1, 0, n, 0, 0, time.UTC)
		if n >= 80 {
			created = time.Date(2026, 3, 1, 1, 20, 0, n*1e6, time.UTC)
		}
		m := &made{id: 10000 + n, project: "OPS", created: created, updated: created.Add(50 * time.Hour)}
		m.fields = map[string]any{"summary": fmt.Sprintf("Synthetic incident %d", n), "status": done, "priority": option("2", "Hoch"),
			"issuetype": option("10010", "Incident"), "resolutiondate": stamp(created.Add(3 * time.Hour)), "customfield_10020": nil, "customfield_10021": map[string]any{"value": "Nordics"}}
		m.changes = []map[string]any{
			turn(20*n, created.Add(time.Hour), "status", "1", "Offen", "3", "In Arbeit"),
			turn(20*n+1, created.Add(3*time.Hour), "status", "3", "In Arbeit", "10001", "Erledigt"),
		}
		f.issues = append(f.issues, m)
	}
	long := f.issues[7]
	for n := range 60 {
		long.changes = append(long.changes, turn(9000+n, long.created.Add(4*time.Hour+time.Duration(n)*time.Minute), "labels", "", "", "", fmt.Sprint("l", n)))
		long.comments = append(long.comments, comment(n, long.created.Add(time.Duration(n)*time.Minute), fmt.Sprint("Note ", n)))
	}
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if (user != "reader@example.com" || password != "key") && r.Header.Get("Authorization") != "Bearer key" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var ask map[string]any
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	var answer any
	var err error
	switch path := r.URL.Path; {
	case r.Method == "POST" && path == "/rest/api/3/search/jql":
		answer, err = f.search(ask)
	case r.Method == "POST" && path == "/rest/api/3/search/approximate-count":
		var found []*made
		found, err = f.find(ask["jql"].(string))
		answer = map[string]any{"count": len(found)}
	case r.Method == "POST" && path == "/rest/api/3/issue/bulkfetch":
		answer = f.bulk(ask["issueIdsOrKeys"].([]any))
	case r.Method == "POST" && path == "/rest/api/3/changelog/bulkfetch":
		answer = f.changelogs(ask)
	case r.Method == "GET" && path == "/rest/api/2/search":
		answer, err = f.offsets(r)
	case r.Method == "GET" && strings.HasSuffix(path, "/status"):
		answer = []any{open, inProgress, done}
	case r.Method == "GET" && strings.HasSuffix(path, "/myself"):
		answer = map[string]any{"displayName": "Reading account", "timeZone": "Asia/Shanghai"}
	case r.Method == "GET" && strings.HasSuffix(path, "/project/OPS"):
		answer = map[string]any{"id": "1", "key": "OPS", "name": "Operations"}
	case r.Method == "GET" && strings.HasSuffix(path, "/comment"):
		answer, err = f.commentsOf(strings.Split(path, "/")[5], r.URL.Query().Get("startAt"))
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]any{"errorMessages": []string{err.Error()}}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

var clause = regexp.MustCompile(`^(?:(updated|created) (>=|<) (\d{10,})|project in \((.*)\)|id in \((.*)\)|\((issuetype = "Incident")\))$`)

// find does what the source's searches mean, and refuses every other one.
func (f *fake) find(jql string) ([]*made, error) {
	f.asked = append(f.asked, jql)
	where, order, _ := strings.Cut(jql, " ORDER BY ")
	if order != "" && order != "created ASC, id ASC" {
		return nil, fmt.Errorf("order %q", order)
	}
	out := slices.Clone(f.issues)
	for text := range strings.SplitSeq(where, " AND ") {
		g := clause.FindStringSubmatch(text)
		if g == nil {
			return nil, fmt.Errorf("Unbounded or unknown JQL: %q", text)
		}
		at, _ := strconv.ParseInt(g[3], 10, 64)
		out = slices.DeleteFunc(out, func(m *made) bool {
			when := m.updated
			if g[1] == "created" {
				when = m.created
			}
			switch {
			case g[2] == ">=":
				return when.UnixMilli() < at
			case g[2] == "<":
				return when.UnixMilli() >= at
			case g[4] != "":
				return !strings.Contains(g[4], `"`+m.project+`"`)
			case g[5] != "":
				return !slices.Contains(strings.Split(g[5], ", "), strconv.Itoa(m.id))
			}
			return m.fields["issuetype"].(map[string]any)["name"] != "Incident"
		})
	}
	slices.SortFunc(out, func(a, b *made) int {
		if c := a.created.Compare(b.created); c != 0 {
			return c
		}
		return a.id - b.id
	})
	return out, nil
}

// render writes an issue with at most so many changes and comments.
func (m *made) render(cloud bool) map[string]any {
	fields := map[string]any{"created": stamp(m.created), "updated": stamp(m.updated), "project": map[string]any{"id": "1", "key": m.project, "name": "Operations"}}
	for k, v := range m.fields {
		fields[k] = v
	}
	log, said := slices.Clone(m.changes), m.comments
	if cloud {
		slices.Reverse(log)
		log, said = log[:min(len(log), 40)], said[:min(len(said), 20)]
	}
	fields["comment"] = map[string]any{"total": len(m.comments), "comments": said}
	return map[string]any{"id": strconv.Itoa(m.id), "key": fmt.Sprintf("%s-%d", m.project, m.id-9999), "fields": fields,
		"changelog": map[string]any{"total": len(log), "histories": log}}
}

var fieldNames = map[string]string{"customfield_10020": "Rank", "customfield_10021": "Region", "summary": "Summary"}

// search is Cloud's: the token is only good for the search that it came from, and missing on the last page.
func (f *fake) search(ask map[string]any) (any, error) {
	jql := ask["jql"].(string)
	found, err := f.find(jql)
	if err != nil {
		return nil, err
	}
	start := 0
	if t, ok := ask["nextPageToken"].(string); ok {
		rest, of, _ := strings.Cut(t, "|")
		if start, err = strconv.Atoi(rest); err != nil || of != jql {
			return nil, fmt.Errorf("nextPageToken is invalid or expired")
		}
	}
	size := int(ask["maxResults"].(float64))
	end := min(start+size, len(found))
	answer := map[string]any{"names": fieldNames, "issues": []any{}, "isLast": end == len(found)}
	for _, m := range found[start:end] {
		if fmt.Sprint(ask["fields"]) == "[id]" {
			answer["issues"] = append(answer["issues"].([]any), map[string]any{"id": strconv.Itoa(m.id)})
			continue
		}
		answer["issues"] = append(answer["issues"].([]any), m.render(true))
	}
	if end < len(found) {
		answer["nextPageToken"] = fmt.Sprintf("%d|%s", end, jql)
	}
	if f.broken {
		answer["nextPageToken"] = fmt.Sprintf("100|%s", jql)
	}
	return answer, nil
}

func (f *fake) offsets(r *http.Request) (any, error) {
	q := r.URL.Query()
	found, err := f.find(q.Get("jql"))
	if err != nil {
		return nil, err
	}
	if strings.Contains(q.Get("jql"), "id in") && q.Get("validateQuery") != "false" {
		return nil, fmt.Errorf("an issue does not exist")
	}
	start, _ := strconv.Atoi(q.Get("startAt"))
	size, _ := strconv.Atoi(q.Get("maxResults"))
	issues := []any{}
	for _, m := range found[min(start, len(found)):min(start+size, len(found))] {
		issues = append(issues, m.render(false))
	}
	return map[string]any{"startAt": start, "total": len(found), "issues": issues, "names": fieldNames}, nil
}

func (f *fake) bulk(ids []any) any {
	issues := []any{}
	for _, m := range f.issues {
		if slices.Contains(ids, any(strconv.Itoa(m.id))) {
			i := m.render(true)
			i["names"] = fieldNames
			issues = append(issues, i)
		}
	}
	return map[string]any{"issues": issues}
}

// changelogs gives thirty entries a page, oldest first.
func (f *fake) changelogs(ask map[string]any) any {
	start := 0
	if t, ok := ask["nextPageToken"].(string); ok {
		start, _ = strconv.Atoi(t)
	}
	answer := map[string]any{}
	for _, m := range f.issues {
		if !slices.Contains(ask["issueIdsOrKeys"].([]any), any(strconv.Itoa(m.id))) {
			continue
		}
		end := min(start+30, len(m.changes))
		answer["issueChangeLogs"] = []any{map[string]any{"issueId": strconv.Itoa(m.id), "changeHistories": m.changes[start:end]}}
		if end < len(m.changes) {
			answer["nextPageToken"] = strconv.Itoa(end)
		}
	}
	return answer
}

func (f *fake) commentsOf(id, from string) (any, error) {
	start, _ := strconv.Atoi(from)
	for _, m := range f.issues {
		if strconv.Itoa(m.id) == id {
			return map[string]any{"total": len(m.comments), "comments": m.comments[start:min(start+50, len(m.comments))]}, nil
		}
	}
	return nil, fmt.Errorf("no issue %s", id)
}

func config(url, deployment string) importers.Config {
	cfg := importers.Config{Connection: "con_test", Settings: map[string]string{"url": url, "deployment": deployment, "token": "key", "projects": "OPS"}}
	if deployment == cloud {
		cfg.Settings["user"] = "reader@example.com"
	}
	return cfg
}

// input returns what a source gets for a fake.
func input(t *testing.T, url, deployment string) importers.Input {
	cfg := config(url, deployment)
	client, clock := importertest.Client(t, Source(), cfg)
	return importers.Input{Config: cfg, Client: client, Now: clock.Now()}
}
