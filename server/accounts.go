package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"hindsight/incident"
	"hindsight/server/internal/auth"
	"hindsight/server/internal/config"
)

// user manages the people who may sign in, and service accounts. Passwords are asked for on the terminal, or read as one line
// from standard input: never given as an argument, which every process list shows.
func user(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	role := fs.String("role", "viewer", "viewer, editor, manager or admin")
	display := fs.String("display", "", "name to show")
	email := fs.String("email", "", "address that notices go to; empty: none")
	service := fs.Bool("service", false, "add a service account, which tokens act for and nobody signs in as")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) == 0 || words[0] != "list" && len(words) != 2 {
		return usage("say user list, or user add NAME, user role NAME --role ROLE, user email NAME --email ADDRESS, user password NAME, user disable NAME, user enable NAME, user reset-factor NAME")
	}
	s, err := p.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	accounts := auth.New(s, p.now)
	switch words[0] {
	case "list":
		return p.listUsers(ctx, s)
	case "add":
		return p.addUser(ctx, accounts, words[1], *display, incident.Role(*role), *service)
	}
	u, err := s.UserByName(ctx, words[1])
	if errors.Is(err, incident.ErrNotFound) {
		return usage("there is no user %q", words[1])
	}
	if err != nil {
		return err
	}
	switch change := (auth.Change{}); words[0] {
	case "password":
		password, err := p.askPassword()
		if err != nil {
			return err
		}
		return accounts.SetPassword(ctx, *u, password, "")
	case "role":
		change.Role = (*incident.Role)(role)
		_, err = accounts.ChangeUser(ctx, u.ID, change)
		return err
	case "email":
		change.Email = email
		_, err = accounts.ChangeUser(ctx, u.ID, change)
		return err
	case "disable", "enable":
		disabled := words[0] == "disable"
		change.Disabled = &disabled
		_, err = accounts.ChangeUser(ctx, u.ID, change)
		return err
	case "reset-factor":
		return auth.NewFactors(accounts, nil, "").Reset(ctx, u.ID, "the command line")
	}
	return usage("there is no user %s; there are add, list, role, email, password, disable, enable and reset-factor", words[0])
}

func (p program) addUser(ctx context.Context, accounts *auth.Service, name, display string, role incident.Role, service bool) error {
	add := func() (*incident.User, error) { return accounts.CreateServiceAccount(ctx, name, display, role) }
	if !service {
		password, err := p.askPassword()
		if err != nil {
			return err
		}
		add = func() (*incident.User, error) { return accounts.CreateUser(ctx, name, display, password, role) }
	}
	u, err := add()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "added %s as %s\n", u.Name, u.Role)
	return nil
}

func (p program) listUsers(ctx context.Context, s incident.Store) error {
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tKIND\tCREATED\tSTATE")
	for _, u := range users {
		state := "active"
		if u.Disabled {
			state = "disabled"
		}
		kind := "person"
		if u.Service {
			kind = "service"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Name, u.Role, kind, u.CreatedAt.Format(time.DateOnly), state)
	}
	return w.Flush()
}

func (p program) askPassword() (string, error) {
	if f, ok := p.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(p.err, "Password: ")
		text, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(p.err)
		return string(text), err
	}
	line, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password from standard input: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}
