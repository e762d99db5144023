package analytics

import (
	"time"

	"hindsight/incident"
)

// Promise is a service level that incidents are held against: one that the source states and
// judges itself, or a target of our own.
type Promise struct {
	Stated bool        // judged by the source (incident.SLACycle); else by Target
	Key    string      // stable: "stated:resolution:P1 resolution", or the target's id
	Name   string      // for people
	ID     incident.ID // of the target; empty when Stated
	Within time.Duration
	Goal   float64 // share that must be met, 0 to 1; 0 when Stated, for sources do not say
}

// ComplianceGroup says how one promise was kept in one group.
// Rate is Met / (Met + Breached) with the Wilson interval.
type ComplianceGroup struct {
	Group
	Promise  Promise
	Met      int // exactly on time is met
	Breached int // also those still running that are past their time
	Running  int // not over, still in time: in neither
	Missing  int // an end is missing, or the source does not say
	Invalid  int // it ends before it begins
	Rate     Estimate
}

// Breach is an incident that broke a promise.
type Breach struct {
	Case
	Promise Promise
	Over    float64 // seconds past the promise, by wall clock; 0 when the source does not say
	Running bool    // not over yet
}

// SLAState is how one promise stands for one incident.
type SLAState string

const (
	SLAMet      SLAState = "met"
	SLABreached SLAState = "breached"
	SLARunning  SLAState = "running"
	SLAMissing  SLAState = "missing"
	SLAInvalid  SLAState = "invalid"
)
