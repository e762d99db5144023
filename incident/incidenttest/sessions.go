package incidenttest

import (
	"testing"
	"time"

	"hindsight/incident"
)

// testEndedSessions: what was ended says when and why, once, and is not revived by what happens at the same time.
func testEndedSessions(t *testing.T, s incident.Store) {
	ctx, at := t.Context(), Epoch().Add(time.Hour)
	put := func(hash string, user incident.ID) {
		update(t, s, func(tx incident.Tx) error {
			return tx.PutSession(incident.Session{Hash: hash, User: user, CreatedAt: Epoch(), SeenAt: Epoch(), ExpiresAt: Epoch().AddDate(0, 0, 7), Grant: []byte{1}})
		})
	}
	for _, hash := range []string{"a", "b", "c"} {
		put(hash, "usr_1")
	}
	put("d", "usr_2")
	update(t, s, func(tx incident.Tx) error { return tx.EndSession("a", at, incident.SignedOut) })
	update(t, s, func(tx incident.Tx) error {
		return tx.EndSessions("usr_1", "b", at.Add(time.Hour), incident.PasswordChanged)
	})
	update(t, s, func(tx incident.Tx) error { return tx.TouchSession("a", at.Add(2*time.Hour), "192.0.2.1") })
	update(t, s, func(tx incident.Tx) error { return tx.PutGrant("a", []byte{2}) })
	for hash, want := range map[string]incident.Ending{"a": incident.SignedOut, "b": "", "c": incident.PasswordChanged, "d": ""} {
		got := check(s.Session(ctx, hash))(t, "Session")
		if got.Ending != want || got.EndedAt.IsZero() != (want == "") || (got.Grant == nil) != (want != "") || !got.SeenAt.Equal(Epoch()) {
			t.Errorf("session %s = %+v, want one ended as %q", hash, *got, want)
		}
	}
	equal(t, "the first ending stays", check(s.Session(ctx, "a"))(t, "Session").EndedAt, at)
	left := check(s.Sessions(ctx, "usr_1"))(t, "Sessions")
	if len(left) != 1 || left[0].Hash != "b" {
		t.Errorf("Sessions lists %+v, want b alone", left)
	}
}

// testProviderSessions: a provider ends the sessions that it opened, and no others.
func testProviderSessions(t *testing.T, s incident.Store) {
	ctx, at := t.Context(), Epoch().Add(time.Hour)
	const issuer = "https://sso.example.com"
	all := []incident.Session{
		{Hash: "a", Issuer: issuer, Subject: "ada", ProviderSession: "1"}, {Hash: "b", Issuer: issuer, Subject: "ada", ProviderSession: "2"},
		{Hash: "c", Issuer: issuer, Subject: "ada"}, {Hash: "d", Issuer: issuer, Subject: "bob", ProviderSession: "3"},
		{Hash: "e", Issuer: "https://other.example.com", Subject: "ada", ProviderSession: "1"}, {Hash: "f", User: "usr_1"},
		{Hash: "g", Issuer: issuer, Subject: "ada", CreatedAt: at.Add(time.Hour)},
	}
	for _, tc := range []struct{ name, subject, session, ends string }{
		{"a session", "", "1", "a"}, {"a subject", "ada", "", "abc"}, {"a session of a subject", "ada", "2", "bc"},
		{"another's session", "bob", "1", ""}, {"an unknown subject", "eve", "", ""}, {"bytes count", "Ada", "", ""},
	} {
		update(t, s, func(tx incident.Tx) error {
			for _, v := range all {
				if err := tx.PutSession(v); err != nil {
					return err
				}
			}
			n, err := tx.EndProviderSessions(issuer, tc.subject, tc.session, at, at, incident.ProviderEnded)
			equal(t, tc.name+": how many end", n, len(tc.ends))
			return err
		})
		ends := ""
		for _, v := range all {
			if got := check(s.Session(ctx, v.Hash))(t, "Session"); !got.EndedAt.IsZero() {
				ends += got.Hash
			}
		}
		equal(t, tc.name+": which end", ends, tc.ends)
	}
	_, err := s.Update(ctx, func(tx incident.Tx) error {
		_, err := tx.EndProviderSessions(issuer, "", "", at, at, incident.ProviderEnded)
		return err
	})
	fails(t, "EndProviderSessions of nobody", err, incident.ErrInvalid)
}

// testClaims: of several that want to ask the provider at once, one does.
func testClaims(t *testing.T, s incident.Store) {
	claim := func(before, at time.Time) (yes bool) {
		update(t, s, func(tx incident.Tx) (err error) {
			yes, err = tx.ClaimCheck("a", before, at)
			return err
		})
		return yes
	}
	update(t, s, func(tx incident.Tx) error { return tx.PutSession(incident.Session{Hash: "a", User: "usr_1"}) })
	now := Epoch()
	equal(t, "the first claim", claim(now, now), true)
	equal(t, "a second for the same check", claim(now, now), false)
	equal(t, "one for the next check", claim(now.Add(time.Minute), now.Add(time.Minute)), true)
	update(t, s, func(tx incident.Tx) error { return tx.EndSession("a", now, incident.SignedOut) })
	equal(t, "one of an ended session", claim(now.Add(time.Hour), now.Add(time.Hour)), false)
}

func testIdentities(t *testing.T, s incident.Store) {
	ctx := t.Context()
	ada := incident.Identity{Issuer: "https://sso.example.com", Subject: "Ada|1", User: "usr_1", Email: "ada@example.com", CreatedAt: Epoch()}
	scim := incident.Identity{Issuer: incident.BySCIM, Subject: "42", User: "usr_1", CreatedAt: Epoch()}
	bob := incident.Identity{Issuer: incident.BySCIM, Subject: "43", User: "usr_2", CreatedAt: Epoch()}
	write := func(i incident.Identity) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutIdentity(i) })
		return err
	}
	for _, i := range []incident.Identity{scim, ada, bob} {
		if err := write(i); err != nil {
			t.Fatalf("PutIdentity(%+v): %v", i, err)
		}
	}
	stolen := ada
	stolen.User = "usr_2"
	fails(t, "PutIdentity of another user's", write(stolen), incident.ErrConflict)
	for _, subject := range []string{"", "Ada|1\x00", "Ada\xff"} {
		fails(t, "PutIdentity without a subject that can be stored", write(incident.Identity{Issuer: ada.Issuer, Subject: subject, User: "usr_2"}), incident.ErrInvalid)
	}
	ada.SeenAt, ada.Email = Epoch().Add(time.Hour), "ada@example.org"
	if err := write(ada); err != nil {
		t.Errorf("PutIdentity again: %v", err)
	}
	equal(t, "Identity", check(s.Identity(ctx, ada.Issuer, ada.Subject))(t, "Identity"), &ada)
	for _, subject := range []string{"ada|1", "Ada|1 ", "Ada"} {
		_, err := s.Identity(ctx, ada.Issuer, subject)
		fails(t, "Identity of "+subject, err, incident.ErrNotFound)
	}
	equal(t, "Identities of a user", check(s.Identities(ctx, "usr_1"))(t, "Identities"), []incident.Identity{ada, scim})
	equal(t, "Identities of all", check(s.Identities(ctx, ""))(t, "Identities"), []incident.Identity{ada, scim, bob})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteIdentity(ada.Issuer, ada.Subject) })
	_, err := s.Identity(ctx, ada.Issuer, ada.Subject)
	fails(t, "Identity after DeleteIdentity", err, incident.ErrNotFound)
}

func testDevices(t *testing.T, s incident.Store) {
	known := func(user incident.ID, hash string) bool {
		return check(s.KnownDevice(t.Context(), user, hash))(t, "KnownDevice")
	}
	update(t, s, func(tx incident.Tx) error { return tx.PutDevice("usr_1", "a", Epoch()) })
	equal(t, "the user's", known("usr_1", "a"), true)
	equal(t, "another user's", known("usr_2", "a"), false)
	equal(t, "an unknown one", known("usr_1", "b"), false)
	update(t, s, func(tx incident.Tx) error { return tx.SweepDevices(Epoch()) })
	equal(t, "one seen since", known("usr_1", "a"), true)
	update(t, s, func(tx incident.Tx) error { return tx.SweepDevices(Epoch().Add(time.Second)) })
	equal(t, "one not seen since", known("usr_1", "a"), false)
}
