package backup

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"

	"hindsight/server/internal/store"
)

// ErrKeyMissing says that secrets in a backup were sealed with a key that is not here.
var ErrKeyMissing = errors.New("a key is missing")

// Target is where a backup is restored to.
type Target struct {
	Database store.Config
	Keys     []string // ids of the keys that open secrets there
	// WithoutKeys restores although keys are missing: the secrets that need them have to be entered again.
	WithoutKeys bool
	// Loaded is called when everything is loaded and nothing can be seen yet; an error of it takes all back.
	Loaded   func() error
	Progress func(Progress)
}

// Restore makes the database of to from a file, which is checked as a whole before anything is touched. The database must be
// empty: else it is incident.ErrConflict. A key that is missing is ErrKeyMissing. What goes wrong, or a process that dies, leaves
// an empty database, never half of it.
func Restore(ctx context.Context, file string, to Target) (Summary, error) {
	checked, err := Check(ctx, file, to.Progress)
	if err != nil {
		return Summary{}, err
	}
	if err := to.mayLack(checked.Keys); err != nil {
		return Summary{}, err
	}
	f, err := os.Open(file)
	if err != nil {
		return Summary{}, fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	in, err := open(f)
	if err != nil {
		return Summary{}, err
	}
	err = store.Restore(ctx, to.Database, in.header.Schema, in.header.Tables, func(load store.Load) error {
		if err := in.fill(checked, load, to.Progress); err != nil {
			return err
		}
		return to.Loaded()
	})
	return checked, err
}

// mayLack returns ErrKeyMissing unless all keys are here, or are not asked for.
func (to Target) mayLack(keys []string) error {
	var missing []string
	for _, id := range keys {
		if !slices.Contains(to.Keys, id) {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 || to.WithoutKeys {
		return nil
	}
	return fmt.Errorf("%w: secrets in this backup were sealed with key %s, which is not here, and nobody can open them without it. Give it in HINDSIGHT_SECRET_KEY, or put the copy of secret.key into the data folder; or say --without-key, and enter the secrets again afterwards", ErrKeyMissing, strings.Join(missing, ", "))
}

// fill loads all tables and makes sure, before anything is committed, that they are those of the file that was checked.
func (in *reading) fill(checked Summary, load store.Load, progress func(Progress)) error {
	var loaded int64
	for i, t := range in.header.Tables {
		n, err := load(t, told(in.rows(t), func(rows int64) {
			if progress != nil {
				progress(Progress{"restoring", t.Name, i + 1, len(in.header.Tables), loaded + rows})
			}
		}))
		if err != nil {
			return err
		}
		loaded += n
	}
	read, err := in.finish()
	if err != nil {
		return err
	}
	if read.SHA256 != checked.SHA256 || loaded != checked.Rows {
		return broken("it changed while it was restored")
	}
	return nil
}

// told passes rows on and says now and then how many they were.
func told(rows iter.Seq2[[]any, error], tell func(rows int64)) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		var n int64
		for row, err := range rows {
			if !yield(row, err) {
				return
			}
			if n++; n%tellEvery == 0 {
				tell(n)
			}
		}
	}
}
