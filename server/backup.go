package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"hindsight/incident"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/config"
	"hindsight/server/internal/seal"
	"hindsight/server/internal/store"
)

// backedUp is the summary of a backup or restore as JSON.
type backedUp struct {
	File string `json:"file,omitempty"` // empty: standard output
	backup.Summary
	Verified bool `json:"verified"` // it was read back from its file
}

// backUp writes everything into one file, beside a running server. With --verify it reads one instead.
func backUp(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	file := fs.String("o", "", "file to write, which must not be there yet; - writes to standard output")
	verify := fs.Bool("verify", false, "read the backup FILE from front to end and say whether it is whole; nothing is written")
	address := registerDatabase(fs)
	asJSON := fs.Bool("json", false, "print one JSON summary line")
	cfg, words, err := parse()
	if err != nil {
		return err
	}
	if *verify {
		return p.checkBackup(ctx, words, *asJSON)
	}
	if *file == "" || len(words) > 0 {
		return usage("say which file: hindsight backup -o FILE, or -o - for standard output")
	}
	if err := address.into(&cfg); err != nil {
		return err
	}
	source, err := p.source(cfg)
	if err != nil {
		return err
	}
	line := p.statusLine(*asJSON)
	source.Progress = line.show
	if *file == "-" {
		done, err := backup.Write(ctx, source, p.out)
		line.end()
		if err != nil {
			return err
		}
		p.tellLeftOut(done)
		fmt.Fprintf(p.err, "%s; what arrived was not read back: hindsight backup --verify FILE does\n", describeBackup(done))
		return p.noteBackup(ctx, cfg, done, incident.AuditExported, "standard output")
	}
	done, err := backup.Take(ctx, source, *file)
	line.end()
	if err != nil {
		return backupError(err)
	}
	p.tellLeftOut(done)
	if *asJSON {
		err = json.NewEncoder(p.out).Encode(backedUp{*file, done, true})
	} else {
		fmt.Fprintf(p.out, "%s: %s; read back and whole\n", *file, describeBackup(done))
		p.tellKeys(done)
	}
	return errors.Join(err, p.noteBackup(ctx, cfg, done, incident.AuditExported, *file))
}

// noteBackup has the audit log tell of a backup. Tables of an earlier schema are left as they are, for whoever backs them up may
// want to go on with the earlier program.
func (p program) noteBackup(ctx context.Context, cfg config.Config, done backup.Summary, action incident.AuditAction, file string) error {
	if done.Schema != store.Newest() && action == incident.AuditExported {
		return nil
	}
	s, err := p.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.Update(ctx, func(tx incident.Tx) error {
		tx.Note(done.Note(action, file))
		return nil
	})
	if err != nil {
		return fmt.Errorf("the backup is whole, but the audit log cannot tell of it: %w", err)
	}
	return nil
}

// source is the database of cfg, to be backed up.
func (p program) source(cfg config.Config) (backup.Source, error) {
	keys, err := p.keyIDs(cfg)
	return backup.Source{Database: p.database(cfg), Program: version(), Keys: keys, Now: p.now}, err
}

func (p program) database(cfg config.Config) store.Config {
	return store.Config{URL: cfg.DatabaseURL, DataDir: cfg.Data, Log: p.quiet(cfg), Now: p.now}
}

// keyIDs are those of the keys that open secrets here.
func (p program) keyIDs(cfg config.Config) ([]string, error) {
	safe, err := seal.OpenSafe(cfg.Keys, cfg.Data, false, p.quiet(cfg))
	if err != nil {
		return nil, err
	}
	return safe.KeyIDs()
}

// databaseFlag is the address of another database than the configured one.
type databaseFlag struct{ address *string }

func registerDatabase(fs *flag.FlagSet) databaseFlag {
	return databaseFlag{fs.String("database-url", "", "postgres://… instead of the configured database. Everybody on this machine can read a command: leave the password to PGPASSWORD, ~/.pgpass or HINDSIGHT_DATABASE_URL_FILE")}
}

func (d databaseFlag) into(cfg *config.Config) error {
	if *d.address == "" {
		return nil
	}
	if !strings.HasPrefix(*d.address, "postgres://") && !strings.HasPrefix(*d.address, "postgresql://") {
		return usage("--database-url does not begin with postgres://; leave it away to use the configured database")
	}
	cfg.DatabaseURL = *d.address
	return nil
}

// checkBackup reads a file and says whether it is whole.
func (p program) checkBackup(ctx context.Context, files []string, asJSON bool) error {
	if len(files) != 1 {
		return usage("say which file: hindsight backup --verify FILE")
	}
	line := p.statusLine(asJSON)
	done, err := backup.Check(ctx, files[0], line.show)
	line.end()
	if err != nil {
		return backupError(err)
	}
	if asJSON {
		return json.NewEncoder(p.out).Encode(backedUp{files[0], done, true})
	}
	fmt.Fprintf(p.out, "%s is whole: %s\n", files[0], describeBackup(done))
	p.tellKeys(done)
	return nil
}

// describeBackup says what a backup holds.
func describeBackup(s backup.Summary) string {
	return fmt.Sprintf("%d rows of %d tables of schema %d at change %d, taken %s from %s by version %s", s.Rows, s.Tables, s.Schema, s.Change,
		s.TakenAt.UTC().Format("2006-01-02 15:04:05 UTC"), s.Database, s.Program)
}

func (p program) tellKeys(s backup.Summary) {
	if len(s.Keys) > 0 {
		fmt.Fprintf(p.out, "secrets in it need key %s, which is not in it: keep a copy of the key elsewhere\n", strings.Join(s.Keys, ", "))
	}
}

func (p program) tellLeftOut(s backup.Summary) {
	if len(s.LeftOut) > 0 {
		fmt.Fprintf(p.err, "left out, for they are not Hindsight's: %s\n", strings.Join(s.LeftOut, ", "))
	}
}

// backupError gives mistakes of the command line their status.
func backupError(err error) error {
	if errors.Is(err, incident.ErrConflict) || errors.Is(err, backup.ErrKeyMissing) || errors.Is(err, fs.ErrNotExist) {
		return &exitCode{2, err.Error()}
	}
	return err
}

// statusLine shows how far a backup is on a terminal; elsewhere it prints nothing.
type statusLine struct {
	p    program
	file *os.File
	last time.Time
}

func (p program) statusLine(silent bool) *statusLine {
	if f, ok := p.err.(*os.File); ok && !silent && term.IsTerminal(int(f.Fd())) {
		return &statusLine{p: p, file: f}
	}
	return &statusLine{}
}

func (l *statusLine) show(at backup.Progress) {
	if l.file == nil || l.p.now().Sub(l.last) < 100*time.Millisecond {
		return
	}
	l.last = l.p.now()
	fmt.Fprintf(l.file, "\r\033[K%s table %d of %d (%s), %d rows", at.Doing, at.Number, at.Tables, at.Table, at.Rows)
}

func (l *statusLine) end() {
	if l.file != nil {
		fmt.Fprint(l.file, "\r\033[K")
	}
}
