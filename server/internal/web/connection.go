package web

import (
	"context"
	"errors"
	"net/http"

	"hindsight/frontend"
	"hindsight/incident"
)

func (s *Server) connection(r *request) (answer, error) {
	page, err := s.connectionPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) connectionPage(r *request, form frontend.Form) (frontend.ConnectionPage, error) {
	ctx := r.Request.Context()
	j, err := s.joint(r)
	if err != nil {
		return frontend.ConnectionPage{}, err
	}
	conn := j.conn
	tallies, err := s.Store.Tallies(ctx)
	if err != nil {
		return frontend.ConnectionPage{}, err
	}
	page := frontend.ConnectionPage{Shell: r.shell(conn.Name, frontend.NavImports, importsCrumb), Source: j.card(), Upload: j.source.File,
		Runs: j.runs, Continue: j.goesOn(), Fare: j.fare(), Form: form, MayEdit: s.mayEdit(r)}
	if r.viewer.Sight().All { // it counts the records of private incidents, too
		page.Records = tallies[conn.ID].Records
	}
	if page.Row, err = s.connectionRow(ctx, conn, tallies[conn.ID], j.health, r.viewer.Sight()); err != nil {
		return page, err
	}
	if remote(j.source) {
		if page.Versions, err = s.versions(r, conn); err != nil {
			return page, err
		}
	}
	if page.Letters, err = s.newestLetters(ctx, r, conn.ID, 10); err != nil {
		return page, err
	}
	page.Coverage, err = s.coverage(ctx, conn.ID, r.viewer.Sight())
	return page, err
}

// coverage counts in how many incidents of a connection, the newest ones, each fact is known.
func (s *Server) coverage(ctx context.Context, connection incident.ID, sight incident.Sight) ([]frontend.Coverage, error) {
	facts := coverageFacts()
	out := each(facts, func(f fact) frontend.Coverage { return frontend.Coverage{Label: f.label} })
	n := 0
	for inc, err := range s.Store.Incidents(ctx, incident.Filter{Connections: []incident.ID{connection}, Sight: sight, Limit: coverageOver}) {
		if err != nil {
			return nil, err
		}
		n++
		for i, f := range facts {
			if f.known(inc) {
				out[i].Have++
			}
		}
	}
	if n == 0 {
		return nil, nil
	}
	for i := range out {
		if out[i].Of = n; out[i].Have == 0 {
			out[i].Note = "no record says it"
		}
	}
	return out, nil
}

// fact is something that may be known of an incident.
type fact struct {
	label string
	known func(*incident.Incident) bool
}

func coverageFacts() []fact {
	var out []fact
	for _, name := range incident.MilestoneNames {
		out = append(out, fact{capital(milestoneWords([]incident.MilestoneName{name})),
			func(inc *incident.Incident) bool { return !inc.Milestones.At(name).IsZero() }})
	}
	return append(out,
		fact{"Severity", func(inc *incident.Incident) bool { return inc.Severity != incident.SevUnknown }},
		fact{"Status", func(inc *incident.Incident) bool { return inc.Status != incident.StatusUnknown }},
		fact{"Service", func(inc *incident.Incident) bool { return len(inc.Services) > 0 }},
		fact{"Team", func(inc *incident.Incident) bool { return inc.Team != "" }},
		fact{"People", func(inc *incident.Incident) bool { return len(inc.People) > 0 }},
		fact{"Description", func(inc *incident.Incident) bool { return inc.Description != "" }})
}

// again returns the handler that runs over the stored records of a connection: all, or those that were rejected.
func (s *Server) again(via string) handler {
	return func(r *request) (answer, error) {
		run, err := s.Again(r.Request.Context(), incident.ID(r.Param("id")), via, r.viewer.Name)
		if err != nil {
			return answer{}, err
		}
		return goTo(frontend.RunPath(run.ID), frontend.Flash{})
	}
}

// renameConnection gives a connection another name; what is wrong with the name is said beside it.
func (s *Server) renameConnection(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	conn, err := s.Rename(r.Request.Context(), id, r.PostForm("name"), r.viewer.Name)
	if errors.Is(err, incident.ErrInvalid) {
		page, failed := s.connectionPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, failed
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.ConnectionPath(id), frontend.Flash{Kind: frontend.Done, Text: "It is called " + conn.Name + " from now on."})
}

// removeConnection asks for the connection's name, since its incidents go out of every list and figure with it.
func (s *Server) removeConnection(r *request) (answer, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	if r.PostForm("confirm") != conn.Name {
		page, err := s.connectionPage(r, formOf(r.Request.PostForm, incident.Invalidf("confirm", "type %q to confirm; nothing was removed", conn.Name)))
		return answer{page: page, status: http.StatusUnprocessableEntity}, err
	}
	seq, err := s.Disconnect(ctx, conn.ID, "connection removed")
	if err != nil {
		return answer{}, err
	}
	s.Wait(ctx, seq)
	return goTo(importsPath, frontend.Flash{Kind: frontend.Done, Text: conn.Name + " is removed, with its incidents."})
}
