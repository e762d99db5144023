package edition

import (
	"strings"
	"time"

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
