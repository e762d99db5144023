package frontend

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"hindsight/reports"
)

// This file alone decides how pages write times, and sends numbers to reports.Format.

// When writes a time as "12 Nov 2026, 14:02 UTC" in the viewer's zone, with the distance from now as its
// title. A zero time is written as "not known".
func (s Shell) When(t time.Time) template.HTML { return s.timeTag(t, "2 Jan 2006, 15:04 MST") }

// WhenSecond writes a time with its seconds, for event lists and provenance.
func (s Shell) WhenSecond(t time.Time) template.HTML {
	return s.timeTag(t, "2 Jan 2006, 15:04:05 MST")
}

// Day writes a date as "12 Nov 2026" in the viewer's zone.
func (s Shell) Day(t time.Time) template.HTML { return s.timeTag(t, "2 Jan 2006") }

// Short writes a time for narrow columns that say the zone in their head: "12 Nov 2026, 14:02".
func (s Shell) Short(t time.Time) template.HTML { return s.timeTag(t, "2 Jan 2006, 15:04") }

// Clock writes the time of day, "14:02:31".
func (s Shell) Clock(t time.Time) template.HTML { return s.timeTag(t, "15:04:05") }

// Ago writes how long ago a time was: "8 days ago".
func (s Shell) Ago(t time.Time) template.HTML {
	if t.IsZero() {
		return notKnown
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`, t.UTC().Format(time.RFC3339),
		t.In(s.zone()).Format("2 Jan 2006, 15:04 MST"), ago(s.Now.Sub(t))))
}

// ZoneName returns the name of the viewer's zone: "UTC", "Europe/Berlin".
func (s Shell) ZoneName() string { return s.zone().String() }

// Input writes a time as a datetime-local field wants it, in the viewer's zone; "" for a zero time.
func (s Shell) Input(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.zone()).Format("2006-01-02T15:04:05")
}

// Date writes a day as a date field wants it, in the viewer's zone.
func (s Shell) Date(t time.Time) string { return t.In(s.zone()).Format(time.DateOnly) }

// Before returns the last instant before t: a period that ends at t ends with the day of it. It leaves an unknown time unknown.
func (s Shell) Before(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(-time.Nanosecond)
}

// At reports whether path is the path of this page, whatever its parameters.
func (s Shell) At(path string) bool {
	own, _, _ := strings.Cut(s.Path, "?")
	return own == path
}

const notKnown = template.HTML(`<span class="none">not known</span>`)

func (s Shell) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

func (s Shell) timeTag(t time.Time, layout string) template.HTML {
	if t.IsZero() {
		return notKnown
	}
	title := ""
	if !s.Now.IsZero() {
		title = ` title="` + ago(s.Now.Sub(t)) + `"`
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s"%s>%s</time>`, t.UTC().Format(time.RFC3339), title,
		template.HTMLEscapeString(t.In(s.zone()).Format(layout))))
}

// ago says a distance in time in one unit, as people do.
func ago(d time.Duration) string {
	form := "%s ago"
	if d < 0 {
		d, form = -d, "in %s"
	}
	for _, u := range []struct {
		size time.Duration
		name string
	}{{365 * 24 * time.Hour, "year"}, {30 * 24 * time.Hour, "month"}, {24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / u.size); n > 0 {
			return fmt.Sprintf(form, plural(n, u.name))
		}
	}
	return "just now"
}

// plural writes a count with its noun: "1 incident", "1,204 incidents", "3 dead letters".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") && !strings.HasSuffix(noun, "day") {
		return number(n) + " " + strings.TrimSuffix(noun, "y") + "ies"
	}
	if strings.HasSuffix(noun, "s") || strings.HasSuffix(noun, "ch") {
		return number(n) + " " + noun + "es"
	}
	return number(n) + " " + noun + "s"
}

// number writes an integer: "1,204".
func number(n int) string { return reports.Format(reports.Count, float64(n)) }

// percent writes a share of one: "88.9 %".
func percent(share float64) string { return reports.Format(reports.Share, share) }

// cell writes a table's value in its unit; a missing one as its reason.
func (s Shell) cell(c reports.Cell, unit reports.Unit) template.HTML {
	switch {
	case c.Number != nil && unit == reports.Instant:
		return s.Short(time.Unix(int64(*c.Number), 0))
	case c.Number != nil:
		return template.HTML(template.HTMLEscapeString(reports.Format(unit, *c.Number)))
	case !c.Time.IsZero():
		return s.Short(c.Time)
	case c.Text != "":
		return template.HTML(template.HTMLEscapeString(c.Text))
	case c.Note != "":
		return template.HTML(`<span class="none">` + template.HTMLEscapeString(c.Note) + `</span>`)
	}
	return `<span class="none">none</span>`
}

// span is a cell of a table, with the column where it begins and how many it covers.
type span struct {
	reports.Cell
	At, Span int
}

// spans makes neighbours without a value one cell where they have one reason, which is then read once.
func spans(row []reports.Cell) []span {
	var out []span
	for i, c := range row {
		if n := len(out); n > 0 && c.Note != "" && out[n-1].Cell == c {
			out[n-1].Span++
			continue
		}
		out = append(out, span{c, i, 1})
	}
	return out
}

// fileSize writes a size: "812 MB", in powers of 1000.
func fileSize(n int64) string {
	size, unit := float64(n), 0
	names := []string{"bytes", "kB", "MB", "GB", "TB"}
	for size >= 1000 && unit < len(names)-1 {
		size, unit = size/1000, unit+1
	}
	return strconv.FormatFloat(size, 'f', 0, 64) + " " + names[unit]
}

// words turns a name of the program into words: "impact_started" into "impact started".
func words(name any) string {
	return strings.NewReplacer("sla_", "SLA ", "_", " ", "-", " ").Replace(fmt.Sprint(name))
}

// capital returns text with its first letter in upper case.
func capital(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}

// exact writes d in every unit that it has, as forms take it back: "1d 12h 30m".
func exact(d time.Duration) string {
	var parts []string
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / u.size; n > 0 {
			parts = append(parts, strconv.Itoa(int(n))+u.name)
			d -= n * u.size
		}
	}
	return strings.Join(parts, " ")
}
