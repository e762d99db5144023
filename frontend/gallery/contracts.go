package gallery

import (
	"time"

	"hindsight/frontend"
)

func (w world) contractWindows() []frontend.ContractWindow {
	lo, hi := 0.81, 0.97
	return []frontend.ContractWindow{
		{Promise: w.say("Resolution"), Label: "Q2 2026", Met: 40, Breached: 3, Goal: 0.95, Lo: &lo, Hi: &hi, State: frontend.Breached, Excused: 2, ExcusedLate: 1, Path: "/contracts/pol_1?version=2&promise=Resolution&window=2026-Q2", Canceled: 2, Missing: 1, Apart: []frontend.ClocksApart{{State: "canceled", Reason: w.say("canceled by status Void"), N: 2}, {State: "missing", Reason: "no time is recorded for resolved", N: 1}}},
		{Promise: w.say("Resolution"), Label: "Q3 2026", Partial: true, Running: 2, AtRisk: 1, Goal: 0.95, State: frontend.TooFew},
	}
}

func (w world) contractCards() []frontend.ContractCard {
	return []frontend.ContractCard{
		{Name: w.say("Gold"), Customer: w.say("Example Customer"), Path: "/contracts/pol_1", Version: 3, Windows: w.contractWindows(), AtRisk: 1, BreachedNow: 2},
		{Name: "Silver", Path: "/contracts/pol_2", Version: 1, Problem: w.say("there is no calendar pol_9")},
	}
}

func (w world) clockRows() []frontend.ClockRow {
	at := w.shell.Now.AddDate(0, 0, -3)
	return []frontend.ClockRow{
		{Incident: "inc_1", Number: w.say("INC1"), Title: w.say("Checkout fails"), Promise: w.say("Resolution"), Contract: frontend.Link{Label: w.say("Gold"), Path: "/contracts/pol_1?version=2"}, State: "breached", Within: 4 * time.Hour, Start: at, Stop: at.Add(9 * time.Hour), Due: at.Add(4 * time.Hour), Elapsed: 8 * time.Hour, Over: 4 * time.Hour, Evidence: []string{w.say("stood still from 17 Nov 10:00:00 to 17 Nov 11:00:00 UTC, in status On Hold"), "calendar Office, version 3", "the source's own clock says met"}},
		{Incident: "inc_2", Promise: "Response", State: "met", Within: 15 * time.Minute, Elapsed: 9 * time.Minute, Start: at, Stop: at.Add(9 * time.Minute)},
		{Incident: "inc_2", Promise: "Resolution", Contract: frontend.Link{Label: "Gold", Path: "/contracts/pol_1?version=2"}, State: "canceled", Why: w.say("canceled by status Void")},
		{Incident: "inc_2", Promise: "Resolution", Contract: frontend.Link{Label: "Resolution", Path: "/contracts/pol_2?version=1"}, State: "at risk", Within: 6 * time.Hour, Running: true, Start: at, Elapsed: 5 * time.Hour},
	}
}

func (w world) versionRows() []frontend.VersionRow {
	return []frontend.VersionRow{
		{Version: 2, At: w.shell.Now, By: "admin", Note: w.say("renewed for a year"), Path: "/contracts/pol_1?version=2", On: true},
		{Version: 1, At: w.shell.Now.AddDate(-1, 0, 0), By: "admin", Removed: true},
	}
}

func (w world) contract() frontend.ContractPage {
	return frontend.ContractPage{Shell: w.on("Gold", frontend.NavSLA, "/contracts/pol_1"), ID: "pol_1", Name: w.say("Gold"), Version: 2, Customer: w.say("Example Customer"),
		Terms: []string{"Compliance is stated per calendar quarter. Days begin in Europe/Berlin.", w.say("Resolution: opened..resolved within 4h for 95 % of incidents")}, Excluded: []string{w.say("1 Mar 2026 22:00 to 2 Mar 2026 02:00 UTC: database move, approved by Approver One, after the fact")},
		Windows: w.contractWindows(), Chosen: &frontend.ChosenClocks{Title: w.say("Resolution, 2026-Q2, canceled"), Rows: w.clockRows()[2:3], More: 3}, AtRisk: w.clockRows()[1:], Breaches: w.clockRows(), More: 12, Versions: w.versionRows(), MayEdit: true}
}

func (w world) contractEdit() frontend.PolicyPage {
	return frontend.PolicyPage{Shell: w.on("Change Gold", frontend.NavSLA, "/admin/contracts/pol_1"), Heading: "Change " + w.say("Gold"), Lede: "A contract is kept in versions.", Action: "/admin/contracts/pol_1", Back: "/sla", Remove: "/admin/delivery/remove", Version: 2, Upload: true,
		Groups: []frontend.InputGroup{{Title: "Promise 1", Hint: "Leave its name empty for none.", Inputs: []frontend.Input{
			{Name: "p0.name", Label: "Name of the promise", Type: "text", Value: w.say("Resolution")},
			{Name: "p0.pause_in", Label: "The clock stands still in statuses, one a line", Type: "textarea", Value: w.say("On Hold"), Hint: "The source's own word."},
			{Name: "p0.calendar", Label: "Counted in", Options: []frontend.Choice{{Value: "", Label: "Every second counts"}, {Value: "pol_9", Label: w.say("Office"), On: true}}},
		}}},
		Tried: true, Sentences: []string{w.say("Q3 2026, Gold: Resolution: from 1 breach to 2.")}, More: 3, Versions: w.versionRows(),
		Changes: []frontend.ChangeOfClock{{Incident: "inc_1", Number: w.say("INC1"), Title: w.say("Checkout fails"), Promise: "Resolution", Before: "met", After: "breached"}},
		Form:    frontend.Form{Errors: []frontend.FieldError{{Message: w.say("a status is empty")}}}}
}

func (w world) calendars() frontend.CalendarsPage {
	return frontend.CalendarsPage{Shell: w.on("Calendars", frontend.NavSettings, "/admin/calendars"), Rows: []frontend.CalendarRow{
		{ID: "pol_9", Name: w.say("Office"), Version: 3, Zone: "Europe/Berlin", Hours: "Mon 09:00-17:00; Tue 09:00-17:00", Days: 12}, {ID: "pol_8", Name: "Always", Version: 1}}}
}

func (w world) hours() frontend.HoursPage {
	p := frontend.HoursPage{Shell: w.on("Team hours", frontend.NavSettings, "/admin/hours")}
	for range w.rows + 1 {
		p.Rows = append(p.Rows, frontend.HoursRow{Path: "/admin/hours/all", Name: w.say("Payments"), From: "of all teams", Hours: "business Mon 08:00-18:00, Tue 08:00-18:00; sleep 22:00-08:00; off hours the rest; in UTC"})
	}
	return p
}
