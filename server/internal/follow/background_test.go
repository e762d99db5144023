package follow

import (
	"context"
	"testing"
	"time"

	"hindsight/incident"
)

// preparing is a sink in the background that holds its first change back until it is let go.
type preparing struct {
	*mirror
	let  chan struct{}
	done chan struct{}
}

func (p *preparing) Background() bool { return true }

func (p *preparing) Done() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *preparing) Apply(ctx context.Context, d incident.Delta) error {
	<-p.let
	err := p.mirror.Apply(ctx, d)
	if d.CaughtUp {
		close(p.done)
	}
	return err
}

// TestNobodyWaitsForTheBackground: what is prepared beside what answers keeps no reader waiting, and is forgotten when it is done.
func TestNobodyWaitsForTheBackground(t *testing.T) {
	s := open(t)
	seq := put(t, s, func(tx incident.Tx) error { return tx.PutIncidents([]*incident.Incident{made(1, "one")}) })
	p := &preparing{newMirror("beside"), make(chan struct{}), make(chan struct{})}
	f := start(t, s, newMirror("answers"), p)
	await(t, f, seq)
	if lag := f.Lag()["beside"]; !lag.Behind || lag.Changes == 0 {
		t.Errorf("Lag of the background = %+v, want it said and behind", lag)
	}
	for _, at := range f.Progress() {
		if at.Sink == "beside" {
			t.Error("Progress has the background, which nobody waits for")
		}
	}
	close(p.let)
	deadline := time.Now().Add(time.Minute)
	for len(f.Lag()) != 1 {
		if time.Now().After(deadline) {
			t.Fatalf("Lag = %v a minute after the background was done", f.Lag())
		}
		f.WaitFor(t.Context(), seq)
	}
	if got := len(p.rows); got != 1 {
		t.Errorf("the background has %d rows, want 1", got)
	}
}
