package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"hindsight/importers"
	"hindsight/incident"
	"hindsight/server/internal/store"
)

// partSize is how much of a file one row of the database holds.
const partSize = 1 << 20

// Uploads keeps uploaded files in the database until their run is done, so that whichever replica takes the
// job finds them, and a copy below Dir, which importers read.
type Uploads struct {
	Store *store.Store
	Dir   string // the data folder
}

// Save stores an uploaded file for a run. More than limit bytes are ErrInvalid, and nothing of them is kept.
func (u Uploads) Save(ctx context.Context, run incident.ID, name string, r io.Reader, limit int64) error {
	path, err := SaveUpload(u.Dir, run, name, r, limit)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("jobs: save upload %q: %w", name, err)
	}
	defer f.Close()
	for part := 0; ; part++ {
		body := make([]byte, partSize)
		n, err := io.ReadFull(f, body)
		if n == 0 && part > 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("jobs: save upload %q: %w", name, err)
		}
		if err := u.Store.PutUpload(ctx, run, store.UploadPart{Name: filepath.Base(path), Part: part, Body: body[:n]}); err != nil {
			return err
		}
		if n < partSize {
			return nil
		}
	}
}

// Open returns the files of a run, archives unpacked. It copies them from the database when another
// replica took them in.
func (u Uploads) Open(ctx context.Context, run incident.ID) ([]importers.File, error) {
	dir := UploadDir(u.Dir, run)
	if _, err := os.Stat(dir); err != nil {
		if err := u.fetch(ctx, run, dir); err != nil {
			return nil, err
		}
	}
	return OpenUpload(dir)
}

// fetch copies the files next to dir first, so that dir is never half of them.
func (u Uploads) fetch(ctx context.Context, run incident.ID, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("jobs: fetch upload: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "fetch")
	if err != nil {
		return fmt.Errorf("jobs: fetch upload: %w", err)
	}
	defer os.RemoveAll(tmp)
	found := false
	for part, err := range u.Store.Upload(ctx, run) {
		if err != nil {
			return err
		}
		found = true
		if err := appendTo(filepath.Join(tmp, safeName(part.Name)), part.Body); err != nil {
			return fmt.Errorf("jobs: fetch upload %q: %w", part.Name, err)
		}
	}
	if !found {
		return fmt.Errorf("jobs: the files of run %s are not here any more; upload them again: %w", run, incident.ErrNotFound)
	}
	if err := os.Rename(tmp, dir); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("jobs: fetch upload: %w", err)
	}
	return nil
}

func appendTo(path string, body []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close())
}

// Remove deletes the files of a run that is done. The records that were read from them stay.
func (u Uploads) Remove(ctx context.Context, run incident.ID) error {
	return errors.Join(os.RemoveAll(UploadDir(u.Dir, run)), u.Store.DeleteUpload(ctx, run))
}

// keepUploads is how long files wait for somebody to start their import.
const keepUploads = 24 * time.Hour

// Sweep removes the files of imports that nobody has started for a day. A running import that needs its own
// again copies them from the database.
func (u Uploads) Sweep(ctx context.Context, now time.Time) error {
	if err := u.Store.SweepUploads(ctx, now.Add(-keepUploads)); err != nil {
		return err
	}
	folders, err := os.ReadDir(filepath.Join(u.Dir, "uploads"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("jobs: sweep uploads: %w", err)
	}
	for _, folder := range folders {
		info, err := folder.Info()
		if err != nil || now.Sub(info.ModTime()) < keepUploads {
			continue
		}
		if err := os.RemoveAll(filepath.Join(u.Dir, "uploads", folder.Name())); err != nil {
			return fmt.Errorf("jobs: sweep uploads: %w", err)
		}
	}
	return nil
}
