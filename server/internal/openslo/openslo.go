// Package openslo reads and writes objectives as OpenSLO v1 has them (openslo.com; github.com/OpenSLO/OpenSLO). What OpenSLO
// says that cannot be measured from incidents is kept, written again and said, never dropped in silence; only what looks
// like a credential is taken out, and that is said too. Start with Read and Write.
package openslo

import (
	"fmt"

	"hindsight/incident"
)

const apiVersion = "openslo/v1"

// MaxSize is the longest text that is read, in bytes.
const MaxSize = 1 << 20

// document is a kind of anything, as YAML has it.
type document = map[string]any

// Named is an objective with the policy and the service that it belongs to.
type Named struct {
	ID        incident.ID // of the policy
	Name      string
	Service   string // its name
	Objective incident.Objective
}

// Kept is a document that is no objective here: another kind, or an SLO that cannot be measured.
type Kept struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Document is the whole of it as JSON.
	Document string `json:"document"`
}

// ID returns the id of the policy that a document is kept under.
func (k Kept) ID() incident.ID { return incident.DeriveID("pol", "openslo", k.Kind, k.Name) }

// KeptPolicy is the kind of policies whose body is a Kept.
const KeptPolicy incident.PolicyKind = "openslo"

// Validate returns ErrInvalid when the document says not what it is.
func (k Kept) Validate() error {
	if k.Kind == "" || k.Name == "" || k.Document == "" {
		return incident.Invalidf("document", "an OpenSLO document needs a kind and a metadata.name")
	}
	return nil
}

// Found is what a text holds.
type Found struct {
	Objectives []Named // without the ids of their services
	Kept       []Kept
	Notes      []string // what cannot be measured here, one sentence each
}

// at returns the value below names, or nil.
func at(d document, names ...string) any {
	var v any = d
	for _, name := range names {
		m, ok := v.(document)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// text returns a value below names as a string; "" when there is none.
func text(d document, names ...string) string {
	s, _ := at(d, names...).(string)
	return s
}

// below returns the object below names, made where it is missing.
func below(d document, names ...string) document {
	for _, name := range names {
		next, ok := d[name].(document)
		if !ok {
			next = document{}
			d[name] = next
		}
		d = next
	}
	return d
}

// first returns the only item of a list of objects; ok is false when there is none or more than one.
func first(v any) (document, bool) {
	list, _ := v.([]any)
	if len(list) != 1 {
		return nil, false
	}
	d, ok := list[0].(document)
	return d, ok
}

// number returns a value as a float.
func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

func sentence(d document, format string, args ...any) string {
	return fmt.Sprintf("%s %q ", d["kind"], text(d, "metadata", "name")) + fmt.Sprintf(format, args...)
}
