package main

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
)

// TestGroupsLeaveAnAdministratorWithAPassword: of administrators who have passwords, and whose groups at the provider make them viewers,
// one keeps the role, even if all sign in at once.
func TestGroupsLeaveAnAdministratorWithAPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, in installation) {
		s := in.serve(t, false, false)
		store, accounts := s.app.Desk.Store, s.app.Desk.Auth
		joining := auth.Joining{Roles: []auth.GroupRole{{Group: "staff", Role: incident.Viewer}}}
		for round := range 5 {
			var vouched []auth.Vouched
			for _, name := range []string{"ann", "ben", "cas"} {
				name += string(rune('a' + round))
				u, err := accounts.CreateUser(t.Context(), name, "", password, incident.Admin)
				if err != nil {
					t.Fatal(err)
				}
				v := auth.Vouched{By: "Example Login", Issuer: "https://login.example.com", Subject: name, Name: name, Groups: []string{"staff"}}
				if err := accounts.Link(t.Context(), u.ID, v); err != nil {
					t.Fatal(err)
				}
				vouched = append(vouched, v)
			}
			demote(t, store, vouched)
			var all sync.WaitGroup
			for _, v := range vouched { // each on a replica of its own
				all.Go(func() {
					if _, err := auth.New(store, time.Now).Welcome(t.Context(), joining, v); err != nil {
						t.Errorf("Welcome(%s): %v", v.Name, err)
					}
				})
			}
			all.Wait()
			if n := localAdministrators(t, store); n != 1 {
				t.Fatalf("round %d leaves %d administrators with a password, want 1", round, n)
			}
		}
	})
}

// demote takes the role from administrators of earlier rounds.
func demote(t *testing.T, store incident.Store, but []auth.Vouched) {
	t.Helper()
	users, err := store.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Update(t.Context(), func(tx incident.Tx) (err error) {
		for _, u := range users {
			if !slices.ContainsFunc(but, func(v auth.Vouched) bool { return v.Name == u.Name }) {
				u.Role = incident.Viewer
				err = errors.Join(err, tx.PutUser(u))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func localAdministrators(t *testing.T, store incident.Store) (n int) {
	t.Helper()
	users, err := store.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range users {
		if u.Role == incident.Admin && u.PasswordHash != "" && !u.Disabled {
			n++
		}
	}
	return n
}
