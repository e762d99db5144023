package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// longestName of a connection, in bytes.
const longestName = 200

// connectionName returns a name as it is kept, or what is wrong with it.
func connectionName(text string) (string, error) {
	name := strings.Join(strings.Fields(text), " ")
	if name == "" || len(name) > longestName {
		return name, incident.Invalidf("name", "give a name of at most %d characters", longestName)
	}
	return name, nil
}

// Rename gives a connection another name, in the name of by. Its id stays, and so do its incidents and the address that its
// source pushes to. A name that another connection has is ErrInvalid.
func (d *Desk) Rename(ctx context.Context, id incident.ID, text, by string) (incident.Connection, error) {
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return incident.Connection{}, err
	}
	i := slices.IndexFunc(all, func(c incident.Connection) bool { return c.ID == id })
	if i < 0 {
		return incident.Connection{}, fmt.Errorf("desk: connection %s: %w", id, incident.ErrNotFound)
	}
	conn := all[i]
	if conn.Sample {
		return conn, incident.Invalidf("name", "sample data keeps its name, which says where it is from")
	}
	name, err := connectionName(text)
	if err != nil || name == conn.Name {
		return conn, err
	}
	if slices.ContainsFunc(all, func(c incident.Connection) bool { return c.ID != id && c.Name == name }) {
		return conn, incident.Invalidf("name", "there is a connection %q already; give this one another name", name)
	}
	was := conn.Name
	conn.Name = name
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutConnection(conn); err != nil {
			return err
		}
		return tx.PutSetting(renamed(conn.Source, name), string(id))
	})
	if err == nil {
		d.Log.Info("connection renamed", "connection", id, "was", was, "name", name, "by", by)
	}
	return conn, err
}

// renamed is the setting that holds the id of the connection that got a name later than its id.
func renamed(source, name string) string {
	return "renamed." + string(incident.DeriveID("con", source, name))
}

// idFor returns the id of a new connection. The one that had the name before, and was removed, comes back under its own,
// so that its incidents do; one that is called otherwise by now keeps what was derived from the name.
func (d *Desk) idFor(ctx context.Context, all []incident.Connection, source, name string) (incident.ID, error) {
	taken := func(id incident.ID) bool {
		return slices.ContainsFunc(all, func(c incident.Connection) bool { return c.ID == id })
	}
	before, err := d.Store.Setting(ctx, renamed(source, name))
	if err != nil && !errors.Is(err, incident.ErrNotFound) {
		return "", err
	}
	if err == nil && !taken(incident.ID(before)) {
		return incident.ID(before), nil
	}
	id := incident.DeriveID("con", source, name)
	for n := 2; taken(id); n++ {
		id = incident.DeriveID("con", source, name, fmt.Sprint(n))
	}
	return id, nil
}
