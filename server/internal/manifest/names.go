package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hindsight/incident"
)

// userRef is what the tag ref says of names of users, which files do not make.
const userRef = "user"

// world knows what names mean once the files are applied.
type world struct {
	*state
	now     map[key]Object      // what is in force
	entity  map[incident.ID]key // of what is in force
	wanted  map[key]Object
	going   map[key]bool // what pruning would remove
	ids     map[key]incident.ID
	aliases map[string]string // names of services, by the slug of any name of theirs
	faults  Faults
}

// canonical returns the name of the object of a kind that a text means, as it will be called.
func (w *world) canonical(kind, text string) (string, error) {
	if kind == userRef {
		i := slices.IndexFunc(w.users, func(u incident.User) bool { return u.Name == strings.ToLower(text) })
		if i < 0 {
			return "", fmt.Errorf("there is no user %q; add one first: hindsight user add %s", text, text)
		}
		return w.users[i].Name, nil
	}
	k := Object{Kind: kind, Name: text}.key()
	if name, ok := w.aliases[incident.Slug(text)]; ok && kind == "Service" {
		k = Object{Kind: kind, Name: name}.key()
	}
	if o, ok := w.wanted[k]; ok {
		return o.Name, nil
	}
	if w.going[k] {
		return "", fmt.Errorf("the %s %q is not in the files and would be pruned; write it, too", kind, text)
	}
	if o, ok := w.now[k]; ok {
		return o.Name, nil
	}
	return "", fmt.Errorf("there is no %s %q; write one, or name one of those that there are: %s", kind, text, w.known(kind))
}

// known lists some names of a kind.
func (w *world) known(kind string) string {
	var names []string
	for _, all := range []map[key]Object{w.now, w.wanted} {
		for k, o := range all {
			if k.kind == kind && !w.going[k] {
				names = append(names, o.Name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	switch {
	case len(names) == 0:
		return "none yet"
	case len(names) > mostNames:
		return strings.Join(names[:mostNames], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

const mostNames = 12

// resolve writes the names that an object refers to as they are called, and notes those that mean nothing.
func (w *world) resolve(o Object) {
	if isSLO(o) {
		return
	}
	if o.Kind == "Mapping" {
		if _, err := w.canonical("Connection", o.Name); err != nil {
			w.faults.add(o.at("metadata.name"), "metadata.name: %v", err)
		}
	}
	eachRef(reflect.ValueOf(o.Spec).Elem(), "spec", func(ref string, v reflect.Value, path string) {
		name, err := w.canonical(ref, v.String())
		if err != nil {
			w.faults.add(o.at(path), "%s: %v", path, err)
			return
		}
		v.SetString(name)
	})
}

// claims notes the names of every service as they will be, and the names that two of them have.
func (w *world) claims() {
	w.aliases = map[string]string{}
	by := map[string]Object{}
	for _, all := range []map[key]Object{w.wanted, w.now} {
		for _, k := range sortedKeys(all) {
			o := all[k]
			spec, ok := o.Spec.(*ServiceSpec)
			if _, replaced := w.wanted[k]; !ok || w.going[k] || replaced && o.entity != "" {
				continue
			}
			for i, name := range append([]string{o.Name}, spec.Aliases...) {
				slug := incident.Slug(name)
				if first, taken := by[slug]; taken && first.key() != k {
					at, other := o, first
					if o.entity != "" {
						at, other = first, o
					}
					w.faults.add(at.at(fmt.Sprintf("spec.aliases[%d]", max(i-1, 0))), "%q is a name of the services %q and %q; leave it to one of them", name, at.Name, other.Name)
					continue
				}
				by[slug], w.aliases[slug] = o, o.Name
			}
		}
	}
}
