package analytics

import (
	"sync/atomic"
)

// Live follows the change feed and holds the newest Snapshot. It is a sink of the follower.
type Live struct {
	current atomic.Pointer[Snapshot]
}
