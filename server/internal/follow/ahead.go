package follow

import (
	"context"
	"fmt"
	"runtime/debug"

	"hindsight/incident"
)

// ahead is a batch that is read from the database while the sink applies the one before, so that a sink that begins with
// nothing keeps both busy.
type ahead struct {
	after incident.Seq
	done  chan struct{} // closed when what follows is known
	delta incident.Delta
	found bool
	err   error
}

// begin starts to read the batch behind after. It ends with ctx; wait for it before the store is closed.
func (l *line) begin(ctx context.Context, store incident.Reader, after incident.Seq) *ahead {
	a := &ahead{after: after, done: make(chan struct{})}
	of := needsOf(l.sink)
	go func() {
		defer close(a.done)
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("follow: reading changes behind %d panicked: %v\n%s", after, p, debug.Stack())
			}
		}()
		a.delta, a.found, a.err = load(ctx, store, after, of)
	}()
	return a
}

// next returns the batch behind after: the one that is being read already, if it is that.
func (l *line) next(ctx context.Context, store incident.Reader, after incident.Seq) (incident.Delta, bool, error) {
	a := l.ahead
	l.ahead = nil
	if a != nil {
		<-a.done
	}
	if a == nil || a.after != after || a.err != nil {
		a = l.begin(ctx, store, after)
		<-a.done
	}
	return a.delta, a.found, a.err
}
