package morgue

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// mapper is a postmortem on its way to a draft.
type mapper struct {
	record
	post  row
	cfg   importers.Config
	draft importers.Draft
}

// mapRecord turns a postmortem and its rows into a draft.
func mapRecord(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	m := mapper{cfg: cfg, draft: importers.NewIncident(collection, raw.ExternalID, incident.OriginFile)}
	if err := json.Unmarshal(raw.Body, &m.record); err != nil {
		return importers.Draft{}, &importers.MapError{Reason: "no postmortem of Morgue: " + importers.Line(err.Error())}
	}
	if len(m.Tables["postmortems"]) == 0 {
		return importers.Draft{}, &importers.MapError{Field: "postmortems", Reason: "the record has no row of the table postmortems"}
	}
	m.post = m.Tables["postmortems"][0]
	m.attributes(raw.ExternalID)
	if err := m.times(); err != nil {
		return importers.Draft{}, err
	}
	m.people()
	m.links()
	m.actions()
	m.retrospective()
	m.draft.CheckOrder()
	return m.draft, nil
}

func (m *mapper) attributes(id string) {
	d, inc := &m.draft, &m.draft.Incident
	words := m.cfg.Words(Source().Words)
	d.SetTitle("title", m.post["title"])
	inc.Status = incident.StatusUnknown
	inc.Number = importers.Line(id)
	inc.URL = m.address("url", "events/"+url.PathEscape(id))
	inc.Description, inc.Format = importers.Clean(cmp.Or(m.post["tldr"], m.post["summary"])), incident.Markdown
	inc.SeverityRaw = importers.Line(m.post["severity"])
	inc.Severity = d.SeverityOf("severity", inc.SeverityRaw, words.Severity)
	d.AddServices(words.ServiceNames(importers.Line(m.post["subsystem"]))...)
	d.Team = importers.Line(m.post["owner_team"])
	inc.Tags = importers.Tags(m.texts("tags", "title"))
	for _, custom := range [...]struct{ name, value string }{
		{"Type of problem", m.post["problem_type"]}, {"Type of impact", m.post["impact_type"]},
		// A choice from a list that everybody writes for themselves: it names an occasion, and is no finding.
		{"How the incident began", m.post["incident_cause"]},
		{"Facilitator", m.post["facilitator"]},
		{"IRC channels", strings.Join(m.texts("irc", "channel"), ", ")}, {"Slack channels", strings.Join(m.texts("slack", "channel_name"), ", ")},
	} {
		d.AddCustom(custom.name, custom.value)
	}
}

// texts returns a column of a table's rows.
func (m *mapper) texts(table, column string) (out []string) {
	for _, r := range m.Tables[table] {
		if v := importers.Line(r[column]); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// address returns a page below the address in a setting, or "".
func (m *mapper) address(setting, page string) string {
	base := importers.WebURL(m.cfg.Settings[setting])
	if base == "" {
		return ""
	}
	return importers.WebURL(strings.TrimRight(base, "/") + "/" + page)
}

// seconds is how Morgue writes times. 0 is none.
var seconds = importers.TimeFormat{Layout: importers.UnixTime}

// times sets the times that people entered. Morgue reckons impact from start to end, the time undetected from start to
// detection, and the time to resolve from detection to end (views/content/edit.php). When the postmortem was made says nothing
// about the incident. Old dumps call the status time etsystatustime.
func (m *mapper) times() error {
	d, inc := &m.draft, &m.draft.Incident
	if err := d.SetTimes(name, seconds,
		importers.Stated{Name: incident.ImpactStarted, Field: "starttime", Text: m.post["starttime"]},
		importers.Stated{Name: incident.Detected, Field: "detecttime", Text: m.post["detecttime"]},
		importers.Stated{Name: incident.ResolvedAt, Field: "endtime", Text: m.post["endtime"]},
		importers.Stated{Name: incident.ImpactEnded, Field: "endtime", Text: m.post["endtime"]},
	); err != nil {
		return err
	}
	if !inc.Milestones.At(incident.ResolvedAt).IsZero() {
		inc.Status = incident.Resolved
	}
	inc.ExternalCreatedAt, inc.ExternalUpdatedAt = seconds.Read(m.post["created"]), seconds.Read(m.post["modified"])
	m.event(cmp.Or(m.post["statustime"], m.post["etsystatustime"]), incident.EventOther, "", "Status time: the public was told", "statustime")
	for _, h := range m.Tables["postmortem_history"] {
		text := "edited the postmortem"
		if h["action"] == "add" {
			text = "began the postmortem"
		}
		who := importers.Line(h["auth_username"])
		m.event(h["create_date"], incident.EventOther, who, strings.TrimSpace(who+" "+text), h["action"])
	}
	d.SortTimeline()
	return nil
}

func (m *mapper) event(at string, kind incident.EventKind, actor, text, raw string) {
	m.draft.Happened(incident.TimelineEvent{At: seconds.Read(at), Kind: kind, Actor: actor, Text: text, RawKind: raw})
}

// people are the one to ask about the incident, and those who wrote about it.
func (m *mapper) people() {
	m.draft.AddPerson(m.post["contact"], "assignee")
	for _, who := range m.authors() {
		m.draft.AddPerson(who, "author")
	}
}

func (m *mapper) authors() (out []string) {
	for _, who := range m.texts("postmortem_history", "auth_username") {
		if !slices.Contains(out, who) && !importers.Unset(who) {
			out = append(out, who)
		}
	}
	return out
}

func (m *mapper) links() {
	d := &m.draft
	d.AddLink("document", "meeting_notes_link", m.post["meeting_notes_link"], "Meeting notes")
	for _, r := range m.Tables["forum_links"] {
		d.AddLink("discussion", "forum_links", r["forum_link"], r["comment"])
	}
	for _, r := range m.Tables["images"] {
		d.AddLink("image", "images", r["image_link"], "")
	}
}

// actions are the tickets under "Remediation". The database holds their keys alone; Jira knows the rest.
func (m *mapper) actions() {
	for _, key := range m.texts("jira", "ticket") {
		m.draft.Incident.Actions = append(m.draft.Incident.Actions, incident.ActionItem{
			Title: key, URL: m.address("jira", "browse/"+url.PathEscape(key)), State: "unknown",
		})
	}
}

// retrospective keeps the texts under the headings that Morgue shows them with. They are Markdown.
func (m *mapper) retrospective() {
	m.draft.SetRetrospective("", "imported",
		incident.Section{Slug: "tldr", Title: "tl;dr", Body: m.post["tldr"]},
		incident.Section{Slug: "summary", Title: "What happened?", Body: m.post["summary"]},
		incident.Section{Slug: "surprise", Title: "Why were we surprised?", Body: m.post["why_surprised"]})
	if m.draft.Retrospective != nil {
		m.draft.Retrospective.Authors = m.authors()
	}
}
