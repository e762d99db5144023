package desk

import (
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// DeliveryAnswer is the figures of delivery, for programs.
type DeliveryAnswer struct {
	From         *time.Time         `json:"from" doc:"of the observed period"`
	To           *time.Time         `json:"to"`
	AsOf         incident.Seq       `json:"as_of" doc:"number of the last change that the figures know"`
	CapMinutes   int                `json:"cap_minutes" doc:"how long after a deployment an incident may begin to be laid to it without a person's word"`
	Environments []string           `json:"environments" doc:"where users are; deployments to others are left out"`
	Complete     bool               `json:"complete" doc:"false: there are more changes than are read for one figure, and the oldest are missing"`
	Total        DeliveryFigures    `json:"total"`
	Services     []DeliveryFigures  `json:"services" doc:"a deployment of several services is in each"`
	Months       []DeliveryFigures  `json:"months"`
	Failed       []FailedDeployment `json:"failed" doc:"newest first"`
	Attributions []Attribution      `json:"incidents" doc:"of the period, newest first, and which deployment each is laid to; closeness in time is no cause"`
	LeftOut      []LeftOut          `json:"changes_left_out"`
	Unnamed      int                `json:"deployments_without_service"`
}

// DeliveryFigures are those of one group.
type DeliveryFigures struct {
	Key         string         `json:"key"`
	Label       string         `json:"label"`
	From        *time.Time     `json:"from"`
	To          *time.Time     `json:"to"`
	Partial     bool           `json:"partial,omitempty"`
	Deployments int            `json:"deployments"`
	PerDay      Estimate       `json:"per_day"`
	Failed      int            `json:"failed"`
	FailRate    Estimate       `json:"change_fail_rate"`
	FailChance  *float64       `json:"change_fail_rate_by_chance" doc:"share of deployments that an incident would follow within the cap by chance alone"`
	Said        int            `json:"failed_by_word" doc:"by the word of a source or a person, not by nearness in time alone"`
	SaidRate    Estimate       `json:"change_fail_rate_by_word"`
	Recovery    Estimate       `json:"recovery_median_seconds"`
	WithOpen    Estimate       `json:"recovery_median_with_open_seconds" doc:"Kaplan-Meier: those that are not recovered from last until now"`
	Open        int            `json:"not_recovered"`
	Missing     int            `json:"recovery_not_known"`
	Rework      Estimate       `json:"rework_rate"`
	Incidents   int            `json:"incidents"`
	Of          map[string]int `json:"incidents_by_attribution" doc:"confirmed, suspected, denied and unattributed"`
	Near        int            `json:"incidents_near"`
	NearShare   Estimate       `json:"incidents_near_share"`
	NearChance  *float64       `json:"incidents_near_by_chance" doc:"the base rate: share of the time within the cap after a deployment"`
	LeftOut     []LeftOut      `json:"incidents_left_out"`
}

// FailedDeployment is a deployment that failed, and why it counts as failed.
type FailedDeployment struct {
	Change      incident.ID `json:"change_id"`
	Title       string      `json:"title"`
	At          time.Time   `json:"at"`
	Basis       string      `json:"basis" doc:"confirmed, source or suspected"`
	Incidents   []string    `json:"incident_ids"`
	RecoveredAt *time.Time  `json:"recovered_at" doc:"null: not yet, or not known"`
	Unknown     bool        `json:"recovery_not_known,omitempty"`
}

// Attribution says which deployment an incident is laid to.
type Attribution struct {
	Incident     incident.ID `json:"incident_id"`
	Title        string      `json:"title"`
	StartedAt    time.Time   `json:"started_at"`
	Basis        string      `json:"basis" doc:"confirmed, suspected, denied or unattributed"`
	Change       incident.ID `json:"change_id,omitempty"`
	AfterMinutes float64     `json:"minutes_after,omitempty"`
}

// AnswerDelivery writes a report for programs.
func AnswerDelivery(r analytics.DeliveryReport, asOf incident.Seq, complete bool) DeliveryAnswer {
	out := DeliveryAnswer{From: pointer(r.From), To: pointer(r.To), AsOf: asOf, CapMinutes: r.Rule.CapMinutes, Environments: r.Rule.Environments, Complete: complete,
		Total: deliveryFigures(r.Total), Services: groupsOf(r.Services, deliveryFigures), Months: groupsOf(r.Months, deliveryFigures),
		Failed: groupsOf(r.Failures, failedDeployment), Attributions: groupsOf(r.Attributions, attribution), LeftOut: leftOut(r.LeftOut), Unnamed: r.Unnamed}
	return out
}

// groupsOf converts a list; an empty one stays a list in JSON.
func groupsOf[A, B any](in []A, of func(A) B) []B {
	out := make([]B, len(in))
	for i, x := range in {
		out[i] = of(x)
	}
	return out
}

func leftOut(in []analytics.LeftOut) []LeftOut {
	return groupsOf(in, func(l analytics.LeftOut) LeftOut { return LeftOut(l) })
}

func deliveryFigures(g analytics.DeliveryGroup) DeliveryFigures {
	of := map[string]int{}
	for basis, n := range g.Of {
		of[string(basis)] = n
	}
	return DeliveryFigures{Key: g.Key, Label: g.Label, From: pointer(g.From), To: pointer(g.To), Partial: g.Partial, Deployments: g.Deployments, PerDay: Estimate(g.PerDay),
		Failed: g.Failed, FailRate: Estimate(g.FailRate), FailChance: g.FailChance, Said: g.Said, SaidRate: Estimate(g.SaidRate), Recovery: Estimate(g.Recovery),
		WithOpen: Estimate(g.WithOpen), Open: g.Open, Missing: g.Missing, Rework: Estimate(g.Rework), Incidents: g.Incidents, Of: of, Near: g.Near,
		NearShare: Estimate(g.NearShare), NearChance: g.NearChance, LeftOut: leftOut(g.LeftOut)}
}

func failedDeployment(f analytics.FailedDeployment) FailedDeployment {
	out := FailedDeployment{Change: f.Change.ID, Title: f.Change.Title, At: f.Change.At(), Basis: string(f.Basis), Unknown: f.Unknown, Incidents: []string{}}
	for _, a := range f.Incidents {
		out.Incidents = append(out.Incidents, string(a.ID))
	}
	if !f.Unknown {
		out.RecoveredAt = pointer(f.Recovered)
	}
	return out
}

func attribution(a analytics.Attribution) Attribution {
	return Attribution{Incident: a.ID, Title: a.Title, StartedAt: a.StartedAt, Basis: string(a.Basis), Change: a.Change, AfterMinutes: a.After.Minutes()}
}
