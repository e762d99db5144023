package frontend

import (
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// SchedulesPage is /reports/schedules, the reports that are sent again and again. GET takes report (its kind) and filters, to begin a new one with; POST takes name,
// kind, question, format (repeated), every, on, at ("08:00"), tz, only_changed, to (one address a line) and channel (repeated), to make one.
type SchedulesPage struct {
	Shell
	Schedules []incident.ReportSchedule
	Fields    ScheduleFields
}

func (SchedulesPage) template() string { return "schedules" }

// SchedulePage is /reports/schedules/{id}, one of them with what was made. POST takes the same, and version, to change it; POST {path}/run sends it at
// once; POST {path}/pause takes paused ("true" or "false"); POST {path}/remove takes none.
type SchedulePage struct {
	Shell
	Schedule incident.ReportSchedule
	Runs     []incident.ReportRun
	Fields   ScheduleFields
}

func (SchedulePage) template() string { return "schedule" }

// ReportRunPage is /reports/runs/{id}, what was made of a schedule once; its files are at {path}/files/{name}.
type ReportRunPage struct {
	Shell
	Run incident.ReportRun
}

func (ReportRunPage) template() string { return "report-run" }

// ScheduleFields is the form of a schedule.
type ScheduleFields struct {
	Schedule incident.ReportSchedule
	Kinds    []Choice
	Formats  []Choice
	Channels []incident.Channel
	Zones    []string
	Mail     bool // e-mail can be sent
	Form     Form
}

// Everys are how often a report can be made.
func (f ScheduleFields) Everys() (out []Choice) {
	now := f.Form.Value("every", string(f.Schedule.Every))
	for _, x := range []Choice{{Value: "day", Label: "Each day, about the day before"}, {Value: "week", Label: "Each week, about the week before"}, {Value: "month", Label: "Each month, about the month before"}, {Value: "quarter", Label: "Each quarter, about the quarter before"}} {
		x.On = x.Value == now
		out = append(out, x)
	}
	return out
}

// On is the day of the week or month, empty for each day.
func (f ScheduleFields) On() string {
	if f.Schedule.On == 0 {
		return f.Form.Value("on", "")
	}
	return f.Form.Value("on", fmt.Sprint(f.Schedule.On))
}

// At is the time of day: "08:00".
func (f ScheduleFields) At() string {
	return f.Form.Value("at", fmt.Sprintf("%02d:%02d", f.Schedule.Minute/60, f.Schedule.Minute%60))
}

// To is the addresses, one a line.
func (f ScheduleFields) To() string { return f.Form.Value("to", strings.Join(f.Schedule.To, "\n")) }

// Sends reports whether a channel gets it.
func (f ScheduleFields) Sends(c incident.Channel) bool {
	return f.Form.Has("channel", string(c.ID), texts(f.Schedule.Channels)...)
}

// Writes reports whether a format is chosen.
func (f ScheduleFields) Writes(format string) bool {
	return f.Form.Has("format", format, f.Schedule.Formats...)
}

// OnlyChanged reports whether what says the same is not sent.
func (f ScheduleFields) OnlyChanged() bool {
	if f.Form.Values == nil {
		return f.Schedule.OnlyChanged
	}
	return f.Form.Values.Has("only_changed")
}

// Kind returns what a kind of report is called.
func (f ScheduleFields) Kind(id string) string {
	if i := slices.IndexFunc(f.Kinds, func(c Choice) bool { return c.Value == id }); i >= 0 {
		return f.Kinds[i].Label
	}
	return id
}

var weekdays = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// ScheduleTimes says when a report is made: "each month on day 1 at 08:00 (Europe/Berlin)".
func ScheduleTimes(s incident.ReportSchedule) string {
	on := fmt.Sprintf(" on day %d", s.On)
	switch {
	case s.Every == incident.EveryDay:
		on = ""
	case s.Every == incident.EveryWeek && s.On >= 1 && s.On <= len(weekdays):
		on = " on " + weekdays[s.On-1]
	case s.Every == incident.EveryQuarter:
		on = fmt.Sprintf(" on day %d of its first month", s.On)
	}
	return fmt.Sprintf("each %s%s at %02d:%02d (%s)", s.Every, on, s.Minute/60, s.Minute%60, s.Zone)
}

// Times is ScheduleTimes for templates.
func (ScheduleFields) Times(s incident.ReportSchedule) string { return ScheduleTimes(s) }
