package tableapitest

import (
	"fmt"
	"time"
)

// New returns an instance with 260 incidents, 150 of which were last changed in one second, as by a scheduled job. The
// first twenty have a service level, a comment, a work note and two changes of state each.
func New() *Server {
	s := &Server{Tables: map[string][]map[string]string{}, Hidden: map[string]bool{}, shown: map[string]string{
		"1": "Neu", "2": "In Bearbeitung", "6": "Gelöst", "7": "Geschlossen", "p1": "Responder One"}}
	add := func(table string, r map[string]string) { s.Tables[table] = append(s.Tables[table], r) }
	for n := range 260 {
		key, updated := ID("a", n*7919%260), at(n)
		if n >= 60 && n < 210 {
			updated = at(60)
		}
		add("incident", map[string]string{"sys_id": key, "number": fmt.Sprintf("INC%07d", n), "short_description": fmt.Sprintf("Synthetic incident %d", n), "state": "6", "priority": "2",
			"opened_at": at(n - 500), "sys_created_on": at(n - 500), "sys_updated_on": updated, "resolved_at": at(n - 400), "assigned_to": "p1", "work_notes": ""})
		if n >= 20 {
			continue
		}
		add("task_sla", map[string]string{"sys_id": ID("b", n), "task": key, "sla": "P2 resolution", "sla.target": "resolution", "sla.duration": "1970-01-01 04:00:00",
			"stage": "completed", "has_breached": "true", "start_time": at(n - 500), "end_time": at(n - 400)})
		add("sys_journal_field", map[string]string{"sys_id": ID("c", n), "name": "incident", "element": "comments", "element_id": key, "value": "Seen by the caller", "sys_created_on": at(n - 480), "sys_created_by": "responder.one"})
		add("sys_journal_field", map[string]string{"sys_id": ID("d", n), "name": "incident", "element": "work_notes", "element_id": key, "value": "For the team", "sys_created_on": at(n - 470), "sys_created_by": "responder.one"})
		add("sys_audit", map[string]string{"sys_id": ID("e", n), "tablename": "incident", "documentkey": key, "fieldname": "state", "oldvalue": "1", "newvalue": "2", "user": "responder.one", "sys_created_on": at(n - 490)})
		add("sys_audit", map[string]string{"sys_id": ID("f", n), "tablename": "incident", "documentkey": key, "fieldname": "state", "oldvalue": "2", "newvalue": "6", "user": "responder.one", "sys_created_on": at(n - 400)})
	}
	add("change_request", map[string]string{"sys_id": ID("9", 1), "number": "CHG0000001", "short_description": "Synthetic change", "state": "3", "close_code": "successful", "category": "Network",
		"work_start": at(-600), "work_end": at(-590), "sys_updated_on": at(-500), "business_service": "checkout"})
	add("change_request", map[string]string{"sys_id": ID("9", 2), "number": "CHG0000002", "short_description": "Nobody knows when", "state": "-5", "sys_updated_on": at(-500)})
	return s
}

// ID returns the sys_id of row n of a sort: a for incidents, 9 for change requests.
func ID(kind string, n int) string { return fmt.Sprintf("%s%031x", kind, n) }

// Start is when the newest data begin.
var Start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func at(minutes int) string {
	return Start.Add(time.Duration(minutes) * time.Minute).Format(time.DateTime)
}
