package jiratest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Issue is an issue of a Server.
type Issue struct {
	ID               int
	Project          string // key
	Created, Updated time.Time
	Fields           map[string]any   // as Jira writes them; those that other fields of an Issue hold are missing
	Changes          []map[string]any // entries of the changelog, oldest first
	Comments         []map[string]any
}

// New returns a Jira with 230 issues. Issues 10100 to 10249 were created in one second, as by an import: more than a page.
func New() *Server {
	s := &Server{}
	for n := range 230 {
		created := time.Date(2026, 3, 1, 0, n, 0, 0, time.UTC)
		if n >= 80 {
			created = time.Date(2026, 3, 1, 1, 20, 0, n*1e6, time.UTC)
		}
		m := &Issue{ID: 10000 + n, Project: "OPS", Created: created, Updated: created.Add(50 * time.Hour)}
		m.Fields = map[string]any{"summary": fmt.Sprintf("Synthetic incident %d", n), "status": done, "priority": option("2", "Hoch"),
			"issuetype": option("10010", "Incident"), "resolutiondate": stamp(created.Add(3 * time.Hour)), "customfield_10020": nil, "customfield_10021": map[string]any{"value": "Nordics"}}
		m.Changes = []map[string]any{
			turn(20*n, created.Add(time.Hour), "status", "1", "Offen", "3", "In Arbeit"),
			turn(20*n+1, created.Add(3*time.Hour), "status", "3", "In Arbeit", "10001", "Erledigt"),
		}
		s.Issues = append(s.Issues, m)
	}
	long := s.Issues[7]
	for n := range 60 {
		long.Changes = append(long.Changes, turn(9000+n, long.Created.Add(4*time.Hour+time.Duration(n)*time.Minute), "labels", "", "", "", fmt.Sprint("l", n)))
		long.Comments = append(long.Comments, comment(n, long.Created.Add(time.Duration(n)*time.Minute), fmt.Sprint("Note ", n)))
	}
	return s
}

// render writes the issue, on Cloud with at most forty changes, newest first, and twenty comments.
func (m *Issue) render(cloud bool) map[string]any {
	fields := map[string]any{"created": stamp(m.Created), "updated": stamp(m.Updated), "project": map[string]any{"id": "1", "key": m.Project, "name": "Operations"}}
	for k, v := range m.Fields {
		fields[k] = v
	}
	log, said := slices.Clone(m.Changes), m.Comments
	if cloud {
		slices.Reverse(log)
		log, said = log[:min(len(log), 40)], said[:min(len(said), 20)]
	}
	fields["comment"] = map[string]any{"total": len(m.Comments), "comments": said}
	return map[string]any{"id": strconv.Itoa(m.ID), "key": m.key(), "fields": fields,
		"changelog": map[string]any{"total": len(log), "histories": log}}
}

// key is what people call the issue.
func (m *Issue) key() string { return fmt.Sprintf("%s-%d", m.Project, m.ID-9999) }

// one gives an issue by its key, in any case, or by one that it had in another project.
func (s *Server) one(key string, fields []string) (any, error) {
	for _, m := range s.Issues {
		_, number, _ := strings.Cut(m.key(), "-")
		if _, asked, ok := strings.Cut(key, "-"); !ok || asked != number {
			continue
		}
		out := m.render(false)
		delete(out, "changelog")
		for name := range out["fields"].(map[string]any) {
			if !slices.Contains(fields, name) {
				delete(out["fields"].(map[string]any), name)
			}
		}
		return out, nil
	}
	return nil, errNotFound
}

var fieldNames = map[string]string{"customfield_10020": "Rank", "customfield_10021": "Region", "summary": "Summary"}

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
