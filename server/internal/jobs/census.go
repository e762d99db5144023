package jobs

import (
	"context"
	"fmt"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
)

const maxIDs = 10_000_000 // of a census: more is a server that goes round in circles

// census compares the ids that a source has with those that are held, where it can list them cheaply. A run that is
// interrupted goes on behind the last page of ids.
func (p *pass) census(ctx context.Context, in importers.Input) error {
	if !p.pos.Then.Census {
		p.pos.Then = errand{Census: true}
	}
	for i := p.pos.Then.Collection; i < len(p.source.Collections); i++ {
		if c := p.source.Collections[i]; c.Census != nil {
			if err := p.trouble(ctx, c, p.countOut(ctx, c, in)); err != nil {
				return fmt.Errorf("jobs: run %s: census of %s: %w", p.run.ID, c.Name, err)
			}
		}
		p.pos.Then = errand{Census: true, Collection: i + 1}
	}
	return nil
}

func (p *pass) countOut(ctx context.Context, c importers.Collection, in importers.Input) error {
	if err := p.listIDs(ctx, c, in); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, id := range p.pos.Then.IDs {
		there[id] = true
	}
	var absent []string
	held := 0
	for inc, err := range p.store.Incidents(ctx, incident.Filter{Connections: []incident.ID{p.conn.ID}, Sight: incident.Sight{All: true}}) {
		if err != nil {
			return err
		}
		if inc.Ref.Type != c.Name {
			continue
		}
		if held++; !there[inc.Ref.ExternalID] {
			absent = append(absent, inc.Ref.ExternalID)
		}
	}
	return p.absent(ctx, c, absent, held)
}

// listIDs gathers the ids that a source has.
func (p *pass) listIDs(ctx context.Context, c importers.Collection, in importers.Input) error {
	var before []string
	for then := &p.pos.Then; ; {
		ids, next, err := c.Census(ctx, in, then.After)
		if err == nil && next != "" && (next == then.After || len(then.IDs) > maxIDs || len(ids) > 0 && slices.Equal(ids, before)) {
			err = fmt.Errorf("jobs: page %q of ids: %w", next, importers.ErrStuck)
		}
		if err != nil {
			return &sourceError{err}
		}
		then.IDs, then.After, before = append(then.IDs, ids...), next, ids
		if next == "" {
			return nil
		}
	}
}
