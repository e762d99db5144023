package jiratest

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var clause = regexp.MustCompile(`^(?:(updated|created) (>=|<) (\d{10,})|project in \((.*)\)|id in \((.*)\)|key in \((.*)\)|\((issuetype = "Incident")\))$`)

// find does what the source's searches mean, and refuses every other one.
func (s *Server) find(jql string) ([]*Issue, error) {
	s.Asked = append(s.Asked, jql)
	where, order, _ := strings.Cut(jql, " ORDER BY ")
	if order != "" && order != "created ASC, id ASC" {
		return nil, fmt.Errorf("order %q", order)
	}
	out := slices.Clone(s.Issues)
	for text := range strings.SplitSeq(where, " AND ") {
		g := clause.FindStringSubmatch(text)
		if g == nil {
			return nil, fmt.Errorf("unbounded or unknown JQL: %q", text)
		}
		at, _ := strconv.ParseInt(g[3], 10, 64)
		out = slices.DeleteFunc(out, func(m *Issue) bool {
			when := m.Updated
			if g[1] == "created" {
				when = m.Created
			}
			switch {
			case g[2] == ">=":
				return when.UnixMilli() < at
			case g[2] == "<":
				return when.UnixMilli() >= at
			case g[4] != "":
				return !strings.Contains(g[4], `"`+m.Project+`"`)
			case g[5] != "":
				return !slices.Contains(strings.Split(g[5], ", "), strconv.Itoa(m.ID))
			case g[6] != "":
				return !strings.Contains(g[6], `"`+m.key()+`"`)
			}
			return m.Fields["issuetype"].(map[string]any)["name"] != "Incident"
		})
	}
	slices.SortFunc(out, func(a, b *Issue) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return a.ID - b.ID
	})
	return out, nil
}

// query is what a request's body asks for.
type query struct {
	JQL    string   `json:"jql"`
	Token  string   `json:"nextPageToken"`
	Size   int      `json:"maxResults"`
	Fields []string `json:"fields"`
	IDs    []string `json:"issueIdsOrKeys"`
}

// search is Cloud's: the token is only good for the search that it came from, and missing on the last page.
func (s *Server) search(q query) (any, error) {
	found, err := s.find(q.JQL)
	if err != nil {
		return nil, err
	}
	start := 0
	if q.Token != "" {
		rest, of, _ := strings.Cut(q.Token, "|")
		if start, err = strconv.Atoi(rest); err != nil || of != q.JQL {
			return nil, fmt.Errorf("nextPageToken is invalid or expired")
		}
	}
	end := min(start+q.Size, len(found))
	issues := []any{}
	for _, m := range found[start:end] {
		if slices.Equal(q.Fields, []string{"id"}) {
			issues = append(issues, map[string]any{"id": strconv.Itoa(m.ID)})
			continue
		}
		issues = append(issues, m.render(true))
	}
	answer := map[string]any{"names": fieldNames, "issues": issues, "isLast": end == len(found)}
	if end < len(found) {
		answer["nextPageToken"] = fmt.Sprintf("%d|%s", end, q.JQL)
	}
	if s.Broken {
		answer["nextPageToken"] = "100|" + q.JQL
	}
	return answer, nil
}

// offsets is a Data Center's search.
func (s *Server) offsets(q url.Values) (any, error) {
	found, err := s.find(q.Get("jql"))
	if err != nil {
		return nil, err
	}
	if regexp.MustCompile("(id|key) in").MatchString(q.Get("jql")) && q.Get("validateQuery") != "false" {
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

func (s *Server) bulk(ids []string) any {
	issues := []any{}
	for _, m := range s.Issues {
		if slices.Contains(ids, strconv.Itoa(m.ID)) || slices.Contains(ids, m.key()) {
			i := m.render(true)
			i["names"] = fieldNames
			issues = append(issues, i)
		}
	}
	return map[string]any{"issues": issues}
}

// changelogs gives thirty entries a page, oldest first.
func (s *Server) changelogs(q query) any {
	start, _ := strconv.Atoi(q.Token) // none: the beginning
	answer := map[string]any{}
	for _, m := range s.Issues {
		if !slices.Contains(q.IDs, strconv.Itoa(m.ID)) {
			continue
		}
		end := min(start+30, len(m.Changes))
		answer["issueChangeLogs"] = []any{map[string]any{"issueId": strconv.Itoa(m.ID), "changeHistories": m.Changes[start:end]}}
		if end < len(m.Changes) {
			answer["nextPageToken"] = strconv.Itoa(end)
		}
	}
	return answer
}

func (s *Server) commentsOf(id, from string) (any, error) {
	start, _ := strconv.Atoi(from)
	for _, m := range s.Issues {
		if strconv.Itoa(m.ID) == id {
			return map[string]any{"total": len(m.Comments), "comments": m.Comments[min(start, len(m.Comments)):min(start+50, len(m.Comments))]}, nil
		}
	}
	return nil, errNotFound
}
