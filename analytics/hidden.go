package analytics

import (
	"strings"
	"sync"

	"hindsight/incident"
)

// hidden are the private incidents as of one snapshot. Public ones are not in it, so that it costs nothing where nothing is private.
type hidden struct {
	ledger[string] // of each, its team and its audience, as hiding writes them

	mu    sync.Mutex
	shown map[string]map[incident.ID]bool // those that a sight sees, by its key
}

// mostShown is how many sights a snapshot remembers before it forgets them all.
const mostShown = 128

// hiding writes what decides who may see a private incident.
func hiding(inc *incident.Incident) string {
	if !inc.Private {
		return ""
	}
	return string(inc.Team) + "\n" + inc.Audience.String()
}

// sees reports whether a sight sees what hiding wrote.
func sees(sight incident.Sight, hiding string) bool {
	team, who, _ := strings.Cut(hiding, "\n")
	audience, err := incident.ParseAudience(who)
	return err == nil && sight.Sees(incident.ID(team), audience)
}

// shownTo returns the private incidents that a sight sees, without asking which when these are none, or all: then nil. It must not
// be changed.
func (h *hidden) shownTo(sight incident.Sight) map[incident.ID]bool {
	if sight.All || sight.Blind() || h.size == 0 {
		return nil
	}
	key := sight.Key()
	h.mu.Lock()
	defer h.mu.Unlock()
	if known, ok := h.shown[key]; ok {
		return known
	}
	shown, alike := map[incident.ID]bool{}, map[string]bool{}
	for _, part := range h.parts {
		for id, hiding := range part {
			seen, known := alike[hiding]
			if !known {
				seen = sees(sight, hiding)
				alike[hiding] = seen
			}
			if seen {
				shown[id] = true
			}
		}
	}
	if len(h.shown) >= mostShown || h.shown == nil {
		h.shown = map[string]map[incident.ID]bool{}
	}
	h.shown[key] = shown
	return shown
}

// Reduce returns a sight that sees the same incidents of the snapshot: none or all where that is so. Most people see none, so that
// what is worked out for one of them serves all.
func (s *Snapshot) Reduce(sight incident.Sight) incident.Sight {
	switch {
	case s.hidden.size == 0:
		return incident.Sight{}
	case sight.All, sight.Blind():
		return sight
	case len(s.hidden.shownTo(sight)) == 0:
		return incident.Sight{}
	}
	return sight
}

// Hides reports whether an incident is private and not seen. It is false for one that the snapshot does not know.
func (s *Snapshot) Hides(id incident.ID, sight incident.Sight) bool {
	_, private := s.hidden.get(id)
	return private && !sight.All && !s.hidden.shownTo(sight)[id]
}

// HidesTeam reports whether only incidents that are not seen name a team.
func (s *Snapshot) HidesTeam(team incident.ID, sight incident.Sight) bool {
	return s.secretTeams(sight)[string(team)]
}

// Visible returns the number of incidents that a viewer may see, uncounted ones included.
func (s *Snapshot) Visible(sight incident.Sight) int {
	if s.part {
		n := 0
		for range s.population(Query{Sight: sight}).all() {
			n++
		}
		return n
	}
	if sight.All {
		return s.count
	}
	return s.count - s.hidden.size + len(s.hidden.shownTo(sight))
}
