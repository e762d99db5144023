package api

import (
	"context"
	"net/http"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// ContractParams name a contract, and the period of its figures.
type ContractParams struct {
	ID      string `path:"id"`
	Version int    `query:"version" doc:"an older version of the contract, counted in the calendars as they were when it was replaced"`
	Range   string `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"`
	From    string `query:"from" doc:"first day, month or instant"`
	To      string `query:"to" doc:"last day or month, or the instant behind the period"`
}

// FiguresParams are the period of figures.
type FiguresParams struct {
	Range string `query:"range" doc:"30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y or all"`
	From  string `query:"from" doc:"first day, month or instant"`
	To    string `query:"to" doc:"last day or month, or the instant behind the period"`
}

// ContractBody is a version of a contract as somebody wants it.
type ContractBody struct {
	Name     string            `json:"name"`
	Version  int               `json:"version,omitempty" doc:"the newest version that you know; 0: whichever it is"`
	Note     string            `json:"note,omitempty" doc:"why"`
	Contract incident.Contract `json:"contract"`
}

// CalendarBody is a version of a calendar as somebody wants it.
type CalendarBody struct {
	Name     string            `json:"name"`
	Version  int               `json:"version,omitempty" doc:"the newest version that you know; 0: whichever it is"`
	Note     string            `json:"note,omitempty" doc:"why"`
	Calendar incident.Calendar `json:"calendar"`
}

// ContractList is all contracts in force, by name.
type ContractList struct {
	Items []desk.ContractStanding `json:"items"`
}

// CalendarList is all calendars in force, by name.
type CalendarList struct {
	Items []desk.StoredCalendar `json:"items"`
}

// Saved says which version of what was saved.
type Saved struct {
	ID      incident.ID `json:"id"`
	Version int         `json:"version"`
}

// period answers for the whole record where p asks for no period.
func (s *Server) period(ctx context.Context, v Viewer, p any) (analytics.Query, error) {
	given := values(p)
	given.Del("version")
	q, err := s.question(given)
	if err != nil {
		return analytics.Query{}, err
	}
	return s.desk.Figures(ctx, q, v.Sight())
}

func (s *Server) listContracts(ctx context.Context, v Viewer, p FiguresParams) (ContractList, error) {
	q, err := s.period(ctx, v, p)
	if err != nil {
		return ContractList{}, err
	}
	return ContractList{desk.Contracts(s.desk.Live.Snapshot(), q)}, nil
}

func (s *Server) getContract(ctx context.Context, v Viewer, p ContractParams) (desk.ContractStanding, error) {
	q, err := s.period(ctx, v, p)
	if err != nil {
		return desk.ContractStanding{}, err
	}
	return s.desk.Contract(ctx, incident.ID(p.ID), p.Version, q)
}

func (s *Server) saveContract(ctx context.Context, v Viewer, id string, b ContractBody) (Saved, error) {
	p, seq, err := s.desk.SaveContract(ctx, desk.PolicyChange{ID: incident.ID(id), Version: b.Version, Name: b.Name, Note: b.Note, By: v.Name}, b.Contract)
	if err == nil {
		s.desk.Wait(ctx, seq)
	}
	return Saved{p.ID, p.Version}, err
}

func (s *Server) createContract(ctx context.Context, v Viewer, _ none, b ContractBody) (Saved, error) {
	return s.saveContract(ctx, v, "", b)
}

func (s *Server) changeContract(ctx context.Context, v Viewer, p IDParams, b ContractBody) (Saved, error) {
	return s.saveContract(ctx, v, p.ID, b)
}

func (s *Server) tryNewContract(ctx context.Context, v Viewer, p FiguresParams, b ContractBody) (desk.DryRun, error) {
	q, err := s.period(ctx, v, p)
	if err != nil {
		return desk.DryRun{}, err
	}
	return s.desk.TryContract(ctx, desk.PolicyChange{Name: b.Name, By: v.Name}, b.Contract, q)
}

func (s *Server) tryContract(ctx context.Context, v Viewer, p IDParams, b ContractBody) (desk.DryRun, error) {
	q, err := s.period(ctx, v, none{})
	if err != nil {
		return desk.DryRun{}, err
	}
	return s.desk.TryContract(ctx, desk.PolicyChange{ID: incident.ID(p.ID), Version: b.Version, Name: b.Name, By: v.Name}, b.Contract, q)
}

func (s *Server) removeContract(ctx context.Context, v Viewer, p IDParams) (Deleted, error) {
	seq, err := s.desk.RemovePolicy(ctx, incident.ID(p.ID), incident.ContractPolicy, v.Name)
	s.desk.Wait(ctx, seq)
	return Deleted{err == nil}, err
}

func (s *Server) listCalendars(ctx context.Context, _ Viewer, _ none) (CalendarList, error) {
	all, err := s.desk.Calendars(ctx)
	return CalendarList{all}, err
}

func (s *Server) getCalendar(ctx context.Context, _ Viewer, p IDParams) (desk.StoredCalendar, error) {
	return s.desk.Calendar(ctx, incident.ID(p.ID))
}

func (s *Server) saveCalendar(ctx context.Context, v Viewer, id string, b CalendarBody) (Saved, error) {
	p, seq, err := s.desk.SaveCalendar(ctx, desk.PolicyChange{ID: incident.ID(id), Version: b.Version, Name: b.Name, Note: b.Note, By: v.Name}, b.Calendar)
	if err == nil {
		s.desk.Wait(ctx, seq)
	}
	return Saved{p.ID, p.Version}, err
}

func (s *Server) createCalendar(ctx context.Context, v Viewer, _ none, b CalendarBody) (Saved, error) {
	return s.saveCalendar(ctx, v, "", b)
}

func (s *Server) changeCalendar(ctx context.Context, v Viewer, p IDParams, b CalendarBody) (Saved, error) {
	return s.saveCalendar(ctx, v, p.ID, b)
}

func (s *Server) tryCalendar(ctx context.Context, v Viewer, p IDParams, b CalendarBody) (desk.DryRun, error) {
	q, err := s.period(ctx, v, none{})
	if err != nil {
		return desk.DryRun{}, err
	}
	return s.desk.TryCalendar(ctx, incident.ID(p.ID), b.Calendar, q)
}

func (s *Server) removeCalendar(ctx context.Context, v Viewer, p IDParams) (Deleted, error) {
	seq, err := s.desk.RemovePolicy(ctx, incident.ID(p.ID), incident.CalendarPolicy, v.Name)
	s.desk.Wait(ctx, seq)
	return Deleted{err == nil}, err
}

// contractOps are the operations about contracts and the calendars that they count in.
func (s *Server) contractOps() []operation {
	return []operation{
		get("/contracts", "Contracts and how they are kept", s.listContracts),
		get("/contracts/{id}", "A contract: windows, breaches with evidence, at risk and breached now, versions", s.getContract),
		write(http.MethodPost, "/contracts", "Add a contract", incident.Agree, http.StatusCreated, s.createContract),
		write(http.MethodPost, "/contracts/dry-run", "What a new contract would say of what is on record", incident.Agree, http.StatusOK, s.tryNewContract),
		write(http.MethodPut, "/contracts/{id}", "Add a version of a contract", incident.Agree, http.StatusOK, s.changeContract),
		write(http.MethodPost, "/contracts/{id}/dry-run", "What a change of a contract would do to its figures", incident.Agree, http.StatusOK, s.tryContract),
		remove("/contracts/{id}", "Take a contract back; its versions stay", incident.Agree, s.removeContract),
		get("/calendars", "Calendars of business time", s.listCalendars),
		get("/calendars/{id}", "A calendar and its versions", s.getCalendar),
		write(http.MethodPost, "/calendars", "Add a calendar", incident.Agree, http.StatusCreated, s.createCalendar),
		write(http.MethodPut, "/calendars/{id}", "Add a version of a calendar", incident.Agree, http.StatusOK, s.changeCalendar),
		write(http.MethodPost, "/calendars/{id}/dry-run", "What a change of a calendar would do to the contracts that count in it", incident.Agree, http.StatusOK, s.tryCalendar),
		remove("/calendars/{id}", "Take a calendar back that no contract counts in; its versions stay", incident.Agree, s.removeCalendar),
	}
}
