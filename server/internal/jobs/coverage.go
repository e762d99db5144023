package jobs

import (
	"slices"

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
		{"title", func(d *importers.Draft) bool { return d.Incident.Title != "" && d.Incident.Title != noTitle }},
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

// changeFields is fields for records that are change events, in the order of incident.ChangeEvent.
func changeFields() []field {
	says := func(name string, filled func(*incident.ChangeEvent) bool) field {
		return field{"change: " + name, func(d *importers.Draft) bool { return filled(d.Change) }}
	}
	return []field{
		says("number", func(c *incident.ChangeEvent) bool { return c.Number != "" }),
		says("services", func(c *incident.ChangeEvent) bool { return len(c.Services) > 0 }),
		says("environment", func(c *incident.ChangeEvent) bool { return c.Environment != "" }),
		says("title", func(c *incident.ChangeEvent) bool { return c.Title != noTitle }),
		says("started", func(c *incident.ChangeEvent) bool { return !c.StartedAt.IsZero() }),
		says("finished", func(c *incident.ChangeEvent) bool { return !c.FinishedAt.IsZero() }),
		says("result", func(c *incident.ChangeEvent) bool { return c.Result != incident.ChangeResultUnknown }),
		says("revision", func(c *incident.ChangeEvent) bool { return c.Revision != "" }),
		says("url", func(c *incident.ChangeEvent) bool { return c.URL != "" }),
		says("actor", func(c *incident.ChangeEvent) bool { return c.Actor != "" }),
		says("created at the source", func(c *incident.ChangeEvent) bool { return !c.ExternalCreatedAt.IsZero() }),
		says("updated at the source", func(c *incident.ChangeEvent) bool { return !c.ExternalUpdatedAt.IsZero() }),
	}
}

// rosterFields is fields for records that are rosters. Of shifts, each one must say it.
func rosterFields() []field {
	says := func(name string, filled func(incident.Shift) bool) field {
		return field{"shifts: " + name, func(d *importers.Draft) bool {
			return len(d.Roster.Shifts) > 0 && !slices.ContainsFunc(d.Roster.Shifts, func(s incident.Shift) bool { return !filled(s) })
		}}
	}
	return []field{
		says("at least one", func(incident.Shift) bool { return true }),
		says("schedule", func(s incident.Shift) bool { return s.ScheduleName != "" }),
		says("person", func(s incident.Shift) bool { return s.Person != "" || s.PersonName != "" }),
		says("end", func(s incident.Shift) bool { return !s.To.IsZero() }),
		{"shifts: team", func(d *importers.Draft) bool { return d.Team != "" }},
		{"shifts: updated at the source", func(d *importers.Draft) bool { return !d.Roster.ExternalUpdatedAt.IsZero() }},
	}
}

// runbookFields is fields for records that are runbooks.
func runbookFields() []field {
	says := func(name string, filled func(*incident.Runbook) bool) field {
		return field{name, func(d *importers.Draft) bool { return filled(d.Runbook) }}
	}
	return []field{
		says("services", func(r *incident.Runbook) bool { return len(r.Services) > 0 }),
		says("tags", func(r *incident.Runbook) bool { return len(r.Tags) > 0 }),
		says("url", func(r *incident.Runbook) bool { return r.URL != "" }),
	}
}

// fieldsOf returns the fields that a draft of this sort may fill.
func fieldsOf(d *importers.Draft) []field {
	switch {
	case d.Change != nil:
		return changeFields()
	case d.Roster != nil:
		return rosterFields()
	case d.Runbook != nil:
		return runbookFields()
	}
	return fields()
}
