package gallery

import (
	"net/url"
	"slices"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// special returns the states that are not another filling of the same page: nothing yet, nothing
// matches, no permission, forms sent back, messages.
func special(w world) []State {
	return slices.Concat(w.bare(), w.bareSettings(), w.unmatched(), w.refused(), w.sentBack(), w.told(), w.connecting())
}

var nothing = frontend.Empty{Kind: frontend.NothingYet}

// bare returns the pages that people read, before there is anything to read.
func (w world) bare() []State {
	one := w.incident()
	one.Incident = &incident.Incident{ID: "inc_x", Title: "Written down afterwards", Kind: incident.AfterTheFact, Status: incident.StatusUnknown, Origin: incident.OriginFile}
	one.Events, one.Retro, one.Similar, one.Raw, one.Clocks, one.Services, one.Problems = nil, nil, nil, nil, nil, nil, nil
	one.Uncounted, one.SimilarNote = "retrospective", "With so little text, nothing can be compared."
	return []State{
		{"overview/empty", frontend.OverviewPage{Shell: w.on("Overview", frontend.NavOverview, "/"), Empty: nothing, Checklist: w.overview().Checklist}},
		{"incidents/empty", frontend.IncidentsPage{Shell: w.on("Incidents", frontend.NavIncidents, "/incidents"), Empty: nothing}},
		{"incident/empty", one},
		{"services/empty", frontend.ServicesPage{Shell: w.on("Services", frontend.NavServices, "/services"), Empty: nothing}},
		{"service/empty", frontend.ServicePage{Shell: w.on("checkout", frontend.NavServices, "/services/svc_0001"), Service: incident.NewService("checkout"), Empty: nothing, List: "/incidents?service=svc_0001"}},
		{"sla/empty", frontend.SLAPage{Shell: w.on("SLA compliance", frontend.NavSLA, "/sla"), Empty: nothing, MayEdit: true}},
		{"actions/unsaid", frontend.ActionsPage{Shell: w.on("Action items", frontend.NavProblems, "/actions"), Unsaid: 12, Clear: "/actions"}},
		{"issue/none", frontend.IssuePage{Shell: w.on("Create an issue", frontend.NavIncidents, "/incidents"), Incident: w.row(0).Incident, Item: w.actionEntries()[1].ActionStatement}},
		{"actions/empty", frontend.ActionsPage{Shell: w.on("Action items", frontend.NavProblems, "/actions"), Empty: nothing, Clear: "/actions"}},
		{"problems/empty", frontend.ProblemsPage{Shell: w.on("Problems", frontend.NavProblems, "/problems"), Empty: nothing, Needs: 5, Have: 3, MayEdit: true}},
		{"search/empty", frontend.SearchPage{Shell: w.on("Search", "", "/search"), Hints: []frontend.Link{{Label: "sev:1", Path: "/search?q=sev%3A1"}}}},
		{"palette/empty", frontend.Palette{Shell: w.shell}},
	}
}

// bareSettings returns the pages of imports and settings before anything is set.
func (w world) bareSettings() []State {
	source := w.sources().Sources[0]
	return []State{
		{"imports/empty", frontend.ImportsPage{Shell: w.on("Imports", frontend.NavImports, "/imports"), MayEdit: true, Samples: w.samples()}},
		{"connection/empty", frontend.ConnectionPage{Shell: w.on("New source", frontend.NavImports, "/imports/con_1"), Row: frontend.ConnectionRow{Connection: incident.Connection{ID: "con_1", Name: "New source"}}, Source: source, MayEdit: true}},
		{"letters/empty", frontend.LettersPage{Shell: w.on("Rejected records", frontend.NavImports, "/imports/letters"), Empty: nothing}},
		{"preview/empty", frontend.PreviewPage{Shell: w.on("Preview", frontend.NavImports, "/imports/con_1/preview"), Connection: w.connection().Row.Connection, Source: source}},
		{"calendars/empty", frontend.CalendarsPage{Shell: w.on("Calendars", frontend.NavSettings, "/admin/calendars")}},
		{"claims/empty", frontend.ClaimsPage{Shell: w.on("Claimed factors", frontend.NavProblems, "/causes/claimed")}},
		{"runbooks/empty", frontend.RunbooksPage{Shell: w.on("Runbooks", frontend.NavProblems, "/runbooks")}},
		{"views/empty", frontend.ViewsPage{Shell: w.on("Saved views", frontend.NavViews, "/views"), Kept: 30}},
		{"contract/empty", frontend.ContractPage{Shell: w.on("New", frontend.NavSLA, "/contracts/pol_1"), ID: "pol_1", Name: "New", Version: 1}},
		{"teams/empty", frontend.TeamsPage{Shell: w.on("Teams", frontend.NavSettings, "/admin/teams")}},
		{"audit/empty", frontend.AuditPage{Shell: w.on("Audit log", frontend.NavSettings, "/admin/audit"), Actions: incident.AuditActions, Clear: "/admin/audit"}},
		{"retention/empty", frontend.RetentionPage{Shell: w.on("Retention", frontend.NavSettings, "/admin/retention"), Inputs: w.retention().Inputs}},
		{"erase/empty", frontend.ErasePage{Shell: w.on("Erase a person", frontend.NavSettings, "/admin/erase")}},
		{"tokens/empty", frontend.TokensPage{Shell: w.on("API tokens", frontend.NavSettings, "/admin/tokens")}},
	}
}

// unmatched returns the lists in which nothing matches what was asked for.
func (w world) unmatched() []State {
	nomatch := frontend.Empty{Kind: frontend.NothingMatches, Text: "No incident of that time was imported."}
	chips := w.incidents().Chips
	return []State{
		{"incidents/nothing-matches", frontend.IncidentsPage{Shell: w.on("Incidents", frontend.NavIncidents, "/incidents?q=zzz"), Query: "zzz", All: 1942, Chips: chips, Clear: "/incidents", Empty: nomatch}},
		{"incidents/wrong-query", frontend.IncidentsPage{Shell: w.on("Incidents", frontend.NavIncidents, "/incidents?q=sev:9"), Query: "sev:9", Problem: "sev:9 is not a severity; there are 1 to 5.", Empty: nomatch, Clear: "/incidents"}},
		{"services/nothing-matches", frontend.ServicesPage{Shell: w.on("Services", frontend.NavServices, "/services?q=zzz"), Query: "zzz", Clear: "/services", Empty: nomatch}},
		{"sla/nothing-matches", frontend.SLAPage{Shell: w.on("SLA compliance", frontend.NavSLA, "/sla"), Empty: nomatch, Chips: chips, Clear: "/sla"}},
		{"actions/nothing-matches", frontend.ActionsPage{Shell: w.on("Action items", frontend.NavProblems, "/actions?owner=me"), Empty: nomatch, Clear: "/actions", Chips: []frontend.Chip{{Label: "Owner: me", Remove: "/actions"}}}},
		{"problems/nothing-matches", frontend.ProblemsPage{Shell: w.on("Problems", frontend.NavProblems, "/problems?state=rejected"), States: w.problems().States, Empty: nomatch, Clear: "/problems"}},
		{"runbooks/nothing-matches", frontend.RunbooksPage{Shell: w.on("Runbooks", frontend.NavProblems, "/runbooks?q=zzz"), Query: "zzz"}},
		{"search/nothing-matches", frontend.SearchPage{Shell: w.on("Search", "", "/search?q=zzz"), Query: "zzz"}},
		{"sources/nothing-matches", frontend.SourcesPage{Shell: w.on("Choose a source", frontend.NavImports, "/imports/new?q=zzz"), Query: "zzz", All: 12}},
	}
}

// refused returns what those see who may not see or change all, and what went wrong.
func (w world) refused() []State {
	viewer := w.as(incident.Viewer)
	return []State{
		{"incidents/no-permission", frontend.IncidentsPage{Shell: viewer.on("Incidents", frontend.NavIncidents, "/incidents"), Empty: frontend.Empty{Kind: frontend.NoPermission, Text: "Only editors see private incidents."}}},
		{"imports/viewer", frontend.ImportsPage{Shell: viewer.on("Imports", frontend.NavImports, "/imports")}},
		{"error/403", w.failure(403)},
		{"error/500", w.failure(500)},
	}
}

// sent returns a form that came back with errors.
func sent(errors ...frontend.FieldError) frontend.Form {
	return frontend.Form{Values: url.Values{"name": {"Ops team"}, "role": {"editor"}, "goal": {"120"}}, Errors: errors}
}

// sentBack returns the pages whose forms were filled in wrongly.
func (w world) sentBack() []State {
	wrong := frontend.FieldError{Field: "name", Message: "Use lower case letters, digits, dots and hyphens."}
	users := w.users()
	users.Form = sent(wrong)
	teams := w.teams()
	teams.Edit, teams.Form = teams.Teams[1].Team.ID, sent(frontend.FieldError{Field: "user", Message: "There is no user with the sign-in name “nobody”."})
	again := w.begin()
	again.Steps, again.Since = nil, ""
	again.Form = sent(frontend.FieldError{Field: "since", Message: "say from which day on to read again"})
	return []State{
		{"users/errors", users},
		{"teams/errors", teams},
		{"begin/again", again},
		{"setup/errors", frontend.SetupPage{Shell: w.alone("Set up", "/setup"), Form: sent(wrong, frontend.FieldError{Field: "password", Message: "A password needs 12 characters."})}},
		{"login/provider", frontend.LoginPage{Shell: w.alone("Sign in", "/login"), Next: "/incidents", Provider: w.say("Example Login"), OnlyAdmins: true,
			Over: &frontend.Over{At: w.shell.Now.Add(-time.Hour), Why: "Your role was changed."}, Trouble: w.say("Example Login does not answer at present.")}},
		{"login/errors", frontend.LoginPage{Shell: w.alone("Sign in", "/login"), Form: sent(frontend.FieldError{Message: "Name or password is not right."})}},
	}
}

// told returns the pages that have something to say once: messages, secrets, and which of two incidents counts.
func (w world) told() []State {
	demo := w.incidents()
	demo.Demo, demo.Indexing, demo.User.ReadOnly = true, 42, true
	demo.Flash = []frontend.Flash{{Kind: frontend.Done, Text: "The contract was saved.", Link: frontend.Link{Label: "See it", Path: "/sla"}}, {Kind: frontend.Fail, Text: "The source did not answer. What was read before is kept."}}
	looking := w.as(incident.Editor).incidents()
	looking.LooksAs, looking.User.ReadOnly = true, true
	visitor := w.profile()
	visitor.Demo = true
	token := w.tokens()
	token.Secret = "hs_4f9c2e81d07b4b6aa1c0"
	own := w.tokens()
	own.Shell, own.Mine, own.Owners = w.on("API tokens", frontend.NavSettings, "/me/tokens"), true, nil
	own.Form = frontend.Form{Values: url.Values{"name": {"mine"}, "days": {"0"}, "ability": {"write"}}, Errors: []frontend.FieldError{{Field: "abilities", Message: "You cannot give “administer”, which you do not have."}}}
	hook := w.webhook()
	hook.Secret, hook.Secrets = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2
	lead, follower := w.incident(), w.incident()
	lead.Twins = frontend.Twins{Also: w.incidents().Rows[:2], Taken: []string{"mitigated, from OPS-7"}}
	follower.Twins.Counts = &w.incidents().Rows[0]
	linked := w.profile()
	linked.Provider, linked.GoOn = w.say("Example Login"), "https://login.example.com/authorize?client_id=hindsight"
	linked.Links = []incident.Identity{{Issuer: "https://login.example.com", Subject: "1", Email: w.say("responder.one@example.com"), CreatedAt: w.shell.Now}, {Issuer: incident.BySCIM, Subject: w.say("42"), CreatedAt: w.shell.Now}}
	linked.Sessions[1].Session.Address, linked.Sessions[1].Session.Hash = "192.0.2.7", "abc"
	return []State{
		{"profile/linked", linked},
		{"signedout", frontend.SignedOutPage{Shell: w.alone("Signed out", "/logout"), Provider: w.say("Example Login"), There: "https://login.example.com/logout"}},
		{"kept", frontend.KeptPage{Shell: w.alone("Signed out", "/me"), Action: "/me", Fields: []frontend.Hidden{{Name: "display", Value: w.say("Responder One")}, {Name: "zone", Value: "UTC"}}, Over: &frontend.Over{At: w.shell.Now, Why: "Your role was changed."}}},
		{"incidents/messages", demo},
		{"incidents/looking-as", looking},
		{"profile/demo", visitor},
		{"tokens/secret", token},
		{"tokens/own", own},
		{"webhook/secret", hook},
		{"incident/counts", lead},
		{"incident/another-counts", follower},
		{"run/done", w.run(incident.RunPartial)},
		{"run/failed", w.run(incident.RunFailed)},
	}
}
