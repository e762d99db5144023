package firehydrant

import (
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// moments returns the milestones that were reached, with their time and the words of their status: slug, then phase. The
// phases go before the older list, which names the same milestones again.
func (m *mapping) moments() (all []reached) {
	seen := map[string]bool{}
	add := func(s milestone, slug, phase string) {
		at := m.ISO("milestone "+importers.Line(slug), s.At)
		if slug = importers.Line(slug); slug == "" || seen[slug] || at.IsZero() {
			return
		}
		seen[slug] = true
		r := reached{at: at, slug: slug, name: s.Name, by: s.By.Name}
		r.status, r.known = m.words.Status.Of(slug)
		if !r.known {
			r.status, r.known = m.words.Status.Of("phase " + phase)
		}
		all = append(all, r)
	}
	for _, raw := range m.full.Phases {
		p := importers.Decode[phase](raw)
		for _, raw := range p.Milestones {
			s := importers.Decode[milestone](raw)
			add(s, s.Slug, p.word())
		}
	}
	for _, raw := range m.full.Milestones {
		s := importers.Decode[milestone](raw)
		add(s, s.Type, "")
	}
	return all
}

// word returns by what a phase is known: its type, else its name.
func (p phase) word() string {
	if p.Type != "" {
		return p.Type
	}
	return p.Name
}

type reached struct {
	at             time.Time
	slug, name, by string
	status         incident.Status
	known          bool
}

// times sets status, milestones and segments from the milestones that the mapping names by slug. When the incident started
// is a statement about the impact only where it precedes the record: FireHydrant sets it to the moment of opening
// otherwise.
func (m *mapping) times() {
	inc := &m.Incident
	all := m.moments()
	m.status(all)
	inc.Milestones.Set(incident.Opened, inc.ExternalCreatedAt, incident.ToSecond, incident.FromField, name, "created_at")
	for _, r := range all {
		for _, milestone := range incident.MilestoneNames {
			if m.words.Fields[string(milestone)] != r.slug || !m.counts(milestone, r.at) {
				continue
			}
			if _, stated := inc.Milestones.Current(milestone); !stated {
				inc.Milestones.Set(milestone, r.at, incident.ToSecond, incident.FromField, name, "milestone "+r.slug)
			}
		}
	}
	if started := m.ISO("started_at", m.full.Started); m.counts(incident.ImpactStarted, started) {
		if _, stated := inc.Milestones.Current(incident.ImpactStarted); !stated {
			inc.Milestones.Set(incident.ImpactStarted, started, incident.ToSecond, incident.FromField, name, "started_at")
		}
	}
	m.segments(all)
}

// counts leaves out the end of what is not over, and a start that is only the opening.
func (m *mapping) counts(milestone incident.MilestoneName, at time.Time) bool {
	switch milestone {
	case incident.ImpactStarted:
		return at.Before(m.Incident.ExternalCreatedAt)
	case incident.ResolvedAt:
		return m.Incident.Status == incident.Resolved || m.Incident.Status == incident.Closed
	case incident.ClosedAt:
		return m.Incident.Status == incident.Closed
	}
	return true
}

// status sets what the current milestone means: by its slug, else by the phase that it belongs to.
func (m *mapping) status(all []reached) {
	inc, slug := &m.Incident, importers.Line(m.full.Milestone)
	inc.StatusRaw, inc.Status = slug, incident.StatusUnknown
	if is, ok := m.words.Status.Of(slug); ok {
		inc.Status = is
		return
	}
	for _, r := range all {
		if r.slug == slug && r.known {
			inc.Status = r.status
			return
		}
	}
	if !importers.Unset(slug) {
		m.Warn("current_milestone", slug, "neither this milestone nor its phase is in any map; say in the mapping what it means")
	}
}

// segments follow from when each milestone was reached, as far as that of today; how often an incident was reopened is not
// told.
func (m *mapping) segments(all []reached) {
	var turns []importers.Turn
	for _, r := range all {
		if !r.known {
			continue
		}
		at := r.at
		if at.Before(m.Incident.ExternalCreatedAt) {
			at = m.Incident.ExternalCreatedAt // when somebody knew of it
		}
		turns = append(turns, importers.Turn{At: at, Status: r.status, Raw: r.slug, By: r.by, Field: "milestone " + r.slug})
	}
	m.SetStages(name, turns)
}
