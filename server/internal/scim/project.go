package scim

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// projected leaves of a document what a request asks for with attributes, or takes away what it does not want with
// excludedAttributes (RFC 7644, section 3.9). schemas and id stay.
func projected(document map[string]any, query url.Values, s schema) (map[string]any, error) {
	wanted, unwanted := words(query["attributes"]), words(query["excludedAttributes"])
	switch {
	case len(wanted) > 0 && len(unwanted) > 0:
		return nil, bad("invalidValue", "attributes and excludedAttributes cannot both be given")
	case len(wanted) > 0:
		out := map[string]any{"schemas": document["schemas"], "id": document["id"]}
		for _, word := range wanted {
			keep(out, document, word, s)
		}
		return out, nil
	}
	out := document
	if len(unwanted) > 0 {
		out = copied(document).(map[string]any)
	}
	for _, word := range unwanted {
		leave(out, word, s)
	}
	return out, nil
}

func words(values []string) []string {
	var out []string
	for _, v := range values {
		for _, word := range strings.Split(v, ",") {
			if word = strings.TrimSpace(word); word != "" {
				out = append(out, word)
			}
		}
	}
	return out
}

// keep copies an attribute, or a part of it, from a document to another.
func keep(out, document map[string]any, word string, s schema) {
	name, sub := separated(word, s.urn)
	a := s.find(name)
	if a == nil || document[a.Name] == nil {
		return
	}
	part := find(a.Sub, sub)
	if sub == "" || part == nil {
		out[a.Name] = document[a.Name]
		return
	}
	var kept []any
	for _, v := range list(document[a.Name]) {
		if element, ok := v.(map[string]any); ok && element[part.Name] != nil {
			kept = append(kept, map[string]any{part.Name: element[part.Name]})
		}
	}
	switch {
	case len(kept) == 0:
	case a.Multi:
		out[a.Name] = kept
	default:
		was, _ := out[a.Name].(map[string]any)
		both := maps.Clone(kept[0].(map[string]any))
		maps.Copy(both, was)
		out[a.Name] = both
	}
}

// leave takes an attribute, or a part of it, out of a document.
func leave(out map[string]any, word string, s schema) {
	name, sub := separated(word, s.urn)
	a := s.find(name)
	if a == nil || slices.Contains([]string{"id", "schemas"}, a.Name) {
		return
	}
	part := find(a.Sub, sub)
	if sub == "" {
		delete(out, a.Name)
		return
	}
	for _, v := range list(out[a.Name]) {
		if element, ok := v.(map[string]any); ok && part != nil {
			delete(element, part.Name)
		}
	}
}
