package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"hindsight/importers"
	"hindsight/server/internal/config"
)

// keys replaces the key that seals the secrets of connections and of second factors.
func keys(ctx context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if len(words) != 1 || words[0] != "rotate" {
		return usage("say hindsight key rotate")
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	connections, err := a.Desk.Reseal(ctx)
	factors, factorsErr := a.Desk.Factors.Reseal(ctx)
	channels, channelsErr := a.Desk.ResealChannels(ctx)
	fmt.Fprintf(p.out, "the secrets of %d connections and %d second factors are sealed with the first key\n", connections, factors)
	if channels > 0 {
		fmt.Fprintf(p.out, "and so are those of %d channels\n", channels)
	}
	return errors.Join(err, factorsErr, channelsErr)
}

// readSecrets fills in the secret settings of a source: from the file that --set NAME=@FILE names, or else from the
// environment. A secret in the command itself is refused, since every process list would show it.
func (p program) readSecrets(source importers.Source, settings map[string]string) error {
	for _, f := range source.Settings {
		if !f.Secret {
			continue
		}
		env := "HINDSIGHT_SET_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		given := settings[f.Name]
		file, isFile := strings.CutPrefix(given, "@")
		switch {
		case isFile:
			text, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("--set %s: %w", f.Name, err)
			}
			settings[f.Name] = strings.TrimSpace(string(text))
		case given != "":
			return usage("%s is a secret, and everybody on this machine can read a command: say --set %s=@FILE, or set %s", f.Name, f.Name, env)
		default:
			settings[f.Name] = p.getenv(env)
		}
	}
	return nil
}
