package desk

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// firstYear is the earliest that a moment can be of, as for imported ones; earlier years are slips of the pen.
const firstYear = 1970

// Patch is a person's change of an incident: fields of incident.EditableFields with new values as
// incident.FieldValue writes them, but a team by its name; and statements of when something happened.
type Patch struct {
	Fields     map[string]string
	Milestones []MilestonePatch
	Share      *Sharing // nil: who may see it stays as it is
	ShutOut    bool     // the writer knows that they will not see the incident any more
}

// MilestonePatch states when something happened. The imported statement stays beside it.
type MilestonePatch struct {
	Name      string
	At        time.Time
	Precision string // defaults to minute
	Reason    string
}

// Edit applies a patch in the name of by and returns the incident and the number of the change. An incident that sight does not see is not
// found.
func (d *Desk) Edit(ctx context.Context, id incident.ID, p Patch, by string, sight incident.Sight) (*incident.Incident, incident.Seq, error) {
	var out *incident.Incident
	if err := d.share(ctx, &p, sight); err != nil {
		return nil, 0, err
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		inc, err := seenIn(tx, id, sight)
		if err != nil {
			return err
		}
		team, err := p.apply(inc, by, d.Now().UTC())
		if err != nil {
			return err
		}
		if err := p.shutOut(inc, sight); err != nil {
			return err
		}
		if team.ID != "" {
			if err := tx.PutTeams([]incident.Team{team}); err != nil {
				return err
			}
		}
		if err := p.twinExists(tx, inc, sight); err != nil {
			return err
		}
		for _, field := range []string{"caused_by", "not_caused_by"} {
			if value, stated := p.Fields[field]; stated {
				if err := changeExists(tx, field, incident.ID(strings.TrimSpace(value))); err != nil {
					return err
				}
			}
		}
		out = inc
		if err := tx.PutIncidents([]*incident.Incident{inc}); err != nil {
			return err
		}
		return incident.Reunite(tx, []incident.ID{id})
	})
	return out, seq, err
}

// seenIn returns an incident in a transaction that may change it. One that is gone, or that sight does not see, is not found.
func seenIn(tx incident.Tx, id incident.ID, sight incident.Sight) (*incident.Incident, error) {
	found, err := tx.IncidentsByID([]incident.ID{id})
	if err != nil {
		return nil, err
	}
	if inc := found[id]; inc != nil && !inc.Deleted() && inc.SeenBy(sight) {
		return inc, nil
	}
	return nil, fmt.Errorf("desk: incident %s: %w", id, incident.ErrNotFound)
}

// twinExists refuses to say that an incident is the same as one that is not there, or that sight does not see.
func (p Patch) twinExists(tx incident.Tx, inc *incident.Incident, sight incident.Sight) error {
	if _, stated := p.Fields["same_as"]; !stated || inc.SameAs == "" {
		return nil
	}
	found, err := tx.IncidentsByID([]incident.ID{inc.SameAs})
	if other := found[inc.SameAs]; err == nil && (other == nil || other.Deleted() || !other.SeenBy(sight)) {
		err = incident.Invalidf("same_as", "there is no incident %q", inc.SameAs)
	}
	return err
}

// changeExists refuses to say of a change that is not there that it did or did not bring an incident about. What is taken
// back may be gone.
func changeExists(tx incident.Tx, field string, change incident.ID) error {
	if change == "" || change == incident.NoChange || strings.HasPrefix(string(change), "-") {
		return nil
	}
	found, err := tx.ChangeEventsByID([]incident.ID{change})
	if err == nil && (found[change] == nil || found[change].Deleted()) {
		err = incident.Invalidf(field, "there is no change %q; give the id of one", change)
	}
	return err
}

// apply changes inc. It returns the team to store when one was named.
func (p Patch) apply(inc *incident.Incident, by string, at time.Time) (team incident.Team, err error) {
	for _, field := range slices.Sorted(maps.Keys(p.Fields)) {
		value := strings.TrimSpace(p.Fields[field])
		if len(value) > 1000 && field != "audience" {
			return team, incident.Invalidf(field, "give at most 1,000 characters")
		}
		if field == "team" && value != "" {
			team = incident.NewTeam(value)
			value = string(team.ID)
		}
		if err := inc.Edit(field, value, by, at); err != nil {
			return team, err
		}
	}
	return team, p.applyMilestones(inc, by, at)
}

func (p Patch) applyMilestones(inc *incident.Incident, by string, at time.Time) error {
	for _, m := range p.Milestones {
		if !slices.Contains(incident.MilestoneNames, incident.MilestoneName(m.Name)) {
			return incident.Invalidf("milestones", "%q is not a milestone; there are %v", m.Name, incident.MilestoneNames)
		}
		if m.At.IsZero() || m.At.After(at.Add(24*time.Hour)) {
			return incident.Invalidf("milestones", "%s needs a time that is not in the future", m.Name)
		}
		if m.At.Year() < firstYear {
			return incident.Invalidf("milestones", "%s cannot have been before %d", m.Name, firstYear)
		}
		precision := incident.Precision(m.Precision)
		if precision == "" {
			precision = incident.ToMinute
		}
		if !slices.Contains(incident.Precisions, precision) {
			return incident.Invalidf("milestones", "%q is not a precision; there are %v", m.Precision, incident.Precisions)
		}
		if len(m.Reason) > 1000 {
			return incident.Invalidf("milestones", "give a reason of at most 1,000 characters")
		}
		inc.Milestones = append(inc.Milestones, incident.Milestone{Name: incident.MilestoneName(m.Name), At: m.At.UTC(),
			Precision: precision, Basis: incident.FromPerson, Source: by, Reason: m.Reason, StatedAt: at})
	}
	return nil
}

// NewIncident is an incident that somebody writes down here.
type NewIncident struct {
	Title, Description string
	Severity           int
	Services           []string // names
	Team               string   // name; may be empty
	Opened, Resolved   time.Time
	URL                string
}

// Create stores a new incident and returns it with the number of the change.
func (d *Desk) Create(ctx context.Context, n NewIncident, by string) (*incident.Incident, incident.Seq, error) {
	inc, services, team, err := n.build(by, d.Now().UTC())
	if err != nil {
		return nil, 0, err
	}
	seq, err := d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutServices(services); err != nil {
			return err
		}
		if team.ID != "" {
			if err := tx.PutTeams([]incident.Team{team}); err != nil {
				return err
			}
		}
		return tx.PutIncidents([]*incident.Incident{inc})
	})
	return inc, seq, err
}

func (n NewIncident) build(by string, now time.Time) (*incident.Incident, []incident.Service, incident.Team, error) {
	var team incident.Team
	title := strings.TrimSpace(n.Title)
	switch {
	case title == "" || len(title) > 1000:
		return nil, nil, team, incident.Invalidf("title", "give 1 to 1,000 characters")
	case !incident.Severity(n.Severity).Valid():
		return nil, nil, team, incident.Invalidf("severity", "%d is not from 1 to 5, or 0 for unset", n.Severity)
	case n.Opened.After(now.Add(24 * time.Hour)):
		return nil, nil, team, incident.Invalidf("opened_at", "this is in the future")
	case !n.Opened.IsZero() && n.Opened.Year() < firstYear:
		return nil, nil, team, incident.Invalidf("opened_at", "this is before %d", firstYear)
	case n.Resolved.After(now.Add(24 * time.Hour)):
		return nil, nil, team, incident.Invalidf("resolved_at", "this is in the future")
	case n.URL != "" && !webAddress(n.URL):
		return nil, nil, team, incident.Invalidf("url", "%q is not an http or https address", n.URL)
	}
	if n.Opened.IsZero() {
		n.Opened = now
	}
	if !n.Resolved.IsZero() && n.Resolved.Before(n.Opened) {
		return nil, nil, team, incident.Invalidf("resolved_at", "this is before the incident was opened")
	}
	inc := &incident.Incident{ID: incident.NewID("inc"), Title: title, Description: n.Description, Format: incident.Markdown,
		Status: incident.Triggered, Severity: incident.Severity(n.Severity), Kind: incident.Real, Origin: incident.OriginManual, URL: n.URL}
	inc.Milestones.Set(incident.Opened, n.Opened, incident.ToMinute, incident.FromField, by, "opened_at")
	if !n.Resolved.IsZero() {
		inc.Milestones.Set(incident.ResolvedAt, n.Resolved, incident.ToMinute, incident.FromField, by, "resolved_at")
		inc.Status = incident.Resolved
	}
	var services []incident.Service
	for _, name := range n.Services {
		if incident.Slug(name) == "" {
			continue
		}
		s := incident.NewService(name)
		services = append(services, s)
		inc.Services = append(inc.Services, incident.ServiceUse{Service: s.ID, Name: s.Name, Role: "affected"})
	}
	if strings.TrimSpace(n.Team) != "" {
		team = incident.NewTeam(n.Team)
		inc.Team = team.ID
	}
	return inc, services, team, nil
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
