package jiratest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// created is an answer of 201.
type created map[string]any

// said is an error in Jira's own words.
type said string

func (s said) Error() string { return string(s) }

const errForbidden = said("You do not have permission to create issues in this project.")

// write makes, moves and comments on issues. path is what stands behind /issue.
func (s *Server) write(r *http.Request, path []string) (any, error) {
	var in struct {
		Fields     map[string]any
		Transition struct{ ID string }
		Body       any
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			return nil, err
		}
	}
	onCloud := strings.HasPrefix(r.URL.Path, "/rest/api/3/")
	types := []any{map[string]any{"id": "10009", "name": "Unteraufgabe", "subtask": true}, map[string]any{"id": "10011", "name": "Aufgabe", "subtask": false}}
	switch {
	case len(path) > 0 && path[0] == "createmeta":
		return map[string]any{map[bool]string{true: "issueTypes", false: "values"}[onCloud]: types}, nil
	case s.ReadOnly && r.Method == http.MethodPost:
		return nil, errForbidden
	case len(path) == 0:
		return s.create(in.Fields, onCloud)
	}
	at := slices.IndexFunc(s.Issues, func(m *Issue) bool { return m.key() == path[0] })
	if at < 0 {
		return nil, errNotFound
	}
	switch m := s.Issues[at]; {
	case path[1] == "transitions" && r.Method == http.MethodGet:
		return map[string]any{"transitions": []any{map[string]any{"id": "11", "name": "Los", "to": inProgress}, map[string]any{"id": "31", "name": "Fertig", "to": done}}}, nil
	case path[1] == "transitions" && in.Transition.ID == "31":
		m.Fields["status"], m.Fields["resolutiondate"], m.Updated = done, stamp(time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)), m.Updated.Add(time.Hour)
		return nil, nil
	case path[1] == "comment" && r.Method == http.MethodPost:
		if _, plain := in.Body.(string); plain == onCloud {
			return nil, said("Comment body is not valid!")
		}
		text, err := json.Marshal(in.Body)
		m.Comments = append(m.Comments, comment(len(m.Comments), time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC), string(text)))
		return created{"id": "1"}, err
	}
	return nil, errNotFound
}

func (s *Server) create(fields map[string]any, onCloud bool) (any, error) {
	project, _ := fields["project"].(map[string]any)["key"].(string)
	kind, _ := fields["issuetype"].(map[string]any)["id"].(string)
	if _, plain := fields["description"].(string); project != "OPS" || kind != "10011" || plain == onCloud {
		return nil, fmt.Errorf("of %v: no such project, type, or sort of text", fields)
	}
	at := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	m := &Issue{Changes: []map[string]any{}, ID: 20000 + len(s.Issues), Project: project, Created: at, Updated: at, Fields: map[string]any{"summary": fields["summary"], "description": fields["description"], "status": open,
		"issuetype": option(kind, "Aufgabe")}}
	s.Issues = append(s.Issues, m)
	return created{"id": strconv.Itoa(m.ID), "key": m.key(), "self": "https://example.atlassian.net/rest/api/3/issue/" + strconv.Itoa(m.ID)}, nil
}
