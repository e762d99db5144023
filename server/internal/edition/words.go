package edition

import (
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/reports"
)

// lower begins a title inside a sentence.
func lower(title string) string {
	if title == "" {
		return ""
	}
	return strings.ToLower(title[:1]) + title[1:]
}

// instant is a moment in a table; one that is not known is missing.
func instant(t time.Time) reports.Cell {
	if t.IsZero() {
		return reports.Missing("not known")
	}
	return reports.Cell{Time: t}
}

// estimated are the three cells of an estimate: value and bounds.
func estimated(e analytics.Estimate) []reports.Cell {
	out := []reports.Cell{reports.Missing(e.Reason), reports.Missing(e.Reason), reports.Missing(e.Reason)}
	for i, x := range []*float64{e.Value, e.Low, e.High} {
		if x != nil {
			out[i] = reports.Num(*x)
		}
	}
	return out
}
