package markdown

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

// Slugs of incident.Section that have a meaning here.
const (
	slugSummary  = "summary"
	slugTimeline = "timeline"
	slugFactors  = "factors"
	slugActions  = "actions"
)

// headings maps what people call the parts of a postmortem, folded, to the slugs of incident.Section.
var headings = importers.Values[string]{}.With(map[string]string{
	"Summary": slugSummary, "Overview": slugSummary, "Executive summary": slugSummary, "TL;DR": slugSummary,
	"Impact": "impact", "Customer impact": "impact", "User impact": "impact",
	"Timeline": slugTimeline, "Incident timeline": slugTimeline, "Timeline of events": slugTimeline, "Chronology": slugTimeline,
	"Context":   "context", // often holds the timeline
	"Detection": "detection", "Identified": "detection", "How was it detected": "detection",
	"Root cause": slugFactors, "Root causes": slugFactors, "Root cause(s)": slugFactors, "Cause": slugFactors, "Causes": slugFactors,
	"Contributing factors": slugFactors, "Contributing factor": slugFactors, "Trigger": slugFactors,
	"Resolution": "resolution", "Recovery": "resolution", "Mitigation": "resolution", "Fix": "resolution",
	"Lessons learned": "lessons", "Lessons learnt": "lessons", "Lessons": "lessons", "What went well": "lessons",
	"What went wrong": "lessons", "Where we got lucky": "lessons", "Conclusion": "lessons", "Conclusions": "lessons",
	"Action items": slugActions, "Actions": slugActions, "Review actions": slugActions, "Actions following review": slugActions,
	"Follow-up": slugActions, "Follow-ups": slugActions, "Follow-up improvements": slugActions, "Follow-up actions": slugActions,
	"Next steps": slugActions, "Preventive measures": slugActions, "Remediation items": slugActions,
	"Key events": "key-events",
})

// slugOf returns the slug of a heading, of its own words where it is none of the known ones.
func slugOf(title string) string {
	if slug, ok := headings.Of(postmortem.Plain(title)); ok {
		return slug
	}
	return incident.Slug(postmortem.Plain(title))
}

func known(slug string) bool {
	for _, s := range headings {
		if s == slug {
			return true
		}
	}
	return false
}

// milestones maps the names of fields and key events to what they are times of.
var milestones = importers.Values[incident.MilestoneName]{}.With(map[string]incident.MilestoneName{
	"Fault occurs": incident.ImpactStarted, "Impact start": incident.ImpactStarted, "Impact started": incident.ImpactStarted,
	"Start": incident.ImpactStarted, "Started": incident.ImpactStarted, "Start time": incident.ImpactStarted, "Began": incident.ImpactStarted,
	"Started at": incident.ImpactStarted, "Incident start": incident.ImpactStarted, "Outage start": incident.ImpactStarted,
	"First detected": incident.Detected, "Fault detected": incident.Detected, "Detected": incident.Detected,
	"Detected at": incident.Detected, "Time detected": incident.Detected, "Team aware": incident.Detected,
	"Incident declared": incident.Opened, "Declared": incident.Opened, "Opened": incident.Opened, "Reported": incident.Opened,
	"Acknowledged": incident.Acked,
	"Repaired":     incident.MitigatedAt, "Repaired declared": incident.MitigatedAt, "Mitigated": incident.MitigatedAt,
	"Mitigated at": incident.MitigatedAt, "Restored": incident.MitigatedAt,
	"Resolved": incident.ResolvedAt, "Resolved at": incident.ResolvedAt, "End": incident.ResolvedAt, "Ended": incident.ResolvedAt,
	"End time": incident.ResolvedAt, "Incident end": incident.ResolvedAt, "Outage end": incident.ResolvedAt,
	"Impact end": incident.ImpactEnded, "Impact ended": incident.ImpactEnded,
	"Closed": incident.ClosedAt,
})

// names maps the other fields that have a place of their own to that place.
var names = importers.Values[string]{}.With(map[string]string{
	"Title": "title", "Date": "date", "Incident date": "date", "Date of incident": "date",
	"Author": "authors", "Authors": "authors", "Written by": "authors",
	"Status": "status", "State": "status", "Severity": "severity", "Sev": "severity", "Priority": "priority",
	"Service": "services", "Services": "services", "Affected services": "services", "Components": "services", "Systems": "services",
	"Team": "team", "Owning team": "team", "Tags": "tags", "Labels": "tags", "Kind": "kind",
	"Time to repair": "repair", "Time to resolve": "resolve", "Link": "link", "URL": "link",
})

// plainLabel finds "Date: 2015-10-21" in the text above the first heading.
var plainLabel = regexp.MustCompile(`^([A-Z][A-Za-z ]{2,30}):\s+(\S.*)$`)

// collectFields gathers the document's fields from front matter, from labels and from key events, in this
// order, and takes the sections that are nothing but a field out of the document.
func (m *mapping) collectFields() {
	m.fields = append(m.fields, m.doc.front...)
	for _, line := range m.doc.preamble {
		if g := plainLabel.FindStringSubmatch(line); g != nil && isField(g[1]) {
			m.fields = append(m.fields, field{g[1], g[2]})
		}
	}
	var rest []section
	for _, s := range m.doc.sections {
		switch {
		case isField(s.title) && !strings.Contains(s.body(), "\n"): // more than a line is prose
			m.fields = append(m.fields, field{s.title, s.body()})
			continue
		case s.slug == "key-events":
			m.fields = append(m.fields, m.keyEvents(s)...)
		}
		rest = append(rest, s)
	}
	m.doc.sections = rest
}

func isField(label string) bool {
	_, isTime := milestones.Of(label)
	_, isOther := names.Of(label)
	return isTime || isOther
}

// keyEvents reads a list of "First detected: 2024-04-15 12:32", with or without the colon.
func (m *mapping) keyEvents(s section) (fields []field) {
	for _, it := range items(s.lines) {
		label, moment, _, ok := postmortem.FindTime(it.text)
		label = strings.TrimRight(strings.TrimSpace(label), ":")
		switch _, isTime := milestones.Of(label); {
		case !ok:
			m.draft.Warn(s.title, postmortem.Plain(it.text), "there is no date and time in this key event")
		case !isTime:
			m.draft.Warn(s.title, postmortem.Plain(it.text), "this key event has no meaning here")
		default:
			fields = append(fields, field{label, it.text})
			if moment.Dotted {
				m.draft.Warn(label, moment.Text, "the time is written with a dot")
			}
		}
	}
	return fields
}

// value returns the first field of a place, or "".
func (m *mapping) value(place string) (name, value string) {
	for _, f := range m.fields {
		if p, ok := names.Of(f.name); ok && p == place && !importers.Unset(f.value) {
			return f.name, f.value
		}
	}
	return place, ""
}

// mapDay finds the day of the incident, which clock times without a date are on.
func (m *mapping) mapDay() error {
	var candidates []field
	for _, want := range []incident.MilestoneName{incident.ImpactStarted, incident.Detected, incident.Opened} {
		for _, f := range m.fields {
			if n, ok := milestones.Of(f.name); ok && n == want {
				candidates = append(candidates, f)
			}
		}
	}
	stated := len(candidates) // they may differ: an outage that began at night is declared in the morning
	dateName, date := m.value("date")
	candidates = append(candidates, field{dateName, date}, field{"file name", m.path}, field{"title", m.draft.Incident.Title})
	for i, c := range candidates {
		_, found, _, ok := postmortem.FindTime(c.value)
		if !ok || found.Year == 0 || !found.Valid() {
			continue
		}
		day := found.Date(time.Time{})
		switch {
		case m.day.IsZero():
			m.day, m.dayFrom, m.dayMoment = day, c.name, found
		case i >= stated && !day.Equal(m.day):
			m.draft.Warn(c.name, day.Format(time.DateOnly), "the "+m.dayFrom+" says "+m.day.Format(time.DateOnly)+", which was taken")
		}
	}
	if m.day.IsZero() {
		return &importers.MapError{Field: "date", Reason: "the document has no date; add one to its front matter (date: 2026-03-31) or to its file name"}
	}
	return nil
}

// mapMilestones sets the times that the document states, the first of each sort.
func (m *mapping) mapMilestones() error {
	ms := &m.draft.Incident.Milestones
	for _, f := range m.fields {
		milestone, ok := milestones.Of(f.name)
		if _, stated := ms.Current(milestone); !ok || stated {
			continue
		}
		_, at, _, found := postmortem.FindTime(f.value)
		if !found {
			at, _, found = postmortem.ReadTime(f.value)
		}
		if !found || at.Day > 0 && !at.Valid() || at.Day == 0 && !at.Clock {
			m.draft.Warn(f.name, f.value, "there is no date and time in this field")
			continue
		}
		if err := m.set(milestone, f.name, at, incident.FromField); err != nil {
			return err
		}
	}
	if ms.Earliest(incident.ImpactStarted, incident.Detected, incident.Opened).IsZero() {
		return m.set(incident.Opened, m.dayFrom, m.dayMoment, incident.FromText)
	}
	return nil
}

// set states a milestone. A bare day is that day in UTC, so that it stays the same day in every report.
func (m *mapping) set(milestone incident.MilestoneName, name string, at postmortem.Time, basis incident.Basis) error {
	zone := m.zone
	if !at.Clock {
		zone = time.UTC
	}
	instant, err := at.On(m.day, zone)
	if err != nil {
		return &importers.MapError{Field: name, Value: at.Text, Reason: err.Error()}
	}
	m.doubt(name, at.Text, instant.Doubt)
	if at.Clock && at.Zone == nil {
		m.doubt(name, m.zoneWord, postmortem.Doubt(m.zoneWord, instant.At))
	}
	m.draft.Incident.Milestones.Set(milestone, instant.At, instant.Precision, basis, sourceName, name)
	return nil
}

// spanPattern reads "33h 15m (during support hours 10:00-17:00)", "7h", "2 days 3 hours".
var spanPattern = regexp.MustCompile(`^(?:(\d{1,5})\s*d(?:ays?)?)?\s*(?:(\d{1,6})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,7})\s*m(?:in(?:ute)?s?)?)?(?:\b|$)\s*`)

// mapPrinted keeps a duration that the document states, in minutes, beside what follows from its times: it
// may count office hours only, and says so in words at best.
func (m *mapping) mapPrinted(place, custom string) {
	name, value := m.value(place)
	if value == "" {
		return
	}
	g := spanPattern.FindStringSubmatch(value)
	if g == nil || g[1]+g[2]+g[3] == "" {
		m.draft.Warn(name, value, "this is no duration such as 3h 21m")
		m.draft.AddCustom(custom, value)
		return
	}
	number := func(digits string) int {
		n, _ := strconv.Atoi(digits)
		return n
	}
	minutes := number(g[1])*24*60 + number(g[2])*60 + number(g[3])
	m.draft.AddCustom(custom+"_minutes", strconv.Itoa(minutes))
	m.draft.AddCustom(custom+"_note", strings.Trim(value[len(g[0]):], "() "))
}
