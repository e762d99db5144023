package manifest

import (
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// Length is a stretch of time, written in hours, minutes and seconds: "4h", "1h30m". There are no days in it, for a day of
// business time is shorter than one on the clock.
type Length time.Duration

// lengthOf returns a number of seconds as a Length, to the nanosecond.
func lengthOf(seconds float64) Length { return Length(seconds * float64(time.Second)) }

// Seconds returns l in seconds.
func (l Length) Seconds() float64 { return time.Duration(l).Seconds() }

// String returns the form that UnmarshalText reads, without units of which there are none.
func (l Length) String() string {
	d := time.Duration(l)
	var out strings.Builder
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{time.Hour, "h"}, {time.Minute, "m"}} {
		if n := d / unit.size; n != 0 {
			out.WriteString(strconv.FormatInt(int64(n), 10) + unit.name)
			d -= n * unit.size
		}
	}
	if d != 0 || out.Len() == 0 {
		out.WriteString(strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + "s")
	}
	return out.String()
}

// MarshalText writes l as String does.
func (l Length) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads "4h", "90m" or "1h30m". It returns ErrInvalid for anything else.
func (l *Length) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 {
		return incident.Invalidf("length", "%q is no length of time; write one such as 4h, 90m or 1h30m", text)
	}
	*l = Length(d)
	return nil
}

// Severity is an incident.Severity in words: SEV1 to SEV5, or unset.
type Severity incident.Severity

// MarshalText writes s in words.
func (s Severity) MarshalText() ([]byte, error) { return []byte(incident.Severity(s).String()), nil }

// UnmarshalText reads a severity as incident.ParseSeverity does, but not an empty one.
func (s *Severity) UnmarshalText(text []byte) error {
	parsed, err := incident.ParseSeverity(string(text))
	if err != nil || len(text) == 0 {
		return incident.Invalidf("severity", "%q is no severity; there are SEV1 to SEV5 and unset", text)
	}
	*s = Severity(parsed)
	return nil
}
