package analytics

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// fewestChunks is how many chunks a worker must have before a second one is worth its start.
const fewestChunks = 32

// workers returns how many goroutines share so many chunks: at least 1, at most GOMAXPROCS.
func workers(chunks int) int {
	return max(1, min(runtime.GOMAXPROCS(0), chunks/fewestChunks))
}

// shareOut hands the numbers 0 ≤ i < n out to so many workers, one by one to whoever is free, and waits for the last. do is called
// by several goroutines at once, but never at once with the same worker.
func shareOut(n, workers int, do func(worker, i int)) {
	var next atomic.Int64
	work := func(worker int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(worker, i)
		}
	}
	var wg sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		wg.Go(func() { work(worker) })
	}
	work(0)
	wg.Wait()
}
