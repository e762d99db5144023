package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
)

// maxWhole bounds the incidents that are read as a whole, with their timelines or documents, for one page.
const maxWhole = 20_000

// whole returns the incidents of a question that count, oldest first, at most maxWhole of the newest; all is false when there
// are more. The period is q's, begun earlier by a time.
func (d *Desk) whole(ctx context.Context, q query.Query, earlier time.Duration, sight incident.Sight) (incs []*incident.Incident, all bool, err error) {
	return d.latest(ctx, q, earlier, maxWhole, sight)
}

// latest is whole with a bound of its own.
func (d *Desk) latest(ctx context.Context, q query.Query, earlier time.Duration, most int, sight incident.Sight) (incs []*incident.Incident, all bool, err error) {
	if _, err := d.Figures(ctx, q, sight); err != nil { // what figures cannot be narrowed down by
		return nil, false, err
	}
	req, _, err := d.Scope(ctx, q, sight)
	if err != nil {
		return nil, false, err
	}
	f := req.Filter
	f.Counted, f.Sort, f.After, f.Limit = true, incident.NewestFirst, "", most+1
	if !f.From.IsZero() {
		f.From = f.From.Add(-earlier)
	}
	for inc, err := range d.Store.Incidents(ctx, f) {
		if err != nil {
			return nil, false, err
		}
		incs = append(incs, inc)
	}
	all = len(incs) <= most
	incs = incs[:min(len(incs), most)]
	slices.Reverse(incs)
	return incs, all, nil
}

// LoadReport is the load on each team, by name.
type LoadReport struct {
	From, To time.Time
	Ended    time.Time // when the record fell silent: the end of a question without one; zero where it goes on
	Teams    []analytics.TeamLoad
	Teamless []analytics.Member // incidents that fell to no team, the oldest first
	All      bool               // false: there are more incidents than are read; the oldest are missing
}

// Load measures what incidents ask of teams. An incident without a team falls to the teams of its services.
func (d *Desk) Load(ctx context.Context, q query.Query, sight incident.Sight) (LoadReport, error) {
	return d.loadBy(ctx, d.TeamHours, q, sight)
}

// hoursOf returns the hours of a team, and whose they are.
type hoursOf func(team incident.ID) (hours incident.TeamHours, from string, err error)

// loadBy is Load by hours that need not be in force.
func (d *Desk) loadBy(ctx context.Context, hours hoursOf, q query.Query, sight incident.Sight) (LoadReport, error) {
	incs, all, err := d.whole(ctx, q, 0, sight)
	if err != nil {
		return LoadReport{}, err
	}
	now := d.Now().UTC()
	r := LoadReport{From: q.From, To: q.To, All: all}
	for _, inc := range incs {
		if at := inc.StartedAt(); r.From.IsZero() && !at.IsZero() {
			r.From = at
		}
	}
	if r.To.IsZero() {
		if r.Ended, err = d.fellSilent(ctx, q, sight, now); err != nil {
			return r, err
		}
		r.To = lastKnown(r.Ended, incs)
	}
	if r.To.IsZero() || r.To.After(now) {
		r.To = now
	}
	byTeam, err := d.hardships(ctx, incs, sight, &r)
	if err != nil {
		return r, err
	}
	for team, hardships := range byTeam {
		t, err := d.teamLoad(ctx, hours, team, r, hardships)
		if err != nil {
			return r, err
		}
		r.Teams = append(r.Teams, t)
	}
	slices.SortFunc(r.Teams, func(a, b analytics.TeamLoad) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.Team, b.Team))
	})
	return r, nil
}

// fellSilent returns when the record of the incidents asked for ended before now; zero when it goes on.
func (d *Desk) fellSilent(ctx context.Context, q query.Query, sight incident.Sight, now time.Time) (time.Time, error) {
	_, a, err := d.Scope(ctx, q, sight)
	if err != nil {
		return time.Time{}, err
	}
	return d.Live.Snapshot().FellSilent(a, now), nil
}

// lastKnown returns the end of a record that fell silent: a day after its latest incident began, or what is known of any of its
// incidents after that; zero for one that goes on.
func lastKnown(ended time.Time, incs []*incident.Incident) time.Time {
	if ended.IsZero() {
		return ended
	}
	last := ended.AddDate(0, 0, 1)
	for _, inc := range incs {
		for _, m := range inc.Milestones {
			if m.At.After(last) {
				last = m.At
			}
		}
	}
	return last
}

func (d *Desk) hardships(ctx context.Context, incs []*incident.Incident, sight incident.Sight, r *LoadReport) (map[incident.ID][]analytics.Hardship, error) {
	owners := map[incident.ID]incident.ID{}
	for _, s := range d.Live.Snapshot().Services(sight) {
		owners[s.ID] = s.Team
	}
	out := map[incident.ID][]analytics.Hardship{}
	for chunk := range slices.Chunk(incs, 500) {
		ids := groupsOf(chunk, func(inc *incident.Incident) incident.ID { return inc.ID })
		timelines, err := d.Store.Timelines(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, inc := range chunk {
			teams := teamsOf(inc, owners)
			if len(teams) == 0 {
				r.Teamless = append(r.Teamless, analytics.MemberOf(inc))
			}
			for _, team := range teams {
				out[team] = append(out[team], analytics.Hardship{Incident: inc, Timeline: timelines[inc.ID], Teams: teams})
			}
		}
	}
	return out, nil
}

func teamsOf(inc *incident.Incident, owners map[incident.ID]incident.ID) []incident.ID {
	if inc.Team != "" {
		return []incident.ID{inc.Team}
	}
	var out []incident.ID
	for _, u := range inc.Services {
		if team := owners[u.Service]; team != "" && !slices.Contains(out, team) {
			out = append(out, team)
		}
	}
	return out
}

func (d *Desk) teamLoad(ctx context.Context, hours hoursOf, team incident.ID, r LoadReport, hardships []analytics.Hardship) (analytics.TeamLoad, error) {
	t := analytics.TeamLoad{Team: team, Name: d.Live.Snapshot().Name(team)}
	var err error
	if t.Hours, t.HoursFrom, err = hours(team); err != nil {
		return t, err
	}
	shifts, _, err := d.Store.Shifts(ctx, incident.ShiftFilter{Teams: []incident.ID{team}, From: r.From, To: r.To, Limit: maxShifts})
	if err != nil {
		return t, err
	}
	var people []string
	for _, x := range shifts {
		if name := strings.ToLower(cmp.Or(strings.TrimSpace(x.PersonName), string(x.Person))); name != "" {
			people = append(people, name)
		}
	}
	return analytics.MeasureTeam(t, r.From, r.To, d.Now().UTC(), hardships, people)
}

// TeamHours returns the hours of a team as agreed, and whose they are: of the team, of all teams, or the standard ones.
func (d *Desk) TeamHours(team incident.ID) (hours incident.TeamHours, from string, err error) {
	all := d.Live.Snapshot().Policies(incident.TeamHoursPolicy)
	for _, whose := range []struct {
		id   incident.ID
		from string
	}{{incident.TeamHoursID(team), ofTheTeam}, {incident.TeamHoursID(""), "of all teams"}} {
		if i := slices.IndexFunc(all, func(p incident.Policy) bool { return p.ID == whose.id }); i >= 0 {
			err = json.Unmarshal(all[i].Body, &hours)
			return hours, whose.from, cmp.Or(err, hours.Validate())
		}
	}
	return incident.StandardHours(), "standard", nil
}

// SaveTeamHours puts hours in force, of the team that they name or of all that have none. It returns ErrConflict when base is not
// the version in force; 0 is whichever is.
func (d *Desk) SaveTeamHours(ctx context.Context, hours incident.TeamHours, base int, by, note string, sight incident.Sight) (incident.Seq, error) {
	name := HoursName("")
	if hours.Team != "" {
		ids, err := d.TeamIDs([]string{string(hours.Team)}, sight)
		if err != nil {
			return 0, err
		}
		hours.Team = ids[0]
		name = HoursName(d.Live.Snapshot().Name(hours.Team))
	}
	_, seq, err := d.saveDraft(ctx, policyDraft{ID: incident.TeamHoursID(hours.Team), Kind: incident.TeamHoursPolicy, Name: name, Body: hours, Base: base, Note: note, By: by})
	return seq, err
}

// Learning measures what was made of the incidents of a question. all is false when there are more than are read.
func (d *Desk) Learning(ctx context.Context, q query.Query, sight incident.Sight) (l analytics.Learning, all bool, err error) {
	incs, all, err := d.whole(ctx, q, analytics.RepeatLookback, sight)
	if err != nil {
		return l, false, err
	}
	problems, err := d.VisibleProblems(ctx, sight)
	if err != nil {
		return l, false, err
	}
	of := map[incident.ID]string{}
	for _, p := range problems {
		for _, m := range p.Members {
			if p.State == incident.Confirmed && !m.Removed {
				of[m.Incident] = string(p.ID)
			}
		}
	}
	var lessons []analytics.Lesson
	for chunk := range slices.Chunk(incs, 500) {
		written, err := d.Store.Retrospectives(ctx, groupsOf(chunk, func(inc *incident.Incident) incident.ID { return inc.ID }))
		if err != nil {
			return l, false, err
		}
		for _, inc := range chunk {
			_, has := written[inc.ID]
			lessons = append(lessons, analytics.Lesson{Incident: inc, Retrospective: has, Problem: cmp.Or(of[inc.ID], inc.KnownProblem)})
		}
	}
	return analytics.Learn(q.From, q.To, d.Now().UTC(), lessons), all, nil
}
