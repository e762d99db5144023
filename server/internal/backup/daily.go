package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"hindsight/incident"
)

// Daily takes a backup every day, on one of all replicas.
type Daily struct {
	Source
	Store incident.Store
	Dir   string
	At    time.Duration // since midnight in UTC
	Keep  int           // how many of its files stay; at least 1
	Log   *slog.Logger
}

// Last is what is known of the daily backups of an installation, on every replica.
type Last struct {
	At    time.Time `json:"at"`    // of the last good one; zero: there was none yet
	File  string    `json:"file"`  // of the last good one
	Rows  int64     `json:"rows"`  // in it
	Tried time.Time `json:"tried"` // when one was begun last, good or not
	Error string    `json:"error"` // why the last one was not good; empty: it was, or goes on
}

const (
	lastKey = "backup.last" // of the setting that holds Last
	lockKey = "backup.lock"
	// retryAfter is how long nobody begins another backup after one was begun that did not come to a good end.
	retryAfter = time.Hour
	lookEvery  = time.Minute
)

// ReadLast returns what is known of the daily backups; its zero value when there was none.
func ReadLast(ctx context.Context, s incident.Reader) (last Last, err error) {
	text, err := s.Setting(ctx, lastKey)
	if errors.Is(err, incident.ErrNotFound) {
		return Last{}, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &last)
	}
	if err != nil {
		return Last{}, fmt.Errorf("backup: read what is known of the last one: %w", err)
	}
	return last, nil
}

// Run takes a backup whenever one is due, until ctx ends.
func (d Daily) Run(ctx context.Context) error {
	ctx = incident.Acting(ctx, incident.Actor{Kind: incident.ActorSystem, ID: "backup"})
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := d.Look(ctx); err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "the daily backup is not there", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Look takes a backup if one is due and no other replica is at it.
func (d Daily) Look(ctx context.Context) error {
	due, err := d.claim(ctx)
	if err != nil || !due {
		return err
	}
	now := d.Now().UTC()
	file := filepath.Join(d.Dir, "hindsight-"+now.Format("20060102T150405Z")+".tar.gz")
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return d.failed(ctx, err)
	}
	made, err := Take(ctx, d.Source, file)
	if err != nil {
		return d.failed(ctx, err)
	}
	d.Log.InfoContext(ctx, "backup taken and read back", "file", file, "rows", made.Rows)
	err = d.change(ctx, func(tx incident.Tx, l *Last) {
		l.At, l.File, l.Rows, l.Error = now, file, made.Rows, ""
		tx.Note(made.Note(incident.AuditExported, file))
	})
	return errors.Join(err, d.clear(now))
}

// failed writes why there is no backup, and returns it.
func (d Daily) failed(ctx context.Context, err error) error {
	return errors.Join(err, d.change(ctx, func(_ incident.Tx, l *Last) { l.Error = err.Error() }))
}

// due reports whether the last backup is older than the last moment at which there should have been one.
func (d Daily) due(last Last) bool {
	now := d.Now().UTC()
	moment := now.Truncate(24 * time.Hour).Add(d.At)
	if moment.After(now) {
		moment = moment.Add(-24 * time.Hour)
	}
	return last.At.Before(moment) && now.Sub(last.Tried) >= retryAfter
}

// claim makes this process the one that takes the backup that is due.
func (d Daily) claim(ctx context.Context) (due bool, err error) {
	if last, err := ReadLast(ctx, d.Store); err != nil || !d.due(last) {
		return false, err
	}
	_, err = d.Store.Update(ctx, func(tx incident.Tx) error {
		if err := tx.PutSetting(lockKey, ""); err != nil { // others wait here, and then see what is written below
			return err
		}
		last, err := ReadLast(ctx, d.Store)
		if due = err == nil && d.due(last); !due {
			return err
		}
		last.Tried = d.Now().UTC()
		return put(tx, last)
	})
	return due, err
}

// change changes what is known of the daily backups, also when the server is about to end.
func (d Daily) change(ctx context.Context, f func(incident.Tx, *Last)) error {
	_, err := d.Store.Update(context.WithoutCancel(ctx), func(tx incident.Tx) error {
		last, err := ReadLast(context.WithoutCancel(ctx), d.Store)
		if err != nil {
			return err
		}
		f(tx, &last)
		return put(tx, last)
	})
	return err
}

func put(tx incident.Tx, last Last) error {
	text, err := json.Marshal(last)
	if err != nil {
		return err
	}
	return tx.PutSetting(lastKey, string(text))
}

// own are the names of the files of daily backups, and of those that were broken off.
var own = regexp.MustCompile(`^hindsight-\d{8}T\d{6}Z\.tar\.gz(\.\d+\.partial)?$`)

// clear removes the oldest of the daily backups, and what is left of those that were broken off more than a day ago. Other files
// in the folder are nobody's business.
func (d Daily) clear(now time.Time) error {
	entries, err := os.ReadDir(d.Dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	var whole, gone []string // by name, which is by time
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil || !own.MatchString(e.Name()):
		case filepath.Ext(e.Name()) != unfinished:
			whole = append(whole, e.Name())
		case now.Sub(info.ModTime()) > 24*time.Hour:
			gone = append(gone, e.Name())
		}
	}
	slices.Sort(whole)
	gone = append(gone, whole[:max(0, len(whole)-d.Keep)]...)
	for _, name := range gone {
		if err := os.Remove(filepath.Join(d.Dir, name)); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	return nil
}
