package similar

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// reasons says what a score is made of, the greatest part first.
func (e *Engine) reasons(at int, c compared, w weights) []Reason {
	var out []Reason
	add := func(kind, text string, terms []string, of ...int) {
		if part := w.part(c.features, of...); part >= 0.005 {
			out = append(out, Reason{kind, text, terms, math.Round(part*1e4) / 1e4})
		}
	}
	words := e.corpus.Shared(at, c.at, shownTerms)
	add("words", e.sameForm(at, c.at)+"both speak of "+strings.Join(words, ", "), words, ranked, sameProse, samePieces)
	add("vectors", "worded alike", nil, alike, crossing)
	names := e.sharedServices(at, c.at)
	add("service", "same service: "+strings.Join(names, ", "), names, services)
	add("time", apart(e.entries[at].at, e.entries[c.at].at), nil, months, weeks)
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(b.Part, a.Part) })
	return out
}

// sameForm says that two titles differ in values only; empty when they differ in more. How many of their form there are it does not say, for
// private ones are among them.
func (e *Engine) sameForm(a, b int) string {
	form := e.forms.Resolve(e.entries[a].form)
	if form == 0 || form != e.forms.Resolve(e.entries[b].form) {
		return ""
	}
	return "titles of one form; "
}

// apart says how long other began before or after at.
func apart(at, other time.Time) string {
	days := int(at.Sub(other).Abs().Hours() / 24)
	unit, n := "day", days
	if days > 730 {
		unit, n = "year", days/365
	} else if days > 60 {
		unit, n = "month", days/30
	}
	switch {
	case days == 0:
		return "within a day"
	case n > 1:
		unit += "s"
	}
	if other.After(at) {
		return fmt.Sprintf("%d %s later", n, unit)
	}
	return fmt.Sprintf("%d %s earlier", n, unit)
}
