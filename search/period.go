package search

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parsePeriod reads the value of a date field as a half-open range in UTC; a zero bound does not bind.
// A comparison is about the whole day, month, quarter or year: >2024-01 begins on 1 February.
func parsePeriod(text string) (from, to time.Time, err error) {
	a, b, isRange := strings.Cut(text, "..")
	if isRange {
		return parseRange(text, a, b)
	}
	op, day := cutComparison(text)
	first, next, ok := calendarSpan(day)
	if !ok {
		return from, to, notADate(text)
	}
	switch op {
	case ">":
		return next, to, nil
	case ">=":
		return first, to, nil
	case "<":
		return from, first, nil
	case "<=":
		return from, next, nil
	}
	return first, next, nil
}

func notADate(text string) error {
	return fmt.Errorf("%q is no date; write 2026, 2026-Q3, 2026-07 or 2026-07-14, two of them as A..B, or one behind >, >=, < or <=", text)
}

func parseRange(text, a, b string) (from, to time.Time, err error) {
	if a == "" && b == "" {
		return from, to, notADate(text)
	}
	ok1, ok2 := true, true
	if a != "" {
		from, _, ok1 = calendarSpan(a)
	}
	if b != "" {
		_, to, ok2 = calendarSpan(b)
	}
	if !ok1 || !ok2 {
		return from, to, notADate(text)
	}
	if a != "" && b != "" && !from.Before(to) {
		return from, to, fmt.Errorf("%q ends before it begins; write the earlier date first", text)
	}
	return from, to, nil
}

func cutComparison(text string) (op, rest string) {
	for _, op := range []string{">=", "<=", ">", "<"} {
		if rest, ok := strings.CutPrefix(text, op); ok {
			return op, rest
		}
	}
	return "", text
}

var calendar = regexp.MustCompile(`^(\d{4})(?:-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?$`)

// calendarSpan returns the first instant of a year, quarter, month or day and of the next one.
func calendarSpan(text string) (first, next time.Time, ok bool) {
	m := calendar.FindStringSubmatch(text)
	if m == nil || m[1] == "0000" {
		return first, next, false
	}
	year, _ := strconv.Atoi(m[1])
	date := func(month, day int) time.Time { return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	switch {
	case m[2] != "":
		quarter, _ := strconv.Atoi(m[2])
		return date(3*quarter-2, 1), date(3*quarter+1, 1), true
	case m[4] != "":
		first, err := time.Parse(time.DateOnly, text)
		return first, first.AddDate(0, 0, 1), err == nil
	case m[3] != "":
		month, _ := strconv.Atoi(m[3])
		return date(month, 1), date(month+1, 1), month >= 1 && month <= 12
	}
	return date(1, 1), date(13, 1), true
}
