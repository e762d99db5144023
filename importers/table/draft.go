package table

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// mapRow turns a stored row into a draft. Without a saved mapping the columns are taken by their names.
// A time that cannot be read is a *importers.MapError; a word that is in no map is a warning.
func mapRow(raw incident.Raw, cfg importers.Config) (importers.Draft, error) {
	cells, note, err := decode(raw.Body)
	if err != nil {
		return importers.Draft{}, &importers.MapError{Reason: err.Error()}
	}
	m, err := mappingFor(cfg, names(cells))
	if err != nil {
		return importers.Draft{}, &importers.MapError{Field: "mapping", Reason: err.Error()}
	}
	b := builder{mapping: m, cells: cells, zone: cfg.Setting(Source(), "zone")}
	b.draft.Incident.Ref = incident.Ref{Type: raw.Type, ExternalID: raw.ExternalID}
	b.draft.Incident.Origin = incident.OriginFile
	b.identity(raw)
	b.texts()
	b.people()
	if err := b.times(raw.Origin); err != nil {
		return importers.Draft{}, err
	}
	b.state()
	b.sla()
	if note != "" {
		b.draft.Warn("", "", note)
	}
	return b.draft, nil
}

// mappingFor returns the saved mapping, or the one that the names of the columns alone suggest.
func mappingFor(cfg importers.Config, header []string) (Mapping, error) {
	if len(cfg.Mapping) > 0 {
		return ParseMapping(cfg.Mapping)
	}
	return byName(header), nil
}

// builder fills one draft.
type builder struct {
	mapping Mapping
	cells   map[string]string
	zone    string
	zones   map[string]*time.Location
	draft   importers.Draft
}

// get returns the first text that target's columns hold, and the column; else its default.
func (b *builder) get(target Target) (text, column string) {
	f := b.mapping.Fields[target]
	for _, column := range f.Columns {
		if text := b.cells[column]; !importers.Unset(text) {
			return text, column
		}
	}
	return f.Default, strings.Join(f.Columns, ", ")
}

// all returns the texts of all of target's columns that say something; else its default.
func (b *builder) all(target Target) (texts []string) {
	f := b.mapping.Fields[target]
	for _, column := range f.Columns {
		if text := importers.Clean(b.cells[column]); !importers.Unset(text) {
			texts = append(texts, text)
		}
	}
	if texts == nil && f.Default != "" {
		return []string{f.Default}
	}
	return texts
}

func (b *builder) identity(raw incident.Raw) {
	inc := &b.draft.Incident
	number, _ := b.get(Number)
	if inc.Number = importers.Line(number); inc.Number == "" && len(b.mapping.Key) > 0 {
		inc.Number = raw.ExternalID
	}
	if len(b.mapping.Key) == 0 {
		b.draft.Warn("", "", "no key column is chosen: a row that changes in a later file becomes another incident")
	}
	if address, column := b.get(URL); !importers.Unset(address) {
		if inc.URL = importers.WebURL(address); inc.URL == "" {
			b.draft.Warn(column, importers.Line(address), "this is no http or https address; it was not made a link")
		}
	}
}

func (b *builder) texts() {
	inc := &b.draft.Incident
	b.draft.SetTitle(strings.Join(b.mapping.Fields[Title].Columns, ", "), strings.Join(b.all(Title), " "))
	inc.Description, inc.Format = strings.Join(b.all(Description), "\n\n"), incident.Plain
	inc.Tags = importers.Tags(b.list(Tags))
	b.factors()
	for _, column := range b.mapping.Custom {
		if value := b.cells[column]; !importers.Unset(value) {
			b.draft.AddCustom(column, value)
		}
	}
}

// factors takes what a table claims to have contributed, each once. It is for people to confirm.
func (b *builder) factors() {
	for _, text := range b.list(Factors) {
		f := incident.Factor{Role: "contributing", Text: importers.Clean(text), Claimed: true}
		if !importers.Unset(f.Text) && !slices.Contains(b.draft.Incident.Factors, f) {
			b.draft.Incident.Factors = append(b.draft.Incident.Factors, f)
		}
	}
}

func (b *builder) list(target Target) (out []string) {
	for _, text := range b.all(target) {
		out = append(out, importers.List(text, b.mapping.Fields[target].Separator)...)
	}
	return out
}

func (b *builder) people() {
	b.draft.AddServices(b.list(Service)...)
	team, _ := b.get(Team)
	b.draft.Team = importers.Line(team)
	assignee, _ := b.get(Assignee)
	b.draft.AddPerson(assignee, "assignee")
}

// times sets the milestones. One that precedes the beginning is kept with a warning that names its place.
func (b *builder) times(place string) error {
	for _, name := range incident.MilestoneNames {
		m, column, err := b.moment(Target(name))
		if err != nil {
			return err
		}
		b.draft.Incident.Milestones.Set(name, m.At, m.Precision, incident.FromField, sourceName, column)
	}
	updated, _, err := b.moment(Updated)
	if err != nil {
		return err
	}
	inc := &b.draft.Incident
	// Not ExternalCreatedAt: the time of opening changes with the mapping's zone and format, and would make the
	// record pass for another one with the same key.
	inc.ExternalUpdatedAt = updated.At
	if inc.StartedAt().IsZero() {
		b.draft.Warn("", "", "the record has no time of impact, detection or opening; it is in no period")
	}
	b.order(place)
	return nil
}

// order warns of milestones that precede the beginning.
func (b *builder) order(place string) {
	before := len(b.draft.Warnings)
	b.draft.CheckOrder()
	for i := range b.draft.Warnings[before:] {
		w := &b.draft.Warnings[before+i]
		w.Message = place + ": " + w.Message
	}
}

// moment reads a target's time and warns when it is doubtful; it is zero when the row has none.
func (b *builder) moment(target Target) (m importers.Moment, column string, err error) {
	text, column := b.get(target)
	if importers.Unset(text) {
		return m, column, nil
	}
	f := b.mapping.Fields[target]
	zone, err := b.location(cmp.Or(f.Zone, b.zone))
	if err != nil {
		return m, column, &importers.MapError{Field: "zone", Value: b.zone, Reason: err.Error()}
	}
	m, err = importers.TimeFormat{Layout: f.Layout, Zone: zone}.Parse(text)
	if err != nil {
		return m, column, &importers.MapError{Field: column, Value: importers.Line(text), Reason: err.Error()}
	}
	if m.Doubt != "" {
		b.draft.Warn(column, importers.Line(text), m.Doubt)
	}
	return m, column, nil
}

// location loads each zone once per row, for that is slower than all the rest.
func (b *builder) location(name string) (*time.Location, error) {
	if loc := b.zones[name]; loc != nil {
		return loc, nil
	}
	loc, err := importers.Zone(name)
	if err != nil {
		return nil, err
	}
	if b.zones == nil {
		b.zones = map[string]*time.Location{}
	}
	b.zones[name] = loc
	return loc, nil
}

// state sets status, severity and kind. Where the table has no status, a known end says that the
// incident is over; nothing else is concluded.
func (b *builder) state() {
	inc := &b.draft.Incident
	inc.Kind = incident.Real
	word, column := b.get(Status)
	b.draft.SetStatus(column, word, b.statuses())
	if importers.Unset(word) {
		switch {
		case !inc.Milestones.At(incident.ClosedAt).IsZero():
			inc.Status = incident.Closed
		case !inc.Milestones.Earliest(incident.ResolvedAt, incident.ImpactEnded).IsZero():
			inc.Status = incident.Resolved
		}
	}
	severity, severityColumn := b.get(Severity)
	priority, priorityColumn := b.get(Priority)
	inc.SeverityRaw, inc.PriorityRaw = importers.Line(severity), importers.Line(priority)
	if !importers.Unset(severity) {
		inc.Severity = b.draft.SeverityOf(severityColumn, severity, b.severities(Severity))
	} else if !importers.Unset(priority) {
		inc.Severity = b.draft.SeverityOf(priorityColumn, priority, b.severities(Priority))
	}
	if word, column := b.get(Kind); !importers.Unset(word) {
		if kind, ok := b.kinds().Of(word); ok {
			inc.Kind = kind
		} else {
			b.draft.Warn(column, importers.Line(word), "this word is in no map, so the record counts as real; say in the mapping what it means")
		}
	}
}

func (b *builder) statuses() importers.Values[incident.Status] {
	more, _ := meanings(b.mapping.Fields[Status].Values, oneOf(incident.Statuses)) // checked when it was read
	return importers.StatusWords().With(more)
}

func (b *builder) severities(target Target) importers.Values[incident.Severity] {
	more, _ := meanings(b.mapping.Fields[target].Values, parseSeverity) // checked when it was read
	return importers.SeverityWords().With(more)
}

func (b *builder) kinds() importers.Values[incident.Kind] {
	more, _ := meanings(b.mapping.Fields[Kind].Values, oneOf(incident.Kinds)) // checked when it was read
	return importers.KindWords().With(more)
}

// sla keeps the source's own verdict on the resolution target.
func (b *builder) sla() {
	word, column := b.get(SLAMet)
	if importers.Unset(word) {
		return
	}
	more, _ := meanings(b.mapping.Fields[SLAMet].Values, strconv.ParseBool) // checked when it was read
	met, ok := verdicts().With(more).Of(word)
	if !ok {
		b.draft.Warn(column, importers.Line(word), "this is neither yes nor no; say in the mapping what it means")
		return
	}
	ms, breached := b.draft.Incident.Milestones, !met
	b.draft.Incident.SLA = []incident.SLACycle{{
		Goal: "resolution", Name: importers.Line(column), Start: ms.At(incident.Opened), Stop: ms.At(incident.ResolvedAt), Breached: &breached,
	}}
}

func verdicts() importers.Values[bool] {
	return importers.Values[bool]{
		"true": true, "yes": true, "y": true, "1": true, "met": true, "t": true,
		"false": false, "no": false, "n": false, "0": false, "missed": false, "breached": false, "f": false,
	}
}

func names(cells map[string]string) []string {
	out := make([]string, 0, len(cells))
	for name := range cells {
		out = append(out, name)
	}
	return out
}
