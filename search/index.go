// Package search finds incidents by words and by properties. It owns a full-text index in a folder of
// the local disk, fed from the change feed and rebuilt from it at any time: the index is a cache, never the
// truth. It knows no database and renders no HTML; which incidents look alike is the business of
// search/similar.
//
// Start with [Index]; [Parse] explains the query language.
package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt/errors"

	"hindsight/incident"
)

// Index is the full-text index of one process. All methods may be called at the same time.
type Index struct {
	log  *slog.Logger
	live *volume
}

// Open opens the index below dir, or makes an empty one: when there is none, when the stored one has
// another version of the mapping, and when it cannot be read (it is then set aside as *.broken). An empty
// index is at position 0, so that the feed fills it again. A second process gets an error at once.
func Open(dir string, log *slog.Logger) (*Index, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("search: open index: %w", err)
	}
	path := filepath.Join(dir, "v"+version)
	v, err := openVolume(path)
	if errors.Is(err, bolt.ErrTimeout) {
		return nil, fmt.Errorf("search: the index in %s is in use by another process", dir)
	}
	if err != nil {
		log.Warn("search index cannot be read and is built again", "path", path, "error", err)
		if err := setAside(path); err != nil {
			return nil, err
		}
		if v, err = openVolume(path); err != nil {
			return nil, fmt.Errorf("search: open index %s: %w", path, err)
		}
	}
	x := &Index{log: log, live: v}
	x.dropOthers(dir)
	return x, nil
}

// setAside keeps one damaged index for whoever wants to know why.
func setAside(path string) error {
	aside := path + ".broken"
	if err := errors.Join(os.RemoveAll(aside), os.Rename(path, aside)); err != nil {
		return fmt.Errorf("search: set damaged index aside: %w", err)
	}
	return nil
}

// dropOthers removes indexes of other versions once ours is there.
func (x *Index) dropOthers(dir string) {
	others, _ := filepath.Glob(filepath.Join(dir, "v*"))
	for _, path := range others {
		if base := filepath.Base(path); base == "v"+version || base == "v"+version+".broken" {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			x.log.Warn("search index of another version stays on disk", "path", path, "error", err)
		}
	}
}

// Close releases the folder.
func (x *Index) Close() error { return x.live.close() }

// Name names the index among the followers of the change feed.
func (x *Index) Name() string { return "search" }

// Seq returns the position in the change feed up to which the index is complete.
func (x *Index) Seq() incident.Seq { return incident.Seq(x.live.seq.Load()) }

// Apply brings the index to d.Upto. The position is written together with the last documents, so a crash
// leaves an index that is either before or behind d, or behind some of it and still before in position.
func (x *Index) Apply(ctx context.Context, d incident.Delta) error {
	if err := x.live.apply(ctx, d); err != nil {
		return err
	}
	x.log.Debug("search index applied changes", "upto", d.Upto, "incidents", len(d.Incidents), "gone", len(d.Gone))
	return nil
}

// current returns the newest state. The caller releases it.
func (x *Index) current() *view { return x.live.acquire() }
