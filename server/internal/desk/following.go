package desk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Deliver takes in what a source pushes to the connection that name means, by id or name. It returns once the
// delivery is stored. importers.ErrForged: it is not proven to come from the source, and nothing is kept.
// ErrNotFound: there is no such connection, or its source pushes nothing.
func (d *Desk) Deliver(ctx context.Context, name string, delivery importers.Delivery) error {
	all, err := d.Store.Connections(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(c incident.Connection) bool { return string(c.ID) == name || strings.EqualFold(c.Name, name) })
	if i < 0 {
		return incident.ErrNotFound
	}
	source, err := d.Source(all[i].Source)
	if err != nil || source.Hook == nil {
		return incident.ErrNotFound
	}
	secrets, err := d.WebhookSecrets(all[i])
	if err != nil {
		return err
	}
	key, err := source.Hook.Verify(delivery, secrets[:min(1, len(secrets))])
	older := errors.Is(err, importers.ErrForged) && len(secrets) > 1
	if older {
		key, err = source.Hook.Verify(delivery, secrets[1:])
	}
	if errors.Is(err, importers.ErrForged) {
		return errors.Join(err, d.Inbox.Forged(ctx, all[i].ID))
	}
	if err != nil {
		return err
	}
	header, query := withoutProof(delivery, secrets)
	push := incident.Push{Connection: all[i].ID, Key: key, Header: header, Query: query, Body: delivery.Body}
	if older {
		return d.Inbox.PutByOlder(ctx, push)
	}
	return d.Inbox.Put(ctx, push)
}

// withoutProof returns a delivery's headers and query without what is secret in them: credentials, and every value
// that holds one of the connection's secrets.
func withoutProof(d importers.Delivery, secrets []string) (header, query map[string][]string) {
	tells := func(name string, values []string) bool {
		return name == "Authorization" || name == "Cookie" || slices.ContainsFunc(values, func(v string) bool {
			return slices.ContainsFunc(secrets, func(s string) bool { return s != "" && strings.Contains(v, s) })
		})
	}
	header, query = maps.Clone(map[string][]string(d.Header)), maps.Clone(map[string][]string(d.Query))
	maps.DeleteFunc(header, tells)
	maps.DeleteFunc(query, tells)
	return header, query
}

// Probe proves that a connection's credentials work, and says what they reach.
func (d *Desk) Probe(ctx context.Context, conn incident.Connection) (importers.Scope, error) {
	open, err := d.Unseal(conn)
	if err != nil {
		return importers.Scope{}, err
	}
	return d.Runner.Probe(ctx, open)
}

// Poll queues a run that reads a connection over the network: from since on, or, without bounds, from where the last
// one ended.
func (d *Desk) Poll(ctx context.Context, conn incident.Connection, since, until time.Time, by string) (incident.Run, error) {
	run := d.NewRun(conn, "poll", by)
	run.Since, run.Until = since, until
	return d.Start(ctx, run)
}

// SetFollow says whether a connection is polled and reconciled by itself. It also lets one go on that was paused.
func (d *Desk) SetFollow(ctx context.Context, id incident.ID, follow bool) error {
	conn, err := d.Store.Connection(ctx, id)
	if err != nil {
		return err
	}
	conn.Follow = follow
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutConnection(*conn); err != nil {
			return err
		}
		return tx.Pause(id, time.Time{}, "")
	})
	return err
}

// Pause keeps a connection from being polled until SetFollow lets it go on.
func (d *Desk) Pause(ctx context.Context, id incident.ID, by string) error {
	if _, err := d.Store.Connection(ctx, id); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.Pause(id, d.Now().UTC(), "paused by "+by) })
	return err
}
