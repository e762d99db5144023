// Command hindsight is the whole program: the server with its web app and API, and the commands that import,
// search and measure. `hindsight help` lists them; incident/doc.go is the place to start reading.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := program{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv, now: time.Now}
	os.Exit(p.run(ctx, os.Args[1:]))
}

// program is what a command sees of the outside world.
type program struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	now      func() time.Time
}

// command is one word of the command line.
type command struct {
	name, args, summary string
	// run registers its flags, calls parse, and does its work. It returns an exitCode to end with another
	// status than 1.
	run func(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error
}

func commands() []command {
	return []command{
		{"serve", "[--demo]", "run the server (the default)", serve},
		{"import", "SOURCE [--file F | --dir D]", "import records of a source", importRecords},
		{"remap", "CONNECTION [--dry-run]", "map stored records again, without the source, or say what that would change", remap},
		{"follow", "CONNECTION on|off", "poll a connection by itself, or only when asked", followConnection},
		{"rename", "CONNECTION NAME", "give a connection another name", renameConnection},
		{"webhook", "CONNECTION", "make a secret that proves what a source pushes", webhookSecret},
		{"dead-letters", "[--retry]", "list records that could not be mapped", deadLetters},
		{"search", "QUERY", "find incidents", searchIncidents},
		{"similar", "ID", "incidents that look like this one, with reasons", similarTo},
		{"problems", "", "what keeps coming back", problems},
		{"measure", "[--metric M] [--group-by G]", "figures with their uncertainty", measure},
		{"sla", "[--group-by G | --contract NAME]", "how service levels were kept", sla},
		{"chart", "ID -o FILE", "write a chart as .json, .csv, .svg, .png or .pdf; without ID: list them", chart},
		{"report", "KIND -o FILE", "write a report; without KIND: list them", report},
		{"apply", "-f DIR [--prune]", "bring in force what files say: configuration as code", apply},
		{"diff", "-f DIR [--prune]", "show what apply would change; ends with 2 when that is something", diff},
		{"export", "-o DIR", "write the configuration in force as files", export},
		{"user", "add|list|role|password|disable|enable|reset-factor", "manage users and service accounts", user},
		{"token", "add|list|remove", "manage API tokens", token},
		{"audit", "head|verify|export|cut", "look after the audit log", audit},
		{"erase", "--person NAME [--dry-run]", "replace a person by a pseudonym everywhere, for good", erase},
		{"retention", "[--now]", "say what the retention rules would take away", retention},
		{"key", "rotate", "seal stored secrets with the first key again", keys},
		{"migrate", "", "bring the database up to date", migrate},
		{"reindex", "", "rebuild the search index at the next start", reindex},
		{"backup", "-o FILE | --verify FILE", "write everything into one file while the server runs, or check such a file", backUp},
		{"restore", "FILE", "make an empty installation what a backup says, on either database", restore},
		{"config", "", "print the settings in force", showConfig},
		{"doctor", "[--ready]", "check that everything is well", doctor},
		{"version", "", "print the version", showVersion},
	}
}

// exitCode ends the program with a status and, usually, a message.
type exitCode struct {
	code    int
	message string
}

func (e *exitCode) Error() string { return e.message }

// usage is a mistake in the command line.
func usage(format string, args ...any) error { return &exitCode{2, fmt.Sprintf(format, args...)} }

func (p program) run(ctx context.Context, args []string) int {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	if name == "help" || len(args) == 1 && name == "serve" && (args[0] == "--help" || args[0] == "-h") {
		p.help()
		return 0
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		fmt.Fprintf(p.err, "hindsight: there is no command %q; hindsight help lists them\n", name)
		return 2
	}
	err := p.command(ctx, all[i], args)
	var exit *exitCode
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &exit):
		if exit.message != "" {
			fmt.Fprintf(p.err, "hindsight: %s\n", exit.message)
		}
		return exit.code
	}
	fmt.Fprintf(p.err, "hindsight %s: %v\n", name, err)
	return 1
}

func (p program) command(ctx context.Context, c command, args []string) error {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(p.err)
	fs.Usage = func() {
		fmt.Fprintf(p.err, "usage: hindsight %s %s\n\n%s.\n\n", c.name, c.args, c.summary)
		fs.PrintDefaults()
	}
	config.Register(fs)
	return c.run(incident.Acting(ctx, incident.Actor{Kind: incident.ActorCommand, ID: incident.ID(c.name), Name: fmt.Sprintf("uid %d", os.Getuid())}), p, fs, func() (config.Config, []string, error) {
		words, err := parseMixed(fs, args)
		if err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return config.Config{}, nil, err
			}
			return config.Config{}, nil, &exitCode{code: 2}
		}
		cfg, err := config.Load(fs, p.getenv)
		return cfg, words, err
	})
}

// parseMixed reads flags before, between and behind the words, as people write them.
func parseMixed(fs *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		rest := fs.Args()
		if len(rest) == 0 {
			return words, nil
		}
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

func (p program) help() {
	fmt.Fprintln(p.out, "Hindsight: real incidents in, honest reliability answers out.")
	fmt.Fprintln(p.out, "\nusage: hindsight [COMMAND] [FLAGS]")
	fmt.Fprintln(p.out)
	for _, c := range commands() {
		fmt.Fprintf(p.out, "  %-13s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(p.out, "\nSettings, as environment variables or flags:")
	fmt.Fprintln(p.out)
	for _, o := range config.Options() {
		fmt.Fprintf(p.out, "  %-24s %s\n", o.Env, o.Help)
	}
	fmt.Fprintln(p.out, "\nhindsight COMMAND --help says more about one command.")
}

// version is what this program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return info.Main.Version
}
