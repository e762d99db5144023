package markdown

import (
	"cmp"
	"path"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/importers/postmortem"
	"hindsight/incident"
)

// mapping is a document on its way to a draft.
type mapping struct {
	path      string
	doc       document
	fields    []field
	zone      *time.Location // of times that name none
	zoneWord  string         // the document's word for it; empty when it came from the settings
	day       time.Time      // of the incident, midnight UTC
	dayFrom   string         // where day was found
	dayMoment postmortem.Time
	doubts    map[string]bool
	draft     importers.Draft
}

// mapRecord turns one document into a draft.
func mapRecord(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	zone, err := importers.Zone(cfg.Setting(Source(), "zone"))
	if err != nil {
		return importers.Draft{}, &importers.MapError{Field: "zone", Value: cfg.Settings["zone"], Reason: err.Error()}
	}
	m := mapping{path: raw.ExternalID, doc: parse(raw.Body), zone: zone, doubts: map[string]bool{}}
	if m.doc.fault != "" {
		m.draft.Warn("front matter", "", "it cannot be read and was left out: "+m.doc.fault)
	}
	m.findZone()
	m.collectFields()
	m.mapAttributes(cfg)
	if err := m.mapDay(); err != nil {
		return importers.Draft{}, err
	}
	if err := m.mapMilestones(); err != nil {
		return importers.Draft{}, err
	}
	m.checkTimes()
	m.mapPrinted("repair", "published_time_to_repair")
	m.mapPrinted("resolve", "published_time_to_resolve")
	m.mapTimeline()
	m.mapFactors()
	m.mapActions()
	m.mapRetrospective()
	return m.draft, nil
}

// findZone takes the document's own statement about its times, "All times in CET", over the setting.
func (m *mapping) findZone() {
	lines := m.doc.preamble
	for _, s := range m.doc.sections {
		lines = append(lines, s.lines...)
	}
	for _, line := range lines {
		if zone, word := postmortem.StatedZone(line); zone != nil {
			m.zone, m.zoneWord = zone, word
			return
		}
	}
}

// doubt warns of an oddity once per document.
func (m *mapping) doubt(name, value, message string) {
	if message != "" && !m.doubts[message] {
		m.doubts[message] = true
		m.draft.Warn(name, value, message)
	}
}

func (m *mapping) mapAttributes(cfg importers.Config) {
	d, inc := &m.draft, &m.draft.Incident
	inc.Ref = incident.Ref{Type: "document", ExternalID: m.path}
	inc.Origin = incident.OriginFile
	titleName, title := m.value("title")
	base, _, _ := strings.Cut(path.Base(m.path), ".")
	d.SetTitle(titleName, cmp.Or(postmortem.Plain(title), postmortem.Plain(m.doc.title), base))
	inc.Format = incident.Markdown
	for _, s := range m.doc.sections {
		if s.slug == slugSummary && inc.Description == "" {
			inc.Description = importers.Clean(s.body())
		}
	}
	m.mapStatus()
	severityName, severity := m.value("severity")
	inc.SeverityRaw = importers.Line(severity)
	inc.Severity = d.SeverityOf(severityName, severity, importers.SeverityWords())
	_, priority := m.value("priority")
	inc.PriorityRaw = importers.Line(priority)
	inc.Kind = incident.Real
	if name, word := m.value("kind"); word != "" {
		if kind, ok := importers.KindWords().Of(word); ok {
			inc.Kind = kind
		} else {
			d.Warn(name, importers.Line(word), "this word is in no map; the incident was taken for a real one")
		}
	}
	_, services := m.value("services")
	d.AddServices(importers.List(cmp.Or(services, cfg.Settings["service"]), ",")...)
	_, team := m.value("team")
	d.Team = importers.Line(cmp.Or(team, cfg.Settings["team"]))
	_, tags := m.value("tags")
	inc.Tags = importers.Tags(importers.List(tags, ","))
	linkName, link := m.value("link")
	d.AddLink("postmortem", linkName, link, inc.Title)
	for _, f := range m.doc.front {
		if !isField(f.name) {
			d.AddCustom(f.name, f.value)
		}
	}
}

// documentStates are words about the document that stand where others write the incident's status.
var documentStates = importers.Values[string]{}.With(map[string]string{
	"draft": "draft", "in review": "in_review", "reviewed": "approved", "approved": "approved",
	"published": "published", "final": "published", "complete": "published",
})

// mapStatus reads "Resolved at 2020-04-15 15:09 UTC" by its first word where the whole is no status.
func (m *mapping) mapStatus() {
	name, value := m.value("status")
	first := strings.Trim(strings.SplitN(value+" ", " ", 2)[0], ",.;:")
	words := importers.StatusWords()
	_, whole := words.Of(value)
	_, aboutDocument := documentStates.Of(first)
	switch {
	case value == "", aboutDocument:
		m.draft.Incident.Status = incident.Resolved
		m.draft.Incident.StatusRaw = importers.Line(value)
	case whole:
		m.draft.SetStatus(name, value, words)
	default:
		m.draft.SetStatus(name, first, words)
		m.draft.Incident.StatusRaw = importers.Line(value)
	}
}

// long is the distance between milestones of one incident that is more likely a slip of the pen.
const long = 30 * 24 * time.Hour

// checkTimes warns of stated times that cannot all be right. All are kept.
func (m *mapping) checkTimes() {
	ms := m.draft.Incident.Milestones
	start := ms.Earliest(incident.ImpactStarted, incident.Detected)
	at := ms.At
	for _, c := range [...]struct {
		name    incident.MilestoneName
		other   time.Time
		wrong   func(at, other time.Time) bool
		message string
	}{
		{incident.Opened, start, func(a, o time.Time) bool { return o.Sub(a) > long }, "declared more than 30 days before the start; is it the right year?"},
		{incident.Opened, at(incident.MitigatedAt), time.Time.After, "declared after it was repaired"},
		{incident.MitigatedAt, start, time.Time.Before, "repaired before it began"},
		{incident.ResolvedAt, start, time.Time.Before, "resolved before it began"},
		{incident.ResolvedAt, at(incident.MitigatedAt), time.Time.Before, "resolved before it was repaired"},
		{incident.ResolvedAt, at(incident.MitigatedAt), func(a, o time.Time) bool { return a.Sub(o) > long }, "resolved more than 30 days after it was repaired"},
		{incident.ResolvedAt, at(incident.Opened), time.Time.Before, "resolved before it was declared"},
	} {
		if stated, ok := ms.Current(c.name); ok && !c.other.IsZero() && c.wrong(stated.At, c.other) {
			m.draft.Warn(stated.Field, stated.At.Format(time.RFC3339), c.message+" ("+c.other.Format(time.RFC3339)+")")
		}
	}
}

// mapRetrospective keeps the document's sections, in its own order and words.
func (m *mapping) mapRetrospective() {
	r := incident.Retrospective{Title: m.draft.Incident.Title, State: "imported"}
	_, status := m.value("status")
	first := strings.Trim(strings.SplitN(status+" ", " ", 2)[0], ",.;:")
	if state, ok := documentStates.Of(first); ok {
		r.State = state
	}
	_, authors := m.value("authors")
	r.Authors = importers.List(authors, ",")
	for _, who := range r.Authors {
		m.draft.AddPerson(who, "author")
	}
	if intro := importers.Clean(strings.Join(m.doc.preamble, "\n")); intro != "" {
		r.Sections = append(r.Sections, incident.Section{Slug: "introduction", Title: "Introduction", Body: intro})
	}
	for _, s := range m.doc.sections {
		if body := importers.Clean(s.body()); body != "" {
			r.Sections = append(r.Sections, incident.Section{Slug: s.slug, Title: s.title, Body: body})
		}
	}
	m.draft.Retrospective = &r
}
