package gallery

import (
	"net/url"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// special returns the states that are not another filling of the same page: nothing yet, nothing
// matches, no permission, forms sent back, messages.
func special(w world) []State {
	shell := func(title string, nav frontend.Nav, path string) frontend.Shell { return w.on(title, nav, path) }
	forbidden := frontend.Empty{Kind: frontend.NoPermission, Text: "Only editors see private incidents."}
	nothing := frontend.Empty{Kind: frontend.NothingYet}
	nomatch := frontend.Empty{Kind: frontend.NothingMatches, Text: "No incident of that time was imported."}
	chips := w.incidents().Chips
	viewer := w
	viewer.shell.User.Role = incident.Viewer
	demo := w.incidents()
	demo.Demo, demo.Indexing = true, 42
	visitor := w.profile()
	visitor.Demo = true
	demo.Flash = []frontend.Flash{{Kind: frontend.Done, Text: "The target was saved.", Link: frontend.Link{Label: "See it", Path: "/sla"}}, {Kind: frontend.Fail, Text: "The source did not answer. What was read before is kept."}}
	sent := func(errors ...frontend.FieldError) frontend.Form {
		return frontend.Form{Values: url.Values{"name": {"Ops team"}, "role": {"editor"}, "goal": {"120"}}, Errors: errors}
	}
	wrong := frontend.FieldError{Field: "name", Message: "Use lower case letters, digits, dots and hyphens."}
	users := w.users()
	users.Form = sent(wrong)
	objectives := w.objectives()
	objectives.Edit = objectives.Targets[0].ID
	objectives.Form = sent(frontend.FieldError{Field: "goal", Message: "A share is between 0 and 100 per cent."})
	secret := w.tokens()
	secret.Secret = "hs_4f9c2e81d07b4b6aa1c0"
	bare := w.incident()
	bare.Incident = &incident.Incident{ID: "inc_x", Title: "Written down afterwards", Kind: incident.AfterTheFact, Status: incident.StatusUnknown, Origin: incident.OriginFile}
	bare.Events, bare.Retro, bare.Similar, bare.Raw, bare.SLA, bare.Services, bare.Problems = nil, nil, nil, nil, nil, nil, nil
	bare.Uncounted, bare.SimilarNote = "retrospective", "With so little text, nothing can be compared."
	secretly := w.webhook()
	secretly.Secret, secretly.Secrets = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2
	failing := w.test()
	failing.Problem, failing.Identity, failing.Reach, failing.Notes = &frontend.Problem{Text: "Who am I: GET /rest/api/3/myself answered 401 Unauthorized", Advice: "The credentials are wrong or have expired. Enter them again in the settings."}, "", nil, nil
	unheard := w.words()
	unheard.Read, unheard.Problem, unheard.Groups = 0, failing.Problem, unheard.Groups[1:]
	unread := frontend.PreviewPage{Shell: w.connectOn("Preview", "preview"), Connection: w.liveConnection(), Source: w.live(), Steps: w.setupSteps(3), Problem: failing.Problem}
	overNetwork := w.preview()
	overNetwork.Upload, overNetwork.Source, overNetwork.Steps, overNetwork.Coverage = "", w.live(), w.setupSteps(3), w.connection().Coverage
	unfinished, paused := w.following(), w.following()
	unfinished.Continue, unfinished.Fare, unfinished.Runs, unfinished.Versions = "/imports/con_0003/test", &frontend.Fare{Network: true, Hook: true, Every: 5 * time.Minute}, nil, nil
	unfinished.Row.Last = nil
	paused.Fare.PausedAt, paused.Fare.PauseReason = w.shell.Now.Add(-time.Hour), "the source refuses the credentials: GET /myself answered 401"
	still := frontend.ForecastPage{Shell: w.connectOn("What would change", "forecast"), Connection: w.liveConnection(), Source: w.live(), Read: 1942, Version: 2}
	again := w.begin()
	again.Steps, again.Since = nil, ""
	again.Form = sent(frontend.FieldError{Field: "since", Message: "say from which day on to read again"})
	found := frontend.SourcesPage{Shell: shell("Choose a source", frontend.NavImports, "/imports/new?q=zzz"), Query: "zzz", All: 12}
	lead, follower := w.incident(), w.incident()
	lead.Twins = frontend.Twins{Also: w.incidents().Rows[:2], Taken: []string{"mitigated, from OPS-7"}}
	follower.Twins.Counts = &w.incidents().Rows[0]
	return []State{
		{"incident/counts", lead},
		{"incident/another-counts", follower},
		{"webhook/secret", secretly},
		{"test/failed", failing},
		{"words/failed", unheard},
		{"preview/failed", unread},
		{"preview/network", overNetwork},
		{"following/unfinished", unfinished},
		{"following/paused", paused},
		{"forecast/nothing", still},
		{"begin/again", again},
		{"sources/nothing-matches", found},
		{"overview/empty", frontend.OverviewPage{Shell: shell("Overview", frontend.NavOverview, "/"), Empty: nothing, Checklist: w.overview().Checklist}},
		{"incidents/empty", frontend.IncidentsPage{Shell: shell("Incidents", frontend.NavIncidents, "/incidents"), Empty: nothing}},
		{"incidents/nothing-matches", frontend.IncidentsPage{Shell: shell("Incidents", frontend.NavIncidents, "/incidents?q=zzz"), Query: "zzz", All: 1942, Chips: chips, Clear: "/incidents", Empty: nomatch}},
		{"incidents/no-permission", frontend.IncidentsPage{Shell: viewer.on("Incidents", frontend.NavIncidents, "/incidents"), Empty: forbidden}},
		{"incidents/wrong-query", frontend.IncidentsPage{Shell: shell("Incidents", frontend.NavIncidents, "/incidents?q=sev:9"), Query: "sev:9", Problem: "sev:9 is not a severity; there are 1 to 5.", Empty: nomatch, Clear: "/incidents"}},
		{"incidents/messages", demo},
		{"profile/demo", visitor},
		{"incident/empty", bare},
		{"services/empty", frontend.ServicesPage{Shell: shell("Services", frontend.NavServices, "/services"), Empty: nothing}},
		{"services/nothing-matches", frontend.ServicesPage{Shell: shell("Services", frontend.NavServices, "/services?q=zzz"), Query: "zzz", Clear: "/services", Empty: nomatch}},
		{"service/empty", frontend.ServicePage{Shell: shell("checkout", frontend.NavServices, "/services/svc_0001"), Service: incident.NewService("checkout"), Empty: nothing, List: "/incidents?service=svc_0001"}},
		{"sla/empty", frontend.SLAPage{Shell: shell("SLA compliance", frontend.NavSLA, "/sla"), Empty: nothing, MayEdit: true}},
		{"sla/nothing-matches", frontend.SLAPage{Shell: shell("SLA compliance", frontend.NavSLA, "/sla"), Empty: nomatch, Chips: chips, Clear: "/sla"}},
		{"problems/empty", frontend.ProblemsPage{Shell: shell("Problems", frontend.NavProblems, "/problems"), Empty: nothing, Needs: 5, Have: 3, MayEdit: true}},
		{"problems/nothing-matches", frontend.ProblemsPage{Shell: shell("Problems", frontend.NavProblems, "/problems?state=rejected"), States: w.problems().States, Empty: nomatch, Clear: "/problems"}},
		{"search/empty", frontend.SearchPage{Shell: shell("Search", "", "/search"), Hints: []frontend.Link{{Label: "sev:1", Path: "/search?q=sev%3A1"}}}},
		{"search/nothing-matches", frontend.SearchPage{Shell: shell("Search", "", "/search?q=zzz"), Query: "zzz"}},
		{"palette/empty", frontend.Palette{Shell: w.shell}},
		{"imports/empty", frontend.ImportsPage{Shell: shell("Imports", frontend.NavImports, "/imports"), MayEdit: true, Samples: w.samples()}},
		{"imports/viewer", frontend.ImportsPage{Shell: viewer.on("Imports", frontend.NavImports, "/imports")}},
		{"connection/empty", frontend.ConnectionPage{Shell: shell("New source", frontend.NavImports, "/imports/con_1"), Row: frontend.ConnectionRow{Connection: incident.Connection{ID: "con_1", Name: "New source"}}, Source: w.sources().Sources[0], MayEdit: true}},
		{"run/done", w.run(incident.RunPartial)},
		{"run/failed", w.run(incident.RunFailed)},
		{"letters/empty", frontend.LettersPage{Shell: shell("Rejected records", frontend.NavImports, "/imports/letters"), Empty: nothing}},
		{"preview/empty", frontend.PreviewPage{Shell: shell("Preview", frontend.NavImports, "/imports/con_1/preview"), Connection: w.connection().Row.Connection, Source: w.sources().Sources[0]}},
		{"users/errors", users},
		{"objectives/errors", objectives},
		{"objectives/empty", frontend.ObjectivesPage{Shell: shell("SLA targets", frontend.NavSettings, "/admin/objectives"), Spans: objectives.Spans}},
		{"tokens/secret", secret},
		{"tokens/empty", frontend.TokensPage{Shell: shell("API tokens", frontend.NavSettings, "/admin/tokens")}},
		{"setup/errors", frontend.SetupPage{Shell: w.alone("Set up", "/setup"), Form: sent(wrong, frontend.FieldError{Field: "password", Message: "A password needs 12 characters."})}},
		{"login/errors", frontend.LoginPage{Shell: w.alone("Sign in", "/login"), Form: sent(frontend.FieldError{Message: "Name or password is not right."})}},
		{"error/403", w.failure(403)},
		{"error/500", w.failure(500)},
	}
}
