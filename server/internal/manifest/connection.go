package manifest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

// connection adds the step that stores a connection as its documents say.
func (w *writer) connection(name string) {
	before, had := w.stored(name)
	o, written := w.wanted[key{"Connection", name}]
	mapped, has := w.wanted[key{"Mapping", name}]
	if !written {
		o = mapped
	}
	plan := desk.Plan{Source: before.Source, Name: name, By: w.opts.By}
	follow, exclude := before.Follow, before.Exclude
	if spec, ok := o.Spec.(*ConnectionSpec); ok {
		plan.Source, plan.Settings = spec.Source, w.settings(o, spec, before)
		follow, exclude = spec.Follow, spec.Exclude
	}
	if has {
		plan.Mapping = w.mapping(mapped, before, plan.Source)
	}
	conn, err := w.desk.Prepare(w.ctx, plan)
	if err != nil {
		w.invalidConnection(o, err)
		return
	}
	conn.Follow, conn.Exclude = follow, strings.TrimSpace(exclude)
	versions, err := w.desk.MappingVersions(w.ctx, conn, w.opts.By)
	if err != nil {
		w.faults.add(o.place, "%v", err)
		return
	}
	w.ids[key{"Connection", name}], w.ids[key{"Mapping", name}] = conn.ID, conn.ID
	if had && string(before.Mapping) != string(conn.Mapping) {
		w.plan.Notes = append(w.plan.Notes, fmt.Sprintf("the records of %s are mapped anew when you say so: hindsight remap %q", name, name))
	}
	w.step(func(tx incident.Tx) error { return putConnection(tx, before, conn, versions) })
}

// putConnection stores a connection unless somebody changed it since it was read.
func putConnection(tx incident.Tx, before, conn incident.Connection, versions []incident.MappingVersion) error {
	now, err := tx.ConnectionsByID([]incident.ID{conn.ID})
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(now[conn.ID], before) {
		return fmt.Errorf("manifest: connection %q: %w", conn.Name, incident.ErrConflict)
	}
	if err := tx.PutConnection(conn); err != nil {
		return err
	}
	if before.Follow != conn.Follow && before.ID != "" {
		if err := tx.Pause(conn.ID, time.Time{}, ""); err != nil {
			return err
		}
	}
	return tx.PutMappings(versions)
}

func (w *writer) stored(name string) (incident.Connection, bool) {
	i := slices.IndexFunc(w.connections, func(c incident.Connection) bool { return c.Name == name })
	if i < 0 {
		return incident.Connection{}, false
	}
	return w.connections[i], true
}

// settings returns what a connection is told: what the document says, the secrets of the environment, and an empty value for
// what it says no more.
func (w *writer) settings(o Object, spec *ConnectionSpec, before incident.Connection) map[string]string {
	out := map[string]string{}
	for name := range before.Settings {
		out[name] = ""
	}
	source, err := w.desk.Source(spec.Source)
	if err != nil {
		w.faults.add(o.at("spec.source"), "spec.source: %s", reason(err))
		return out
	}
	if before.Source != "" && before.Source != spec.Source {
		w.faults.add(o.at("spec.source"), "spec.source: %q is a connection to %s, which cannot change; give the new connection another name", o.Name, before.Source)
	}
	if spec.Follow && source.API == nil {
		w.faults.add(o.at("spec.follow"), "spec.follow: %s is not read over the network; leave it out", source.Title)
	}
	maps.Copy(out, spec.Settings)
	for _, f := range source.Settings {
		if f.Secret && spec.Settings[f.Name] != "" {
			w.faults.add(o.at("spec.settings."+f.Name), "spec.settings.%s is a secret, which files do not hold; write secrets: {%s: {env: %s}} and set that variable", f.Name, f.Name, secretEnv(o.Name, f.Name))
		}
	}
	for name, secret := range spec.Secrets {
		out[name] = w.secret(o, source, name, secret, before)
	}
	return out
}

// secret returns what the environment says; "" leaves the stored one as it is.
func (w *writer) secret(o Object, source importers.Source, name string, s SecretSpec, before incident.Connection) string {
	path := "spec.secrets." + name
	if !slices.ContainsFunc(source.Settings, func(f importers.Field) bool { return f.Secret && f.Name == name }) {
		w.faults.add(o.at(path), "%s: %s has no such secret", path, source.Title)
		return ""
	}
	if w.opts.Getenv == nil {
		return ""
	}
	value := strings.TrimSpace(w.opts.Getenv(s.Env))
	if value == "" && !w.holds(before, name) {
		w.faults.add(o.at(path), "%s: the variable %s is not set, and no such secret is stored yet", path, s.Env)
	}
	return value
}

// holds reports whether a secret of a connection is stored.
func (w *writer) holds(c incident.Connection, name string) bool {
	held, err := w.desk.SecretNames(c)
	return err == nil && slices.Contains(held.Settings, name)
}

// secretsNote says which secrets of the environment are others than those that are stored.
func (w *writer) secretsNote(o Object) string {
	spec := o.Spec.(*ConnectionSpec)
	before, had := w.stored(o.Name)
	if !had || w.opts.Getenv == nil {
		return ""
	}
	open, err := w.desk.Unseal(before)
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(spec.Secrets)) {
		value := strings.TrimSpace(w.opts.Getenv(spec.Secrets[name].Env))
		if value != "" && (err != nil || open.Settings[name] != value) {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		return ""
	}
	return "the environment has another secret than the stored one for " + strings.Join(differ, ", ")
}

// mapping returns a mapping as JSON; nil when it is the one in force.
func (w *writer) mapping(o Object, before incident.Connection, sourceName string) json.RawMessage {
	spec := o.Spec.(*MappingSpec)
	if now, err := mappingSpec(before); err == nil && reflect.DeepEqual(now, *spec) {
		return nil
	}
	text, err := json.Marshal(*spec)
	if err != nil {
		w.faults.add(o.place, "it cannot be kept: %v", err)
	}
	if source, err := w.desk.Source(sourceName); err == nil && source.API != nil {
		w.strictWords(o, text)
	}
	return text
}

// strictWords notes a field that no mapping of words has.
func (w *writer) strictWords(o Object, text []byte) {
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.DisallowUnknownFields()
	var words importers.Words
	if err := dec.Decode(&words); err != nil {
		w.faults.add(o.at("spec"), "spec: %s; there are status, severity, kind, service and fields", strings.TrimPrefix(err.Error(), "json: "))
	}
}

func (w *writer) invalidConnection(o Object, err error) {
	if path := o.path(reasonField(err)); path != "" {
		w.faults.add(o.at(path), "%s: %s", path, reason(err))
		return
	}
	w.faults.add(o.place, "%v", err)
}
