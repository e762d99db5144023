package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/backup"
	"hindsight/server/internal/config"
	"hindsight/server/internal/desk"
)

// showConfig prints the settings in force, secrets left out.
func showConfig(_ context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	cfg.Dump(p.out)
	return nil
}

func showVersion(_ context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	if _, _, err := parse(); err != nil {
		return err
	}
	fmt.Fprintf(p.out, "hindsight %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// migrate brings the tables up to date, which every start does as well.
func migrate(ctx context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	s, err := p.openStore(ctx, cfg)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.out, "the database is up to date")
	return s.Close()
}

// reindex drops the search index. It holds nothing that the database does not; the next start fills it again.
func reindex(_ context.Context, p program, _ *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	if err := dropIndex(cfg); err != nil {
		return err
	}
	fmt.Fprintln(p.out, "the search index is dropped; the next start of the server builds it again")
	return nil
}

func dropIndex(cfg config.Config) error {
	for _, name := range []string{"index", "index-commands", "index-runbooks", "index-runbooks-commands"} {
		if err := os.RemoveAll(filepath.Join(cfg.Data, name)); err != nil {
			return err
		}
	}
	return nil
}

// doctor checks the installation. With --ready it only asks the running server whether it is ready, for
// health checks of containers.
func doctor(ctx context.Context, p program, fs *flag.FlagSet, parse func() (config.Config, []string, error)) error {
	ready := fs.Bool("ready", false, "ask the running server whether it is ready")
	cfg, _, err := parse()
	if err != nil {
		return err
	}
	if *ready {
		return askReady(ctx, p, cfg)
	}
	a, err := p.openStored(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	s := a.Desk.Store
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	_, total, _, err := s.Page(ctx, incident.Filter{Sight: incident.Sight{All: true}, Limit: 1})
	if err != nil {
		return err
	}
	letters, err := s.DeadLetters(ctx, "", 1000)
	if err != nil {
		return err
	}
	database := "SQLite in " + cfg.Data
	if cfg.DatabaseURL != "" {
		database = "PostgreSQL"
	}
	fmt.Fprintf(p.out, "database      %s, change %d, %d incidents\n", database, head, total)
	fmt.Fprintf(p.out, "dead letters  %d waiting\n", len(letters))
	sealed, err := a.Desk.CheckSecrets(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "secrets       %d connections have some, all can be opened\n", sealed)
	factors, err := a.Desk.Factors.CheckSecrets(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "factors       %d second factors, all can be opened\n", factors)
	channels, err := a.Desk.CheckChannels(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "channels      %d, all can be opened\n", channels)
	if err := p.verifyAudit(ctx, a.Desk, ""); err != nil {
		return err
	}
	words, err := mailWords(ctx, a.Desk)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "mail          %s\n", words)
	last, err := backup.ReadLast(ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "backup        %s\n", backupWords(last, cfg.Backup.Dir, p.now()))
	if err := writable(cfg.Data); err != nil {
		return fmt.Errorf("the data folder cannot be written: %w", err)
	}
	fmt.Fprintf(p.out, "data folder   %s can be written\n", cfg.Data)
	return nil
}

// mailWords says whether notices leave by e-mail, and warns when the last one did not.
func mailWords(ctx context.Context, d *desk.Desk) (string, error) {
	if d.Mail == nil {
		return "none; HINDSIGHT_SMTP_HOST lets notices leave by e-mail", nil
	}
	trouble, err := d.MailTrouble(ctx)
	if err != nil {
		return "", err
	}
	counts, err := d.Store.OutgoingCounts(ctx, d.Now().Add(-24*time.Hour))
	words := fmt.Sprintf("through %s; of the last 24 hours %d sent, %d waiting, %d set aside", d.Mail.Server(), counts[incident.OutgoingSent], counts[incident.OutgoingWaiting], counts[incident.OutgoingFailed])
	if trouble != "" {
		words = "warning: the last e-mail did not go: " + trouble + " (" + words + ")"
	}
	return words, err
}

// backupLate is how old the last good daily backup may be before somebody should look why.
const backupLate = 36 * time.Hour

// backupWords says how old the last good daily backup is, and warns when it is old.
func backupWords(last backup.Last, dir string, now time.Time) string {
	age := incident.FormatDuration(now.Sub(last.At).Truncate(time.Minute))
	switch {
	case last.At.IsZero() && last.Error == "" && dir == "":
		return "none every day; HINDSIGHT_BACKUP_DIR makes the server take one"
	case last.At.IsZero() && last.Error == "":
		return "none yet"
	case last.At.IsZero():
		return "warning: there is none. The last try ended with: " + last.Error
	case now.Sub(last.At) > backupLate && last.Error != "":
		return "warning: the last good one is " + age + " old. The last try ended with: " + last.Error
	case now.Sub(last.At) > backupLate:
		return "warning: the last good one is " + age + " old: " + last.File
	}
	return age + " old, " + last.File
}

func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "doctor")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func askReady(ctx context.Context, p program, cfg config.Config) error {
	host, port, err := net.SplitHostPort(cfg.Addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", strings.ToLower(resp.Status))
	}
	fmt.Fprintln(p.out, "ready")
	return nil
}
