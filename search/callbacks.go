package search

import (
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// callbacks names ours among those of the library, which knows callbacks by name only: an index is stored with the names.
const callbacks = "hindsight"

// volumes are the open ones, by path: the library says only where something happened.
var volumes sync.Map

// patience is how long the library waits after it could not write; it would try again at once, for ever.
const patience = 500 * time.Millisecond

// hear registers the callbacks.
var hear = sync.OnceFunc(func() {
	scorch.RegistryAsyncErrorCallbacks[callbacks] = func(err error, path string) {
		if v, ok := volumeAt(path); ok {
			v.late.Store(&err)
		}
		time.Sleep(patience)
	}
	scorch.RegistryEventCallbacks[callbacks] = func(e scorch.Event) bool {
		if e.Kind == scorch.EventKindMergerProgress || e.Kind == scorch.EventKindPersisterProgress {
			volumes.Range(func(_, v any) bool {
				if v := v.(*volume); v.scorch.Load() == e.Scorch {
					v.late.Store(nil)
					notify(v.changed)
				}
				return true
			})
		}
		return true
	}
})

func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default: // it is going to look anyway
	}
}

// volumeAt finds a volume by the folder that the library keeps inside.
func volumeAt(path string) (*volume, bool) {
	var found *volume
	volumes.Range(func(at, v any) bool {
		if at.(string)+"/store" == path {
			found = v.(*volume)
		}
		return found == nil
	})
	return found, found != nil
}
