package importers

import "encoding/json"

// Pointer names a resource of JSON:API. https://jsonapi.org/format/#document-resource-identifier-objects
type Pointer struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// Relation is a relationship of a resource of JSON:API.
type Relation struct {
	Data json.RawMessage `json:"data"`
}

// Pointers returns what a relation points at: one resource or several; none when it is empty or not to be read.
func (r Relation) Pointers() []Pointer {
	if one := Decode[Pointer](r.Data); one.ID != "" {
		return []Pointer{one}
	}
	return Decode[[]Pointer](r.Data)
}

// Included is what came with an answer of JSON:API, as it was answered.
// https://jsonapi.org/format/#document-compound-documents
type Included map[Pointer]json.RawMessage

// IncludedIn returns what the list holds that an answer included.
func IncludedIn(list []json.RawMessage) Included {
	by := Included{}
	for _, raw := range list {
		by[Decode[Pointer](raw)] = raw
	}
	return by
}

// Of returns those of the resources that the relations point at, in their order, each once.
func (i Included) Of(relations ...Relation) (parts []json.RawMessage) {
	seen := map[Pointer]bool{}
	for _, r := range relations {
		for _, p := range r.Pointers() {
			if part, ok := i[p]; ok && !seen[p] {
				seen[p] = true
				parts = append(parts, part)
			}
		}
	}
	return parts
}
