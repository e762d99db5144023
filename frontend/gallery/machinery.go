package gallery

import (
	"fmt"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

func (w world) samples() []frontend.SampleSet {
	return []frontend.SampleSet{
		{Name: "uci", Title: "ServiceNow event log", Summary: w.say("A real help desk's log of 24,918 incidents, made anonymous."), Incidents: 24918, Licence: "CC BY 4.0"},
		{Name: "status", Title: "Public status pages", Summary: "What several companies told the public.", Incidents: 1200, Licence: "as published", Loaded: true},
	}
}

func (w world) connections(n int) []frontend.ConnectionRow {
	rows := make([]frontend.ConnectionRow, n)
	healths := []frontend.Health{frontend.Healthy, frontend.Ailing, frontend.Broken, frontend.Silent}
	for i := range rows {
		run := w.oneRun(incident.RunOK)
		rows[i] = frontend.ConnectionRow{
			Connection: incident.Connection{ID: number("con", i), Name: w.say([]string{"ServiceNow", "Status page", "Spreadsheet"}[i%3]), Source: "servicenow", Settings: map[string]string{"instance": w.say("example"), "zone": ""}, MapVersion: 2, Sample: i%3 == 2, CreatedAt: w.shell.Now.AddDate(-1, 0, 0)},
			Title:      "ServiceNow", Incidents: 1204, Waiting: i, Last: &run, Newest: w.shell.Now.AddDate(0, 0, -2), Health: healths[i%4],
		}
		if i%4 == 1 {
			rows[i].Says = w.say("2 hours without an answer, trying again")
		}
		if i%4 == 3 {
			rows[i].Last = nil
		}
	}
	return rows
}

func (w world) oneRun(state incident.RunState) incident.Run {
	return incident.Run{ID: "run_1", Connection: "con_0000", State: state, Via: "file", StartedAt: w.shell.Now.Add(-3 * time.Minute), Total: 1942, Read: 1214, New: 1100, Changed: 42, Unchanged: 70, Dead: 2, By: "admin", Message: w.say("Reading events.csv"),
		Warnings: []incident.Warning{{Field: w.say("priority"), Value: w.say("P9"), Message: "is in no mapping table; severity left unset", Count: 12}}}
}

func (w world) run(state incident.RunState) frontend.RunPage {
	shell := w.on("Import run", frontend.NavImports, "/imports/runs/run_1", frontend.Link{Label: "Imports", Path: "/imports"})
	return frontend.RunPage{Shell: shell, Progress: frontend.RunProgress{Shell: shell, Run: w.oneRun(state), Left: 20 * time.Second, MayEdit: true}, Connection: frontend.Link{Label: w.say("ServiceNow"), Path: "/imports/con_0000"}, Letters: w.letterRows(2), MayEdit: true}
}

func (w world) letterRows(n int) []frontend.LetterRow {
	rows := make([]frontend.LetterRow, n)
	for i := range rows {
		rows[i] = frontend.LetterRow{Connection: frontend.Link{Label: w.say("Spreadsheet"), Path: "/imports/con_0002"}, Letter: incident.DeadLetter{
			ID: number("dl", i), Connection: "con_0002", Run: "run_1", Type: "incidents", ExternalID: w.say("INC0010031"), Stage: "map", Place: fmt.Sprintf("incidents.csv, row %d, column opened_at", 17+i),
			Reason: w.say(`opened_at: "31/31/2026" is not a time; write it as 2026-12-31 14:02`), Body: w.say("INC0010031,31/31/2026,Checkout slow"), FirstSeen: w.shell.Now.AddDate(0, 0, -1), Count: 3,
		}}
	}
	return rows
}

func (w world) imports() frontend.ImportsPage {
	var runs []frontend.RunRow
	for i := range w.rows {
		r := w.oneRun([]incident.RunState{incident.RunOK, incident.RunPartial, incident.RunFailed, incident.RunRunning, incident.RunCanceled, incident.RunQueued}[i%6])
		r.ID = number("run", i)
		runs = append(runs, frontend.RunRow{Run: r, Connection: frontend.Link{Label: w.say("ServiceNow"), Path: "/imports/con_0000"}})
	}
	return frontend.ImportsPage{Shell: w.on("Imports", frontend.NavImports, "/imports"), Connections: w.connections(4), Runs: runs, Waiting: 3, Letters: w.letterRows(2), Samples: w.samples(), MayEdit: true}
}

func (w world) connection() frontend.ConnectionPage {
	return frontend.ConnectionPage{
		Shell: w.on("ServiceNow", frontend.NavImports, "/imports/con_0000", frontend.Link{Label: "Imports", Path: "/imports"}), Row: w.connections(2)[1], Source: w.sources().Sources[1], Runs: []incident.Run{w.oneRun(incident.RunPartial)}, Letters: w.letterRows(2),
		Coverage: []frontend.Coverage{{Label: "Acknowledged at", Have: 812, Of: 1204}, {Label: "Mitigated at", Have: 0, Of: 1204, Note: w.say("ServiceNow does not record it")}, {Label: "Impact started at", Of: 0}}, Records: 1206, Upload: true, MayEdit: true,
	}
}

func (w world) letters() frontend.LettersPage {
	return frontend.LettersPage{Shell: w.on("Rejected records", frontend.NavImports, "/imports/letters", frontend.Link{Label: "Imports", Path: "/imports"}), Letters: w.letterRows(w.rows), Total: 3 * w.rows, MayEdit: true, Exports: exports("/imports/letters"),
		Stages: []frontend.Choice{{Label: "All", On: true, Count: 24, Path: "/imports/letters"}, {Label: "Could not be read", Count: 4, Path: "/imports/letters?stage=read"}, {Label: "Could not be mapped", Count: 20, Path: "/imports/letters?stage=map"}}}
}

func (w world) sources() frontend.SourcesPage {
	return frontend.SourcesPage{Shell: w.on("Choose a source", frontend.NavImports, "/imports/new", frontend.Link{Label: "Imports", Path: "/imports"}), Samples: w.samples(), Sources: []frontend.SourceCard{
		{Name: "table", Title: "CSV, JSON Lines or spreadsheet", Summary: w.say("Any table with one incident a row."), File: true, Accept: []string{".csv", ".xlsx", ".jsonl"}, Mapped: true, Missing: []string{"history"}},
		{Name: "servicenow", Title: "ServiceNow", Summary: "Incidents with their audit log.", Docs: "https://example.org/docs", Missing: []string{"mitigation time", w.say("impact start")}, Fields: []frontend.SourceField{
			{Name: "instance", Label: "Instance", Help: w.say("The name before .service-now.com"), Required: true}, {Name: "token", Label: "Token", Secret: true, Required: true, Help: "Stored encrypted."}, {Name: "order", Label: "Order", Options: []string{"newest", "oldest"}, Default: "oldest"}}},
		{Name: "markdown", Title: "Postmortem documents", Summary: "A folder of Markdown files.", File: true, Accept: []string{".md", ".zip"}},
		{Name: "jira", Title: "Jira", Summary: w.say("Incidents from Jira with their full history."), Network: true, Hook: true, Docs: "https://example.org/docs", Missing: []string{"impact start", w.say("mitigation")}, Permission: w.say("Browse projects in the projects that are read."),
			Fields: []frontend.SourceField{{Name: "url", Label: "Address", Help: w.say("Where Jira is."), Required: true}, {Name: "token", Label: "Token", Secret: true, Required: true, Help: "An API token."}, {Name: "extra", Label: "Second token", Secret: true}, {Name: "ca", Label: "Certificate authority", Lines: true}, {Name: "deployment", Label: "Deployment", Options: []string{"cloud", "datacenter"}, Default: "cloud"}}},
	}, All: 12}
}

func (w world) upload() frontend.UploadPage {
	card := w.sources().Sources[1]
	card.File, card.Accept = true, []string{".csv", ".json"}
	return frontend.UploadPage{File: true, Shell: w.on(card.Title, frontend.NavImports, "/imports/new/servicenow", frontend.Link{Label: "Imports", Path: "/imports"}, frontend.Link{Label: "Choose a source", Path: "/imports/new"}), Source: card, MaxSize: 512 << 20}
}

func (w world) mapping() frontend.MapPage {
	p := frontend.MapPage{
		Shell: w.on("Columns", frontend.NavImports, "/imports/con_0002/map", frontend.Link{Label: "Imports", Path: "/imports"}), Connection: w.connections(3)[2].Connection, Upload: "incidents.csv",
		Targets: []frontend.Choice{{Value: "", Label: "keep as a field of its own"}, {Value: "title", Label: "Title"}, {Value: "opened", Label: "Opened at"}, {Value: "resolved", Label: "Resolved at"}, {Value: "service", Label: "Service"}},
		Zones:   []frontend.Choice{{Value: "UTC", Label: "UTC", On: true}, {Value: "Europe/Berlin", Label: "Europe/Berlin"}}, Dates: []frontend.Choice{{Value: "dmy", Label: "3 April 2026", On: true}, {Value: "mdy", Label: "4 March 2026"}},
	}
	for i, target := range []string{"title", "opened", "resolved", "", "service"} {
		p.Columns = append(p.Columns, frontend.ColumnMap{Name: w.say([]string{"short_description", "opened_at", "resolved_at", "u_region", "cmdb_ci"}[i]), Samples: []string{w.say("Checkout slow"), "2026-11-11 09:21"}, Filled: 1204 - i*100, Of: 1204, Target: target, Guess: i%2 == 0, Note: w.say(`3 values are not a time: "n/a"`)})
	}
	return p
}

func (w world) preview() frontend.PreviewPage {
	p := frontend.PreviewPage{Shell: w.on("Preview", frontend.NavImports, "/imports/con_0002/preview", frontend.Link{Label: "Imports", Path: "/imports"}), Connection: w.connections(3)[2].Connection, Source: w.sources().Sources[0], Upload: "incidents.csv", Read: 100, Known: 3, Rejects: w.letterRows(2), Warnings: w.oneRun(incident.RunOK).Warnings}
	for i := range min(20, w.rows) {
		p.Rows = append(p.Rows, frontend.PreviewRow{Place: fmt.Sprintf("incidents.csv, row %d", i+2), Incident: w.inc(i), Services: []string{w.say("checkout")}, Before: []frontend.Pair{{Name: w.say("number"), Value: w.say("INC0010023")}, {Name: "opened_at", Value: "2026-11-11 09:21"}}, Warnings: []incident.Warning{{Field: "priority", Message: w.say("P9 is in no table")}}})
	}
	for i := range p.Rejects {
		p.Rejects[i].Letter.ID = "" // a preview stores nothing
	}
	return p
}

func (w world) search() frontend.SearchPage {
	p := frontend.SearchPage{Shell: w.on("Search", "", "/search?q=cold+cache"), Query: w.say("cold cache"), Total: 12, Took: 4 * time.Millisecond, Older: "/search?q=cold+cache&after=x", Figures: []frontend.Figure{w.countsChart("incidents-per-month")}, Exports: exports("/search"), Goes: []frontend.Link{{Label: "cold cache service:", Path: "/search?q=cold+cache+service%3A"}}, Kinds: []frontend.Choice{{Label: "Everything", On: true, Count: 12, Path: "/search?q=cold+cache"}, {Label: "Incidents", Count: 10, Path: "/search?q=cold+cache&kind=incident"}}}
	g := frontend.HitGroup{Label: "Incidents", Graded: true, Total: 10, More: "/search?q=cold+cache&kind=incident"}
	for i := range w.rows {
		g.Hits = append(g.Hits, frontend.Hit{Title: w.marked("Payments failover, ", "cold cache", ""), Path: "/incidents/inc_0001", Severity: incident.Severity(i % 6), At: w.shell.Now.AddDate(0, 0, -i), Meta: []string{w.say("checkout"), "INC02040"}, Snippets: []frontend.Snippet{{Field: "timeline", Text: w.marked("the ", "cold cache", " amplified retries")}}})
	}
	p.Groups = []frontend.HitGroup{g, {Label: "Problems", Total: 1, Hits: []frontend.Hit{{Title: w.marked("Failover with ", "cold cache", ""), Path: "/problems/prb_0001"}}}}
	return p
}

func (w world) palette() frontend.Palette {
	return frontend.Palette{Shell: w.shell, Groups: []frontend.PaletteGroup{{Label: "Go to", Items: []frontend.PaletteItem{{Label: "Incidents", Path: "/incidents", Keys: "g i"}}}, {Label: "Services", Items: []frontend.PaletteItem{{Label: w.say("checkout"), Meta: w.say("Payments"), Path: "/services/svc_0001"}}}}}
}

func (w world) profile() frontend.ProfilePage {
	return frontend.ProfilePage{Shell: w.on("Settings", frontend.NavSettings, "/me"), Zones: []string{"UTC", "Europe/Berlin", "America/New_York"}, Sessions: []frontend.SessionRow{{Session: incident.Session{Agent: w.say("Firefox on Linux"), CreatedAt: w.shell.Now.AddDate(0, 0, -3), SeenAt: w.shell.Now}, Current: true}, {Session: incident.Session{Hash: "2c26b46b", CreatedAt: w.shell.Now.AddDate(0, 0, -9), SeenAt: w.shell.Now.Add(-time.Hour)}}}}
}

func (w world) about() frontend.AboutPage {
	return frontend.AboutPage{Shell: w.on("About", frontend.NavSettings, "/about"), Version: "0.1.0", Commit: "f40c004", Go: "go1.26", Database: w.say("SQLite 3.54.1"), Facts: []frontend.Pair{{Name: "Incidents", Value: "12,345"}}, Licences: []frontend.Licence{{Module: "htmx.org", Version: "4.0.1", Name: "0BSD", URL: "https://htmx.org"}, {Module: "Apache ECharts", Version: "6.1.0", Name: "Apache-2.0", URL: "https://echarts.apache.org"}}}
}

func (w world) metrics() frontend.MetricsPage {
	p := frontend.MetricsPage{Shell: w.on("How numbers are computed", frontend.NavHelp, "/help/metrics")}
	for _, id := range []string{"rate", "ttd", "tta", "ttm", "ttr", "ttc", "impact", "sla", "repeat"} {
		p.Metrics = append(p.Metrics, frontend.MetricHelp{ID: id, Name: w.say("Metric " + id), Definition: w.say("From the first report to the last resolution."), Unit: "seconds, written as 1h 14m", Population: "counted incidents that started in the period", Missing: "open ones are left out of medians and listed", Method: "median with 95 % order-statistic interval", Source: "ISO 3534-1", SourceURL: "https://www.iso.org/standard/40145.html"})
	}
	return p
}
