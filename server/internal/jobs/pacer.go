package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	reserveFor = 2 * time.Second // turns that one look into the database reserves
	maxReserve = 20
	holdFresh  = 5 * time.Second // how old what is known of a hold may be

	longestWait = 15 * time.Minute // for a turn; a longer one parks the run
)

// pacer shares quotas among all replicas: the instant of the next free turn of each stands in the database (the
// generic cell rate algorithm of ITU-T I.371, without a burst). It reserves several turns at once, so
// that a fast quota does not cost a transaction per request.
type pacer struct {
	runner *Runner
	mu     sync.Mutex
	quotas map[string]*quota
}

type quota struct {
	turns   []time.Time // reserved, ascending
	next    time.Time   // the next free turn as last read
	checked time.Time
}

// Take implements importers.Pacer.
func (p *pacer) Take(ctx context.Context, key string, interval time.Duration) error {
	p.mu.Lock()
	q := p.quotas[key]
	if q == nil {
		q = &quota{}
		if p.quotas == nil {
			p.quotas = map[string]*quota{}
		}
		p.quotas[key] = q
	}
	at, err := p.turn(ctx, key, q, interval)
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("jobs: wait for a turn: %w", err)
	}
	wait := at.Sub(p.runner.clock())
	if wait > longestWait {
		return &importers.Parked{Until: at.UTC(), Reason: "the source asked for a pause", Cause: errors.New("it holds for all who share the credential")}
	}
	return p.runner.Sleep(ctx, wait)
}

// turn returns when the caller may go. The caller holds p.mu.
func (p *pacer) turn(ctx context.Context, key string, q *quota, interval time.Duration) (time.Time, error) {
	now := p.runner.clock()
	if interval == 0 {
		if now.Sub(q.checked).Abs() < holdFresh { // the clock may have been set back
			return q.next, nil
		}
		next, err := nextTurn(ctx, p.runner.store, key)
		q.next, q.checked = next, now
		return next, err
	}
	if len(q.turns) > 0 && now.Sub(q.checked).Abs() > holdFresh {
		q.turns = nil // somebody may have asked for a pause meanwhile
	}
	if len(q.turns) == 0 {
		n := min(max(int(reserveFor/interval), 1), maxReserve)
		first, err := p.move(ctx, key, func(next time.Time) time.Time { return next.Add(time.Duration(n) * interval) })
		if err != nil {
			return time.Time{}, err
		}
		for i := range n {
			q.turns = append(q.turns, first.Add(time.Duration(i)*interval))
		}
		q.checked = now
	}
	at := q.turns[0]
	q.turns = q.turns[1:]
	return at, nil
}

// Hold implements importers.Pacer.
func (p *pacer) Hold(ctx context.Context, key string, until time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := p.move(ctx, key, func(next time.Time) time.Time {
		if until.After(next) {
			return until
		}
		return next
	})
	if q := p.quotas[key]; q != nil {
		q.turns, q.next, q.checked = nil, until, p.runner.clock()
	}
	if err != nil {
		return fmt.Errorf("jobs: hold a quota: %w", err)
	}
	return nil
}

// move changes the instant of a quota's next free turn, and returns what it was, or now if that was past. The
// transaction begins by writing the same row in every process, so that moves follow one another.
func (p *pacer) move(ctx context.Context, key string, to func(time.Time) time.Time) (first time.Time, err error) {
	_, err = p.runner.store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutSetting("quota.lock."+key, ""); err != nil {
			return err
		}
		next, err := nextTurn(ctx, p.runner.store, key)
		if err != nil {
			return err
		}
		if first = p.runner.clock(); next.After(first) {
			first = next
		}
		return tx.PutSetting("quota."+key, to(first).UTC().Format(time.RFC3339Nano))
	})
	return first, err
}

// sweepQuotas forgets quotas that nobody has used for an hour, such as those of connections that were removed, or whose
// credential was replaced: their next turn is now, as that of one that is not known.
func sweepQuotas(tx incident.Tx, now time.Time) error {
	return tx.SweepSettings("quota.", now.Add(-time.Hour).UTC().Format(time.RFC3339Nano))
}

func nextTurn(ctx context.Context, store incident.Reader, key string) (time.Time, error) {
	text, err := store.Setting(ctx, "quota."+key)
	if errors.Is(err, incident.ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, text)
}
