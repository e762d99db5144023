package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hindsight/incident"
	"hindsight/server/internal/store"
)

// unfinished ends the name of a file that is being written: whatever has it is no backup yet.
const unfinished = ".partial"

// Take writes a backup into a file of that name, which must not be there yet: it is written beside it, made to last, read back
// and compared, and only then gets its name. The file is readable by its owner alone. A file that is there is
// incident.ErrConflict.
func Take(ctx context.Context, src Source, file string) (Summary, error) {
	if _, err := os.Lstat(file); err == nil {
		return Summary{}, fmt.Errorf("backup: %s is there already, and is left as it is; give another name: %w", file, incident.ErrConflict)
	}
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*"+unfinished) // with mode 0600
	if err != nil {
		return Summary{}, fmt.Errorf("backup: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	wrote, err := Write(ctx, src, f)
	if err != nil {
		return Summary{}, err
	}
	if err := f.Sync(); err != nil {
		return Summary{}, fmt.Errorf("backup: %w", err)
	}
	if err := readBack(ctx, f, wrote, src.Progress); err != nil {
		return Summary{}, fmt.Errorf("backup: read back what was written: %w", err)
	}
	return wrote, errors.Join(named(f.Name(), file), f.Close())
}

// readBack compares what the disk gives back with what was meant to be written.
func readBack(ctx context.Context, f *os.File, wrote Summary, progress func(Progress)) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	read, err := check(ctx, f, progress)
	if err == nil && (read.SHA256 != wrote.SHA256 || read.Rows != wrote.Rows) {
		err = broken("%d rows with the digest %s were written, and %d with %s are there", wrote.Rows, wrote.SHA256, read.Rows, read.SHA256)
	}
	return err
}

// named gives a finished file its name, in one step that fails when there is a file of that name. On file systems without hard
// links two steps have to do.
func named(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("backup: %s is there by now, and is left as it is; give another name: %w", to, incident.ErrConflict)
	}
	if err != nil {
		if err := os.Rename(from, to); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// Check reads a file from front to end: every digest, every row, and whether its tables are those of its schema. What is wrong
// with it is ErrBroken, or that a newer program wrote it.
func Check(ctx context.Context, file string, progress func(Progress)) (Summary, error) {
	f, err := os.Open(file)
	if err != nil {
		return Summary{}, fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	return check(ctx, f, progress)
}

func check(ctx context.Context, r io.Reader, progress func(Progress)) (Summary, error) {
	in, err := open(r)
	if err != nil {
		return Summary{}, err
	}
	want, _, err := store.Schema(ctx, in.header.Schema)
	if err != nil {
		return Summary{}, err
	}
	if err := store.Fits(in.header.Schema, in.header.Tables, want); err != nil {
		return Summary{}, broken("%w", err)
	}
	var read int64
	for i, t := range in.header.Tables {
		for _, err := range in.rows(t) {
			if err != nil {
				return Summary{}, err
			}
			if read++; read%tellEvery == 0 {
				if err := ctx.Err(); err != nil {
					return Summary{}, err
				}
				if progress != nil {
					progress(Progress{"checking", t.Name, i + 1, len(in.header.Tables), read})
				}
			}
		}
	}
	return in.finish()
}

// tellEvery is after how many rows somebody looks whether to go on, and says how far it is.
const tellEvery = 2000
