package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
)

// ProcessReport is how far a company keeps to its own rules for retrospectives.
type ProcessReport struct {
	analytics.Process
	Versions []ProcessRules // those that incidents were held against, the newest first
	All      bool           // false: there are more incidents than are read; the oldest are missing
}

// ProcessRules is a version of the rules and how many incidents it decided about.
type ProcessRules struct {
	Version   int       // 0: the standard, before anybody saved rules or after they were taken back
	Since     time.Time // zero: from the beginning
	Incidents int       // of which it wanted a retrospective
	process   incident.RetroProcess
}

// ProcessKept measures, of the incidents of a question that are over, how far the rules that were in force then were kept.
func (d *Desk) ProcessKept(ctx context.Context, q query.Query, sight incident.Sight) (ProcessReport, error) {
	report, wanted, err := d.ruledIncidents(ctx, q, maxWhole, sight)
	if err != nil {
		return report, err
	}
	cases, err := d.processCases(ctx, wanted)
	report.Process = analytics.MeasureProcess(cases, d.Live.Snapshot().Name)
	return report, err
}

// ruledIncidents returns the incidents of a question that are over and that the rules in force then wanted a retrospective of, at most so many, and a
// report that says which rules that were.
func (d *Desk) ruledIncidents(ctx context.Context, q query.Query, most int, sight incident.Sight) (ProcessReport, []ruled, error) {
	var wanted []ruled
	incs, all, err := d.latest(ctx, q, 0, most, sight)
	if err != nil {
		return ProcessReport{}, nil, err
	}
	report := ProcessReport{All: all}
	if report.Versions, err = d.processVersions(ctx); err != nil {
		return report, nil, err
	}
	known, err := d.retroCases(ctx)
	if err != nil {
		return report, nil, err
	}
	for _, inc := range incs {
		if !inc.Status.Over() {
			continue
		}
		over := overAt(inc)
		at := over
		if at.IsZero() {
			at = inc.StartedAt()
		}
		i := slices.IndexFunc(report.Versions, func(v ProcessRules) bool { return !v.Since.After(at) })
		if rule, ok := report.Versions[i].process.Rule(inc, known.of(inc)); ok && rule.Required {
			report.Versions[i].Incidents++
			wanted = append(wanted, ruled{inc: inc, rule: rule, over: over, teams: teamsOf(inc, known.owners)})
		}
	}
	report.Versions = slices.DeleteFunc(report.Versions, func(v ProcessRules) bool { return v.Incidents == 0 })
	return report, wanted, nil
}

// ruled is an incident with the rule that was in force when it was over.
type ruled struct {
	inc   *incident.Incident
	rule  incident.RetroRule
	over  time.Time // zero: nobody says
	teams []incident.ID
}

// overAt is when an incident was over, as days of rules are counted from; zero: nobody says.
func overAt(inc *incident.Incident) time.Time {
	if at := inc.Milestones.Earliest(incident.ResolvedAt, incident.ClosedAt); !at.IsZero() {
		return at
	}
	return inc.Milestones.Earliest(incident.ImpactEnded, incident.MitigatedAt)
}

// processVersions returns all rules that were ever in force, the newest first; the last is the standard, which holds from the beginning.
func (d *Desk) processVersions(ctx context.Context) ([]ProcessRules, error) {
	var out []ProcessRules
	versions, err := d.Store.PolicyVersions(ctx, incident.RetroPolicyID)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return nil, err
	}
	for _, v := range versions {
		r := ProcessRules{Version: v.Version, Since: v.SavedAt}
		if v.Removed {
			r.Version, r.process = 0, incident.StandardRetroProcess()
		} else if json.Unmarshal(v.Body, &r.process) != nil || r.process.Validate() != nil {
			continue // as RetroProcess passes it over
		}
		out = append(out, r)
	}
	return append(out, ProcessRules{process: incident.StandardRetroProcess()}), nil
}

// processCases says how each incident stands to what its rule asks for.
func (d *Desk) processCases(ctx context.Context, wanted []ruled) ([]analytics.ProcessCase, error) {
	var out []analytics.ProcessCase
	err := d.eachRuled(ctx, wanted, func(x ruledRetro) error {
		c, err := d.processCase(ctx, x)
		out = append(out, c)
		return err
	})
	return out, err
}

// ruledRetro is an incident with what is told of it.
type ruledRetro struct {
	ruled
	retro             incident.Retro         // where written
	doc               incident.Retrospective // where imported
	written, imported bool                   // a retrospective is written here; there is anything to read
}

// begun reports whether there is a retrospective, or a decision that none is needed.
func (x ruledRetro) begun() bool { return x.written || x.imported }

// eachRuled calls do for each incident, in their order.
func (d *Desk) eachRuled(ctx context.Context, wanted []ruled, do func(ruledRetro) error) error {
	retros, err := d.Store.Retros(ctx)
	if err != nil {
		return err
	}
	here := map[incident.ID]incident.Retro{}
	for _, r := range retros {
		here[r.Incident] = r
	}
	for some := range slices.Chunk(wanted, 1000) {
		docs, err := d.Store.Retrospectives(ctx, groupsOf(some, func(x ruled) incident.ID { return x.inc.ID }))
		if err != nil {
			return err
		}
		for _, x := range some {
			t := ruledRetro{ruled: x}
			t.retro, t.written = here[x.inc.ID]
			t.doc, t.imported = docs[x.inc.ID]
			if err := do(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// processCase judges one incident.
func (d *Desk) processCase(ctx context.Context, x ruledRetro) (analytics.ProcessCase, error) {
	r, written := x.retro, x.written
	c := analytics.ProcessCase{Incident: x.inc, Rule: x.rule.Name, Teams: x.teams, Steps: map[string]analytics.ProcessStanding{}}
	if x.rule.Days > 0 && !x.over.IsZero() {
		c.Due = x.over.AddDate(0, 0, x.rule.Days)
	}
	open := analytics.ProcessLate // how a step stands that is still to be done
	switch {
	case x.rule.Days > 0 && c.Due.IsZero():
		open = analytics.ProcessUnsaid
	case x.rule.Days == 0 || d.Now().Before(c.Due):
		open = analytics.ProcessWaiting
	}
	kept := func(step string, is bool) {
		c.Steps[step] = open
		if is {
			c.Steps[step] = analytics.ProcessKept
		}
	}
	kept("begun", x.begun())
	if written && r.State == incident.RetroNotRequired {
		return c, nil
	}
	if err := d.judgeGates(ctx, x, kept); err != nil {
		return c, err
	}
	elsewhere := x.imported && !written
	if n := x.rule.Approvals; n > 0 {
		kept("approved", (&Writing{Retro: r}).approvals() >= n)
		if again := r.Number > 0 && r.State != incident.RetroPublished; again || elsewhere {
			c.Steps["approved"] = analytics.ProcessUnsaid // answers to what was published are gone once the next version is asked about
		}
	}
	if x.rule.Days == 0 {
		return c, nil
	}
	first, err := d.firstPublished(ctx, r)
	switch {
	case elsewhere:
		c.Steps["in_time"] = analytics.ProcessUnsaid
	case first.IsZero() || c.Due.IsZero():
		c.Steps["in_time"] = open
	case first.After(c.Due):
		c.Steps["in_time"] = analytics.ProcessMissed
	default:
		c.Steps["in_time"] = analytics.ProcessKept
	}
	return c, err
}

// judgeGates looks at what has to stand in a retrospective before it is published.
func (d *Desk) judgeGates(ctx context.Context, x ruledRetro, kept func(step string, is bool)) error {
	w := Writing{Incident: x.inc}
	for _, s := range x.doc.Sections {
		w.Sections = append(w.Sections, incident.RetroSection{Slug: s.Slug, Text: s.Body})
	}
	for _, gate := range x.rule.Gates {
		if gate == "moments" && x.written {
			moments, err := d.Store.Moments(ctx, x.inc.ID)
			if err != nil {
				return err
			}
			w.Moments = slices.DeleteFunc(moments, func(m incident.Moment) bool { return !m.RemovedAt.IsZero() })
		}
		is := x.begun() && w.lacks(gate) == ""
		if gate == "moments" && x.imported && !x.written {
			_, is = w.Section("timeline") // a document tells its timeline in words
		}
		kept(gate, is)
	}
	return nil
}

// firstPublished is when the first version was published; zero: none is yet.
func (d *Desk) firstPublished(ctx context.Context, r incident.Retro) (time.Time, error) {
	if r.Number < 2 {
		return r.PublishedAt, nil
	}
	snaps, err := d.Store.RetroSnapshots(ctx, r.Incident)
	for _, s := range snaps {
		if s.Why == incident.SnapshotPublished && s.Number == 1 {
			return s.At, err
		}
	}
	return r.PublishedAt, err
}

// RetroCompliance is how far the company keeps to its own rules for retrospectives.
type RetroCompliance struct {
	Needed  int           // incidents that the rules want one of
	Missing []incident.ID // those of them that have none, no imported one either; the oldest first
	All     bool          // false: there are more incidents than are read
}

const (
	complianceDays = 90
	mostCompliance = 5000
)

// RetroCompliance looks at the incidents of the last 90 days that count and that are over.
func (d *Desk) RetroCompliance(ctx context.Context, sight incident.Sight) (RetroCompliance, error) {
	now := d.Now().UTC()
	p, wanted, err := d.ruledIncidents(ctx, query.Query{Range: "custom", From: now.AddDate(0, 0, -complianceDays), To: now, Zone: time.UTC}, mostCompliance, sight)
	if err != nil {
		return RetroCompliance{}, err
	}
	slices.SortStableFunc(wanted, func(a, b ruled) int { return a.inc.StartedAt().Compare(b.inc.StartedAt()) })
	out := RetroCompliance{Needed: len(wanted), All: p.All}
	return out, d.eachRuled(ctx, wanted, func(x ruledRetro) error {
		if !x.begun() {
			out.Missing = append(out.Missing, x.inc.ID)
		}
		return nil
	})
}

// missing are the incidents of which no retrospective is begun, the oldest first.
func (p ProcessReport) missing() []incident.ID {
	out := []incident.ID{}
	for _, m := range p.Members["begun"] {
		if m.Part != analytics.Counted {
			out = append(out, m.ID)
		}
	}
	return out
}
