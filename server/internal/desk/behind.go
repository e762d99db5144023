package desk

import (
	"context"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
	"hindsight/server/internal/query"
)

// Behind is what one figure of the pages about load, learning, delivery and the process counts.
type Behind struct {
	Name    string // "Escalated"
	Metric  string // id in analytics.Metrics
	Whose   string // the team's name; empty: no team's in particular
	Noun    string // what Members are: "incident", "action item", "deployment"
	Members []analytics.Member
	All     bool // false: there is more than is read; the oldest are missing
}

// behind are the figures whose members can be listed, by report and name.
var behind = map[string]Behind{
	"load.interruptions": {Name: "Interruptions", Metric: "interruptions", Noun: "incident"}, "load.sleep": {Name: "Interruptions in sleep hours", Metric: "sleep_interruptions", Noun: "incident"},
	"load.outside": {Name: "Interruptions outside business hours", Metric: "sleep_interruptions", Noun: "incident"}, "load.overlap": {Name: "Several incidents at once", Metric: "overlap_share", Noun: "incident"},
	"load.escalated": {Name: "Escalated", Metric: "escalated", Noun: "incident"}, "load.reassigned": {Name: "Reassigned", Metric: "reassigned", Noun: "incident"}, "load.reopened": {Name: "Reopened", Metric: "reopened", Noun: "incident"},
	"load.teamless":  {Name: "Fell to no team", Metric: "interruptions", Noun: "incident"},
	"learning.step0": {Name: "With a retrospective", Metric: "learning_funnel", Noun: "incident"}, "learning.step1": {Name: "With factors named", Metric: "learning_funnel", Noun: "incident"},
	"learning.step2": {Name: "With action items", Metric: "learning_funnel", Noun: "incident"}, "learning.step3": {Name: "With all action items done", Metric: "learning_funnel", Noun: "incident"},
	"learning.actions": {Name: "Action items done", Metric: "actions_done", Noun: "action item"}, "learning.repeats": {Name: "Repeats", Metric: "repeat_rate", Noun: "incident"},
	"delivery.deployments": {Name: "Deployments", Metric: "deployment_frequency", Noun: "deployment"}, "delivery.failed": {Name: "Failed deployments", Metric: "change_fail_rate", Noun: "deployment"},
	"delivery.recovery": {Name: "Recovery from a failed deployment", Metric: "failed_deployment_recovery", Noun: "deployment"}, "delivery.near": {Name: "Incidents near a deployment", Metric: "near_deployment", Noun: "incident"},
}

// behindProcess lists how incidents stand to a step of the company's own rules: all of them, or those of a rule, team or service.
func (d *Desk) behindProcess(ctx context.Context, step, group string, q query.Query, sight incident.Sight) (Behind, error) {
	i := slices.IndexFunc(analytics.ProcessSteps, func(s analytics.ProcessStep) bool { return s.Name == step })
	if i < 0 {
		return Behind{}, incident.ErrNotFound
	}
	r, err := d.ProcessKept(ctx, q, sight)
	words := analytics.ProcessSteps[i].Words
	b := Behind{Name: strings.ToUpper(words[:1]) + words[1:], Metric: "process_kept", Noun: "incident", All: r.All, Members: r.Members[step]}
	if err != nil || group == "" {
		return b, err
	}
	for _, g := range slices.Concat(r.Rules, r.Teams, r.Services) {
		if figure := analytics.ProcessFigure(step, g.By, g.Key); figure == step+"."+group && len(r.Members[figure]) > 0 {
			b.Whose, b.Members = g.Name, r.Members[figure]
			return b, nil
		}
	}
	return b, incident.ErrNotFound
}

// Behind lists what a figure counts, from the same report as the page that shows it. figure is "REPORT.NAME", with ".TEAM" behind it
// for those of a team, or of a group of the process. It returns incident.ErrNotFound for a figure or team that there is not.
func (d *Desk) Behind(ctx context.Context, figure string, q query.Query, sight incident.Sight) (Behind, error) {
	report, rest, _ := strings.Cut(figure, ".")
	name, team, _ := strings.Cut(rest, ".")
	if report == "process" {
		return d.behindProcess(ctx, name, team, q, sight)
	}
	b, known := behind[report+"."+name]
	teamless := figure == "load.teamless"
	if !known || (report == "load" && name != "teamless") != (team != "") {
		return b, incident.ErrNotFound
	}
	switch report {
	case "load":
		r, err := d.Load(ctx, q, sight)
		b.All = r.All
		if teamless {
			b.Members = r.Teamless
			return b, err
		}
		for _, t := range r.Teams {
			if string(t.Team) == team {
				b.Whose, b.Members = t.Name, t.Members[name]
				return b, err
			}
		}
		if err == nil {
			err = incident.ErrNotFound
		}
		return b, err
	case "learning":
		l, all, err := d.Learning(ctx, q, sight)
		b.Members, b.All = l.Members[name], all
		return b, err
	}
	r, all, err := d.Delivery(ctx, q, sight)
	b.Members, b.All = r.Members[name], all
	return b, err
}
