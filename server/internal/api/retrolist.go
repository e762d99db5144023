package api

import (
	"context"
	"slices"
	"strconv"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// RetroList is a page of retrospectives that are written here.
type RetroList struct {
	Items []RetroListed `json:"items" doc:"the last changed first, or as read asks for"`
	Total int           `json:"total"`
	Next  string        `json:"next,omitempty" doc:"send it as after for the next page; empty on the last one"`
}

// RetroListed is a retrospective in a list, with its incident.
type RetroListed struct {
	RetroStanding
	About PromisedFor `json:"incident"`
	Late  bool        `json:"late" doc:"its due date has passed and it is not published"`
	Heard RetroCounts `json:"heard"`
}

// RetroCounts are how far a retrospective was heard.
type RetroCounts struct {
	Readers int   `json:"readers" doc:"people who opened it and did not write it; one who comes back after 90 days counts again"`
	Lately  int   `json:"readers_90_days"`
	Unread  *bool `json:"unread" doc:"published, and nobody read it; null while it is too new to tell, or was never published"`
	Cited   int   `json:"cited" doc:"retrospectives, written here, that link to it"`
	Reused  int   `json:"reused" doc:"incidents that took a factor of this one that was suggested to them"`
}

func (s *Server) retroCounts(r incident.Retro, x incident.RetroReach) RetroCounts {
	out := RetroCounts{Readers: x.Readers, Lately: x.Lately, Cited: len(x.Cited), Reused: len(x.Reused)}
	if unread, tooNew := x.Unread(r, s.desk.Now()); r.Number > 0 && !tooNew {
		out.Unread = &unread
	}
	return out
}

// RetroHeard is how far one was heard, and what points at it, as far as the viewer may see.
type RetroHeard struct {
	RetroCounts
	CitedIn  []PromisedFor `json:"cited_in" doc:"incidents whose retrospectives link to it"`
	Problems []LinkedTo    `json:"problems" doc:"recurring problems whose workaround, cause or exit links to it"`
	ReusedIn []PromisedFor `json:"reused_in"`
}

// LinkedTo is a recurring problem in a list.
type LinkedTo struct {
	ID    incident.ID `json:"id"`
	Title string      `json:"title"`
}

func (s *Server) retroHeard(ctx context.Context, v Viewer, p IDParams) (RetroHeard, error) {
	w, err := s.desk.Writing(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return RetroHeard{}, err
	}
	h, err := s.desk.Heard(ctx, w.Retro, v.Sight())
	if err != nil {
		return RetroHeard{}, err
	}
	carries(ctx, w.Incident)
	carries(ctx, h.Cites...)
	carries(ctx, h.Reusers...)
	about := func(inc *incident.Incident) PromisedFor { return PromisedFor{inc.ID, inc.Number, inc.Title} }
	return RetroHeard{s.retroCounts(w.Retro, h.RetroReach), each(h.Cites, about), each(h.Problems, func(p incident.Problem) LinkedTo { return LinkedTo{p.ID, p.Title} }), each(h.Reusers, about)}, nil
}

// RetroListParams narrow the list down.
type RetroListParams struct {
	Team    []string `query:"team" doc:"of the incident"`
	Service []string `query:"service"`
	Read    string   `query:"read" doc:"most: published ones, those that most people read first; never: published ones that nobody read"`
	State   []string `query:"state" doc:"draft, in_review, approved, published, revised, not_required"`
	Owner   string   `query:"owner" doc:"name of a user as the list has it; me: the owner of the token; none: nobody"`
	Late    bool     `query:"late" doc:"true: only those that are late"`
	After   string   `query:"after"`
	Limit   int      `query:"limit" default:"50"`
}

func (p RetroListParams) takes(x RetroListed, owner, me incident.ID) bool {
	switch {
	case len(p.State) > 0 && !slices.Contains(p.State, x.State), p.Late && !x.Late:
		return false
	case p.Owner == "me":
		return me != "" && owner == me
	case p.Owner == "none":
		return owner == ""
	}
	return p.Owner == "" || p.Owner == x.Owner
}

func (s *Server) retroList(ctx context.Context, v Viewer, p RetroListParams) (RetroList, error) {
	out := RetroList{Items: []RetroListed{}}
	for _, state := range p.State {
		if !slices.Contains(incident.RetroStates, incident.RetroState(state)) {
			return out, incident.Invalidf("state", "%.40q is not one of %v", state, incident.RetroStates)
		}
	}
	skip := 0
	if p.After != "" {
		var err error
		if skip, err = strconv.Atoi(p.After); err != nil || skip < 0 {
			return out, incident.Invalidf("after", "%.40q is not where a page ended", p.After)
		}
	}
	all, err := s.desk.ListRetros(ctx, desk.RetroQuery{Teams: p.Team, Services: p.Service, Read: p.Read}, v.Sight())
	if err != nil {
		return out, err
	}
	for _, r := range all {
		if x := s.retroListed(r); p.takes(x, r.Owner, v.User) {
			carries(ctx, r.Incident)
			out.Items = append(out.Items, x)
		}
	}
	out.Total = len(out.Items)
	from := min(skip, out.Total)
	end := min(from+min(max(p.Limit, 1), mostListed), out.Total)
	if end < out.Total {
		out.Next = strconv.Itoa(end)
	}
	out.Items = out.Items[from:end]
	return out, nil
}

func (s *Server) retroListed(r desk.VisibleRetro) RetroListed {
	return RetroListed{retroStanding(r.Retro), PromisedFor{r.Incident.ID, r.Incident.Number, r.Incident.Title}, r.Late(s.desk.Now()), s.retroCounts(r.Retro, r.Reach)}
}

func (s *Server) retroCompliance(ctx context.Context, v Viewer, p PopulationParams) (desk.ProcessAnswer, error) {
	if p.Range == "" && p.From == "" && p.To == "" {
		p.Range = "90d"
	}
	q, err := s.question(values(p))
	if err != nil {
		return desk.ProcessAnswer{}, err
	}
	r, err := s.desk.ProcessKept(ctx, q, v.Sight())
	return desk.AnswerProcess(r), err
}
