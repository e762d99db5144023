package rootlytest

import (
	"fmt"
	"time"
)

type object = map[string]any

// Incident is one incident of a Server.
type Incident struct {
	Updated time.Time

	n       int
	created time.Time
}

// ID returns the incident's id; ids sort as incidents were created.
func (i *Incident) ID() string { return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", i.n) }

// stamp writes a time as Rootly does, in the organization's zone.
func stamp(t time.Time) string {
	return t.In(time.FixedZone("", -8*3600)).Format("2006-01-02T15:04:05.000Z07:00")
}

// render returns an incident and what comes with it: two events of its own, and a cause that all share.
func (i *Incident) render() (any, []any) {
	a := object{"sequential_id": i.n, "title": fmt.Sprintf("Synthetic incident %d", i.n), "kind": "normal", "status": "mitigated", "private": false,
		"created_at": stamp(i.created), "updated_at": stamp(i.Updated), "started_at": stamp(i.created), "mitigated_at": stamp(i.created.Add(time.Hour))}
	events, included := []any{}, []any{object{"id": "c1", "type": "causes", "attributes": object{"name": "Capacity"}}}
	for n := range 2 {
		id := fmt.Sprintf("e%d-%d", i.n, n)
		events = append(events, object{"id": id, "type": "incident_events"})
		included = append(included, object{"id": id, "type": "incident_events", "attributes": object{"event": "Event " + id, "occurred_at": stamp(i.created.Add(time.Minute))}})
	}
	return object{"id": i.ID(), "type": "incidents", "attributes": a, "relationships": object{
		"events": object{"data": events}, "causes": object{"data": []any{object{"id": "c1", "type": "causes"}}},
		"roles": object{"data": nil}, "incident_post_mortem": object{"data": nil},
	}}, included
}
