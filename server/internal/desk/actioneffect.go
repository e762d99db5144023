package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// What the data say of an action item that is done; a person decides whether it worked.
const (
	EffectWorked     = "worked"        // fewer since, and more than chance makes probable
	EffectNone       = "no_difference" // no fewer, or it cannot be told from chance
	EffectFew        = "too_few"
	EffectBack       = "came_back"    // it happened again since it was done, and nobody has judged the item after that
	EffectUncompared = "not_compared" // for the reason in Why
)

// ActionEffects lists what can be said of an item that is done.
var ActionEffects = []string{EffectWorked, EffectNone, EffectFew, EffectBack, EffectUncompared}

// ActionEffect is what the data say of an action item that is done. The zero ActionEffect, without Outcome, is of one that is not.
type ActionEffect struct {
	Outcome string // of ActionEffects
	Why     string // it is not compared; else empty
	Of      string // what is compared: "incidents of Payments with factor “Capacity”"
	Effect  analytics.Effect
	// Again is the first incident that came back and that nobody has judged the item after, and After how long after it was done, or
	// judged last; Again.ID is empty without one.
	Again analytics.Case
	After time.Duration
	Note  string // what the item is for, where fewer incidents are not what it promised
}

// effects judges action items, all of one snapshot.
type effects struct {
	d        *Desk
	sight    incident.Sight
	now      time.Time
	snapshot *analytics.Snapshot
	floods   []analytics.Flood
	problems []incident.Problem // confirmed, seen
	measured map[incident.ID]problemRecord
}

// effects prepares to judge items of incidents that the viewer may see.
func (d *Desk) effects(ctx context.Context, sight incident.Sight) (*effects, error) {
	e := &effects{d: d, sight: sight, now: d.Now().UTC(), snapshot: d.Live.Snapshot(), measured: map[incident.ID]problemRecord{}}
	all, err := d.VisibleProblems(ctx, sight)
	e.problems = slices.DeleteFunc(slices.Clone(all), func(p incident.Problem) bool { return p.State != incident.Confirmed })
	e.floods, _ = d.foldedFloods(e.now, sight)
	return e, err
}

// ActionEffectsOf judges the action items, in their order.
func (d *Desk) ActionEffectsOf(ctx context.Context, items []FoundAction, sight incident.Sight) ([]ActionEffect, error) {
	out := make([]ActionEffect, len(items))
	if !slices.ContainsFunc(items, func(x FoundAction) bool { return x.Finished() }) {
		return out, nil
	}
	e, err := d.effects(ctx, sight)
	if err != nil {
		return nil, err
	}
	for i, x := range items {
		out[i] = e.of(x.ActionItem, x.Incident)
	}
	return out, nil
}

// of judges one item.
func (e *effects) of(a incident.ActionItem, inc *incident.Incident) ActionEffect {
	switch {
	case !a.Finished():
		return ActionEffect{}
	case a.Done.IsZero():
		return ActionEffect{Outcome: EffectUncompared, Why: "Nobody says when it was done."}
	case a.Done.After(e.now):
		return ActionEffect{Outcome: EffectUncompared, Why: "It is said to be done at a time that has not come."}
	}
	if p := e.problemOf(inc.ID); p != nil {
		x := ActionEffect{Of: fmt.Sprintf("incidents of the problem “%s”", p.Title), Note: promised(a.Kind)}
		rec := e.record(p)
		return e.judge(x, a, inc, rec.Recurrence, rec.firstAfter)
	}
	l := e.snapshot.Alike(inc.ID, e.now, e.floods, e.sight)
	if !l.Comparable() {
		return ActionEffect{Outcome: EffectUncompared, Why: "Its incident has no service or no factor yet, and belongs to no confirmed problem: name both, and it is compared with incidents like it."}
	}
	x := ActionEffect{Of: fmt.Sprintf("incidents of %s with factor %s", strings.Join(l.Services, " or "), quotedNames(l.Factors)), Note: promised(a.Kind)}
	return e.judge(x, a, inc, l.Recurrence, l.FirstAfter)
}

// judge compares, and asks for what came back since the item was done and judged last.
func (e *effects) judge(x ActionEffect, a incident.ActionItem, inc *incident.Incident, rec analytics.Recurrence, first func(time.Time) (analytics.Case, bool)) ActionEffect {
	x.Effect = rec.After(a.Done, inc.StartedAt())
	since := a.Done
	if a.Judged.After(since) {
		since = a.Judged
	}
	if again, is := first(since); is && a.State != incident.ActionIneffective && again.ID != inc.ID {
		x.Again, x.After = again, again.StartedAt.Sub(since)
	}
	switch x.Effect.Phrase {
	case analytics.ClearlyBetter, analytics.ProbablyBetter:
		x.Outcome = EffectWorked
	case analytics.TooFew:
		x.Outcome = EffectFew
	default:
		x.Outcome = EffectNone
	}
	if x.Again.ID != "" {
		x.Outcome = EffectBack
	}
	return x
}

// problemOf returns the confirmed problem that an incident belongs to; nil without one.
func (e *effects) problemOf(id incident.ID) *incident.Problem {
	i := slices.IndexFunc(e.problems, func(p incident.Problem) bool { return slices.Contains(membersOf(p), id) })
	if i < 0 {
		return nil
	}
	return &e.problems[i]
}

// problemRecord is a problem as its own page measures it, and its incidents by start.
type problemRecord struct {
	analytics.Recurrence
	cases []analytics.Case
}

// firstAfter returns the first incident that began at or after a time; false when there is none.
func (p problemRecord) firstAfter(at time.Time) (analytics.Case, bool) {
	i := slices.IndexFunc(p.cases, func(c analytics.Case) bool { return !c.StartedAt.Before(at) })
	if i < 0 {
		return analytics.Case{}, false
	}
	return p.cases[i], true
}

// record measures a problem, once for all of its items.
func (e *effects) record(p *incident.Problem) problemRecord {
	if _, known := e.measured[p.ID]; !known {
		ids := membersOf(*p)
		e.measured[p.ID] = problemRecord{e.snapshot.Recurrences([][]incident.ID{ids}, e.now, e.snapshot.Terms(), e.floods, e.sight)[0], e.snapshot.Among(ids).Cases(analytics.Query{Sight: e.sight}, analytics.AnyOutcome)}
	}
	return e.measured[p.ID]
}

// membersOf lists the incidents of a problem that nobody took out.
func membersOf(p incident.Problem) (ids []incident.ID) {
	for _, m := range p.Members {
		if !m.Removed {
			ids = append(ids, m.Incident)
		}
	}
	return ids
}

// promised says what an item of a kind is for, where fewer incidents would not show that it worked.
func promised(kind string) string {
	switch kind {
	case "detect":
		return "It was made to detect sooner: fewer incidents are not what it promised."
	case "mitigate":
		return "It was made to make the harm smaller: fewer incidents are not what it promised."
	}
	return ""
}

func quotedNames(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, "“"+n+"”")
	}
	return strings.Join(out, " or ")
}

// judgedAt is actionsAt, with what the data say of each item.
func (d *Desk) judgedAt(ctx context.Context, places []incident.ActionPlace, sight incident.Sight) ([]FoundAction, error) {
	items, err := d.actionsAt(ctx, places, sight)
	if err != nil {
		return nil, err
	}
	all, err := d.ActionEffectsOf(ctx, items, sight)
	for i := range all {
		items[i].Effect = all[i]
	}
	return items, err
}

// effectFilter narrows a filter down to what is done.
func effectFilter(q ActionQuery, f incident.ActionFilter) (incident.ActionFilter, error) {
	for _, x := range q.Effects {
		if !slices.Contains(ActionEffects, x) {
			return f, incident.Invalidf("effect", "%q is not one of %s", x, strings.Join(ActionEffects, ", "))
		}
	}
	if len(q.Groups) > 0 {
		return f, incident.Invalidf("group", "give a group of open work or what the data say of what is done, not both")
	}
	done := []string{incident.ActionDone, incident.ActionVerified, incident.ActionIneffective}
	if len(f.States) == 0 {
		f.States = done
	}
	f.Skip, f.Limit = 0, 500
	return f, nil
}

// actionsByEffect lists the items that are done, of which the data say one of q.Effects, in one group. It judges each item that the
// rest of the question selects.
func (d *Desk) actionsByEffect(ctx context.Context, q ActionQuery, f incident.ActionFilter, sight incident.Sight) ([]ActionGroup, error) {
	limit, g := cmp.Or(max(0, q.Limit), 50), ActionGroup{}
	f, err := effectFilter(q, f)
	if err != nil {
		return nil, err
	}
	for ; ; f.Skip += f.Limit {
		places, total, err := d.Store.Actions(ctx, f)
		if err != nil {
			return nil, err
		}
		items, err := d.judgedAt(ctx, places, sight)
		if err != nil {
			return nil, err
		}
		for _, x := range items {
			if !slices.Contains(q.Effects, x.Effect.Outcome) {
				continue
			}
			if g.Total++; g.Total > q.Skip && len(g.Items) < limit {
				g.Items = append(g.Items, x)
			}
		}
		if f.Skip+f.Limit >= total {
			return []ActionGroup{g}, nil
		}
	}
}
