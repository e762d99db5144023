package icinga

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is a problem on its way to a draft.
type mapping struct {
	record
	last  observation // the newest
	host  string
	began time.Time
	words importers.Words
	draft importers.Draft
}

func mapProblem(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{words: cfg.Words(words), draft: importers.NewIncident("problems", raw.ExternalID, incident.OriginMonitor)}
	if err := json.Unmarshal(raw.Body, &m.record); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no record of a problem: " + err.Error()}
	}
	m.sort()
	if len(m.Observed) == 0 {
		return importers.Draft{}, &importers.MapError{Field: "observed", Reason: "the problem was never seen"}
	}
	m.last = m.Observed[len(m.Observed)-1]
	for _, o := range m.Observed {
		if at := o.Changed.time(); m.began.IsZero() || !at.IsZero() && at.Before(m.began) {
			m.began = at
		}
	}
	m.attributes()
	m.life()
	m.draft.CheckOrder()
	return m.draft, nil
}

// stateOf names a state.
func (m *mapping) stateOf(state float64) string {
	if !strings.Contains(m.Object, "!") {
		return map[bool]string{true: "up", false: "down"}[state == 0]
	}
	switch state {
	case 0:
		return "ok"
	case 1:
		return "warning"
	case 2:
		return "critical"
	}
	return "unknown"
}

// worst returns the worst state that was seen: critical, then warning, then unknown.
func (m *mapping) worst() float64 {
	rank := map[float64]int{2: 3, 1: 2, 3: 1}
	return slices.MaxFunc(m.Observed, func(a, b observation) int { return cmp.Compare(rank[a.State], rank[b.State]) }).State
}

func (m *mapping) attributes() {
	d, inc := &m.draft, &m.draft.Incident
	host, service, isService := strings.Cut(m.Object, "!")
	m.host = cmp.Or(m.last.Host, host)
	worst := m.stateOf(m.worst())
	title := fmt.Sprintf("%s is %s", cmp.Or(m.last.DisplayName, host), worst)
	if isService {
		title = fmt.Sprintf("%s on %s is %s", cmp.Or(m.last.DisplayName, service), m.host, worst)
	}
	d.SetTitle("display_name", title)
	inc.Description = importers.Clean(m.last.Output)
	inc.SeverityRaw = worst
	inc.Severity = d.SeverityOf("state", worst, m.words.Severity)
	if m.Observed[0].Downtime > 0 { // planned before it began
		inc.Kind = incident.Maintenance
	}
	names := m.last.Groups
	if value := m.value("service"); value != "" {
		names = []string{value}
	}
	if len(names) == 0 {
		names = []string{m.host}
	}
	d.AddServices(m.words.ServiceNames(names...)...)
	d.Team = importers.Line(m.value("team"))
	if value := m.value("severity"); value != "" {
		inc.SeverityRaw = importers.Line(value)
		inc.Severity = d.SeverityOf("vars", value, m.words.Severity)
	}
	d.AddCustom("host", m.host)
	d.AddCustom("service", service)
	d.AddLink("runbook", "notes_url", m.last.NotesURL, "Notes")
	d.AddLink("dashboard", "action_url", m.last.ActionURL, "Action")
	for _, key := range slices.Sorted(maps.Keys(m.last.Vars)) {
		if value, ok := m.last.Vars[key].(string); ok {
			d.AddCustom(key, value)
		}
	}
}

// value returns the custom variable that the mapping names for something.
func (m *mapping) value(what string) string {
	value, _ := m.last.Vars[m.words.Fields[what]].(string)
	return value
}

// ended returns when the problem ended, and how well that is known; zero while it lasts.
func (m *mapping) ended() incident.Milestone {
	switch {
	case m.Recovered != nil && m.Recovered.Late:
		return incident.Milestone{At: m.Recovered.At.time(), Precision: incident.About, Basis: incident.Derived, Field: "last_state_ok"}
	case m.Recovered != nil:
		return incident.Milestone{At: m.Recovered.At.time(), Precision: incident.ToSecond, Basis: incident.FromField, Field: "last_hard_state_change"}
	}
	return incident.Milestone{At: m.Removed.UTC(), Precision: incident.About, Basis: incident.Derived, Field: "removed"}
}

// life tells what happened to the problem.
func (m *mapping) life() {
	d, inc := &m.draft, &m.draft.Incident
	inc.Milestones.Set(incident.Detected, m.began, incident.ToSecond, incident.FromField, name, "last_hard_state_change")
	inc.Milestones.Set(incident.Opened, m.began, incident.ToSecond, incident.FromField, name, "last_hard_state_change")
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.began, m.began
	inc.Status, inc.StatusRaw = incident.Triggered, m.stateOf(m.last.State)
	var turns []importers.Turn
	var before observation
	for i, o := range m.Observed {
		if i == 0 || o.State != before.State {
			m.event(o.Changed.time(), map[bool]incident.EventKind{true: incident.EventCreated, false: incident.EventSeverity}[i == 0], "", m.stateOf(o.State)+": "+o.Output, "state")
		}
		at := o.AckedChanged.time()
		switch {
		case o.Acked > 0 && !(i > 0 && before.Acked > 0 && before.AckedChanged == o.AckedChanged):
			by := m.acker(at)
			turns = append(turns, importers.Turn{At: at, Status: incident.Acknowledged, Raw: "acknowledged", By: by, Field: "acknowledgement_last_change"})
			m.event(at, incident.EventAcknowledged, by, "acknowledged", "acknowledgement")
			d.AddPerson(by, "acknowledger")
		case i > 0 && before.Acked > 0 && o.Acked == 0:
			turns = append(turns, importers.Turn{At: at, Status: incident.Triggered, Raw: "acknowledgement removed", Field: "acknowledgement_last_change"})
			m.event(at, incident.EventStatus, "", "acknowledgement removed", "acknowledgement")
		}
		if o.Acked > 0 {
			inc.Status = incident.Acknowledged
		} else {
			inc.Status = incident.Triggered
		}
		before = o
	}
	for _, n := range m.Comments {
		m.event(n.At.time(), incident.EventNote, n.Author, n.Text, "comment")
		d.AddPerson(n.Author, "responder")
	}
	if end := m.ended(); m.Recovered != nil || !m.Removed.IsZero() {
		inc.Status, inc.StatusRaw = incident.Resolved, "recovered"
		inc.Milestones.Set(incident.ResolvedAt, end.At, end.Precision, end.Basis, name, end.Field)
		turns = append(turns, importers.Turn{At: end.At, Status: incident.Resolved, Raw: "recovered", Field: end.Field})
		m.event(end.At, incident.EventResolved, "", "recovered", end.Field)
	}
	d.SetHistory(name, m.began, incident.Triggered, turns)
	inc.Reopened = nil // a problem that comes back is another one
	for _, e := range d.Timeline {
		if e.At.After(inc.ExternalUpdatedAt) {
			inc.ExternalUpdatedAt = e.At
		}
	}
}

// acker returns who wrote the comment of an acknowledgement; empty when it is gone.
func (m *mapping) acker(at time.Time) string {
	for _, n := range m.Comments {
		if n.Type == 4 && n.At.time().Sub(at).Abs() < 5*time.Second {
			return n.Author
		}
	}
	return ""
}

func (m *mapping) event(at time.Time, kind incident.EventKind, actor, text, raw string) {
	m.draft.Happened(incident.TimelineEvent{At: at, Kind: kind, Actor: actor, Text: text, RawKind: raw})
}
