package web

import (
	"errors"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// beginForm is the last step: from when on to read, and whether to follow.
func (s *Server) beginForm(r *request) (answer, error) {
	j, err := s.remote(r)
	if err == nil && j.source.API == nil {
		err = incident.ErrNotFound
	}
	if err != nil {
		return answer{}, err
	}
	page := s.beginPage(r, j, frontend.Form{Values: r.Request.URL.Query()})
	if page.Steps != nil {
		err = s.estimate(r, j, &page)
	}
	return answer{page: page}, err
}

// estimate says what reading from the day on the form takes. A day that is none is said to be so.
func (s *Server) estimate(r *request, j joint, page *frontend.BeginPage) error {
	day, err := s.day(r, page.Form.Value("since", page.Since))
	if errors.Is(err, incident.ErrInvalid) {
		page.Form = formOf(page.Form.Values, err)
		return nil
	}
	if err != nil {
		return err
	}
	b, err := s.Backfill(r.Request.Context(), j.conn, day)
	page.Estimate = &frontend.Estimate{Summary: b.Summary, Reasons: b.Reasons}
	return err
}

func (s *Server) beginPage(r *request, j joint, form frontend.Form) frontend.BeginPage {
	page := frontend.BeginPage{Shell: r.shell("Import", frontend.NavImports, j.crumbs()...), Connection: j.conn, Source: j.card(), Steps: j.steps("begin"),
		Follow: form.Value("follow", "yes") == "yes", Every: jobs.PollEvery, Form: form}
	if page.Steps != nil {
		page.Since = s.Now().In(r.zone()).AddDate(-2, 0, 0).Format(time.DateOnly)
	}
	return page
}

// startRun is the last step: an upload is imported, or the source is read over the network.
func (s *Server) startRun(r *request) (answer, error) {
	j, err := s.joint(r)
	if err != nil {
		return answer{}, err
	}
	upload := r.uploadOf()
	if j.source.API != nil && upload == "" {
		return s.poll(r, j)
	}
	if upload == "" {
		return s.withoutUpload(r, j.conn, incident.ErrNotFound)
	}
	run, err := s.StartUpload(r.Request.Context(), j.conn, upload, r.viewer.Name)
	if err != nil {
		return s.withoutUpload(r, j.conn, err)
	}
	return goTo(frontend.RunPath(run.ID), frontend.Flash{})
}

// poll starts a run over the network. A form of the last step also says from when on, and whether to follow. Asked
// twice, it starts one run.
func (s *Server) poll(r *request, j joint) (answer, error) {
	ctx := r.Request.Context()
	for _, run := range j.runs {
		if run.Via == "poll" && !run.State.Done() {
			return goTo(frontend.RunPath(run.ID), frontend.Flash{Kind: frontend.Notice, Text: "This run was going on already."})
		}
	}
	since, err := s.since(r, j)
	if errors.Is(err, incident.ErrInvalid) {
		return again(s.beginPage(r, j, formOf(r.Request.PostForm, err)))
	}
	if err != nil {
		return answer{}, err
	}
	if follow := r.PostForm("follow"); follow != "" {
		if err := s.SetFollow(ctx, j.conn.ID, follow == "yes"); err != nil {
			return answer{}, err
		}
	}
	run, err := s.Poll(ctx, j.conn, since, time.Time{}, r.viewer.Name)
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.RunPath(run.ID), frontend.Flash{})
}

// since reads the day from which on to read; zero when the form asks for none.
func (s *Server) since(r *request, j joint) (time.Time, error) {
	text := strings.TrimSpace(r.PostForm("since"))
	if text == "" {
		if r.PostForm("begin") != "" && j.ready() {
			return time.Time{}, incident.Invalidf("since", "say from which day on to read again")
		}
		return time.Time{}, nil
	}
	return s.day(r, text)
}

// day reads a day in the past, in the reader's zone; zero for none.
func (s *Server) day(r *request, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, r.zone())
	if err != nil || day.Year() < 1970 || day.After(s.Now()) {
		return time.Time{}, incident.Invalidf("since", "%q is not a day in the past such as 2026-01-31", text)
	}
	return day.UTC(), nil
}

// follow lets a connection follow its source by itself, or not.
func (s *Server) follow(r *request) (answer, error) {
	on := r.PostForm("on") == "yes"
	text := "It is read only when somebody asks for it."
	if on {
		text = "It follows its source by itself."
	}
	return s.fared(r, text, func(id incident.ID) error { return s.SetFollow(r.Request.Context(), id, on) })
}

func (s *Server) pause(r *request) (answer, error) {
	return s.fared(r, "It is paused. Nothing is read until you resume.", func(id incident.ID) error { return s.Pause(r.Request.Context(), id, r.viewer.Name) })
}

// resume lets polls go on that were paused. Whether the connection follows by itself stays as it was.
func (s *Server) resume(r *request) (answer, error) {
	j, err := s.remote(r)
	if err != nil {
		return answer{}, err
	}
	return s.fared(r, "It goes on.", func(id incident.ID) error { return s.SetFollow(r.Request.Context(), id, j.conn.Follow) })
}

// fared changes how a connection is read and shows it.
func (s *Server) fared(r *request, done string, do func(incident.ID) error) (answer, error) {
	j, err := s.remote(r)
	if err == nil {
		err = do(j.conn.ID)
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(frontend.ConnectionPath(j.conn.ID), frontend.Flash{Kind: frontend.Done, Text: done})
}
