package template

import "strings"

// Units of measures, as they stand behind numbers, in small letters.
var (
	durations = set(`ns nsec nsecs us usec usecs µs ms msec msecs millis millisecond milliseconds nanosecond nanoseconds microsecond
		microseconds s sec secs second seconds min mins minute minutes h hr hrs hour hours d day days week weeks`)
	sizes = set(`b byte bytes kb mb gb tb pb kib mib gib tib kbyte mbyte gbyte kbytes mbytes gbytes bit bits kbit mbit gbit kbps mbps gbps`)
	other = set("hz khz mhz ghz k m g t x c v w rpm db dbm")
)

// measured returns what a number with a unit is, and whether there is such a unit.
func measured(unit string) (kind, bool) {
	u := strings.ToLower(unit)
	switch {
	case durations[u]:
		return duration, true
	case sizes[u]:
		return size, true
	}
	return number, other[u]
}

// apart is measured for a unit with a space before it, where most single letters are something else.
func apart(unit string) (kind, bool) {
	if len(unit) == 1 && unit != "s" && unit != "B" {
		return 0, false
	}
	k, known := measured(unit)
	return k, known && k != number
}

// findQuantity finds a number with an optional unit right behind it.
func findQuantity(r string) (kind, int) {
	n := 0
	if r[0] == '-' || r[0] == '+' {
		n = 1
	}
	if strings.HasPrefix(r[n:], "0x") || strings.HasPrefix(r[n:], "0X") {
		return 0, 0
	}
	n += figures(r[n:])
	if n < len(r) && r[n] == '%' {
		return number, n + 1
	}
	end := n
	for end < len(r) && (pureLetter(r[end]) || r[end] >= 0x80) {
		end++
	}
	if end == n {
		if !cut(r, n) {
			return 0, 0
		}
		return number, n
	}
	k, known := measured(r[n:end])
	if !known || !cut(r, end) {
		return 0, 0
	}
	return k, end
}

// figures returns the length of digits with groups, decimals and an exponent.
func figures(r string) int {
	n := digits(r)
	for n+3 < len(r) && r[n] == ',' && digits(r[n+1:]) == 3 {
		n += 4
	}
	for n+1 < len(r) && r[n] == '.' && isDigit(r[n+1]) {
		n += 1 + digits(r[n+1:])
	}
	if n+1 < len(r) && r[n]|0x20 == 'e' {
		e := n + 1
		if r[e] == '-' || r[e] == '+' {
			e++
		}
		if d := digits(r[e:]); d > 0 && cut(r, e+d) {
			return e + d
		}
	}
	return n
}
