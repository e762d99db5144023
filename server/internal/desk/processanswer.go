package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// ProcessAnswer is how far the company keeps to its own rules for retrospectives, for programs.
type ProcessAnswer struct {
	Needed   int            `json:"needed" doc:"incidents that are over and that the rules in force then wanted a retrospective of"`
	Have     int            `json:"have" doc:"those of them that have one, or a decision that none is needed"`
	Missing  []incident.ID  `json:"missing_incident_ids" doc:"the others, the oldest first"`
	Complete bool           `json:"complete" doc:"false: there are more incidents than are read; these are the latest"`
	Rules    []RulesUsed    `json:"rules" doc:"the versions that incidents were held against, the newest first"`
	Groups   []ProcessGroup `json:"groups" doc:"the whole, then by rule, team and service, in the order of their names"`
}

// RulesUsed is a version of the rules and how many incidents it decided about.
type RulesUsed struct {
	Version   int        `json:"version" doc:"0: the standard"`
	Since     *time.Time `json:"since"`
	Incidents int        `json:"incidents"`
}

// ProcessGroup is how some incidents stand to each step.
type ProcessGroup struct {
	By        string         `json:"by" doc:"all, rule, team or service"`
	Key       string         `json:"key" doc:"id of the team or service, or the rule; empty: all, or those without one"`
	Name      string         `json:"name"`
	Incidents int            `json:"incidents"`
	Steps     []ProcessCount `json:"steps"`
}

// ProcessCount counts incidents by how they stand to a step.
type ProcessCount struct {
	Step    string     `json:"step"`
	Words   string     `json:"words"`
	Kept    int        `json:"kept"`
	Missed  int        `json:"missed" doc:"done, and too late"`
	Late    int        `json:"late" doc:"still to be done, and its time is over"`
	Waiting int        `json:"waiting" doc:"still in time; in no share"`
	Unsaid  int        `json:"unsaid" doc:"nobody can tell; in no share"`
	Share   Estimate   `json:"share"`
	Oldest  *time.Time `json:"oldest_due" doc:"when the one that is late longest was due"`
}

// AnswerProcess writes a report for programs.
func AnswerProcess(r ProcessReport) ProcessAnswer {
	begun, _ := r.Whole.Step("begun")
	out := ProcessAnswer{Needed: r.Whole.Incidents, Have: begun.Kept, Missing: r.missing(), Complete: r.All,
		Rules: groupsOf(r.Versions, func(v ProcessRules) RulesUsed { return RulesUsed{v.Version, pointer(v.Since), v.Incidents} })}
	groups := r.Groups()
	if r.Whole.Incidents == 0 {
		groups = nil
	}
	out.Groups = groupsOf(groups, func(g analytics.ProcessGroup) ProcessGroup {
		return ProcessGroup{string(g.By), g.Key, g.Name, g.Incidents, groupsOf(g.Steps, func(c analytics.ProcessCount) ProcessCount {
			return ProcessCount{c.Name, c.Words, c.Kept, c.Missed, c.Late, c.Waiting, c.Unsaid, Estimate(c.Share), pointer(c.OldestDue)}
		})}
	})
	return out
}
