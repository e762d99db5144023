package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/importers/icalendar"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const calendarsPath = "/admin/calendars"

// week is the days of a week from Monday on.
var week = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func (s *Server) calendars(r *request) (answer, error) {
	page := frontend.CalendarsPage{Shell: r.shell("Calendars", frontend.NavSettings)}
	all, err := s.Calendars(r.Request.Context())
	page.Rows = each(all, func(c desk.StoredCalendar) frontend.CalendarRow {
		row := frontend.CalendarRow{ID: c.ID, Name: c.Name, Version: c.Version, Zone: c.Calendar.Zone, Days: len(c.Calendar.Days)}
		var days []string
		for _, day := range week {
			if hours := c.Calendar.Weekly[day]; len(hours) > 0 {
				days = append(days, day.String()[:3]+" "+hoursText(hours))
			}
		}
		if !c.Calendar.Always {
			row.Hours = strings.Join(days, "; ")
		}
		return row
	})
	return answer{page: page}, err
}

func hoursText(hours []incident.Hour) string {
	return strings.Join(each(hours, incident.Hour.String), ", ")
}

func (s *Server) editCalendar(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	if id == "new" {
		c := incident.Calendar{Zone: r.zone().String()}
		for _, day := range week[:5] {
			c.Weekly[day] = []incident.Hour{{From: 9 * 60, To: 17 * 60}}
		}
		return show(calendarForm(r, desk.StoredCalendar{Calendar: c}))
	}
	c, err := s.Calendar(r.Request.Context(), id)
	if err != nil {
		return answer{}, err
	}
	return show(calendarForm(r, c))
}

// calendarForm is the editor filled with a calendar.
func calendarForm(r *request, c desk.StoredCalendar) frontend.PolicyPage {
	id, heading := "new", "New calendar"
	if c.ID != "" {
		id, heading = string(c.ID), "Change "+c.Name
	}
	page := frontend.PolicyPage{Shell: r.shell(heading, frontend.NavSettings, frontend.Link{Label: "Calendars", Path: calendarsPath}), Heading: heading, Action: calendarsPath + "/" + id, Back: calendarsPath, Version: c.Version, Upload: true,
		Lede: "Contracts count in the newest version of their calendar, past incidents too. What a change does to their figures is shown before it is saved.",
		Versions: each(c.Versions, func(v desk.PolicyVersion) frontend.VersionRow {
			return frontend.VersionRow{Version: v.Version, At: v.SavedAt, By: v.SavedBy, Note: v.Note, Removed: v.Removed}
		})}
	kind := "hours"
	if c.Calendar.Always {
		kind = "always"
	}
	hours := frontend.InputGroup{Title: "Weekly hours", Hint: "Such as 09:00-12:00, 13:00-17:30; empty for none. Hours may run into the next day: 22:00-06:00."}
	for _, day := range week {
		hours.Inputs = append(hours.Inputs, frontend.Input{Name: fmt.Sprintf("w%d", day), Label: day.String(), Type: "text", Value: hoursText(c.Calendar.Weekly[day])})
	}
	page.Groups = []frontend.InputGroup{{Title: "Calendar", Inputs: []frontend.Input{
		{Name: "name", Label: "Name", Type: "text", Value: c.Name, Required: true},
		{Name: "kind", Label: "Business time runs", Options: choose(kind, "hours", "In hours of a time zone", "always", "Always")},
		{Name: "zone", Label: "Time zone", Type: "text", Value: c.Calendar.Zone, Hint: "Such as Europe/Berlin."},
		{Name: "note", Label: "Why it changes", Type: "text"},
	}}, hours, {Title: "Days with hours of their own", Inputs: []frontend.Input{
		{Name: "days", Label: "Days, one a line", Type: "textarea", Value: daysText(c.Calendar.Days), Hint: "A holiday: 2026-12-25 Christmas. A short day: 2026-12-24 09:00-12:00 Christmas Eve."},
	}}}
	return page
}

func daysText(days []incident.Day) string {
	return strings.Join(each(days, func(d incident.Day) string {
		return strings.Join(strings.Fields(d.Date+" "+hoursText(d.Hours)+" "+d.Name), " ")
	}), "\n")
}

// calendarOf reads the form; beside an error it returns what could be read.
func calendarOf(r *request) (incident.Calendar, error) {
	c := incident.Calendar{Always: r.PostForm("kind") == "always", Zone: strings.TrimSpace(r.PostForm("zone"))}
	if c.Always {
		return c, nil
	}
	for _, day := range week {
		name := fmt.Sprintf("w%d", day)
		hours, err := hoursIn(name, r.PostForm(name))
		if err != nil {
			return c, err
		}
		c.Weekly[day] = hours
	}
	for _, line := range lines(r.PostForm("days")) {
		c.Days = append(c.Days, dayOf(line))
	}
	return c, c.Validate()
}

// hoursIn reads "09:00-12:00, 13:00-17:30" from an input; empty is none.
func hoursIn(input, value string) (hours []incident.Hour, err error) {
	for text := range strings.SplitSeq(value, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		var h incident.Hour
		if err := h.UnmarshalText([]byte(text)); err != nil {
			return nil, incident.Invalidf(input, "%q is not of the form 09:00-17:30", text)
		}
		hours = append(hours, h)
	}
	return hours, nil
}

// dayOf reads "2026-12-24 09:00-12:00, 13:00-14:00 Christmas Eve".
func dayOf(line string) incident.Day {
	words := strings.Fields(line)
	d := incident.Day{Date: words[0]}
	for i, word := range words[1:] {
		var h incident.Hour
		if err := h.UnmarshalText([]byte(strings.TrimSuffix(word, ","))); err != nil {
			d.Name = strings.Join(words[1+i:], " ")
			break
		}
		d.Hours = append(d.Hours, h)
	}
	return d
}

// saveCalendar tries a calendar, saves it, or adds the days of a file to the form.
func (s *Server) saveCalendar(r *request) (answer, error) {
	ctx := r.Request.Context()
	file, err := uploadedDays(r)
	if err != nil && !wrongInput(err) {
		return answer{}, err
	}
	change := r.changeOf()
	c, badForm := calendarOf(r)
	err = errors.Join(err, badForm)
	if err == nil && r.PostForm("action") == "save" {
		p, seq, saveErr := s.SaveCalendar(ctx, change, c)
		if saveErr == nil {
			s.Wait(ctx, seq)
			return goTo(calendarsPath, frontend.Flash{Kind: frontend.Done, Text: fmt.Sprintf("Version %d of %s is saved.", p.Version, p.Name)})
		}
		if !wrongInput(saveErr) {
			return answer{}, saveErr
		}
		err = saveErr
	}
	if err == nil {
		c.Days = withDays(c.Days, file)
	}
	page := calendarForm(r, desk.StoredCalendar{ID: change.ID, Name: change.Name, Version: change.Version, Calendar: c})
	var run desk.DryRun
	if err == nil {
		q, scopeErr := s.wholeRecord(r)
		if scopeErr != nil {
			return answer{}, scopeErr
		}
		run, err = s.TryCalendar(ctx, change.ID, c, q)
	}
	return tried(r, page, run, err)
}

// uploadedDays reads the form and, when its button was pressed, the file of holidays.
func uploadedDays(r *request) ([]incident.Day, error) {
	if r.PostForm("action") != "holidays" {
		return nil, nil
	}
	header, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, incident.Invalidf("file", "choose an iCalendar file first")
	}
	if err != nil {
		return nil, incident.Invalidf("file", "the file cannot be read: %v", err)
	}
	f, err := header.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxForm))
	if err != nil {
		return nil, err
	}
	days, _, err := icalendar.Holidays(text, r.server.Now())
	if err == nil && len(days) == 0 {
		err = incident.Invalidf("file", "it has no whole days of the last ten years or the next")
	}
	return days, err
}

// withDays adds days that are not there yet, in order.
func withDays(days, more []incident.Day) []incident.Day {
	for _, d := range more {
		if !slices.ContainsFunc(days, func(o incident.Day) bool { return o.Date == d.Date }) {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, func(a, b incident.Day) int { return strings.Compare(a.Date, b.Date) })
	return days
}

func (s *Server) removeCalendar(r *request) (answer, error) {
	seq, err := s.RemovePolicy(r.Request.Context(), incident.ID(r.Param("id")), incident.CalendarPolicy, r.viewer.Name)
	var wrong *incident.FieldError
	if errors.As(err, &wrong) {
		return goTo(calendarsPath, frontend.Flash{Kind: frontend.Fail, Text: wrong.Message})
	}
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(calendarsPath, frontend.Flash{Kind: frontend.Done, Text: "The calendar is taken back. Its versions stay."})
}
