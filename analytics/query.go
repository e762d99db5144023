package analytics

import (
	"strings"
	"time"

	"hindsight/analytics/calendar"
	"hindsight/incident"
)

// Query selects incidents and says how to group them. The zero Query selects all that are not
// private, in one group. Values of one field are alternatives; different fields must all hold.
type Query struct {
	// From ≤ StartedAt < To; a zero bound does not bind.
	From, To time.Time
	// Location is the zone in which days, weeks and months begin; nil means UTC.
	Location *time.Location
	// Now is the instant as of which open incidents are measured. Nothing behind it is
	// observed: windows end here even where To is later. Zero: no such limit.
	Now time.Time

	Services    []incident.ID
	Teams       []incident.ID
	Connections []incident.ID
	Severities  []incident.Severity
	Priorities  []string // PriorityRaw, exactly
	Tags        []string
	// Kinds replaces the rule that only real incidents count: then incidents of these kinds are
	// selected and all others are invisible. Empty: real ones count and others are left out.
	Kinds []incident.Kind
	Sight incident.Sight // which private incidents are included

	// BeforeFrom ≤ StartedAt < BeforeTo is the period that Compare takes to judge against; zero: the one of equal length
	// just before. NoCompare asks for none.
	BeforeFrom, BeforeTo time.Time
	NoCompare            bool
	// Programme is when work on reliability began, as somebody stated it; zero: nobody did. Growth needs it.
	Programme time.Time

	Span     incident.Span      // what Durations measures
	Calendar *calendar.Calendar // in whose business time Span is counted; nil: wall clock
	GroupBy  Dimension
}

// Previous returns the same query for the period of equal length just before, to compare with. It
// returns q itself when the period has an open end.
func (q Query) Previous() Query {
	if q.From.IsZero() || q.To.IsZero() {
		return q
	}
	q.From, q.To = q.From.Add(-q.To.Sub(q.From)), q.From
	return q
}

// zone returns the location of calendar periods.
func (q Query) zone() *time.Location {
	if q.Location == nil {
		return time.UTC
	}
	return q.Location
}

// Dimension is what groups are made by: one of the constants, or ByCustom of a field's name.
type Dimension string

const (
	ByNothing  Dimension = "" // one group of all
	ByService  Dimension = "service"
	ByTeam     Dimension = "team"
	BySeverity Dimension = "severity"
	ByPriority Dimension = "priority" // as the source says it
	BySource   Dimension = "source"   // the connection that it was read through
	ByWeek     Dimension = "week"     // ISO 8601: from Monday
	ByMonth    Dimension = "month"
	ByQuarter  Dimension = "quarter"
	ByYear     Dimension = "year"
)

// Dimensions lists all but the custom ones.
func Dimensions() []Dimension {
	return []Dimension{ByNothing, ByService, ByTeam, BySeverity, ByPriority, BySource, ByWeek, ByMonth, ByQuarter, ByYear}
}

const customPrefix = "custom:"

// ByCustom groups by the values of a field of the source that has no place of its own here
// (incident.CustomValue): ByCustom("category"). Values longer than 100 bytes are prose and no groups.
func ByCustom(field string) Dimension { return Dimension(customPrefix + field) }

// ParseDimension reads what people and programs write: "month", "custom:category", or "none".
// It returns incident.ErrInvalid for anything else.
func ParseDimension(text string) (Dimension, error) {
	if text == "none" {
		return ByNothing, nil
	}
	if field, ok := strings.CutPrefix(text, customPrefix); ok && field != "" {
		return ByCustom(field), nil
	}
	for _, d := range Dimensions() {
		if Dimension(text) == d {
			return d, nil
		}
	}
	return "", incident.Invalidf("group_by", "%q is not known; there are none, service, team, severity, priority, source, week, month, quarter, year and custom:FIELD", text)
}

// Period reports whether the groups of d are stretches of the calendar.
func (d Dimension) Period() bool {
	switch d {
	case ByWeek, ByMonth, ByQuarter, ByYear:
		return true
	}
	return false
}
