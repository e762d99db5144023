// Package ical reads calendars as RFC 5545 has them: components with their properties, times in zones that a calendar may bring
// along, and events that repeat.
//
// Start with [Parse] and [Event]. component.go reads the format, rule.go repeats events, zone.go knows zones and times,
// series.go says when an event takes place.
package ical
