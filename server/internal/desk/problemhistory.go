package desk

import (
	"context"
	"errors"
	"slices"

	"hindsight/incident"
	"hindsight/search/recurring"
)

// ProblemHistory returns at most limit steps in the life of a problem, the newest first, without those about incidents that
// the viewer may not see.
func (d *Desk) ProblemHistory(ctx context.Context, id incident.ID, limit int, sight incident.Sight) ([]incident.ProblemEvent, error) {
	p, err := d.Problem(ctx, id, sight)
	if err != nil {
		return nil, err
	}
	events, err := d.Store.ProblemEvents(ctx, p.ID, limit)
	if err != nil || sight.All {
		return events, err
	}
	snapshot := d.Live.Snapshot()
	return slices.DeleteFunc(events, func(e incident.ProblemEvent) bool {
		return snapshot.Hides(e.Incident, sight) || snapshot.Hides(e.Other, sight)
	}), nil
}

// ProblemQuality measures how much of one piece the members of a problem are, as far as the viewer may see them.
func (d *Desk) ProblemQuality(ctx context.Context, id incident.ID, sight incident.Sight) (recurring.Quality, error) {
	p, err := d.Problem(ctx, id, sight)
	if err != nil {
		return recurring.Quality{}, err
	}
	incs := map[incident.ID]*incident.Incident{}
	for _, m := range p.Members {
		inc, err := d.Store.Incident(ctx, m.Incident)
		if errors.Is(err, incident.ErrNotFound) {
			continue
		}
		if err != nil {
			return recurring.Quality{}, err
		}
		incs[m.Incident] = inc
	}
	return recurring.QualityOf(*p, incs, d.Live.Snapshot().Taxonomy().Name), nil
}
