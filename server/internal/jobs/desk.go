package jobs

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// deletedAtSource is the reason on the tombstone of a record that its source has deleted.
const deletedAtSource = "deleted at the source"

// desk holds the incidents that a batch is about, while its records are laid on them one by one.
type desk struct {
	*pass
	load      func([]incident.ID) (map[incident.ID]*incident.Incident, error)
	now       map[incident.ID]*incident.Incident // nil: there is none
	stored    []*incident.Incident               // those that there were, as they were
	timelines map[incident.ID][]incident.TimelineEvent
	touched   []incident.ID // in order
	isTouched map[incident.ID]bool
	retros    map[incident.ID]incident.Retrospective
	changes   shelf[incident.ChangeEvent]
	rosters   shelf[incident.Roster]
	runbooks  shelf[incident.Runbook]
	found     found
}

// effect is what a record did to its incident.
type effect int

const (
	kept effect = iota // nothing
	made
	altered
)

func (p *pass) desk(from stock) *desk {
	return &desk{
		pass: p, load: from.incidents, now: map[incident.ID]*incident.Incident{},
		changes: newShelf(from.changes), rosters: newShelf(from.rosters), runbooks: newShelf(from.runbooks),
		timelines: map[incident.ID][]incident.TimelineEvent{}, retros: map[incident.ID]incident.Retrospective{},
		isTouched: map[incident.ID]bool{}, found: newFound(),
	}
}

// open fetches what most records will need at once.
func (d *desk) open(ctx context.Context, items []*item) error {
	var ids []incident.ID
	for _, it := range items {
		if it.mapped() && it.err == nil && it.draft.Incident.Ref.ExternalID != "" {
			ids = append(ids, it.draft.Incident.Ref.ID())
		}
	}
	if err := d.openEvents(items); err != nil {
		return err
	}
	return d.fetch(ctx, ids)
}

// fetch puts incidents and their timelines on the desk.
func (d *desk) fetch(ctx context.Context, ids []incident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := d.load(ids)
	if err != nil {
		return err
	}
	var existing []incident.ID
	for _, id := range ids {
		d.now[id] = found[id]
		if found[id] != nil {
			existing = append(existing, id)
			d.stored = append(d.stored, found[id])
		}
	}
	events, err := d.store.Timelines(ctx, existing)
	for id, es := range events {
		d.timelines[id] = es
	}
	return err
}

// get returns an incident as it is by now, or nil.
func (d *desk) get(ctx context.Context, id incident.ID) (*incident.Incident, error) {
	if _, known := d.now[id]; !known {
		if err := d.fetch(ctx, []incident.ID{id}); err != nil {
			return nil, err
		}
	}
	return d.now[id], nil
}

// find returns the incident that a record is about, nil when there is none yet, and its reference.
func (d *desk) find(ctx context.Context, inc *incident.Incident) (incident.Ref, *incident.Incident, error) {
	ref, err := incarnation(inc.Ref, origin{inc.ExternalCreatedAt, inc.RawID}, func(ref incident.Ref) (*origin, error) {
		stored, err := d.get(ctx, ref.ID())
		if err != nil || stored == nil {
			return nil, err
		}
		return &origin{stored.ExternalCreatedAt, stored.RawID}, nil
	})
	return ref, d.now[ref.ID()], err
}

// origin tells apart records to which their upstream gave the same id one after the other.
type origin struct {
	created time.Time   // at the source; may be zero
	raw     incident.ID // the record as it was read
}

// incarnation returns the reference of what a record is about. An upstream that gives the id of a deleted record
// to a new one also gives it another time of creation: that is the next incarnation, not an update. Incarnations
// are numbered as they arrive. A record that does not say when it was created belongs to the newest.
// stored returns the origin of what is stored under a reference, or nil.
func incarnation(ref incident.Ref, of origin, stored func(incident.Ref) (*origin, error)) (incident.Ref, error) {
	for {
		have, err := stored(ref)
		if err != nil || have == nil {
			return ref, err
		}
		next := ref
		next.Incarnation++
		if of.created.IsZero() {
			if later, err := stored(next); err != nil || later == nil {
				return ref, err
			}
		} else if sameMoment(have.created, of.created) || have.raw == of.raw {
			return ref, nil // the same record read again, perhaps in another time zone, is the same one
		}
		ref = next
	}
}

// sameMoment leaves room for sources that state one time with and without fractions of a second.
func sameMoment(a, b time.Time) bool {
	return a.IsZero() || b.IsZero() || a.Sub(b).Abs() < time.Second
}

// lay changes the incident that it is about, and returns the fields that a replay changed.
func (d *desk) lay(ctx context.Context, it *item) (effect, []string, error) {
	switch {
	case it.draft.Change != nil:
		return d.layChange(ctx, it)
	case it.draft.Roster != nil:
		return d.layRoster(ctx, it)
	case it.draft.Runbook != nil:
		return d.layRunbook(it)
	case it.raw.Gone:
		e, err := d.remove(ctx, it)
		return e, nil, err
	}
	draft := it.draft
	ref, stored, err := d.find(ctx, &draft.Incident)
	if err != nil {
		return kept, nil, err
	}
	if stored != nil {
		outdone, err := d.outdone(ctx, it, draft.Incident.ExternalUpdatedAt, stored.ExternalUpdatedAt, stored.RawID)
		if err != nil || outdone && it.fresh != isReplayed {
			return kept, nil, err
		}
		if outdone {
			if draft, err = d.inForce(ctx, it, stored.RawID); err != nil {
				return kept, nil, err
			}
		}
	}
	next := draft.Incident
	next.Ref, next.ID = ref, ref.ID()
	d.nameAll(&next, draft.Team)
	events := events(next.ID, draft.Timeline)
	effect, changed := made, []string(nil)
	if stored != nil {
		next = *incident.Reimport(stored, &next)
		events = incident.MergeTimeline(d.timelines[next.ID], events)
		effect, changed = altered, d.differences(stored, &next, events)
	}
	retro, err := d.retro(ctx, next.ID, stored != nil, draft.Retrospective)
	if err != nil {
		return kept, nil, err
	}
	if retro {
		changed = append(changed, "retrospective")
	}
	if it.fresh == isReplayed && stored != nil && len(changed) == 0 {
		return kept, nil, nil
	}
	d.touch(&next)
	d.timelines[next.ID] = events
	return effect, changed, nil
}

// merge marks the incident that was asked for by another id than the record came under: the source has merged it
// into that one, without saying so in either.
func (d *desk) merge(ctx context.Context, it *item) error {
	if it.asked == "" || it.asked == it.raw.ExternalID {
		return nil
	}
	ref := incident.Ref{Connection: d.conn.ID, Type: it.raw.Type, ExternalID: it.asked}
	from, err := d.get(ctx, ref.ID())
	if err != nil || from == nil || from.Status == incident.Merged {
		return err
	}
	into := ref
	into.ExternalID = it.raw.ExternalID
	next := *from
	next.Status, next.StatusRaw, next.MergedInto = incident.Merged, "merged into "+it.raw.ExternalID, into.ID()
	d.touch(&next)
	if _, known := d.timelines[next.ID]; !known {
		d.timelines[next.ID] = nil
	}
	return nil
}

// inForce returns what the record says that is stored as from and that an incident or event was made from, when
// a replayed record is an older version that arrived later.
func (d *desk) inForce(ctx context.Context, it *item, from incident.ID) (importers.Draft, error) {
	if from == it.raw.ID || from == "" {
		return it.draft, nil
	}
	raw, err := d.store.Raw(ctx, from)
	if errors.Is(err, incident.ErrNotFound) {
		return it.draft, nil
	}
	if err != nil {
		return it.draft, err
	}
	for _, c := range d.source.Collections {
		if c.Name == raw.Type {
			return d.mapRaw(c, *raw)
		}
	}
	return it.draft, nil
}

// remove leaves a tombstone. Doing so again changes nothing.
func (d *desk) remove(ctx context.Context, it *item) (effect, error) {
	if it.before == nil {
		return kept, nil
	}
	_, stored, err := d.find(ctx, &it.draft.Incident)
	if err != nil || stored == nil || stored.Deleted() {
		return kept, err
	}
	next := *stored
	next.DeletedAt, next.DeletedReason = d.clock(), deletedAtSource
	d.touch(&next)
	return altered, nil
}

func (d *desk) touch(inc *incident.Incident) {
	if !d.isTouched[inc.ID] {
		d.isTouched[inc.ID] = true
		d.touched = append(d.touched, inc.ID)
	}
	d.now[inc.ID] = inc
}

// outdone reports whether the version that is stored, which was made from a raw record, stands against the one of now:
// the source changed it later, by the times that it says, or at the same time and the one of now came with a delivery,
// which tells less than what was asked for.
func (d *desk) outdone(ctx context.Context, it *item, now, stored time.Time, from incident.ID) (bool, error) {
	switch {
	case now.IsZero() || now.After(stored):
		return false, nil
	case now.Before(stored):
		return true, nil
	case it.raw.Via != viaPush || from == it.raw.ID:
		return false, nil
	}
	raw, err := d.store.Raw(ctx, from)
	if errors.Is(err, incident.ErrNotFound) {
		return false, nil
	}
	return err == nil && raw.Via != viaPush, err
}

// nameAll replaces the names of services, teams and people by the entities that they stand for.
func (d *desk) nameAll(inc *incident.Incident, team string) {
	inc.Services = slices.Clone(inc.Services)
	for i, s := range inc.Services {
		inc.Services[i].Service = d.service(s.Name)
	}
	if team != "" {
		inc.Team = d.team(team)
	}
	inc.People = slices.Clone(inc.People)
	for i, part := range inc.People {
		inc.People[i].Person = d.person(part)
	}
}

// retro takes an imported retrospective over, unless people have written one here, and reports whether
// that changes anything.
func (d *desk) retro(ctx context.Context, id incident.ID, exists bool, r *incident.Retrospective) (bool, error) {
	if r == nil {
		return false, nil
	}
	next := *r
	next.Incident, next.State = id, "imported"
	if exists {
		stored, err := d.store.Retrospective(ctx, id)
		switch {
		case errors.Is(err, incident.ErrNotFound):
		case err != nil:
			return false, err
		case stored.State != next.State || same(reflect.ValueOf(*stored), reflect.ValueOf(next)):
			return false, nil
		}
	}
	d.retros[id] = next
	return true, nil
}

// events returns a draft's timeline in order, as the events of one incident.
func events(id incident.ID, drafted []incident.TimelineEvent) []incident.TimelineEvent {
	out := slices.Clone(drafted)
	slices.SortStableFunc(out, func(a, b incident.TimelineEvent) int {
		return cmp.Or(a.At.Compare(b.At), a.Pos-b.Pos)
	})
	seen := make(map[incident.ID]bool, len(out))
	out = slices.DeleteFunc(out, func(e incident.TimelineEvent) bool {
		e.Incident = id
		twice := seen[e.EventID()]
		seen[e.EventID()] = true
		return twice
	})
	for i := range out {
		out[i].Incident, out[i].Pos = id, 0
		out[i].ID = out[i].EventID()
		if i > 0 && out[i].At.Equal(out[i-1].At) {
			out[i].Pos = out[i-1].Pos + 1
		}
	}
	return out
}

// contents returns what there is to write, in the order in which it was touched.
func (d *desk) contents() ([]*incident.Incident, map[incident.ID][]incident.TimelineEvent, []incident.Retrospective) {
	var incs []*incident.Incident
	var retros []incident.Retrospective
	timelines := make(map[incident.ID][]incident.TimelineEvent, len(d.touched))
	for _, id := range d.touched {
		incs = append(incs, d.now[id])
		timelines[id] = d.timelines[id]
		if r, ok := d.retros[id]; ok {
			retros = append(retros, r)
		}
	}
	return incs, timelines, retros
}
