package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"

	"hindsight/incident"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/config"
)

// restore makes an empty installation what a backup says.
func restore(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	verify := fs.Bool("verify", false, "only read the file and say whether it is whole; nothing is written")
	without := fs.Bool("without-key", false, "restore although the key of the secrets is missing; they have to be entered again")
	address := registerDatabase(fs)
	asJSON := fs.Bool("json", false, "print one JSON summary line")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if *verify {
		return p.checkBackup(ctx, words, *asJSON)
	}
	if len(words) != 1 {
		return usage("say which file: hindsight restore FILE")
	}
	if err := address.into(&cfg); err != nil {
		return err
	}
	// An index that has seen another database would answer from it.
	to := backup.Target{Database: p.database(cfg), WithoutKeys: *without, Loaded: func() error { return dropIndex(cfg) }}
	if to.Keys, err = p.keyIDs(cfg); err != nil {
		return err
	}
	line := p.statusLine(*asJSON)
	to.Progress = line.show
	done, err := backup.Restore(ctx, words[0], to)
	line.end()
	if err != nil {
		return backupError(err)
	}
	if err := p.noteBackup(ctx, cfg, done, incident.AuditRestored, words[0]); err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(p.out).Encode(backedUp{words[0], done, true})
	}
	where := "SQLite in " + cfg.Data
	if cfg.DatabaseURL != "" {
		where = "PostgreSQL"
	}
	fmt.Fprintf(p.out, "restored to %s: %s\n", where, describeBackup(done))
	fmt.Fprintln(p.out, "the next start of the server builds the search index; hindsight doctor says whether all is well")
	return nil
}
