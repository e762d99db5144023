package api

import (
	"errors"
	"time"

	"hindsight/incident"
)

func isNotFound(err error) bool { return errors.Is(err, incident.ErrNotFound) }

// instant returns the time that t points to, or the zero time.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// incident renders an incident. Lists are never null, so that programs need not ask.
func (s *Server) incident(inc *incident.Incident) Incident {
	snapshot := s.desk.Live.Snapshot()
	out := Incident{ID: inc.ID, Number: inc.Number, Title: inc.Title, Description: inc.Description, Format: string(inc.Format),
		Status: string(inc.Status), StatusRaw: inc.StatusRaw, SeverityRaw: inc.SeverityRaw, PriorityRaw: inc.PriorityRaw,
		UrgencyRaw: inc.UrgencyRaw, Kind: string(inc.Kind), Origin: string(inc.Origin), Private: inc.Private,
		NotCounted: inc.Uncounted(), StartedAt: when(inc.StartedAt()), Reopened: inc.Reopened, Tags: append([]string{}, inc.Tags...),
		KnownProblem: inc.KnownProblem, URL: inc.URL, ConnectionID: inc.Ref.Connection, ExternalID: inc.Ref.ExternalID,
		Incarnation: inc.Ref.Incarnation, RawID: inc.RawID, DeletedAt: when(inc.DeletedAt), DeletedReason: inc.DeletedReason, Change: inc.Seq}
	if inc.Private {
		out.Audience = &Audience{append([]incident.ID{}, inc.Audience.Users...), append([]incident.ID{}, inc.Audience.Teams...)}
	}
	if inc.Severity != incident.SevUnknown {
		n := int(inc.Severity)
		out.Severity = &n
	}
	if inc.Team != "" {
		out.Team = &NamedRef{inc.Team, snapshot.Name(inc.Team)}
	}
	out.Milestones = each(inc.Milestones, func(m incident.Milestone) Milestone {
		current, _ := inc.Milestones.Current(m.Name)
		return Milestone{Name: string(m.Name), At: m.At, Current: current == m, Precision: string(m.Precision), Basis: string(m.Basis),
			Source: m.Source, Field: m.Field, Reason: m.Reason, StatedAt: when(m.StatedAt)}
	})
	out.Segments = each(inc.Segments, func(x incident.Segment) Segment {
		return Segment{string(x.Status), x.StatusRaw, x.From, when(x.To), x.By}
	})
	out.Services = each(inc.Services, func(x incident.ServiceUse) NamedRef { return NamedRef{x.Service, x.Name} })
	out.People = each(inc.People, func(x incident.Participation) Participation { return Participation{x.Name, x.Role} })
	out.Custom = each(inc.Custom, func(x incident.CustomValue) CustomValue { return CustomValue{x.Name, x.Value} })
	out.Links = each(inc.Links, func(x incident.Link) Link { return Link{x.Kind, x.URL, x.Title} })
	out.Factors = each(inc.Factors, func(x incident.Factor) Factor { return Factor{x.Role, x.Category, x.Text, x.Claimed} })
	out.Actions = each(inc.Actions, actionItem)
	out.Edits = each(inc.Edits, func(x incident.Edit) Edit { return Edit{x.Field, x.Value, x.Was, x.By, x.At} })
	out.SLA = each(inc.SLA, func(x incident.SLACycle) SLACycle {
		c := SLACycle{Goal: x.Goal, Name: x.Name, Start: when(x.Start), Stop: when(x.Stop), Breached: x.Breached}
		if x.Target > 0 {
			seconds := x.Target.Seconds()
			c.TargetSeconds = &seconds
		}
		return c
	})
	return out
}

// each converts a slice; the result is never nil.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, x := range in {
		out[i] = f(x)
	}
	return out
}
