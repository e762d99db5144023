package ical

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
)

// zone tells what clocks show. wall is a clock time, written as if in UTC. Times that clocks show twice are meant the
// first time, and times that they skip as if they had not yet been changed (RFC 5545 section 3.3.5).
type zone interface {
	offset(wall time.Time) time.Duration // east of UTC
}

// named is a zone of the IANA database.
type named struct{ *time.Location }

func (z named) offset(wall time.Time) time.Duration {
	at := func(t time.Time) time.Duration {
		_, seconds := t.In(z.Location).Zone()
		return time.Duration(seconds) * time.Second
	}
	before := at(wall.Add(-24 * time.Hour))
	after := at(wall.Add(24 * time.Hour))
	if at(wall.Add(-before)) == before || at(wall.Add(-after)) != after {
		return before
	}
	return after
}

// onset is when clocks were changed.
type onset struct {
	wall     time.Time // as they showed until then
	from, to time.Duration
}

// own is a zone that the calendar describes itself, by the times at which clocks are changed, in order.
type own []onset

func (z own) offset(wall time.Time) time.Duration {
	i, _ := slices.BinarySearchFunc(z, wall, func(o onset, w time.Time) int {
		if o.wall.After(w) {
			return 1
		}
		return -1
	})
	if i == 0 {
		return z[0].from
	}
	o := z[i-1]
	if wall.Before(o.wall.Add(o.to - o.from)) { // skipped
		return o.from
	}
	return o.to
}

// Zones are those that an event may name.
type Zones struct {
	own      map[string]zone
	fallback zone
	last     time.Time // changes of clocks matter until then
	// Unknown are the ids for which fallback was taken.
	Unknown map[string]bool
}

// NewZones returns what an event may name: the zones of the IANA database, and those that the calendar describes, which are
// added. fallback is the zone of times that name none; changes of clocks matter until last.
func NewZones(fallback *time.Location, last time.Time) *Zones {
	return &Zones{own: map[string]zone{}, fallback: named{fallback}, last: last, Unknown: map[string]bool{}}
}

// find returns the zone of a TZID: the IANA database knows it, perhaps behind a prefix such as /example.com/, or the
// calendar describes it. One that is neither counts as the connection's, and is noted as unknown.
func (z *Zones) find(id string) zone {
	if id == "" {
		return z.fallback
	}
	parts := strings.Split(strings.Trim(id, "/"), "/")
	for i := max(0, len(parts)-3); i < len(parts); i++ {
		if loc, err := importers.Zone(strings.Join(parts[i:], "/")); err == nil && len(parts[i]) > 0 {
			return named{loc}
		}
	}
	if own := z.own[id]; own != nil {
		return own
	}
	z.Unknown[id] = true
	return z.fallback
}

// Add reads a VTIMEZONE. One that cannot be read is as if it were not there.
func (z *Zones) Add(c *Component) {
	if loc := c.First("X-LIC-LOCATION").Value; loc != "" {
		if found, err := importers.Zone(loc); err == nil {
			z.own[c.First("TZID").Value] = named{found}
			return
		}
	}
	var all own
	for _, part := range c.Inner {
		from, err1 := readOffset(part.First("TZOFFSETFROM").Value)
		to, err2 := readOffset(part.First("TZOFFSETTO").Value)
		start, _, err3 := readWall(part.First("DTSTART").Value)
		if errors.Join(err1, err2, err3) != nil {
			continue
		}
		add := func(wall time.Time) bool {
			all = append(all, onset{wall, from, to})
			return len(all) < maxRepetitions
		}
		text := part.First("RRULE").Value
		if text == "" {
			add(start)
		} else if r, err := readRule(text); err == nil && r.freq == "YEARLY" {
			until, _, err := readWall(r.until)
			r.each(start, z.last, func(wall time.Time) bool {
				return (err != nil || !wall.Add(-from).After(until)) && add(wall)
			})
		}
		for _, p := range part.All("RDATE") {
			for text := range strings.SplitSeq(p.Value, ",") {
				if wall, _, err := readWall(text); err == nil {
					add(wall)
				}
			}
		}
	}
	if slices.SortFunc(all, func(a, b onset) int { return a.wall.Compare(b.wall) }); len(all) > 0 {
		z.own[c.First("TZID").Value] = all
	}
}

// readOffset reads "+0100" or "-053000".
func readOffset(text string) (time.Duration, error) {
	digits := strings.TrimLeft(strings.TrimSpace(text), "+-")
	n, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 4 && len(digits) != 6 || len(text) < 5 {
		return 0, fmt.Errorf("%q is no offset such as +0100", importers.Line(text))
	}
	if len(digits) == 4 {
		n *= 100
	}
	d := time.Duration(n/10000)*time.Hour + time.Duration(n/100%100)*time.Minute + time.Duration(n%100)*time.Second
	if strings.TrimSpace(text)[0] == '-' {
		d = -d
	}
	if d.Abs() >= 24*time.Hour {
		return 0, fmt.Errorf("%q is no offset of a zone", importers.Line(text))
	}
	return d, nil
}

// readWall reads a DATE or DATE-TIME as the clock time that it writes; utc says that it ends in Z.
func readWall(text string) (wall time.Time, utc bool, err error) {
	text, utc = strings.CutSuffix(strings.TrimSpace(text), "Z")
	for _, layout := range []string{"20060102T150405", "20060102"} {
		if wall, err = time.Parse(layout, text); err == nil {
			return wall, utc, nil
		}
	}
	return wall, utc, fmt.Errorf("%q is no time such as 20250106T090000", importers.Line(text))
}

// Moment is a time of an event: a clock time in its zone.
type Moment struct {
	Wall  time.Time
	zone  zone
	Whole bool // a day, without a time
}

type utcZone struct{}

func (utcZone) offset(time.Time) time.Duration { return 0 }

// Instant returns the moment itself.
func (m Moment) Instant() time.Time { return m.Wall.Add(-m.zone.offset(m.Wall)) }

// At returns another clock time in the same zone.
func (m Moment) At(wall time.Time) Moment {
	m.Wall = wall
	return m
}

// moments reads the value of a Property, several with commas between them.
func (z *Zones) moments(p Property) (all []Moment, err error) {
	for text := range strings.SplitSeq(p.Value, ",") {
		text, _, _ = strings.Cut(text, "/") // of a period, its beginning
		wall, utc, err := readWall(text)
		if err != nil {
			return nil, err
		}
		if year := wall.Year(); year < 1970 || year > 2199 {
			return nil, fmt.Errorf("%q is in the year %d", importers.Line(text), year)
		}
		m := Moment{Wall: wall, zone: z.find(p.Params["TZID"]), Whole: !strings.Contains(text, "T")}
		if utc {
			m.zone = utcZone{}
		}
		all = append(all, m)
	}
	return all, nil
}

// readDuration reads "PT8H", "P1W", "P1DT12H" of section 3.3.6: days, and the rest as exact time.
func readDuration(text string) (days int, rest time.Duration, err error) {
	body, ok := strings.CutPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "+"), "P")
	units := map[byte]time.Duration{'H': time.Hour, 'M': time.Minute, 'S': time.Second}
	digits := ""
	for i := 0; ok && i < len(body); i++ {
		c := body[i]
		n, convErr := strconv.Atoi(cmp.Or(digits, "x"))
		switch {
		case c >= '0' && c <= '9' && len(digits) < 6:
			digits += string(c)
			continue
		case c == 'T' && digits == "":
		case convErr != nil:
			ok = false
		case c == 'W':
			days += 7 * n
		case c == 'D':
			days += n
		default:
			rest += time.Duration(n) * units[c]
			ok = units[c] != 0
		}
		digits = ""
	}
	if !ok || digits != "" || days > 3660 || rest > 3660*24*time.Hour {
		return 0, 0, fmt.Errorf("%q is no duration such as PT8H", importers.Line(text))
	}
	return days, rest, nil
}
