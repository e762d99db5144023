package analytics_test

import (
	"encoding/json"
	"time"

	"hindsight/analytics/calendar"
	"hindsight/analytics/stats"
	"hindsight/incident"
)

// calendarFunctions are the functions of business time.
func calendarFunctions() map[string]func(json.RawMessage) (result, error) {
	return map[string]func(json.RawMessage) (result, error){"sla_clock": on(slaClock)}
}

// hours are a calendar as the vectors write it.
type hours struct {
	Mode, TZ  string
	Weekly    map[string][][2]string
	Holidays  []string
	Overrides map[string][][2]string
}

func (h hours) calendar() incident.Calendar {
	c := incident.Calendar{Always: h.Mode == "24x7", Zone: h.TZ}
	for i, name := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
		c.Weekly[i] = hoursOf(h.Weekly[name])
	}
	for date, pairs := range h.Overrides {
		c.Days = append(c.Days, incident.Day{Date: date, Hours: hoursOf(pairs)})
	}
	for _, date := range h.Holidays {
		if _, overridden := h.Overrides[date]; !overridden {
			c.Days = append(c.Days, incident.Day{Date: date})
		}
	}
	return c
}

func hoursOf(pairs [][2]string) (out []incident.Hour) {
	for _, p := range pairs {
		var h incident.Hour
		if err := h.UnmarshalText([]byte(p[0] + "-" + p[1])); err != nil {
			panic(err)
		}
		out = append(out, h)
	}
	return out
}

func slaClock(in struct {
	Calendar hours
	Start    time.Time
	Stop     *time.Time
	AsOf     *time.Time `json:"as_of"`
	Pauses   [][2]*time.Time
	Target   int64 `json:"target_seconds"`
}) result {
	c, err := calendar.New(in.Calendar.calendar())
	if err != nil {
		panic(err)
	}
	var pauses []stats.Stretch
	for _, p := range in.Pauses {
		s := stats.Stretch{From: p[0].UnixMicro(), To: calendar.Forever}
		if p[1] != nil {
			s.To = p[1].UnixMicro()
		}
		pauses = append(pauses, s)
	}
	clock := calendar.NewClock(c, in.Start.UnixMicro(), pauses)
	at := in.Stop
	if at == nil {
		at = in.AsOf
	}
	elapsed := clock.Elapsed(at.UnixMicro()) / 1e6
	due, isDue, until, ends := clock.Due(in.Target * 1e6)
	return result{
		"elapsed_seconds": elapsed, "remaining_seconds": in.Target - elapsed, "breached": elapsed > in.Target,
		"due_at": instantOf(due, isDue), "breach_at": instantOf(until, ends), "clock_state": string(clock.State(at.UnixMicro())),
	}
}

// instantOf writes an instant as the vectors do, or null.
func instantOf(us int64, known bool) any {
	if !known {
		return nil
	}
	return time.UnixMicro(us).UTC().Format(time.RFC3339)
}
