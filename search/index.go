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
	"slices"
	"strings"
	"sync"
	"syscall"

	bolt "go.etcd.io/bbolt/errors"

	"hindsight/incident"
)

// Index is the full-text index of one process. All methods may be called at the same time.
type Index struct {
	dir string
	log *slog.Logger

	mu   sync.RWMutex // guards which volumes there are
	live *volume      // answers
	next *volume      // is built beside it, to take its place; nil as a rule

	writing sync.Mutex // held while live is written to or replaced
}

// Open opens the index below dir, or makes an empty one: when there is none, when the stored one has another layout, and when it
// cannot be read (it is then set aside as *.broken). An empty index is at position 0, so that the feed fills it again. When the stored one
// has this layout and other content, it goes on answering, and Rebuild is the sink that fills the new one. A second process
// gets an error at once.
func Open(dir string, log *slog.Logger) (*Index, error) {
	x := &Index{dir: dir, log: log}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("search: open index: %w", err)
	}
	own, err := x.openOrMake(filepath.Join(dir, "v"+version))
	if err != nil {
		return nil, err
	}
	x.live = own
	if before, ok := x.predecessor(); ok && !own.complete {
		x.live, x.next = before, own
		log.Info("search index is built anew, and the one before goes on answering", "new", own.path, "before", before.path)
		if own.seq.Load() > 0 { // it was stopped behind its last change, perhaps
			if err := x.replace(); err != nil {
				return nil, errors.Join(err, x.Close())
			}
		}
	}
	x.dropOthers()
	return x, nil
}

func (x *Index) openOrMake(path string) (*volume, error) {
	v, err := openVolume(path)
	if errors.Is(err, bolt.ErrTimeout) {
		return nil, fmt.Errorf("search: the index in %s is in use by another process", x.dir)
	}
	if err == nil {
		return v, nil
	}
	if full(err) { // it is not the index that is at fault
		return nil, fmt.Errorf("search: open index %s: %w", path, err)
	}
	x.log.Warn("search index cannot be read and is built again", "path", path, "error", err)
	if err := setAside(path); err != nil {
		return nil, err
	}
	if v, err = openVolume(path); err != nil {
		return nil, fmt.Errorf("search: open index %s: %w", path, err)
	}
	return v, nil
}

// predecessor opens an index of this layout and other content, if there is one that can be read.
func (x *Index) predecessor() (*volume, bool) {
	paths, _ := filepath.Glob(filepath.Join(x.dir, "v"+layout+".*"))
	for _, path := range paths {
		if filepath.Base(path) == "v"+version || strings.HasSuffix(path, ".broken") {
			continue
		}
		v, err := openVolume(path)
		if err == nil {
			return v, true
		}
		x.log.Warn("search index of another version cannot be read", "path", path, "error", err)
	}
	return nil, false
}

// full reports whether an error comes from a disk without room, or from a limit on files.
func full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// setAside keeps one damaged index for whoever wants to know why.
func setAside(path string) error {
	aside := path + ".broken"
	if err := errors.Join(os.RemoveAll(aside), os.Rename(path, aside)); err != nil {
		return fmt.Errorf("search: set damaged index aside: %w", err)
	}
	return nil
}

// dropOthers removes indexes that nothing reads.
func (x *Index) dropOthers() {
	used := []string{"v" + version + ".broken", filepath.Base(x.live.path)}
	if x.next != nil {
		used = append(used, filepath.Base(x.next.path))
	}
	others, _ := filepath.Glob(filepath.Join(x.dir, "v*"))
	for _, path := range others {
		if slices.Contains(used, filepath.Base(path)) {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			x.log.Warn("search index of another version stays on disk", "path", path, "error", err)
		}
	}
}

// Close releases the folder.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	err := x.live.close()
	if x.next != nil {
		err = errors.Join(err, x.next.close())
	}
	return err
}

// Name names the index among the followers of the change feed.
func (x *Index) Name() string { return "search" }

// Seq returns the position in the change feed up to which the index is complete.
func (x *Index) Seq() incident.Seq {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return incident.Seq(x.live.seq.Load())
}

// Apply brings the index to d.Upto. The position is written together with the last documents, so a crash
// leaves an index that is either before or behind d, or behind some of it and still before in position.
func (x *Index) Apply(ctx context.Context, d incident.Delta) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := x.live.apply(ctx, d); err != nil {
		return err
	}
	x.log.Debug("search index applied changes", "upto", d.Upto, "incidents", len(d.Incidents), "gone", len(d.Gone))
	return nil
}

// Trouble returns why changes cannot be written at present, as a full disk, and nil when they can. What is written
// already is found all the same, and writing goes on by itself once the reason is gone.
func (x *Index) Trouble() error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, v := range []*volume{x.live, x.next} {
		if v == nil {
			continue
		}
		for _, err := range []*error{v.wrong.Load(), v.late.Load()} {
			if err != nil {
				return fmt.Errorf("the search index cannot be written: %w", *err)
			}
		}
	}
	return nil
}

// current returns the newest state. The caller releases it.
func (x *Index) current() *view {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.live.acquire()
}
