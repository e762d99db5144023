package web

import (
	"context"
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
	get, post := s.getting(r), s.posting(r)
	s.connectRoutes(r)

	get(startPath, incident.Read, s.start)
	post("/setup/sample", incident.Import, s.loadSample)
	post("/setup/sample/remove", incident.Import, s.removeSample)

	get("/imports", incident.Read, s.imports)
	get("/imports/new", incident.Import, s.sources)
	get("/imports/new/:source", incident.Import, s.uploadForm)
	post("/imports/new/:source", incident.Import, s.upload)
	get("/imports/:id", incident.Read, s.connection)
	get("/imports/:id/map", incident.Import, s.mapForm)
	post("/imports/:id/map", incident.Import, s.saveMapping)
	get("/imports/:id/preview", incident.Import, s.preview)
	post("/imports/:id/runs", incident.Import, s.startRun)
	get("/imports/:id/forecast", incident.Import, s.forecast)
	post("/imports/:id/remap", incident.Import, s.remap)
	post("/imports/:id/retry", incident.Import, s.again("retry"))
	post("/imports/:id/name", incident.Import, s.renameConnection)
	post("/imports/:id/remove", incident.Administer, s.removeConnection)
	get("/imports/runs/:id", incident.Read, s.run)
	get("/imports/runs/:id/progress", incident.Read, s.runProgress)
	post("/imports/runs/:id/cancel", incident.Import, s.cancelRun)
	get("/imports/letters", incident.Import, s.letters)
	get("/imports/letters.csv", incident.Import, s.exportLetters)
	post("/imports/letters/:id/retry", incident.Import, s.retryLetter)
	post("/imports/letters/:id/discard", incident.Import, s.discardLetter)
}

// connectRoutes registers the steps of connecting a source over the network, and what is changed of it later.
func (s *Server) connectRoutes(r gin.IRouter) {
	get, post := s.getting(r), s.posting(r, bounded)

	get("/imports/:id/settings", incident.Import, s.settingsForm)
	post("/imports/:id/settings", incident.Import, s.saveSettings)
	get("/imports/:id/test", incident.Import, s.test)
	get("/imports/:id/words", incident.Import, s.wordsForm)
	post("/imports/:id/words", incident.Import, s.saveWords)
	get("/imports/:id/begin", incident.Import, s.beginForm)
	get("/imports/:id/webhook", incident.Import, s.webhookForm)
	post("/imports/:id/webhook", incident.Import, s.addWebhookSecret)
	post("/imports/:id/webhook/drop", incident.Import, s.dropWebhookSecret)
	post("/imports/:id/follow", incident.Import, s.follow)
	post("/imports/:id/pause", incident.Import, s.pause)
	post("/imports/:id/resume", incident.Import, s.resume)
}

func (s *Server) mayEdit(r *request) bool { return r.viewer.MayChange(incident.Import) }

func (s *Server) imports(r *request) (answer, error) {
	ctx := r.Request.Context()
	page := frontend.ImportsPage{Shell: r.shell("Imports", frontend.NavImports), MayEdit: s.mayEdit(r)}
	var err error
	if page.Connections, err = s.connectionRowsFor(ctx, r.viewer.Sight()); err != nil {
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
	if !r.viewer.May(incident.Import) {
		return nil, nil
	}
	letters, err := s.lettersAt(ctx, r, connection, "", limit)
	if err != nil {
		return nil, err
	}
	return s.letterRows(ctx, letters)
}

// connectionRows are all connections and their health, for everybody: private incidents are not counted.
func (s *Server) connectionRows(ctx context.Context) ([]frontend.ConnectionRow, error) {
	return s.connectionRowsFor(ctx, incident.Sight{})
}

func (s *Server) connectionRowsFor(ctx context.Context, sight incident.Sight) ([]frontend.ConnectionRow, error) {
	all, err := s.Store.Connections(ctx)
	if err != nil {
		return nil, err
	}
	tallies, err := s.Store.Tallies(ctx)
	if err != nil {
		return nil, err
	}
	healths, err := s.Store.Healths(ctx)
	if err != nil {
		return nil, err
	}
	var out []frontend.ConnectionRow
	for _, conn := range all {
		row, err := s.connectionRow(ctx, conn, tallies[conn.ID], healths[conn.ID], sight)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *Server) connectionRow(ctx context.Context, conn incident.Connection, tally incident.Tally, h incident.Health, sight incident.Sight) (frontend.ConnectionRow, error) {
	row := frontend.ConnectionRow{Connection: conn, Title: conn.Source, Waiting: tally.Waiting, Changes: tally.Changes, Shifts: tally.Shifts}
	if source, err := s.Source(conn.Source); err == nil {
		row.Title = source.Title
	}
	newest, total, _, err := s.Store.Page(ctx, incident.Filter{Connections: []incident.ID{conn.ID}, Sight: sight, Sort: incident.NewestFirst, Limit: 1})
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
	row.Health, row.Says = health(row, h, s.Now())
	return row, err
}

// late is how many polls may be missed before a connection that follows its source needs a look.
const late = 12

// health judges a connection by its last run, how it is followed, and what waits.
func health(row frontend.ConnectionRow, h incident.Health, now time.Time) (frontend.Health, string) {
	last := row.Last
	switch {
	case !h.PausedAt.IsZero():
		return frontend.Broken, "not polled: " + h.PauseReason
	case last == nil && h.HeardAt.IsZero():
		return frontend.Silent, ""
	case last == nil:
		return frontend.Healthy, ""
	case last.State == incident.RunFailed:
		return frontend.Broken, last.Message
	case last.State == incident.RunQueued && now.Sub(last.StartedAt) > jobs.Stuck:
		return frontend.Ailing, "it waits for its turn since " + incident.FormatDuration(now.Sub(last.StartedAt))
	case !last.State.Done() && !last.ResumesAt.IsZero():
		return frontend.Healthy, "its source has sent us away; the run resumes " + last.ResumesAt.Format("at 15:04 UTC")
	case !last.State.Done():
		return frontend.Healthy, "importing now"
	case last.State == incident.RunCanceled:
		return frontend.Ailing, "the last run was stopped"
	case row.Connection.Follow && !h.PolledAt.IsZero() && now.Sub(h.PolledAt) > late*jobs.PollEvery:
		return frontend.Ailing, "no poll has ended for " + incident.FormatDuration(now.Sub(h.PolledAt))
	case row.Waiting > 0:
		return frontend.Ailing, "some records could not be imported"
	}
	return frontend.Healthy, ""
}
