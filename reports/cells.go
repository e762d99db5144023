package reports

import "hindsight/analytics"

// cell returns the value of an estimate, or why there is none.
func cell(e analytics.Estimate) Cell {
	if e.Known() {
		return Num(*e.Value)
	}
	return Missing(e.Reason)
}

// bound returns a bound of an estimate's interval. Where only the bound is missing it says so.
func bound(e analytics.Estimate, x *float64) Cell {
	switch {
	case x != nil:
		return Num(*x)
	case e.Reason != "":
		return Missing(e.Reason)
	}
	return Missing("no bound")
}

// whole returns a count.
func whole(n int) Cell { return Num(float64(n)) }

// estimateColumns are the three columns of an estimate: value and interval.
func estimateColumns(key, title string, unit Unit) []Column {
	suffix := ""
	if unit == Seconds || unit == Share {
		suffix = "_" + string(unit)
	}
	return []Column{
		{Key: key + suffix, Title: title, Unit: unit},
		{Key: key + "_low" + suffix, Title: title + ", from", Unit: unit, Bound: true},
		{Key: key + "_high" + suffix, Title: title + ", to", Unit: unit, Bound: true},
	}
}

// EstimateCells fill estimateColumns.
func EstimateCells(e analytics.Estimate) []Cell {
	return []Cell{cell(e), bound(e, e.Low), bound(e, e.High)}
}

// leftOutTotal returns how many incidents of a group do not count.
func leftOutTotal(left []analytics.LeftOut) int {
	n := 0
	for _, l := range left {
		n += l.N
	}
	return n
}
