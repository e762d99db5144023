package importers

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on what the machine has installed

	"hindsight/incident"
)

// TimeLayout says in which form a column or field writes its times.
type TimeLayout string

const (
	AnyTime    TimeLayout = ""         // ISO, or a month in English letters: the forms that cannot be misread
	ISOTime    TimeLayout = "iso"      // 2026-03-04T05:06:07Z, 2026-03-04 05:06, 2026-03-04 and the like
	NamedMonth TimeLayout = "named"    // 4 Mar 2026 05:06, March 4, 2026 5:06 AM, Wed, 04 Mar 2026 05:06:07 GMT
	DayFirst   TimeLayout = "d/m/y"    // 4/3/2026 05:06; also with dots or hyphens and two digits for the year
	MonthFirst TimeLayout = "m/d/y"    // 3/4/2026 5:06 AM
	UnixTime   TimeLayout = "unix"     // seconds since 1970, with or without a fraction
	UnixMillis TimeLayout = "unix_ms"  // milliseconds since 1970
	Excel1900  TimeLayout = "xlsx"     // days since 30 December 1899, as Excel for Windows counts
	Excel1904  TimeLayout = "xlsx1904" // days since 1 January 1904, as old Excel for Macintosh counts
)

// TimeLayouts lists every layout; where a value fits several, the earlier one is likelier.
var TimeLayouts = []TimeLayout{ISOTime, NamedMonth, DayFirst, MonthFirst, UnixTime, UnixMillis, Excel1900, Excel1904}

// TimeFormat is how to read the times of a source. The zero TimeFormat reads AnyTime, in UTC.
type TimeFormat struct {
	Layout TimeLayout
	Zone   *time.Location // of times that name no zone or offset; nil means UTC
}

// Moment is a time that was read.
type Moment struct {
	At        time.Time // UTC, microseconds; zero when the text means "unset"
	Precision incident.Precision
	Doubt     string // why At may be off: the clock showed the time twice, or never; empty otherwise
}

// Zone returns the zone of an IANA name such as "Europe/Berlin"; "" means UTC. "Local" is refused:
// what it means depends on the machine.
func Zone(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("%q is not the IANA name of a time zone, such as Europe/Berlin or UTC", name)
	}
	return loc, nil
}

// Parse reads text. Everything that sources write for "no time" gives the zero Moment: an Unset word,
// 0, year 1, the first second of 1970, year 9999. The error names the text and the form
// that was expected.
func (f TimeFormat) Parse(text string) (Moment, error) {
	text = strings.TrimSpace(text)
	if Unset(text) || strings.Contains(text, "0") && strings.Trim(text, "0-/.: TZ") == "" {
		return Moment{}, nil
	}
	m, err := f.parse(text)
	switch year := m.At.Year(); {
	case err != nil:
		return Moment{}, fmt.Errorf("%q %w", short(text), err)
	case m.At.IsZero(), m.At.Unix() == 0, year <= 1, year >= 9999:
		return Moment{}, nil
	case year < 1970 || year > 2199:
		return Moment{}, fmt.Errorf("%q is in the year %d; is the layout right?", short(text), year)
	}
	return m, nil
}

func (f TimeFormat) parse(text string) (Moment, error) {
	switch f.Layout {
	case AnyTime:
		m, err := f.parseText(isoDate, text)
		if err == nil || errors.Is(err, errCalendar) {
			return m, err
		}
		if m, err = f.parseNamed(text); err == nil || errors.Is(err, errCalendar) {
			return m, err
		}
		return m, errors.New("is not a time such as 2026-03-04 05:06 or 4 Mar 2026; say in the mapping how it is written, such as day first or month first")
	case ISOTime:
		return f.parseText(isoDate, text)
	case NamedMonth:
		return f.parseNamed(text)
	case DayFirst:
		return f.parseText(dayFirst, text)
	case MonthFirst:
		return f.parseText(monthFirst, text)
	}
	return f.parseNumber(text)
}

// parseNumber reads a count of seconds, milliseconds or days. The three ranges do not overlap for the
// years that incidents can be of, so a wrong layout is found at once.
func (f TimeFormat) parseNumber(text string) (Moment, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return Moment{}, fmt.Errorf("is not a number of the layout %s", f.Layout)
	}
	switch f.Layout {
	case UnixTime:
		if x >= 1e8 && x < 7.3e9 {
			whole, fraction := math.Modf(x)
			return Moment{At: time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1000).UTC(), Precision: incident.ToSecond}, nil
		}
		return Moment{}, errors.New("is out of range for seconds since 1970")
	case UnixMillis:
		if x >= 1e11 && x < 7.3e12 {
			return Moment{At: time.UnixMilli(int64(x)).UTC(), Precision: incident.ToSecond}, nil
		}
		return Moment{}, errors.New("is out of range for milliseconds since 1970")
	case Excel1900:
		return f.serial(x, time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC))
	case Excel1904:
		return f.serial(x, time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	return Moment{}, fmt.Errorf("cannot be read: there is no layout %q", f.Layout)
}

// serial reads a spreadsheet's count of days, whose fraction is the time of day, good to about a millisecond.
func (f TimeFormat) serial(days float64, base time.Time) (Moment, error) {
	if days < 24107 || days > 110000 { // 1970 in the 1904 system; about 2200
		return Moment{}, errors.New("is out of range for a spreadsheet's date")
	}
	whole, fraction := math.Modf(days)
	m := Moment{Precision: incident.ToSecond}
	if fraction == 0 {
		m.Precision = incident.ToDay
	}
	wall := base.AddDate(0, 0, int(whole)).Add(time.Duration(math.Round(fraction*86400e3)) * time.Millisecond)
	m.At, m.Doubt = inZone(wall, f.Zone)
	return m, nil
}

// GuessLayouts returns the layouts that read every value of a column, likeliest first; values that are
// Unset do not count. It returns none when all are, or when no layout reads them all. When both
// DayFirst and MonthFirst are among them the column is ambiguous and a person must say.
func GuessLayouts(values []string) []TimeLayout {
	var fit []TimeLayout
	for _, layout := range TimeLayouts {
		n := 0
		for _, v := range values {
			m, err := TimeFormat{Layout: layout}.Parse(v)
			if err != nil {
				n = 0
				break
			}
			if !m.At.IsZero() {
				n++
			}
		}
		if n > 0 {
			fit = append(fit, layout)
		}
	}
	return fit
}

// short cuts a text that is quoted in a message.
func short(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return text
}
