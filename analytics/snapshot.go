package analytics

import (
	"slices"
	"strings"
	"time"

	"hindsight/incident"
)

// Snapshot is every incident as of one number of the change feed. It never changes and may be read by
// many goroutines at once. Take one per page or document and ask it everything, so that all
// figures are about the same state. An incident takes about 300 bytes, and the text of its id, number and title.
type Snapshot struct {
	view
	asOf incident.Seq
	part bool // it holds some of the incidents alone
	// memo and keeper are nil in parts of a snapshot.
	memo   *memo
	keeper *keeper
}

func newSnapshot(v view, asOf incident.Seq, k *keeper) *Snapshot {
	s := &Snapshot{view: v, asOf: asOf, keeper: k}
	s.memo = newMemo(s)
	return s
}

// AsOf returns the number of the last change that the snapshot knows.
func (s *Snapshot) AsOf() incident.Seq { return s.asOf }

// Len returns the number of incidents, private and uncounted ones included.
func (s *Snapshot) Len() int { return s.count }

// cause returns what people say brought an incident about, empty when nobody did.
func (s *Snapshot) cause(id incident.ID) incident.ID {
	change, _ := s.causes.get(id)
	return change
}

// rejections returns the changes that people say did not bring an incident about.
func (s *Snapshot) rejections(id incident.ID) []incident.ID {
	text, known := s.rejected.get(id)
	if !known {
		return nil
	}
	var out []incident.ID
	for change := range strings.SplitSeq(text, "\n") {
		out = append(out, incident.ID(change))
	}
	return out
}

func joinIDs(ids []incident.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, "\n")
}

// Services returns a copy of the catalogue as of the snapshot. It leaves out the services that only incidents name
// which the viewer may not see.
func (s *Snapshot) Services(sight incident.Sight) []incident.Service {
	secret := s.secretServices(sight)
	return slices.DeleteFunc(slices.Clone(s.services), func(x incident.Service) bool { return secret[string(x.ID)] })
}

// Teams returns a copy of the teams as of the snapshot. It leaves out the teams that only incidents name which
// the viewer may not see.
func (s *Snapshot) Teams(sight incident.Sight) []incident.Team {
	secret := s.secretTeams(sight)
	return slices.DeleteFunc(slices.Clone(s.teams), func(x incident.Team) bool { return secret[string(x.ID)] })
}

// secretServices and secretTeams return the ids of those that only incidents name which the viewer may not see.
func (s *Snapshot) secretServices(sight incident.Sight) map[string]bool {
	return s.secrets("services", sight, func(c *chunk, i int) []uint32 { return s.sets[c.services[i]] })
}

func (s *Snapshot) secretTeams(sight incident.Sight) map[string]bool {
	return s.secrets("teams", sight, func(c *chunk, i int) []uint32 { return c.team[i : i+1] })
}

func (s *Snapshot) secrets(what string, sight incident.Sight, names func(*chunk, int) []uint32) map[string]bool {
	if sight = s.Reduce(sight); sight.All || s.hidden.size == 0 {
		return nil
	}
	return remember(s, "secret "+what+" "+sight.Key(), func() map[string]bool { return s.secret(s.hidden.shownTo(sight), names) })
}

// secret returns the texts that names gives of hidden incidents and of no others. A name that no incident has is no secret.
func (s *Snapshot) secret(shown map[incident.ID]bool, names func(*chunk, int) []uint32) map[string]bool {
	secret := map[uint32]bool{}
	for n := range s.rows {
		c, i := s.chunks[n/chunkRows], n%chunkRows
		if c.flags[i].has(isGone) {
			continue
		}
		for _, code := range names(c, i) {
			if hidden := c.flags[i].has(isPrivate) && !shown[c.id[i]]; !hidden {
				secret[code] = false
			} else if _, known := secret[code]; !known {
				secret[code] = true
			}
		}
	}
	out := map[string]bool{}
	for code, is := range secret {
		out[s.texts[code]] = is
	}
	return out
}

// Policies returns the policies of a kind that are in force as of the snapshot, by name. Their bodies must not be changed.
func (s *Snapshot) Policies(kind incident.PolicyKind) []incident.Policy {
	return slices.DeleteFunc(slices.Clone(s.policies), func(p incident.Policy) bool { return p.Kind != kind || p.Removed })
}

// Name returns the name of a service or team, or the id where it has none.
func (s *Snapshot) Name(id incident.ID) string {
	if name := s.names[id]; name != "" {
		return name
	}
	return string(id)
}

// Record returns when the earliest and the latest incident began of all connections that the incidents selected by
// q came through: before and behind it nothing was written down that could be compared with. Both are
// zero when q selects nothing with a start.
func (s *Snapshot) Record(q Query) (from, to time.Time) {
	through := map[uint32]bool{}
	q.From, q.To = time.Time{}, time.Time{}
	for r := range s.population(q).started() {
		through[r.connection[r.i]] = true
	}
	own := recordOf(s.recordsBy(q.Sight), through)
	return own.from, own.to
}
