package tableapi

import (
	"context"
	"fmt"
	"net/http"

	"hindsight/importers"
)

// probe says which tables can be read. It asks for a row by its own time of change, too: an instance that does not find
// it reads queries in another zone than UTC, and polls would miss what changed.
func probe(ctx context.Context, in importers.Input) (importers.Scope, error) {
	s := importers.Scope{Identity: settings.Of(in.Config, "user")}
	if s.Identity == "" {
		s.Identity = "the owner of the token"
	}
	for _, table := range []string{incidents, "task_sla", "sys_journal_field", "sys_audit", "problem", changes} {
		a, err := once(ctx, in, ask{table: table, query: "ORDERBYDESCsys_updated_on", fields: "sys_id,sys_updated_on", limit: 1})
		switch {
		case importers.HasStatus(err, http.StatusForbidden):
			s.Notes = append(s.Notes, fmt.Sprintf("The table %s may not be read.", table))
			continue
		case err != nil:
			return s, err
		case len(a.rows) == 0:
			s.Notes = append(s.Notes, fmt.Sprintf("The table %s shows no row: it is empty, or access rules hide its rows.", table))
			continue
		}
		s.Reach = append(s.Reach, table)
		if table != incidents {
			continue
		}
		r := decodeRow(a.rows[0])
		again, err := once(ctx, in, ask{table: table, query: "sys_updated_on=" + r["sys_updated_on"].value + "^sys_id=" + r.id(), fields: "sys_id", limit: 1})
		if err != nil {
			return s, err
		}
		if len(again.rows) == 0 {
			s.Notes = append(s.Notes, "A row is not found by its own time of change. Set the time zone of the reading user to GMT.")
		}
	}
	return s, nil
}
