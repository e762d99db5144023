package incidentiotest

import (
	"fmt"
	"strconv"
	"time"
)

type object = map[string]any

// Incident is one incident of a Server.
type Incident struct {
	Updated time.Time
	Hidden  bool // it is private, and the key may not see it

	n        int
	created  time.Time
	mode     string
	document bool // it has a post-mortem
}

// ID returns the incident's id; ids sort as incidents were created.
func (i *Incident) ID() string { return fmt.Sprintf("01FAKE%020d", i.n) }

func (i *Incident) render() object {
	out := object{"id": i.ID(), "reference": fmt.Sprintf("INC-%d", i.n), "name": fmt.Sprintf("Synthetic incident %d", i.n), "mode": i.mode, "visibility": "public",
		"created_at": i.created.Format(time.RFC3339Nano), "updated_at": i.Updated.Format(time.RFC3339Nano),
		"incident_status": status("Closed", "closed"), "severity": object{"id": "v", "name": "Minor"}}
	if i.document {
		out["postmortem_document_ids"] = []any{"doc-" + i.ID()}
	}
	return out
}

func status(name, category string) object {
	return object{"id": "s-" + category, "name": name, "category": category}
}

// updatesOf returns a page of an incident's updates, the last of which closed it.
func (s *Server) updatesOf(id, after, size string) any {
	start, _ := strconv.Atoi(after)
	n, _ := strconv.Atoi(size)
	updates := []any{}
	for i := start; i < min(start+n, s.Updates); i++ {
		is := status("Investigating", "live")
		if i == s.Updates-1 {
			is = status("Closed", "closed")
		}
		updates = append(updates, object{"id": strconv.Itoa(i + 1), "incident_id": id, "created_at": time.Date(2026, 3, 1, 11, i, 0, 0, time.UTC).Format(time.RFC3339),
			"new_incident_status": is, "message": fmt.Sprint("Update ", i), "updater": object{"user": object{"id": "u", "name": "Responder One"}}})
	}
	meta := object{"page_size": n}
	if start+n < s.Updates {
		meta["after"] = strconv.Itoa(start + n)
	}
	return object{"incident_updates": updates, "pagination_meta": meta}
}

// followUps returns the follow-ups of an incident or, without an id, of all: every tenth has one.
func (s *Server) followUps(id string) []any {
	out := []any{}
	for _, i := range s.Incidents {
		if i.n%10 == 0 && (id == "" || id == i.ID()) {
			out = append(out, object{"id": fmt.Sprint("fu", i.n), "incident_id": i.ID(), "title": fmt.Sprint("Mend ", i.n), "status": "outstanding"})
		}
	}
	return out
}
