package web

import (
	"github.com/gin-gonic/gin"

	"hindsight/incident"
)

// routes is the table of all pages and what role they need.
func (s *Server) routes(r gin.IRouter) {
	get := func(path string, needs incident.Role, h handler) { r.GET(path, s.handle(needs, h)) }
	post := func(path string, needs incident.Role, h handler) { r.POST(path, bounded, s.handle(needs, h)) }

	get("/setup", anyone, s.setupPage)
	post("/setup", anyone, s.setup)
	get("/login", anyone, s.loginPage)
	post("/login", anyone, s.login)
	post("/login/demo", anyone, s.demoRole)
	post("/logout", anyone, s.logout)

	get("/", incident.Viewer, s.overview)
	get("/incidents", incident.Viewer, s.incidents)
	get("/incidents/export.csv", incident.Viewer, s.exportIncidents)
	get("/incidents/export.json", incident.Viewer, s.exportIncidents)
	get("/incidents/:id", incident.Viewer, s.incident)
	get("/incidents/:id/raw", incident.Editor, s.rawRecord)
	post("/incidents/:id/edit", incident.Editor, s.editIncident)
	post("/incidents/:id/milestones", incident.Editor, s.stateMilestone)
	post("/incidents/:id/same", incident.Editor, s.sameIncident)
	post("/incidents/:id/apart", incident.Editor, s.otherIncident)
	get("/cases", incident.Viewer, s.cases)
	get("/cases/:figure", incident.Viewer, s.behindNumber)
	get("/services", incident.Viewer, s.services)
	get("/services/:id", incident.Viewer, s.service)
	get("/changes", incident.Viewer, s.changes)
	get("/delivery", incident.Viewer, s.delivery)
	get("/load", incident.Viewer, s.load)
	get("/learning", incident.Viewer, s.learning)
	get("/durations", incident.Viewer, s.ownDurations)
	post("/durations", incident.Editor, s.saveDuration)
	get("/restatements", incident.Viewer, s.restatements)
	get("/oncall", incident.Viewer, s.onCall)
	get("/problems", incident.Viewer, s.problems)
	get("/problems/:id", incident.Viewer, s.problem)
	post("/problems/:id/verdict", incident.Editor, s.judgeProblem)
	post("/problems/:id/title", incident.Editor, s.renameProblem)
	post("/problems/:id/members/:incident/remove", incident.Editor, s.removeMember)
	post("/problems/:id/members/:incident/restore", incident.Editor, s.restoreMember)
	get("/slo", incident.Viewer, s.slo)
	get("/slo/new", incident.Editor, s.newSLO)
	post("/slo/new", incident.Editor, s.saveSLO)
	post("/slo/openslo", incident.Editor, s.readOpenSLO)
	get("/slo/terms", incident.Viewer, s.sloTerms)
	post("/slo/terms/weights", incident.Editor, s.saveWeights)
	post("/slo/terms/dependencies", incident.Editor, s.saveDependencies)
	post("/slo/terms/rates", incident.Editor, s.saveRate)
	get("/slo/:id", incident.Viewer, s.sloDetail)
	get("/slo/:id/edit", incident.Editor, s.editSLO)
	post("/slo/:id/delete", incident.Editor, s.deleteSLO)
	get("/sla", incident.Viewer, s.sla)
	get("/contracts/:id", incident.Viewer, s.contract)
	get("/sla/export.csv", incident.Viewer, s.exportSLA)
	get("/sla/export.json", incident.Viewer, s.exportSLA)
	get("/sla/breaches.csv", incident.Viewer, s.exportSLA)
	get("/search", incident.Viewer, s.search)
	get("/palette", incident.Viewer, s.palette)
	get("/about", incident.Viewer, s.about)
	get("/help/keyboard", incident.Viewer, s.keys)
	get("/help/metrics", incident.Viewer, s.metrics)
	s.importRoutes(r)
	s.settingsRoutes(get, post)
}

// settingsRoutes are the pages about people and what is agreed with them.
func (s *Server) settingsRoutes(get, post func(path string, needs incident.Role, h handler)) {
	get("/me", incident.Viewer, s.profilePage)
	post("/me", incident.Viewer, s.saveProfile)
	post("/me/theme", anyone, s.saveTheme)
	post("/me/password", incident.Viewer, s.savePassword)
	post("/me/sessions/end", incident.Viewer, s.endSessions)
	get("/admin/users", incident.Admin, s.usersPage)
	post("/admin/users", incident.Admin, s.addUser)
	post("/admin/users/:id", incident.Admin, s.changeUser)
	get("/admin/tokens", incident.Admin, s.tokensPage)
	post("/admin/tokens", incident.Admin, s.addToken)
	post("/admin/tokens/:id/delete", incident.Admin, s.deleteToken)
	get("/admin/contracts/:id", incident.Editor, s.editContract)
	post("/admin/contracts/:id", incident.Editor, s.saveContract)
	post("/admin/contracts/:id/remove", incident.Editor, s.removeContract)
	get("/admin/calendars", incident.Editor, s.calendars)
	get("/admin/calendars/:id", incident.Editor, s.editCalendar)
	post("/admin/calendars/:id", incident.Editor, s.saveCalendar)
	post("/admin/calendars/:id/remove", incident.Editor, s.removeCalendar)
}
