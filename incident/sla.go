package incident

import (
	"slices"
	"time"
)

// SLATarget is a promise about one span of an incident's life, in wall-clock time.
type SLATarget struct {
	ID       ID
	Name     string // "Resolution, critical"
	Span     Span
	Within   time.Duration
	Priority string  // only incidents with this PriorityRaw; empty means all
	Service  ID      // only incidents of this service; empty means all
	Goal     float64 // share of incidents that must meet it, 0 to 1
}

// Covers reports whether the target is about inc.
func (t SLATarget) Covers(inc *Incident) bool {
	if t.Priority != "" && t.Priority != inc.PriorityRaw {
		return false
	}
	return t.Service == "" || slices.ContainsFunc(inc.Services, func(u ServiceUse) bool { return u.Service == t.Service })
}
