package api

import (
	"context"
	"net/http"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// ProblemParams filter problems.
type ProblemParams struct {
	State   string   `query:"state" doc:"suggested, confirmed or rejected; empty: all but rejected"`
	Stage   []string `query:"stage" doc:"open, known_error, resolved, or returned: resolved and come back; repeat for more"`
	Owner   string   `query:"owner" doc:"id or name; none: nobody owns it"`
	Service []string `query:"service" doc:"id or name; an incident of it touched one of them"`
	Text    string   `query:"q" doc:"in the title"`
	Min     int      `query:"min" default:"2" doc:"at least so many members"`
	Sort    string   `query:"sort" doc:"fix: what to fix first, by what it cost in the last 12 months, where one currency prices that, else by the time lost; count; last"`
}

// Recurring is a recurring problem.
type Recurring struct {
	ID      incident.ID    `json:"id"`
	Title   string         `json:"title"`
	State   string         `json:"state"`
	Basis   string         `json:"basis" doc:"text, or source: the ticket system's own reference"`
	Terms   []string       `json:"terms"`
	Members []Member       `json:"members"`
	By      string         `json:"decided_by,omitempty"`
	At      *time.Time     `json:"decided_at"`
	Managed ManagedProblem `json:"management"`
	Figures ProblemFigures `json:"figures"`
}

// Member is one incident of a problem and why it belongs.
type Member struct {
	Incident incident.ID `json:"incident_id"`
	Score    float64     `json:"score"`
	Reasons  []string    `json:"reasons"`
	Removed  bool        `json:"removed"`
}

// ManagedProblem is what people decided to do about a problem, and how far that is.
type ManagedProblem struct {
	Version    int           `json:"version" doc:"send it with PATCH, so that you overwrite nothing that you have not seen; 0: nobody wrote anything"`
	Stage      string        `json:"stage" doc:"open, known_error or resolved"`
	OwnerID    incident.ID   `json:"owner_id,omitempty"`
	Owner      string        `json:"owner,omitempty"`
	Workaround string        `json:"workaround,omitempty" doc:"Markdown"`
	Cause      string        `json:"cause,omitempty" doc:"Markdown"`
	ExitWords  string        `json:"exit_words,omitempty"`
	ExitDays   int           `json:"exit_days,omitempty" doc:"days without an incident that are asked for"`
	Exit       *ExitProgress `json:"exit" doc:"null: no days are asked for"`
	ChangeID   incident.ID   `json:"change_id,omitempty"`
	ChangeURL  string        `json:"change_url,omitempty"`
	ResolvedAt *time.Time    `json:"resolved_at"`
	Returned   *CameBack     `json:"returned" doc:"null: it did not come back after it was resolved"`
	Lacks      []string      `json:"lacks" doc:"what a known error still lacks"`
	By         string        `json:"saved_by,omitempty"`
	At         *time.Time    `json:"saved_at"`
}

// ExitProgress is how far a problem is from its exit criterion; computed, never stored.
type ExitProgress struct {
	Days int        `json:"days" doc:"whole days since the newest incident; 0 while one goes on"`
	Of   int        `json:"of"`
	Last *time.Time `json:"last_at"`
	Open int        `json:"open"`
	Met  bool       `json:"met"`
	Note string     `json:"note,omitempty" doc:"why the days prove nothing: the record has fallen silent"`
}

// CameBack is how a problem came back after it was resolved.
type CameBack struct {
	Incidents    int       `json:"incidents"`
	First        time.Time `json:"first_at"`
	Last         time.Time `json:"last_at"`
	AfterSeconds float64   `json:"after_seconds" doc:"from when it was resolved to First"`
}

// ProblemFigures is what the incidents of a problem that count say together.
type ProblemFigures struct {
	Incidents int           `json:"incidents" doc:"that count"`
	Once      int           `json:"occurrences" doc:"incidents, where the alerts of one flood are one; interval, trend and rate are of them"`
	Floods    int           `json:"floods" doc:"alert floods with several incidents of the problem"`
	Flooded   int           `json:"in_floods" doc:"incidents in floods"`
	Folded    *time.Time    `json:"floods_from" doc:"floods before it are not looked for, for there are many incidents; null: all are"`
	Undated   int           `json:"undated"`
	Open      int           `json:"open"`
	First     *time.Time    `json:"first_at"`
	Last      *time.Time    `json:"last_at"`
	LeftOut   []NotCounted  `json:"left_out"`
	Year      SpentFigures  `json:"last_12_months"`
	Interval  desk.Estimate `json:"interval_seconds" doc:"median from one beginning to the next"`
	Trend     string        `json:"trend" doc:"in words"`
	Rate      string        `json:"rate" doc:"the last 12 months against the 12 before, in words"`
}

// NotCounted says how many incidents are in no number, and why.
type NotCounted struct {
	Reason string `json:"reason"`
	N      int    `json:"n"`
}

// SpentFigures is what incidents took in the last 12 months.
type SpentFigures struct {
	Incidents int          `json:"incidents"`
	Once      int          `json:"occurrences" doc:"incidents, where the alerts of one flood are one"`
	Lasted    float64      `json:"lasted_seconds" doc:"added up, overlaps twice: as long as users suffered, else as long as the record was open"`
	Measured  int          `json:"measured" doc:"incidents that lasted_seconds sums"`
	Unclear   int          `json:"unclear" doc:"incidents of which nobody knows how long users suffered: in no cost"`
	Costs     []PricedTime `json:"costs" doc:"lost time by weight, per service, times its rate; empty: no rate is set"`
}

// PricedTime is a range of money.
type PricedTime struct {
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Currency string  `json:"currency"`
}

// ProblemList is recurring problems.
type ProblemList struct {
	Items []Recurring `json:"items"`
}

func recurringProblem(x desk.Standing) Recurring {
	p := x.Problem
	return Recurring{p.ID, p.Title, string(p.State), p.Basis, append([]string{}, p.Terms...), each(p.Members, func(m incident.ProblemMember) Member {
		return Member{m.Incident, m.Score, append([]string{}, m.Reasons...), m.Removed}
	}), p.By, when(p.At), managedProblem(x), problemFigures(x.Recurrence, x.FloodsFrom)}
}

func managedProblem(x desk.Standing) ManagedProblem {
	m := x.Management
	out := ManagedProblem{Version: m.Version, Stage: string(m.Stage), OwnerID: m.Owner, Owner: m.OwnerName, Workaround: m.Workaround, Cause: m.Cause, ExitWords: m.ExitWords,
		ExitDays: m.ExitDays, ChangeID: m.Change, ChangeURL: m.ChangeURL, ResolvedAt: when(m.ResolvedAt), Lacks: append([]string{}, m.Lacks()...), By: m.By, At: when(m.At)}
	if e := x.Exit; e.Asked > 0 {
		out.Exit = &ExitProgress{e.Days, e.Asked, when(e.Last), e.Open, e.Met, x.Recurrence.Silent()}
	}
	if x.Returned() {
		out.Returned = &CameBack{x.Return.N, x.Return.First.UTC(), x.Return.Last.UTC(), x.Return.After.Seconds()}
	}
	return out
}

func problemFigures(x analytics.Recurrence, floodsFrom time.Time) ProblemFigures {
	out := ProblemFigures{Incidents: x.N, Once: x.Occurrences(), Floods: x.Floods, Flooded: x.Flooded, Folded: when(floodsFrom), Undated: x.Undated, Open: x.Open, Last: when(x.Last()), LeftOut: each(x.LeftOut, func(l analytics.LeftOut) NotCounted { return NotCounted(l) }),
		Interval: desk.Estimate(x.Interval()), Trend: x.Trend().Sentence, Rate: x.Rate().Sentence}
	if len(x.Starts) > 0 {
		out.First = when(x.Starts[0])
	}
	y := x.Year
	out.Year = SpentFigures{y.N, y.Once, y.Lasted.Seconds(), y.Measured, y.Unclear, each(y.Costs(), func(a analytics.Amount) PricedTime { return PricedTime{a.Low, a.High, a.Currency} })}
	return out
}

func (s *Server) listProblems(ctx context.Context, v Viewer, p ProblemParams) (ProblemList, error) {
	all, err := s.desk.Standings(ctx, desk.ProblemQuery{State: p.State, Stages: p.Stage, Owner: p.Owner, Services: p.Service, Text: p.Text, Least: p.Min, Sort: p.Sort}, v.Sight())
	return ProblemList{each(all, recurringProblem)}, err
}

func (s *Server) getProblem(ctx context.Context, v Viewer, p IDParams) (Recurring, error) {
	x, err := s.desk.Standing(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return Recurring{}, err
	}
	return recurringProblem(x), nil
}

// Verdict is what a person says about a problem.
type Verdict struct {
	Action      string        `json:"action" doc:"confirm, reject, reopen, rename, remove, restore, merge, split, same, apart or undo"`
	Title       string        `json:"title,omitempty" doc:"for rename; for split, the title of the new problem"`
	IncidentID  incident.ID   `json:"incident_id,omitempty" doc:"for remove, restore, same and apart: a member"`
	IncidentIDs []incident.ID `json:"incident_ids,omitempty" doc:"for split: the members that make a problem of their own"`
	OtherID     incident.ID   `json:"other_id,omitempty" doc:"for merge: the problem that becomes part of this one; for same and apart: the other incident"`
	Event       int64         `json:"event,omitempty" doc:"for undo: the number of the verdict or edit, as the history has it"`
}

func (s *Server) decide(ctx context.Context, v Viewer, p IDParams, body Verdict) (Recurring, error) {
	verdict := desk.Verdict{Action: body.Action, Title: body.Title, Incident: body.IncidentID, Incidents: body.IncidentIDs, Other: body.OtherID, Event: body.Event}
	if err := s.desk.MayJudge(ctx, incident.ID(p.ID), verdict, v.Sight()); err != nil {
		return Recurring{}, err
	}
	x, seq, err := s.desk.Decide(ctx, incident.ID(p.ID), verdict, v.Name)
	if err != nil {
		return Recurring{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.getProblem(ctx, v, IDParams{ID: string(x.ID)})
}

// ManageBody is what should be different about how a problem is managed; what is left out, or null, stays.
type ManageBody struct {
	Version    *int       `json:"version,omitempty" doc:"the newest that you know, 0 where nobody wrote anything; left out: whichever it is. Another one is 409, and says what was changed meanwhile"`
	Stage      *string    `json:"stage,omitempty" doc:"open, known_error or resolved"`
	Owner      *string    `json:"owner,omitempty" doc:"id or name of a team, person or user that there is; empty: nobody"`
	Workaround *string    `json:"workaround,omitempty" doc:"Markdown"`
	Cause      *string    `json:"cause,omitempty" doc:"Markdown"`
	ExitWords  *string    `json:"exit_words,omitempty" doc:"when it is done with"`
	ExitDays   *int       `json:"exit_days,omitempty" doc:"days without an incident; 0: none are asked for"`
	Change     *string    `json:"change,omitempty" doc:"id of a change event, or an http or https address; empty: none"`
	ResolvedAt *time.Time `json:"resolved_at,omitempty" doc:"of a problem that is or becomes resolved; without it: now"`
}

func (s *Server) manageProblem(ctx context.Context, v Viewer, p IDParams, b ManageBody) (Recurring, error) {
	if err := s.desk.MayJudge(ctx, incident.ID(p.ID), desk.Verdict{}, v.Sight()); err != nil {
		return Recurring{}, err
	}
	m, seq, err := s.desk.Manage(ctx, incident.ID(p.ID), desk.ManagePatch{Version: b.Version, Stage: b.Stage, Owner: b.Owner, Workaround: b.Workaround, Cause: b.Cause,
		ExitWords: b.ExitWords, ExitDays: b.ExitDays, Change: b.Change, ResolvedAt: b.ResolvedAt, Sight: v.Sight()}, v.Name)
	if err != nil {
		return Recurring{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.getProblem(ctx, v, IDParams{ID: string(m.Problem)})
}

// problemOps are the operations about what keeps coming back.
func (s *Server) problemOps() []operation {
	return []operation{
		get("/problems", "Recurring problems", s.listProblems),
		get("/problems/{id}", "One recurring problem with its members", s.getProblem),
		get("/problems/{id}/history", "What happened to a problem, and how much of one piece it is", s.problemHistory),
		write(http.MethodPost, "/problems/{id}/verdicts", "Confirm, reject or correct a problem", incident.Write, http.StatusOK, s.decide),
		write(http.MethodPatch, "/problems/{id}", "Own, work around, resolve: change how a problem is managed", incident.Write, http.StatusOK, s.manageProblem),
	}
}
