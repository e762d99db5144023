package rootly

import (
	"cmp"
	"encoding/json"

	"hindsight/importers"
)

// body is a stored record: an incident as it was answered, with the resources that came with it.
type body struct {
	Incident json.RawMessage   `json:"incident"`
	Included []json.RawMessage `json:"included,omitempty"`
}

// brief is what walking needs of an incident.
type brief struct {
	ID         string `json:"id"`
	Attributes struct {
		Number    int64  `json:"sequential_id"`
		UpdatedAt string `json:"updated_at"`
	} `json:"attributes"`
	Relations struct {
		Roles      importers.Relation `json:"roles"`
		Events     importers.Relation `json:"events"`
		Actions    importers.Relation `json:"action_items"`
		Causes     importers.Relation `json:"causes"`
		PostMortem importers.Relation `json:"incident_post_mortem"`
	} `json:"relationships"`
}

// attributes holds a resource's fields, decoded one by one.
type attributes map[string]json.RawMessage

// resource is a resource of JSON:API.
type resource struct {
	importers.Pointer
	Attributes attributes `json:"attributes"`
}

func (r resource) name() string { return r.Attributes.text("name") }

// text returns a field that is a text, a number or true or false; "" for everything else.
func (a attributes) text(field string) string {
	var v any
	json.Unmarshal(a[field], &v)
	switch v := v.(type) {
	case string:
		return v
	case bool, float64:
		return string(a[field])
	}
	return ""
}

// first returns the first of the fields that says something.
func (a attributes) first(fields ...string) string {
	for _, f := range fields {
		if text := a.text(f); !importers.Unset(text) {
			return text
		}
	}
	return ""
}

// nested returns the fields of a resource that is nested in a field, whether as JSON:API has it or flat.
func (a attributes) nested(field string) attributes { return inner(a[field]) }

func inner(raw json.RawMessage) attributes {
	wrapped := importers.Decode[struct {
		Data struct {
			Attributes attributes `json:"attributes"`
		} `json:"data"`
		Attributes attributes `json:"attributes"`
	}](raw)
	switch {
	case len(wrapped.Data.Attributes) > 0:
		return wrapped.Data.Attributes
	case len(wrapped.Attributes) > 0:
		return wrapped.Attributes
	}
	return importers.Decode[attributes](raw)
}

// names returns the names of the resources nested in a field.
func (a attributes) names(field string) (names []string) {
	for _, raw := range importers.Decode[[]json.RawMessage](a[field]) {
		if name := importers.Line(inner(raw).text("name")); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// person returns how somebody is called.
func person(a attributes) string {
	return importers.Line(cmp.Or(a.first("full_name", "name", "preferred_name", "full_name_with_team", "email")))
}
