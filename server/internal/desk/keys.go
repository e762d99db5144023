package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"hindsight/incident"
)

// WebhookSecrets returns the secrets that prove pushes to a connection, the newest first: none, one, or two while
// one is being replaced.
func (d *Desk) WebhookSecrets(conn incident.Connection) ([]string, error) {
	held, err := d.open(conn)
	var out []string
	for _, name := range []string{webhookNewest, webhookOlder} {
		if held[name] != "" {
			out = append(out, held[name])
		}
	}
	return out, err
}

// AddWebhookSecret makes secret, which some sources draw themselves, or a random one when it is empty, the newest of a connection's webhook secrets and
// returns it. The one before stays good until DropWebhookSecret or the next call, so that the source can be changed in
// between.
func (d *Desk) AddWebhookSecret(ctx context.Context, id incident.ID, secret string) (string, error) {
	switch secret = strings.TrimSpace(secret); {
	case secret == "":
		secret = rand.Text()
	case len(secret) < 8 || len(secret) > 500:
		return "", incident.Invalidf("secret", "a secret has between 8 and 500 characters")
	}
	err := d.changeSecrets(ctx, id, func(held map[string]string) error {
		if now := held[webhookNewest]; now != "" && now != secret {
			held[webhookOlder] = now
		}
		held[webhookNewest] = secret
		return nil
	})
	if err != nil {
		return "", err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutSetting(incident.OlderSecretUsed(id), "") })
	return secret, err
}

// OlderSecretUsed returns when the older of two webhook secrets last proved a delivery, since the newer one was made; the zero
// time: it did not.
func (d *Desk) OlderSecretUsed(ctx context.Context, id incident.ID) (time.Time, error) {
	text, err := d.Store.Setting(ctx, incident.OlderSecretUsed(id))
	if errors.Is(err, incident.ErrNotFound) || err == nil && text == "" {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, text)
}

// DropWebhookSecret ends the older of two webhook secrets. ErrConflict: there are not two.
func (d *Desk) DropWebhookSecret(ctx context.Context, id incident.ID) error {
	return d.changeSecrets(ctx, id, func(held map[string]string) error {
		if held[webhookOlder] == "" {
			return fmt.Errorf("desk: connection %s has no older webhook secret: %w", id, incident.ErrConflict)
		}
		delete(held, webhookOlder)
		return nil
	})
}

// changeSecrets opens the secrets of a connection as it is now, lets f change them, and seals them with the first key.
func (d *Desk) changeSecrets(ctx context.Context, id incident.ID, f func(held map[string]string) error) error {
	conn, err := d.Store.Connection(ctx, id)
	if err != nil {
		return err
	}
	held, err := d.open(*conn)
	if err != nil {
		return err
	}
	if err := f(held); err != nil {
		return err
	}
	if err := d.seal(conn, held); err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutConnection(*conn) })
	return err
}

// Reseal seals the secrets of every connection again, with the first key, and returns of how many. Those that cannot be
// opened are left as they are and named in the error.
func (d *Desk) Reseal(ctx context.Context) (int, error) {
	return d.eachSealed(ctx, func(conn incident.Connection) error {
		return d.changeSecrets(ctx, conn.ID, func(map[string]string) error { return nil })
	})
}

// CheckSecrets opens the secrets of every connection and returns how many have any that can be opened. The error names
// the others.
func (d *Desk) CheckSecrets(ctx context.Context) (int, error) {
	return d.eachSealed(ctx, func(conn incident.Connection) error {
		_, err := d.open(conn)
		return err
	})
}

// eachSealed calls f with every connection that has secrets, and returns how often it went well.
func (d *Desk) eachSealed(ctx context.Context, f func(incident.Connection) error) (n int, err error) {
	all, err := d.Store.Connections(ctx)
	for _, conn := range all {
		if len(conn.Secret) == 0 {
			continue
		}
		if failed := f(conn); failed != nil {
			err = errors.Join(err, failed)
		} else {
			n++
		}
	}
	return n, err
}
