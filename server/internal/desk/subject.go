package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"hindsight/incident"
)

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
	s.Notes = slices.Compact(s.Notes)
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

// actors are whose entries of the audit log are theirs; those of nobody in particular may name them, too.
func (s Subject) actors() []incident.ID {
	return append([]incident.ID{""}, groupsOf(s.Users, func(u incident.User) incident.ID { return u.ID })...)
}

// Is reports whether a user is among them.
func (s Subject) Is(user incident.ID) bool {
	return slices.ContainsFunc(s.Users, func(u incident.User) bool { return u.ID == user })
}

// Called returns what people call the person: one of the names.
func (s Subject) Called() string {
	for _, u := range s.Users {
		if slices.Contains(s.Names, u.Display) {
			return u.Display
		}
	}
	return s.Names[0]
}

// Confirms reports whether somebody typed one of the names, in any case and with any punctuation.
func (s Subject) Confirms(typed string) bool {
	is, _, ok := incident.HashName("", typed)
	return ok && slices.ContainsFunc(s.Names, func(name string) bool {
		hash, _, _ := incident.HashName("", name)
		return hash == is
	})
}

// words are those of all names but addresses, in lower case.
func (s Subject) words() (out []string) {
	for _, name := range s.Names {
		if !strings.Contains(name, "@") {
			out = append(out, strings.Split(incident.Slug(name), "-")...)
		}
	}
	return out
}

// Digest tells one set of names, people and users from another, so that what was looked at is what is erased.
func (s Subject) Digest() string {
	h := sha256.New()
	for _, name := range s.Names {
		fmt.Fprintf(h, "name %q\n", name)
	}
	for _, p := range s.People {
		fmt.Fprintf(h, "person %q\n", p.ID)
	}
	for _, u := range s.Users {
		fmt.Fprintf(h, "user %q\n", u.ID)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Somebody is a person of a source or a user who is called like what was looked for.
type Somebody struct {
	ID     incident.ID
	Name   string
	Facts  []string // "user, editor", "from PagerDuty", an address
	Erased bool
}

// Whoever finds the people and users whose name, address or handle has a text in it, in any case, by name.
func (d *Desk) Whoever(ctx context.Context, text string) ([]Somebody, error) {
	people, err := d.Store.People(ctx)
	users, err2 := d.Store.Users(ctx)
	conns, err3 := d.Store.Connections(ctx)
	past, err4 := d.Store.Erasures(ctx)
	if err = errors.Join(err, err2, err3, err4); err != nil {
		return nil, err
	}
	from := map[incident.ID]string{}
	for _, c := range conns {
		from[c.ID] = c.Name
	}
	text = strings.ToLower(strings.TrimSpace(text))
	like := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(strings.ToLower(name), text) })
	}
	var out []Somebody
	add := func(id incident.ID, name string, facts ...string) {
		erased := slices.ContainsFunc(past, func(e incident.Erasure) bool { return e.Pseudonym == name })
		out = append(out, Somebody{id, name, slices.DeleteFunc(facts, func(f string) bool { return f == "" || f == name }), erased})
	}
	for _, u := range users {
		if like(u.Name, u.Display, u.Email) {
			add(u.ID, cmp.Or(u.Display, u.Name), "user, "+string(u.Role), u.Name, u.Email)
		}
	}
	for _, p := range people {
		if like(p.Name, p.Email, p.ExternalID) {
			add(p.ID, cmp.Or(p.Name, p.Email, p.ExternalID), "from "+cmp.Or(from[p.Connection], "a connection that was removed"), p.Email)
		}
	}
	slices.SortStableFunc(out, func(a, b Somebody) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, nil
}
