package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/seal"
)

// The names under which Connection.Secret holds what verifies pushes, beside the names of settings. No setting has a
// colon in its name.
const (
	webhookNewest = "webhook:1"
	webhookOlder  = "webhook:2"
)

// Unseal returns a connection with its secret settings among the others, in clear. It is for those who speak to the
// source; it must not be stored or shown. A secret that cannot be opened is seal.ErrSealed.
func (d *Desk) Unseal(conn incident.Connection) (incident.Connection, error) {
	if len(conn.Secret) == 0 {
		return conn, nil
	}
	source, err := d.Source(conn.Source)
	if err != nil {
		return conn, err
	}
	held, err := d.open(conn)
	if err != nil {
		return conn, err
	}
	conn.Settings = withSecrets(source, conn.Settings, held)
	return conn, nil
}

// unsealed is Unseal for the connection with an id.
func (d *Desk) unsealed(ctx context.Context, id incident.ID) (incident.Connection, error) {
	conn, err := d.Store.Connection(ctx, id)
	if err != nil {
		return incident.Connection{}, err
	}
	return d.Unseal(*conn)
}

// SecretNames are the secrets of a connection that are there, by what they are and never by what they say.
type SecretNames struct {
	Settings []string // names of settings, sorted
	Webhook  int      // how many verify pushes: two while one is being replaced
}

// SecretNames says which secrets of a connection are set. When they cannot be opened it is seal.ErrSealed.
func (d *Desk) SecretNames(conn incident.Connection) (SecretNames, error) {
	held, err := d.open(conn)
	var out SecretNames
	for _, name := range slices.Sorted(maps.Keys(held)) {
		if name == webhookNewest || name == webhookOlder {
			out.Webhook++
		} else {
			out.Settings = append(out.Settings, name)
		}
	}
	return out, err
}

// open returns the secrets of a connection in clear, by name.
func (d *Desk) open(conn incident.Connection) (map[string]string, error) {
	held := map[string]string{}
	if len(conn.Secret) == 0 {
		return held, nil
	}
	text, err := d.Safe.Open(conn.Secret, string(conn.ID))
	if err != nil {
		return nil, fmt.Errorf("connection %q: %w", conn.Name, err)
	}
	if err := json.Unmarshal(text, &held); err != nil {
		return nil, fmt.Errorf("desk: secrets of connection %q: %w", conn.Name, err)
	}
	return held, nil
}

// seal puts secrets in the place of those that the connection has.
func (d *Desk) seal(conn *incident.Connection, held map[string]string) error {
	conn.Secret = nil
	if len(held) == 0 {
		return nil
	}
	text, err := json.Marshal(held)
	if err == nil {
		conn.Secret, err = d.Safe.Seal(text, string(conn.ID))
	}
	return err
}

// secretFields returns the names of a source's secret settings.
func secretFields(source importers.Source) []string {
	var names []string
	for _, f := range source.Settings {
		if f.Secret {
			names = append(names, f.Name)
		}
	}
	return names
}

// withSecrets returns settings with the source's secret ones among them.
func withSecrets(source importers.Source, settings, held map[string]string) map[string]string {
	out := map[string]string{}
	maps.Copy(out, settings)
	for _, name := range secretFields(source) {
		if held[name] != "" {
			out[name] = held[name]
		}
	}
	return out
}

// separate divides settings into those that are stored as they are and the secret ones that say something.
func separate(source importers.Source, settings map[string]string) (plain, secret map[string]string) {
	plain = maps.Clone(settings)
	secret = stated(settings)
	fields := secretFields(source)
	maps.DeleteFunc(plain, func(name, _ string) bool { return slices.Contains(fields, name) })
	maps.DeleteFunc(secret, func(name, _ string) bool { return !slices.Contains(fields, name) })
	return plain, secret
}

// keepSecrets completes changed, which was before until now: given secrets take the place of those of the same name,
// those called forget go, and the others stay. Then it holds the whole against the source.
func (d *Desk) keepSecrets(source importers.Source, before, changed incident.Connection, given map[string]string, forget []string) (incident.Connection, error) {
	held, err := d.open(before)
	if errors.Is(err, seal.ErrSealed) {
		held, err = map[string]string{}, saysAll(source, given, forget, err)
	}
	if err != nil {
		return changed, err
	}
	was := maps.Clone(held)
	for _, name := range forget {
		if !slices.Contains(secretFields(source), name) {
			return changed, incident.Invalidf(name, "%s has no such secret; it has %q", source.Title, secretFields(source))
		}
		delete(held, name)
	}
	maps.Copy(held, given)
	settings := withSecrets(source, changed.Settings, held)
	if err := source.Validate(importers.Config{Settings: settings, Mapping: changed.Mapping}); err != nil {
		return changed, err
	}
	if err := staysHome(source, importers.Config{Settings: withSecrets(source, before.Settings, was)}, importers.Config{Settings: settings}, given); err != nil {
		return changed, err
	}
	if len(before.Secret) > 0 && len(was) > 0 && maps.Equal(held, was) {
		return changed, nil
	}
	return changed, d.seal(&changed, held)
}

// saysAll returns nil when everything that was sealed with a lost key is replaced, and what was wrong otherwise.
func saysAll(source importers.Source, given map[string]string, forget []string, sealed error) error {
	for _, name := range secretFields(source) {
		if given[name] == "" && !slices.Contains(forget, name) {
			return incident.Invalidf(name, "%v", sealed)
		}
	}
	return nil
}

// staysHome refuses to take a secret to another server than the one that it was entered for: whoever may change
// the address need not know the secret, and would get it sent.
func staysHome(source importers.Source, before, now importers.Config, given map[string]string) error {
	if source.API == nil || source.API.Base(before) == source.API.Base(now) {
		return nil
	}
	for _, name := range secretFields(source) {
		if before.Settings[name] != "" && now.Settings[name] != "" && given[name] == "" {
			return incident.Invalidf(name, "this secret was entered for %s; enter it again for %s", source.API.Base(before), source.API.Base(now))
		}
	}
	return nil
}
