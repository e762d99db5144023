package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	mostPromises = 50
	wallLayout   = "2006-01-02 15:04"
)

// editContract shows the newest version in a form, or an empty one.
func (s *Server) editContract(r *request) (answer, error) {
	id := incident.ID(r.Param("id"))
	c := incident.Contract{Window: incident.Window{Every: incident.Month}}
	p := incident.Policy{}
	if id != "new" {
		a, versions, err := s.Agreement(r.Request.Context(), id, 0)
		if err != nil {
			return answer{}, err
		}
		c, p = a.Contract, versions[0]
	}
	page, err := s.contractForm(r, p, c)
	return answer{page: page}, err
}

// contractForm is the editor filled with a contract.
func (s *Server) contractForm(r *request, p incident.Policy, c incident.Contract) (frontend.PolicyPage, error) {
	id, heading := "new", "New contract"
	if p.ID != "" {
		id, heading = string(p.ID), "Change "+p.Name
	}
	page := frontend.PolicyPage{Shell: r.shell(heading, frontend.NavSLA, frontend.Link{Label: "SLA compliance", Path: slaPath}), Heading: heading, Action: "/admin/contracts/" + id, Back: slaPath, Version: p.Version,
		Lede: "A contract is kept in versions: what is saved is never rewritten, and what a change does to past figures is shown before it is saved."}
	calendars, err := s.Calendars(r.Request.Context())
	if err != nil {
		return page, err
	}
	page.Groups = []frontend.InputGroup{{Title: "Contract", Inputs: []frontend.Input{
		{Name: "name", Label: "Name", Type: "text", Value: p.Name, Required: true},
		{Name: "customer", Label: "Customer", Type: "text", Value: c.Customer},
		{Name: "zone", Label: "Time zone of its days", Type: "text", Value: c.Zone, Hint: "Such as Europe/Berlin; UTC when empty."},
		{Name: "from", Label: "First day in force", Type: "text", Value: c.From, Hint: "Such as 2026-01-01; empty for always."},
		{Name: "until", Label: "First day no longer in force", Type: "text", Value: c.Until},
		{Name: "every", Label: "Compliance is stated per", Options: choose(string(c.Window.Every), "month", "Calendar month", "quarter", "Calendar quarter", "year", "Calendar year", "rolling", "Rolling days")},
		{Name: "days", Label: "Days of a rolling window", Type: "number", Value: positive(c.Window.Days)},
		{Name: "note", Label: "Why it changes", Type: "text"},
	}}}
	for i, x := range append(slices.Clone(c.Promises), incident.SLAPromise{}) {
		page.Groups = append(page.Groups, s.promiseInputs(i, x, calendars))
	}
	for i, x := range append(slices.Clone(c.Exclusions), incident.SLAExclusion{}) {
		page.Groups = append(page.Groups, s.exclusionInputs(i, x, c.Location()))
	}
	return page, nil
}

func (s *Server) promiseInputs(i int, p incident.SLAPromise, calendars []desk.StoredCalendar) frontend.InputGroup {
	name := func(field string) string { return fmt.Sprintf("p%d.%s", i, field) }
	hours := []string{"", "Every second counts"}
	for _, c := range calendars {
		hours = append(hours, string(c.ID), c.Name)
	}
	snapshot := s.Live.Snapshot()
	g := frontend.InputGroup{Title: fmt.Sprintf("Promise %d", i+1), Inputs: []frontend.Input{
		{Name: name("name"), Label: "Name of the promise", Type: "text", Value: p.Name},
		{Name: name("span"), Label: "From which moment to which", Type: "text", Value: p.Span, Hint: "Such as opened..resolved or detected|opened..acknowledged."},
		{Name: name("within"), Label: "Within", Type: "text", Value: spelled(p.WithinSeconds), Hint: "Such as 15m, 4h or 1d 12h, in the calendar's time."},
		{Name: name("goal"), Label: "Share that must keep it, in per cent", Type: "text", Value: perCent(p.Goal)},
		{Name: name("calendar"), Label: "Counted in", Options: choose(string(p.Calendar), hours...)},
		{Name: name("priorities"), Label: "Only priorities, one a line", Type: "textarea", Value: strings.Join(p.Priorities, "\n")},
		{Name: name("severities"), Label: "Only severities", Type: "text", Value: strings.Join(each(p.Severities, func(x incident.Severity) string { return strconv.Itoa(int(x)) }), ", "), Hint: "Such as 1, 2."},
		{Name: name("services"), Label: "Only services, one a line", Type: "textarea", Value: strings.Join(each(p.Services, snapshot.Name), "\n")},
		{Name: name("pause_in"), Label: "The clock stands still in statuses, one a line", Type: "textarea", Value: strings.Join(p.PauseIn, "\n"), Hint: "The source's own word, such as On Hold."},
		{Name: name("cancel_on"), Label: "A status that cancels the clock, one a line", Type: "textarea", Value: strings.Join(p.CancelOn, "\n")},
		{Name: name("reopen"), Label: "When the incident comes back", Options: choose(string(p.Reopen), "", "The clock ran on", "resume", "It resumes, not counting the time between", "reset", "It begins anew, and each run must be in time")},
	}}
	if p.Name == "" {
		g.Title, g.Hint = "A further promise", "Leave its name empty for none."
	}
	return g
}

func (s *Server) exclusionInputs(i int, x incident.SLAExclusion, zone *time.Location) frontend.InputGroup {
	name := func(field string) string { return fmt.Sprintf("x%d.%s", i, field) }
	g := frontend.InputGroup{Title: fmt.Sprintf("Excluded time %d", i+1), Hint: fmt.Sprintf("Times are in %s.", zone), Inputs: []frontend.Input{
		{Name: name("from"), Label: "Excluded from", Type: "text", Value: wall(x.From, zone), Hint: "Such as 2026-03-01 22:00."},
		{Name: name("until"), Label: "Excluded until", Type: "text", Value: wall(x.Until, zone)},
		{Name: name("services"), Label: "Only of services, one a line", Type: "textarea", Value: strings.Join(each(x.Services, s.Live.Snapshot().Name), "\n")},
		{Name: name("reason"), Label: "Why it does not count", Type: "text", Value: x.Reason},
		{Name: name("applies_to"), Label: "Taken from", Options: choose(string(x.AppliesTo), "", "The clocks, availability and error budgets", "clocks", "The clocks of this contract alone", "availability", "Availability and error budgets alone")},
		{Name: name("approver"), Label: "Approved by", Type: "text", Value: x.Approver},
		{Name: name("approved_at"), Label: "Approved at", Type: "text", Value: wall(x.ApprovedAt, zone), Hint: "One behind the beginning is shown as approved after the fact."},
	}}
	if x.From.IsZero() {
		g.Title = "A further exclusion"
	}
	return g
}

// choose makes the choices of a select out of values and labels in turn.
func choose(now string, pairs ...string) (out []frontend.Choice) {
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, frontend.Choice{Value: pairs[i], Label: pairs[i+1], On: pairs[i] == now, Count: -1})
	}
	return out
}

func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// spelled writes seconds as parseWithin reads them.
func spelled(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	text := lasting(seconds).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

func perCent(share float64) string {
	if share == 0 {
		return ""
	}
	return strconv.FormatFloat(100*share, 'g', 8, 64)
}

func wall(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(wallLayout)
}

// contractOf reads the form. What cannot be read is an ErrInvalid, and what could be is returned beside it.
func (s *Server) contractOf(r *request) (incident.Contract, error) {
	c := incident.Contract{Customer: strings.TrimSpace(r.PostForm("customer")), Zone: strings.TrimSpace(r.PostForm("zone")), From: strings.TrimSpace(r.PostForm("from")), Until: strings.TrimSpace(r.PostForm("until")),
		Window: incident.Window{Every: incident.Every(r.PostForm("every"))}}
	var first error
	note := func(err error) {
		if first == nil {
			first = err
		}
	}
	if c.Window.Every == incident.Rolling {
		days, err := strconv.Atoi(strings.TrimSpace(r.PostForm("days")))
		if err != nil {
			note(incident.Invalidf("days", "give the number of days of the rolling window"))
		}
		c.Window.Days = days
	}
	for i := range mostPromises {
		if strings.TrimSpace(r.PostForm(fmt.Sprintf("p%d.name", i))) != "" {
			p, err := s.promiseOf(r, i)
			note(err)
			c.Promises = append(c.Promises, p)
		}
	}
	for i := 0; r.Request.PostForm.Has(fmt.Sprintf("x%d.from", i)); i++ {
		if strings.TrimSpace(r.PostForm(fmt.Sprintf("x%d.from", i))) != "" {
			x, err := s.exclusionOf(r, i, c.Location())
			note(err)
			c.Exclusions = append(c.Exclusions, x)
		}
	}
	if first == nil {
		first = c.Validate()
	}
	return c, first
}

func (s *Server) promiseOf(r *request, i int) (incident.SLAPromise, error) {
	field := func(name string) string { return strings.TrimSpace(r.PostForm(fmt.Sprintf("p%d.%s", i, name))) }
	p := incident.SLAPromise{Name: field("name"), Span: field("span"), Calendar: incident.ID(field("calendar")), Reopen: incident.Reopen(field("reopen")),
		Priorities: lines(field("priorities")), PauseIn: lines(field("pause_in")), CancelOn: lines(field("cancel_on"))}
	for _, text := range strings.FieldsFunc(field("severities"), func(c rune) bool { return c == ',' || c == ' ' }) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return p, incident.Invalidf(fmt.Sprintf("p%d.severities", i), "%q is no severity; write numbers such as 1, 2", text)
		}
		p.Severities = append(p.Severities, incident.Severity(n))
	}
	within, err := parseWithin(field("within"))
	if err != nil {
		return p, incident.Invalidf(fmt.Sprintf("p%d.within", i), "%q is not a time such as 30m, 4h or 2d 12h", field("within"))
	}
	p.WithinSeconds = within.Seconds()
	goal, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(field("goal"), "%")), 64)
	if err != nil || !(goal > 0 && goal <= 100) {
		return p, incident.Invalidf(fmt.Sprintf("p%d.goal", i), "give a percentage above 0 and at most 100, such as 95")
	}
	p.Goal = goal / 100
	p.Services, err = s.servicesNamed(r, fmt.Sprintf("p%d.services", i))
	return p, err
}

func (s *Server) exclusionOf(r *request, i int, zone *time.Location) (x incident.SLAExclusion, err error) {
	field := func(name string) string { return strings.TrimSpace(r.PostForm(fmt.Sprintf("x%d.%s", i, name))) }
	x.Reason, x.Approver, x.AppliesTo = field("reason"), field("approver"), incident.AppliesTo(field("applies_to"))
	for _, at := range []struct {
		name string
		to   *time.Time
	}{{"from", &x.From}, {"until", &x.Until}, {"approved_at", &x.ApprovedAt}} {
		t, err := time.ParseInLocation(wallLayout, field(at.name), zone)
		if err != nil {
			return x, incident.Invalidf(fmt.Sprintf("x%d.%s", i, at.name), "%q is no time; write one such as 2026-03-01 22:00", field(at.name))
		}
		*at.to = t.UTC()
	}
	x.Services, err = s.servicesNamed(r, fmt.Sprintf("x%d.services", i))
	return x, err
}

// parseWithin reads "4h", "30m", "1d 12h" or "2 days".
func parseWithin(text string) (time.Duration, error) {
	bad := incident.Invalidf("within", "%q is not a time such as 30m, 4h or 2d 12h", text)
	compact := strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for _, word := range []struct{ long, short string }{{"days", "d"}, {"day", "d"}, {"hours", "h"}, {"hour", "h"}, {"minutes", "m"}, {"minute", "m"}, {"min", "m"}} {
		compact = strings.ReplaceAll(compact, word.long, word.short)
	}
	var total time.Duration
	if days, rest, ok := strings.Cut(compact, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || n < 0 || n > 3650 {
			return 0, bad
		}
		total, compact = time.Duration(n*24*float64(time.Hour)), rest
	}
	if compact != "" {
		d, err := time.ParseDuration(compact)
		if err != nil {
			return 0, bad
		}
		total += d
	}
	if total <= 0 {
		return 0, bad
	}
	return total, nil
}

// servicesNamed returns the services whose names stand in a field, one a line.
func (s *Server) servicesNamed(r *request, field string) ([]incident.ID, error) {
	names := lines(r.PostForm(field))
	if len(names) == 0 {
		return nil, nil
	}
	q, err := s.Figures(r.Request.Context(), query.Query{Services: names}, r.viewer.Sight())
	var wrong *incident.FieldError
	if errors.As(err, &wrong) {
		return nil, incident.Invalidf(field, "%s", wrong.Message)
	}
	return q.Services, err
}

// lines returns the lines of a text that say something.
func lines(text string) (out []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// changeOf is what a form says of the version that it makes.
func (r *request) changeOf() desk.PolicyChange {
	version, _ := strconv.Atoi(r.PostForm("version")) // one that is none is of no version that anybody knows
	c := desk.PolicyChange{ID: incident.ID(r.Param("id")), Version: version, Name: r.PostForm("name"), Note: r.PostForm("note"), By: r.viewer.Name}
	if c.ID == "new" {
		c.ID, c.Version = "", 0
	}
	return c
}

// saveContract tries a contract, and saves it when it was tried.
func (s *Server) saveContract(r *request) (answer, error) {
	ctx, change := r.Request.Context(), r.changeOf()
	c, err := s.contractOf(r)
	if err == nil && r.PostForm("action") == "save" {
		p, seq, err := s.SaveContract(ctx, change, c)
		if err == nil {
			s.Wait(ctx, seq)
			return goTo(frontend.ContractPath(p.ID), frontend.Flash{Kind: frontend.Done, Text: fmt.Sprintf("Version %d of %s is saved.", p.Version, p.Name)})
		}
		if !wrongInput(err) {
			return answer{}, err
		}
	}
	page, pageErr := s.contractForm(r, incident.Policy{ID: change.ID, Version: change.Version, Name: change.Name}, c)
	if pageErr != nil {
		return answer{}, pageErr
	}
	var run desk.DryRun
	if err == nil {
		q, scopeErr := s.wholeRecord(r)
		if scopeErr != nil {
			return answer{}, scopeErr
		}
		run, err = s.TryContract(ctx, change, c, q)
	}
	return tried(r, page, run, err)
}

func wrongInput(err error) bool {
	return errors.Is(err, incident.ErrInvalid) || errors.Is(err, incident.ErrConflict)
}

// tried shows what a change would do, or what is wrong with it, above the form as it was sent.
func tried(r *request, page frontend.PolicyPage, run desk.DryRun, err error) (answer, error) {
	for g := range page.Groups {
		for i := range page.Groups[g].Inputs {
			if in := &page.Groups[g].Inputs[i]; in.Name == "note" {
				in.Value = r.PostForm("note")
			} else if in.Options == nil && err != nil && r.Request.PostForm.Has(in.Name) {
				in.Value = r.PostForm(in.Name)
			}
		}
	}
	if err != nil {
		if !wrongInput(err) {
			return answer{}, err
		}
		page.Form = formOf(r.Request.PostForm, err)
		if errors.Is(err, incident.ErrConflict) {
			page.Form.Errors = []frontend.FieldError{{Message: "Another version was saved meanwhile. Open the page again and change that one."}}
		}
		for i, e := range page.Form.Errors {
			if !r.Request.PostForm.Has(e.Field) {
				page.Form.Errors[i].Field = ""
			}
		}
		return answer{page: page, status: http.StatusUnprocessableEntity}, nil
	}
	page.Tried, page.Sentences = true, run.Sentences
	shown := run.Changes[:min(len(run.Changes), clocksShown)]
	page.More = len(run.Changes) - len(shown)
	page.Changes = each(shown, func(c desk.ClockChange) frontend.ChangeOfClock {
		return frontend.ChangeOfClock{Incident: c.Incident, Number: c.Number, Title: c.Title, Promise: c.Promise, Before: standing(c.Before), After: standing(c.After)}
	})
	return answer{page: page}, nil
}

// standing says a state in words.
func standing(state string) string {
	if state == "" {
		return "no clock"
	}
	return strings.ReplaceAll(state, "_", " ")
}

func (s *Server) removeContract(r *request) (answer, error) {
	seq, err := s.RemovePolicy(r.Request.Context(), incident.ID(r.Param("id")), incident.ContractPolicy, r.viewer.Name)
	if err != nil {
		return answer{}, err
	}
	s.Wait(r.Request.Context(), seq)
	return goTo(slaPath, frontend.Flash{Kind: frontend.Done, Text: "The contract is taken back. Its versions stay."})
}
