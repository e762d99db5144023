package tableapi

import (
	"encoding/json"

	"hindsight/importers"
	"hindsight/incident"
)

// mapChange turns a change request into a change event. Its times are those of the work; the planned ones stand in for
// work that is not recorded.
func mapChange(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var r row
	if err := json.Unmarshal(raw.Body, &r); err != nil || importers.Line(r.id()) == "" {
		return importers.Draft{}, &importers.MapError{Field: "sys_id", Reason: "the record is no row with a sys_id"}
	}
	m := mapping{cfg: cfg, words: cfg.Words(words), row: r, used: map[string]bool{}}
	c := &incident.ChangeEvent{
		Ref: incident.Ref{Type: changes, ExternalID: importers.Line(r.id())}, Number: r.shown("number"), Title: r.shown("short_description"),
		StartedAt: r.at("work_start"), FinishedAt: r.at("work_end"), Environment: r.shown("u_environment"), ResultRaw: r.shown("state"),
		URL: m.address(changes, r.id()), Actor: r.shown("assigned_to"), ExternalCreatedAt: r.at("sys_created_on"), ExternalUpdatedAt: r.at("sys_updated_on"),
	}
	if c.Title == "" {
		c.Title = "(no title)"
	}
	if c.StartedAt.IsZero() && c.FinishedAt.IsZero() {
		c.StartedAt, c.FinishedAt = r.at("start_date"), r.at("end_date")
	}
	if code := r.shown("close_code"); code != "" {
		c.ResultRaw = code
	}
	c.Kind, c.Result = kindOf(r.code("category")), resultOf(r)
	for _, column := range m.named("service") {
		for _, name := range m.words.ServiceNames(r.shown(column)) {
			c.Services = append(c.Services, incident.ServiceUse{Name: name})
		}
	}
	if c.Result == incident.ChangeResultUnknown {
		m.Warn("state", r.code("state"), "neither state nor close code tells how the change ended")
	}
	return importers.Draft{Change: c, Team: r.shown("assignment_group"), Warnings: m.Warnings}, nil
}

// kindOf reads the category of a fresh instance: software is a deployment, all else is work on what services run on.
func kindOf(category string) incident.ChangeKind {
	switch importers.Fold(category) {
	case "software", "applicationssoftware":
		return incident.ChangeDeploy
	}
	return incident.ChangeInfra
}

// resultOf reads state and close code, by the values of a fresh instance: -5 New, -4 Assess, -3 Authorize, -2 Scheduled, -1
// Implement, 0 Review, 3 Closed, 4 Canceled; successful, successful_issues, unsuccessful.
func resultOf(r row) incident.ChangeResult {
	switch r.code("close_code") {
	case "successful", "successful_issues":
		return incident.ChangeSucceeded
	case "unsuccessful":
		return incident.ChangeFailed
	}
	switch r.code("state") {
	case "-5", "-4", "-3", "-2", "-1":
		return incident.ChangeRunning
	case "4":
		return incident.ChangeCanceled
	}
	return incident.ChangeResultUnknown
}
