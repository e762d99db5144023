// Package gallery holds every page of frontend in every state: typical, empty, huge, and hostile (texts
// that try to break out of the markup, very long names, right-to-left writing, missing times). Tests
// draw them all, and serve shows them in a browser. Start with [States].
package gallery

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
)

// State is one page in one state.
type State struct {
	Name string // "incidents/huge"; unique
	Page frontend.Page
}

// Marker is in every imported text of the hostile states. Found unescaped in a page, it is a hole.
const Marker = `<script>alert("hole")</script>`

// world is what the pages of one kind of state are about.
type world struct {
	kind  string
	say   func(string) string // every text that comes from outside goes through it
	rows  int                 // length of lists
	times bool                // incidents have all their times
	shell frontend.Shell
}

// States returns all of them, in a stable order.
func States() []State {
	var out []State
	for _, w := range worlds() {
		for _, p := range w.pages() {
			out = append(out, State{Name: p.Name + "/" + w.kind, Page: p.Page})
		}
	}
	return slices.Concat(out, special(worlds()[0]), changeStates(worlds()[0]), numberStates(worlds()[0]), problemStates(worlds()[0]), causeStates(worlds()[0]), factorStates(worlds()[0]), retroStates(worlds()[0]), shareStates(worlds()[0]), timelineStates(worlds()[0]), outlineStates(worlds()[0]), reportStates(worlds()[0]))
}

func worlds() []world {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	shell := frontend.Shell{
		User:  frontend.User{ID: "usr_1", Name: "admin", Display: "Administrator", Role: incident.Admin, Abilities: incident.Abilities},
		Theme: frontend.System, AsOf: 48213, Now: now, Zone: time.UTC,
	}
	plain := func(s string) string { return s }
	long := strings.Repeat("averylongnamewithoutanyspace", 8)
	hostile := func(s string) string {
		return s + ` ` + Marker + ` "quoted' & {{.}} مرحبا بالعالم שלום ` + long
	}
	return []world{
		{kind: "typical", say: plain, rows: 8, times: true, shell: shell},
		{kind: "huge", say: plain, rows: 100, times: true, shell: shell},
		{kind: "hostile", say: hostile, rows: 4, times: false, shell: shell},
	}
}

// on returns the shell of one page.
func (w world) on(title string, nav frontend.Nav, path string, crumbs ...frontend.Link) frontend.Shell {
	s := w.shell
	s.Title, s.Nav, s.Path, s.Crumbs = title, nav, path, crumbs
	s.Canonical = "http://localhost:8080" + path
	s.Views = frontend.SavedViews{MaySave: true, MayShare: true, Links: []frontend.Link{{Label: w.say("The worst"), Path: "/incidents?sev=1&range=90d"}, {Label: "Checkout this quarter", Path: "/incidents?service=checkout&range=qtd"}}}
	return s
}

// pages returns every page as this world fills it.
func (w world) pages() []State {
	return []State{
		{"overview", w.overview()},
		{"incidents", w.incidents()},
		{"incident", w.incident()},
		{"timeline", w.timeline()},
		{"factors", w.outline()},
		{"taxonomy", w.taxonomy()},
		{"problems", w.problems()},
		{"problem", w.problem()},
		{"runbooks", w.runbooks()},
		{"runbook", w.runbook()},
		{"runbook-linked", w.linkedRunbook()},
		{"actions", w.actions()},
		{"issue", w.issue()},
		{"services", w.services()},
		{"service", w.service()},
		{"cases", w.cases()},
		{"members", w.members()},
		{"hours", w.hours()},
		{"changes", w.changes()},
		{"delivery", w.numbers("Delivery", frontend.NavChanges, "/delivery")},
		{"process", w.process()},
		{"causes", w.causes()},
		{"pair", w.pair()},
		{"claims", w.claims()},
		{"change", w.change()},
		{"oncall", w.onCall()},
		{"sla", w.sla()},
		{"slo", w.slo()},
		{"slo-empty", frontend.SLOPage{Shell: w.on("Objectives", frontend.NavSLO, "/slo"), MayEdit: true}},
		{"slo-detail", w.sloDetail()},
		{"slo-edit", w.sloEdit()},
		{"slo-terms", w.sloTerms()},
		{"search", w.search()},
		{"palette", w.palette()},
		{"views", w.views()},
		{"notices", w.notices()},
		{"notices-empty", frontend.NoticesPage{Shell: w.on("Notices", "", "/notices")}},
		{"notice-choice", w.noticeChoice()},
		{"outbox", w.outbox()},
		{"channels", w.channels()},
		{"schedules", w.schedules()}, {"schedule", w.schedule()}, {"report-run", w.runOfReport()},
		{"schedules-empty", frontend.SchedulesPage{Shell: w.on("Scheduled reports", frontend.NavReports, "/reports/schedules"), Fields: w.scheduleFields(incident.ReportSchedule{Zone: "UTC", Every: incident.EveryMonth, On: 1})}},
		{"outbox-empty", frontend.OutboxPage{Shell: w.on("Outbox", frontend.NavSettings, "/admin/outbox")}},
		{"retros", w.retros()}, {"retro-heard", w.retroHeard()},
		{"retro", w.retroPage()},
		{"retro-begin", w.retroBegin()},
		{"retro-rows", w.retroRows()},
		{"retro-history", w.retroHistory()},
		{"retro-snapshot", w.retroSnapshot()},
		{"retro-meeting", w.retroMeeting()},
		{"retro-process", w.retroProcess()},
		{"retro-share", w.share()},
		{"shared", w.shared()},
		{"shares", w.shares()},
		{"reports", w.reports()},
		{"report", w.report(w.kind)},
		{"report-file", reportFile(w.kind)},
		{"imports", w.imports()},
		{"connection", w.connection()},
		{"run", w.run(incident.RunRunning)},
		{"run-progress", w.run(incident.RunPartial).Progress},
		{"letters", w.letters()},
		{"sources", w.sources()},
		{"upload", w.upload()},
		{"map", w.mapping()},
		{"preview", w.preview()},
		{"connect", w.connect()},
		{"settings", w.settings()},
		{"test", w.test()},
		{"words", w.words()},
		{"begin", w.begin()},
		{"webhook", w.webhook()},
		{"forecast", w.forecast()},
		{"following", w.following()},
		{"parked", w.parked()},
		{"profile", w.profile()},
		{"users", w.users()},
		{"erase", w.erase()},
		{"retention", w.retention()},
		{"retention-look", *w.retention().Tried},
		{"erase-look", *w.erase().Chosen},
		{"erasure", w.erasure()},
		{"erasure-progress", frontend.ErasureProgress{ErasurePage: w.erasing()}},
		{"roles", w.roles()},
		{"teams", w.teams()},
		{"audit", w.audit()},
		{"tokens", w.tokens()},
		{"factor", w.factor()},
		{"contract", w.contract()},
		{"contract-edit", w.contractEdit()},
		{"calendars", w.calendars()},
		{"about", w.about()},
		{"metrics", w.metrics()},
		{"keys", frontend.KeysPage{Shell: w.on("Keyboard shortcuts", frontend.NavHelp, "/help/keyboard")}},
		{"error", w.failure(404)},
		{"setup", frontend.SetupPage{Shell: w.alone("Set up", "/setup")}},
		{"start", frontend.StartPage{Shell: w.on("Get started", "", "/setup/start"), Samples: w.samples()}},
		{"login", frontend.LoginPage{Shell: w.alone("Sign in", "/login"), Next: w.say("/incidents"), Roles: incident.Roles}},
	}
}

// as is the same world, seen by somebody of a role.
func (w world) as(role incident.Role) world {
	w.shell.User.Role, w.shell.User.Abilities = role, role.Abilities()
	return w
}

// alone is the shell of a page that nobody is signed in for.
func (w world) alone(title, path string) frontend.Shell {
	s := w.on(title, "", path)
	s.User = frontend.User{}
	return s
}

func (w world) failure(status int) frontend.ErrorPage {
	headings := map[int]string{403: "Your role may not see this", 404: "There is no such page", 422: "That cannot be done", 500: "Something went wrong here"}
	return frontend.ErrorPage{
		Shell: w.on(headings[status], "", "/nowhere"), Status: status, Heading: w.say(headings[status]),
		Text: w.say("Nothing was changed. The address may be old, or the incident was removed at its source."), Request: "01jd2", At: w.shell.Now,
	}
}

// number makes ids: "inc_0001".
func number(prefix string, i int) incident.ID { return incident.ID(fmt.Sprintf("%s_%04d", prefix, i)) }
