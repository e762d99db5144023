package search

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
)

// volume is one index in a folder of its own, and the newest view of it.
type volume struct {
	path     string
	index    bleve.Index
	words    vocabularies
	seq      atomic.Int64          // that is on disk
	wrong    atomic.Pointer[error] // why the last changes could not be written
	late     atomic.Pointer[error] // what went wrong behind the scenes since something last went well there
	scorch   atomic.Pointer[scorch.Scorch]
	complete bool // when it was opened: it may take the place of another

	writing sync.Mutex // held while changes are written: what is not on disk yet must not get into a view. It guards columns and index
	columns map[uint64]*columns

	mu   sync.Mutex
	view *view

	changed chan struct{} // the library has merged or written segments
	stop    chan struct{}
	stopped chan struct{}
}

// The keys of what is stored beside the documents, in the same batch.
var (
	seqKey     = []byte("seq")
	catalogKey = []byte("catalog")
)

func openVolume(path string) (v *volume, err error) {
	v = &volume{path: path, changed: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{})}
	// The library reads offsets from the files and trusts them.
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("damaged: %v", r)
		}
	}()
	if v.index, err = openFolder(path); err != nil {
		return nil, err
	}
	if err := v.renew(); err != nil {
		return nil, errors.Join(err, v.index.Close())
	}
	v.seq.Store(int64(v.view.seq))
	mark, err := v.view.snapshot.GetInternal(completeKey)
	if err != nil {
		return nil, errors.Join(err, v.view.release(), v.index.Close())
	}
	v.complete = len(mark) > 0
	volumes.Store(path, v)
	go v.keepRenewing()
	return v, nil
}

func openFolder(path string) (bleve.Index, error) {
	hear()
	settings := map[string]any{"bolt_timeout": "1s", "asyncErrorCallbackName": callbacks, "eventCallbackName": callbacks}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return bleve.NewUsing(path, mapping.NewIndexMapping(), bleve.Config.DefaultIndexType, bleve.Config.DefaultKVStore, settings)
	}
	return bleve.OpenUsing(path, settings)
}

// acquire returns the newest view. The caller releases it.
func (v *volume) acquire() *view {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.view.mu.Lock()
	v.view.refs++
	v.view.mu.Unlock()
	return v.view
}

// renew makes a view of the newest state. Until it is there, readers take the one before.
func (v *volume) renew() error {
	index, err := v.index.Advanced()
	if err != nil {
		return fmt.Errorf("search: read index: %w", err)
	}
	reader, err := index.Reader()
	if err != nil {
		return fmt.Errorf("search: read index: %w", err)
	}
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok || snapshot == nil {
		return fmt.Errorf("search: the index in %s is of kind %T, or closed", v.path, reader)
	}
	if s, ok := index.(*scorch.Scorch); ok {
		v.scorch.Store(s)
	}
	next, columns, err := newView(snapshot, v.columns, &v.words)
	if err != nil {
		return errors.Join(fmt.Errorf("search: read index: %w", err), snapshot.Close())
	}
	v.columns = columns
	v.mu.Lock()
	before := v.view
	v.view = next
	v.mu.Unlock()
	if before != nil {
		return before.release()
	}
	return nil
}

// keepRenewing lets go of segments that the library has merged.
func (v *volume) keepRenewing() {
	defer close(v.stopped)
	for {
		select {
		case <-v.stop:
			return
		case <-v.changed:
			if err := v.renewBetweenWrites(); err != nil {
				v.late.Store(&err)
			}
		}
	}
}

func (v *volume) renewBetweenWrites() error {
	v.writing.Lock()
	defer v.writing.Unlock()
	if v.index == nil {
		return nil // the next change opens it
	}
	return v.renew()
}

func (v *volume) close() error {
	close(v.stop)
	<-v.stopped
	volumes.Delete(v.path)
	if v.index == nil {
		return v.view.release()
	}
	return errors.Join(v.view.release(), v.index.Close())
}

// reopen goes back to what is on disk. The library cannot be trusted with a state that it failed to write: it has let go of parts of it and
// would panic. Readers go on with the view that they have.
func (v *volume) reopen() error {
	if v.index != nil {
		if err := v.index.Close(); err != nil {
			return fmt.Errorf("search: close index: %w", err)
		}
	}
	v.index = nil
	index, err := openFolder(v.path)
	if err != nil {
		return fmt.Errorf("search: open index again: %w", err)
	}
	v.index, v.columns = index, nil // numbers of segments that were lost are given again
	if err := v.renew(); err != nil {
		return err
	}
	v.seq.Store(int64(v.view.seq))
	return nil
}
