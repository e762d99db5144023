package desk

import (
	"context"
	"slices"

	"hindsight/incident"
)

// HideTwins takes out of the edits of incidents, in place, which others somebody said that they are the same as, where sight does not
// see those others. An edit that says nothing else is left out.
func (d *Desk) HideTwins(ctx context.Context, sight incident.Sight, incs ...*incident.Incident) error {
	var ids []incident.ID
	for _, inc := range incs {
		for _, e := range inc.Edits {
			if e.Field == "same_as" {
				ids = append(ids, slices.DeleteFunc([]incident.ID{incident.ID(e.Value), incident.ID(e.Was)}, func(id incident.ID) bool { return id == "" })...)
			}
		}
	}
	if sight.All || len(ids) == 0 {
		return nil
	}
	facts, err := d.Store.Facts(ctx, ids)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, other := range facts {
		seen[string(other.ID)] = other.SeenBy(sight)
	}
	for _, inc := range incs {
		inc.Edits = withoutTwins(inc.Edits, seen)
	}
	return nil
}

func withoutTwins(edits []incident.Edit, seen map[string]bool) []incident.Edit {
	var out []incident.Edit
	for _, e := range edits {
		was := e
		if e.Field == "same_as" {
			e.Value, e.Was = ifSeen(e.Value, seen), ifSeen(e.Was, seen)
		}
		if e == was || e.Value != "" || e.Was != "" {
			out = append(out, e)
		}
	}
	return out
}

func ifSeen(id string, seen map[string]bool) string {
	if seen[id] {
		return id
	}
	return ""
}
