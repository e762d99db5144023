package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const durationsPath = "/durations"

func (s *Server) ownDurations(r *request) (answer, error) {
	page, err := s.durationsPage(r, frontend.Form{})
	return answer{page: page}, err
}

// durationsPage shows every duration that was defined here, or the one metric that is asked for.
func (s *Server) durationsPage(r *request, form frontend.Form) (frontend.NumbersPage, error) {
	page := frontend.NumbersPage{Shell: r.shell("Durations", frontend.NavHelp), Clear: durationsPath,
		Lede: "How long it takes from one moment of an incident to another, as it was agreed on here."}
	values := r.Request.URL.Query()
	if form.Values != nil {
		values = nil
	}
	q, err := query.Parse(values, s.Now())
	if err != nil {
		return page, err
	}
	page.Period, page.Chips = r.period(durationsPath, q, false), r.chips(durationsPath, q)
	a, err := s.Figures(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return page, err
	}
	snapshot := s.Live.Snapshot()
	all := snapshot.UserMetrics()
	if q.Metric != "" {
		m, err := snapshot.FindMetric(q.Metric)
		if err != nil {
			return page, err
		}
		all = []analytics.Metric{m}
	}
	for _, m := range all {
		page.Sections = append(page.Sections, durationSection(snapshot, a, m, q))
	}
	page.None = frontend.NoNumbers{Title: "No duration was defined here", Text: "Beside those that every installation measures, any span of two moments can be measured: from the first known of some to the first known of others."}
	if r.viewer.MayChange(incident.Write) {
		page.Define = &frontend.DefineDuration{Form: form}
		for _, c := range snapshot.Policies(incident.CalendarPolicy) {
			page.Define.Calendars = append(page.Define.Calendars, frontend.Choice{Value: string(c.ID), Label: c.Name, Count: -1})
		}
	}
	return page, nil
}

func durationSection(snapshot *analytics.Snapshot, a analytics.Query, m analytics.Metric, q query.Query) frontend.NumbersSection {
	a.Span, a.Calendar, a.GroupBy = m.Span, m.Calendar, analytics.ByNothing
	g := snapshot.Durations(a)[0]
	out := frontend.NumbersSection{ID: "duration-" + incident.Slug(m.ID), Title: m.Title, Lede: capital(m.Definition) + ". " + capital(m.Source) + ".",
		Stats: []frontend.Stat{estimated("Median", reports.Seconds, g.Median, "", ""), estimated("90 % within", reports.Seconds, g.P90, "", "")},
		Notes: []string{fmt.Sprintf("n = %d; open %d, a time missing %d, out of order %d", g.N, g.NOpen, g.NMissing, g.NInvalid)}}
	if text := sensitivity(g); text != "" {
		out.Notes = append(out.Notes, text)
	}
	for _, l := range g.LeftOut {
		out.Notes = append(out.Notes, fmt.Sprintf("left out: %d %s", l.N, l.Reason))
	}
	own := with(q, func(q *query.Query) { q.Metric = m.ID })
	out.Links = []frontend.Link{{Label: "Incidents", Path: pathOf(incidentsPath, with(q, func(q *query.Query) { q.Metric = "" }))}, {Label: "By month, as JSON", Path: pathOf("/api/v1/measurements", with(own, func(q *query.Query) { q.GroupBy = "month" }))}}
	a.GroupBy = analytics.ByMonth
	if len(snapshot.Counts(a)) > 36 {
		a.GroupBy = analytics.ByYear
	}
	t := reports.Measurements(snapshot, a, m)
	t.Title = m.Title + " over time"
	if g.N > 0 {
		out.Tables = []reports.Table{t}
	}
	return out
}

// sensitivity says how far the median of a group moves when starts are wrong; empty when there are too few for a median.
func sensitivity(g analytics.DurationGroup) string {
	s, ok := analytics.StartSensitivity(g.Values, desk.StartError.Seconds())
	if !ok {
		return ""
	}
	text := fmt.Sprintf("±%s on start times moves the median by %s to %s when each is wrong by itself (95 of 100 simulated cases), by %s to %s when all are wrong the same way.",
		incident.FormatDuration(desk.StartError), signed(s.Low), signed(s.High), signed(s.AllLater), signed(s.AllEarlier))
	if s.Simulated < s.N {
		text += fmt.Sprintf(" The simulation is of a sample of %d of the %s, scaled to all of them.", s.Simulated, number(s.N, "duration"))
	}
	return text
}

func signed(seconds float64) string {
	text := incident.FormatDuration(time.Duration(seconds * float64(time.Second)))
	if strings.HasPrefix(text, "-") {
		return "−" + text[1:]
	}
	return "+" + text
}

func (s *Server) saveDuration(r *request) (answer, error) {
	span, err := incident.ParseSpan(strings.TrimSpace(r.PostForm("span")))
	if err != nil {
		err = incident.Invalidf("span", "write it as from..to, as in detected|opened..mitigated; the moments are %v", incident.MilestoneNames)
	}
	name := strings.TrimSpace(r.PostForm("name"))
	var seq incident.Seq
	if err == nil {
		seq, err = s.SaveDuration(r.Request.Context(), name, incident.UserDuration{From: span.From, To: span.To, Calendar: incident.ID(r.PostForm("calendar"))}, r.viewer.Name, strings.TrimSpace(r.PostForm("note")))
	}
	if errors.Is(err, incident.ErrInvalid) {
		page, pageErr := s.durationsPage(r, formOf(r.Request.PostForm, err))
		return answer{page: page, status: http.StatusUnprocessableEntity}, pageErr
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(durationsPath, frontend.Flash{Kind: frontend.Done, Text: name + " is measured from now on."})
}

// startsOf says how far the median time to resolve moves when starts are wrong.
func startsOf(snapshot *analytics.Snapshot, a analytics.Query) string {
	m, err := analytics.FindMetric("time_to_resolve")
	if err != nil {
		return ""
	}
	a.Span, a.GroupBy = m.Span, analytics.ByNothing
	return sensitivity(snapshot.Durations(a)[0])
}
