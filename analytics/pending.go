package analytics

import (
	"context"
	"time"

	"hindsight/incident"
)

// NewLive returns a Live before all changes. now is the clock that limits how often snapshots are
// published while it catches up.
func NewLive(now func() time.Time) *Live { panic("not yet") }

// Name identifies the sink to the follower.
func (l *Live) Name() string { return "analytics" }

// Seq returns the number of the last change that was applied.
func (l *Live) Seq() incident.Seq { panic("not yet") }

// Apply takes in what changed. It publishes a snapshot when d says that the feed is caught up, else at
// most once a second.
func (l *Live) Apply(ctx context.Context, d incident.Delta) error { panic("not yet") }

// Snapshot returns the newest published snapshot; never nil.
func (l *Live) Snapshot() *Snapshot { return l.current.Load() }

// AsOf returns the number of the last change that the snapshot knows.
func (s *Snapshot) AsOf() incident.Seq { return s.asOf }

// Len returns the number of incidents, private and uncounted ones included.
func (s *Snapshot) Len() int { panic("not yet") }

// Services returns the catalogue as of the snapshot; read only.
func (s *Snapshot) Services() []incident.Service { panic("not yet") }

// Teams returns the teams as of the snapshot; read only.
func (s *Snapshot) Teams() []incident.Team { panic("not yet") }

// Targets returns the service-level targets as of the snapshot; read only.
func (s *Snapshot) Targets() []incident.SLATarget { panic("not yet") }

// Durations measures q.Span group by group. It returns one empty group when q groups by nothing and selects
// nothing.
func (s *Snapshot) Durations(q Query) []DurationGroup { panic("not yet") }

// Counts counts incidents group by group.
func (s *Snapshot) Counts(q Query) []CountGroup { panic("not yet") }

// Uptime returns availability and time between failures group by group.
func (s *Snapshot) Uptime(q Query) []UptimeGroup { panic("not yet") }

// SLA returns how every promise was kept, group by group: first what the sources state, then the
// targets, in their order.
func (s *Snapshot) SLA(q Query, targets []incident.SLATarget) []ComplianceGroup { panic("not yet") }

// Breaches lists the incidents that broke a promise, newest first.
func (s *Snapshot) Breaches(q Query, targets []incident.SLATarget) []Breach { panic("not yet") }

// Reopened returns how many incidents came back, group by group.
func (s *Snapshot) Reopened(q Query) []ReopenedGroup { panic("not yet") }

// Cases lists the incidents behind a number of Durations(q), oldest first. q.GroupBy does not matter.
func (s *Snapshot) Cases(q Query, which Outcome) []Case { panic("not yet") }

// Incidents returns the ids of Cases(q, which).
func (s *Snapshot) Incidents(q Query, which Outcome) []incident.ID { panic("not yet") }

// Metrics lists every definition, in the order of an incident's life.
func Metrics() []Metric { panic("not yet") }

// FindMetric returns the metric with an id, or a metric for any other span written "from..to". It returns
// incident.ErrInvalid when id is neither.
func FindMetric(id string) (Metric, error) { panic("not yet") }

// Judge says whether durations changed between two periods, in the fixed words used everywhere.
// now and before are the recorded durations in seconds, in any order.
func Judge(m Metric, now, before []float64) Verdict { panic("not yet") }

// JudgeRate says whether incidents became rarer. Days are the observed days of each period.
func JudgeRate(now int, nowDays float64, before int, beforeDays float64) Verdict { panic("not yet") }
