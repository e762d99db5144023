package firehydranttest

import (
	"fmt"
	"time"
)

type object = map[string]any

// reported is the number of the incident about which there is a report.
const reported = 7

// Incident is one incident of a Server, known by its number.
type Incident struct {
	N                int
	Created, Updated time.Time
	Archived         bool
}

// ID returns the incident's id.
func (i *Incident) ID() string { return fmt.Sprintf("aaaaaaaa-1111-4000-8000-%012d", i.N) }

func (i *Incident) render() object {
	created, updated := i.Created.Format(time.RFC3339Nano), i.Updated.Format(time.RFC3339Nano)
	out := object{"id": i.ID(), "name": fmt.Sprintf("Synthetic incident %d", i.N), "number": i.N, "created_at": created, "started_at": created,
		"current_milestone": "mitigated", "severity": "SEV3", "lifecycle_phases": []any{object{"type": "active", "milestones": []any{object{"slug": "mitigated", "occurred_at": updated}}}}}
	if i.N == reported {
		out["report_id"] = "rep"
	}
	if i.Archived {
		out["discarded_at"] = updated
	}
	return out
}
