package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/analytics/calendar"
	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/desk"
	"hindsight/server/internal/query"
)

const (
	contractsPath  = "/contracts/"
	clocksShown    = 100
	windowsOnCards = 4 // of each promise
)

// wholeRecord is the question about everything on record, of all that the viewer may see.
func (s *Server) wholeRecord(r *request) (analytics.Query, error) {
	q, err := query.Parse(url.Values{}, s.Now())
	if err != nil {
		return analytics.Query{}, err
	}
	return s.Figures(r.Request.Context(), q, r.viewer.Sight())
}

func (s *Server) contract(r *request) (answer, error) {
	version := 0
	if text := r.Query("version"); text != "" {
		if _, err := fmt.Sscan(text, &version); err != nil {
			return answer{}, incident.Invalidf("version", "%q is no number of a version", text)
		}
	}
	a, versions, err := s.Agreement(r.Request.Context(), incident.ID(r.Param("id")), version)
	if err != nil {
		return answer{}, err
	}
	q, err := s.wholeRecord(r)
	if err != nil {
		return answer{}, err
	}
	snapshot := s.Live.Snapshot()
	page := frontend.ContractPage{Shell: r.shell(a.Name, frontend.NavSLA, frontend.Link{Label: "SLA compliance", Path: slaPath}), ID: a.ID, Name: a.Name, Version: a.Version,
		Customer: a.Contract.Customer, Problem: a.Problem, Removed: versions[0].Removed, MayEdit: r.viewer.MayChange(incident.Agree),
		CountedAt: desk.Replaced(versions, a.Version), Versions: versionRows(versions, frontend.ContractPath(a.ID)+"?version=", a.Version)}
	for _, g := range snapshot.Windows(q, a) {
		page.Windows = append(page.Windows, windowOf(g, fmt.Sprintf("%s?version=%d", frontend.ContractPath(a.ID), a.Version)))
	}
	if page.Chosen, err = chosenClocks(r, snapshot, q, a); err != nil {
		return answer{}, err
	}
	page.Terms, page.Excluded = s.termsOf(snapshot, a, r.viewer.Sight())
	page.AtRisk, _ = clockRows(snapshot, q, a, analytics.SLAAtRisk)
	page.Breaches, page.More = clockRows(snapshot, q, a, analytics.SLABreached)
	return show(page)
}

func versionRows(versions []incident.Policy, path string, on int) []frontend.VersionRow {
	return each(versions, func(p incident.Policy) frontend.VersionRow {
		row := frontend.VersionRow{Version: p.Version, At: p.SavedAt, By: p.SavedBy, Note: p.Note, Removed: p.Removed, On: p.Version == on}
		if path != "" {
			row.Path = fmt.Sprint(path, p.Version)
		}
		return row
	})
}

// states are the words and states behind the numbers of a window.
var states = map[string][]analytics.SLAState{"met": {analytics.SLAMet}, "breached": {analytics.SLABreached}, "running": {analytics.SLARunning, analytics.SLAAtRisk},
	"at_risk": {analytics.SLAAtRisk}, "missing": {analytics.SLAMissing}, "invalid": {analytics.SLAInvalid}, "canceled": {analytics.SLACanceled}}

// chosenClocks are those behind a number of a window, as the address says it; nil when it chooses none.
func chosenClocks(r *request, snapshot *analytics.Snapshot, q analytics.Query, a analytics.Agreement) (*frontend.ChosenClocks, error) {
	state, why := r.Query("state"), r.Query("why")
	if state == "" {
		return nil, nil
	}
	wanted, known := states[state]
	if !known {
		return nil, incident.Invalidf("state", "%q is not met, breached, running, at_risk, missing, invalid or canceled", state)
	}
	all, err := snapshot.WindowClocks(q, a, r.Query("promise"), r.Query("window"), wanted...)
	if why != "" {
		all = slices.DeleteFunc(all, func(c analytics.Clock) bool { return c.Why != why })
	}
	shown := all[:min(len(all), clocksShown)]
	words := []string{r.Query("promise"), r.Query("window"), standing(state)}
	if why != "" {
		words = append(words, why)
	}
	return &frontend.ChosenClocks{Title: strings.Join(words, ", "), Rows: each(shown, clockRow), More: len(all) - len(shown)}, err
}

// windowOf shows a window; its numbers open their clocks at a path, unless that is empty.
func windowOf(g analytics.ComplianceGroup, path string) frontend.ContractWindow {
	if path != "" {
		path += "&promise=" + queryEscape(g.Promise.Terms.Name) + "&window=" + queryEscape(g.Key)
	}
	return frontend.ContractWindow{Path: path, Canceled: g.Canceled, Missing: g.Missing, Invalid: g.Invalid, Apart: each(g.Apart, func(a analytics.Apart) frontend.ClocksApart {
		return frontend.ClocksApart{State: string(a.State), Reason: a.Reason, N: a.N}
	}),
		Promise: g.Promise.Terms.Name, Label: g.Label, Partial: g.Partial, Met: g.Met, Breached: g.Breached, Running: g.Running, AtRisk: g.AtRisk,
		Excused: g.Excused, ExcusedLate: g.ExcusedLate, Goal: g.Promise.Goal, Lo: g.Rate.Low, Hi: g.Rate.High, State: compliance(g)}
}

// contractCards are the contracts with the newest windows of each promise.
func contractCards(snapshot *analytics.Snapshot, q analytics.Query) (out []frontend.ContractCard) {
	for _, a := range snapshot.Agreements() {
		card := frontend.ContractCard{Name: a.Name, Customer: a.Contract.Customer, Path: frontend.ContractPath(a.ID), Version: a.Version, Problem: a.Problem}
		windows := snapshot.Windows(q, a)
		for i, g := range windows {
			later := slices.IndexFunc(windows[i:], func(o analytics.ComplianceGroup) bool { return o.Promise.Key != g.Promise.Key })
			if later < 0 {
				later = len(windows) - i
			}
			if later <= windowsOnCards {
				card.Windows = append(card.Windows, windowOf(g, ""))
			}
		}
		for _, c := range snapshot.Clocks(q, []analytics.Agreement{a}, analytics.SLAAtRisk, analytics.SLABreached) {
			switch {
			case c.Promise.Stated:
			case c.State == analytics.SLAAtRisk:
				card.AtRisk++
			case c.Running:
				card.BreachedNow++
			}
		}
		out = append(out, card)
	}
	return out
}

// clockRows are the newest clocks of an agreement in a state, and how many more there are.
func clockRows(snapshot *analytics.Snapshot, q analytics.Query, a analytics.Agreement, state analytics.SLAState) ([]frontend.ClockRow, int) {
	all := slices.DeleteFunc(snapshot.Clocks(q, []analytics.Agreement{a}, state), func(c analytics.Clock) bool { return c.Promise.Stated })
	shown := all[:min(len(all), clocksShown)]
	return each(shown, clockRow), len(all) - len(shown)
}

// clockRow shows a clock; one of the source shows the time between its ends.
func clockRow(c analytics.Clock) frontend.ClockRow {
	row := frontend.ClockRow{Incident: c.ID, Number: c.Number, Title: c.Title, Promise: c.Promise.Terms.Name, Running: c.Running, Start: c.Start, Stop: c.Stop, Due: c.Due,
		Elapsed: lasting(c.Elapsed), Over: lasting(c.Over), Within: c.Promise.Within, State: standing(string(c.State)), Why: c.Why, Evidence: evidenceOf(c)}
	if c.Now == calendar.Paused && c.State != analytics.SLABreached {
		row.State = "paused"
	}
	if c.Promise.Stated {
		row.Promise = c.Promise.Name
		if !c.Start.IsZero() && c.Stop.After(c.Start) {
			row.Elapsed = c.Stop.Sub(c.Start)
		}
		return row
	}
	row.Contract = frontend.Link{Label: c.Promise.Contract, Path: fmt.Sprintf("%s?version=%d", frontend.ContractPath(c.Promise.ID), c.Promise.Version)}
	return row
}

func lasting(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// evidenceOf says how a clock came to show what it does.
func evidenceOf(c analytics.Clock) []string {
	var out []string
	for _, p := range c.Pauses {
		text := fmt.Sprintf("stood still from %s", p.From.Format("2 Jan 15:04:05"))
		if !p.To.IsZero() {
			text += " to " + p.To.Format("2 Jan 15:04:05")
		}
		text += " UTC, " + p.Why
		if p.Late {
			text += ", after the fact"
		}
		out = append(out, text)
	}
	if c.Calendar != "" {
		out = append(out, fmt.Sprintf("calendar %s, version %d", c.Calendar, c.CalendarVersion))
	}
	if c.Says != "" {
		out = append(out, "the source's own clock says "+string(c.Says))
	}
	return out
}

// termsOf says in words what a contract promises and which time it excludes.
func (s *Server) termsOf(snapshot *analytics.Snapshot, a analytics.Agreement, sight incident.Sight) (terms, excluded []string) {
	c := a.Contract
	window := map[incident.Every]string{incident.Month: "calendar month", incident.Quarter: "calendar quarter", incident.Year: "calendar year", incident.Rolling: fmt.Sprintf("%d days, rolling", c.Window.Days)}
	term := fmt.Sprintf("Compliance is stated per %s. Days begin in %s.", window[c.Window.Every], cmp.Or(c.Zone, "UTC"))
	if c.From != "" || c.Until != "" {
		term += fmt.Sprintf(" In force from %s until %s.", cmp.Or(c.From, "the beginning"), cmp.Or(c.Until, "it is changed"))
	}
	terms = append(terms, term)
	for _, p := range c.Promises {
		terms = append(terms, s.promiseWords(snapshot, p, sight))
	}
	for _, x := range c.Exclusions {
		text := fmt.Sprintf("%s to %s UTC: %s, approved by %s", x.From.UTC().Format("2 Jan 2006 15:04"), x.Until.UTC().Format("2 Jan 2006 15:04"), x.Reason, x.Approver)
		if x.AfterTheFact() {
			text += ", after the fact"
		}
		text += map[incident.AppliesTo]string{incident.ToAll: "; taken from the clocks, availability and error budgets", incident.ToClocks: "; taken from the clocks alone",
			incident.ToAvailability: "; taken from availability and error budgets alone"}[x.AppliesTo]
		excluded = append(excluded, text)
	}
	return terms, excluded
}

func (s *Server) promiseWords(snapshot *analytics.Snapshot, p incident.SLAPromise, sight incident.Sight) string {
	text := fmt.Sprintf("%s: %s within %s for %s of incidents", p.Name, p.Span, incident.FormatDuration(lasting(p.WithinSeconds)), reports.Format(reports.Share, p.Goal))
	for _, f := range []struct {
		word   string
		values []string
	}{
		{"of priority", p.Priorities}, {"of severity", each(p.Severities, incident.Severity.String)}, {"of service", serviceNames(snapshot, p.Services, sight)},
		{"pausing in", p.PauseIn}, {"canceled by", p.CancelOn},
	} {
		if len(f.values) > 0 {
			text += ", " + f.word + " " + strings.Join(f.values, " or ")
		}
	}
	counted := "around the clock"
	for _, c := range snapshot.Policies(incident.CalendarPolicy) {
		if c.ID == p.Calendar {
			counted = "in the hours of " + c.Name
		}
	}
	how := map[incident.Reopen]string{incident.RunOn: "a clock runs on when the incident comes back", incident.Resume: "a clock stands still while the incident is over and resumes when it comes back",
		incident.Reset: "a clock begins anew when the incident comes back, and each run must be in time"}
	return text + "; counted " + counted + "; " + how[p.Reopen] + "."
}

// serviceNames are the names of services that the viewer may know.
func serviceNames(snapshot *analytics.Snapshot, ids []incident.ID, sight incident.Sight) (out []string) {
	known := snapshot.Services(sight)
	for _, id := range ids {
		if slices.ContainsFunc(known, func(x incident.Service) bool { return x.ID == id }) {
			out = append(out, snapshot.Name(id))
		} else {
			out = append(out, string(id))
		}
	}
	return out
}
