package desk

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/seal"
	"hindsight/server/internal/store/storetest"
)

const (
	oldKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
	newKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// pager is a source with a secret, at an address that a setting gives.
func pager() importers.Source {
	return importers.Source{Name: "pager", Title: "Pager",
		Settings: []importers.Field{{Name: "address", Required: true}, {Name: "token", Required: true, Secret: true}, {Name: "extra", Secret: true}},
		API:      &importers.API{Base: func(c importers.Config) string { return c.Settings["address"] }}}
}

// locked is a desk that knows the pager and has keys.
func locked(t *testing.T, store incident.Store, keys string) *Desk {
	t.Helper()
	ring, err := seal.ParseKeys(keys, "HINDSIGHT_SECRET_KEY")
	if err != nil {
		t.Fatal(err)
	}
	safe, err := seal.OpenSafe(ring, t.TempDir(), false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return &Desk{Store: store, Sources: []importers.Source{pager()}, Safe: safe, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
}

func (d *Desk) connect(t *testing.T, settings map[string]string, forget ...string) incident.Connection {
	t.Helper()
	if _, err := d.Connect(t.Context(), Plan{Source: "pager", Settings: settings, Forget: forget}); err != nil {
		t.Fatalf("Connect(%v): %v", settings, err)
	}
	conn, err := d.ConnectionNamed(t.Context(), "pager")
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// holds fails unless the secrets of a connection are these, and only sealed in what is stored.
func (d *Desk) holds(t *testing.T, conn incident.Connection, token, extra string) {
	t.Helper()
	clear, err := d.Unseal(conn)
	if err != nil {
		t.Fatalf("Unseal: %v", err)
	}
	if clear.Settings["token"] != token || clear.Settings["extra"] != extra || clear.Settings["address"] != conn.Settings["address"] {
		t.Errorf("unsealed, the settings are %v; want token %q, extra %q", clear.Settings, token, extra)
	}
	if conn.Settings["token"]+conn.Settings["extra"] != "" || bytes.Contains(conn.Secret, []byte("s3cr3t")) {
		t.Errorf("secrets are stored in clear: %v, %q", conn.Settings, conn.Secret)
	}
}

func TestSecretsAreKeptChangedAndForgotten(t *testing.T) {
	d := locked(t, storetest.SQLite(t), oldKey)
	const home = "https://pager.example.com"
	conn := d.connect(t, map[string]string{"address": home, "token": " s3cr3t-1\n", "extra": "s3cr3t-2"})
	d.holds(t, conn, "s3cr3t-1", "s3cr3t-2")
	version := conn.MapVersion

	conn = d.connect(t, map[string]string{"token": "", "extra": " "})
	d.holds(t, conn, "s3cr3t-1", "s3cr3t-2")
	conn = d.connect(t, map[string]string{"token": "s3cr3t-3"}, "extra")
	d.holds(t, conn, "s3cr3t-3", "")
	if conn.MapVersion != version {
		t.Errorf("a changed secret counts as a changed mapping: version %d, want %d", conn.MapVersion, version)
	}
	if names, err := d.SecretNames(conn); err != nil || !slices.Equal(names.Settings, []string{"token"}) || names.Webhook != 0 {
		t.Errorf("SecretNames = %+v, %v", names, err)
	}
	if _, err := d.SetMapping(t.Context(), conn.ID, nil, map[string]string{"extra": "s3cr3t-4"}, "admin"); err != nil {
		t.Fatalf("SetMapping: %v", err)
	}
	stored, err := d.Store.Connection(t.Context(), conn.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.holds(t, *stored, "s3cr3t-3", "s3cr3t-4")

	for _, tc := range []struct {
		name string
		plan Plan
		want string
	}{
		{"a secret that the source needs", Plan{Source: "pager", Forget: []string{"token"}}, "Pager needs this setting"},
		{"no such secret", Plan{Source: "pager", Forget: []string{"address"}}, "Pager has no such secret"},
		{"a kept secret to another server", Plan{Source: "pager", Settings: map[string]string{"address": "https://elsewhere.example.org"}}, "this secret was entered for " + home},
		{"one of two kept", Plan{Source: "pager", Settings: map[string]string{"address": "https://elsewhere.example.org", "token": "x"}}, "this secret was entered for " + home},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := d.Connect(t.Context(), tc.plan)
			if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("Connect: %v, want ErrInvalid with %q", err, tc.want)
			}
		})
	}
	conn = d.connect(t, map[string]string{"address": "https://elsewhere.example.org", "token": "s3cr3t-5"}, "extra")
	d.holds(t, conn, "s3cr3t-5", "")
}

func TestKeysAreReplaced(t *testing.T) {
	store := storetest.SQLite(t)
	conn := locked(t, store, oldKey).connect(t, map[string]string{"address": "https://pager.example.com", "token": "s3cr3t-1"})
	both, alone := locked(t, store, newKey+","+oldKey), locked(t, store, newKey)

	n, err := alone.Reseal(t.Context())
	if n != 0 || !errors.Is(err, seal.ErrSealed) || !strings.Contains(err.Error(), `connection "pager"`) {
		t.Errorf("without the old key, Reseal = %d, %v", n, err)
	}
	_, err = alone.Connect(t.Context(), Plan{Source: "pager", Settings: map[string]string{"token": "s3cr3t-2"}})
	if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), "not among the keys in HINDSIGHT_SECRET_KEY") {
		t.Errorf("without the old key, a plan that would lose a secret: %v", err)
	}
	if n, err := both.Reseal(t.Context()); n != 1 || err != nil {
		t.Errorf("Reseal = %d, %v", n, err)
	}
	if n, err := alone.CheckSecrets(t.Context()); n != 1 || err != nil {
		t.Errorf("after that the new key alone opens %d, %v", n, err)
	}
	stored, err := store.Connection(t.Context(), conn.ID)
	if err != nil {
		t.Fatal(err)
	}
	alone.holds(t, *stored, "s3cr3t-1", "")

	lost := locked(t, store, oldKey) // the new key is lost: everything has to be entered again, and can be
	conn = lost.connect(t, map[string]string{"token": "s3cr3t-6"}, "extra")
	lost.holds(t, conn, "s3cr3t-6", "")

	moved := conn
	moved.ID = "con_other"
	if _, err := lost.Unseal(moved); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("the secret opens in another connection: %v", err)
	}
}

func TestTwoWebhookSecretsAreGoodAtATime(t *testing.T) {
	ctx := t.Context()
	d := locked(t, storetest.SQLite(t), oldKey)
	conn := d.connect(t, map[string]string{"address": "https://pager.example.com", "token": "s3cr3t-1"})
	good := func(want ...string) {
		t.Helper()
		stored, err := d.Store.Connection(ctx, conn.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.WebhookSecrets(*stored); err != nil || !slices.Equal(got, want) {
			t.Errorf("WebhookSecrets = %q, %v; want %q", got, err, want)
		}
		d.holds(t, *stored, "s3cr3t-1", "")
	}
	good()
	random, err := d.AddWebhookSecret(ctx, conn.ID, "")
	if err != nil || len(random) < 26 { // 128 bits in base32
		t.Fatalf("AddWebhookSecret = %q, %v", random, err)
	}
	good(random)
	for _, secret := range []string{"second one", "third one", "third one"} {
		if _, err := d.AddWebhookSecret(ctx, conn.ID, secret); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.AddWebhookSecret(ctx, conn.ID, "short"); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("AddWebhookSecret of five characters = %v, want it refused", err)
	}
	good("third one", "second one")
	if err := d.DropWebhookSecret(ctx, conn.ID); err != nil {
		t.Fatal(err)
	}
	good("third one")
	if err := d.DropWebhookSecret(ctx, conn.ID); !errors.Is(err, incident.ErrConflict) {
		t.Errorf("dropping the only one: %v, want ErrConflict", err)
	}
	d.connect(t, map[string]string{"extra": ""})
	good("third one")
}
