package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Promise is an action item with all that is said of it.
type Promise struct {
	Key      string      `json:"key" doc:"names the item among those of its incident"`
	Version  string      `json:"version" doc:"of what it says; send it as If-Match"`
	Incident PromisedFor `json:"incident"`
	ActionItem
	Told    bool           `json:"told_by_source" doc:"false: a person added it, or the source does not list it any more"`
	Differs []PromiseGap   `json:"differs" doc:"fields in which people here say something else than the source"`
	Effect  *PromiseEffect `json:"effect" doc:"what the data say of an item that is done; null: it is not done"`
	Hints   []string       `json:"hints" doc:"what would make it easier to finish and to judge; they keep nobody from saving it"`
	By      string         `json:"changed_by,omitempty"`
	At      *time.Time     `json:"changed_at" doc:"null: nobody here has"`
}

// PromisedFor is the incident that an action item came from.
type PromisedFor struct {
	ID     incident.ID `json:"id"`
	Number string      `json:"number,omitempty"`
	Title  string      `json:"title"`
}

// PromiseGap is a field in which people here say something else than the source.
type PromiseGap struct {
	Field string `json:"field"`
	Here  string `json:"here"`
	There string `json:"source_says"`
	Clash bool   `json:"both_changed" doc:"the source changed it after people did: say who is right with keep or take"`
}

// PromiseList is a page of action items.
type PromiseList struct {
	Items []Promise `json:"items"`
	Total int       `json:"total"`
	Next  string    `json:"next,omitempty" doc:"send it as after for the next page; empty on the last one"`
}

// PromiseParams narrow the list down.
type PromiseParams struct {
	Owner   []string `query:"owner" doc:"name of a user, person or team in any case; me: the owner of the token and their teams; none: nobody"`
	Team    []string `query:"team" doc:"of the incident"`
	Service []string `query:"service"`
	Kind    []string `query:"kind" doc:"prevent, detect, mitigate, process"`
	State   []string `query:"state" doc:"open, in_progress, done, verified, ineffective, dropped, unknown; none: open and in_progress, unless a group is given"`
	Effect  []string `query:"effect" doc:"worked, no_difference, too_few, came_back, not_compared: only what is done, and of which the data say so"`
	Group   string   `query:"group" doc:"overdue; soon: due within 14 days; verify: done, with a way to see whether it worked; later: due later, or not dated"`
	After   string   `query:"after"`
	Limit   int      `query:"limit" default:"50"`
}

// PromiseKey names one action item, and what the writer knows of it.
type PromiseKey struct {
	ID      string `path:"id"`
	Key     string `path:"key"`
	IfMatch string `header:"If-Match" doc:"the version that was changed; another one is 412. Left out: the change is made to whichever there is"`
}

// PromiseBody is a new action item. Times that have no time of day are the end of that day, in UTC.
type PromiseBody struct {
	Title    string `json:"title" doc:"begins with a verb"`
	Owner    string `json:"owner,omitempty" doc:"name of a user, a person or a team"`
	Kind     string `json:"kind,omitempty" doc:"prevent, detect, mitigate or process"`
	Priority string `json:"priority,omitempty" doc:"high, medium or low"`
	Due      string `json:"due_at,omitempty" doc:"RFC 3339, or a date"`
	Proof    string `json:"proof,omitempty" doc:"what observation would prove that it worked"`
	VerifyBy string `json:"verify_by,omitempty" doc:"RFC 3339, or a date"`
	State    string `json:"state,omitempty" doc:"open unless it says another one"`
	Reason   string `json:"reason,omitempty" doc:"why it was dropped, or what was observed"`
	URL      string `json:"url,omitempty" doc:"of its issue in a tracker"`
}

// PromisePatch changes an action item. What is left out, or null, stays; an empty text is none.
type PromisePatch struct {
	Title    *string  `json:"title,omitempty"`
	Owner    *string  `json:"owner,omitempty"`
	Kind     *string  `json:"kind,omitempty"`
	Priority *string  `json:"priority,omitempty"`
	Due      *string  `json:"due_at,omitempty"`
	Proof    *string  `json:"proof,omitempty"`
	VerifyBy *string  `json:"verify_by,omitempty"`
	State    *string  `json:"state,omitempty" doc:"verified and ineffective need a reason: what was observed; so does dropped: why"`
	Reason   *string  `json:"reason,omitempty"`
	URL      *string  `json:"url,omitempty"`
	Take     []string `json:"take,omitempty" doc:"fields in which the source is right again"`
	Keep     []string `json:"keep,omitempty" doc:"fields in which people here are right, though the source has changed"`
	Undo     bool     `json:"undo,omitempty" doc:"take the last change back, and do nothing else"`
}

func actionItem(x incident.ActionItem) ActionItem {
	return ActionItem{Title: x.Title, Owner: x.Owner, Kind: x.Kind, Priority: x.Priority, URL: x.URL, Created: when(x.Created), Due: when(x.Due), Done: when(x.Done),
		Proof: x.Proof, VerifyBy: when(x.VerifyBy), Judged: when(x.Judged), Reason: x.Reason, State: x.State}
}

func promise(x incident.ActionStatement, inc *incident.Incident) Promise {
	out := Promise{Key: x.Key, Version: x.ActionItem.Version(), Incident: PromisedFor{inc.ID, inc.Number, inc.Title}, ActionItem: actionItem(x.ActionItem),
		Told: x.Told, Hints: append([]string{}, x.Hints()...), By: x.By, At: when(x.At)}
	out.Differs = each(x.Differs, func(g incident.ActionGap) PromiseGap { return PromiseGap{g.Field, g.Here, g.There, g.Clash} })
	return out
}

func (s *Server) promises(ctx context.Context, v Viewer, p PromiseParams) (PromiseList, error) {
	q := desk.ActionQuery{Owners: p.Owner, Teams: p.Team, Services: p.Service, Kinds: p.Kind, States: p.State, Effects: p.Effect, Limit: min(p.Limit, mostListed)}
	if p.After != "" {
		var err error
		if q.Skip, err = strconv.Atoi(p.After); err != nil || q.Skip < 0 {
			return PromiseList{}, incident.Invalidf("after", "%q is not where a page ended", p.After)
		}
	}
	switch {
	case p.Group != "" && len(p.State) > 0:
		return PromiseList{}, incident.Invalidf("group", "give a group or states, not both")
	case p.Group != "":
		q.Groups = []string{p.Group}
	case len(p.State) == 0 && len(p.Effect) == 0:
		q.States = []string{incident.ActionOpen, incident.ActionInProgress}
	}
	groups, err := s.desk.Actions(ctx, q, v.Sight())
	if err != nil {
		return PromiseList{}, err
	}
	g := groups[0]
	out := PromiseList{Total: g.Total, Items: each(g.Items, func(x desk.FoundAction) Promise {
		out := promise(x.ActionStatement, x.Incident)
		out.Effect = promiseEffect(x.Effect)
		return out
	})}
	if end := q.Skip + q.Limit; end < g.Total {
		out.Next = strconv.Itoa(end)
	}
	return out, nil
}

// mostListed is how many action items a page has at most.
const mostListed = 200

func (s *Server) addPromise(ctx context.Context, v Viewer, p IDParams, b PromiseBody) (Promise, error) {
	set := map[string]string{}
	for name, text := range map[string]string{"title": b.Title, "owner": b.Owner, "kind": b.Kind, "priority": b.Priority, "due": b.Due, "proof": b.Proof,
		"verify_by": b.VerifyBy, "state": b.State, "reason": b.Reason, "url": b.URL} {
		if text != "" {
			set[name] = endOfDay(name, text)
		}
	}
	return s.editPromise(ctx, v, incident.ID(p.ID), desk.ActionEdit{ActionChange: incident.ActionChange{Set: set}})
}

func (s *Server) patchPromise(ctx context.Context, v Viewer, p PromiseKey, b PromisePatch) (Promise, error) {
	set := map[string]string{}
	for name, text := range map[string]*string{"title": b.Title, "owner": b.Owner, "kind": b.Kind, "priority": b.Priority, "due": b.Due, "proof": b.Proof,
		"verify_by": b.VerifyBy, "state": b.State, "reason": b.Reason, "url": b.URL} {
		if text != nil {
			set[name] = endOfDay(name, *text)
		}
	}
	return s.editPromise(ctx, v, incident.ID(p.ID), desk.ActionEdit{Key: p.Key, Version: unquoted(p.IfMatch), Undo: b.Undo,
		ActionChange: incident.ActionChange{Set: set, Take: b.Take, Keep: b.Keep}})
}

// endOfDay makes a date the last second of that day.
func endOfDay(field, text string) string {
	if day, err := time.Parse(time.DateOnly, text); err == nil && (field == "due" || field == "verify_by") {
		return day.AddDate(0, 0, 1).Add(-time.Second).Format(time.RFC3339)
	}
	return text
}

func (s *Server) editPromise(ctx context.Context, v Viewer, id incident.ID, e desk.ActionEdit) (Promise, error) {
	x, seq, err := s.desk.EditAction(ctx, id, e, v.Name, v.Sight())
	if err != nil {
		return Promise{}, unmatched(err, e.Version)
	}
	s.desk.Wait(ctx, seq)
	inc, err := s.desk.Incident(ctx, id, v.Sight())
	if err != nil {
		return Promise{}, err
	}
	effects, err := s.desk.ActionEffectsOf(ctx, []desk.FoundAction{{ActionStatement: x, Incident: inc}}, v.Sight())
	if err != nil {
		return Promise{}, err
	}
	out := promise(x, inc)
	out.Effect = promiseEffect(effects[0])
	return out, nil
}

// actionOps are the operations about what was promised.
func (s *Server) actionOps() []operation {
	return append(s.issueOps(),
		get("/actions", "Action items of all incidents, what is due first first", s.promises),
		write(http.MethodPost, "/incidents/{id}/actions", "Add an action item", incident.Write, http.StatusCreated, s.addPromise),
		write(http.MethodPatch, "/incidents/{id}/actions/{key}", "Change an action item", incident.Write, http.StatusOK, s.patchPromise),
	)
}
