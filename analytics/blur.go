package analytics

import (
	"cmp"
	"slices"
	"time"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// blur is how exactly the start and the end of an incident's impact are known, as numbers of incident.Precisions.
type blur struct{ from, to uint8 }

// blurOf returns that of the milestones in force.
func blurOf(ms incident.Milestones) blur {
	sp := impactSpan()
	return blur{precisionOf(ms, sp.From), precisionOf(ms, sp.To)}
}

// precisionOf returns the precision of the earliest known of some milestones; one that is not stated is to the second.
func precisionOf(ms incident.Milestones, names []incident.MilestoneName) uint8 {
	var first incident.Milestone
	for _, name := range names {
		if m, ok := ms.Current(name); ok && (first.At.IsZero() || m.At.Before(first.At)) {
			first = m
		}
	}
	return uint8(max(0, slices.Index(incident.Precisions, first.Precision)))
}

// about reports whether an end is a person's estimate, whose error nobody knows.
func (b blur) about() bool {
	return incident.Precisions[b.from] == incident.About || incident.Precisions[b.to] == incident.About
}

// unit is by how much a time of a precision may lie before the true one, in microseconds: sources cut off what is
// finer. It is 0 for an estimate.
func unit(precision uint8) int64 {
	switch incident.Precisions[precision] {
	case incident.ToMinute:
		return time.Minute.Microseconds()
	case incident.ToHour:
		return time.Hour.Microseconds()
	case incident.ToDay:
		return 24 * time.Hour.Microseconds()
	}
	return 0
}

// shortest and longest bound a stretch of impact whose ends are known to a precision only.
func (b blur) shortest(s stats.Stretch) stats.Stretch {
	return stats.Stretch{From: s.From + unit(b.from), To: s.To}
}

func (b blur) longest(s stats.Stretch) stats.Stretch {
	if s.To != forever {
		s.To += unit(b.to)
	}
	return s
}

// declaredAt returns when it was known that the incident is of its kind: when its record was made, or when a person last
// said so. Zero: not known.
func declaredAt(inc *incident.Incident) time.Time {
	at := inc.Milestones.At(incident.Opened)
	if at.IsZero() {
		at = inc.ExternalCreatedAt
	}
	for _, e := range inc.Edits {
		if e.Field == "kind" && e.Value == string(inc.Kind) && e.At.After(at) {
			at = e.At
		}
	}
	return at
}

// contributing returns the names of what contributed to an incident: the category where there is one, else the text. claimed are
// those of them that no person here has confirmed. prose says that something is told at such length that it is no name.
func contributing(factors []incident.Factor) (names, claimed []string, prose bool) {
	confirmed := map[string]bool{}
	for _, f := range factors {
		name := cmp.Or(f.Category, f.Text)
		switch {
		case f.Role != "trigger" && f.Role != "contributing" || name == "":
		case len(name) > longestValue:
			prose = true
		default:
			names = append(names, name)
			confirmed[name] = confirmed[name] || !f.Claimed
		}
	}
	for _, name := range names {
		if !confirmed[name] {
			claimed = append(claimed, name)
		}
	}
	return names, claimed, prose
}
