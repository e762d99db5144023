package jobs

import (
	"context"
	"errors"

	"hindsight/incident"
)

// stock is where a desk gets what is stored, by id: a transaction or, for a dry run, the database.
type stock struct {
	incidents func([]incident.ID) (map[incident.ID]*incident.Incident, error)
	changes   func([]incident.ID) (map[incident.ID]*incident.ChangeEvent, error)
	rosters   func([]incident.ID) (map[incident.ID]*incident.Roster, error)
	runbooks  func([]incident.ID) (map[incident.ID]*incident.Runbook, error)
}

func stockOf(ctx context.Context, store incident.Reader) stock {
	return stock{
		func(ids []incident.ID) (map[incident.ID]*incident.Incident, error) { return byID(ctx, store, ids) },
		func(ids []incident.ID) (map[incident.ID]*incident.ChangeEvent, error) {
			return oneByOne(ctx, ids, store.ChangeEvent)
		},
		func(ids []incident.ID) (map[incident.ID]*incident.Roster, error) {
			return oneByOne(ctx, ids, store.Roster)
		},
		func(ids []incident.ID) (map[incident.ID]*incident.Runbook, error) {
			return oneByOne(ctx, ids, store.Runbook)
		},
	}
}

func oneByOne[T any](ctx context.Context, ids []incident.ID, read func(context.Context, incident.ID) (*T, error)) (map[incident.ID]*T, error) {
	found := map[incident.ID]*T{}
	for _, id := range ids {
		v, err := read(ctx, id)
		if err != nil && !errors.Is(err, incident.ErrNotFound) {
			return nil, err
		}
		if err == nil {
			found[id] = v
		}
	}
	return found, nil
}

// shelf holds the entities of one sort that a batch is about, while its records are laid on them one by one.
type shelf[T any] struct {
	load    func([]incident.ID) (map[incident.ID]*T, error)
	now     map[incident.ID]*T // nil: there is none
	touched []incident.ID      // in order
	is      map[incident.ID]bool
}

func newShelf[T any](load func([]incident.ID) (map[incident.ID]*T, error)) shelf[T] {
	return shelf[T]{load: load, now: map[incident.ID]*T{}, is: map[incident.ID]bool{}}
}

// fetch puts what is stored of ids on the shelf.
func (s *shelf[T]) fetch(ids []incident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := s.load(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		s.now[id] = found[id]
	}
	return nil
}

// get returns an entity as it is by now, or nil.
func (s *shelf[T]) get(id incident.ID) (*T, error) {
	if _, known := s.now[id]; !known {
		if err := s.fetch([]incident.ID{id}); err != nil {
			return nil, err
		}
	}
	return s.now[id], nil
}

func (s *shelf[T]) put(id incident.ID, v T) {
	if !s.is[id] {
		s.is[id] = true
		s.touched = append(s.touched, id)
	}
	s.now[id] = &v
}

// contents returns what there is to write, in the order in which it was touched.
func (s *shelf[T]) contents() []T {
	var out []T
	for _, id := range s.touched {
		out = append(out, *s.now[id])
	}
	return out
}
