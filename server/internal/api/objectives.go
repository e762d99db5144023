package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/openslo"
)

// ObjectiveBody is an objective as it is sent.
type ObjectiveBody struct {
	Name        string  `json:"name"`
	Service     string  `json:"service" doc:"name or id"`
	Objective   float64 `json:"objective" doc:"share of the window, above 0 and below 1: 0.999"`
	Days        int     `json:"days,omitempty" doc:"of a rolling window"`
	Calendar    string  `json:"calendar,omitempty" doc:"month or quarter, instead of days"`
	Zone        string  `json:"zone,omitempty" doc:"of a calendar window, such as Europe/Berlin; UTC when empty"`
	Weighted    bool    `json:"weighted,omitempty" doc:"a minute counts by the severity of its incident"`
	Owner       string  `json:"owner,omitempty"`
	Review      string  `json:"review,omitempty" doc:"date, such as 2027-03-31"`
	Description string  `json:"description,omitempty"`
	Version     int     `json:"version,omitempty" doc:"the version that was changed; 409 when it is not the newest any more"`
	Note        string  `json:"note,omitempty" doc:"why"`
}

func (b ObjectiveBody) draft(id incident.ID, by string) desk.ObjectiveDraft {
	return desk.ObjectiveDraft{ID: id, Base: b.Version, Name: b.Name, Service: b.Service, Note: b.Note, By: by, Body: incident.Objective{
		Target: b.Objective, Window: incident.ObjectiveWindow{Days: b.Days, Calendar: b.Calendar, Zone: b.Zone}, Weighted: b.Weighted,
		Owner: b.Owner, Review: b.Review, Description: b.Description}}
}

// ObjectiveList is all objectives by name.
type ObjectiveList struct {
	Items []Objective  `json:"items"`
	AsOf  incident.Seq `json:"as_of" doc:"number of the last change that the figures know"`
}

func (s *Server) listObjectives(_ context.Context, v Viewer, _ none) (ObjectiveList, error) {
	snapshot := s.desk.Live.Snapshot()
	return ObjectiveList{each(s.desk.Budgets(snapshot, v.Sight()), objectiveOf(snapshot, 5)), snapshot.AsOf()}, nil
}

func (s *Server) getObjective(_ context.Context, v Viewer, p IDParams) (Objective, error) {
	snapshot := s.desk.Live.Snapshot()
	b, err := s.desk.Budget(snapshot, incident.ID(p.ID), v.Sight())
	if err != nil {
		return Objective{}, err
	}
	return objectiveOf(snapshot, 500)(b), nil
}

func (s *Server) createObjective(ctx context.Context, v Viewer, _ none, body ObjectiveBody) (Objective, error) {
	return s.saveObjective(ctx, v, body.draft("", v.Name))
}

func (s *Server) putObjective(ctx context.Context, v Viewer, p IDParams, body ObjectiveBody) (Objective, error) {
	return s.saveObjective(ctx, v, body.draft(incident.ID(p.ID), v.Name))
}

func (s *Server) saveObjective(ctx context.Context, v Viewer, draft desk.ObjectiveDraft) (Objective, error) {
	draft.Sight = v.Sight()
	p, seq, err := s.desk.SaveObjective(ctx, draft)
	if err != nil {
		return Objective{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.getObjective(ctx, v, IDParams{string(p.ID)})
}

func (s *Server) deleteObjective(ctx context.Context, v Viewer, p IDParams) (Deleted, error) {
	seq, err := s.desk.RemovePolicy(ctx, incident.ID(p.ID), incident.ObjectivePolicy, v.Name)
	s.desk.Wait(ctx, seq)
	return Deleted{err == nil}, err
}

// exportOpenSLO answers with all objectives as OpenSLO has them.
func (s *Server) exportOpenSLO(c *gin.Context) {
	text, err := s.desk.ExportOpenSLO(s.desk.Live.Snapshot(), viewer(c).Sight())
	if err != nil {
		fail(c, s.desk.Log, err)
		return
	}
	c.Header("Content-Disposition", `attachment; filename="slo.yaml"`)
	c.Data(http.StatusOK, "application/yaml", text)
}

// importOpenSLO takes OpenSLO documents as the body, whatever type it says to have.
func (s *Server) importOpenSLO(c *gin.Context) {
	data, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, openslo.MaxSize))
	if err != nil {
		fail(c, s.desk.Log, &requestError{http.StatusRequestEntityTooLarge, "the body is too long or cannot be read"})
		return
	}
	out, seq, err := s.desk.ImportOpenSLO(c.Request.Context(), data, viewer(c).Name, viewer(c).Sight())
	if err != nil {
		fail(c, s.desk.Log, err)
		return
	}
	s.desk.Wait(c.Request.Context(), seq)
	c.JSON(http.StatusOK, out)
}

// ReliabilityParams ask how available a service was.
type ReliabilityParams struct {
	IDParams
	Range string `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q or prev_y; 30d when nothing is given"`
	From  string `query:"from" doc:"first day, month or instant"`
	To    string `query:"to" doc:"last day or month, or the instant behind the period"`
	TZ    string `query:"tz" doc:"zone of days and months; UTC when empty"`
}

func (s *Server) reliability(_ context.Context, v Viewer, p ReliabilityParams) (Reliability, error) {
	if p.Range == "" && p.From == "" && p.To == "" {
		p.Range = "30d"
	}
	q, err := s.question(values(p))
	if err != nil {
		return Reliability{}, err
	}
	if q.From.IsZero() {
		return Reliability{}, incident.Invalidf("from", "give a beginning; availability needs a length of time")
	}
	snapshot := s.desk.Live.Snapshot()
	known := snapshot.Services(v.Sight())
	if !slices.ContainsFunc(known, func(x incident.Service) bool { return x.ID == incident.ID(p.ID) }) {
		return Reliability{}, incident.ErrNotFound
	}
	return reliabilityOf(snapshot, snapshot.Reliability(incident.ID(p.ID), q.From, until(q.To, s.desk.Now()), s.desk.Now().UTC(), snapshot.Terms(), v.Sight())), nil
}

func until(to, now time.Time) time.Time {
	if to.IsZero() {
		return now.UTC()
	}
	return to
}

// TermsBody is what decides how impact is counted and priced.
type TermsBody struct {
	Weights      map[string]float64 `json:"weights" doc:"share of a service that is taken to be lost, by severity"`
	Sum          bool               `json:"sum" doc:"incidents at one time add up, to 1; false: the worst counts"`
	Dependencies []Dependency       `json:"dependencies"`
	Rates        []Rate             `json:"rates"`
}

// Dependency is what one service needs.
type Dependency struct {
	Service string           `json:"service" doc:"name or id"`
	Needs   []desk.NeedNames `json:"needs" doc:"none takes back what was set"`
	Note    string           `json:"note,omitempty"`
}

// Rate is what a minute without a service costs.
type Rate struct {
	Service  string  `json:"service,omitempty" doc:"name or id; empty: services without a rate of their own"`
	Low      float64 `json:"low" doc:"per minute of full impact"`
	High     float64 `json:"high"`
	Currency string  `json:"currency" doc:"three letters, such as EUR"`
	Reason   string  `json:"reason" doc:"where the range comes from"`
	Removed  bool    `json:"removed,omitempty" doc:"takes the rate back"`
}

// Weights is how much an incident of each severity counts.
type Weights struct {
	Weights map[string]float64 `json:"weights" doc:"for each of SEV1 to SEV5 and unset, 0 to 1"`
	Sum     bool               `json:"sum,omitempty"`
	Note    string             `json:"note,omitempty"`
}

func (s *Server) terms(_ context.Context, v Viewer, _ none) (TermsBody, error) {
	snapshot := s.desk.Live.Snapshot()
	t := snapshot.Terms()
	visible := map[incident.ID]bool{"": true}
	for _, x := range snapshot.Services(v.Sight()) {
		visible[x.ID] = true
	}
	out := TermsBody{Weights: t.Weights.Shares, Sum: t.Weights.Sum, Dependencies: []Dependency{}, Rates: []Rate{}}
	for _, d := range t.Dependencies {
		if visible[d.Service] {
			out.Dependencies = append(out.Dependencies, Dependency{Service: snapshot.Name(d.Service), Needs: needNames(snapshot, d, visible)})
		}
	}
	for _, r := range t.Rates {
		if visible[r.Service] {
			out.Rates = append(out.Rates, Rate{Service: snapshot.Name(r.Service), Low: r.Low, High: r.High, Currency: r.Currency, Reason: r.Reason})
		}
	}
	return out, nil
}

func needNames(s *analytics.Snapshot, d incident.Dependencies, visible map[incident.ID]bool) []desk.NeedNames {
	return each(d.Needs, func(n incident.Needs) desk.NeedNames {
		out := desk.NeedNames{Any: n.Any, Services: []string{}}
		for _, id := range n.Services {
			if visible[id] {
				out.Services = append(out.Services, s.Name(id))
			}
		}
		return out
	})
}

func (s *Server) putWeights(ctx context.Context, v Viewer, _ none, body Weights) (TermsBody, error) {
	seq, err := s.desk.SaveWeights(ctx, incident.ImpactWeights{Shares: body.Weights, Sum: body.Sum}, body.Note, v.Name)
	return s.termsAfter(ctx, v, seq, err)
}

func (s *Server) putDependency(ctx context.Context, v Viewer, _ none, body Dependency) (TermsBody, error) {
	seq, err := s.desk.SaveDependencies(ctx, body.Service, body.Needs, body.Note, v.Name, v.Sight())
	return s.termsAfter(ctx, v, seq, err)
}

func (s *Server) putRate(ctx context.Context, v Viewer, _ none, body Rate) (TermsBody, error) {
	seq, err := s.desk.SaveRate(ctx, incident.CostRate{Low: body.Low, High: body.High, Currency: body.Currency, Reason: body.Reason}, body.Service, body.Removed, "", v.Name, v.Sight())
	return s.termsAfter(ctx, v, seq, err)
}

func (s *Server) termsAfter(ctx context.Context, v Viewer, seq incident.Seq, err error) (TermsBody, error) {
	if err != nil {
		return TermsBody{}, err
	}
	s.desk.Wait(ctx, seq)
	return s.terms(ctx, v, none{})
}

// objectiveOps are the operations about objectives and what lost time counts. GET and POST /slo.yaml are files and stand beside them.
func (s *Server) objectiveOps() []operation {
	return []operation{
		get("/slo", "Objectives and how their budgets stand", s.listObjectives),
		write(http.MethodPost, "/slo", "Add an objective", incident.Agree, http.StatusCreated, s.createObjective),
		get("/slo/{id}", "An objective: its budget, who spent it, alerts as of now", s.getObjective),
		write(http.MethodPut, "/slo/{id}", "Change an objective; the old version stays", incident.Agree, http.StatusOK, s.putObjective),
		remove("/slo/{id}", "Take an objective back", incident.Agree, s.deleteObjective),
		get("/services/{id}/reliability", "How available a service was, and what lost time cost", s.reliability),
		get("/terms", "Impact weights, dependencies and cost rates in force", s.terms),
		write(http.MethodPut, "/terms/weights", "Set the impact weights", incident.Agree, http.StatusOK, s.putWeights),
		write(http.MethodPut, "/terms/dependencies", "Set what a service needs", incident.Agree, http.StatusOK, s.putDependency),
		write(http.MethodPut, "/terms/rates", "Set what a minute costs", incident.Agree, http.StatusOK, s.putRate),
	}
}
