package alertmanager

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapping is a firing on its way to a draft.
type mapping struct {
	record
	alert alert // all that the parts say, the fullest first
	began time.Time
	words importers.Words
	draft importers.Draft
}

func mapAlert(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapping{words: cfg.Words(words), draft: importers.NewIncident("alerts", raw.ExternalID, incident.OriginMonitor)}
	if err := json.Unmarshal(raw.Body, &m.record); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "this is no record of an alert: " + err.Error()}
	}
	if err := m.gather(); err != nil {
		return importers.Draft{}, err
	}
	m.attributes()
	m.life()
	m.draft.CheckOrder()
	return m.draft, nil
}

// gather puts the parts together: each fact from the first part that has it.
func (m *mapping) gather() error {
	m.alert.Labels, m.alert.Annotations = map[string]string{}, map[string]string{}
	for _, part := range []struct {
		field string
		text  json.RawMessage
	}{{"firing.alert", m.Firing.text()}, {"api", m.API}, {"resolved.alert", m.Resolved.text()}} {
		if len(part.text) == 0 {
			continue
		}
		a, began, err := readAlert(part.text)
		if err != nil {
			return &importers.MapError{Field: part.field, Reason: err.Error()}
		}
		m.began = began
		fill(m.alert.Labels, a.Labels)
		fill(m.alert.Annotations, a.Annotations)
		m.alert.GeneratorURL = cmp.Or(m.alert.GeneratorURL, a.GeneratorURL)
	}
	if p := m.Prometheus; p != nil {
		fill(m.alert.Labels, p.Labels)
		if m.began.IsZero() {
			m.began = time.UnixMilli(p.StartsAt).UTC()
		}
	}
	if m.began.IsZero() || m.began.Year() > 9999 {
		return &importers.MapError{Field: "startsAt", Reason: "no part of the record says when the alert began"}
	}
	return nil
}

func (p *push) text() json.RawMessage {
	if p == nil {
		return nil
	}
	return p.Alert
}

func fill(into, from map[string]string) {
	for key, value := range from {
		if into[key] == "" {
			into[key] = value
		}
	}
}

func (m *mapping) attributes() {
	d, labels, notes := &m.draft, m.alert.Labels, m.alert.Annotations
	inc := &d.Incident
	d.SetTitle("labels.alertname", cmp.Or(notes["summary"], notes["title"], labels["alertname"]))
	inc.Description = importers.Clean(cmp.Or(notes["description"], notes["message"]))
	inc.URL = importers.WebURL(m.alert.GeneratorURL)
	severity := m.words.Fields["severity"]
	inc.SeverityRaw = importers.Line(labels[severity])
	inc.Severity = d.SeverityOf("labels."+severity, labels[severity], m.words.Severity)
	if kind, ok := m.words.Kind.Of(labels["alertname"]); ok {
		inc.Kind = kind
	}
	d.AddServices(m.words.ServiceNames(labels[m.words.Fields["service"]])...)
	d.Team = importers.Line(labels[m.words.Fields["team"]])
	d.AddLink("dashboard", "generatorURL", m.alert.GeneratorURL, "Expression in Prometheus")
	d.AddLink("runbook", "annotations.runbook_url", notes["runbook_url"], "Runbook")
	d.AddLink("dashboard", "annotations.dashboard_url", notes["dashboard_url"], "Dashboard")
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		d.AddCustom(label, labels[label])
	}
	for _, label := range slices.Sorted(maps.Keys(notes)) {
		if !slices.Contains([]string{"summary", "description", "runbook_url", "dashboard_url"}, label) {
			d.AddCustom("annotation "+label, notes[label])
		}
	}
	for _, id := range m.SilencedBy {
		d.AddCustom("silenced by", id)
	}
	for _, id := range m.InhibitedBy {
		d.AddCustom("inhibited by", id)
	}
	for _, p := range []*push{m.Firing, m.Resolved} {
		if p != nil && p.Truncated > 0 {
			d.Warn("truncatedAlerts", fmt.Sprint(p.Truncated), "Alertmanager left alerts out of this notification; set max_alerts to 0")
		}
	}
	if p := cmp.Or(m.Firing, m.Resolved); p != nil {
		d.AddCustom("receiver", p.Receiver)
		d.AddCustom("group", p.GroupKey)
	}
}

// life says when the alert fired and ended.
func (m *mapping) life() {
	d, inc := &m.draft, &m.draft.Incident
	inc.Milestones.Set(incident.Detected, m.began, incident.ToSecond, incident.FromField, name, "startsAt")
	inc.Milestones.Set(incident.Opened, m.began, incident.ToSecond, incident.FromField, name, "startsAt")
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.began, m.began
	inc.Status, inc.StatusRaw = incident.Triggered, "firing"
	inc.Segments = []incident.Segment{{Status: incident.Triggered, StatusRaw: "firing", From: m.began}}
	d.Happened(incident.TimelineEvent{At: m.began, Kind: incident.EventCreated, Text: "firing: " + inc.Title, RawKind: "firing"})
	end := m.ended()
	if end.At.IsZero() {
		return
	}
	inc.Status, inc.StatusRaw, inc.ExternalUpdatedAt = incident.Resolved, "resolved", latest(m.began, end.At)
	inc.Milestones.Set(incident.ResolvedAt, end.At, end.Precision, end.Basis, name, end.Field)
	if !end.At.Before(m.began) {
		inc.Segments[0].To = end.At
		inc.Segments = append(inc.Segments, incident.Segment{Status: incident.Resolved, StatusRaw: "resolved", From: end.At})
	}
	d.Happened(incident.TimelineEvent{At: end.At, Kind: incident.EventResolved, Text: "resolved: " + inc.Title, RawKind: "resolved"})
}

// ended returns how the end is known, the best statement first: zero while it fires. What Alertmanager showed as
// firing after an end goes on: it had only lost sight of it.
func (m *mapping) ended() incident.Milestone {
	end := incident.Milestone{At: endOf(m.Resolved), Precision: incident.ToSecond, Basis: incident.FromField, Field: "endsAt"}
	if p := m.Prometheus; p != nil && p.EndsAt > 0 && end.At.IsZero() {
		end = incident.Milestone{At: time.UnixMilli(p.EndsAt).UTC(), Precision: incident.ToSecond, Basis: incident.FromLog, Field: "ALERTS"}
		if p.Step == 0 {
			end.Precision = incident.ToMinute
		}
	}
	seen := m.Seen
	if p := m.Prometheus; p != nil {
		seen = latest(seen, time.UnixMilli(p.LastSeen))
	}
	if seen.After(end.At) {
		end = incident.Milestone{}
	}
	if end.At.IsZero() && m.Absent.After(seen) {
		end = incident.Milestone{At: m.Absent.UTC(), Precision: incident.About, Basis: incident.Derived, Field: "not shown any more"}
	}
	return end
}
