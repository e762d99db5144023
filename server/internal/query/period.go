package query

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// Ranges lists the presets in the order in which a menu shows them.
var Ranges = []struct{ Name, Label string }{
	{"7d", "Last 7 days"}, {"30d", "Last 30 days"}, {"90d", "Last 90 days"}, {"12m", "Last 12 months"},
	{"mtd", "This month"}, {"qtd", "This quarter"}, {"ytd", "This year"},
	{"prev_m", "Last month"}, {"prev_q", "Last quarter"}, {"prev_y", "Last year"},
	{"all", "All time"},
}

// period reads range, from, to and tz. Without any of them the period is all time.
func (q *Query) period(v url.Values, now time.Time) error {
	q.Zone = time.UTC
	if name := v.Get("tz"); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			return incident.Invalidf("tz", "%q is not a time zone such as Europe/Berlin", name)
		}
		q.Zone = zone
	}
	from, to := v.Get("from"), v.Get("to")
	if from == "" && to == "" {
		q.Range = v.Get("range")
		if q.Range == "" {
			q.Range = "all"
		}
		var err error
		q.From, q.To, err = preset(q.Range, now.In(q.Zone))
		return err
	}
	if v.Get("range") != "" {
		return incident.Invalidf("range", "give either range, or from and to")
	}
	q.Range = "custom"
	var err error
	if q.From, err = date("from", from, q.Zone, false); err != nil {
		return err
	}
	if q.To, err = date("to", to, q.Zone, true); err != nil {
		return err
	}
	if !q.To.IsZero() && !q.From.Before(q.To) {
		return incident.Invalidf("to", "the period ends before it begins")
	}
	return nil
}

// The years that a period may touch. Further ones are slips of the pen, and their weeks would be too many to draw.
const firstYear, lastYear = 1900, 2200

// date reads a day, a month or an instant. A day or month as the end of a period is included in it.
func date(field, text string, zone *time.Location, end bool) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	t, err := parseDate(field, text, zone, end)
	if err == nil && (t.Year() < firstYear || t.Year() > lastYear) {
		return time.Time{}, incident.Invalidf(field, "%q is not between the years %d and %d", text, firstYear, lastYear)
	}
	return t, err
}

func parseDate(field, text string, zone *time.Location, end bool) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	if t, err := time.ParseInLocation("2006-01-02", text, zone); err == nil {
		if end {
			t = t.AddDate(0, 0, 1)
		}
		return t.UTC(), nil
	}
	if t, err := time.ParseInLocation("2006-01", text, zone); err == nil {
		if end {
			t = t.AddDate(0, 1, 0)
		}
		return t.UTC(), nil
	}
	return time.Time{}, incident.Invalidf(field, "%q is not a date such as 2026-03-01", text)
}

// preset returns the bounds of a named period. now carries the zone that days and months are in.
func preset(name string, now time.Time) (from, to time.Time, err error) {
	y, m, d := now.Date()
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, now.Location()) }
	quarter := (m-1)/3*3 + 1
	tomorrow := day(y, m, d+1)
	switch name {
	case "all":
		return time.Time{}, time.Time{}, nil
	case "mtd":
		from, to = day(y, m, 1), tomorrow
	case "qtd":
		from, to = day(y, quarter, 1), tomorrow
	case "ytd":
		from, to = day(y, 1, 1), tomorrow
	case "prev_m":
		from, to = day(y, m-1, 1), day(y, m, 1)
	case "prev_q":
		from, to = day(y, quarter-3, 1), day(y, quarter, 1)
	case "prev_y":
		from, to = day(y-1, 1, 1), day(y, 1, 1)
	default:
		n, unit := leadingNumber(name)
		switch {
		case n < 1 || n > 3660:
			return from, to, incident.Invalidf("range", "%q is not a period; there are 30d, 12m, mtd, qtd, ytd, prev_m, prev_q, prev_y and all", name)
		case unit == "d":
			from, to = day(y, m, d+1-n), tomorrow
		case unit == "m":
			last := day(y, m-time.Month(n)+1, 0).Day() // 31 August less six months is the end of February
			from, to = day(y, m-time.Month(n), min(d, last)+1), tomorrow
		default:
			return from, to, incident.Invalidf("range", "%q does not end in d or m", name)
		}
	}
	return from.UTC(), to.UTC(), nil
}

func leadingNumber(text string) (int, string) {
	unit := strings.TrimLeft(text, "0123456789")
	n, err := strconv.Atoi(strings.TrimSuffix(text, unit))
	if err != nil {
		return 0, unit
	}
	return n, unit
}

func (q Query) addPeriod(add func(string, ...string)) {
	if q.Zone != nil && q.Zone != time.UTC {
		defer add("tz", q.Zone.String())
	}
	if q.Range != "custom" {
		if q.Range != "all" {
			add("range", q.Range)
		}
		return
	}
	if !q.From.IsZero() {
		add("from", q.day(q.From))
	}
	if !q.To.IsZero() {
		if at := q.To.In(q.zone()); at.Equal(midnight(at)) {
			add("to", at.AddDate(0, 0, -1).Format("2006-01-02"))
		} else {
			add("to", q.To.Format(time.RFC3339))
		}
	}
}

func (q Query) day(t time.Time) string {
	if at := t.In(q.zone()); at.Equal(midnight(at)) {
		return at.Format("2006-01-02")
	}
	return t.Format(time.RFC3339)
}

func (q Query) zone() *time.Location {
	if q.Zone == nil {
		return time.UTC
	}
	return q.Zone
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Previous returns the period to compare with, in UTC: the same length just before, or the same days of the year
// before. ok is false when the period is unbounded or no comparison was asked for.
func (q Query) Previous() (from, to time.Time, ok bool) {
	if q.From.IsZero() || q.To.IsZero() || q.Compare == "none" {
		return from, to, false
	}
	if q.Compare == "yoy" {
		return q.From.In(q.zone()).AddDate(-1, 0, 0).UTC(), q.To.In(q.zone()).AddDate(-1, 0, 0).UTC(), true
	}
	return q.From.Add(-q.To.Sub(q.From)), q.From, true
}

// PeriodLabel says the period in words, for headings: "Last 90 days", "1 Mar – 31 May 2016".
func (q Query) PeriodLabel() string {
	for _, r := range Ranges {
		if r.Name == q.Range {
			return r.Label
		}
	}
	last := q.To.In(q.zone()).Add(-time.Nanosecond)
	switch first := q.From.In(q.zone()); {
	case q.From.IsZero() && q.To.IsZero():
		return "All time"
	case q.From.IsZero():
		return "Until " + last.Format("2 Jan 2006")
	case q.To.IsZero():
		return "Since " + first.Format("2 Jan 2006")
	case first.Year() == last.Year():
		return first.Format("2 Jan") + " – " + last.Format("2 Jan 2006")
	default:
		return first.Format("2 Jan 2006") + " – " + last.Format("2 Jan 2006")
	}
}

// Window reads a period that may be open at either end, in UTC; the last day is included.
func Window(from, to string) (first, end time.Time, err error) {
	if first, err = date("since", from, time.UTC, false); err != nil {
		return
	}
	end, err = date("until", to, time.UTC, true)
	return
}
