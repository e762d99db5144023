package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

// engine holds the rows and answers the question.
type engine interface {
	name() string
	// load takes the rows over and makes what helps the question: indexes, statistics.
	load(ctx context.Context, rows []row) error
	// bytes returns what the engine takes for all rows.
	bytes(ctx context.Context) (int64, error)
	// variants name the ways in which the engine can be asked.
	variants() []string
	// compute asks one way and has the answer worked out without handing it over row by row.
	compute(ctx context.Context, variant int) error
	// answer asks one way and returns the whole answer.
	answer(ctx context.Context, variant int) (map[cell]figures, error)
	close()
}

// cell names a group: a service, and the Monday of a week in UTC, in Unix seconds.
type cell struct {
	service string
	week    int64
}

// figures are the answer for one cell. Durations are seconds.
type figures struct {
	incidents, resolved, within int64
	mean, median, p90           float64
}

// differs says how two answers differ, in words; empty where they agree.
func differs(got, want map[cell]figures) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d groups, want %d", len(got), len(want))
	}
	for key, w := range want {
		g := got[key]
		if g.incidents != w.incidents || g.resolved != w.resolved || g.within != w.within ||
			apart(g.mean, w.mean) || apart(g.median, w.median) || apart(g.p90, w.p90) {
			return fmt.Sprintf("%s in the week of %s: %+v, want %+v", key.service, time.Unix(key.week, 0).UTC().Format(time.DateOnly), g, w)
		}
	}
	return ""
}

// apart reports whether two numbers differ by more than the order in which they were summed up can explain.
func apart(a, b float64) bool { return math.Abs(a-b) > 1e-9*math.Max(1, math.Abs(b)) }

// result is what was measured of one engine.
type result struct {
	name, variant string
	load          time.Duration
	bytes         int64
	computed      []time.Duration
	answered      []time.Duration
}

func loaded(ctx context.Context, e engine, rows []row) (result, error) {
	begun := time.Now()
	if err := e.load(ctx, rows); err != nil {
		return result{}, err
	}
	x := result{name: e.name(), load: time.Since(begun)}
	if _, same := e.(*kept); same {
		x.load = 0 // its rows were loaded before
	}
	var err error
	x.bytes, err = e.bytes(ctx)
	return x, err
}

// fastest asks each variant twice and returns the one that was faster the second time.
func fastest(ctx context.Context, e engine) (int, error) {
	best, least := 0, time.Duration(math.MaxInt64)
	for v := range e.variants() {
		for range 2 {
			begun := time.Now()
			if err := e.compute(ctx, v); err != nil {
				return 0, fmt.Errorf("%s, %s: %w", e.name(), e.variants()[v], err)
			}
			if took := time.Since(begun); took < least {
				best, least = v, took
			}
		}
	}
	return best, nil
}

// ask has all engines answer in turn, so that what else the machine does falls on all.
func (r *report) ask(ctx context.Context, engines []engine) error {
	best := make([]int, len(engines))
	var want map[cell]figures
	for i, e := range engines {
		v, err := fastest(ctx, e)
		if err != nil {
			return err
		}
		best[i], r.results[i].variant = v, e.variants()[v]
		got, err := e.answer(ctx, v)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name(), err)
		}
		if i == 0 {
			want = got
		}
		if how := differs(got, want); how != "" {
			return fmt.Errorf("%s does not agree with %s: %s", e.name(), engines[0].name(), how)
		}
	}
	r.groups = len(want)
	for range r.runs {
		for i, e := range engines {
			if err := r.results[i].time(ctx, e, best[i]); err != nil {
				return fmt.Errorf("%s: %w", e.name(), err)
			}
		}
	}
	return nil
}

func (x *result) time(ctx context.Context, e engine, variant int) error {
	begun := time.Now()
	if err := e.compute(ctx, variant); err != nil {
		return err
	}
	x.computed = append(x.computed, time.Since(begun))
	begun = time.Now()
	if _, err := e.answer(ctx, variant); err != nil {
		return err
	}
	x.answered = append(x.answered, time.Since(begun))
	return nil
}
