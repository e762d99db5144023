package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"hindsight/incident"
	"hindsight/search/recurring"
)

const (
	// rest is how many times as long as it took a grouping of everything waits until the next one. Meanwhile incidents that come are
	// placed one by one. A grouping that takes less than quickly never waits.
	rest    = 10
	quickly = 3 * time.Second
	// flood is how many changed incidents are too many to place one by one.
	flood = 1000
)

// grouped is what the last grouping of everything by this process left.
type grouped struct {
	mu    sync.Mutex
	book  *recurring.Book
	said  []incident.Answer
	seq   incident.Seq // the incidents up to it were grouped or placed
	ready time.Time    // when everything may be grouped again
	owed  bool         // incidents were placed since
}

// GroupDue reports whether incidents were placed one by one since everything was grouped, and it is time to group everything again. It never is
// while that is being done.
func (d *Desk) GroupDue() bool {
	if !d.grouped.mu.TryLock() {
		return false
	}
	defer d.grouped.mu.Unlock()
	return d.grouped.owed && !d.Now().Before(d.grouped.ready)
}

// placed puts the incidents that came since the last grouping where they belong, and reports whether that is enough for now. It is
// not when answers of people have changed, which bind everything, when too much has changed, or when everything may be grouped again.
func (d *Desk) placed(ctx context.Context, said []incident.Answer) (bool, error) {
	last := &d.grouped
	if last.book == nil || !d.Now().Before(last.ready) || !slices.Equal(said, last.said) {
		return false, nil
	}
	changes, err := d.Store.Changes(ctx, last.seq, flood)
	if err != nil || len(changes) >= flood {
		return false, err
	}
	var ids []incident.ID
	upto := last.seq
	for _, c := range changes {
		upto = max(upto, c.Seq)
		if c.Kind == incident.EntityIncident && !c.Gone {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) > 0 {
		if err := d.place(ctx, ids); err != nil {
			return false, err
		}
		last.owed = true
	}
	last.seq = upto
	return true, nil
}

// place adds those of some incidents that are in no problem yet to the problem that they belong to.
func (d *Desk) place(ctx context.Context, ids []incident.ID) error {
	docs, err := d.documents(ctx, incident.Filter{IDs: ids, Kinds: groupedKinds, Sight: incident.Sight{All: true}})
	if err != nil {
		return err
	}
	joining := map[incident.ID][]incident.ProblemMember{}
	var problems []incident.ID
	for _, doc := range docs {
		if j, ok := d.grouped.book.Place(doc); ok {
			if joining[j.Problem] == nil {
				problems = append(problems, j.Problem)
			}
			joining[j.Problem] = append(joining[j.Problem], j.Member)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	taken, err := d.grouping(ctx)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		now, err := tx.ProblemsByID(problems)
		if err != nil {
			return err
		}
		var changed []incident.Problem
		var story []incident.ProblemEvent
		for _, id := range problems {
			p, exists := now[id]
			if !exists || p.State == incident.Rejected {
				continue
			}
			p = clonedProblem(p)
			for _, m := range joining[id] {
				if !taken[m.Incident] {
					p.Members = append(p.Members, m)
					story = append(story, incident.ProblemEvent{Problem: id, Kind: incident.ProblemJoined, Incident: m.Incident, Score: m.Score, Rule: "arrival"})
				}
			}
			changed = append(changed, p)
		}
		if err := tx.PutProblems(changed); err != nil {
			return err
		}
		return d.tell(tx, story)
	})
	return err
}

// grouping holds the incidents that a text problem has, or that a person took out of one.
func (d *Desk) grouping(ctx context.Context) (map[incident.ID]bool, error) {
	all, err := d.Store.Problems(ctx)
	out := map[incident.ID]bool{}
	for _, p := range all {
		for _, m := range p.Members {
			if p.Basis == recurring.ByText {
				out[m.Incident] = true
			}
		}
	}
	return out, err
}
