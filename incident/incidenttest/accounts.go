package incidenttest

import (
	"errors"
	"testing"
	"time"

	"hindsight/incident"
)

func testUsers(t *testing.T, s incident.Store) {
	ctx := t.Context()
	ada := incident.User{ID: "usr_1", Name: "ada", Display: "Ada", Email: "ada@example.com", Role: incident.Admin, PasswordHash: "$argon2id$v=19$…", CreatedAt: Epoch(), SeenAt: Epoch().Add(time.Minute)}
	bob := incident.User{ID: "usr_2", Name: "bob", Role: incident.Viewer, Disabled: true}
	write := func(u incident.User) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutUser(u) })
		return err
	}
	for _, u := range []incident.User{bob, ada} {
		if err := write(u); err != nil {
			t.Fatalf("PutUser(%s): %v", u.Name, err)
		}
	}
	equal(t, "Users by name", check(s.Users(ctx))(t, "Users"), []incident.User{ada, bob})
	equal(t, "User", check(s.User(ctx, ada.ID))(t, "User"), &ada)
	equal(t, "UserByName", check(s.UserByName(ctx, "ADA"))(t, "UserByName"), &ada)
	fails(t, "PutUser with a name that is taken", write(incident.User{ID: "usr_3", Name: "Bob"}), incident.ErrConflict)
	bob.Disabled = false
	if err := write(bob); err != nil {
		t.Errorf("PutUser again: %v", err)
	}
	equal(t, "User after an update", check(s.User(ctx, bob.ID))(t, "User"), &bob)
}

func testMemberships(t *testing.T, s incident.Store) {
	ctx := t.Context()
	belong := func(user incident.ID, teams ...incident.ID) {
		if seq := update(t, s, func(tx incident.Tx) error { return tx.PutMemberships(user, teams) }); seq != 0 {
			t.Errorf("PutMemberships took number %d of the feed, want none", seq)
		}
	}
	belong("usr_1", "tea_b", "tea_a", "tea_b", "")
	belong("usr_2", "tea_a")
	equal(t, "Memberships, by team", check(s.Memberships(ctx))(t, "Memberships"), []incident.Membership{{Team: "tea_a", User: "usr_1"}, {Team: "tea_a", User: "usr_2"}, {Team: "tea_b", User: "usr_1"}})
	equal(t, "TeamsOf", check(s.TeamsOf(ctx, "usr_1"))(t, "TeamsOf"), []incident.ID{"tea_a", "tea_b"})
	belong("usr_1", "tea_c")
	equal(t, "TeamsOf after they were replaced", check(s.TeamsOf(ctx, "usr_1"))(t, "TeamsOf"), []incident.ID{"tea_c"})
	belong("usr_1")
	equal(t, "TeamsOf after the last was left", len(check(s.TeamsOf(ctx, "usr_1"))(t, "TeamsOf")), 0)
	equal(t, "teams of others", check(s.TeamsOf(ctx, "usr_2"))(t, "TeamsOf"), []incident.ID{"tea_a"})
	equal(t, "teams of nobody", len(check(s.TeamsOf(ctx, "usr_none"))(t, "TeamsOf")), 0)
}

func testSessions(t *testing.T, s incident.Store) {
	ctx := t.Context()
	session := func(hash string, user incident.ID) incident.Session {
		return incident.Session{Hash: hash, User: user, CreatedAt: Epoch(), SeenAt: Epoch(), ExpiresAt: Epoch().AddDate(0, 0, 7), Agent: "<browser>"}
	}
	update(t, s, func(tx incident.Tx) error {
		for _, v := range []incident.Session{session("a", "usr_1"), session("b", "usr_1"), session("c", "usr_1"), session("d", "usr_2")} {
			if err := tx.PutSession(v); err != nil {
				return err
			}
		}
		return nil
	})
	left := func() string {
		hashes := ""
		for _, h := range []string{"a", "b", "c", "d"} {
			if v, err := s.Session(ctx, h); err == nil {
				hashes += v.Hash
			}
		}
		return hashes
	}
	seen := session("a", "usr_1")
	seen.SeenAt, seen.Address = Epoch().Add(time.Hour), "192.0.2.1"
	update(t, s, func(tx incident.Tx) error { return tx.TouchSession("a", seen.SeenAt, seen.Address) })
	equal(t, "Session after a visit", check(s.Session(ctx, "a"))(t, "Session"), &seen)
	update(t, s, func(tx incident.Tx) error { return tx.SweepSessions(Epoch().Add(time.Minute)) })
	equal(t, "sessions after a sweep of those not seen since", left(), "a")
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutSession(session("b", "usr_1")), tx.PutSession(session("d", "usr_2")))
	})
	update(t, s, func(tx incident.Tx) error { return tx.DeleteSessions("usr_1", "b") })
	equal(t, "sessions after DeleteSessions of all but b", left(), "bd")
}

func testTokens(t *testing.T, s incident.Store) {
	ctx := t.Context()
	old := incident.Token{ID: "tok_1", Name: "deploys", Hash: "h1", Prefix: "hst_abcd", Owner: "usr_1", Abilities: []incident.Ability{incident.Read, incident.SeePrivate}, CreatedBy: "usr_1", CreatedAt: Epoch(), ExpiresAt: Epoch().AddDate(1, 0, 0)}
	recent := incident.Token{ID: "tok_2", Name: "wall", Hash: "h2", CreatedAt: Epoch().Add(time.Hour)}
	write := func(v incident.Token) error {
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.PutToken(v) })
		return err
	}
	for _, v := range []incident.Token{old, recent} {
		if err := write(v); err != nil {
			t.Fatalf("PutToken(%s): %v", v.Name, err)
		}
	}
	equal(t, "Tokens, newest first", check(s.Tokens(ctx))(t, "Tokens"), []incident.Token{recent, old})
	old.UsedAt, old.UsedFrom = Epoch().Add(2*time.Hour), "192.0.2.7"
	update(t, s, func(tx incident.Tx) error { return tx.TouchToken(old.ID, old.UsedAt, old.UsedFrom) })
	equal(t, "TokenByHash", check(s.TokenByHash(ctx, "h1"))(t, "TokenByHash"), &old)
	equal(t, "Token", check(s.Token(ctx, old.ID))(t, "Token"), &old)
	fails(t, "PutToken with a hash that is taken", write(incident.Token{ID: "tok_3", Hash: "h1"}), incident.ErrConflict)
	update(t, s, func(tx incident.Tx) error { return tx.DeleteToken(old.ID) })
	update(t, s, func(tx incident.Tx) error { return tx.TouchToken(old.ID, Epoch(), "") })
	_, err := s.TokenByHash(ctx, "h1")
	fails(t, "TokenByHash after DeleteToken, though it was used meanwhile", err, incident.ErrNotFound)
}

func testAdministrators(t *testing.T, s incident.Store) {
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutUser(incident.User{ID: "usr_1", Name: "a", Role: incident.Admin}), tx.PutUser(incident.User{ID: "usr_2", Name: "b", Role: incident.Editor}),
			tx.PutUser(incident.User{ID: "usr_3", Name: "c", Role: incident.Admin, Disabled: true}), tx.PutUser(incident.User{ID: "usr_4", Name: "d", Role: incident.Admin, Service: true}))
	})
	update(t, s, func(tx incident.Tx) error {
		ids, err := tx.Administrators()
		equal(t, "Administrators", ids, []incident.ID{"usr_1"})
		return err
	})
	equal(t, "a service account", check(s.User(t.Context(), "usr_4"))(t, "User").Service, true)
}

func testSettings(t *testing.T, s incident.Store) {
	for _, value := range []string{"first", "", "last"} {
		update(t, s, func(tx incident.Tx) error { return tx.PutSetting("title", value) })
		got, err := s.Setting(t.Context(), "title")
		if err != nil || got != value {
			t.Errorf("Setting = %q, %v, want %q", got, err, value)
		}
	}
	update(t, s, func(tx incident.Tx) error {
		return errors.Join(tx.PutSetting("quota.old", "2026-01-01"), tx.PutSetting("quota.new", "2026-01-02"), tx.PutSetting("quotas", "2026-01-01"),
			tx.SweepSettings("quota.", "2026-01-02"))
	})
	for key, want := range map[string]error{"quota.old": incident.ErrNotFound, "quota.new": nil, "quotas": nil, "title": nil} {
		if _, err := s.Setting(t.Context(), key); !errors.Is(err, want) {
			t.Errorf("after a sweep of quota., %s: %v, want %v", key, err, want)
		}
	}
}

func testClose(t *testing.T, s incident.Store) {
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := s.Update(t.Context(), func(incident.Tx) error { return nil }); err == nil {
		t.Error("Update after Close succeeded, want an error")
	}
}
