package importers

import (
	"time"

	"hindsight/incident"
)

// NewChange begins the draft of a change event of a record. A title that is missing is one with a warning.
func NewChange(collection, id string, kind incident.ChangeKind, title string) Draft {
	c := &incident.ChangeEvent{Ref: incident.Ref{Type: collection, ExternalID: id}, Kind: kind, Title: Line(title), Result: incident.ChangeResultUnknown}
	d := Draft{Change: c}
	if c.Title == "" {
		c.Title = "(no title)"
		d.Warn("title", "", "the record has no title")
	}
	return d
}

// SetResult keeps the source's word for how a change ended and sets what it means. A word that is not in the map
// makes the result unknown, with a warning; no word at all makes it unknown without one.
func (d *Draft) SetResult(field, word string, words Values[incident.ChangeResult]) {
	d.Change.ResultRaw, d.Change.Result = Line(word), incident.ChangeResultUnknown
	if result, ok := meaning(d, field, word, words); ok {
		d.Change.Result = result
	}
}

// AddChanged adds services that were changed by name, each once.
func (d *Draft) AddChanged(names ...string) {
	seen := map[string]bool{}
	for _, s := range d.Change.Services {
		seen[incident.Slug(s.Name)] = true
	}
	for _, name := range names {
		name = Line(name)
		if slug := incident.Slug(name); slug != "" && !seen[slug] {
			seen[slug] = true
			d.Change.Services = append(d.Change.Services, incident.ServiceUse{Name: name})
		}
	}
}

// Instant reads a time; zero when the text means "unset". A time that is doubtful comes with a warning, one that
// cannot be read is a *MapError.
func (d *Draft) Instant(field, text string, f TimeFormat) (time.Time, error) {
	m, err := f.Parse(text)
	if err != nil {
		return time.Time{}, &MapError{Field: field, Value: Line(text), Reason: err.Error()}
	}
	if m.Doubt != "" {
		d.Warn(field, Line(text), m.Doubt)
	}
	return m.At, nil
}

// Into says where a time of a record goes.
type Into struct {
	At          *time.Time
	Field, Text string
}

// Instants is Instant for several times of one form.
func (d *Draft) Instants(f TimeFormat, times ...Into) (err error) {
	for _, t := range times {
		if *t.At, err = d.Instant(t.Field, t.Text, f); err != nil {
			return err
		}
	}
	return nil
}

// ResultWords returns the words for how a change ended that mean the same in all the systems that use them. It is a
// new map, free to change.
func ResultWords() Values[incident.ChangeResult] {
	return gather(map[incident.ChangeResult]string{
		incident.ChangeSucceeded: "succeeded|success|successful|ok|passed|done|complete|completed",
		incident.ChangeFailed:    "failed|failure|error|errored|timed out",
		incident.ChangeCanceled:  "canceled|cancelled|aborted|skipped|rejected",
		incident.ChangeRunning:   "running|in progress|pending|queued|waiting|created|started|scheduled|blocked",
	})
}
