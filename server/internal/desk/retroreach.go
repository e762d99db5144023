package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"hindsight/incident"
)

// RetroHeard is how far a retrospective was heard, with what points at it, as far as the viewer may see.
type RetroHeard struct {
	incident.RetroReach
	TooNew   bool                 // nobody read it, and it is too soon to say so
	Cites    []*incident.Incident // those of RetroReach.Cited
	Problems []incident.Problem   // whose workaround, cause or exit links to it
	Reusers  []*incident.Incident // those of RetroReach.Reused
}

// Heard returns how far a retrospective that the viewer may see was heard.
func (d *Desk) Heard(ctx context.Context, r incident.Retro, sight incident.Sight) (RetroHeard, error) {
	found, err := d.Store.RetroReach(ctx, sight, r.Incident)
	if err != nil {
		return RetroHeard{}, err
	}
	h := RetroHeard{RetroReach: found[r.Incident]}
	_, h.TooNew = h.Unread(r, d.Now())
	known, err := d.Store.Facts(ctx, slices.Concat(h.Cited, h.Reused))
	if err != nil {
		return h, err
	}
	of := func(ids []incident.ID) (out []*incident.Incident) {
		for _, inc := range known {
			if slices.Contains(ids, inc.ID) && inc.SeenBy(sight) {
				out = append(out, inc)
			}
		}
		slices.SortFunc(out, func(a, b *incident.Incident) int {
			return cmp.Or(b.StartedAt().Compare(a.StartedAt()), cmp.Compare(a.ID, b.ID))
		})
		return out
	}
	h.Cites, h.Reusers = of(h.Cited), of(h.Reused)
	h.Problems, err = d.citingProblems(ctx, r.Incident, sight)
	return h, err
}

// citingProblems are the problems that the viewer may see whose words link to an incident.
func (d *Desk) citingProblems(ctx context.Context, id incident.ID, sight incident.Sight) ([]incident.Problem, error) {
	managements, err := d.Store.Managements(ctx)
	if err != nil {
		return nil, err
	}
	var citing []incident.ID
	for _, m := range managements {
		if slices.Contains(incident.Cites(m.Workaround+"\n"+m.Cause+"\n"+m.ExitWords+"\n"+m.ChangeURL), id) {
			citing = append(citing, m.Problem)
		}
	}
	if len(citing) == 0 {
		return nil, nil
	}
	all, err := d.VisibleProblems(ctx, sight)
	return slices.DeleteFunc(all, func(p incident.Problem) bool { return !slices.Contains(citing, p.ID) }), err
}

// NoteRead counts a user as a reader of a retrospective that was published and that they did not write: once, and once again when they come
// back long after. Who they are is kept nowhere.
func (d *Desk) NoteRead(ctx context.Context, w *Writing, user incident.User) error {
	if w.Number == 0 || d.Demo || w.wroteBy(user) {
		return nil
	}
	was, err := d.Store.Retrospective(ctx, w.Incident.ID)
	if err != nil && !errors.Is(err, incident.ErrNotFound) || was != nil && slices.Contains(was.Authors, user.Name) {
		return err
	}
	reader, err := d.reader(w.Incident.ID, user.ID)
	if err != nil {
		return err
	}
	today := d.Now().UTC().Truncate(24 * time.Hour)
	if last, err := d.Store.RetroReadOn(ctx, w.Incident.ID, reader); err != nil || last.Equal(today) {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.NoteRetroRead(w.Incident.ID, reader, today) })
	return err
}

// wroteBy reports whether somebody has a part in the making of a retrospective, as far as it says so itself.
func (w *Writing) wroteBy(user incident.User) bool {
	return w.Owner == user.ID || slices.Contains([]string{w.CreatedBy, w.ChangedBy}, user.Name) ||
		slices.ContainsFunc(w.Reviews, func(r incident.RetroReview) bool { return r.User == user.ID })
}

// reader is what a user is called among the readers of a retrospective: a hash whose key is not in the database, and another one for each.
func (d *Desk) reader(of, user incident.ID) (string, error) {
	return d.Safe.Tag(readerText(of, user))
}

func readerText(of, user incident.ID) string { return "reads " + string(of) + " " + string(user) }

// readersOf is what users are called among the readers of all retrospectives.
func (d *Desk) readersOf(ctx context.Context, users []incident.User) ([]string, error) {
	if len(users) == 0 {
		return nil, nil
	}
	retros, err := d.Store.Retros(ctx)
	var out []string
	for _, r := range retros {
		for _, u := range users {
			readers, err := d.Safe.Tags(readerText(r.Incident, u.ID)) // by a key of before, too
			if err != nil {
				return nil, err
			}
			out = append(out, readers...)
		}
	}
	return out, err
}

// RetroQuery narrows the list of retrospectives down. Values of one field are alternatives.
type RetroQuery struct {
	Teams    []string // of the incident, ids or names
	Services []string
	Read     string // one of RetroReadings; empty: whether they were read does not matter
}

// RetroReadings are the ways to ask for retrospectives by their readers: those with the most first, or published ones that have none.
var RetroReadings = []string{"most", "never"}

// ListRetros is VisibleRetros narrowed down, with how far each was heard.
func (d *Desk) ListRetros(ctx context.Context, q RetroQuery, sight incident.Sight) ([]VisibleRetro, error) {
	all, err := d.narrowedRetros(ctx, q, sight)
	if err != nil {
		return nil, err
	}
	reach, err := d.Store.RetroReach(ctx, sight)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Reach = reach[all[i].Retro.Incident]
	}
	switch q.Read {
	case "":
	case "most":
		all = slices.DeleteFunc(all, func(r VisibleRetro) bool { return r.Number == 0 })
		slices.SortStableFunc(all, func(a, b VisibleRetro) int { return b.Reach.Readers - a.Reach.Readers })
	case "never":
		all = slices.DeleteFunc(all, func(r VisibleRetro) bool { unread, _ := r.Reach.Unread(r.Retro, d.Now()); return !unread })
	default:
		return nil, incident.Invalidf("read", "%.40q is not one of %v", q.Read, RetroReadings)
	}
	return all, nil
}

// narrowedRetros are the retrospectives of teams and services.
func (d *Desk) narrowedRetros(ctx context.Context, q RetroQuery, sight incident.Sight) ([]VisibleRetro, error) {
	r := names{d.Live.Snapshot(), sight}
	services, err := r.services("service", q.Services)
	if err != nil {
		return nil, err
	}
	teams, err := r.teams(q.Teams)
	if err != nil {
		return nil, err
	}
	all, err := d.VisibleRetros(ctx, sight)
	return slices.DeleteFunc(all, func(x VisibleRetro) bool {
		touches := slices.ContainsFunc(x.Incident.Services, func(u incident.ServiceUse) bool { return slices.Contains(services, u.Service) })
		return len(teams) > 0 && !slices.Contains(teams, x.Incident.Team) || len(services) > 0 && !touches
	}), err
}

// publishedShown is how many published retrospectives a feed has.
const publishedShown = 50

// PublishedRetro is a retrospective as it was last published.
type PublishedRetro struct {
	VisibleRetro
	Snapshot incident.RetroSnapshot
}

// PublishedRetros returns the retrospectives that the viewer may see as they were last published, the latest first; those of which nothing is kept
// that was published are left out.
func (d *Desk) PublishedRetros(ctx context.Context, q RetroQuery, sight incident.Sight) ([]PublishedRetro, error) {
	all, err := d.narrowedRetros(ctx, q, sight)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r VisibleRetro) bool { return r.Number == 0 })
	slices.SortStableFunc(all, func(a, b VisibleRetro) int { return b.PublishedAt.Compare(a.PublishedAt) })
	var out []PublishedRetro
	for _, r := range all[:min(len(all), publishedShown)] {
		snap, err := d.publishedSnapshot(ctx, &Writing{Retro: r.Retro, Incident: r.Incident})
		if errors.Is(err, incident.ErrInvalid) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, PublishedRetro{r, *snap})
	}
	return out, nil
}
