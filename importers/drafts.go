package importers

import (
	"fmt"
	"time"

	"hindsight/incident"
)

// NewIncident begins the draft of an incident of a record: one that really happened, described in plain text, as long as
// nothing else is said.
func NewIncident(collection, id string, origin incident.Origin) Draft {
	return Draft{Incident: incident.Incident{
		Ref: incident.Ref{Type: collection, ExternalID: id}, Origin: origin, Kind: incident.Real, Format: incident.Plain,
	}}
}

// SetTitle sets the title on one line; a record without one is called "(no title)", with a warning.
func (d *Draft) SetTitle(field, text string) {
	if d.Incident.Title = Line(text); d.Incident.Title == "" {
		d.Incident.Title = "(no title)"
		d.Warn(field, "", "the record has no title")
	}
}

// SetStatus keeps the source's word and sets what it means. A word that is not in the map makes the
// status unknown, with a warning; no word at all makes it unknown without one.
func (d *Draft) SetStatus(field, word string, words Values[incident.Status]) {
	d.Incident.StatusRaw = Line(word)
	d.Incident.Status = incident.StatusUnknown
	if status, ok := meaning(d, field, word, words); ok {
		d.Incident.Status = status
	}
}

// SeverityOf returns what a severity or priority means: unknown with a warning when the word is not in
// the map. The caller keeps the word itself in SeverityRaw, PriorityRaw or UrgencyRaw.
func (d *Draft) SeverityOf(field, word string, words Values[incident.Severity]) incident.Severity {
	severity, _ := meaning(d, field, word, words)
	return severity
}

func meaning[T any](d *Draft, field, word string, words Values[T]) (T, bool) {
	found, ok := words.Of(word)
	if !ok && !Unset(word) {
		d.Warn(field, Line(word), "this word is in no map; say in the mapping what it means")
	}
	return found, ok
}

// SetTime reads text as f says and sets a milestone from it. Text that means "unset" sets nothing.
// A time that is doubtful is set with a warning; one that cannot be read is a *MapError.
func (d *Draft) SetTime(name incident.MilestoneName, source, field, text string, f TimeFormat) error {
	m, err := f.Parse(text)
	if err != nil {
		return &MapError{Field: field, Value: Line(text), Reason: err.Error()}
	}
	if m.Doubt != "" {
		d.Warn(field, Line(text), m.Doubt)
	}
	d.Incident.Milestones.Set(name, m.At, m.Precision, incident.FromField, source, field)
	return nil
}

// Stated is a field of a record that states a milestone.
type Stated struct {
	Name   incident.MilestoneName
	Field  string // where the record has it
	Text   string
	Unless bool // it does not count as things stand, such as the end of what was reopened
}

// SetTimes is SetTime for several fields of one form.
func (d *Draft) SetTimes(source string, f TimeFormat, fields ...Stated) error {
	for _, s := range fields {
		if s.Unless {
			continue
		}
		if err := d.SetTime(s.Name, source, s.Field, s.Text, f); err != nil {
			return err
		}
	}
	return nil
}

// AddServices adds affected services by name, each once.
func (d *Draft) AddServices(names ...string) {
	seen := map[string]bool{}
	for _, s := range d.Incident.Services {
		seen[incident.Slug(s.Name)] = true
	}
	for _, name := range names {
		name = Line(name)
		if slug := incident.Slug(name); slug != "" && !seen[slug] {
			seen[slug] = true
			d.Incident.Services = append(d.Incident.Services, incident.ServiceUse{Name: name, Role: "affected"})
		}
	}
}

// AddPerson adds somebody's part in the incident (role as in incident.Participation), if there is a name.
func (d *Draft) AddPerson(name, role string) {
	if name = Line(name); !Unset(name) {
		d.Incident.People = append(d.Incident.People, incident.Participation{Name: name, Role: role})
	}
}

// AddCustom keeps a field that has no place of its own, if it says anything.
func (d *Draft) AddCustom(name, value string) {
	if name, value = Line(name), Clean(value); name != "" && value != "" {
		d.Incident.Custom = append(d.Incident.Custom, incident.CustomValue{Name: name, Value: value})
	}
}

// AddLink adds a link of a kind of incident.Link; an address that is not http or https becomes a warning.
func (d *Draft) AddLink(kind, field, address, title string) {
	if Unset(address) {
		return
	}
	u := WebURL(address)
	if u == "" {
		d.Warn(field, Line(address), "this is no http or https address; it was not made a link")
		return
	}
	d.Incident.Links = append(d.Incident.Links, incident.Link{Kind: kind, URL: u, Title: Line(title)})
}

// CheckOrder warns when the end precedes the beginning. Both times are kept: the duration is
// invalid by its definition and is listed for repair, never clamped.
func (d *Draft) CheckOrder() {
	ms := d.Incident.Milestones
	start, began := ms.Current(incident.Opened)
	if !began {
		start, began = ms.Current(incident.ImpactStarted)
	}
	for _, name := range []incident.MilestoneName{incident.Acked, incident.MitigatedAt, incident.ResolvedAt, incident.ImpactEnded, incident.ClosedAt} {
		if end, ok := ms.Current(name); began && ok && end.At.Before(start.At) {
			d.Warn(end.Field, end.At.Format(time.RFC3339), fmt.Sprintf("%s precedes %s (%s, %s)", name, start.Name, start.Field, start.At.Format(time.RFC3339)))
		}
	}
}
