package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/search"
	"hindsight/server/internal/desk"
)

// Incident is an incident in answers.
type Incident struct {
	ID            incident.ID     `json:"id"`
	Number        string          `json:"number,omitempty"`
	Title         string          `json:"title"`
	Description   string          `json:"description,omitempty"`
	Format        string          `json:"description_format,omitempty"`
	Status        string          `json:"status"`
	StatusRaw     string          `json:"status_raw,omitempty"`
	Severity      *int            `json:"severity" doc:"1, the worst, to 5; null: not known"`
	SeverityRaw   string          `json:"severity_raw,omitempty"`
	PriorityRaw   string          `json:"priority_raw,omitempty"`
	UrgencyRaw    string          `json:"urgency_raw,omitempty"`
	Kind          string          `json:"kind"`
	Origin        string          `json:"origin"`
	Private       bool            `json:"private"`
	Audience      *Audience       `json:"audience,omitempty" doc:"who sees it beside its team and administrators, being private"`
	NotCounted    string          `json:"not_counted,omitempty" doc:"why it stays out of reliability numbers"`
	StartedAt     *time.Time      `json:"started_at" doc:"earliest of impact start and detection, else when it was opened"`
	Milestones    []Milestone     `json:"milestones"`
	Segments      []Segment       `json:"status_segments"`
	Reopened      *int            `json:"reopened_count"`
	Services      []NamedRef      `json:"services"`
	Team          *NamedRef       `json:"team"`
	People        []Participation `json:"people"`
	Tags          []string        `json:"tags"`
	Custom        []CustomValue   `json:"custom"`
	Links         []Link          `json:"links"`
	SLA           []SLACycle      `json:"sla_stated"`
	Factors       []Factor        `json:"factors"`
	Actions       []ActionItem    `json:"action_items"`
	KnownProblem  string          `json:"known_problem,omitempty"`
	URL           string          `json:"url,omitempty"`
	ConnectionID  incident.ID     `json:"connection_id,omitempty"`
	ExternalID    string          `json:"external_id,omitempty"`
	Incarnation   int             `json:"incarnation"`
	RawID         incident.ID     `json:"raw_id,omitempty"`
	Edits         []Edit          `json:"edits"`
	DeletedAt     *time.Time      `json:"deleted_at"`
	DeletedReason string          `json:"deleted_reason,omitempty"`
	Change        incident.Seq    `json:"change" doc:"number of the change that last touched it"`
}

// Milestone is a statement that something happened at a time.
type Milestone struct {
	Name      string     `json:"name"`
	At        time.Time  `json:"at"`
	Current   bool       `json:"current" doc:"this statement is in force"`
	Precision string     `json:"precision"`
	Basis     string     `json:"basis" doc:"field, log, text, derived or person"`
	Source    string     `json:"source"`
	Field     string     `json:"field,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	StatedAt  *time.Time `json:"stated_at"`
}

// Segment is a stretch of time in one status; to is null for the last one.
type Segment struct {
	Status    string     `json:"status"`
	StatusRaw string     `json:"status_raw,omitempty"`
	From      time.Time  `json:"from"`
	To        *time.Time `json:"to"`
	By        string     `json:"by,omitempty"`
}

// NamedRef names an entity.
type NamedRef struct {
	ID   incident.ID `json:"id"`
	Name string      `json:"name"`
}

// Participation is a person's part.
type Participation struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// CustomValue is a field of the source.
type CustomValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Link leads to something outside.
type Link struct {
	Kind  string `json:"kind"`
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
}

// SLACycle is a service-level clock as the source states it.
type SLACycle struct {
	Goal          string     `json:"goal"`
	Name          string     `json:"name,omitempty"`
	Start         *time.Time `json:"started_at"`
	Stop          *time.Time `json:"stopped_at"`
	TargetSeconds *float64   `json:"target_seconds"`
	Breached      *bool      `json:"breached"`
}

// Factor is something that contributed.
type Factor struct {
	Role     string `json:"role"`
	Category string `json:"category,omitempty"`
	Text     string `json:"text"`
	Claimed  bool   `json:"claimed" doc:"said by a document or vendor, confirmed by nobody here"`
}

// ActionItem is promised work.
type ActionItem struct {
	Title    string     `json:"title"`
	Owner    string     `json:"owner,omitempty"`
	Kind     string     `json:"kind,omitempty"`
	Priority string     `json:"priority,omitempty" doc:"high, medium or low"`
	URL      string     `json:"url,omitempty"`
	Created  *time.Time `json:"created_at" doc:"null: nobody says"`
	Due      *time.Time `json:"due_at"`
	Done     *time.Time `json:"done_at" doc:"null: it is not done, or nobody says when it was"`
	Proof    string     `json:"proof,omitempty" doc:"what observation would prove that it worked"`
	VerifyBy *time.Time `json:"verify_by" doc:"when it should be known whether it worked"`
	Judged   *time.Time `json:"judged_at" doc:"when it was verified, found ineffective or dropped"`
	Reason   string     `json:"reason,omitempty" doc:"why it was dropped, or what was observed once it was done"`
	State    string     `json:"state" doc:"open, in_progress, done, verified, ineffective, dropped; unknown where the source does not say"`
}

// Edit is a person's change of an imported field.
type Edit struct {
	Field string    `json:"field"`
	Value string    `json:"value"`
	Was   string    `json:"was"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// IncidentList is a page of incidents.
type IncidentList struct {
	Items []Incident   `json:"items"`
	Total int          `json:"total"`
	Next  string       `json:"next,omitempty" doc:"cursor of the next page"`
	AsOf  incident.Seq `json:"as_of"`
}

// FilterParams are the filters that all lists and figures share.
type FilterParams struct {
	Q        string   `query:"q" doc:"search text, as in sev:1 service:checkout \"cold cache\" -drill"`
	Sev      []string `query:"sev" doc:"1 to 5, or unset; repeat for alternatives"`
	Service  []string `query:"service" doc:"name or id; -NAME leaves one out"`
	Team     []string `query:"team"`
	Status   []string `query:"status" doc:"a status, or open"`
	Priority []string `query:"priority" doc:"as the source says it"`
	Kind     []string `query:"kind"`
	Origin   []string `query:"origin"`
	Tag      []string `query:"tag"`
	Source   []string `query:"source" doc:"name of a source or connection"`
	Range    string   `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"`
	From     string   `query:"from" doc:"first day, month or instant"`
	To       string   `query:"to" doc:"last day or month, or the instant behind the period"`
	TZ       string   `query:"tz" default:"" doc:"zone of days and months, as in Europe/Berlin; UTC when empty"`
}

// ListParams are those of a list of incidents.
type ListParams struct {
	FilterParams
	ExternalID string `query:"external_id" doc:"the source's own id; needs source"`
	Sort       string `query:"sort" doc:"-started, started, severity or relevance"`
	Limit      int    `query:"limit" doc:"1 to 500; 50 when empty"`
	After      string `query:"after" doc:"cursor, as next gave it"`
}

// IDParams name one entity.
type IDParams struct {
	ID string `path:"id"`
}

func (s *Server) listIncidents(ctx context.Context, v Viewer, p ListParams) (IncidentList, error) {
	if p.ExternalID != "" {
		return s.findExternal(ctx, v, p)
	}
	found, req, err := s.search(ctx, v, p, false)
	if err != nil {
		return IncidentList{}, err
	}
	ids := make([]incident.ID, len(found.Hits))
	for i, h := range found.Hits {
		ids[i] = h.ID
	}
	items, err := s.load(ctx, ids, req.Filter.Sight)
	return IncidentList{Items: items, Total: found.Total, Next: found.Next, AsOf: found.AsOf}, err
}

// search answers the shared filters from the index.
func (s *Server) search(ctx context.Context, v Viewer, p ListParams, facets bool) (search.Result, search.Request, error) {
	q, err := s.question(values(p))
	if err != nil {
		return search.Result{}, search.Request{}, err
	}
	req, _, err := s.desk.Scope(ctx, q, v.Sight())
	if err != nil {
		return search.Result{}, req, err
	}
	req.Facets = facets
	found, err := s.desk.Index.Search(ctx, req)
	return found, req, err
}

// load returns incidents in the order of ids. What was deleted since the index saw it is left out.
func (s *Server) load(ctx context.Context, ids []incident.ID, sight incident.Sight) ([]Incident, error) {
	items := []Incident{}
	if len(ids) == 0 {
		return items, nil
	}
	byID := map[incident.ID]*incident.Incident{}
	for inc, err := range s.desk.Store.Incidents(ctx, incident.Filter{IDs: ids, Sight: sight}) {
		if err != nil {
			return nil, err
		}
		byID[inc.ID] = inc
	}
	if err := s.desk.HideTwins(ctx, sight, slices.Collect(maps.Values(byID))...); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if inc := byID[id]; inc != nil {
			items = append(items, s.incident(inc))
			carries(ctx, inc)
		}
	}
	return items, nil
}

func (s *Server) findExternal(ctx context.Context, v Viewer, p ListParams) (IncidentList, error) {
	if len(p.Source) != 1 {
		return IncidentList{}, incident.Invalidf("source", "give one source along with external_id")
	}
	out := IncidentList{Items: []Incident{}, AsOf: s.desk.Live.Snapshot().AsOf()}
	inc, err := s.desk.Store.FindIncident(ctx, p.Source[0], p.ExternalID)
	switch {
	case isNotFound(err) || err == nil && !inc.SeenBy(v.Sight()):
		return out, nil
	case err != nil:
		return out, err
	}
	if err := s.desk.HideTwins(ctx, v.Sight(), inc); err != nil {
		return out, err
	}
	carries(ctx, inc)
	out.Items, out.Total = append(out.Items, s.incident(inc)), 1
	return out, nil
}

func (s *Server) getIncident(ctx context.Context, v Viewer, p IDParams) (Incident, error) {
	inc, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight())
	if err != nil {
		return Incident{}, err
	}
	return s.incident(inc), nil
}

// NewIncident is an incident to write down.
type NewIncident struct {
	Title       string     `json:"title"`
	Description string     `json:"description,omitempty" doc:"Markdown"`
	Severity    int        `json:"severity,omitempty" doc:"1 to 5"`
	Services    []string   `json:"services,omitempty" doc:"names"`
	Team        string     `json:"team,omitempty" doc:"name"`
	OpenedAt    *time.Time `json:"opened_at,omitempty" doc:"now when left out"`
	ResolvedAt  *time.Time `json:"resolved_at,omitempty"`
	URL         string     `json:"url,omitempty"`
}

func (s *Server) createIncident(ctx context.Context, v Viewer, _ none, body NewIncident) (Incident, error) {
	inc, seq, err := s.desk.Create(ctx, desk.NewIncident{Title: body.Title, Description: body.Description, Severity: body.Severity,
		Services: body.Services, Team: body.Team, Opened: instant(body.OpenedAt), Resolved: instant(body.ResolvedAt), URL: body.URL}, v.Name)
	if err != nil {
		return Incident{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.getIncident(ctx, v, IDParams{string(inc.ID)})
}

// IncidentPatch changes what it names (RFC 7396).
type IncidentPatch struct {
	Title         *string          `json:"title,omitempty"`
	Severity      *int             `json:"severity,omitempty" doc:"1 to 5; 0: not known"`
	Status        *string          `json:"status,omitempty"`
	Kind          *string          `json:"kind,omitempty"`
	Team          *string          `json:"team,omitempty" doc:"name; empty: none"`
	Tags          *[]string        `json:"tags,omitempty"`
	Private       *bool            `json:"private,omitempty" doc:"then only its team, its audience and administrators see it"`
	Audience      *AudiencePatch   `json:"audience,omitempty" doc:"who else may see it while it is private; replaces those who might before"`
	ShutOut       bool             `json:"shut_out,omitempty" doc:"you know that you will not see it any more; without this such a change is refused"`
	ExcludeReason *string          `json:"exclude_reason,omitempty" doc:"keeps it out of reliability numbers; empty counts it"`
	NotCausedBy   *string          `json:"not_caused_by,omitempty" doc:"id of a change event that did not bring it about, however near in time; with a minus sign before it that is taken back"`
	CausedBy      *string          `json:"caused_by,omitempty" doc:"id of the change event that brought it about, or none; empty: take back what was said"`
	Milestones    []MilestonePatch `json:"milestones,omitempty"`
}

// Audience is whom a private incident is shared with.
type Audience struct {
	Users []incident.ID `json:"users"`
	Teams []incident.ID `json:"teams"`
}

// AudiencePatch names users and teams by name or id; empty lists share it with nobody.
type AudiencePatch struct {
	Users []string `json:"users"`
	Teams []string `json:"teams"`
}

// fields are the fields that the patch names, as desk reads them.
func (p IncidentPatch) fields() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]*string{"title": p.Title, "status": p.Status, "kind": p.Kind, "team": p.Team, "exclude_reason": p.ExcludeReason, "caused_by": p.CausedBy, "not_caused_by": p.NotCausedBy} {
		if value != nil {
			out[name] = *value
		}
	}
	if p.Severity != nil {
		out["severity"] = strconv.Itoa(*p.Severity)
	}
	if p.Tags != nil {
		out["tags"] = strings.Join(*p.Tags, ",")
	}
	if p.Private != nil {
		out["private"] = strconv.FormatBool(*p.Private)
	}
	return out
}

// MilestonePatch states when something happened.
type MilestonePatch struct {
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
	Precision string    `json:"precision,omitempty"`
	Reason    string    `json:"reason,omitempty"`
}

func (s *Server) patchIncident(ctx context.Context, v Viewer, p IDParams, body IncidentPatch) (Incident, error) {
	if _, err := s.desk.Incident(ctx, incident.ID(p.ID), v.Sight()); err != nil {
		return Incident{}, err
	}
	patch := desk.Patch{Fields: body.fields()}
	for _, m := range body.Milestones {
		patch.Milestones = append(patch.Milestones, desk.MilestonePatch(m))
	}
	if body.Audience != nil {
		patch.Share = &desk.Sharing{Users: body.Audience.Users, Teams: body.Audience.Teams}
	}
	patch.ShutOut = body.ShutOut
	changed, seq, err := s.desk.Edit(ctx, incident.ID(p.ID), patch, v.Name, v.Sight())
	if err != nil {
		return Incident{}, err
	}
	s.desk.Wait(ctx, seq)
	if !changed.SeenBy(v.Sight()) { // they said that they know
		return s.incident(changed), nil
	}
	return s.getIncident(ctx, v, p)
}

// incidentOps are the operations about incidents.
func (s *Server) incidentOps() []operation {
	raw := get("/incidents/{id}/raw", "The record as the source gave it, private notes included", s.raw)
	raw.needs = incident.Import
	return []operation{
		raw,
		get("/incidents", "List incidents", s.listIncidents),
		write(http.MethodPost, "/incidents", "Write an incident down", incident.Write, http.StatusCreated, s.createIncident),
		get("/incidents/{id}", "One incident", s.getIncident),
		write(http.MethodPatch, "/incidents/{id}", "Correct an incident; what the source says is kept beside it", incident.Write, http.StatusOK, s.patchIncident),
		get("/incidents/{id}/timeline", "What happened during it", s.timeline),
		get("/incidents/{id}/similar", "Incidents that look alike, with reasons", s.similar),
		get("/incidents/{id}/suggestions", "What is probably true of an incident that nobody has recorded, and how often such guesses are right", s.suggestions),
		get("/incidents/{id}/answers", "What people said of an incident and others, and took back", s.answers),
		write(http.MethodPost, "/incidents/{id}/similar", "Say whether one problem is behind two incidents", incident.Write, http.StatusOK, s.sayAlike),
		get("/incidents/{id}/retrospective", "The document about it", s.retrospective),
	}
}
