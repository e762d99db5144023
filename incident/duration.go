package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// DurationState says what a duration's value is worth.
type DurationState string

const (
	Recorded      DurationState = "recorded"       // both ends are known and in order
	Pending       DurationState = "pending"        // it has begun and the incident is not over
	NotApplicable DurationState = "not_applicable" // an end is missing and will not come
	Invalid       DurationState = "invalid"        // it ends before it begins; listed for repair, never clamped
)

// Duration is the time between two milestones, or the reason why there is none.
type Duration struct {
	State DurationState
	Value time.Duration // ≥ 0 when Recorded; so far, when Pending; else 0
}

// Span names a duration by its two ends. Where an end lists several milestones, the earliest known
// one counts: {From: {ImpactStarted, Detected}} begins when users suffered or somebody noticed.
type Span struct {
	From, To []MilestoneName
}

// String returns the form that ParseSpan reads: "impact_started|detected..resolved".
func (s Span) String() string { return join(s.From) + ".." + join(s.To) }

func join(names []MilestoneName) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, "|")
}

// ParseSpan reads "from..to", each side one or more milestone names joined by "|".
// It returns ErrInvalid for anything else.
func ParseSpan(text string) (Span, error) {
	from, to, ok := strings.Cut(text, "..")
	if !ok {
		return Span{}, Invalidf("metric", "%q is not of the form from..to, as in opened..resolved", text)
	}
	var s Span
	for _, side := range []struct {
		text  string
		names *[]MilestoneName
	}{{from, &s.From}, {to, &s.To}} {
		for _, word := range strings.Split(side.text, "|") {
			name := MilestoneName(word)
			if !slices.Contains(MilestoneNames, name) {
				return Span{}, Invalidf("metric", "%q is not a milestone; there are %s", word, join(MilestoneNames))
			}
			*side.names = append(*side.names, name)
		}
	}
	return s, nil
}

// First returns the statement in force with the earliest known time among names.
func (ms Milestones) First(names ...MilestoneName) (first Milestone, ok bool) {
	for _, n := range names {
		if m, known := ms.Current(n); known && (!ok || m.At.Before(first.At)) {
			first, ok = m, true
		}
	}
	return first, ok
}

// Earliest returns the earliest known time among names, or the zero time.
func (ms Milestones) Earliest(names ...MilestoneName) time.Time {
	m, _ := ms.First(names...)
	return m.At
}

// Between returns the duration of s as of now. over says that the incident is over, so that a
// missing end is missing for good rather than still to come.
func (ms Milestones) Between(s Span, over bool, now time.Time) Duration {
	from, to := ms.Earliest(s.From...), ms.Earliest(s.To...)
	switch {
	case from.IsZero(), to.IsZero() && over:
		return Duration{State: NotApplicable}
	case to.IsZero():
		return Duration{State: Pending, Value: max(0, now.Sub(from))}
	case to.Before(from):
		return Duration{State: Invalid}
	}
	return Duration{State: Recorded, Value: to.Sub(from)}
}

// FormatDuration writes d in the largest two units that say something: "1h 14m", "3d 4h", "45s".
func FormatDuration(d time.Duration) string {
	d = d.Round(time.Second)
	if d < 0 {
		return "-" + FormatDuration(-d)
	}
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	for i, u := range units {
		if d < u.size {
			continue
		}
		text := fmt.Sprintf("%d%s", d/u.size, u.name)
		if rest := d % u.size; i+1 < len(units) && rest >= units[i+1].size {
			text += fmt.Sprintf(" %d%s", rest/units[i+1].size, units[i+1].name)
		}
		return text
	}
	return "0s"
}
