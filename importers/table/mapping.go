package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

// Target is a field of an incident that columns can be mapped to. The milestones are targets under
// their own names ("opened", "resolved", …).
type Target string

const (
	Number      Target = "number" // what people say; the key when not mapped
	Title       Target = "title"
	Description Target = "description"
	Status      Target = "status"
	Severity    Target = "severity"
	Priority    Target = "priority" // kept as written; it also gives the severity where no severity is mapped
	Service     Target = "service"
	Team        Target = "team"
	Assignee    Target = "assignee"
	Tags        Target = "tags"
	Factors     Target = "factors" // what contributed, as whoever wrote the table claims
	Kind        Target = "kind"
	URL         Target = "url"
	SLAMet      Target = "sla_met" // yes or no, as the source judged it
	Updated     Target = "updated" // when the record was last changed at its source
)

// Targets lists every target in the order in which a form shows them.
func Targets() []Target {
	out := []Target{Number, Title, Description, Status, Severity, Priority, Service, Team, Assignee, Tags, Factors}
	for _, name := range incident.MilestoneNames {
		out = append(out, Target(name))
	}
	return append(out, Updated, Kind, URL, SLAMet)
}

// Time reports whether the target holds a time, so that layout and zone apply.
func (t Target) Time() bool {
	return t == Updated || slices.Contains(incident.MilestoneNames, incident.MilestoneName(t))
}

// Mapping says which column means what. It is saved as JSON in Connection.Mapping.
type Mapping struct {
	// Key names the columns whose texts together identify a record for good. Without it a record is
	// identified by a hash of the columns of Hash, or of all: then a changed row is a new incident.
	Key  []string `json:"key,omitempty"`
	Hash []string `json:"hash,omitempty"`
	// Fields says where each target comes from; a target that is missing stays unknown.
	Fields map[Target]Field `json:"fields"`
	// Custom names the columns that are kept as custom values.
	Custom []string `json:"custom,omitempty"`
}

// Field says where one target comes from and how its texts are read.
type Field struct {
	// Columns in order. Titles are joined by blanks, descriptions by empty lines, services, tags and factors are
	// collected; of everything else the first column that says something counts.
	Columns []string `json:"columns,omitempty"`
	// Default stands for cells that say nothing.
	Default string `json:"default,omitempty"`
	// Separator splits services, tags and factors; line ends always do.
	Separator string `json:"separator,omitempty"`
	// Layout and Zone (an IANA name; default: the setting "zone") say how times are written.
	Layout importers.TimeLayout `json:"layout,omitempty"`
	Zone   string               `json:"zone,omitempty"`
	// Values says what words mean: a status, a severity 1 to 5, a kind, or true and false.
	Values map[string]string `json:"values,omitempty"`
}

// ParseMapping reads a saved mapping and checks it. Errors are incident.ErrInvalid and name the field.
func ParseMapping(data []byte) (Mapping, error) {
	var m Mapping
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return Mapping{}, incident.Invalidf("mapping", "the column mapping cannot be read: %v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Mapping{}, incident.Invalidf("mapping", "the column mapping has text behind its end")
	}
	return m, m.check()
}

// JSON returns the mapping as it is saved.
func (m Mapping) JSON() json.RawMessage {
	// A struct of texts always encodes.
	data, _ := json.Marshal(m)
	return data
}

func (m Mapping) check() error {
	targets := Targets()
	for target, f := range m.Fields {
		name := "mapping.fields." + string(target)
		if !slices.Contains(targets, target) {
			return incident.Invalidf(name, "there is no such target; there are %s", words(targets))
		}
		if f.Layout != importers.AnyTime && !slices.Contains(importers.TimeLayouts, f.Layout) {
			return incident.Invalidf(name, "there is no layout %q; there are %s", f.Layout, words(importers.TimeLayouts))
		}
		if _, err := importers.Zone(f.Zone); err != nil {
			return incident.Invalidf(name, "%v", err)
		}
		if err := checkValues(target, f.Values); err != nil {
			return incident.Invalidf(name, "%v", err)
		}
	}
	return nil
}

func checkValues(target Target, values map[string]string) (err error) {
	switch target {
	case Status:
		_, err = meanings(values, oneOf(incident.Statuses))
	case Severity, Priority:
		_, err = meanings(values, parseSeverity)
	case Kind:
		_, err = meanings(values, oneOf(incident.Kinds))
	case SLAMet:
		_, err = meanings(values, strconv.ParseBool)
	default:
		if len(values) > 0 {
			err = errors.New("values cannot be given for this target")
		}
	}
	return err
}

// meanings reads the right sides of a value map.
func meanings[T any](values map[string]string, parse func(string) (T, error)) (map[string]T, error) {
	out := make(map[string]T, len(values))
	for word, text := range values {
		meaning, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("%q is mapped to %q: %w", word, text, err)
		}
		out[word] = meaning
	}
	return out, nil
}

func oneOf[T ~string](known []T) func(string) (T, error) {
	return func(text string) (T, error) {
		if slices.Contains(known, T(text)) {
			return T(text), nil
		}
		return "", fmt.Errorf("there are only %s", words(known))
	}
}

// parseSeverity reads "1" to "5" or "SEV1" to "SEV5", and "0" or "unset" for unknown.
func parseSeverity(text string) (incident.Severity, error) {
	for s := incident.SevUnknown; s <= incident.Sev5; s++ {
		if text == strconv.Itoa(int(s)) || strings.EqualFold(text, s.String()) {
			return s, nil
		}
	}
	return 0, errors.New("severities are 1 to 5, and 0 for unknown")
}

func words[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}

// key returns the external id of a row, or why it has none. A very long key is replaced by its hash.
func (m Mapping) key(cells []cell) (string, error) {
	texts := make(map[string]string, len(cells))
	for _, c := range cells {
		texts[c.name] = c.text
	}
	var parts []string
	for _, column := range m.Key {
		part := importers.Line(texts[column])
		if importers.Unset(part) {
			return "", fmt.Errorf("column %s: it is part of the key and must not be empty", column)
		}
		parts = append(parts, part)
	}
	key := strings.Join(parts, "/")
	switch {
	case len(parts) == 0:
		return m.hash(cells, texts), nil
	case len(key) > 200:
		return string(incident.DeriveID("key", parts...)), nil
	}
	return key, nil
}

// hash identifies a row without a key by the names and texts of the chosen columns, in the order of
// their names.
func (m Mapping) hash(cells []cell, texts map[string]string) string {
	columns := slices.Clone(m.Hash)
	if len(columns) == 0 {
		for _, c := range cells {
			columns = append(columns, c.name)
		}
	}
	slices.Sort(columns)
	var parts []string
	for _, c := range columns {
		parts = append(parts, c, texts[c])
	}
	return string(incident.DeriveID("row", parts...))
}
