package analytics

import (
	"slices"
	"strings"

	"hindsight/incident"
)

// Among returns a snapshot of some incidents, which answers as if there were no others. Everything but incidents is of the whole:
// services, contracts, changes. Incidents that s does not know are passed over. The order of ids does not matter.
func (s *Snapshot) Among(ids []incident.ID) *Snapshot {
	wanted := slices.Clone(ids)
	slices.Sort(wanted)
	places := make([][]uint16, len(s.chunks))
	shareOut(len(s.chunks), workers(len(s.chunks)), func(_, n int) {
		c := s.chunks[n]
		for i := range min(chunkRows, s.rows-n*chunkRows) {
			if _, in := slices.BinarySearchFunc(wanted, c.id[i], func(a, b incident.ID) int { return strings.Compare(string(a), string(b)) }); in {
				places[n] = append(places[n], uint16(i))
			}
		}
	})
	out := s.rowsAt(places)
	out.count, out.part = out.rows, true
	out.memo = newMemo(out)
	return out
}
