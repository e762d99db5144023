package search

import (
	"context"
	"errors"
	"fmt"
	"os"

	"hindsight/incident"
)

// Rebuild is a sink of the change feed that fills an index beside the one that answers, and puts it in its place as soon as it has
// caught up. A crash at any moment leaves the one before in force, and the new one goes on from where it was.
type Rebuild struct{ index *Index }

// Rebuild returns the sink that builds the index anew; nothing when there is no need to.
func (x *Index) Rebuild() (*Rebuild, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return &Rebuild{x}, x.next != nil
}

// Name names the sink among the followers of the change feed.
func (r *Rebuild) Name() string { return "search, built anew" }

// Background says that nobody needs to wait for the sink.
func (r *Rebuild) Background() bool { return true }

// Done reports whether the new index is in its place, so that there is nothing left to follow.
func (r *Rebuild) Done() bool {
	r.index.mu.RLock()
	defer r.index.mu.RUnlock()
	return r.index.next == nil
}

// Seq returns the position of the new index.
func (r *Rebuild) Seq() incident.Seq {
	r.index.mu.RLock()
	defer r.index.mu.RUnlock()
	if r.index.next == nil {
		return incident.Seq(r.index.live.seq.Load())
	}
	return incident.Seq(r.index.next.seq.Load())
}

// Apply brings the new index to d.Upto, and into its place when no more is known to follow.
func (r *Rebuild) Apply(ctx context.Context, d incident.Delta) error {
	next := r.index.next
	if err := next.apply(ctx, d); err != nil {
		return err
	}
	if d.CaughtUp && r.Seq() >= r.index.Seq() {
		return r.index.replace()
	}
	return nil
}

// completeKey marks an index that may take the place of another.
var completeKey = []byte("complete")

// replace puts the new index in the place of the old one. That it is complete is on disk first, and the old one is removed last, so that there is
// a complete one at every moment.
func (x *Index) replace() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.next.seq.Load() < x.live.seq.Load() {
		return nil // a change came in between, and will come here too
	}
	if err := x.next.markComplete(); err != nil {
		return fmt.Errorf("search: finish new index: %w", err)
	}
	x.mu.Lock()
	before := x.live
	x.live, x.next = x.next, nil
	x.mu.Unlock()
	x.log.Info("the new search index answers from now on", "path", x.live.path)
	// Who still reads the old one holds its files open.
	if err := errors.Join(before.close(), os.RemoveAll(before.path)); err != nil {
		x.log.Warn("search index of another version stays on disk", "path", before.path, "error", err)
	}
	return nil
}

func (v *volume) markComplete() error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.index == nil {
		if err := v.reopen(); err != nil {
			return err
		}
	}
	batch := v.index.NewBatch()
	batch.SetInternal(completeKey, []byte("yes"))
	return v.index.Batch(batch)
}
