package ical

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is a recurrence rule of RFC 5545 section 3.3.10. Times are clock times, written as if in UTC.
type rule struct {
	freq      string // DAILY, WEEKLY, MONTHLY, YEARLY
	interval  int
	count     int // 0: no bound
	until     string
	days      []weekday // BYDAY
	monthDays []int     // BYMONTHDAY, negative ones from the end
	months    []int     // BYMONTH
	positions []int     // BYSETPOS
	weekStart time.Weekday
}

// weekday is an entry of BYDAY: nth is 0 for each one, -1 for the last one of the month.
type weekday struct {
	day time.Weekday
	nth int
}

var weekdays = map[string]time.Weekday{"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday}

// readRule reads a rule. What rosters hardly use, and what is not known, is refused: half a rule would put somebody on
// call who is not.
func readRule(text string) (rule, error) {
	r := rule{interval: 1, weekStart: time.Monday}
	for part := range strings.SplitSeq(strings.TrimSpace(text), ";") {
		key, value, _ := strings.Cut(strings.ToUpper(part), "=")
		if err := r.set(key, value); err != nil {
			return r, err
		}
	}
	nth := slices.ContainsFunc(r.days, func(d weekday) bool { return d.nth != 0 })
	switch {
	case !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, r.freq):
		return r, fmt.Errorf("a repetition of FREQ=%s is not understood, only DAILY, WEEKLY, MONTHLY and YEARLY", r.freq)
	case nth && (r.freq == "DAILY" || r.freq == "WEEKLY"):
		return r, errors.New("BYDAY counts weekdays, which only a month has")
	case nth && r.freq == "YEARLY" && len(r.months) == 0:
		return r, errors.New("BYDAY counts the weekdays of a year, which is not understood")
	case len(r.monthDays) > 0 && r.freq == "WEEKLY":
		return r, errors.New("BYMONTHDAY means nothing in a weekly repetition")
	case r.count > 0 && r.until != "":
		return r, errors.New("it has both COUNT and UNTIL")
	}
	return r, nil
}

func (r *rule) set(key, value string) (err error) {
	switch key {
	case "FREQ":
		r.freq = value
	case "INTERVAL":
		r.interval, err = bounded(key, value, 1, 1000)
	case "COUNT":
		r.count, err = bounded(key, value, 1, maxRepetitions)
	case "UNTIL":
		r.until = value
	case "WKST":
		day, ok := weekdays[value]
		if r.weekStart = day; !ok {
			err = fmt.Errorf("WKST=%s is no weekday", value)
		}
	case "BYDAY":
		r.days, err = readDays(value)
	case "BYMONTHDAY":
		r.monthDays, err = numbers(key, value, -31, 31)
	case "BYMONTH":
		r.months, err = numbers(key, value, 1, 12)
	case "BYSETPOS":
		r.positions, err = numbers(key, value, -366, 366)
	case "":
	default:
		err = fmt.Errorf("%s in a repetition is not understood", key)
	}
	return err
}

func bounded(key, text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%s=%s is no number from %d to %d", key, text, low, high)
	}
	return n, nil
}

func numbers(key, text string, low, high int) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := bounded(key, part, low, high)
		if err == nil && n == 0 {
			err = fmt.Errorf("%s counts from 1, or from -1 backwards", key)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func readDays(text string) ([]weekday, error) {
	var out []weekday
	for part := range strings.SplitSeq(text, ",") {
		if len(part) < 2 {
			return nil, fmt.Errorf("BYDAY=%s holds no weekday", text)
		}
		day, ok := weekdays[part[len(part)-2:]]
		d := weekday{day: day}
		if count := part[:len(part)-2]; count != "" {
			n, err := bounded("BYDAY", count, -5, 5)
			if err != nil || n == 0 {
				return nil, fmt.Errorf("BYDAY=%s is not understood", text)
			}
			d.nth = n
		}
		if !ok {
			return nil, fmt.Errorf("BYDAY=%s holds no weekday", text)
		}
		out = append(out, d)
	}
	return out, nil
}

const maxSteps = 100_000 // days, weeks, months or years that a rule is followed: 270 years of days

// each calls yield with the times of the rule from start on, in order, until it returns false or a time is behind last.
// UNTIL is the caller's business, who knows the zone.
func (r rule) each(start, last time.Time, yield func(time.Time) bool) {
	n := 0
	for step := range maxSteps {
		begin, days := r.period(start, step*r.interval)
		if begin.After(last) {
			return
		}
		for _, day := range r.choose(days) {
			t := day.Add(start.Sub(midnight(start)))
			if t.Before(start) {
				continue
			}
			if t.After(last) || !yield(t) {
				return
			}
			if n++; n == r.count {
				return
			}
		}
	}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// period returns the days of the n-th day, week, month or year from start's that the rule names, and where it begins.
func (r rule) period(start time.Time, n int) (begin time.Time, days []time.Time) {
	today := midnight(start)
	switch r.freq {
	case "DAILY":
		begin = today.AddDate(0, 0, n)
		if r.inMonths(begin) && r.onMonthDays(begin) && r.onWeekdays(begin) {
			days = []time.Time{begin}
		}
		return begin, days
	case "WEEKLY":
		begin = today.AddDate(0, 0, 7*n-(int(today.Weekday())-int(r.weekStart)+7)%7)
		for i := range 7 {
			day := begin.AddDate(0, 0, i)
			if r.inMonths(day) && (len(r.days) == 0 && day.Weekday() == today.Weekday() || len(r.days) > 0 && r.onWeekdays(day)) {
				days = append(days, day)
			}
		}
		return begin, days
	case "MONTHLY":
		begin = time.Date(today.Year(), today.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return begin, r.ofMonth(begin, today.Day())
	}
	begin = time.Date(today.Year()+n, 1, 1, 0, 0, 0, 0, time.UTC)
	for m := range 12 {
		month := begin.AddDate(0, m, 0)
		if len(r.months) > 0 || len(r.days) > 0 || len(r.monthDays) > 0 || month.Month() == today.Month() {
			days = append(days, r.ofMonth(month, today.Day())...)
		}
	}
	return begin, days
}

// ofMonth returns the days of a month that the rule names; day is the one when it names none.
func (r rule) ofMonth(month time.Time, day int) (days []time.Time) {
	if !r.inMonths(month) {
		return nil
	}
	for d := month; d.Month() == month.Month(); d = d.AddDate(0, 0, 1) {
		named := len(r.days) > 0 || len(r.monthDays) > 0
		if !named && d.Day() == day || named && r.onMonthDays(d) && r.onWeekdays(d) {
			days = append(days, d)
		}
	}
	return days
}

func (r rule) inMonths(d time.Time) bool {
	return len(r.months) == 0 || slices.Contains(r.months, int(d.Month()))
}

func (r rule) onMonthDays(d time.Time) bool {
	left := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day() - d.Day() + 1
	return len(r.monthDays) == 0 || slices.Contains(r.monthDays, d.Day()) || slices.Contains(r.monthDays, -left)
}

func (r rule) onWeekdays(d time.Time) bool {
	left := time.Date(d.Year(), d.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day() - d.Day()
	return len(r.days) == 0 || slices.ContainsFunc(r.days, func(w weekday) bool {
		return w.day == d.Weekday() && (w.nth == 0 || w.nth == (d.Day()-1)/7+1 || w.nth == -(left/7+1))
	})
}

// choose applies BYSETPOS to the days of a period.
func (r rule) choose(days []time.Time) []time.Time {
	if len(r.positions) == 0 {
		return days
	}
	var chosen []time.Time
	for i, d := range days {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(days)) {
			chosen = append(chosen, d)
		}
	}
	return chosen
}
