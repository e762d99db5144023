package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

const (
	importsPath  = "/imports"
	runsShown    = 20
	coverageOver = 1000 // newest incidents of a connection that its coverage is counted over
)

var importsCrumb = frontend.Link{Label: "Imports", Path: importsPath}

// importRoutes registers the pages about imports. Dead letters hold raw text, which may be private.
func (s *Server) importRoutes(r gin.IRouter) {
	get := func(path string, needs incident.Role, h handler) { r.GET(path, s.handle(needs, h)) }
	post := func(path string, needs incident.Role, h handler) { r.POST(path, s.handle(needs, h)) }

	get(startPath, incident.Viewer, s.start)
	post("/setup/sample", incident.Editor, s.loadSample)
	post("/setup/sample/remove", incident.Editor, s.removeSample)

	get("/imports", incident.Viewer, s.imports)
	get("/imports/new", incident.Editor, s.sources)
	get("/imports/new/:source", incident.Editor, s.uploadForm)
	post("/imports/new/:source", incident.Editor, s.upload)
	get("/imports/:id", incident.Viewer, s.connection)
	get("/imports/:id/map", incident.Editor, s.mapForm)
	post("/imports/:id/map", incident.Editor, s.saveMapping)
	get("/imports/:id/preview", incident.Editor, s.preview)
	post("/imports/:id/runs", incident.Editor, s.startRun)
	post("/imports/:id/remap", incident.Editor, s.again("remap"))
	post("/imports/:id/retry", incident.Editor, s.again("retry"))
	post("/imports/:id/remove", incident.Admin, s.removeConnection)
	get("/imports/runs/:id", incident.Viewer, s.run)
	get("/imports/runs/:id/progress", incident.Viewer, s.runProgress)
	post("/imports/runs/:id/cancel", incident.Editor, s.cancelRun)
	get("/imports/letters", incident.Editor, s.letters)
	get("/imports/letters.csv", incident.Editor, s.exportLetters)
	post("/imports/letters/:id/retry", incident.Editor, s.retryLetter)
	post("/imports/letters/:id/discard", incident.Editor, s.discardLetter)
}

func (s *Server) mayEdit(r *request) bool { return r.viewer.Role.Can(incident.Editor) && !s.Demo }

func (s *Server) imports(r *request) (answer, error) {
	ctx := r.Request.Context()
	page := frontend.ImportsPage{Shell: r.shell("Imports", frontend.NavImports), MayEdit: s.mayEdit(r)}
	var err error
	if page.Connections, err = s.connectionRowsFor(ctx, r.viewer.Private()); err != nil {
		return answer{}, err
	}
	names := map[incident.ID]frontend.Link{}
	for _, c := range page.Connections {
		page.Waiting += c.Waiting
		names[c.Connection.ID] = frontend.Link{Label: c.Connection.Name, Path: frontend.ConnectionPath(c.Connection.ID)}
	}
	runs, err := s.Store.Runs(ctx, "", runsShown)
	if err != nil {
		return answer{}, err
	}
	page.Runs = each(runs, func(run incident.Run) frontend.RunRow {
		return frontend.RunRow{Run: run, Connection: names[run.Connection]}
	})
	if page.Letters, err = s.newestLetters(ctx, r, "", 5); err != nil {
		return answer{}, err
	}
	page.Samples, err = s.samples(ctx)
	return answer{page: page}, err
}

// newestLetters are shown to those who may see raw text.
func (s *Server) newestLetters(ctx context.Context, r *request, connection incident.ID, limit int) ([]frontend.LetterRow, error) {
	if !r.viewer.Role.Can(incident.Editor) {
		return nil, nil
	}
	letters, err := s.Store.DeadLetters(ctx, connection, limit)
	if err != nil {
		return nil, err
	}
	return s.letterRows(ctx, letters)
}

// connectionRows are all connections and their health, for everybody: private incidents are not counted.
func (s *Server) connectionRows(ctx context.Context) ([]frontend.ConnectionRow, error) {
	return s.connectionRowsFor(ctx, false)
}

func (s *Server) connectionRowsFor(ctx context.Context, private bool) ([]frontend.ConnectionRow, error) {
	all, err := s.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	tallies, err := s.Store.Tallies(ctx)
	if err != nil {
		return nil, err
	}
	var out []frontend.ConnectionRow
	for _, conn := range all {
		row, err := s.connectionRow(ctx, conn, tallies[conn.ID], private)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *Server) connectionRow(ctx context.Context, conn incident.Connection, tally incident.Tally, private bool) (frontend.ConnectionRow, error) {
	row := frontend.ConnectionRow{Connection: conn, Title: conn.Source, Waiting: tally.Waiting}
	if source, err := s.Source(conn.Source); err == nil {
		row.Title = source.Title
	}
	newest, total, _, err := s.Store.Page(ctx, incident.Filter{Connections: []incident.ID{conn.ID}, Private: private, Sort: incident.NewestFirst, Limit: 1})
	if err != nil {
		return row, err
	}
	row.Incidents = total
	if len(newest) > 0 {
		row.Newest = newest[0].StartedAt()
	}
	runs, err := s.Store.Runs(ctx, conn.ID, 1)
	if len(runs) > 0 {
		row.Last = &runs[0]
	}
	row.Health, row.Says = health(row, s.Now())
	return row, err
}

// health judges a connection by its last run and what waits.
func health(row frontend.ConnectionRow, now time.Time) (frontend.Health, string) {
	last := row.Last
	switch {
	case last == nil:
		return frontend.Silent, ""
	case last.State == incident.RunFailed:
		return frontend.Broken, last.Message
	case last.State == incident.RunQueued && now.Sub(last.StartedAt) > jobs.Stuck:
		return frontend.Ailing, "it waits for its turn since " + incident.FormatDuration(now.Sub(last.StartedAt))
	case !last.State.Done():
		return frontend.Healthy, "importing now"
	case last.State == incident.RunCanceled:
		return frontend.Ailing, "the last run was stopped"
	case row.Waiting > 0:
		return frontend.Ailing, "some records could not be imported"
	}
	return frontend.Healthy, ""
}

func (s *Server) connection(r *request) (answer, error) {
	page, err := s.connectionPage(r, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) connectionPage(r *request, form frontend.Form) (frontend.ConnectionPage, error) {
	ctx := r.Request.Context()
	conn, err := s.Store.Connection(ctx, incident.ID(r.Param("id")))
	if err != nil {
		return frontend.ConnectionPage{}, err
	}
	source, err := s.Source(conn.Source)
	if err != nil {
		return frontend.ConnectionPage{}, err
	}
	tallies, err := s.Store.Tallies(ctx)
	if err != nil {
		return frontend.ConnectionPage{}, err
	}
	page := frontend.ConnectionPage{Shell: r.shell(conn.Name, frontend.NavImports, importsCrumb), Source: sourceCard(source), Upload: source.File,
		Records: tallies[conn.ID].Records, Form: form, MayEdit: s.mayEdit(r)}
	if page.Row, err = s.connectionRow(ctx, *conn, tallies[conn.ID], r.viewer.Private()); err != nil {
		return page, err
	}
	if page.Runs, err = s.Store.Runs(ctx, conn.ID, runsShown); err != nil {
		return page, err
	}
	if page.Letters, err = s.newestLetters(ctx, r, conn.ID, 10); err != nil {
		return page, err
	}
	page.Coverage, err = s.coverage(ctx, conn.ID, r.viewer.Private())
	return page, err
}

// coverage counts in how many incidents of a connection, the newest ones, each fact is known.
func (s *Server) coverage(ctx context.Context, connection incident.ID, private bool) ([]frontend.Coverage, error) {
	facts := coverageFacts()
	out := each(facts, func(f fact) frontend.Coverage { return frontend.Coverage{Label: f.label} })
	n := 0
	for inc, err := range s.Store.Incidents(ctx, incident.Filter{Connections: []incident.ID{connection}, Private: private, Limit: coverageOver}) {
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

// removeConnection asks for the connection's name, since what people wrote about its incidents goes with it.
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
	}
	letters, err := s.newestLetters(ctx, r, run.Connection, lettersLooked)
	for _, l := range letters {
		if l.Letter.Run == run.ID && len(page.Letters) < runsShown {
			page.Letters = append(page.Letters, l)
		}
	}
	return answer{page: page}, err
}

func (s *Server) runProgress(r *request) (answer, error) {
	run, err := s.Store.Run(r.Request.Context(), incident.ID(r.Param("id")))
	if err != nil {
		return answer{}, err
	}
	return show(s.progress(r, r.shell("Import run", frontend.NavImports), *run))
}

// progress estimates what is left from the pace so far.
func (s *Server) progress(r *request, shell frontend.Shell, run incident.Run) frontend.RunProgress {
	p := frontend.RunProgress{Shell: shell, Run: run, MayEdit: s.mayEdit(r)}
	if run.State == incident.RunRunning && run.Read > 0 && run.Total > run.Read {
		spent := s.Now().Sub(run.StartedAt)
		p.Left = time.Duration(float64(spent) * float64(run.Total-run.Read) / float64(run.Read))
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
