package zabbixtest

import (
	"encoding/json"
	"slices"
	"strconv"
)

// question holds the parameters of event.get that the server understands.
type question struct {
	EventIDs   []string
	From       string `json:"eventid_from"`
	Value      *int
	Limit      int
	Severities []int
}

// events answers event.get.
func (s *Server) events(params json.RawMessage) (any, failure) {
	var q question
	if err := json.Unmarshal(params, &q); err != nil {
		return nil, failure(err.Error())
	}
	found := []Event{}
	for _, e := range s.Events {
		if q.finds(e) {
			found = append(found, e)
		}
	}
	if q.Limit > 0 {
		found = found[:min(q.Limit, len(found))]
	}
	return found, ""
}

// finds reports whether an event is asked for.
func (q question) finds(e Event) bool {
	id, _ := strconv.Atoi(e["eventid"].(string))
	least, _ := strconv.Atoi(q.From)
	severity := 0 // of recoveries
	if text, ok := e["severity"].(string); ok {
		severity, _ = strconv.Atoi(text)
	}
	return id >= least &&
		(q.EventIDs == nil || slices.Contains(q.EventIDs, e["eventid"].(string))) &&
		(q.Value == nil || e["value"] == strconv.Itoa(*q.Value)) &&
		(q.Severities == nil || slices.Contains(q.Severities, severity))
}
