package web

import (
	"fmt"
	"strings"

	"hindsight/analytics"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/query"
)

const (
	loadPath     = "/load"
	learningPath = "/learning"
	overdueShown = 100
)

func (s *Server) load(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.NumbersPage{Shell: r.shell("Load on people", frontend.NavServices), Period: r.period(loadPath, q, false), Chips: r.chips(loadPath, q), Clear: loadPath,
		Lede:    "When incidents interrupt the people of each team. It is about teams and never about persons.",
		Tabs:    tabs(loadPath, frontend.Link{Label: "Services", Path: servicesPath}, frontend.Link{Label: "On call", Path: onCallPath}, frontend.Link{Label: "Load on people", Path: loadPath}),
		Exports: []frontend.Link{{Label: "JSON", Path: pathOf("/api/v1/load", with(q, func(*query.Query) {}))}}}
	report, err := s.Load(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	if !report.Ended.IsZero() {
		page.Notes = append(page.Notes, "the record falls silent after "+report.Ended.In(q.Zone).Format("2 Jan 2006")+": the period ends there")
	}
	if !report.All {
		page.Notes = append(page.Notes, "there are more incidents than are read for this page; the oldest are missing")
	}
	for _, t := range report.Teams {
		page.Sections = append(page.Sections, loadSection(t, q, r.viewer.May(incident.Agree)))
	}
	if n := len(report.Teamless); n > 0 {
		page.Sections = append(page.Sections, frontend.NumbersSection{ID: "teamless", Title: "Fell to no team", Lede: "Left out: " + number(n, "incident") + " that fell to no team, neither by itself nor by a service that a team owns.",
			Links: []frontend.Link{{Label: "List them", Path: memberPath(q, "load", "teamless", "")}}})
	}
	if len(page.Sections) == 0 {
		page.None = frontend.NoNumbers{Title: "No incident of a team", Text: "In this period no incident that counts fell to a team, by itself or by a service that a team owns. Choose a longer period.",
			Links: []frontend.Link{{Label: "See incidents", Path: incidentsPath}}}
	}
	return show(page)
}

func loadSection(t analytics.TeamLoad, q query.Query, edit bool) frontend.NumbersSection {
	path := func(name string) string { return memberPath(q, "load", name, string(t.Team)) }
	out := frontend.NumbersSection{ID: "team-" + incident.Slug(string(t.Team)), Title: t.Name}
	if t.Withheld != "" {
		out.Lede = fmt.Sprintf("%s. %s: figures about people need a team of %d, and the sources name fewer.", number(t.Incidents, "incident"), capital(t.Withheld), analytics.FewestPeople)
	} else {
		out.Lede = fmt.Sprintf("%s of %d people in %s: %d in business hours, %d in off hours, %d in sleep hours.", number(t.Interruptions, "interruption"), t.People, number(t.Incidents, "incident"), t.Business, t.Off, t.Sleep)
		out.Stats = []frontend.Stat{
			estimated("Interruptions a week", reports.Count, t.PerWeek, "interruptions", path("interruptions")),
			estimated("In sleep hours", reports.Share, t.SleepShare, "sleep_interruptions", path("sleep")),
			estimated("Outside business hours", reports.Share, t.OutsideShare, "sleep_interruptions", path("outside")),
			estimated("Several incidents at once", reports.Share, t.Overlap, "overlap_share", path("overlap"))}
	}
	out.Stats = append(out.Stats, estimated("Escalated", reports.Share, t.Escalated, "escalated", path("escalated")), estimated("Reassigned", reports.Share, t.Reassigned, "reassigned", path("reassigned")),
		estimated("Reopened", reports.Share, t.Reopened, "reopened", path("reopened")))
	if edit {
		out.Links = append(out.Links, frontend.Link{Label: "Change the hours", Path: hoursPath + "/" + string(t.Team)})
	}
	out.Notes = append(out.Notes, "Hours "+t.HoursFrom+": "+hoursWords(t.Hours)+".")
	if n := t.Levels; len(n) == 4 && t.Escalated.N > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("Escalated never: %s, once: %d, twice: %d, more often: %d.", number(n[0], "incident"), n[1], n[2], n[3]))
	}
	return out
}

func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return reports.Format(reports.Count, float64(n)) + " " + noun + "s"
}

// hoursWords writes hours for people: "Monday 08:00-18:00, …; sleep 22:00-08:00; Europe/Berlin".
func hoursWords(h incident.TeamHours) string {
	var days []string
	for i := range 7 {
		day := (i + 1) % 7 // from Monday
		if hours := h.Business[day]; len(hours) > 0 {
			days = append(days, dayNames[day]+" "+strings.Join(each(hours, incident.Hour.String), " and "))
		}
	}
	return "business " + strings.Join(days, ", ") + "; sleep " + h.Sleep.String() + "; off hours the rest; in " + h.Zone
}

var dayNames = [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"}

func (s *Server) learning(r *request) (answer, error) {
	q, err := query.Parse(r.Request.URL.Query(), s.Now())
	if err != nil {
		return answer{}, err
	}
	page := frontend.NumbersPage{Shell: r.shell("Learning", frontend.NavProblems), Period: r.period(learningPath, q, false), Chips: r.chips(learningPath, q), Clear: learningPath,
		Lede:    "Whether incidents are written about, whether that leads to work that gets done, and whether the same thing happens again.",
		Tabs:    problemTabs(learningPath),
		Exports: []frontend.Link{{Label: "JSON", Path: pathOf("/api/v1/learning", with(q, func(*query.Query) {}))}}}
	l, all, err := s.Learning(r.Request.Context(), q, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	if !all {
		page.Notes = append(page.Notes, "there are more incidents than are read for this page; the oldest are missing")
	}
	if l.Incidents == 0 {
		page.None = frontend.NoNumbers{Title: "No incident in this period", Text: "Choose a longer period, or take a filter away.", Links: []frontend.Link{{Label: "See incidents", Path: incidentsPath}}}
		return show(page)
	}
	page.Sections = []frontend.NumbersSection{funnelSection(l, q), actionSection(l, q), repeatSection(l, q)}
	return show(page)
}

func funnelSection(l analytics.Learning, q query.Query) frontend.NumbersSection {
	out := frontend.NumbersSection{ID: "funnel", Title: "From incident to change", Lede: fmt.Sprintf("Of %s:", number(l.Incidents, "incident"))}
	if l.Silent > 0 {
		out.Notes = []string{number(l.Silent, "incident") + " of the period came from sources that told of no retrospective, factor or action item at all. They count as having none, so the true shares may be higher."}
	}
	for i, step := range l.Funnel {
		out.Stats = append(out.Stats, estimated(fmt.Sprintf("%s: %d", capital(step.Name), step.N), reports.Share, step.Share, "learning_funnel", memberPath(q, "learning", fmt.Sprintf("step%d", i), "")))
	}
	return out
}

func actionSection(l analytics.Learning, q query.Query) frontend.NumbersSection {
	a := l.Actions
	out := frontend.NumbersSection{ID: "actions", Title: "Action items", Lede: fmt.Sprintf("%s: %d done, %d overdue, %d of a state that the source does not tell.", number(a.Total+l.Unknown, "action item"), a.Done, len(l.Overdue), l.Unknown)}
	if a.Total+l.Unknown == 0 {
		out.Lede = "No action item was promised after these incidents, as far as the sources tell."
		return out
	}
	out.Stats = []frontend.Stat{estimated("Done", reports.Share, a.Completion, "actions_done", memberPath(q, "learning", "actions", "")), estimated("Done in time", reports.Share, a.OnTime, "actions_on_time", ""),
		estimated("Median age when done", reports.Seconds, l.Age, "actions_age", "")}
	for _, n := range []struct {
		n    int
		what string
	}{{l.Undated, "done, and nobody says when: in neither the share done in time nor the age"}, {l.Ageless, "of which nobody says when they were made, or that were done before: not in the age"}} {
		if n.n > 0 {
			out.Notes = append(out.Notes, fmt.Sprintf("%s %s.", number(n.n, "action item"), n.what))
		}
	}
	t := reports.Table{ID: "overdue", Title: "Overdue action items", Columns: []reports.Column{{Key: "action", Title: "Action item", Unit: reports.Text}, {Key: "incident", Title: "Incident", Unit: reports.Text}, {Key: "due", Title: "Due", Unit: reports.Instant}}}
	for _, o := range l.Overdue[:min(len(l.Overdue), overdueShown)] {
		name := reports.Str(o.Incident.Title)
		if name.Text == "" {
			name.Text = o.Incident.Label()
		}
		name.Link = frontend.IncidentPath(o.Incident.ID)
		t.Rows = append(t.Rows, []reports.Cell{reports.Str(o.Title), name, {Time: o.Due}})
	}
	out.Tables = []reports.Table{t}
	if n := len(l.Overdue); n > overdueShown {
		out.Notes = append(out.Notes, fmt.Sprintf("The %d that have been overdue longest, of %d.", overdueShown, n))
	}
	return out
}

func repeatSection(l analytics.Learning, q query.Query) frontend.NumbersSection {
	days := int(l.Lookback.Hours() / 24)
	r := l.Repeats
	return frontend.NumbersSection{ID: "repeats", Title: "Does it happen again?",
		Lede:  fmt.Sprintf("%s of %s were of a problem that had struck in the %d days before.", written(len(r.Incidents)), number(l.Incidents, "incident"), days),
		Stats: []frontend.Stat{estimated("Repeats", reports.Share, r.Rate, "repeat_rate", memberPath(q, "learning", "repeats", ""))},
		Notes: []string{fmt.Sprintf("%s of no problem that a person confirmed or a source names: no repeats here, so the true share may be higher.", number(r.Unclassified, "incident"))}}
}

// written writes a count as every page does.
func written(n int) string { return reports.Format(reports.Count, float64(n)) }
