package manifest

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"

	"hindsight/incident"
	"hindsight/server/internal/openslo"
)

// keepSLO puts a document of OpenSLO beside the others, to be read with them: one may name a service that another describes.
func (r *reading) keepSLO(at place, n *yaml.Node) {
	text, err := yaml.Marshal(n)
	var found openslo.Found
	if err == nil {
		found, err = openslo.Read(text)
	}
	if err != nil {
		r.faults.add(at, "%s", reason(err))
		return
	}
	for _, o := range found.Objectives {
		r.sloAt[string(o.ID)] = at
	}
	for _, k := range found.Kept {
		r.sloAt[string(k.ID())] = at
	}
	r.slo.WriteString("---\n")
	r.slo.Write(text)
}

// openSLO reads all documents of OpenSLO together. An objective that was made here is one of ours again.
func (r *reading) openSLO() {
	if r.slo.Len() == 0 {
		return
	}
	found, err := openslo.Read(r.slo.Bytes())
	if err != nil {
		r.faults.add(place{"the OpenSLO documents", 0}, "%s", reason(err))
		return
	}
	r.out.Notes = found.Notes
	for _, n := range found.Objectives {
		at := r.sloAt[string(n.ID)]
		if n.Objective.OpenSLO != "" {
			r.add(kind{}, Object{Kind: openSLOKind, Name: "SLO " + n.Name, Spec: &n, place: at})
			continue
		}
		spec := objectiveSpec(n.Objective, n.Service)
		k, _ := kindOf("Objective")
		r.add(k, Object{Kind: k.name, Name: n.Name, Spec: &spec, place: at})
	}
	for _, k := range found.Kept {
		r.add(kind{}, Object{Kind: openSLOKind, Name: k.Kind + " " + k.Name, Spec: &k, place: r.sloAt[string(k.ID())]})
	}
}

// sloText writes objects of OpenSLO as documents, with the services that these describe taken from kept.
func sloText(objects []Object, kept []openslo.Kept) (string, error) {
	var named []openslo.Named
	var own []openslo.Kept
	for _, o := range objects {
		switch spec := o.Spec.(type) {
		case *openslo.Named:
			named = append(named, *spec)
		case *openslo.Kept:
			own = append(own, *spec)
		}
	}
	if len(named) == 0 {
		text, err := openslo.Write(nil, own)
		return string(text), err
	}
	all, err := openslo.Write(named, kept)
	if err != nil || len(kept) == 0 {
		return string(all), err
	}
	before, err := openslo.Write(nil, kept)
	return strings.TrimPrefix(strings.TrimPrefix(string(all), string(before)), "---\n"), err
}

// describedServices returns the documents among objects that describe services.
func describedServices(objects []Object) []openslo.Kept {
	var out []openslo.Kept
	for _, o := range objects {
		if k, ok := o.Spec.(*openslo.Kept); ok && k.Kind == "Service" {
			out = append(out, *k)
		}
	}
	return out
}

// keptSLO reads the body of a policy that keeps a document of OpenSLO.
func keptSLO(p incident.Policy) (openslo.Kept, error) {
	var k openslo.Kept
	if err := json.Unmarshal(p.Body, &k); err != nil {
		return k, err
	}
	return k, k.Validate()
}

// isSLO reports whether an object is written as OpenSLO has it.
func isSLO(o Object) bool { return o.Kind == openSLOKind }

// namedSLO returns the objective that an object of OpenSLO is.
func namedSLO(o Object) (*openslo.Named, bool) {
	n, ok := o.Spec.(*openslo.Named)
	return n, ok
}

// documentName returns what a document of OpenSLO calls itself: an SLO with several targets is one document for each here.
func documentName(document string) string {
	var d struct {
		Metadata struct{ Name string } `json:"metadata"`
	}
	if json.Unmarshal([]byte(document), &d) != nil {
		return ""
	}
	return d.Metadata.Name
}
