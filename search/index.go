// Package search finds incidents by words and by properties. It owns a full-text index in a folder of
// the local disk, fed from the change feed and rebuilt from it at any time: the index is a cache, never the
// truth. It knows no database and renders no HTML; which incidents look alike is the business of
// search/similar.
//
// Start with [Index]; [Parse] explains the query language.
package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	bolt "go.etcd.io/bbolt/errors"

	"hindsight/incident"
)

// Index is the full-text index of one process. All methods may be called at the same time.
type Index struct {
	bleve   bleve.Index
	log     *slog.Logger
	seq     atomic.Int64
	catalog atomic.Pointer[catalog]
}

// The keys of what is stored beside the documents, in the same batch.
var (
	seqKey     = []byte("seq")
	catalogKey = []byte("catalog")
)

// Open opens the index below dir, or makes an empty one: when there is none, when the stored one has
// another version of the mapping, and when it cannot be read (it is then set aside as *.broken). An empty
// index is at position 0, so that the feed fills it again. A second process gets an error at once.
func Open(dir string, log *slog.Logger) (*Index, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("search: open index: %w", err)
	}
	path := filepath.Join(dir, "v"+version)
	x, err := open(path, log)
	if errors.Is(err, bolt.ErrTimeout) {
		return nil, fmt.Errorf("search: the index in %s is in use by another process", dir)
	}
	if err != nil {
		log.Warn("search index cannot be read and is built again", "path", path, "error", err)
		if err := setAside(path); err != nil {
			return nil, err
		}
		if x, err = open(path, log); err != nil {
			return nil, fmt.Errorf("search: open index %s: %w", path, err)
		}
	}
	x.dropOthers(dir)
	return x, nil
}

func open(path string, log *slog.Logger) (x *Index, err error) {
	// The library reads offsets from the files and trusts them.
	defer func() {
		if r := recover(); r != nil {
			x, err = nil, fmt.Errorf("damaged: %v", r)
		}
	}()
	b, err := openFolder(path)
	if err != nil {
		return nil, err
	}
	x = &Index{bleve: b, log: log}
	if err := x.load(); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return x, nil
}

func openFolder(path string) (bleve.Index, error) {
	settings := map[string]any{"bolt_timeout": "1s"}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return bleve.NewUsing(path, newMapping(), bleve.Config.DefaultIndexType, bleve.Config.DefaultKVStore, settings)
	}
	return bleve.OpenUsing(path, settings)
}

// load reads position and catalogue.
func (x *Index) load() error {
	var c catalog
	seq, err := x.bleve.GetInternal(seqKey)
	if err != nil {
		return err
	}
	if len(seq) > 0 {
		n, err := strconv.ParseInt(string(seq), 10, 64)
		if err != nil {
			return fmt.Errorf("position: %w", err)
		}
		x.seq.Store(n)
	}
	stored, err := x.bleve.GetInternal(catalogKey)
	if err != nil {
		return err
	}
	if len(stored) > 0 {
		if err := json.Unmarshal(stored, &c); err != nil {
			return fmt.Errorf("catalogue: %w", err)
		}
	}
	x.catalog.Store(&c)
	return nil
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
func (x *Index) Close() error { return x.bleve.Close() }

// Name names the index among the followers of the change feed.
func (x *Index) Name() string { return "search" }

// Seq returns the position in the change feed up to which the index is complete.
func (x *Index) Seq() incident.Seq { return incident.Seq(x.seq.Load()) }

// batchSize keeps peak memory near 250 MB; larger batches gain little.
const batchSize = 1000

// Apply brings the index to d.Upto. The position is written together with the last documents, so a crash
// leaves an index that is either before or behind d, or behind some of it and still before in position.
func (x *Index) Apply(ctx context.Context, d incident.Delta) error {
	batch := x.bleve.NewBatch()
	flush := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := x.bleve.Batch(batch)
		batch = x.bleve.NewBatch()
		return err
	}
	for _, inc := range d.Incidents {
		if err := batch.Index(string(inc.ID), newDocument(inc, d.Timelines[inc.ID], d.Retrospectives[inc.ID])); err != nil {
			return fmt.Errorf("search: index incident %s: %w", inc.ID, err)
		}
		if batch.Size() >= batchSize {
			if err := flush(); err != nil {
				return fmt.Errorf("search: write batch before change %d: %w", d.Upto, err)
			}
		}
	}
	for _, id := range d.Gone {
		batch.Delete(string(id))
	}
	c, err := x.renew(batch, d)
	if err != nil {
		return err
	}
	batch.SetInternal(seqKey, strconv.AppendInt(nil, int64(d.Upto), 10))
	if err := flush(); err != nil {
		return fmt.Errorf("search: write batch up to change %d: %w", d.Upto, err)
	}
	x.log.Debug("search index applied changes", "upto", d.Upto, "incidents", len(d.Incidents), "gone", len(d.Gone))
	x.catalog.Store(c)
	x.seq.Store(int64(d.Upto))
	return nil
}

// renew puts a changed catalogue into the batch and returns the one in force afterwards.
func (x *Index) renew(batch *bleve.Batch, d incident.Delta) (*catalog, error) {
	c := *x.catalog.Load()
	if d.Services == nil && d.Teams == nil {
		return &c, nil
	}
	if d.Services != nil {
		c.Services = d.Services
	}
	if d.Teams != nil {
		c.Teams = d.Teams
	}
	stored, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("search: write catalogue: %w", err)
	}
	batch.SetInternal(catalogKey, stored)
	return &c, nil
}
