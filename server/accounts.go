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

// user manages the people who may sign in. Passwords are asked for on the terminal, or read as one line
// from standard input: never given as an argument, which every process list shows.
func user(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	role := fs.String("role", "viewer", "viewer, editor, manager or admin")
	display := fs.String("display", "", "name to show")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) == 0 || words[0] != "list" && len(words) != 2 {
		return usage("say user list, or user add NAME, user password NAME, user disable NAME, user reset-factor NAME")
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
		password, err := p.askPassword()
		if err != nil {
			return err
		}
		u, err := accounts.CreateUser(ctx, words[1], *display, password, incident.Role(*role))
		if err != nil {
			return err
		}
		fmt.Fprintf(p.out, "added %s as %s\n", u.Name, u.Role)
		return nil
	}
	u, err := s.UserByName(ctx, strings.ToLower(words[1]))
	if errors.Is(err, incident.ErrNotFound) {
		return usage("there is no user %q", words[1])
	}
	if err != nil {
		return err
	}
	switch words[0] {
	case "password":
		password, err := p.askPassword()
		if err != nil {
			return err
		}
		return accounts.SetPassword(ctx, *u, password, "")
	case "disable":
		u.Disabled = true
		_, err := s.Update(ctx, func(tx incident.Tx) error {
			return errors.Join(tx.PutUser(*u), tx.EndSessions(u.ID, "", p.now(), incident.UserDisabled))
		})
		return err
	case "reset-factor":
		return auth.NewFactors(accounts, nil, "").Reset(ctx, u.ID, "the command line")
	}
	return usage("there is no user %s; there are add, list, password, disable and reset-factor", words[0])
}

func (p program) listUsers(ctx context.Context, s incident.Store) error {
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tCREATED\tSTATE")
	for _, u := range users {
		state := "active"
		if u.Disabled {
			state = "disabled"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.CreatedAt.Format(time.DateOnly), state)
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

// token manages API tokens. The secret is printed once, alone on standard output, so that a script can
// keep it.
func token(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	role := fs.String("role", "viewer", "viewer, editor, manager or admin")
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
	switch words[0] {
	case "add":
		secret, _, err := auth.New(s, p.now).CreateToken(ctx, words[1], incident.Role(*role), "", time.Duration(*days)*24*time.Hour)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, secret)
		return nil
	case "remove":
		_, err := s.Update(ctx, func(tx incident.Tx) error { return tx.DeleteToken(incident.ID(words[1])) })
		return err
	case "list":
		return p.listTokens(ctx, s)
	}
	return usage("there is no token %s; there are add, list and remove", words[0])
}

func (p program) listTokens(ctx context.Context, s incident.Store) error {
	tokens, err := s.Tokens(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tROLE\tEXPIRES\tLAST USED")
	for _, t := range tokens {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, t.Role, day(t.ExpiresAt), day(t.UsedAt))
	}
	return w.Flush()
}

func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}
