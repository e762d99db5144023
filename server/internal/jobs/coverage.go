package jobs

import (
	"hindsight/importers"
	"hindsight/incident"
)

// field is something that a mapped record may say.
type field struct {
	name   string
	filled func(*importers.Draft) bool
}

// fields lists what coverage is counted of, in the order of incident.Incident.
func fields() []field {
	out := []field{
		{"number", func(d *importers.Draft) bool { return d.Incident.Number != "" }},
		{"url", func(d *importers.Draft) bool { return d.Incident.URL != "" }},
		{"title", func(d *importers.Draft) bool { return d.Incident.Title != "" && d.Incident.Title != "(no title)" }},
		{"description", func(d *importers.Draft) bool { return d.Incident.Description != "" }},
		{"status", func(d *importers.Draft) bool { return d.Incident.Status != incident.StatusUnknown }},
		{"severity", func(d *importers.Draft) bool { return d.Incident.Severity != incident.SevUnknown }},
		{"priority", func(d *importers.Draft) bool { return d.Incident.PriorityRaw != "" }},
	}
	for _, name := range incident.MilestoneNames {
		out = append(out, field{string(name), func(d *importers.Draft) bool { return !d.Incident.Milestones.At(name).IsZero() }})
	}
	return append(out, []field{
		{"services", func(d *importers.Draft) bool { return len(d.Incident.Services) > 0 }},
		{"team", func(d *importers.Draft) bool { return d.Team != "" }},
		{"people", func(d *importers.Draft) bool { return len(d.Incident.People) > 0 }},
		{"tags", func(d *importers.Draft) bool { return len(d.Incident.Tags) > 0 }},
		{"custom values", func(d *importers.Draft) bool { return len(d.Incident.Custom) > 0 }},
		{"links", func(d *importers.Draft) bool { return len(d.Incident.Links) > 0 }},
		{"service levels", func(d *importers.Draft) bool { return len(d.Incident.SLA) > 0 }},
		{"factors", func(d *importers.Draft) bool { return len(d.Incident.Factors) > 0 }},
		{"actions", func(d *importers.Draft) bool { return len(d.Incident.Actions) > 0 }},
		{"created at the source", func(d *importers.Draft) bool { return !d.Incident.ExternalCreatedAt.IsZero() }},
		{"updated at the source", func(d *importers.Draft) bool { return !d.Incident.ExternalUpdatedAt.IsZero() }},
		{"timeline", func(d *importers.Draft) bool { return len(d.Timeline) > 0 }},
		{"retrospective", func(d *importers.Draft) bool { return d.Retrospective != nil }},
	}...)
}
