package search

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"hindsight/incident"
)

// condition adds to out those rows of within for which something holds. It is answered from columns alone.
type condition func(p *part, within, out set)

// hasValue holds for incidents with a value of the facet for which is holds.
func (v *view) hasValue(facet int, is func(value string) bool) condition {
	lists := v.words[facet].known()
	wanted, any := make([]bool, len(lists)), false
	for i, values := range lists {
		wanted[i] = slices.ContainsFunc(values, is)
		any = any || wanted[i]
	}
	return func(p *part, within, out set) {
		if !any {
			return
		}
		codes := p.codes[facet]
		within.each(func(row uint32) {
			if wanted[codes[row]] {
				out.add(row)
			}
		})
	}
}

func oneOf[T ~string](v *view, facet int, values []T) condition {
	return v.hasValue(facet, func(have string) bool { return slices.Contains(values, T(have)) })
}

// between holds for from ≤ time < to; a zero bound does not bind, but a missing time is never in range.
func between(times func(*columns) []int64, from, to time.Time) condition {
	lo, hi := int64(longAgo)+1, int64(1)<<62
	if !from.IsZero() {
		lo = from.Unix()
	}
	if !to.IsZero() {
		hi = to.Unix()
	}
	return func(p *part, within, out set) {
		column := times(p.columns)
		within.each(func(row uint32) {
			if at := column[row]; at >= lo && at < hi {
				out.add(row)
			}
		})
	}
}

func startedOf(c *columns) []int64 { return c.started }
func openedOf(c *columns) []int64  { return c.opened }

// statuses returns the ones that a value of status: means.
func statuses(text string) []incident.Status {
	if text != "open" && text != "over" {
		return []incident.Status{incident.Status(text)}
	}
	return slices.DeleteFunc(slices.Clone(incident.Statuses), func(s incident.Status) bool { return s.Over() != (text == "over") })
}

// hasRow reports whether the words of text stand in a row in value, whatever their case.
func hasRow(value, text string) bool {
	have, want := wordsOf(value), wordsOf(text)
	for i := range have {
		if len(want) > 0 && i+len(want) <= len(have) && slices.Equal(have[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

// wordsOf returns the runs of letters and digits in small letters.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
