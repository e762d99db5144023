package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Writing is a retrospective that is written here, with all that stands in it.
type Writing struct {
	incident.Retro
	Incident *incident.Incident
	Sections []incident.RetroSection // in order, without removed ones
	Removed  []incident.RetroSection
	Moments  []incident.Moment // without removed ones
	Process  incident.RetroProcess
	Rule     incident.RetroRule // the zero rule when none fits
	Authors  []string           // who wrote; nil where nobody asked
}

// Writing returns the retrospective of an incident that the viewer may see, or ErrNotFound when none is written here.
func (d *Desk) Writing(ctx context.Context, id incident.ID, sight incident.Sight) (*Writing, error) {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return nil, err
	}
	r, err := d.Store.Retro(ctx, id)
	if err != nil {
		return nil, err
	}
	return d.writing(ctx, inc, *r)
}

func (d *Desk) writing(ctx context.Context, inc *incident.Incident, r incident.Retro) (*Writing, error) {
	w := &Writing{Retro: r, Incident: inc, Process: d.RetroProcess()}
	rule, err := d.RetroRule(ctx, inc)
	if err != nil {
		return nil, err
	}
	w.Rule = rule
	sections, err := d.Store.RetroSections(ctx, inc.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range sections {
		if s.RemovedAt.IsZero() {
			w.Sections = append(w.Sections, s)
		} else {
			w.Removed = append(w.Removed, s)
		}
	}
	moments, err := d.Store.Moments(ctx, inc.ID)
	w.Moments = slices.DeleteFunc(moments, func(m incident.Moment) bool { return !m.RemovedAt.IsZero() })
	return w, err
}

// Body is all that the retrospective says at present.
func (w *Writing) Body() incident.RetroBody {
	return incident.RetroBody{Title: w.Title, State: w.State, Sections: w.Sections, Moments: w.Moments, Milestones: w.Incident.Milestones,
		Factors: w.Incident.Factors, Actions: w.Incident.Actions}
}

// Section returns a section that is shown; ok is false when there is none.
func (w *Writing) Section(slug string) (s incident.RetroSection, ok bool) {
	i := slices.IndexFunc(w.Sections, func(s incident.RetroSection) bool { return s.Slug == slug })
	if i < 0 {
		return s, false
	}
	return w.Sections[i], true
}

// RetroProcess is what is agreed on about retrospectives, or the standard.
func (d *Desk) RetroProcess() incident.RetroProcess {
	for _, p := range d.Live.Snapshot().Policies(incident.RetroPolicy) {
		var process incident.RetroProcess
		if json.Unmarshal(p.Body, &process) == nil && process.Validate() == nil {
			return process
		}
	}
	return incident.StandardRetroProcess()
}

// SaveRetroProcess puts a process in force. It returns ErrConflict when base is not the version in force; 0 is whichever is.
func (d *Desk) SaveRetroProcess(ctx context.Context, p incident.RetroProcess, base int, by, note string) (incident.Seq, error) {
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.RetroPolicyID, Kind: incident.RetroPolicy, Name: RetroName, Body: p, Base: base, Note: note, By: by})
	return seq, err
}

// RetroRule is the rule that decides about the retrospective of an incident; the zero rule when none does.
func (d *Desk) RetroRule(ctx context.Context, inc *incident.Incident) (incident.RetroRule, error) {
	cases, err := d.retroCases(ctx)
	rule, _ := cases.process.Rule(inc, cases.of(inc))
	return rule, err
}

// retroCases knows what rules ask of incidents beside their own fields.
type retroCases struct {
	process incident.RetroProcess
	known   map[incident.ID]bool        // incidents of confirmed problems
	owners  map[incident.ID]incident.ID // teams of services
	now     time.Time
}

func (d *Desk) retroCases(ctx context.Context) (retroCases, error) {
	c := retroCases{process: d.RetroProcess(), known: map[incident.ID]bool{}, owners: map[incident.ID]incident.ID{}, now: d.Now().UTC()}
	problems, err := d.Store.Problems(ctx)
	for _, p := range problems {
		for _, m := range p.Members {
			if p.State == incident.Confirmed && !m.Removed {
				c.known[m.Incident] = true
			}
		}
	}
	for _, s := range d.Live.Snapshot().Services(incident.Sight{All: true}) {
		c.owners[s.ID] = s.Team
	}
	return c, err
}

// suffered is the time that an incident lasted, as rules ask for it.
var suffered = incident.Span{From: []incident.MilestoneName{incident.ImpactStarted, incident.Detected, incident.Opened},
	To: []incident.MilestoneName{incident.ImpactEnded, incident.MitigatedAt, incident.ResolvedAt}}

func (c retroCases) of(inc *incident.Incident) incident.RetroCase {
	out := incident.RetroCase{Known: c.known[inc.ID], Teams: len(teamsOf(inc, c.owners))}
	if took := inc.Milestones.Between(suffered, inc.Status.Over(), c.now); took.State == incident.Recorded {
		out.Minutes = int(took.Value.Minutes())
	}
	return out
}

// changeRetro lets f change a retrospective that stands at version base, 0 for whichever, and puts the next version. Who acts is
// the actor of ctx. What f changes of its sections or other rows it puts itself.
func (d *Desk) changeRetro(ctx context.Context, id incident.ID, base int, sight incident.Sight, f func(tx incident.Tx, r *incident.Retro) error) (incident.Retro, incident.Seq, error) {
	inc, err := d.Incident(ctx, id, sight)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	a, err := d.tellable(ctx)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	var out incident.Retro
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		r, err := tx.RetroByID(id)
		if err != nil {
			return err
		}
		if base != 0 && base != r.Version {
			return fmt.Errorf("desk: %s changed this retrospective on %s; look at it and try again: %w", r.ChangedBy, r.ChangedAt.Format(time.RFC3339), incident.ErrConflict)
		}
		out, err = d.advance(ctx, tx, inc, a, *r, f)
		return err
	})
	return out, seq, err
}

// advance lets f change a retrospective as tx holds it, tells who has to know, and puts and returns its next version.
func (d *Desk) advance(ctx context.Context, tx incident.Tx, inc *incident.Incident, a tellable, was incident.Retro, f func(tx incident.Tx, r *incident.Retro) error) (incident.Retro, error) {
	r := was
	r.Reviews = slices.Clone(was.Reviews)
	if err := f(tx, &r); err != nil {
		return was, err
	}
	if err := d.tellOfState(ctx, tx, inc, a, was, r); err != nil {
		return was, err
	}
	r.Version, r.ChangedAt, r.ChangedBy = r.Version+1, d.Now().UTC().Truncate(time.Microsecond), incident.ActorOf(ctx).Name
	return r, cmp.Or(r.Validate(), tx.PutRetro(r))
}

// RetroPatch is what should be different about a retrospective; nil leaves it as it is.
type RetroPatch struct {
	Title *string
	Owner *string // the sign-in name of a user; empty: nobody
	Due   *time.Time
}

// ChangeRetro changes title, owner or due date.
func (d *Desk) ChangeRetro(ctx context.Context, id incident.ID, base int, p RetroPatch, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	var owner incident.User
	if p.Owner != nil && *p.Owner != "" {
		u, err := d.userNamed(ctx, *p.Owner)
		if err != nil {
			return incident.Retro{}, 0, err
		}
		owner = u
	}
	return d.changeRetro(ctx, id, base, sight, func(_ incident.Tx, r *incident.Retro) error {
		if p.Title != nil {
			r.Title = strings.TrimSpace(*p.Title)
		}
		if p.Owner != nil {
			r.Owner, r.OwnerName = owner.ID, cmp.Or(owner.Display, owner.Name)
		}
		if p.Due != nil {
			r.Due = p.Due.UTC()
		}
		return nil
	})
}

// userNamed returns a user who may sign in, by name.
func (d *Desk) userNamed(ctx context.Context, name string) (incident.User, error) {
	users, err := d.Store.Users(ctx)
	if err != nil {
		return incident.User{}, err
	}
	name = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(name), "@"))
	i := slices.IndexFunc(users, func(u incident.User) bool {
		return !u.Disabled && (u.Name == name || strings.ToLower(u.Display) == name)
	})
	if i < 0 {
		return incident.User{}, incident.Invalidf("user", "nobody who may sign in is called %q", name)
	}
	return users[i], nil
}

// SectionChange is what should be different about the sections of a retrospective.
type SectionChange struct {
	Action string // one of SectionActions
	Slug   string // of the section; empty for add
	Title  string // for add and rename
}

// SectionActions lists what a SectionChange can do.
var SectionActions = []string{"add", "rename", "up", "down", "remove", "restore"}

// ChangeSections adds, renames, moves, removes or puts back a section. No text is lost: one that was removed keeps its own.
func (d *Desk) ChangeSections(ctx context.Context, id incident.ID, c SectionChange, sight incident.Sight) (incident.Retro, incident.Seq, error) {
	sections, err := d.Store.RetroSections(ctx, id)
	if err != nil {
		return incident.Retro{}, 0, err
	}
	changed, err := c.apply(id, sections, d.Now().UTC())
	if err != nil {
		return incident.Retro{}, 0, err
	}
	return d.changeRetro(ctx, id, 0, sight, func(tx incident.Tx, _ *incident.Retro) error {
		if err := openRetro(tx, id); err != nil {
			return err
		}
		return tx.PutRetroSections(changed)
	})
}

// apply returns the sections that are different afterwards.
func (c SectionChange) apply(id incident.ID, all []incident.RetroSection, now time.Time) ([]incident.RetroSection, error) {
	c.Title = strings.TrimSpace(c.Title)
	if c.Action == "add" {
		s := incident.RetroSection{Incident: id, Slug: freeSlug(c.Title, all), Place: len(all) + 1, Title: c.Title, ChangedAt: now}
		for _, o := range all {
			s.Place = max(s.Place, o.Place+1)
		}
		return []incident.RetroSection{s}, s.Validate()
	}
	shown := slices.DeleteFunc(slices.Clone(all), func(s incident.RetroSection) bool { return !s.RemovedAt.IsZero() })
	i := slices.IndexFunc(all, func(s incident.RetroSection) bool { return s.Slug == c.Slug })
	if i < 0 {
		return nil, incident.Invalidf("section", "there is no section %.80q", c.Slug)
	}
	s := all[i]
	switch c.Action {
	case "rename":
		s.Title = c.Title
	case "remove":
		s.RemovedAt = now.Truncate(time.Microsecond)
	case "restore":
		s.RemovedAt = time.Time{}
	case "up", "down":
		return moved(shown, c.Slug, c.Action == "up"), nil
	default:
		return nil, incident.Invalidf("action", "%q is not one of %v", c.Action, SectionActions)
	}
	return []incident.RetroSection{s}, s.Validate()
}

// moved numbers sections anew with one of them exchanged with its neighbour; at the end nothing moves.
func moved(shown []incident.RetroSection, slug string, up bool) []incident.RetroSection {
	i := slices.IndexFunc(shown, func(s incident.RetroSection) bool { return s.Slug == slug })
	j := i + 1
	if up {
		j = i - 1
	}
	if i >= 0 && j >= 0 && j < len(shown) {
		shown[i], shown[j] = shown[j], shown[i]
	}
	for at := range shown {
		shown[at].Place = at + 1
	}
	return shown
}

// freeSlug makes a name of a title that no other section has.
func freeSlug(title string, taken []incident.RetroSection) string {
	base := cmp.Or(incident.Slug(title), "section")
	for n, slug := 2, base; ; n++ {
		if !slices.ContainsFunc(taken, func(s incident.RetroSection) bool { return s.Slug == slug }) {
			return slug
		}
		slug = fmt.Sprintf("%s-%d", base, n)
	}
}

// notThere reports that a getter found nothing.
func notThere(err error) bool { return errors.Is(err, incident.ErrNotFound) }
