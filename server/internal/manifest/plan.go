package manifest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// Action is what files do to an object.
type Action string

// The actions.
const (
	Add    Action = "add"
	Alter  Action = "change"
	Remove Action = "remove" // only by pruning
)

// Change is what files would do to one object.
type Change struct {
	Action Action `json:"action"`
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Diff   string `json:"diff,omitempty" doc:"unified difference of the object as a document; secrets are not in it"`
	Note   string `json:"note,omitempty" doc:"what the difference does not show"`
}

// Options say how files are applied.
type Options struct {
	Prune bool
	// Getenv returns what a variable of the environment holds that a secret is taken from; nil: secrets are not set.
	Getenv func(string) string
	By     string // who applies: the name of a user, or "command line"
	Why    string // noted with each version of a policy; may be empty
}

// Plan is what files would do. It is made by Prepare and done by Apply.
type Plan struct {
	Changes []Change `json:"changes"`
	Same    int      `json:"same" doc:"objects that are as the files say"`
	Notes   []string `json:"notes,omitempty" doc:"what should be known beside"`

	desk  *desk.Desk
	asOf  incident.Seq
	steps []func(incident.Tx) error
	marks []incident.Managed // of objects that the files manage from now on
	loose []incident.Managed // of objects that they do not manage any more
}

// Prepare compares files with what is in force. It returns a Faults when what they say cannot be, and ErrInvalid when
// what is in force cannot be told apart by names.
func Prepare(ctx context.Context, d *desk.Desk, desired Desired, opts Options) (*Plan, error) {
	s, err := readState(ctx, d)
	if err != nil {
		return nil, err
	}
	current, err := s.objects()
	if err != nil {
		return nil, err
	}
	w := &writer{world: &world{state: s, now: map[key]Object{}, entity: map[incident.ID]key{}, wanted: map[key]Object{}, going: map[key]bool{}, ids: map[key]incident.ID{}},
		ctx: ctx, opts: opts, had: map[key]bool{}, plan: &Plan{desk: d, asOf: s.asOf, Notes: desired.Notes, Changes: []Change{}}}
	for _, o := range current {
		w.now[o.key()] = o
		if o.Kind != "Mapping" {
			w.entity[o.entity] = o.key()
		}
	}
	for _, o := range desired.Objects {
		w.wanted[o.key()] = o
	}
	w.services()
	if opts.Prune {
		w.prunable()
	}
	w.claims()
	for _, o := range w.wanted {
		if w.resolve(o); o.Kind == "Team" {
			slices.Sort(o.Spec.(*TeamSpec).Members)
		}
	}
	if err := w.faults.err(); err != nil {
		return nil, err
	}
	return w.plan, w.compare()
}

// services adds the services that only documents of OpenSLO name.
func (w *writer) services() {
	for _, k := range sortedKeys(w.wanted) {
		o := w.wanted[k]
		named, ok := namedSLO(o)
		service := Object{Kind: "Service", place: o.place, Spec: &ServiceSpec{}}
		if !ok {
			continue
		}
		service.Name = named.Service
		known := slices.ContainsFunc(w.state.services, func(v incident.Service) bool {
			return slices.ContainsFunc(append([]string{v.Name}, v.Alias...), func(name string) bool { return incident.Slug(name) == incident.Slug(named.Service) })
		})
		if _, written := w.wanted[service.key()]; !known && !written {
			w.wanted[service.key()] = service
		}
	}
}

// writer makes a plan.
type writer struct {
	*world
	ctx  context.Context
	opts Options
	plan *Plan
	had  map[key]bool              // which of the wanted are in force
	last []func(incident.Tx) error // steps behind all others
}

// compare tells what differs and how to write it.
func (w *writer) compare() error {
	for _, k := range sortedKeys(w.wanted) {
		w.identify(k)
	}
	conns := map[string]bool{}
	for _, k := range sortedKeys(w.wanted) {
		if err := w.compareOne(k, conns); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(conns)) {
		w.connection(name)
	}
	if err := w.prune(); err != nil {
		return err
	}
	w.cycles()
	w.marked(w.had)
	w.plan.steps = append(w.plan.steps, w.last...)
	return w.faults.err()
}

// before returns the object in force that a wanted one replaces: the one that files made under its name, or else the one that has the name.
func (w *writer) before(k key) (Object, bool) {
	if k.kind != "Mapping" {
		if now, ok := w.entity[w.managed[k].Entity]; ok && now.kind == k.kind {
			if _, wanted := w.wanted[now]; now == k || !wanted {
				return w.now[now], true
			}
		}
	}
	o, ok := w.now[k]
	return o, ok
}

func (w *writer) compareOne(k key, conns map[string]bool) error {
	o := w.wanted[k]
	was, had := w.before(k)
	change := Change{Action: Add, Kind: o.Kind, Name: o.Name}
	wasText := ""
	if had {
		change.Action = Alter
		w.fit(&o, &was)
		var err error
		if wasText, err = w.text(was); err != nil {
			return err
		}
	}
	isText, err := w.text(o)
	if err != nil {
		return err
	}
	if o.Kind == "Connection" {
		change.Note = w.secretsNote(o)
	}
	change.Diff = unified(title(was, had), fmt.Sprintf("%s %q (%s)", o.Kind, o.Name, o.place), wasText, isText)
	w.had[k] = had
	if change.Diff == "" && change.Note == "" {
		w.plan.Same++
		return nil
	}
	w.plan.Changes = append(w.plan.Changes, change)
	if o.Kind == "Connection" || o.Kind == "Mapping" {
		conns[o.Name] = true
		return nil
	}
	w.write(o, k)
	return nil
}

func title(was Object, had bool) string {
	if !had {
		return "/dev/null"
	}
	return fmt.Sprintf("%s %q (in force)", was.Kind, was.Name)
}

// fit fills in what a wanted object leaves as it is.
func (w *writer) fit(o, was *Object) {
	if spec, ok := o.Spec.(*TeamSpec); ok && spec.Members == nil {
		spec.Members = was.Spec.(*TeamSpec).Members
	}
	if spec, ok := o.Spec.(*ConnectionSpec); ok {
		before := *was.Spec.(*ConnectionSpec)
		before.Secrets = map[string]SecretSpec{}
		for name, secret := range was.Spec.(*ConnectionSpec).Secrets {
			if given, named := spec.Secrets[name]; named {
				before.Secrets[name] = given
			} else if spec.Secrets == nil {
				spec.Secrets = map[string]SecretSpec{name: secret}
				before.Secrets[name] = secret
			} else {
				spec.Secrets[name] = secret
				before.Secrets[name] = secret
			}
		}
		was.Spec = &before
	}
}

// text writes an object for comparison.
func (w *writer) text(o Object) (string, error) {
	if !isSLO(o) {
		return texts(o)
	}
	kept := map[key]Object{}
	for _, all := range []map[key]Object{w.now, w.wanted} {
		for k, x := range all {
			if len(describedServices([]Object{x})) > 0 {
				kept[k] = x
			}
		}
	}
	var described []Object
	for _, k := range sortedKeys(kept) {
		described = append(described, kept[k])
	}
	return sloText([]Object{o}, describedServices(described))
}

// step adds a part of the transaction.
func (w *writer) step(f func(incident.Tx) error) { w.plan.steps = append(w.plan.steps, f) }

func sortedKeys[V any](m map[key]V) []key {
	return slices.SortedFunc(maps.Keys(m), func(a, b key) int {
		return cmp.Or(rank(a.kind)-rank(b.kind), strings.Compare(a.name, b.name))
	})
}

// Empty reports that nothing would be changed.
func (p *Plan) Empty() bool { return len(p.Changes) == 0 }

// Digest stands for what a plan tells: two that would do the same have the same one. SHA-256, hex.
func (p *Plan) Digest() string {
	text, err := json.Marshal(struct {
		Changes []Change
		Notes   []string
	}{p.Changes, p.Notes})
	if err != nil {
		panic("manifest: texts always make JSON: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// like reports whether two plans tell the same.
func (p *Plan) like(other *Plan) bool {
	return reflect.DeepEqual(p.Changes, other.Changes) && reflect.DeepEqual(p.Notes, other.Notes)
}
