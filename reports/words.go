package reports

import (
	"fmt"
	"slices"
	"strings"

	"hindsight/analytics"
	"hindsight/incident"
)

// sourceOf describes where the numbers of q come from; n and left are of the figure.
func sourceOf(s *analytics.Snapshot, q analytics.Query, n int, left []LeftOut) Source {
	src := Source{From: q.From, To: q.To, Zone: "UTC", Filter: FilterWords(s, q), N: n, LeftOut: left, AsOf: s.AsOf()}
	if q.Location != nil {
		src.Zone = q.Location.String()
	}
	return src
}

// FilterWords says what q selects, apart from its period: "service checkout or edge, severity SEV1".
func FilterWords(s *analytics.Snapshot, q analytics.Query) string {
	name := func(id incident.ID) string { return s.Name(id) }
	text := func(t string) string { return t }
	parts := []string{
		alternatives("service", q.Services, name),
		alternatives("team", q.Teams, name),
		alternatives("source", q.Connections, name),
		alternatives("severity", q.Severities, incident.Severity.String),
		alternatives("priority", q.Priorities, text),
		alternatives("tag", q.Tags, text),
		alternatives("kind", q.Kinds, func(k incident.Kind) string { return string(k) }),
	}
	switch {
	case q.Sight.All:
		parts = append(parts, "private ones included")
	case !s.Reduce(q.Sight).Blind():
		parts = append(parts, "with the private ones that the reader may see")
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}

func alternatives[T any](noun string, values []T, name func(T) string) string {
	if len(values) == 0 {
		return ""
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = name(v)
	}
	return noun + " " + strings.Join(words, " or ")
}

// leftOut returns the groups' own reasons and then those of the figure, without the empty ones.
func leftOut(own []analytics.LeftOut, more ...LeftOut) []LeftOut {
	var out []LeftOut
	for _, l := range own {
		out = append(out, LeftOut{Reason: l.Reason, N: l.N, Outcome: analytics.Excluded})
	}
	out = append(out, more...)
	return slices.DeleteFunc(out, func(l LeftOut) bool { return l.N == 0 })
}

// nothing says why a figure is empty: how many incidents were seen, and at which step they dropped out.
func nothing(s *analytics.Snapshot, q analytics.Query, src Source, needs string) string {
	seen := s.Seen(q)
	where := "in the whole history"
	if p := src.Period(); p != "" {
		where = "in " + p
	}
	number := func(n int) string { return Format(Count, float64(n)) }
	text := "No incident " + where + " can be shown here. Seen: " + counted(seen.All, "incident")
	if src.Filter != "" {
		text += "; of these match " + src.Filter + ": " + number(seen.Matching)
	}
	if !q.From.IsZero() || !q.To.IsZero() {
		text += "; began in the period: " + number(seen.InPeriod)
	}
	text += "; count: " + number(seen.Counting)
	if len(q.Span.From) > 0 {
		text += "; have both times in order: " + number(seen.Measured)
	}
	if out := src.leftOut(); out != "" {
		text += ". Left out: " + out
	}
	return text + ". " + needs
}

// estimateWords writes an estimate as people read it: "1h 14m (51m – 2h 3m)".
func estimateWords(unit Unit, e analytics.Estimate) string {
	if !e.Known() {
		return e.Reason
	}
	text := Format(unit, *e.Value)
	if e.Low != nil && e.High != nil {
		text += fmt.Sprintf(" (%s – %s)", Format(unit, *e.Low), Format(unit, *e.High))
	}
	return text
}

// counted writes n with its noun: "1 incident", "14 incidents".
func counted(n int, noun string) string {
	switch stem, y := strings.CutSuffix(noun, "ty"); {
	case n == 1:
	case y:
		noun = stem + "ties"
	default:
		noun += "s"
	}
	return Format(Count, float64(n)) + " " + noun
}

// periodLabel marks periods that the query or the present cuts off.
func periodLabel(g analytics.Group) string {
	if g.Partial {
		return g.Label + " (part)"
	}
	return g.Label
}

// estimated returns the point of an estimate at a place, upright or flat; ok is false without a value.
func estimated(place int, flat bool, unit Unit, name string, e analytics.Estimate) (p Point, ok bool) {
	if !e.Known() {
		return Point{}, false
	}
	p = Point{X: float64(place), Y: *e.Value, Lo: e.Low, Hi: e.High}
	if flat {
		p.X, p.Y = p.Y, p.X
	}
	p.Label = fmt.Sprintf("%s: %s, n = %s", name, estimateWords(unit, e), Format(Count, float64(e.N)))
	return p, true
}
