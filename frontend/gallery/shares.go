package gallery

import (
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// shared is what people outside read of a made-up retrospective.
func (w world) shared() frontend.SharedPage {
	at := w.shell.Now.AddDate(0, 0, -20)
	d := incident.SharedRetro{Title: w.say("Checkout fails for some users"), PublishedAt: at.AddDate(0, 0, 5), Began: at, Over: at.Add(74 * time.Minute)}
	if !w.times {
		d.Began, d.Over = time.Time{}, time.Time{}
	}
	for range min(w.rows, 30) {
		d.Sections = append(d.Sections, incident.SharedSection{Title: w.say("Impact"), Text: w.say("A rollout reached [a host] and others at once. Orders failed for *34 minutes*, until an engineer took it back.") + "\n\n| What | How many |\n|---|---|\n| Failed orders | 1,204 (made up) |"})
	}
	d.Sections[0].Title = w.say("Timeline")
	for i := range w.rows {
		d.Sections[0].Moments = append(d.Sections[0].Moments, incident.SharedMoment{At: at.Add(time.Duration(i) * time.Minute), About: time.Duration(i%2) * time.Minute, Title: w.say("The incident commander stops the rollout"), Text: w.say("It had reached [service A].")})
	}
	d.Sections[1].Factors = []incident.SharedFactor{{Role: "contributing", Text: w.say("Nothing stopped the rollout")}, {Role: "went_well", Text: w.say("The graph was open")}}
	d.Sections[2].Actions = []incident.SharedAction{{Title: w.say("Stop a rollout that fails"), State: "in_progress", Due: w.shell.Now.AddDate(0, 0, 9)}, {Title: w.say("Alert on retries"), State: "done"}}
	return frontend.SharedPage{Shell: frontend.Shell{Title: "Shared", Zone: time.UTC}, Document: d, Until: w.shell.Now.AddDate(0, 0, 30), Address: "/shared/made-up-token"}
}

func (w world) shareRow(n int, state incident.ShareState) frontend.ShareRow {
	now := w.shell.Now
	s := incident.RetroShare{ID: number("shr", n), Incident: "inc_0001", Number: 1, CreatedByName: w.say("Responder One"), CreatedAt: now.AddDate(0, 0, -n), ExpiresAt: now.AddDate(0, 0, 30-n), Used: 3 * n}
	if n > 0 {
		s.UsedAt = now.Add(-time.Hour)
	}
	if state == incident.ShareRevoked {
		s.RevokedAt, s.RevokedBy = now.Add(-time.Hour), w.say("Responder Two")
	}
	return frontend.ShareRow{Share: s, State: state, Profile: "customers", Behind: n == 1, Incident: w.incident().Incident, Title: w.say("Checkout fails for some users")}
}

func (w world) share() frontend.SharePage {
	retro := w.written()
	retro.State = incident.RetroPublished
	p := frontend.SharePage{Shell: w.on("Share", frontend.NavIncidents, retroAt+"/share"), Incident: w.incident().Incident, Retro: retro, Number: 1, Digest: "made-up", MayEdit: true, Preview: w.shared(),
		Links:    []frontend.ShareRow{w.shareRow(0, incident.ShareOpen), w.shareRow(1, incident.ShareOpen), w.shareRow(2, incident.ShareRevoked), w.shareRow(3, incident.ShareExpired)},
		Profiles: []frontend.Choice{{Value: "customers", Label: "Customers: people, services, teams, machines, addresses and numbers are masked; action items and evidence stay here", On: true}, {Value: "partners", Label: "Partners: the same, but services and teams keep their names, and every section can go along"}, {Value: "whole", Label: "Whole: only people, with their e-mail addresses, secrets and pictures are masked"}},
		Sections: []frontend.ShareSection{{Slug: "summary", Title: w.say("Summary"), On: true}, {Slug: "impact", Title: w.say("Impact")}, {Slug: "actions", Title: w.say("Action items"), Never: true}}}
	for i := range w.rows {
		p.Maskings = append(p.Maskings, frontend.ShareMasking{Key: string(number("host:web", i)), What: w.say("web-01.corp.example"), Instead: "[a host]", Why: "it looks like the name of a machine or a site", Count: i + 1, Kept: i%3 == 2})
	}
	p.Preview.Address = ""
	return p
}

func (w world) shares() frontend.SharesPage {
	p := frontend.SharesPage{Shell: w.on("Shared links", frontend.NavSettings, "/admin/links")}
	for i := range w.rows {
		p.Links = append(p.Links, w.shareRow(i, []incident.ShareState{incident.ShareOpen, incident.ShareExpired, incident.ShareRevoked}[i%3]))
	}
	return p
}

func shareStates(w world) []State {
	made, private, refresh, none := w.share(), w.share(), w.share(), w.share()
	made.Address = "https://hindsight.example/shared/made-up-token-of-forty-three-characters-in-all"
	private.Why, private.Links = "this incident is private, so nobody outside reads of it; make it public first, if those whom it is about agree", nil
	row := w.shareRow(1, incident.ShareOpen)
	refresh.Refresh = &row
	none.Links, none.Maskings = nil, nil
	return []State{{"retro-share/made", made}, {"retro-share/private", private}, {"retro-share/refresh", refresh}, {"retro-share/none", none}, {"shared-gone/typical", frontend.SharedGonePage{Shell: frontend.Shell{Title: "Gone"}}}, {"shares/empty", frontend.SharesPage{Shell: w.on("Shared links", frontend.NavSettings, "/admin/links")}}}
}
