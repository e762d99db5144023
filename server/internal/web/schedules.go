package web

import (
	"cmp"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports/draw"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/edition"
)

const (
	schedulesPath   = "/reports/schedules"
	reportRunsShown = 50
)

var reportsCrumb = frontend.Link{Label: "Reports", Path: reportsPath}

func (s *Server) scheduled() *edition.Schedules {
	return &edition.Schedules{Desk: s.Desk, Engine: func() (*draw.Engine, error) { return s.draw, nil }}
}

// keeper is who asks; nobody keeps anything without an account of their own.
func (r *request) keeper() edition.Keeper {
	return edition.Keeper{User: r.viewer.User, Name: r.viewer.Name, All: r.viewer.May(incident.Administer)}
}

func (s *Server) schedules(r *request) (answer, error) {
	fresh := incident.ReportSchedule{Kind: r.Query("report"), Formats: []string{"pdf", "xlsx"}, Zone: r.zone().String(), Every: incident.EveryMonth, On: 1, Minute: 8 * 60}
	asked := r.Request.URL.Query()
	for _, name := range []string{"report", "range", "from", "to", "tz", "at"} {
		asked.Del(name)
	}
	fresh.Question = asked.Encode()
	page, err := s.schedulesPage(r, fresh, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) schedulesPage(r *request, fresh incident.ReportSchedule, form frontend.Form) (frontend.SchedulesPage, error) {
	page := frontend.SchedulesPage{Shell: r.shell("Scheduled reports", frontend.NavReports, reportsCrumb)}
	var err error
	if page.Schedules, err = s.scheduled().List(r.Request.Context(), r.keeper()); err != nil {
		return page, err
	}
	page.Fields, err = s.scheduleFields(r, fresh, form)
	return page, err
}

func (s *Server) scheduleFields(r *request, of incident.ReportSchedule, form frontend.Form) (frontend.ScheduleFields, error) {
	f := frontend.ScheduleFields{Schedule: of, Zones: zones, Mail: s.Mail != nil, Form: form}
	for _, k := range ready() {
		f.Kinds = append(f.Kinds, frontend.Choice{Value: k.ID, Label: k.Title})
	}
	for _, x := range edition.Formats {
		f.Formats = append(f.Formats, frontend.Choice{Value: x, Label: formatNames[x]})
	}
	var err error
	f.Channels, err = s.Store.Channels(r.Request.Context())
	return f, err
}

func (s *Server) schedule(r *request) (answer, error) {
	of, err := s.scheduled().Get(r.Request.Context(), incident.ID(r.Param("id")), r.keeper())
	if err != nil {
		return answer{}, err
	}
	page, err := s.schedulePage(r, of, frontend.Form{})
	return answer{page: page}, err
}

func (s *Server) schedulePage(r *request, of incident.ReportSchedule, form frontend.Form) (frontend.SchedulePage, error) {
	page := frontend.SchedulePage{Shell: r.shell(of.Name, frontend.NavReports, reportsCrumb, frontend.Link{Label: "Scheduled reports", Path: schedulesPath}), Schedule: of}
	var err error
	if page.Runs, err = s.Store.ReportRuns(r.Request.Context(), of.ID, r.viewer.Sight(), 0, reportRunsShown); err != nil {
		return page, err
	}
	page.Fields, err = s.scheduleFields(r, of, form)
	return page, err
}

// saveSchedule makes a schedule, or changes the one that the address names.
func (s *Server) saveSchedule(r *request) (answer, error) {
	if r.viewer.User == "" {
		return answer{}, errForbidden
	}
	ctx, id := r.Request.Context(), incident.ID(r.Param("id"))
	x, err := scheduleOf(r)
	if x.ID = id; err == nil {
		x, err = s.scheduled().Save(ctx, x, r.keeper())
	}
	if errors.Is(err, incident.ErrInvalid) {
		form := formOf(r.Request.PostForm, err)
		if id == "" {
			page, err := s.schedulesPage(r, x, form)
			if err != nil {
				return answer{}, err
			}
			return again(page)
		}
		was, err := s.scheduled().Get(ctx, id, r.keeper())
		if err != nil {
			return answer{}, err
		}
		page, err := s.schedulePage(r, was, form)
		if err != nil {
			return answer{}, err
		}
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	text := "Saved. It is sent " + frontend.ScheduleTimes(x) + "."
	if x.Paused {
		text = "Saved. It is still paused."
	}
	return goTo(schedulesPath+"/"+url.PathEscape(string(x.ID)), frontend.Flash{Kind: frontend.Done, Text: text})
}

// scheduleOf reads the form of a schedule.
func scheduleOf(r *request) (incident.ReportSchedule, error) {
	x := incident.ReportSchedule{Name: r.PostForm("name"), Kind: r.PostForm("kind"), Question: r.PostForm("question"), Formats: r.PostFormArray("format"), Every: incident.ReportEvery(r.PostForm("every")),
		Zone: strings.TrimSpace(r.PostForm("tz")), OnlyChanged: r.PostForm("only_changed") != "", To: strings.Fields(r.PostForm("to"))}
	for _, id := range r.PostFormArray("channel") {
		x.Channels = append(x.Channels, incident.ID(id))
	}
	var err error
	if x.Version, err = strconv.Atoi(cmp.Or(r.PostForm("version"), "0")); err != nil {
		return x, incident.Invalidf("version", "load the page anew")
	}
	if on := strings.TrimSpace(r.PostForm("on")); on != "" && x.Every != incident.EveryDay {
		if x.On, err = strconv.Atoi(on); err != nil {
			return x, incident.Invalidf("on", "give a number")
		}
	}
	at, err := time.Parse("15:04", strings.TrimSpace(r.PostForm("at")))
	if err != nil {
		return x, incident.Invalidf("at", "give a time of day such as 08:00")
	}
	x.Minute = at.Hour()*60 + at.Minute()
	return x, nil
}

// runSchedule makes and sends a report at once.
func (s *Server) runSchedule(r *request) (answer, error) {
	run, err := s.scheduled().RunNow(r.Request.Context(), incident.ID(r.Param("id")), r.keeper())
	var invalid *incident.FieldError
	if errors.As(err, &invalid) {
		return goTo(schedulesPath+"/"+url.PathEscape(r.Param("id")), frontend.Flash{Kind: frontend.Fail, Text: "It could not be made: " + invalid.Message + "."})
	}
	if err != nil {
		return answer{}, err
	}
	return goTo(desk.ReportRunsPath+string(run.ID), frontend.Flash{Kind: frontend.Done, Text: "Made. It is sent to all its recipients within seconds."})
}

func (s *Server) pauseSchedule(r *request) (answer, error) {
	paused := r.PostForm("paused") != "false"
	if err := s.scheduled().Pause(r.Request.Context(), incident.ID(r.Param("id")), paused, r.keeper()); err != nil {
		return answer{}, err
	}
	text := "It goes on."
	if paused {
		text = "Paused: nothing is sent until it goes on."
	}
	return goTo(schedulesPath+"/"+url.PathEscape(r.Param("id")), frontend.Flash{Kind: frontend.Done, Text: text})
}

func (s *Server) removeSchedule(r *request) (answer, error) {
	if err := s.scheduled().Remove(r.Request.Context(), incident.ID(r.Param("id")), r.keeper()); err != nil {
		return answer{}, err
	}
	return goTo(schedulesPath, frontend.Flash{Kind: frontend.Done, Text: "The schedule is removed, and what was kept of its reports."})
}

func (s *Server) reportRun(r *request) (answer, error) {
	run, err := s.Store.ReportRun(r.Request.Context(), incident.ID(r.Param("id")), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	return show(frontend.ReportRunPage{Shell: r.shell(run.Title, frontend.NavReports, reportsCrumb, frontend.Link{Label: "Scheduled reports", Path: schedulesPath}), Run: *run})
}

func (s *Server) reportRunFile(r *request) (answer, error) {
	f, err := s.ReportFile(r.Request.Context(), incident.ID(r.Param("id")), r.Param("name"), r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	return answer{file: &file{name: f.Name, contentType: f.Type, body: f.Body, rows: -1}}, nil
}
