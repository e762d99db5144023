package desk

import (
	"cmp"
	"context"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
)

// hiddenRecords returns a function that reports whether a record of a connection, and what it is mapped to, is one of a private incident
// that sight does not see: here already, or private by what the source says.
func (d *Desk) hiddenRecords(conn incident.Connection, sight incident.Sight) func(incident.Raw, incident.Incident) bool {
	if sight.All {
		return func(incident.Raw, incident.Incident) bool { return false }
	}
	snapshot := d.Live.Snapshot()
	return func(raw incident.Raw, inc incident.Incident) bool {
		ref := incident.Ref{Connection: conn.ID, Type: cmp.Or(inc.Ref.Type, raw.Type), ExternalID: cmp.Or(inc.Ref.ExternalID, raw.ExternalID)}
		for ref.Incarnation = range incarnations {
			if snapshot.Hides(ref.ID(), sight) {
				return true
			}
		}
		return !inc.SeenBy(sight)
	}
}

// openTrial leaves out of a trial, which ended with failed or nil, what it says of records of private incidents that sight does not see;
// what the run says about values is for those who see all incidents of the connection.
func (d *Desk) openTrial(ctx context.Context, t Trial, failed error, conn incident.Connection, sight incident.Sight) (Trial, error) {
	if sight.All {
		return t, failed
	}
	hides := d.hiddenRecords(conn, sight)
	t.Drafts = slices.DeleteFunc(t.Drafts, func(x importers.Draft) bool { return hides(t.Raws[x.Incident.RawID], x.Incident) })
	for i := range t.Letters {
		t.Letters[i].Connection = conn.ID
	}
	var err error
	if t.Letters, err = d.OpenLetters(ctx, t.Letters, sight); err != nil {
		return Trial{}, err
	}
	reads, err := d.SeesAllOf(ctx, conn.ID, sight)
	if err != nil {
		return Trial{}, err
	}
	if !reads {
		t.Warnings = nil
	}
	return t, failed
}
