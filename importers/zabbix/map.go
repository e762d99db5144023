package zabbix

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

type text = importers.Text // Zabbix writes numbers as texts, but not everywhere

// event is an event of a trigger, as Zabbix answers it.
type event struct {
	ID           text `json:"eventid"`
	Trigger      text `json:"objectid"`
	Clock        text `json:"clock"` // seconds since 1970
	Nanos        text `json:"ns"`
	Name         string
	Severity     text `json:"severity"`
	Recovery     text `json:"r_eventid"`
	ClosedBy     text `json:"c_eventid"` // the event by which a correlation closed it
	User         text `json:"userid"`    // who closed it by hand
	OpData       string
	Suppressed   text `json:"suppressed"`
	Suppressions []struct {
		Maintenance text `json:"maintenanceid"`
	} `json:"suppression_data"`
	Hosts        []struct{ Host, Name string }
	Tags         []struct{ Tag, Value string }
	Acknowledges []act
}

// act is what somebody did to a problem, which may be several things at once.
type act struct {
	ID       text `json:"acknowledgeid"`
	Clock    text
	Message  string
	Action   text
	Old      text `json:"old_severity"`
	New      text `json:"new_severity"`
	User     text `json:"userid"`
	Username string
	Alias    string // username before 5.4
	Name     string
	Surname  string
}

// The bits of act.Action.
const (
	doesClose       = 1
	doesAcknowledge = 2
	doesSeverity    = 8
	doesUnack       = 16
	doesSuppress    = 32
	doesUnsuppress  = 64
)

// moment reads a clock with nanoseconds; zero when there is none.
func moment(clock, nanos text) time.Time {
	seconds, err := strconv.ParseInt(string(clock), 10, 64)
	if err != nil || seconds <= 0 || seconds > 7_000_000_000 {
		return time.Time{}
	}
	ns, _ := strconv.ParseInt(string(nanos), 10, 64)
	if ns < 0 || ns >= int64(time.Second) {
		ns = 0
	}
	return time.Unix(seconds, ns).UTC().Truncate(time.Microsecond)
}

func (e event) at() time.Time { return moment(e.Clock, e.Nanos) }

// who returns the name of whoever acted; Zabbix shows it to administrators alone.
func (a act) who() string {
	if n := importers.Line(a.Name + " " + a.Surname); n != "" {
		return n
	}
	if n := importers.Line(cmp.Or(a.Username, a.Alias)); n != "" {
		return n
	}
	return "user " + importers.Line(string(a.User))
}

// mapping is a problem on its way to a draft.
type mapping struct {
	event
	began, ended time.Time
	words        importers.Words
	draft        importers.Draft
}

func mapProblem(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	var b body
	m := mapping{words: cfg.Words(words), draft: importers.NewIncident("problems", raw.ExternalID, incident.OriginMonitor)}
	err := json.Unmarshal(raw.Body, &b)
	if err == nil {
		err = json.Unmarshal(b.Event, &m.event)
	}
	if err != nil {
		return importers.Draft{}, &importers.MapError{Field: "event", Reason: "this is no event: " + err.Error()}
	}
	if m.began = m.at(); m.began.IsZero() {
		return importers.Draft{}, &importers.MapError{Field: "event.clock", Value: importers.Line(string(m.Clock)), Reason: "this is no time in seconds since 1970"}
	}
	if len(b.Recovery) > 0 {
		var end event
		if err := json.Unmarshal(b.Recovery, &end); err != nil {
			return importers.Draft{}, &importers.MapError{Field: "recovery", Reason: err.Error()}
		}
		m.ended = end.at()
	}
	inc := &m.draft.Incident
	inc.URL = importers.WebURL(fmt.Sprintf("%s/tr_events.php?triggerid=%s&eventid=%s", strings.TrimRight(settings.Of(cfg, "url"), "/"), m.Trigger, m.ID))
	m.attributes()
	m.life()
	m.draft.CheckOrder()
	return m.draft, nil
}

// severityOf names a severity's number.
func severityOf(number text) string {
	if n, err := strconv.Atoi(string(number)); err == nil && n >= 0 && n < len(severities) {
		return severities[n]
	}
	return importers.Line(string(number))
}

func (m *mapping) attributes() {
	d, inc := &m.draft, &m.draft.Incident
	d.SetTitle("event.name", m.Name)
	inc.Description = importers.Clean(m.OpData)
	inc.SeverityRaw = severityOf(m.Severity)
	inc.Severity = d.SeverityOf("event.severity", inc.SeverityRaw, m.words.Severity)
	if m.Suppressed == "1" {
		for _, s := range m.Suppressions {
			if s.Maintenance != "" && s.Maintenance != "0" {
				inc.Kind = incident.Maintenance
			}
		}
	}
	var services, hosts, tags []string
	for _, h := range m.Hosts {
		hosts = append(hosts, cmp.Or(h.Name, h.Host))
		d.AddCustom("host", cmp.Or(h.Name, h.Host))
	}
	for _, t := range m.Tags {
		switch t.Tag {
		case m.words.Fields["service"]:
			services = append(services, t.Value)
		case m.words.Fields["team"]:
			d.Team = importers.Line(t.Value)
		case m.words.Fields["severity"]:
			inc.SeverityRaw = importers.Line(t.Value)
			inc.Severity = d.SeverityOf("tags."+t.Tag, t.Value, m.words.Severity)
		}
		tags = append(tags, strings.TrimSuffix(t.Tag+":"+t.Value, ":"))
	}
	inc.Tags = importers.Tags(tags)
	if len(services) == 0 {
		services = hosts
	}
	d.AddServices(m.words.ServiceNames(services...)...)
	if m.ClosedBy != "" && m.ClosedBy != "0" {
		d.AddCustom("closed by correlation with event", string(m.ClosedBy))
	}
}

// life tells what happened to the problem. One that comes back is another event, so it is never reopened.
func (m *mapping) life() {
	d, inc := &m.draft, &m.draft.Incident
	inc.Milestones.Set(incident.Detected, m.began, incident.ToSecond, incident.FromField, name, "clock")
	inc.Milestones.Set(incident.Opened, m.began, incident.ToSecond, incident.FromField, name, "clock")
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = m.began, m.began
	m.tell(m.began, incident.EventCreated, "", m.Name, "problem")
	inc.Status, inc.StatusRaw = incident.Triggered, "problem"
	acts := slices.Clone(m.Acknowledges)
	slices.SortStableFunc(acts, func(a, b act) int { return moment(a.Clock, "").Compare(moment(b.Clock, "")) })
	var turns []importers.Turn
	for _, a := range acts {
		turns = append(turns, m.acted(a)...)
	}
	for _, t := range turns {
		inc.Status = t.Status
	}
	switch recovered := m.Recovery != "" && m.Recovery != "0"; {
	case recovered && !m.ended.IsZero():
		inc.Status, inc.StatusRaw = incident.Resolved, "resolved"
		turns = append(turns, importers.Turn{At: m.ended, Status: incident.Resolved, Raw: "resolved", Field: "r_eventid"})
		m.tell(m.ended, incident.EventResolved, "", "resolved", "recovery")
	case recovered:
		inc.Status, inc.StatusRaw = incident.Resolved, "resolved"
		d.Warn("event.r_eventid", importers.Line(string(m.Recovery)), "the problem ended, but the event that says when is not there any more")
	case m.removed():
		inc.Status, inc.StatusRaw = incident.Resolved, "trigger deleted"
		d.Warn("event.hosts", "", "the trigger was deleted, and its problem with it; nothing says when")
	}
	d.SetHistory(name, m.began, incident.Triggered, turns)
	inc.Reopened = nil
}

// removed reports whether the trigger is not there any more. Zabbix shows its events for some time, as they were but without
// hosts, so that an open problem would stay open until the housekeeper deletes it.
func (m *mapping) removed() bool { return m.Hosts != nil && len(m.Hosts) == 0 }

// acted tells what somebody did, and returns the turns of status that it was.
func (m *mapping) acted(a act) (turns []importers.Turn) {
	d := &m.draft
	at, by := moment(a.Clock, ""), a.who()
	bits, _ := strconv.Atoi(string(a.Action))
	if at.IsZero() {
		return nil
	}
	if bits&doesAcknowledge != 0 {
		// Events know fractions of a second, acts do not.
		if taken := at; taken.Before(m.began) && m.began.Sub(taken) < time.Second {
			at = m.began
		}
		turns = append(turns, importers.Turn{At: at, Status: incident.Acknowledged, Raw: "acknowledged", By: by, Field: "acknowledges"})
		m.tell(at, incident.EventAcknowledged, by, "acknowledged", "acknowledge")
		d.AddPerson(by, "acknowledger")
	}
	if bits&doesUnack != 0 {
		turns = append(turns, importers.Turn{At: at, Status: incident.Triggered, Raw: "unacknowledged", By: by, Field: "acknowledges"})
		m.tell(at, incident.EventStatus, by, "acknowledgement taken back", "unacknowledge")
	}
	if bits&doesSeverity != 0 {
		m.tell(at, incident.EventSeverity, by, fmt.Sprintf("severity from %s to %s", severityOf(a.Old), severityOf(a.New)), "severity")
	}
	if bits&doesSuppress != 0 {
		m.tell(at, incident.EventOther, by, "suppressed", "suppress")
	}
	if bits&doesUnsuppress != 0 {
		m.tell(at, incident.EventOther, by, "unsuppressed", "unsuppress")
	}
	if a.Message != "" {
		m.tell(at, incident.EventNote, by, a.Message, "message")
	}
	if bits&doesClose != 0 {
		m.tell(at, incident.EventOther, by, "closed by hand", "close")
		d.AddPerson(by, "resolver")
	}
	return turns
}

func (m *mapping) tell(at time.Time, kind incident.EventKind, actor, text, raw string) {
	d := &m.draft
	d.Happened(incident.TimelineEvent{At: at, Kind: kind, Actor: actor, Text: text, RawKind: raw})
	if at.After(d.Incident.ExternalUpdatedAt) {
		d.Incident.ExternalUpdatedAt = at
	}
}
