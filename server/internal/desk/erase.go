package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// sweeper goes through everything that is stored; the store does.
type sweeper interface {
	Erase(ctx context.Context, e *incident.Eraser, write bool, progress func(table string)) (incident.ErasureReport, error)
	Compact(ctx context.Context) error
}

// Subject is somebody who is to be erased: who they are here, and what they are called.
type Subject struct {
	Name   string // as it was asked for
	People []incident.Person
	Users  []incident.User
	Names  []string // that are replaced: names, addresses, handles
	Notes  []string
}

// ordinary are words that sign-in names often are and texts often have.
var ordinary = []string{"admin", "administrator", "editor", "manager", "viewer", "root", "test", "user", "system", "support", "service", "incident", "oncall"}

const shortestName = 3 // letters and digits

// Subject finds out who is meant by a name, an address, a handle or an id, and what else they are called here; also are more
// spellings. Somebody whom only texts name is found, too.
func (d *Desk) Subject(ctx context.Context, person string, also []string) (Subject, error) {
	s := Subject{Name: strings.TrimSpace(person), Notes: []string{}}
	people, err := d.Store.People(ctx)
	users, err2 := d.Store.Users(ctx)
	if err = errors.Join(err, err2); err != nil {
		return s, err
	}
	called := map[string]bool{strings.ToLower(s.Name): true}
	for range 3 { // an address leads to other names, and these perhaps to another address
		for _, p := range people {
			if called[strings.ToLower(string(p.ID))] || called[strings.ToLower(p.Name)] || p.Email != "" && called[strings.ToLower(p.Email)] {
				s.person(p, called)
			}
		}
		for _, u := range users {
			if called[strings.ToLower(string(u.ID))] || called[u.Name] || called[u.Email] && u.Email != "" || called[strings.ToLower(u.Display)] && u.Display != "" {
				s.user(u, called)
			}
		}
	}
	if len(s.People)+len(s.Users) == 0 {
		s.call(s.Name)
	}
	for _, name := range also {
		s.call(name)
	}
	if len(s.Names) == 0 {
		return s, incident.Invalidf("person", "give a name, an address or a handle of at least %d letters, and no word that every text has", shortestName)
	}
	return s, nil
}

func (s *Subject) person(p incident.Person, called map[string]bool) {
	if slices.ContainsFunc(s.People, func(x incident.Person) bool { return x.ID == p.ID }) {
		return
	}
	s.People = append(s.People, p)
	names := []string{p.Name, p.Email}
	if local, _, isAddress := strings.Cut(p.ExternalID, "@"); isAddress || incident.Slug(p.ExternalID) == incident.Slug(p.Name) || p.Email != "" && strings.HasPrefix(p.Email, local+"@") {
		names = append(names, p.ExternalID)
	}
	for _, name := range names {
		called[strings.ToLower(name)] = name != ""
		s.call(name)
	}
}

func (s *Subject) user(u incident.User, called map[string]bool) {
	if slices.ContainsFunc(s.Users, func(x incident.User) bool { return x.ID == u.ID }) {
		return
	}
	s.Users = append(s.Users, u)
	for _, name := range []string{u.Name, u.Display, u.Email} {
		called[strings.ToLower(name)] = name != ""
		s.call(name)
	}
}

// call adds a name, and two words also the other way round.
func (s *Subject) call(name string) {
	name = strings.TrimSpace(name)
	words := strings.Fields(strings.ReplaceAll(name, ",", " "))
	letters := utf8.RuneCountInString(strings.ReplaceAll(incident.Slug(name), "-", ""))
	switch {
	case name == "" || slices.Contains(s.Names, name):
		return
	case slices.Contains(ordinary, strings.ToLower(name)):
		s.Notes = append(s.Notes, fmt.Sprintf("%q is an ordinary word and stays where texts have it", name))
		return
	case letters < shortestName:
		s.Notes = append(s.Notes, fmt.Sprintf("%q is too short to be told from other words, and stays", name))
		return
	}
	s.Names = append(s.Names, name)
	if len(words) == 2 {
		s.Names = append(s.Names, words[1]+" "+words[0])
	}
}

// erased returns what is kept of the names, and the pseudonym of the whole person.
func (s Subject) erased(salt, code string, erasure incident.ID) (names []incident.ErasedName, pseudonym string) {
	pseudonym = "Erased person " + code
	for _, name := range s.Names {
		n := incident.ErasedName{Pseudonym: pseudonym, Erasure: erasure}
		if strings.Contains(name, "@") {
			n.Pseudonym = "erased-" + code + "@erased.invalid"
		} else if !strings.ContainsAny(name, " ,") {
			n.Pseudonym = "erased-" + code
		}
		var ok bool
		if n.Hash, n.Words, ok = incident.HashName(salt, name); ok {
			names = append(names, n)
		}
	}
	return names, pseudonym
}

// TryErase says what an erasure would rewrite, and rewrites nothing.
func (d *Desk) TryErase(ctx context.Context, s Subject) (incident.ErasureReport, error) {
	names, _ := s.erased("dry run", "preview", "")
	r, err := d.sweeper().Erase(ctx, incident.NewEraser("dry run", names), false, func(string) {})
	r.Accounts, r.Notes = len(s.Users), append(r.Notes, s.Notes...)
	return r, err
}

func (d *Desk) sweeper() sweeper { return d.Store.(sweeper) }

// BeginErase keeps the hashes of somebody's names, so that nothing that is imported from now on brings them back, closes their
// accounts and erases them from the audit log. Sweep does the rest.
func (d *Desk) BeginErase(ctx context.Context, s Subject, by string) (incident.Erasure, error) {
	salt, err := d.Store.Setting(ctx, incident.ErasureSalt)
	fresh := errors.Is(err, incident.ErrNotFound)
	if fresh {
		salt, err = rand.Text(), nil
	}
	if err != nil {
		return incident.Erasure{}, err
	}
	code := strings.TrimPrefix(string(incident.NewID("e")), "e_")[:8]
	e := incident.Erasure{ID: incident.NewID("era"), State: incident.ErasureRunning, BegunAt: d.Now().UTC(), By: by}
	names, pseudonym := s.erased(salt, code, e.ID)
	e.Pseudonym, e.Report = pseudonym, incident.ErasureReport{Pseudonym: pseudonym, Places: map[string]int{}, Accounts: len(s.Users), Notes: s.Notes}
	for _, u := range s.Users {
		if u.Name == by {
			return e, incident.Invalidf("person", "you cannot erase yourself; another administrator can")
		}
	}
	tokens, err := d.Store.Tokens(ctx)
	if err != nil {
		return e, err
	}
	var identities []incident.Identity
	for _, u := range s.Users {
		some, err := d.Store.Identities(ctx, u.ID)
		if err != nil {
			return e, err
		}
		identities = append(identities, some...)
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		for _, i := range identities {
			if err := tx.DeleteIdentity(i.Issuer, i.Subject); err != nil {
				return err
			}
		}
		if fresh {
			if err := tx.PutSetting(incident.ErasureSalt, salt); err != nil {
				return err
			}
		}
		if err := errors.Join(tx.PutErased(names), closeAccounts(tx, s.Users, tokens, code, pseudonym)); err != nil {
			return err
		}
		actors := []incident.ID{""}
		for _, u := range s.Users {
			actors = append(actors, u.ID)
		}
		e.Report.Audit = 0
		for _, actor := range actors {
			n, err := tx.EraseFromAudit(actor, s.Names, pseudonym)
			if err != nil {
				return err
			}
			e.Report.Audit += n
		}
		return tx.PutErasure(e)
	})
	return e, err
}

// closeAccounts disables and renames users, and takes away what they sign in and act with.
func closeAccounts(tx incident.Tx, users []incident.User, tokens []incident.Token, code, pseudonym string) error {
	for i, u := range users {
		u.Name, u.Display, u.Disabled, u.PasswordHash, u.Email = fmt.Sprintf("erased-%s-%d", code, i+1), pseudonym, true, "", ""
		if err := errors.Join(tx.PutUser(u), tx.DeleteSessions(u.ID, ""), tx.PutMemberships(u.ID, nil), tx.DeleteSecondFactor(u.ID)); err != nil {
			return err
		}
		for _, t := range tokens {
			if t.CreatedBy == u.ID || t.Owner == u.ID {
				if err := tx.DeleteToken(t.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Sweep puts pseudonyms in the place of everybody who was erased so far, wherever they are named, and ends the erasure e. It may be
// run again, as after an interruption, or when an old backup was restored.
func (d *Desk) Sweep(ctx context.Context, e incident.Erasure, progress func(table string)) (incident.Erasure, error) {
	ctx = incident.Acting(ctx, incident.Actor{Kind: incident.ActorSystem, ID: "erase"})
	eraser, err := jobs.EraserOf(ctx, d.Store)
	if err != nil {
		return e, err
	}
	r, err := d.sweeper().Erase(ctx, eraser, true, progress)
	if err != nil {
		return e, err
	}
	e.Report.Places, e.Report.Looked = r.Places, r.Looked
	if e.Report.Change, err = d.Store.Head(ctx); err != nil {
		return e, err
	}
	e.Report.Notes = append(slices.Clone(e.Report.Notes), "the search index is built anew at the next start of each server; until then its files may hold what no search finds any more")
	if err := d.sweeper().Compact(ctx); err != nil {
		e.Report.Notes = append(e.Report.Notes, "the files of the database may still hold copies of what was overwritten, for they could not be compacted: run VACUUM")
	}
	e.Report.Notes = append(e.Report.Notes, "backups that were made before still hold the person: delete them, or run hindsight erase --again after restoring one")
	e.State, e.EndedAt = incident.ErasureDone, d.Now().UTC()
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error { return tx.PutErasure(e) })
	return e, err
}
