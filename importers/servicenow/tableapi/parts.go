package tableapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"hindsight/importers"
)

// body is a stored incident: its row and the rows of other tables that belong to it, all as they were answered. A
// table that may not be read is null.
type body struct {
	Incident json.RawMessage   `json:"incident"`
	Levels   []json.RawMessage `json:"task_sla"`
	Notes    []json.RawMessage `json:"sys_journal_field"`
	Audit    []json.RawMessage `json:"sys_audit"`
	Problem  json.RawMessage   `json:"problem,omitempty"`
}

// audited are the columns whose history is read; sys_audit holds every one that an instance audits.
var audited = []string{"state", "incident_state", "assigned_to", "assignment_group", "priority", "severity", "impact", "urgency", "hold_reason",
	"cmdb_ci", "business_service", "close_code", "parent_incident", "problem_id", "caused_by", "rfc"}

// withParts makes records of incidents. What other tables hold of a whole page of them is read with one request a table,
// or more where there is much.
func withParts(ctx context.Context, in importers.Input, rows []json.RawMessage) ([]importers.Record, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	bodies, ids, problems := map[string]*body{}, []string{}, []string{}
	for _, raw := range rows {
		r := decodeRow(raw)
		bodies[r.id()] = &body{Incident: raw}
		ids = append(ids, r.id())
		if p := r.code("problem_id"); p != "" {
			problems = append(problems, p)
		}
	}
	if err := levels(ctx, in, ids, bodies); err != nil {
		return nil, err
	}
	if err := notes(ctx, in, ids, bodies); err != nil {
		return nil, err
	}
	if err := audit(ctx, in, ids, bodies); err != nil {
		return nil, err
	}
	if err := problemsOf(ctx, in, problems, bodies); err != nil {
		return nil, err
	}
	var out []importers.Record
	for _, id := range ids {
		text, err := json.Marshal(bodies[id])
		if err != nil {
			return nil, fmt.Errorf("%s: keep incident %s: %w", name, id, err)
		}
		r := decodeRow(bodies[id].Incident)
		out = append(out, importers.Record{ExternalID: id, Body: text, Place: incidents + " " + r.shown("number"), At: r.at("sys_updated_on")})
	}
	return out, nil
}

// part reads the rows of a table and hands each to the incident that it names in column. A table that the user may not
// read stays null.
func part(ctx context.Context, in importers.Input, table, query, fields, column string, bodies map[string]*body, list func(*body) *[]json.RawMessage) error {
	rows, err := all(ctx, in, table, query, fields)
	if importers.HasStatus(err, http.StatusForbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, b := range bodies {
		*list(b) = []json.RawMessage{}
	}
	for _, raw := range rows {
		if b := bodies[decodeRow(raw).code(column)]; b != nil {
			*list(b) = append(*list(b), raw)
		}
	}
	return nil
}

func levels(ctx context.Context, in importers.Input, ids []string, bodies map[string]*body) error {
	return part(ctx, in, "task_sla", "taskIN"+strings.Join(ids, ","),
		"sys_id,task,sla,sla.target,sla.duration,stage,has_breached,start_time,end_time,planned_end_time,business_duration", "task", bodies,
		func(b *body) *[]json.RawMessage { return &b.Levels })
}

// notes reads comments, and work notes if the connection asks for them: otherwise they never leave the instance this way.
func notes(ctx context.Context, in importers.Input, ids []string, bodies map[string]*body) error {
	kinds := "comments"
	if settings.Of(in.Config, "private_notes") == "yes" {
		kinds = "comments,work_notes"
	}
	return part(ctx, in, "sys_journal_field", "name=incident^elementIN"+kinds+"^element_idIN"+strings.Join(ids, ","),
		"sys_id,element_id,element,value,sys_created_on,sys_created_by", "element_id", bodies,
		func(b *body) *[]json.RawMessage { return &b.Notes })
}

func audit(ctx context.Context, in importers.Input, ids []string, bodies map[string]*body) error {
	return part(ctx, in, "sys_audit", "tablename=incident^fieldnameIN"+strings.Join(audited, ",")+"^documentkeyIN"+strings.Join(ids, ","),
		"sys_id,documentkey,fieldname,oldvalue,newvalue,user,sys_created_on,record_checkpoint", "documentkey", bodies,
		func(b *body) *[]json.RawMessage { return &b.Audit })
}

func problemsOf(ctx context.Context, in importers.Input, ids []string, bodies map[string]*body) error {
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	rows, err := all(ctx, in, "problem", "sys_idIN"+strings.Join(slices.Compact(ids), ","),
		"sys_id,number,short_description,state,known_error,cause_notes,fix_notes,workaround,assigned_to")
	if importers.HasStatus(err, http.StatusForbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	found := map[string]json.RawMessage{}
	for _, raw := range rows {
		found[decodeRow(raw).id()] = raw
	}
	for _, b := range bodies {
		b.Problem = found[decodeRow(b.Incident).code("problem_id")]
	}
	return nil
}
