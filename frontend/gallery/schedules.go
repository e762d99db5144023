package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

func (w world) reportSchedule(i int) incident.ReportSchedule {
	every := incident.ReportEverys[i%4]
	s := incident.ReportSchedule{ID: number("rps", i), Version: 1, Name: w.say("Levels for managers"), Kind: "sla", Question: "service=checkout", Formats: []string{"pdf", "xlsx"}, Zone: "Europe/Berlin", Every: every, On: 1, Minute: 480,
		To: []string{"managers@example.com", "board@example.com"}, Channels: []incident.ID{"chl_1"}, Owner: "usr_1", NextAt: w.shell.Now.Add(time.Hour)}
	switch i % 3 {
	case 1:
		s.Paused = true
	case 2:
		s.Paused, s.Stopped = true, "the account of its owner is closed"
	}
	return s
}

func (w world) scheduleFields(of incident.ReportSchedule) frontend.ScheduleFields {
	return frontend.ScheduleFields{Schedule: of, Kinds: []frontend.Choice{{Value: "sla", Label: "Service levels"}}, Formats: []frontend.Choice{{Value: "pdf", Label: "PDF"}, {Value: "xlsx", Label: "XLSX"}, {Value: "csv", Label: "CSV"}},
		Channels: []incident.Channel{{ID: "chl_1", Name: w.say("#reports")}}, Zones: []string{"UTC", "Europe/Berlin"}, Mail: true}
}

func (w world) schedules() frontend.SchedulesPage {
	p := frontend.SchedulesPage{Shell: w.on("Scheduled reports", frontend.NavReports, "/reports/schedules"), Fields: w.scheduleFields(incident.ReportSchedule{Formats: []string{"pdf"}, Zone: "UTC", Every: incident.EveryMonth, On: 1, Minute: 480})}
	for i := range w.rows {
		p.Schedules = append(p.Schedules, w.reportSchedule(i))
	}
	return p
}

func (w world) reportRun(i int) incident.ReportRun {
	r := incident.ReportRun{ID: number("rpr", i), Schedule: "rps_1", Kind: "sla", At: w.shell.Now.Add(-time.Duration(i) * 24 * time.Hour), AsOf: 48213, Title: "Service levels", About: w.say("1 Oct 2026 – 31 Oct 2026 (Europe/Berlin) · all services"), Private: i == 0}
	switch i % 3 {
	case 0:
		r.Outcome, r.Summary = incident.ReportSent, []string{w.say("Every promise was kept."), "Too few incidents to compare: 3 now and 2 before."}
		r.Files = []incident.ReportFile{{Name: "sla-2026-10-01-2026-10-31.pdf", Size: 183221}, {Name: "sla-2026-10-01-2026-10-31.xlsx", Size: 40655}}
	case 1:
		r.Outcome = incident.ReportUnchanged
	case 2:
		r.Outcome, r.Reason = incident.ReportFailed, w.say("there is no service called checkout")
	}
	return r
}

func (w world) schedule() frontend.SchedulePage {
	of := w.reportSchedule(0)
	p := frontend.SchedulePage{Shell: w.on(of.Name, frontend.NavReports, "/reports/schedules/rps_1", frontend.Link{Label: "Scheduled reports", Path: "/reports/schedules"}), Schedule: of, Fields: w.scheduleFields(of)}
	for i := range w.rows {
		p.Runs = append(p.Runs, w.reportRun(i))
	}
	return p
}

func (w world) runOfReport() frontend.ReportRunPage {
	return frontend.ReportRunPage{Shell: w.on("Service levels", frontend.NavReports, "/reports/runs/rpr_1", frontend.Link{Label: "Scheduled reports", Path: "/reports/schedules"}), Run: w.reportRun(0)}
}
