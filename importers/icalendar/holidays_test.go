package icalendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHolidays(t *testing.T) {
	now := time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC)
	file := func(events ...[]string) []byte {
		return []byte("BEGIN:VCALENDAR\r\n" + strings.Join(slices.Concat(events...), "\r\n") + "\r\nEND:VCALENDAR\r\n")
	}
	days, passed, err := Holidays(file(
		[]string{"BEGIN:VEVENT", "UID:synthetic-1", "DTSTART;VALUE=DATE:20241225", "DTEND;VALUE=DATE:20241227", "RRULE:FREQ=YEARLY", "SUMMARY:Christmas", "END:VEVENT"},
		[]string{"BEGIN:VEVENT", "UID:synthetic-2", "DTSTART;VALUE=DATE:20260403", "SUMMARY:Good Friday", "END:VEVENT"},
		[]string{"BEGIN:VEVENT", "UID:synthetic-3", "DTSTART:20260501T080000Z", "DTEND:20260501T120000Z", "SUMMARY:Outing", "END:VEVENT"},
		[]string{"BEGIN:VEVENT", "UID:synthetic-4", "DTSTART;VALUE=DATE:20100101", "SUMMARY:Long ago", "END:VEVENT"},
	), now)
	var got []string
	for _, d := range days {
		got = append(got, d.Date+" "+d.Name)
		if len(d.Hours) != 0 {
			t.Errorf("%s has hours", d.Date)
		}
	}
	want := []string{"2024-12-25 Christmas", "2024-12-26 Christmas", "2025-12-25 Christmas", "2025-12-26 Christmas", "2026-04-03 Good Friday", "2026-12-25 Christmas", "2026-12-26 Christmas"}
	if err != nil || !slices.Equal(got, want) || passed != 1 {
		t.Errorf("Holidays = %q, %d passed over, %v; want %q, 1", got, passed, err, want)
	}
	for _, text := range []string{"", "Date,Name\n2026-01-01,New Year", "BEGIN:VCALENDAR\nBEGIN:VEVENT", string(file([]string{"BEGIN:VEVENT", "UID:x", "DTSTART;VALUE=DATE:soon", "END:VEVENT"}))} {
		if days, _, err := Holidays([]byte(text), now); err == nil || !strings.HasPrefix(fmt.Sprint(err), "file: ") {
			t.Errorf("Holidays(%q) = %v, %v; want an error about the file", text, days, err)
		}
	}
}
