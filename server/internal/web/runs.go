package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

func (s *Server) run(r *request) (answer, error) {
	ctx := r.Request.Context()
	run, err := s.Store.Run(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	page := frontend.RunPage{Shell: r.shell("Import run", frontend.NavImports, importsCrumb), MayEdit: s.mayEdit(r)}
	page.Progress = s.progress(r, page.Shell, *run)
	conn, err := s.Store.Connection(ctx, run.Connection)
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return answer{}, err
	}
	if conn != nil {
		page.Connection = frontend.Link{Label: conn.Name, Path: frontend.ConnectionPath(conn.ID)}
		if page.Steps, err = s.runSteps(ctx, *conn, *run); err != nil {
			return answer{}, err
		}
	}
	letters, err := s.newestLetters(ctx, r, run.Connection, lettersLooked)
	for _, l := range letters {
		if l.Letter.Run == run.ID && len(page.Letters) < runsShown {
			page.Letters = append(page.Letters, l)
		}
	}
	return answer{page: page}, err
}

// runSteps are the steps of setting up, where the run is the last of them.
func (s *Server) runSteps(ctx context.Context, conn incident.Connection, run incident.Run) ([]frontend.SetupStep, error) {
	health, err := s.Store.Health(ctx, conn.ID)
	source, unknown := s.Source(conn.Source)
	if err != nil || unknown != nil || run.Via != "poll" || !health.PolledAt.IsZero() {
		return nil, err
	}
	return stepsOf(source, conn.ID, "begin"), nil
}

func (s *Server) runProgress(r *request) (answer, error) {
	run, err := s.Store.Run(r.Request.Context(), incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	if run.State.Done() {
		r.Header("HX-Refresh", "true") // the whole page now has more to say: what was rejected, and where to go on
	}
	return show(s.progress(r, r.shell("Import run", frontend.NavImports), *run))
}

// progress estimates what is left from the pace so far.
func (s *Server) progress(r *request, shell frontend.Shell, run incident.Run) frontend.RunProgress {
	if may, err := s.MayReadWarnings(r.Request.Context(), run.Connection, r.viewer.May(incident.Import), r.viewer.Sight()); err != nil || !may {
		run.Warnings = nil // they quote values, which may be of private records
		if run.State == incident.RunFailed {
			run.Message = "The import failed; who may import and sees all of its incidents sees why."
		}
	}
	p := frontend.RunProgress{Shell: shell, Run: run, MayEdit: s.mayEdit(r), Network: slices.Contains([]string{"poll", "reconcile", "push"}, run.Via)}
	spent := s.Now().Sub(run.StartedAt)
	if run.State == incident.RunRunning && run.Read > 0 && spent > 0 {
		p.PerHour = int64(float64(run.Read) / spent.Hours())
		if run.Total > run.Read {
			p.Left = time.Duration(float64(spent) * float64(run.Total-run.Read) / float64(run.Read))
		}
	}
	return p
}

func (s *Server) cancelRun(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	err := s.Cancel(r.Request.Context(), id)
	if errors.Is(err, incident.ErrConflict) {
		return goTo(frontend.RunPath(id), frontend.Flash{Kind: frontend.Notice, Text: "The run had ended already."})
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.RunPath(id), frontend.Flash{Kind: frontend.Done, Text: "The run is stopped. What is in stays."})
}
