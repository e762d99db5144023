// Package incidenttest makes sample data and checks stores. It is imported by tests alone.
//
// [Incident] builds an incident with something in every field; [TestStore] proves that a Store keeps what
// the comments of incident.Store promise.
package incidenttest

import (
	"fmt"
	"time"

	"hindsight/incident"
)

// Epoch is the moment from which sample data counts: Monday, 6 January 2025, 09:00 UTC.
func Epoch() time.Time { return time.Date(2025, time.January, 6, 9, 0, 0, 0, time.UTC) }

// Incident returns sample incident n, always the same for the same n: a resolved one, an hour after
// incident n-1, of the connection "con_sample". Each override changes it before it is returned.
func Incident(n int, overrides ...func(*incident.Incident)) *incident.Incident {
	start := Epoch().Add(time.Duration(n) * time.Hour)
	ref := incident.Ref{Connection: "con_sample", Type: "incident", ExternalID: fmt.Sprintf("EXT-%d", n)}
	service := incident.NewService(fmt.Sprintf("service %d", n%7))
	reopened, breached := n%2, n%3 == 0
	inc := &incident.Incident{
		ID: ref.ID(), Ref: ref,
		Number: fmt.Sprintf("INC%07d", n), URL: fmt.Sprintf("https://tickets.example.com/%d", n),
		Title: fmt.Sprintf("Checkout fails for some users (%d)", n), Description: "Error rate above 5 %.", Format: incident.Plain,
		Status: incident.Resolved, StatusRaw: "Resolved",
		Severity: incident.Severity(n%5 + 1), SeverityRaw: fmt.Sprintf("S%d", n%5+1), PriorityRaw: fmt.Sprintf("P%d", n%4+1), UrgencyRaw: "high",
		Kind: incident.Real, Origin: incident.OriginTicket,
		Milestones: Milestones(start), Reopened: &reopened,
		Segments: []incident.Segment{
			{Status: incident.Triggered, StatusRaw: "New", From: start, To: start.Add(5 * time.Minute)},
			{Status: incident.Resolved, StatusRaw: "Resolved", From: start.Add(5 * time.Minute), By: "operator"},
		},
		Services:          []incident.ServiceUse{{Service: service.ID, Name: service.Name, Role: "affected"}},
		Team:              incident.NewTeam(fmt.Sprintf("team %d", n%3)).ID,
		People:            []incident.Participation{{Person: "per_1", Name: "Operator", Role: "assignee", From: start}},
		Tags:              []string{"checkout", fmt.Sprintf("tag-%d", n%10)},
		Custom:            []incident.CustomValue{{Name: "region", Value: "eu-1"}},
		Links:             []incident.Link{{Kind: "chat", URL: "https://chat.example.com/room", Title: "Room"}},
		SLA:               []incident.SLACycle{{Goal: "resolution", Name: "Gold", Start: start, Target: 4 * time.Hour, Stop: start.Add(time.Hour), Breached: &breached}},
		Factors:           []incident.Factor{{Role: "trigger", Category: "deploy", Text: "A release went out.", Claimed: true}},
		Actions:           []incident.ActionItem{{Title: "Add a canary", Owner: "Operator", Kind: "prevent", Created: start.AddDate(0, 0, 1), Due: start.AddDate(0, 0, 14), State: "open"}},
		ExternalCreatedAt: start, ExternalUpdatedAt: start.Add(time.Hour),
		RawID: incident.DeriveID("raw", ref.ExternalID), MapVersion: 1,
	}
	for _, change := range overrides {
		change(inc)
	}
	return inc
}

// Milestones returns imported statements about an incident that began at start: acknowledged after 5
// minutes, mitigated after 30 and resolved after 60.
func Milestones(start time.Time) incident.Milestones {
	var ms incident.Milestones
	for _, m := range []struct {
		name  incident.MilestoneName
		after time.Duration
	}{{incident.Detected, 0}, {incident.Opened, time.Minute}, {incident.Acked, 5 * time.Minute}, {incident.MitigatedAt, 30 * time.Minute}, {incident.ResolvedAt, time.Hour}} {
		ms.Set(m.name, start.Add(m.after), incident.ToSecond, incident.FromField, "sample", string(m.name)+"_at")
	}
	return ms
}

// Timeline returns the sample timeline of an incident: created, a note and resolved.
func Timeline(inc *incident.Incident) []incident.TimelineEvent {
	start := inc.StartedAt()
	events := []incident.TimelineEvent{
		{At: start, Kind: incident.EventCreated, Actor: "monitor", Text: "Error rate above 5 %", RawKind: "create"},
		{At: start.Add(10 * time.Minute), Kind: incident.EventNote, Actor: "Operator", Text: "Rolled back.", RawKind: "comment", Private: true},
		{At: start.Add(time.Hour), Kind: incident.EventResolved, Actor: "Operator", RawKind: "state"},
	}
	for i := range events {
		events[i].Incident = inc.ID
		events[i].ID = incident.DeriveID("evt", string(inc.ID), fmt.Sprint(i))
		events[i].Pos = i
	}
	return events
}
