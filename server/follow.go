package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"hindsight/incident"
	"hindsight/reports"
	"hindsight/server/internal/api"
	"hindsight/server/internal/app"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// followConnection says whether a connection is polled and compared by itself. A server does that.
func followConnection(ctx context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 2 || words[1] != "on" && words[1] != "off" {
		return usage("say which connection, and on or off: hindsight follow NAME on")
	}
	return p.withConnection(ctx, cfg, words[0], func(a *app.App, conn incident.Connection) error {
		source, err := a.Desk.Source(conn.Source)
		if err != nil {
			return err
		}
		if source.API == nil {
			return &exitCode{2, source.Title + " is not read over the network"}
		}
		if err := a.Desk.SetFollow(ctx, conn.ID, words[1] == "on"); err != nil {
			return err
		}
		if words[1] == "off" {
			fmt.Fprintf(p.out, "%s is read only when somebody asks for it\n", conn.Name)
			return nil
		}
		fmt.Fprintf(p.out, "%s is followed by every server on this database\n", conn.Name)
		if h, err := a.Desk.Store.Health(ctx, conn.ID); err != nil || h.PolledAt.IsZero() {
			fmt.Fprintf(p.out, "  once it has been read to its end: hindsight import %s --name %q\n", conn.Source, conn.Name)
			return err
		}
		return nil
	})
}

// renameConnection gives a connection another name.
func renameConnection(ctx context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 2 {
		return usage("say which connection, and its new name: hindsight rename jira \"Jira of Operations\"")
	}
	return p.withConnection(ctx, cfg, words[0], func(a *app.App, conn incident.Connection) error {
		now, err := a.Desk.Rename(ctx, conn.ID, words[1], "command line")
		if err == nil {
			fmt.Fprintf(p.out, "%s is called %s from now on\n", conn.Name, now.Name)
		}
		return err
	})
}

// webhookSecret makes a secret and prints it, this once. The one before stays good until the next is made.
func webhookSecret(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	end := fs.Bool("end-older", false, "end the older of two secrets, and make none")
	from := fs.String("secret-file", "", "file with a secret that the source made itself; default: one is drawn")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	var own []byte
	if *from != "" {
		if own, err = os.ReadFile(*from); err != nil {
			return err
		}
	}
	if len(words) != 1 {
		return usage("say which connection: hindsight webhook NAME")
	}
	return p.withConnection(ctx, cfg, words[0], func(a *app.App, conn incident.Connection) error {
		source, err := a.Desk.Source(conn.Source)
		if err != nil {
			return err
		}
		if source.Hook == nil {
			return &exitCode{2, source.Title + " pushes nothing"}
		}
		if *end {
			if err := a.Desk.DropWebhookSecret(ctx, conn.ID); err != nil {
				return err
			}
			fmt.Fprintln(p.out, "the older secret is not good any more")
			return nil
		}
		secret, err := a.Desk.AddWebhookSecret(ctx, conn.ID, string(own))
		if errors.Is(err, incident.ErrInvalid) {
			return &exitCode{2, err.Error()}
		}
		if err != nil {
			return err
		}
		if len(own) > 0 {
			secret = "the secret that is kept now"
		}
		address := strings.TrimRight(cfg.BaseURL, "/") + "/hooks/" + string(conn.ID)
		fmt.Fprintln(p.out, strings.NewReplacer("{url}", address, "{secret}", secret).Replace(source.Hook.Setup))
		return nil
	})
}

// withConnection opens the database and does something with the connection that a name means.
func (p program) withConnection(ctx context.Context, cfg config.Config, name string, do func(*app.App, incident.Connection) error) error {
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	conn, err := a.Desk.ConnectionNamed(ctx, name)
	if err != nil {
		return &exitCode{2, err.Error()}
	}
	return do(a, conn)
}

// foresee prints what mapping the stored records of a connection again would change.
func (p program) foresee(ctx context.Context, a *app.App, conn incident.Connection, asJSON bool) error {
	f, err := a.Desk.Foresee(ctx, conn, 0, incident.Sight{All: true})
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(p.out).Encode(api.ForecastOf(f))
	}
	for _, field := range slices.Sorted(maps.Keys(f.Changes)) {
		fmt.Fprintf(p.out, "  %s: %d incidents\n", field, f.Changes[field])
	}
	for _, m := range f.Figures {
		fmt.Fprintf(p.out, "  %s, %s: %s → %s\n", m.Title, m.Period, figure(m.Value, m.Before), figure(m.Value, m.After))
	}
	return p.reportImport(f.Outcome, false)
}

// figure writes a figure in the unit that its name says.
func figure(value string, e desk.Estimate) string {
	switch {
	case e.Value == nil:
		return "none"
	case strings.HasSuffix(value, "_seconds"):
		return "median " + reports.Format(reports.Seconds, *e.Value)
	}
	return reports.Format(reports.Count, *e.Value)
}
