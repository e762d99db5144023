package analytics

import (
	"cmp"
	"slices"
	"strings"

	"hindsight/analytics/stats"
	"hindsight/incident"
)

// history is when an incident came into which status, in time order: 16 bytes a turn.
type history []turn

type turn struct {
	at     int64
	status uint32 // "status\x00its raw word"; 0 = from here on nobody knows
}

// turns returns the history of an incident, nil when it has none.
func (b *builder) turns(segments []incident.Segment) *history {
	var out history
	for i, s := range segments {
		if s.From.IsZero() {
			continue
		}
		out = append(out, turn{micros(s.From), b.words.code(joinField(string(s.Status), s.StatusRaw))})
		if !s.To.IsZero() && (i+1 == len(segments) || segments[i+1].From.After(s.To)) {
			out = append(out, turn{at: micros(s.To)})
		}
	}
	if len(out) == 0 {
		return nil
	}
	slices.SortStableFunc(out, func(a, b turn) int { return cmp.Compare(a.at, b.at) })
	out = slices.Clip(out)
	return &out
}

// stretches returns when the incident was in one of some statuses, with the status of each; the last one may
// last forever.
func (h *history) stretches(in map[uint32]bool, forever int64) (out []stats.Stretch, statuses []uint32) {
	if h == nil || len(in) == 0 {
		return nil, nil
	}
	for i, t := range *h {
		if !in[t.status] {
			continue
		}
		end := forever
		if i+1 < len(*h) {
			end = (*h)[i+1].at
		}
		out, statuses = append(out, stats.Stretch{From: t.at, To: end}), append(statuses, t.status)
	}
	return out, statuses
}

// returns are the stretches in which the incident was over and from which it came back. A status of which nobody knows
// whether it is over, and so is not in the map, changes nothing.
func (h *history) returns(over map[uint32]bool) (out []stats.Stretch) {
	if h == nil {
		return nil
	}
	var since int64
	for _, t := range *h {
		is, known := over[t.status]
		switch {
		case is && since == 0:
			since = t.at
		case known && !is && since != 0:
			out, since = append(out, stats.Stretch{From: since, To: t.at}), 0
		}
	}
	return out
}

// statusesLike returns the codes of statuses that are named, by our word or the source's own.
func (s *Snapshot) statusesLike(names []string) map[uint32]bool {
	return s.statuses(func(status incident.Status, raw string) bool {
		return slices.ContainsFunc(names, func(n string) bool {
			n = strings.TrimSpace(n)
			return strings.EqualFold(n, string(status)) || strings.EqualFold(n, strings.TrimSpace(raw))
		})
	})
}

// over says of every status, but the unknown one, whether it is over.
func (s *Snapshot) over() map[uint32]bool {
	codes := s.statuses(func(status incident.Status, _ string) bool { return status != incident.StatusUnknown })
	for code := range codes {
		status, _ := splitField(s.texts[code])
		codes[code] = incident.Status(status).Over()
	}
	return codes
}

// statuses returns the codes of those statuses for which which is true.
func (s *Snapshot) statuses(which func(status incident.Status, raw string) bool) map[uint32]bool {
	codes := map[uint32]bool{}
	for code, text := range s.texts {
		status, raw, ok := strings.Cut(text, "\x00")
		if ok && slices.Contains(incident.Statuses, incident.Status(status)) && which(incident.Status(status), raw) {
			codes[uint32(code)] = true
		}
	}
	return codes
}
