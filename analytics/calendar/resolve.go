package calendar

import "time"

const second = int64(time.Second / time.Microsecond)

// resolve returns the instant, in Unix seconds, at which clocks in zone show wall, which is written as if it were UTC. A
// time that clocks show twice is meant the first time; one that they skip is read as if they had not yet been
// changed (RFC 5545 section 3.3.5: 02:30 in New York's gap is 03:30 summer time). time.Date promises neither.
func resolve(wall int64, zone *time.Location) int64 {
	const around = 36 * 3600 // the largest change, Samoa's in 2011, was of 24 hours
	first, least, found := int64(0), int64(0), false
	for at := wall - around; at <= wall+around; at += 6 * 3600 {
		offset := offsetAt(at, zone)
		if at == wall-around || offset < least {
			least = offset
		}
		if guess := wall - offset; offsetAt(guess, zone) == offset && (!found || guess < first) {
			first, found = guess, true
		}
	}
	if !found {
		return wall - least
	}
	return first
}

// offsetAt returns the seconds east of UTC at an instant.
func offsetAt(unix int64, zone *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(zone).Zone()
	return int64(offset)
}
