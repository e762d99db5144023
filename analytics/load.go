package analytics

import (
	"maps"
	"slices"
	"time"

	"hindsight/analytics/stats"
)

// Assignment is the time that somebody spent on an incident.
type Assignment struct {
	Responder, Incident string
	From, To            time.Time // To is zero while it goes on
}

// ResponderLoad is what one person carried. It is for that person; others see Load's distribution.
type ResponderLoad struct {
	Responder  string
	Incidents  int
	Busy       time.Duration // with at least one incident
	Overlapped time.Duration // by how much more the incidents took together, being at the same time
}

// Load is how work on incidents was spread over a team.
type Load struct {
	Responders []ResponderLoad // by name
	Gini       float64         // of Busy over the whole team, those without any included; NaN when there is none
	MostShare  float64         // of Busy, of who had most; NaN likewise
}

// MeasureLoad measures assignments inside [from, to) of a team of a size.
func MeasureLoad(from, to time.Time, team int, assignments []Assignment) Load {
	window := stats.Stretch{From: from.UnixMicro(), To: to.UnixMicro()}
	stretches, incidents := map[string][]stats.Stretch{}, map[string]map[string]bool{}
	for _, a := range assignments {
		s := stats.Stretch{From: a.From.UnixMicro(), To: window.To}
		if !a.To.IsZero() {
			s.To = a.To.UnixMicro()
		}
		if s = s.Clip(window); s.Length() == 0 {
			continue
		}
		if incidents[a.Responder] == nil {
			incidents[a.Responder] = map[string]bool{}
		}
		incidents[a.Responder][a.Incident] = true
		stretches[a.Responder] = append(stretches[a.Responder], s)
	}
	var out Load
	busy := make([]float64, max(0, team-len(stretches)))
	for _, name := range slices.Sorted(maps.Keys(stretches)) {
		union := stats.Total(stats.Union(stretches[name]))
		busy = append(busy, float64(union))
		out.Responders = append(out.Responders, ResponderLoad{
			Responder: name, Incidents: len(incidents[name]), Busy: time.Duration(union) * time.Microsecond,
			Overlapped: time.Duration(stats.Total(stretches[name])-union) * time.Microsecond,
		})
	}
	c := stats.Concentrate(busy)
	out.Gini, out.MostShare = c.Gini, c.Largest
	return out
}
