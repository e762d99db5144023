package follow

import (
	"context"
	"testing"

	"hindsight/incident"
)

// told is a sink that only notes whether it was told that no more is known to follow.
type told struct {
	at       incident.Seq
	caughtUp bool
}

func (s *told) Name() string      { return "told" }
func (s *told) Seq() incident.Seq { return s.at }

func (s *told) Apply(_ context.Context, d incident.Delta) error {
	s.at, s.caughtUp = d.Upto, d.CaughtUp
	return nil
}

// TestWholeBatches: a sink that puts work off until it has caught up must hear of it also when the last changes
// fill their batch.
func TestWholeBatches(t *testing.T) {
	for _, tc := range []struct {
		name          string
		transactions  int
		incidentsEach int
	}{
		{"one batch, exactly", 1, batch},
		{"two batches, exactly", 4, batch / 2},
		{"one transaction larger than a batch", 1, batch + 1},
		{"the last batch is not full", 3, batch / 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := open(t)
			var head incident.Seq
			for i := range tc.transactions {
				var incs []*incident.Incident
				for n := range tc.incidentsEach {
					incs = append(incs, made(i*tc.incidentsEach+n, "x"))
				}
				head = put(t, s, func(tx incident.Tx) error { return tx.PutIncidents(incs) })
			}
			sink := &told{}
			for found := true; found && sink.at < head; {
				var d incident.Delta
				var err error
				if d, found, err = load(t.Context(), s, sink.at, everything); err != nil {
					t.Fatalf("load behind %d: %v", sink.at, err)
				}
				if sink.Apply(t.Context(), d); sink.caughtUp != (sink.at == head) {
					t.Errorf("change %d of %d: CaughtUp = %v", sink.at, head, sink.caughtUp)
				}
			}
			if sink.at != head {
				t.Errorf("the sink is at %d, want %d", sink.at, head)
			}
		})
	}
}
