package template

import "strings"

// findMoment finds a date, a clock time, or both joined as in ISO 8601.
func findMoment(r string) int {
	if n := findDate(r); n > 0 {
		if joined := n + 1; joined < len(r) && strings.IndexByte("T_:-", r[n]) >= 0 {
			if c := findClock(r[joined:]); c > 0 {
				return joined + c
			}
		}
		if ends(r, n) {
			return n
		}
	}
	return findClock(r)
}

// findDate finds year-month-day and day-month-year, with one of "-/." between.
func findDate(r string) int {
	a := digits(r)
	if a == 0 || a > 4 || a == 3 || a >= len(r) || strings.IndexByte("-/.", r[a]) < 0 {
		return 0
	}
	b := digits(r[a+1:])
	second := a + 1 + b
	if b == 0 || b > 2 || second >= len(r) || r[second] != r[a] {
		return 0
	}
	c := digits(r[second+1:])
	end := second + 1 + c
	switch {
	case a == 4 && (c == 1 || c == 2) && r[a] != '.':
	case a <= 2 && (c == 4 || c == 2 && r[a] == '/'):
	default:
		return 0
	}
	if end < len(r) && r[end] == r[a] || !fits(r[a+1:second], 31) {
		return 0
	}
	return end
}

// findClock finds hours:minutes with optional seconds, fraction and zone.
func findClock(r string) int {
	n := digits(r)
	if n == 0 || n > 2 || !fits(r[:n], 24) {
		return 0
	}
	groups := 1
	for groups < 4 && n+2 < len(r) && r[n] == ':' && digits(r[n+1:]) == 2 && fits(r[n+1:n+3], 60) {
		n += 3
		groups++
	}
	if groups == 1 || groups == 4 {
		return 0
	}
	if n+1 < len(r) && (r[n] == '.' || r[n] == ',' || r[n] == ':') && groups == 3 && digits(r[n+1:]) > 0 {
		n += 1 + digits(r[n+1:])
	}
	n += zoneEnd(r[n:])
	if !ends(r, n) || n+1 < len(r) && r[n] == ':' && isHexByte(r[n+1]) {
		return 0
	}
	return n
}

// zoneEnd returns the length of "Z" or "+02:00".
func zoneEnd(r string) int {
	if strings.HasPrefix(r, "Z") {
		return 1
	}
	if len(r) < 3 || r[0] != '+' && r[0] != '-' {
		return 0
	}
	switch d := digits(r[1:]); {
	case d == 4:
		return 5
	case d == 2 && len(r) >= 6 && r[3] == ':' && digits(r[4:]) == 2:
		return 6
	case d == 2:
		return 3
	}
	return 0
}

// fits reports whether a number of one or two digits is not above limit.
func fits(d string, limit int) bool {
	n := 0
	for i := range len(d) {
		n = 10*n + int(d[i]-'0')
	}
	return n <= limit
}

// Words that dates are written with, and zones that follow clock times.
var (
	calendar = set(`jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september
		october november december mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday`)
	zones = set("utc gmt am pm est edt cst cdt pst pdt mst mdt cet cest bst ist jst")
)
