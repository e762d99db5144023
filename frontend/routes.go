package frontend

import (
	"net/url"

	"hindsight/incident"
)

// Route is a path that the pages link to or post to, in the syntax of http.ServeMux.
type Route struct {
	Method string
	Path   string
}

// Routes lists every path that a template links to or posts to. The server must answer all of them; a
// test holds every link of every page against this list.
func Routes() []Route {
	return []Route{
		{"GET", "/{$}"},
		{"GET", "/setup"}, {"POST", "/setup"}, {"GET", "/setup/start"}, {"POST", "/setup/sample"},
		{"POST", "/setup/sample/remove"},
		{"GET", "/login"}, {"POST", "/login"}, {"GET", "/login/oidc"}, {"POST", "/view-as"}, {"POST", "/logout"},
		{"GET", "/incidents"}, {"GET", "/incidents/{id}"}, {"GET", "/incidents/{id}/raw"}, {"GET", "/incidents/{id}/retrospective/live"},
		{"POST", "/incidents/{id}/milestones"}, {"POST", "/incidents/{id}/edit"},
		{"POST", "/incidents/{id}/audience"}, {"POST", "/incidents/{id}/same"}, {"POST", "/incidents/{id}/alike"}, {"POST", "/incidents/{id}/apart"}, {"POST", "/incidents/{id}/factors"}, {"POST", "/incidents/{id}/runbooks"},
		{"GET", "/runbooks"}, {"GET", "/runbooks/{id}"},
		{"GET", "/notices"}, {"POST", "/notices/read"}, {"GET", "/retrospectives"}, {"GET", "/retrospectives/process"}, {"GET", "/retrospectives/process.csv"}, {"GET", "/incidents/{id}/retrospective"}, {"POST", "/incidents/{id}/retrospective/begin"}, {"POST", "/incidents/{id}/retrospective/details"},
		{"POST", "/incidents/{id}/retrospective/state"}, {"POST", "/incidents/{id}/retrospective/review"}, {"POST", "/incidents/{id}/retrospective/answer"},
		{"POST", "/incidents/{id}/retrospective/sections"}, {"GET", "/incidents/{id}/retrospective/sections/{section}"}, {"POST", "/incidents/{id}/retrospective/sections/{section}"}, {"POST", "/incidents/{id}/retrospective/files"}, {"POST", "/incidents/{id}/retrospective/charts"}, {"GET", "/incidents/{id}/retrospective/files/{file}"}, {"POST", "/incidents/{id}/retrospective/files/{file}/remove"}, {"GET", "/incidents/{id}/retrospective/comments"}, {"POST", "/incidents/{id}/retrospective/comments"},
		{"POST", "/incidents/{id}/retrospective/comments/{comment}"}, {"GET", "/incidents/{id}/retrospective/export/{file}"}, {"POST", "/incidents/{id}/retrospective/import"}, {"GET", "/incidents/{id}/retrospective/history"}, {"POST", "/incidents/{id}/retrospective/history"},
		{"GET", "/incidents/{id}/retrospective/history/{snapshot}"}, {"POST", "/incidents/{id}/retrospective/history/{snapshot}/restore"},
		{"GET", "/incidents/{id}/retrospective/heard"}, {"GET", "/incidents/{id}/retrospective/share"}, {"POST", "/incidents/{id}/retrospective/share"}, {"POST", "/incidents/{id}/retrospective/share/{link}/revoke"}, {"GET", "/admin/links"}, {"POST", "/admin/links/{link}/revoke"}, {"GET", "/shared/{token}"}, {"GET", "/shared/{token}/export/{file}"},
		{"GET", "/incidents/{id}/retrospective/meeting"}, {"POST", "/incidents/{id}/retrospective/meeting"}, {"GET", "/admin/retrospectives"}, {"POST", "/admin/retrospectives"},
		{"POST", "/incidents/{id}/actions"}, {"POST", "/incidents/{id}/actions/{key}"}, {"GET", "/incidents/{id}/actions/{key}/issue"}, {"POST", "/incidents/{id}/actions/{key}/issue"}, {"POST", "/incidents/{id}/actions/{key}/close"}, {"GET", "/actions"}, {"GET", "/actions/export.csv"}, {"GET", "/actions/export.json"},
		{"GET", "/incidents/{id}/retrospective/rows"}, {"POST", "/incidents/{id}/retrospective/rows"}, {"GET", "/incidents/{id}/retrospective/factors"}, {"GET", "/incidents/{id}/retrospective/timeline"}, {"POST", "/incidents/{id}/retrospective/timeline"}, {"POST", "/incidents/{id}/retrospective/timeline/{moment}"},
		{"GET", "/cases"}, {"GET", "/cases/{figure}"},
		{"GET", "/services"}, {"GET", "/services/{id}"}, {"GET", "/changes"}, {"GET", "/changes/{id}"}, {"GET", "/delivery"}, {"GET", "/load"}, {"GET", "/learning"}, {"GET", "/causes"}, {"GET", "/causes/cases"}, {"GET", "/causes/claimed"}, {"GET", "/causes/factors.csv"}, {"GET", "/causes/together.csv"}, {"GET", "/causes/changes.csv"}, {"GET", "/durations"}, {"GET", "/restatements"}, {"POST", "/durations"}, {"GET", "/oncall"},
		{"GET", "/problems"}, {"GET", "/problems/{id}"}, {"GET", "/problems/{id}/incidents"}, {"POST", "/problems/{id}/manage"},
		{"POST", "/problems/{id}/verdict"}, {"POST", "/problems/{id}/title"}, {"POST", "/problems/{id}/merge"}, {"POST", "/problems/{id}/split"}, {"POST", "/problems/{id}/undo"},
		{"POST", "/problems/{id}/members/{incident}/remove"}, {"POST", "/problems/{id}/members/{incident}/restore"},
		{"GET", "/reports"}, {"GET", "/reports/{kind}"},
		{"GET", "/sla"}, {"GET", "/contracts/{id}"},
		{"GET", "/slo"}, {"GET", "/slo/new"}, {"POST", "/slo/new"}, {"POST", "/slo/openslo"},
		{"GET", "/slo/{id}"}, {"GET", "/slo/{id}/edit"}, {"POST", "/slo/{id}/delete"}, {"GET", "/slo/terms"},
		{"POST", "/slo/terms/weights"}, {"POST", "/slo/terms/dependencies"}, {"POST", "/slo/terms/rates"},
		{"GET", "/imports"}, {"GET", "/imports/new"}, {"GET", "/imports/new/{source}"}, {"POST", "/imports/new/{source}"},
		{"GET", "/imports/{id}"}, {"GET", "/imports/{id}/map"}, {"POST", "/imports/{id}/map"},
		{"GET", "/imports/{id}/preview"}, {"POST", "/imports/{id}/runs"}, {"GET", "/imports/{id}/forecast"}, {"POST", "/imports/{id}/remap"},
		{"GET", "/imports/{id}/settings"}, {"POST", "/imports/{id}/settings"}, {"GET", "/imports/{id}/test"},
		{"GET", "/imports/{id}/words"}, {"POST", "/imports/{id}/words"}, {"GET", "/imports/{id}/begin"},
		{"GET", "/imports/{id}/webhook"}, {"POST", "/imports/{id}/webhook"}, {"POST", "/imports/{id}/webhook/drop"},
		{"POST", "/imports/{id}/follow"}, {"POST", "/imports/{id}/pause"}, {"POST", "/imports/{id}/resume"},
		{"POST", "/imports/{id}/retry"}, {"POST", "/imports/{id}/remove"}, {"POST", "/imports/{id}/name"},
		{"GET", "/imports/runs/{id}"}, {"GET", "/imports/runs/{id}/progress"}, {"POST", "/imports/runs/{id}/cancel"},
		{"GET", "/imports/letters"}, {"POST", "/imports/letters/{id}/retry"}, {"POST", "/imports/letters/{id}/discard"},
		{"GET", "/reports/schedules"}, {"POST", "/reports/schedules"}, {"GET", "/reports/schedules/{id}"}, {"POST", "/reports/schedules/{id}"}, {"POST", "/reports/schedules/{id}/run"}, {"POST", "/reports/schedules/{id}/pause"}, {"POST", "/reports/schedules/{id}/remove"},
		{"GET", "/reports/runs/{id}"}, {"GET", "/reports/runs/{id}/files/{name}"},
		{"GET", "/search"}, {"GET", "/palette"},
		{"GET", "/views"}, {"POST", "/views"}, {"GET", "/views/{id}"}, {"POST", "/views/{id}"}, {"POST", "/views/{id}/move"}, {"POST", "/views/{id}/remove"}, {"POST", "/views/{id}/restore"},
		{"GET", "/me"}, {"POST", "/me"}, {"POST", "/me/theme"}, {"POST", "/me/password"}, {"POST", "/me/sessions/end"}, {"POST", "/me/sessions/{hash}/end"}, {"POST", "/me/link"}, {"POST", "/me/link/drop"}, {"GET", "/me/notices"}, {"POST", "/me/notices"}, {"GET", "/me/tokens"}, {"POST", "/me/tokens"}, {"POST", "/me/tokens/{id}/delete"},
		{"GET", "/login/code"}, {"POST", "/login/code"}, {"GET", "/login/enrol"}, {"POST", "/login/enrol"}, {"GET", "/me/confirm"}, {"POST", "/me/confirm"},
		{"GET", "/me/factor"}, {"POST", "/me/factor/begin"}, {"POST", "/me/factor/confirm"}, {"POST", "/me/factor/recovery"}, {"POST", "/me/factor/off"},
		{"POST", "/admin/users/{id}/factor/reset"}, {"POST", "/admin/factors"},
		{"GET", "/admin/roles"}, {"GET", "/admin/users"}, {"POST", "/admin/users"}, {"POST", "/admin/users/{id}"}, {"POST", "/admin/users/{id}/teams"}, {"POST", "/admin/users/{id}/link"}, {"POST", "/admin/users/{id}/sessions/end"},
		{"GET", "/admin/teams"}, {"POST", "/admin/teams"}, {"POST", "/admin/teams/{id}"}, {"POST", "/admin/teams/{id}/members"}, {"POST", "/admin/teams/{id}/members/{user}/remove"},
		{"GET", "/admin/audit"}, {"GET", "/admin/audit.csv"}, {"GET", "/admin/audit.jsonl"}, {"GET", "/admin/tokens"}, {"POST", "/admin/tokens"}, {"POST", "/admin/tokens/{id}/delete"},
		{"GET", "/admin/erase"}, {"POST", "/admin/erase"}, {"GET", "/admin/erase/look"}, {"GET", "/admin/erase/{id}"}, {"GET", "/admin/erase/{id}/progress"}, {"GET", "/admin/erase/{id}/report.json"}, {"POST", "/admin/erase/{id}/again"},
		{"GET", "/admin/channels"}, {"POST", "/admin/channels"}, {"POST", "/admin/channels/{id}"}, {"POST", "/admin/channels/{id}/test"}, {"POST", "/admin/channels/{id}/remove"}, {"GET", "/admin/outbox"}, {"POST", "/admin/outbox/{id}/again"}, {"GET", "/admin/retention"}, {"POST", "/admin/retention"}, {"POST", "/admin/retention/remove"}, {"GET", "/admin/retention/look"},
		{"GET", "/admin/contracts/{id}"}, {"POST", "/admin/contracts/{id}"}, {"POST", "/admin/contracts/{id}/remove"},
		{"GET", "/admin/taxonomy"}, {"POST", "/admin/taxonomy"},
		{"GET", "/admin/delivery"}, {"POST", "/admin/delivery"}, {"POST", "/admin/delivery/remove"},
		{"GET", "/admin/hours"}, {"GET", "/admin/hours/{team}"}, {"POST", "/admin/hours/{team}"}, {"POST", "/admin/hours/{team}/remove"},
		{"GET", "/admin/calendars"}, {"GET", "/admin/calendars/{id}"}, {"POST", "/admin/calendars/{id}"}, {"POST", "/admin/calendars/{id}/remove"},
		{"GET", "/about"}, {"GET", "/help/keyboard"}, {"GET", "/help/metrics"},
		{"GET", "/assets/{name...}"}, {"GET", "/api/"},
	}
}

// IncidentPath returns the page of an incident.
func IncidentPath(id incident.ID) string { return below("/incidents", id) }

// ServicePath returns the page of a service.
func ServicePath(id incident.ID) string { return below("/services", id) }

// ChangePath returns the page of a change.
func ChangePath(id incident.ID) string { return below("/changes", id) }

// ContractPath returns the page of a contract.
func ContractPath(id incident.ID) string { return below("/contracts", id) }

// ProblemPath returns the page of a problem.
func ProblemPath(id incident.ID) string { return below("/problems", id) }

// RunbookPath returns the page of a runbook.
func RunbookPath(id incident.ID) string { return below("/runbooks", id) }

// ViewPath returns the stable address of a saved view, which leads to its list.
func ViewPath(id incident.ID) string { return below("/views", id) }

// ConnectionPath returns the page of a connection.
func ConnectionPath(id incident.ID) string { return below("/imports", id) }

// RunPath returns the page of an import run.
func RunPath(id incident.ID) string { return below("/imports/runs", id) }

// LetterPath returns the folder of a dead letter's actions; there is no page there.
func LetterPath(id incident.ID) string { return below("/imports/letters", id) }

func below(folder string, id incident.ID) string { return folder + "/" + url.PathEscape(string(id)) }
