package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// live is a source that is read over the network and pushes, with what a connection sets.
func (w world) live() frontend.SourceCard {
	card := w.sources().Sources[3]
	card.Fields[0].Value = w.say("https://example.atlassian.net")
	card.Fields[1].Kept, card.Fields[2].Kept = true, true
	return card
}

func (w world) setupSteps(now int) []frontend.SetupStep {
	var steps []frontend.SetupStep
	for i, s := range []struct{ label, name string }{{"Connect", "settings"}, {"Test", "test"}, {"Map", "words"}, {"Preview", "preview"}, {"Import", "begin"}} {
		steps = append(steps, frontend.SetupStep{Label: s.label, Path: "/imports/con_0003/" + s.name, Done: i < now, Now: i == now})
	}
	return steps
}

func (w world) liveConnection() incident.Connection {
	return incident.Connection{ID: "con_0003", Name: w.say("Jira"), Source: "jira", MapVersion: 3, CreatedAt: w.shell.Now.AddDate(0, -2, 0), Follow: true}
}

func (w world) connectOn(title, step string) frontend.Shell {
	return w.on(title, frontend.NavImports, "/imports/con_0003/"+step, frontend.Link{Label: "Imports", Path: "/imports"}, frontend.Link{Label: w.say("Jira"), Path: "/imports/con_0003"})
}

func (w world) connect() frontend.UploadPage {
	steps := w.setupSteps(0)
	for i := range steps {
		steps[i].Path = ""
	}
	return frontend.UploadPage{Shell: w.on("Jira", frontend.NavImports, "/imports/new/jira", frontend.Link{Label: "Imports", Path: "/imports"}), Source: w.sources().Sources[3], Steps: steps,
		Ways: []frontend.Choice{{Label: "Over the network", Path: "/imports/new/jira", On: true, Count: -1}, {Label: "From a file", Path: "/imports/new/jira?from=file", Count: -1}}}
}

func (w world) settings() frontend.SettingsPage {
	return frontend.SettingsPage{Shell: w.connectOn("Settings", "settings"), Connection: w.liveConnection(), Source: w.live(), Steps: w.setupSteps(0)}
}

func (w world) test() frontend.TestPage {
	return frontend.TestPage{Shell: w.connectOn("Test", "test"), Connection: w.liveConnection(), Source: w.live(), Steps: w.setupSteps(1), Identity: w.say("Reading account"),
		Reach: []string{w.say("OPS Operations"), "about 1,942 issues"}, Notes: []string{w.say("The project WEB is not there, or the account may not browse it.")}}
}

func (w world) words() frontend.WordsPage {
	p := frontend.WordsPage{Shell: w.connectOn("What words mean", "words"), Connection: w.liveConnection(), Source: w.live(), Steps: w.setupSteps(2), Read: 200,
		Fields: []frontend.FieldName{{Name: "severity"}, {Name: "service", Declared: w.say("components")}, {Name: "impact_started", Value: w.say("Impact start")}}}
	group := func(field, label string, options []frontend.Choice, rows ...frontend.WordRow) {
		for i := range rows {
			rows[i].N = 10*len(p.Groups) + i
		}
		p.Groups = append(p.Groups, frontend.WordGroup{Field: field, Label: label, Options: options, Rows: rows})
	}
	group("status", "Statuses", []frontend.Choice{{Value: "triggered", Label: "Triggered"}, {Value: "resolved", Label: "Resolved"}},
		frontend.WordRow{Word: w.say("Wartet auf Freigabe"), Count: 12}, frontend.WordRow{Word: "Erledigt", Count: 180, Means: "resolved"}, frontend.WordRow{Word: "parked", To: "triggered"}, frontend.WordRow{})
	group("severity", "Severities and priorities", []frontend.Choice{{Value: "1", Label: "SEV1"}, {Value: "2", Label: "SEV2"}}, frontend.WordRow{Word: w.say("Highest"), Count: 8, Means: "SEV1", To: "2"}, frontend.WordRow{})
	group("service", "Services", nil, frontend.WordRow{Word: w.say("checkout-api"), Count: 40, Means: "checkout-api", To: w.say("checkout")}, frontend.WordRow{})
	p.Groups[2].More = 17
	return p
}

func (w world) begin() frontend.BeginPage {
	return frontend.BeginPage{Shell: w.connectOn("Import", "begin"), Connection: w.liveConnection(), Source: w.live(), Steps: w.setupSteps(4), Since: "2024-11-20", Follow: true, Every: 5 * time.Minute}
}

func (w world) webhook() frontend.WebhookPage {
	return frontend.WebhookPage{Shell: w.connectOn("Pushes", "webhook"), Connection: w.liveConnection(), Source: w.live(), Address: w.say("https://hindsight.example.com/hooks/con_0003"), Secrets: 1, MayEdit: true,
		Setup: "Open **System → WebHooks** and create one:\n\n1. URL: `https://hindsight.example.com/hooks/con_0003`\n2. Secret: `YOUR-SECRET`\n3. Events: issue created, updated and deleted.", Health: incident.Health{HeardAt: w.shell.Now.Add(-time.Hour), Forged: 3}}
}

func (w world) forecast() frontend.ForecastPage {
	return frontend.ForecastPage{Shell: w.connectOn("What would change", "forecast"), Connection: w.liveConnection(), Source: w.live(), Read: 1942, Changed: 214, Made: 2, Dead: 1,
		Fields:  []frontend.FieldCount{{Field: "status", Count: 214}, {Field: w.say("severity"), Count: 12}},
		Figures: []frontend.FigureMove{{Title: "Time to resolve", Period: "2026 Q1", Before: "41m", After: "1h 3m", N: 214}, {Title: "Incidents", Period: "all time", Before: "1,940", After: "1,942", N: 1942}},
		Carry:   []frontend.Hidden{{Name: "mapping", Value: w.say(`{"status":{"parked":"triggered"}}`)}}}
}

// following is a connection that is followed over the network, and has been for a while.
func (w world) following() frontend.ConnectionPage {
	p := w.connection()
	p.Shell, p.Source, p.Upload = w.on(w.say("Jira"), frontend.NavImports, "/imports/con_0003", frontend.Link{Label: "Imports", Path: "/imports"}), w.live(), false
	p.Row.Connection = w.liveConnection()
	now := w.shell.Now
	p.Fare = &frontend.Fare{Health: incident.Health{PolledAt: now.Add(-3 * time.Minute), Through: now.Add(-4 * time.Minute), ReconciledAt: now.Add(-9 * time.Hour), Drift: 2, HeardAt: now.Add(-time.Minute), Forged: 1,
		Notes: []string{w.say("The key may not read changes (403): grant it that at the source, or switch changes off in the settings.")}},
		Network: true, Follow: true, Hook: true, Secrets: 2, Every: 5 * time.Minute, Daily: 24 * time.Hour}
	p.Versions = []frontend.MappingRow{{Version: 3, SavedAt: now.AddDate(0, 0, -2), By: w.say("admin"), Says: "2 statuses, 1 field", Now: true}, {Version: 1, Says: "nothing of its own"}}
	return p
}

// parked is a run that its source has sent away.
func (w world) parked() frontend.RunPage {
	p := w.run(incident.RunQueued)
	p.Steps, p.Progress.Network, p.Progress.PerHour = w.setupSteps(4), true, 12_000
	r := &p.Progress.Run
	r.Via, r.Message, r.ResumesAt, r.Requests, r.Since = "poll", w.say("the source asked for a pause"), w.shell.Now.Add(40*time.Minute), 412, w.shell.Now.AddDate(-2, 0, 0)
	return p
}
