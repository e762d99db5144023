package gallery

import (
	"encoding/json"
	"net/url"

	"hindsight/frontend"
	"hindsight/incident"
)

const retroAt = "/incidents/inc_0001/retrospective"

// written is a made-up retrospective in review.
func (w world) written() incident.Retro {
	now := w.shell.Now
	return incident.Retro{Incident: "inc_0001", Version: 7, Title: w.say("Checkout fails for some users"), Template: "Full", State: incident.RetroInReview, Owner: "usr_1", OwnerName: w.say("Responder One"), Due: now.AddDate(0, 0, -1),
		Number: 1, PublishedAt: now.AddDate(0, 0, -20), CreatedAt: now.AddDate(0, 0, -30), CreatedBy: w.say("Responder One"), ChangedAt: now.AddDate(0, 0, -2), ChangedBy: "admin",
		Reviews: []incident.RetroReview{{User: "usr_2", Name: w.say("Responder Two"), AskedBy: "admin", AskedAt: now, Answer: incident.ReviewChanges, Words: w.say("Say how many orders failed."), At: now}, {User: "usr_3", Name: w.say("Responder Three"), AskedAt: now}}}
}

// retroParts are the sections of the standard's full template.
func (w world) retroParts() []frontend.RetroSection {
	texts := map[string]string{"summary": w.say("A rollout reached every host at once. Orders failed for *34 minutes*, until it was taken back."),
		"impact": "- **Began:** 2026-11-02 08:15 UTC\n- **Services:** " + w.say("checkout") + "\n\n| What | How many |\n|---|---|\n| Failed orders | 1,204 (made up) |", "response": w.say("The graph of retries was open already: lucky.") + "\n\n> “It looked like the database to all of us.”\n\n```\nerror: too many connections\n```"}
	var out []frontend.RetroSection
	sections := incident.StandardRetroProcess().Templates[0].Sections
	for i, s := range sections {
		out = append(out, frontend.RetroSection{Retro: retroAt, API: "/api/v1" + retroAt + "/sections/" + s.Slug, Slug: s.Slug, Title: w.say(s.Title), Text: texts[s.Slug], Version: i, Prompts: s.Prompts, MayEdit: true, Talk: frontend.RetroTalk{Retro: retroAt, Slug: s.Slug, Title: w.say(s.Title), MayEdit: true}, Rows: s.Slug == "timeline" || s.Slug == "factors" || s.Slug == "actions"})
	}
	out[0].Text += "\n\n![" + w.say("Retries rise from 200 to 40,000 a minute between 08:15 and 08:22") + "](files/" + galleryPicture + ")\n\n[" + w.say("Log of the balancer") + "](files/0000000000000000000000000000000c.log)"
	out[1].Text += "\n\n![" + w.say("How long do incidents last? checkout, 4 Aug to 2 Nov 2026") + "](files/" + galleryChart + ")"
	for i := range out {
		out[i].Files = w.retroFiles()
	}
	out[0].Links = []frontend.Link{{Label: "1 open comment", Path: "#talk-summary"}}
	return out
}

const (
	galleryPicture = "0000000000000000000000000000000a.png"
	galleryChart   = "0000000000000000000000000000000b.chart.svg"
)

// retroFiles are made-up files: a picture, a chart and a log.
func (w world) retroFiles() frontend.Files {
	drawing := func(fill string) string {
		return "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='960' height='480' viewBox='0 0 96 48'%3E%3Crect width='96' height='48' fill='white'/%3E%3Cpath d='M4 44 30 40 46 12 60 10 92 8V44Z' fill='" + fill + "'/%3E%3C/svg%3E"
	}
	f := frontend.FilesOf(retroAt, []incident.RetroFile{
		{Incident: "inc_0001", ID: galleryPicture, Name: w.say("retries.png"), Kind: incident.RetroImage, Type: "image/png", Size: 48_200, Width: 960, Height: 480, By: w.say("Responder One"), At: w.shell.Now},
		{Incident: "inc_0001", ID: galleryChart, Name: w.say("How long do incidents last.svg"), Kind: incident.RetroChart, Type: "image/svg+xml", Size: 20_400, By: w.say("Responder One"), At: w.shell.Now,
			Data: `{"chart":"ttr-dots","days":90,"title":"How long do incidents last?","answer":"Half of them were over within 1h 14m.","service":"checkout","incidents":2,"as_of":2037,"frozen_at":"2026-11-05T10:00:00Z","columns":["Incident","To resolve"],"rows":[[{"text":"INC02036"},{"text":"58m","number":3480}],[{"text":"INC02037"},{"text":"1h 14m","number":4440}]]}`},
		{Incident: "inc_0001", ID: "0000000000000000000000000000000c.log", Name: w.say("balancer.log"), Kind: incident.RetroAttachment, Type: "application/octet-stream", Size: 2_400_000, By: w.say("Responder Two"), At: w.shell.Now},
	})
	f.Bodies = map[string]string{galleryPicture: drawing("teal"), galleryChart: drawing("navy")}
	return f
}

func (w world) comment(id incident.ID, text string) incident.RetroComment {
	return incident.RetroComment{ID: id, Incident: "inc_0001", Slug: "summary", Quote: w.say("every host at once"), Text: w.say(text), By: w.say("Responder Two"), At: w.shell.Now}
}

func (w world) retroPage() frontend.RetroPage {
	inc := w.incident().Incident
	p := frontend.RetroPage{Actions: w.actionPart("inc_0000"), Shell: w.on("Retrospective", frontend.NavIncidents, retroAt, frontend.Link{Label: "Incidents", Path: "/incidents"}, frontend.Link{Label: w.say("INC02037"), Path: "/incidents/inc_0001"}), Incident: inc, Retro: w.written(),
		Facts:    []frontend.RetroFact{{Name: "Severity", Value: "SEV1"}, {Name: "Impact began", Value: "2 Nov 2026 08:15 UTC", How: "about, as " + w.say("Responder One") + " stated"}, {Name: "Time to resolve", Value: "1h 14m", How: "from impact started to resolved"}, {Name: "Services", Value: w.say("checkout")}},
		Contents: []frontend.Link{{Label: w.say("Summary"), Path: "#section-summary"}, {Label: w.say("Impact"), Path: "#section-impact"}, {Label: w.say("Timeline"), Path: "#section-timeline"}, {Label: w.say("Contributing factors"), Path: "#section-factors"}},
		Sections: w.retroParts(), Writing: frontend.RetroWriting{Names: []string{w.say("Responder One")}}, Removed: []incident.RetroSection{{Slug: "external", Title: w.say("What we tell customers")}}, Rule: "By the rules here (“Severe”) a retrospective is needed, within 5 days.",
		Gates:   []frontend.RetroGate{{Words: "when the impact began and ended", Met: true, Hard: true}, {Words: "one approval", Hard: true, Lacks: "0 of 1 have approved."}, {Words: "no open comment", Lacks: "There is one open comment."}},
		Lacking: 1, MayEdit: true, MayAnswer: true, Next: []frontend.Choice{{Value: "draft", Label: "Back to draft"}}, Open: 1, Users: []string{"admin", w.say("responder.two")}, Exports: exports(retroAt)}
	resolved := w.comment("com_2", "Was it every region?")
	resolved.ResolvedAt, resolved.ResolvedBy, resolved.Quote = w.shell.Now, w.say("Responder One"), ""
	for _, id := range []string{galleryPicture, galleryChart} {
		p.Files = append(p.Files, frontend.RetroFileRow{RetroFile: w.retroFiles().Known[id], Path: retroAt + "/files/" + id, Used: id == galleryPicture})
	}
	p.Charts = []frontend.Choice{{Value: "ttr-dots", Label: "How long do incidents last?"}, {Value: "when", Label: "When do incidents start?"}}
	p.Sections[0].Talk = frontend.RetroTalk{Retro: retroAt, Slug: "summary", Title: w.say("Summary"), MayEdit: true, Threads: []frontend.RetroThread{{RetroComment: w.comment("com_1", "How many hosts were there?"), Answered: []incident.RetroComment{w.comment("com_3", "All 40 of them.")}, Own: true}, {RetroComment: resolved}}}
	p.Talk = frontend.RetroTalk{Retro: retroAt, MayEdit: true, Threads: []frontend.RetroThread{{RetroComment: w.comment("com_4", "Who reads this next?"), Section: w.say("Summary")}}}
	p.Similar, p.Heard = w.incident().Similar, w.retroHeard().Heard
	p.Told, p.Factors = w.timeline().Told, w.outline().Told
	if !w.times {
		p.Sections[0].Draft, p.Form = w.say("What I wrote meanwhile"), frontend.Form{Values: url.Values{"title": {""}}, Errors: []frontend.FieldError{{Field: "title", Message: "give it a title"}}}
	}
	return p
}

func (w world) retroBegin() frontend.RetroBeginPage {
	p := frontend.RetroBeginPage{Shell: w.on("Retrospective", frontend.NavIncidents, retroAt), Incident: w.incident().Incident, Rule: "By the rules here (“Severe”) a retrospective is needed, within 5 days.", MayEdit: true,
		Imported: &incident.Retrospective{State: "imported", Sections: []incident.Section{{Slug: "summary", Title: w.say("Summary"), Body: w.say("It *broke*.")}}}}
	for i, t := range incident.StandardRetroProcess().Templates {
		c := frontend.RetroTemplateChoice{Name: t.Name, About: t.About, On: i == 0}
		for _, s := range t.Sections {
			c.Sections = append(c.Sections, w.say(s.Title))
		}
		p.Templates = append(p.Templates, c)
	}
	return p
}

func (w world) retroHeard() frontend.RetroHeardPage {
	p := frontend.RetroHeardPage{Shell: w.on("Read, cited, reused", frontend.NavIncidents, retroAt+"/heard"), Incident: w.incident().Incident, Retro: w.written(),
		Heard: frontend.RetroHeard{Published: true, Path: retroAt + "/heard", TooNew: w.rows == 0, RetroReach: incident.RetroReach{Readers: w.rows, Lately: w.rows / 2}}}
	for i := range w.rows {
		x := frontend.HeardIn{Title: w.say("Config rollout without a canary"), Path: "/problems/prb_1", Label: "recurring problem"}
		if i > 0 {
			inc := w.row(i).Incident
			x = frontend.HeardIn{Title: inc.Title, Path: frontend.IncidentPath(inc.ID) + "/retrospective", Label: inc.Label(), At: inc.StartedAt(), Private: inc.Private}
			p.Heard.Reusers = append(p.Heard.Reusers, x)
		}
		p.Heard.Cites = append(p.Heard.Cites, x)
	}
	return p
}

func (w world) retroHistory() frontend.RetroHistoryPage {
	p := frontend.RetroHistoryPage{Shell: w.on("History", frontend.NavIncidents, retroAt+"/history"), Incident: w.incident().Incident, Retro: w.written(), MayEdit: true}
	whys := []incident.SnapshotReason{incident.SnapshotPublished, incident.SnapshotNamed, incident.SnapshotIdle, incident.SnapshotState}
	for i := range w.rows {
		s := incident.RetroSnapshot{ID: number("snap", i), Why: whys[i%4], Name: []string{"published", w.say("before the meeting"), "", "in review"}[i%4], By: []string{"admin", w.say("responder.one"), "", "admin"}[i%4], At: w.shell.Now.AddDate(0, 0, -i)}
		if s.Why == incident.SnapshotPublished {
			s.Number = w.rows - i
		}
		p.Snapshots = append(p.Snapshots, s)
	}
	return p
}

func (w world) retroSnapshot() frontend.RetroSnapshotPage {
	s := incident.RetroSnapshot{ID: "snap_1", Why: incident.SnapshotPublished, Number: 1, By: w.say("responder.one"), At: w.shell.Now, Body: incident.RetroBody{Title: w.say("Checkout fails for some users"), State: incident.RetroPublished}}
	return frontend.RetroSnapshotPage{Shell: w.on("Snapshot", frontend.NavIncidents, retroAt+"/history/snap_1"), Incident: w.incident().Incident, Snapshot: s, MayEdit: true, Sections: []frontend.RetroCompared{
		{Slug: "summary", Title: w.say("Summary"), Was: "x", Words: []frontend.DiffWord{{Text: w.say("A rollout reached ")}, {Text: w.say("every host"), Removed: true}, {Text: w.say("half of all hosts"), Added: true}, {Text: " at once.\n\nIt was taken back."}}},
		{Slug: "impact", Title: w.say("Impact"), Was: w.say("Orders *failed*.")}, {Slug: "cost", Title: w.say("Cost"), Was: w.say("Not known."), Gone: true}, {Slug: "decided", Title: "Decided not to do"}}}
}

func (w world) retroMeeting() frontend.RetroMeetingPage {
	parts := w.retroParts()
	return frontend.RetroMeetingPage{Shell: w.on("Meeting", frontend.NavIncidents, retroAt+"/meeting"), Incident: w.incident().Incident, Retro: w.written(), Section: incident.RetroSection{Slug: parts[4].Slug, Title: parts[4].Title, Text: parts[4].Text}, Prompts: parts[4].Prompts, At: 5, Of: len(parts),
		Before: frontend.Link{Label: parts[3].Title, Path: retroAt + "/meeting?section=detection"}, Behind: frontend.Link{Label: parts[5].Title, Path: retroAt + "/meeting?section=factors"}, MayEdit: true,
		Questions: []incident.Moment{{ID: "mom_1", At: w.shell.Now, Title: w.say("What made the retries stop?")}}, Unowned: []incident.ActionItem{{Title: w.say("Block rollouts without a canary"), State: "open"}}}
}

func (w world) retros() frontend.RetrosPage {
	p := frontend.RetrosPage{Shell: w.on("Retrospectives", frontend.NavRetros, "/retrospectives"), MayEdit: true, Kept: "9 of 12 incidents of the last 90 days that need a retrospective have one, or a decision that none is needed.",
		States: []frontend.Choice{{Label: "All", On: true, Count: w.rows, Path: "/retrospectives"}, {Label: "Draft", Count: 2, Path: "/retrospectives?state=draft"}}, Mine: frontend.Choice{Label: "Mine", Count: 1, Path: "/retrospectives?mine=1"}, Waiting: 7, Feed: "/api/v1/retrospectives.atom?team=team_1",
		Facets: []frontend.Facet{{Name: "team", Label: "Team", Options: []frontend.Choice{{Label: w.say("Payments"), Path: "/retrospectives", On: true, Count: -1}}}, {Name: "read", Label: "Readers", Options: []frontend.Choice{{Label: "Most read first", Path: "/retrospectives?team=team_1&read=most", Count: -1}}}},
		Chips:  []frontend.Chip{{Label: "Team: " + w.say("Payments"), Remove: "/retrospectives"}}}
	for i := range w.rows {
		r := w.written()
		r.State = incident.RetroStates[i%len(incident.RetroStates)]
		if i%3 == 1 {
			r.OwnerName, r.Due, r.Title = "", r.CreatedAt.AddDate(1, 0, 0), ""
		}
		if i%4 == 3 {
			r.Number = 0
		}
		p.Rows = append(p.Rows, frontend.RetroRow{Retro: r, Incident: w.row(i).Incident, Late: i%3 == 0 && r.State.Open(), TooNew: i%4 == 1, Reach: incident.RetroReach{Readers: i % 2 * i * 3, Cited: make([]incident.ID, i%3)}})
	}
	for i := range min(2, w.rows) {
		r := w.written()
		p.YearsAgo = append(p.YearsAgo, frontend.RetroYearAgo{Title: r.Title, Incident: w.row(i).Incident, Years: i + 1, At: r.CreatedAt.AddDate(-i-1, 0, 0)})
	}
	for i := range min(3, w.rows) {
		p.Missing = append(p.Missing, w.row(i))
	}
	return p
}

func (w world) retroProcess() frontend.RetroProcessPage {
	p := frontend.RetroProcessPage{Shell: w.on("Rules for retrospectives", frontend.NavSettings, "/admin/retrospectives"), Process: incident.StandardRetroProcess(), Version: 3, SavedBy: w.say("responder.one"), SavedAt: w.shell.Now, Flavours: []string{"SRE", "ITIL", "DevOps"}}
	p.Process.Rules[1].Tags = []string{w.say("near-miss")}
	p.Process.Rules[3].Name, p.Process.Rules[4].Minutes = w.say("Severe"), 60
	text, err := json.MarshalIndent(p.Process, "", "  ")
	if err != nil {
		panic(err) // texts and numbers always make JSON
	}
	p.Text = string(text)
	return p
}

// retroStates are empty pages, and a retrospective that only may be read.
func retroStates(w world) []State {
	read := w.retroPage()
	read.MayEdit, read.MayAnswer, read.Open, read.Digest = false, false, 0, "0123456789abcdef"
	read.Talk.MayEdit = false
	read.Retro.State, read.Retro.Reviews, read.Gates = incident.RetroPublished, nil, nil
	for i := range read.Sections {
		read.Sections[i].MayEdit, read.Sections[i].Talk.MayEdit = false, false
	}
	fresh := w.retroPage()
	fresh.Retro = incident.Retro{Incident: "inc_0001", Version: 1, Title: "Checkout fails", State: incident.RetroDraft, CreatedAt: w.shell.Now}
	fresh.Talk, fresh.Similar, fresh.Removed, fresh.Open, fresh.Contents = frontend.RetroTalk{Retro: retroAt, MayEdit: true}, nil, nil, 0, nil
	for i := range fresh.Sections {
		fresh.Sections[i].Text, fresh.Sections[i].Links, fresh.Sections[i].Talk.Threads = "", nil, nil
	}
	none := fresh
	none.Retro.State, none.Retro.Reason, none.Retro.ChangedBy, none.Sections = incident.RetroNotRequired, "A copy of another incident", "admin", nil
	waiting := w.retroBegin()
	waiting.MayEdit, waiting.Imported = false, nil
	history := w.retroHistory()
	history.Snapshots = nil
	same := w.retroSnapshot()
	same.Same, same.Sections = true, same.Sections[1:2]
	file := frontend.RetroReadPage{Shell: w.on("From a file", frontend.NavIncidents, retroAt), Incident: w.incident().Incident, Text: "x", Rows: true, Sections: w.retroSnapshot().Sections[:3]}
	unchanged := file
	unchanged.Sections = nil
	standard := w.retroProcess()
	standard.Version = 0
	ask := w.retroRows()
	ask.Doc, ask.Form = nil, frontend.Form{}
	bare := w.retroRows()
	bare.Doc = &frontend.RowsDocument{Name: w.say("a text that was pasted"), Stamp: "doc_2", Zone: "UTC", ZoneFrom: "the document names none", AskZone: true}
	bare.Form = frontend.Form{}
	return []State{{"retro-rows/ask", ask}, {"retro-rows/nothing", bare}, {"retro/read", read}, {"retro/fresh", fresh}, {"retro/not-required", none}, {"retro-begin/waiting", waiting}, {"retro-history/empty", history}, {"retro-snapshot/same", same}, {"retro-process/standard", standard}, {"retro-read/typical", file}, {"retro-read/empty", unchanged},
		{"retros/empty", frontend.RetrosPage{Shell: w.on("Retrospectives", frontend.NavRetros, "/retrospectives"), States: []frontend.Choice{{Label: "All", On: true, Path: "/retrospectives"}}}}}
}
