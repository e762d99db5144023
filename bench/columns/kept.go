package main

import (
	"context"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// kept is the product's columns, asked the same question again: the order within groups is kept then. With changing, ten
// incidents anywhere change before each question, and taking them in is part of it.
type kept struct {
	own      *own
	changing bool
	rows     []row
	later    bool // the ten are resolved an hour later than they were
	size     int64
}

// changed is how many incidents change.
const changed = 10

func (k *kept) name() string {
	if k.changing {
		return "Hindsight, order kept, ten incidents changed"
	}
	return "Hindsight, order kept"
}

func (k *kept) load(_ context.Context, rows []row) error {
	k.rows = rows
	if k.changing {
		return nil
	}
	before := heap()
	_, err := k.cross()
	k.size = k.own.size + heap() - before
	return err
}

func (k *kept) bytes(context.Context) (int64, error) { return k.size, nil }
func (k *kept) variants() []string                   { return []string{"Snapshot.Cross"} }
func (k *kept) close()                               {}

func (k *kept) cross() (*analytics.Crossing, error) {
	q, err := question()
	if err != nil {
		return nil, err
	}
	return k.own.live.Snapshot().Cross(q, analytics.ByService, analytics.ByWeek, target), nil
}

// change has ten incidents resolved an hour later, or as they were.
func (k *kept) change(ctx context.Context) error {
	k.later = !k.later
	d := incident.Delta{Upto: k.own.live.Seq() + 1, CaughtUp: true}
	for i := range changed {
		r := k.rows[i*len(k.rows)/changed]
		if k.later && r.resolved != 0 {
			r.resolved += int64(time.Hour.Seconds())
		}
		d.Incidents = append(d.Incidents, r.incident())
	}
	return k.own.live.Apply(ctx, d)
}

func (k *kept) compute(ctx context.Context, _ int) error {
	if k.changing {
		if err := k.change(ctx); err != nil {
			return err
		}
	}
	_, err := k.cross()
	return err
}

func (k *kept) answer(ctx context.Context, _ int) (map[cell]figures, error) {
	if k.later {
		if err := k.change(ctx); err != nil {
			return nil, err
		}
	}
	x, err := k.cross()
	if err != nil {
		return nil, err
	}
	return figuresOf(x), nil
}
