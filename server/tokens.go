package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
)

// token manages API tokens. The secret is printed once, alone on standard output, so that a script can
// keep it.
func token(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	owner := fs.String("for", "", "user or service account that the token acts for; without it a service account of the token's name, which is made")
	role := fs.String("role", "viewer", "of the service account that is made: viewer, editor, manager or admin")
	may := fs.String("may", "", "abilities with commas between them, such as read,write; without it all that the role of the owner has, but for private")
	days := fs.Int("days", 90, "days until it expires; 0: never")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) == 0 || words[0] != "list" && len(words) != 2 {
		return usage("say token list, token add NAME, or token remove ID")
	}
	s, err := p.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	accounts := auth.New(s, p.now)
	switch words[0] {
	case "add":
		n := auth.NewToken{Name: words[1], Lasts: time.Duration(*days) * 24 * time.Hour, Grants: incident.Abilities}
		if n.Owner, err = actor(ctx, s, accounts, *owner, words[1], incident.Role(*role)); err != nil {
			return err
		}
		n.Abilities = abilities(*may, n.Owner.Role)
		secret, _, err := accounts.CreateToken(ctx, n)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, secret)
		return nil
	case "remove":
		return accounts.Revoke(ctx, incident.ID(words[1]), "")
	case "list":
		return p.listTokens(ctx, s)
	}
	return usage("there is no token %s; there are add, list and remove", words[0])
}

// actor returns whom a token is to act for: the user of that name, or a service account named after the token, with a role.
func actor(ctx context.Context, s incident.Store, accounts *auth.Service, owner, token string, role incident.Role) (incident.User, error) {
	name := owner
	if name == "" {
		name = incident.Slug(token)
	}
	u, err := s.UserByName(ctx, name)
	switch {
	case err == nil && owner == "" && !u.Service:
		return incident.User{}, usage("%s is a person; say --for %s if the token is to act for them, or give it another name", u.Name, u.Name)
	case err == nil && owner == "" && u.Role != role:
		return incident.User{}, usage("the service account %s has the role %s; say --role %s, or --for %s", u.Name, u.Role, u.Role, u.Name)
	case err == nil && u.Disabled:
		return incident.User{}, usage("%s is disabled; hindsight user enable %s lets it act again", u.Name, u.Name)
	case err == nil:
		return *u, nil
	case !errors.Is(err, incident.ErrNotFound):
		return incident.User{}, err
	case owner != "":
		return incident.User{}, usage("there is no user %q", owner)
	}
	u, err = accounts.CreateServiceAccount(ctx, name, token, role)
	if err != nil {
		return incident.User{}, fmt.Errorf("add the service account %q that the token acts for: %w", name, err)
	}
	return *u, nil
}

// abilities reads a list; an empty one is all that a role has. Seeing what is private is given by name alone.
func abilities(list string, role incident.Role) []incident.Ability {
	var out []incident.Ability
	if list == "" {
		for _, a := range role.Abilities() {
			if a != incident.SeePrivate {
				out = append(out, a)
			}
		}
		return out
	}
	for word := range strings.SplitSeq(list, ",") {
		out = append(out, incident.Ability(strings.TrimSpace(word)))
	}
	return out
}

func (p program) listTokens(ctx context.Context, s incident.Store) error {
	tokens, err := s.Tokens(ctx)
	if err != nil {
		return err
	}
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	names := map[incident.ID]string{"": "nobody"}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tBEGINS\tFOR\tMAY\tEXPIRES\tLAST USED\tFROM")
	for _, t := range tokens {
		words := make([]string, len(t.Abilities))
		for i, a := range t.Abilities {
			words[i] = string(a)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Prefix, names[t.Owner], strings.Join(words, ","), day(t.ExpiresAt), day(t.UsedAt), t.UsedFrom)
	}
	return w.Flush()
}
