package redminetest

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// list answers with the heads of issues, in the order of their ids.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ids, err := s.find(q)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		answer(w, map[string]any{"errors": []string{err.Error()}})
		return
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	limit = min(limit, 100)
	issues := []any{}
	for _, id := range ids[:min(len(ids), limit)] {
		head := maps.Clone(s.Issues[id])
		delete(head, "journals")
		issues = append(issues, head)
	}
	answer(w, map[string]any{"issues": issues, "total_count": len(ids), "offset": 0, "limit": limit})
}

// find returns the ids of the issues that a list asks for, in order.
func (s *Server) find(q url.Values) (ids []int, err error) {
	least, onward := strings.CutPrefix(q.Get("issue_id"), ">=")
	if since, made := strings.CutPrefix(q.Get("created_on"), ">="); made && q.Get("sort") == "id:desc" {
		for id, is := range s.Issues {
			if is["created_on"].(string) >= since && chosen(is, q) {
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, func(a, b int) int { return b - a })
		return ids, nil
	}
	if q.Get("issue_id") == "" || q.Get("sort") != "id" {
		return nil, errors.New("made up here are lists of ids, or of ids from one on, alone")
	}
	named := strings.Split(q.Get("issue_id"), ",")
	from, to, err := span(q.Get("updated_on"))
	if err != nil {
		return nil, err
	}
	first, _ := strconv.Atoi(least)
	for id, is := range s.Issues {
		if at := is["updated_on"].(string); (onward && id >= first || slices.Contains(named, strconv.Itoa(id))) && at >= from && at <= to && chosen(is, q) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// span reads a filter of times: "><from|to", ">=from" or none.
func span(filter string) (from, to string, err error) {
	if rest, ok := strings.CutPrefix(filter, "><"); ok {
		from, to, _ = strings.Cut(rest, "|")
		return from, to, nil
	}
	if from, ok := strings.CutPrefix(filter, ">="); ok {
		return from, "9999", nil
	}
	if to, ok := strings.CutPrefix(filter, "<="); ok {
		return "", to, nil
	}
	if filter != "" {
		return "", "", errors.New("the filter of updated_on is invalid")
	}
	return "", "9999", nil
}

// chosen reports whether an issue has the status, the project and a tracker that a list asks for.
func chosen(is Issue, q url.Values) bool {
	project, tracker := is["project"].(map[string]any)["name"], is["tracker"].(map[string]any)["id"].(int)
	return (q.Get("status_id") == "*" || is["closed_on"] == nil) &&
		(q.Get("project_id") == "" || q.Get("project_id") == project) &&
		(q.Get("tracker_id") == "" || slices.Contains(strings.Split(q.Get("tracker_id"), "|"), strconv.Itoa(tracker)))
}
