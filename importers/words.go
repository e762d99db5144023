package importers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"hindsight/incident"
)

// Words is what a system's words mean. A source declares it for every documented word; a connection's mapping says
// otherwise where people do. Words that are in neither are shown and counted, never guessed.
type Words struct {
	Status   Values[incident.Status]   `json:"status,omitempty"`
	Severity Values[incident.Severity] `json:"severity,omitempty"` // of severities, priorities and urgencies
	Kind     Values[incident.Kind]     `json:"kind,omitempty"`
	Service  map[string]string         `json:"service,omitempty"` // other names for services; "-" leaves one out
	// Fields says in which of the system's own fields something stands that it has no fixed place for: by the
	// name of a milestone, or "severity", "service", "team". A source that declares none at all, not even an empty
	// map, takes none.
	Fields map[string]string `json:"fields,omitempty"`
}

// Words returns what the words mean for this connection: those of the source, changed as its mapping says. A mapping
// that is no Words is refused by Validate; here it counts as empty.
func (c Config) Words(declared Words) Words {
	var own Words
	if len(c.Mapping) == 0 || json.Unmarshal(c.Mapping, &own) != nil {
		return declared
	}
	return Words{
		Status:   declared.Status.With(own.Status),
		Severity: declared.Severity.With(own.Severity),
		Kind:     declared.Kind.With(own.Kind),
		Service:  merged(declared.Service, own.Service),
		Fields:   merged(declared.Fields, own.Fields),
	}
}

func merged(base, more map[string]string) map[string]string {
	out := maps.Clone(base)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, more)
	return out
}

// ServiceNames returns the names under which services are known here; those that are left out are not among them.
func (w Words) ServiceNames(names ...string) []string {
	var out []string
	for _, name := range names {
		if other, ok := w.Service[name]; ok {
			name = other
		}
		if name != "" && name != "-" {
			out = append(out, name)
		}
	}
	return out
}

// Place puts the value of a field of the system's own where the mapping says under Fields: a milestone, a severity, the team.
// It returns the value where the field names the service. A time that cannot be read is a warning.
func (d *Draft) Place(w Words, source, field, value string) (service string) {
	if Unset(value) {
		return ""
	}
	for _, what := range slices.Sorted(maps.Keys(w.Fields)) {
		switch milestone := incident.MilestoneName(what); {
		case !strings.EqualFold(w.Fields[what], field):
		case what == "service":
			service = value
		case what == "team":
			d.Team = Line(value)
		case what == "severity":
			d.Incident.SeverityRaw = Line(value)
			d.Incident.Severity = d.SeverityOf(field, value, w.Severity)
		case slices.Contains(incident.MilestoneNames, milestone):
			if err := d.SetTime(milestone, source, field, value, TimeFormat{}); err != nil {
				d.Warn(field, Line(value), err.Error())
			}
		}
	}
	return service
}

// check refuses words that stand for nothing there is.
func (w Words) check() error {
	for word, s := range w.Status {
		if !slices.Contains(incident.Statuses, s) {
			return incident.Invalidf("mapping", "the status %q cannot mean %q; there are %v", word, s, incident.Statuses)
		}
	}
	for word, s := range w.Severity {
		if !s.Valid() {
			return incident.Invalidf("mapping", "the severity %q cannot mean %d; they run from 1 to 5", word, s)
		}
	}
	for word, k := range w.Kind {
		if !slices.Contains(incident.Kinds, k) {
			return incident.Invalidf("mapping", "the kind %q cannot mean %q; there are %v", word, k, incident.Kinds)
		}
	}
	return nil
}
