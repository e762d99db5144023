package opsgenie

import (
	"encoding/json"
	"strconv"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapAlert turns an alert into a draft, for connections that count alerts. Its report tells acknowledgement and closing
// as milliseconds since creation; of an alert that was closed and opened again it tells the last closing alone.
func mapAlert(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m, err := newMapper(raw, cfg, alerts)
	if err != nil {
		return importers.Draft{}, err
	}
	d, inc, src := &m.draft, &m.draft.Incident, m.src
	if src.Acknowledged && inc.Status == incident.Triggered {
		inc.Status = incident.Acknowledged
	}
	d.AddServices(m.words.ServiceNames(importers.Line(src.Entity))...)
	d.AddCustom("Alias", src.Alias)
	d.AddCustom("Integration", src.Integration.Name)
	if src.Count > 1 {
		d.AddCustom("Count", strconv.Itoa(src.Count))
	}
	d.AddPerson(src.Report.AcknowledgedBy, "acknowledger")
	d.AddPerson(src.Report.ClosedBy, "resolver")
	opened := inc.Milestones.At(incident.Opened)
	inc.Milestones.Set(incident.Acked, after(opened, src.Report.AckTime), incident.ToSecond, incident.FromField, name, "report.ackTime")
	if inc.Status.Over() {
		closed := after(opened, src.Report.CloseTime)
		inc.Milestones.Set(incident.ResolvedAt, closed, incident.ToSecond, incident.FromField, name, "report.closeTime")
		inc.Milestones.Set(incident.ClosedAt, closed, incident.ToSecond, incident.FromField, name, "report.closeTime")
	}
	m.trail("log", m.rec.Logs, incident.EventOther)
	m.trail("note", m.rec.Notes, incident.EventNote)
	m.order()
	return *d, nil
}

// after returns the time so many milliseconds after a moment; zero when either is not known.
func after(from time.Time, millis *float64) time.Time {
	if from.IsZero() || millis == nil || *millis < 0 || *millis > 1e12 {
		return time.Time{}
	}
	return from.Add(time.Duration(*millis) * time.Millisecond)
}

// trail makes events of log entries or notes. Log entries are sentences, which are shown and not read.
func (m *mapper) trail(what string, entries []json.RawMessage, kind incident.EventKind) {
	for _, raw := range entries {
		var e struct{ Log, Note, Type, Owner, CreatedAt string }
		if json.Unmarshal(raw, &e) != nil || importers.ISO(e.CreatedAt).IsZero() {
			m.draft.Warn(what, importers.Line(e.CreatedAt), "an entry without a time was left out")
			continue
		}
		m.draft.Happened(incident.TimelineEvent{At: importers.ISO(e.CreatedAt), Kind: kind, Actor: e.Owner, Text: e.Log + e.Note, RawKind: what + " " + e.Type})
	}
}
