package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Foreseen is told what a batch of Foresee comes to: the incidents that it looked at, as they are, and those that
// would change or be new, as they would become.
type Foreseen func(before, after []*incident.Incident) error

// Foresee is a dry run of Remap over the newest incidents first. It ends after limit (0: when all is looked at), and cut
// says that it then had not come to the end. each may be nil.
func (r *Runner) Foresee(ctx context.Context, conn incident.Connection, limit time.Duration, each Foreseen) (out Outcome, cut bool, err error) {
	run := incident.Run{Via: viaRemap, DryRun: true}
	p, err := r.begin(ctx, conn, run, nil)
	if err != nil {
		out, err = notBegun(run, err)
		return out, false, err
	}
	p.each = each
	w := newestWalk{pass: p, seen: map[incident.ID]bool{}}
	if limit > 0 {
		w.until = p.clock().Add(limit)
	}
	err = p.guarded(ctx, w.run)
	if cut = errors.Is(err, errEnough); cut {
		err = nil
	}
	out, err = p.finish(ctx, err)
	return out, cut, err
}

// errEnough ends a walk whose time is over.
var errEnough = errors.New("jobs: the time for looking is over")

// newestWalk replays stored records, those of the newest incidents first.
type newestWalk struct {
	*pass
	until time.Time            // zero: it has all the time
	seen  map[incident.ID]bool // raws
}

// run replays what the incidents were made from, and then what no incident was made from: change events, rosters,
// further records of an incident, and what was rejected.
func (w *newestWalk) run(ctx context.Context) error {
	var raws []incident.Raw
	for inc, err := range w.store.Incidents(ctx, incident.Filter{Connections: []incident.ID{w.conn.ID}, Sight: incident.Sight{All: true}}) {
		if err != nil {
			return fmt.Errorf("jobs: foresee %s: read incidents: %w", w.conn.Name, err)
		}
		raw, err := w.store.Raw(ctx, inc.RawID)
		if errors.Is(err, incident.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("jobs: foresee %s: read the record of incident %s: %w", w.conn.Name, inc.ID, err)
		}
		if raws = append(raws, *raw); len(raws) == replaySize {
			if err := w.replay(ctx, raws); err != nil {
				return err
			}
			raws = raws[:0]
		}
	}
	if err := w.replay(ctx, raws); err != nil {
		return err
	}
	return w.replayEach(ctx, func(raw *incident.Raw) bool { return !w.seen[raw.ID] }, w.replay)
}

// replay replays records of any types, unless the time is over: then it has seen some at least.
func (w *newestWalk) replay(ctx context.Context, raws []incident.Raw) error {
	if !w.until.IsZero() && len(raws) > 0 && len(w.seen) > 0 && !w.clock().Before(w.until) {
		return errEnough
	}
	slices.SortStableFunc(raws, func(a, b incident.Raw) int { return strings.Compare(a.Type, b.Type) })
	for len(raws) > 0 {
		n := slices.IndexFunc(raws, func(r incident.Raw) bool { return r.Type != raws[0].Type })
		if n < 0 {
			n = len(raws)
		}
		if err := w.replayBatch(ctx, raws[:n]); err != nil {
			return err
		}
		for _, r := range raws[:n] {
			w.seen[r.ID] = true
		}
		raws = raws[n:]
	}
	return nil
}
