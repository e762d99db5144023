package reports

import (
	"math"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// Format writes x for people: "1h 14m", "88.9 %", "1,942", "12 Nov 2026, 14:02 UTC". Pages, files and
// charts all use it, and the formatters of the charts' script (echarts.Kit) write the same. What is not
// a number is written "–".
func Format(u Unit, x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	switch u {
	case Seconds:
		return incident.FormatDuration(duration(x))
	case Share:
		return formatShare(x)
	case Instant:
		return FormatTime(time.Unix(int64(x), 0).UTC())
	}
	return formatCount(x)
}

// FormatTime writes an instant for people, in the zone that t carries: "12 Nov 2026, 14:02 UTC".
func FormatTime(t time.Time) string { return t.Format("2 Jan 2006, 15:04 MST") }

// FormatCell writes a cell for people, times in zone; a missing one is "–" whatever its note says.
func FormatCell(u Unit, c Cell, zone *time.Location) string {
	switch {
	case c.Number != nil:
		return Format(u, *c.Number)
	case !c.Time.IsZero():
		return FormatTime(c.Time.In(zone))
	case c.Text != "":
		return c.Text
	}
	return "–"
}

// duration returns x seconds; what no Duration can hold becomes the longest one.
func duration(x float64) time.Duration {
	limit := float64(math.MaxInt64 / time.Second)
	return time.Duration(max(-limit, min(x, limit)) * float64(time.Second))
}

// formatShare gives one decimal, and three from 99 % on, where tenths hide what matters. It never rounds
// what is short of everything up to 100 %, nor what is more than nothing down to 0 %.
func formatShare(x float64) string {
	switch {
	case x == 0, x == 1:
		return strconv.Itoa(int(x)*100) + " %"
	case x >= 0.99 && x < 1:
		return fixed(math.Floor(x*1e5)/1e3, 3) + " %"
	case x > 0 && x < 0.0005:
		return "<0.1 %"
	}
	return fixed(x*100, 1) + " %"
}

// round writes a share that somebody chose, without the zeros that measured ones keep: "95 %", "99.95 %".
func round(x float64) string {
	number, _ := strings.CutSuffix(formatShare(x), " %")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " %"
}

// formatCount groups thousands; fractions get one decimal, more below one so that something is left.
func formatCount(x float64) string {
	if x < 0 {
		return "-" + formatCount(-x)
	}
	text := fixed(x, 0)
	if x != math.Trunc(x) {
		text = fixed(x, countDecimals(x))
	}
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest == "" {
		return whole
	}
	return whole + "." + rest
}

func countDecimals(x float64) int {
	switch {
	case x < 0.1:
		return 3
	case x < 1:
		return 2
	}
	return 1
}

// fixed rounds halves up before it prints, as the charts' script does: the two languages' own rounding
// differs.
func fixed(x float64, decimals int) string {
	scale := math.Pow10(decimals)
	if rounded := math.Floor(x*scale+0.5) / scale; !math.IsInf(rounded, 0) {
		x = rounded
	}
	return strconv.FormatFloat(x, 'f', decimals, 64)
}
