package postmortem

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// Time is a point in time as prose names it: a day, a clock time, or both, seldom with a zone.
type Time struct {
	Year, Month, Day int // year and day are 0 when not named
	Hour, Minute     int
	Clock            bool
	About            bool // "ca. 18:30"
	Dotted           bool // "14.43"
	Zone             *time.Location
	ZoneWord         string // empty for an offset
	Text             string // as written
	// Until is the clock at which a range such as "13:30-13:45" ends, in minutes since midnight, and 1440 for midnight itself; 0: it is no range.
	Until int
}

const (
	monthNames   = `Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?`
	weekDays     = `(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?[.,]?\s+)?`
	datePattern  = `(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(` + monthNames + `)\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?|(\d{1,2})(?:st|nd|rd|th|\.)? (` + monthNames + `)\b\.?(?:,? (\d{4})\b)?`
	aboutPattern = `(?:ca\.?|circa|approx\.?|approximately|about|around|~)\s*`
	clockPattern = `(\d{1,2})([:.])(\d{2})(?::\d{2}(?:\.\d+)?)?\s?([AaPp]\.?[Mm]\b\.?)?`
	rangePattern = `(?:\s*(?:-|–|—|to|until)\s*~?(\d{1,2}):(\d{2})(?:\s?([AaPp][Mm])\b)?)?`
)

var (
	timePattern = regexp.MustCompile(`^` + weekDays + `(?:` + datePattern + `)?(?:(?:[T,]|,? at|,? [-–])?\s*(` + aboutPattern + `)?` + clockPattern + rangePattern + `)?`)
	dateInText  = regexp.MustCompile(`\b(?:` + datePattern + `)`)
	separator   = regexp.MustCompile(`^[\s:|)\]–—-]+`)
	opening     = regexp.MustCompile("^[\\s*_`(\\[]+")
	// bare finds a clock without a colon, "1405 UTC", "0930 hrs" and "14h05": four digits alone may be anything.
	bare = regexp.MustCompile(`^((?:\d{4}-\d{2}-\d{2}[T,]?\s+)?)(?:([01]\d|2[0-3])([0-5]\d)(?:(\s?(?:UTC|GMT|Z)\b)|\s?(?:hrs?|hours)\b)|([01]?\d|2[0-3])h([0-5]\d)\b)`)
)

// longestTime is how much of a text is looked at for the time that it begins with, in bytes.
const longestTime = 200

// ReadTime reads the time that text begins with and returns what follows it.
func ReadTime(text string) (m Time, rest string, ok bool) {
	trimmed := opening.ReplaceAllString(text, "")
	emphasis := strings.Trim(text[:len(text)-len(trimmed)], " \t([")
	trimmed = bare.ReplaceAllString(trimmed, "$1$2$5:$3$6$4")
	g := timePattern.FindStringSubmatch(trimmed[:min(len(trimmed), longestTime)])
	if g == nil || g[1]+g[4]+g[7]+g[11] == "" {
		return Time{}, text, false
	}
	switch {
	case g[1] != "":
		m.Year, m.Month, m.Day = number(g[1]), number(g[2]), number(g[3])
	case g[4] != "":
		m.Year, m.Month, m.Day = number(g[6]), month(g[4]), number(g[5])
	case g[7] != "":
		m.Year, m.Month, m.Day = number(g[9]), month(g[8]), number(g[7])
	}
	m.About = g[10] != ""
	m.Clock, m.Dotted = g[11] != "", g[12] == "."
	half := strings.ToLower(g[14])
	m.Hour, m.Minute = hour(number(g[11]), half), number(g[13])
	if g[15] != "" {
		end := strings.ToLower(g[17])
		if half == "" && end != "" && hour(number(g[11]), end) <= hour(number(g[15]), end) {
			m.Hour = hour(number(g[11]), end) // "2:00-3:15 PM"
		}
		if m.Until = hour(number(g[15]), end)*60 + number(g[16]); m.Until == 0 {
			m.Until = 24 * 60
		}
	}
	// A dot is a clock only behind a date; alone it is a version or a sum.
	if m.Hour > 23 || m.Minute > 59 || m.Dotted && m.Day == 0 {
		return Time{}, text, false
	}
	rest = trimmed[len(g[0]):]
	if m.Clock {
		m.Zone, m.ZoneWord, rest = readZone(rest)
	}
	m.Text = importers.Line(trimmed[:len(trimmed)-len(rest)])
	// What emphasis opened before the time, it may close behind it: "**14:05**: alert".
	if emphasis != "" {
		rest = strings.TrimPrefix(strings.TrimLeft(rest, " :"), emphasis)
	}
	return m, strings.TrimSpace(separator.ReplaceAllString(rest, "")), true
}

// hour is the hour of the day that a clock of twelve hours shows; "17:14pm" says the same twice.
func hour(shown int, half string) int {
	if half == "" || shown > 12 {
		return shown
	}
	shown %= 12
	if half[0] == 'p' {
		shown += 12
	}
	return shown
}

// FindTime reads the first time in text that names its day, and returns what stands before and behind it.
func FindTime(text string) (before string, m Time, after string, ok bool) {
	at := dateInText.FindStringIndex(text)
	if at == nil {
		return text, Time{}, "", false
	}
	m, after, ok = ReadTime(text[at[0]:])
	return text[:at[0]], m, after, ok
}

// On returns the instant of m, with what is doubtful about it. Without a day of its own it is on the
// given one; without a zone of its own in the given one. A moment without a clock is its day's midnight.
func (m Time) On(day time.Time, zone *time.Location) (importers.Moment, error) {
	if m.Day > 0 {
		day = m.Date(day)
	}
	if m.Zone != nil {
		zone = m.Zone
	}
	format := importers.TimeFormat{Layout: importers.ISOTime, Zone: zone}
	at, err := format.Parse(fmt.Sprintf("%s %02d:%02d", day.Format(time.DateOnly), m.Hour, m.Minute))
	switch {
	case !m.Clock:
		at.Precision = incident.ToDay
	case m.About:
		at.Precision = incident.About
	}
	if at.Doubt == "" && m.ZoneWord != "" {
		at.Doubt = Doubt(m.ZoneWord, at.At)
	}
	return at, err
}

// Date returns the day that m names, at midnight UTC. A missing year is that of near, or of a neighbouring
// year when that is much closer: a timeline may pass the turn of the year.
func (m Time) Date(near time.Time) time.Time {
	year := m.Year
	if year == 0 {
		year = near.Year()
	}
	day := time.Date(year, time.Month(m.Month), m.Day, 0, 0, 0, 0, time.UTC)
	const half = 183 * 24 * time.Hour
	switch {
	case m.Year != 0:
	case near.Sub(day) > half:
		day = day.AddDate(1, 0, 0)
	case day.Sub(near) > half:
		day = day.AddDate(-1, 0, 0)
	}
	return day
}

// Valid reports whether the named day is on the calendar.
func (m Time) Valid() bool {
	day := m.Date(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	return m.Day > 0 && int(day.Month()) == m.Month && day.Day() == m.Day
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

func month(name string) int {
	at, err := time.Parse("Jan", name[:3])
	if err != nil {
		return 0
	}
	return int(at.Month())
}

// zones maps the words that people write to fixed offsets and to a place that uses them, so that a word
// of the wrong season can be told. IST is read as Indian time, BST as British.
var zones = map[string]struct {
	hours float64
	place string
}{
	"UTC": {0, ""}, "GMT": {0, ""}, "Z": {0, ""},
	"BST": {1, "Europe/London"}, "CET": {1, "Europe/Berlin"}, "CEST": {2, "Europe/Berlin"},
	"EET": {2, "Europe/Helsinki"}, "EEST": {3, "Europe/Helsinki"}, "IST": {5.5, ""}, "JST": {9, ""},
	"EST": {-5, "America/New_York"}, "EDT": {-4, "America/New_York"},
	"CST": {-6, "America/Chicago"}, "CDT": {-5, "America/Chicago"},
	"MST": {-7, "America/Denver"}, "MDT": {-6, "America/Denver"},
	"PST": {-8, "America/Los_Angeles"}, "PDT": {-7, "America/Los_Angeles"},
	"AEST": {10, "Australia/Sydney"}, "AEDT": {11, "Australia/Sydney"},
}

var (
	zonePattern   = regexp.MustCompile(`^\s*[(\[]?(Z|[A-Z]{3,4})\b(?:\s?([+-]\d{1,2}(?::?\d{2})?))?[)\]]?`)
	statedPattern = regexp.MustCompile(`(?i)\ball times?\b(.*)`)
	offsetPattern = regexp.MustCompile(`\b(?:UTC|GMT)\s?([+-]\d{1,2}(?::?\d{2})?)`)
	wordPattern   = regexp.MustCompile(`\b[A-Z]{3,4}\b`)
)

// readZone reads a zone that text begins with: "UTC", "(PST)", "GMT+2".
func readZone(text string) (zone *time.Location, word, rest string) {
	g := zonePattern.FindStringSubmatch(text)
	if g == nil {
		return nil, "", text
	}
	known, ok := zones[g[1]]
	if !ok {
		return nil, "", text
	}
	if g[2] != "" && known.hours == 0 {
		return offset(g[2]), "", text[len(g[0]):]
	}
	return fixed(g[1]), g[1], text[len(g[0]):]
}

// StatedZone reads "All times in CEST (UTC+2)"; an offset says more than a word. It returns nil when the
// text makes no such statement.
func StatedZone(text string) (zone *time.Location, word string) {
	stated := statedPattern.FindStringSubmatch(strings.NewReplacer("_", " ", "*", " ").Replace(text))
	if stated == nil {
		return nil, ""
	}
	if g := offsetPattern.FindStringSubmatch(stated[1]); g != nil {
		return offset(g[1]), ""
	}
	for _, word := range wordPattern.FindAllString(stated[1], -1) {
		if _, ok := zones[word]; ok {
			return fixed(word), word
		}
	}
	return nil, ""
}

func fixed(word string) *time.Location {
	return time.FixedZone(word, int(zones[word].hours*3600))
}

// offset reads "+2", "-07:30" or "+0530".
func offset(text string) *time.Location {
	digits := strings.ReplaceAll(text[1:], ":", "")
	seconds := number(digits) * 3600
	if len(digits) > 2 {
		seconds = number(digits[:len(digits)-2])*3600 + number(digits[len(digits)-2:])*60
	}
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("UTC"+text, seconds)
}

// Doubt says when a zone's word is not that of the season: "PST" in June. The word's own offset counts.
func Doubt(word string, at time.Time) string {
	known := zones[word]
	if known.place == "" {
		return ""
	}
	place, err := time.LoadLocation(known.place)
	if err != nil {
		return ""
	}
	if name, seconds := at.In(place).Zone(); seconds != int(known.hours*3600) {
		return fmt.Sprintf("the document says %s, but clocks in %s showed %s that day; %s was taken at its word", word, known.place, name, word)
	}
	return ""
}
