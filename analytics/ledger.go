package analytics

import (
	"hash/maphash"
	"maps"

	"hindsight/incident"
)

// ledger keeps something of some incidents. Copies made by share see what it held then; a change after that copies one part of
// many, so that it costs little however much there is.
type ledger[V comparable] struct {
	parts []map[incident.ID]V
	own   []bool // parts that no copy refers to
	size  int
}

// ledgerParts times the entries that one may copy are what a ledger holds before changes become slower.
const ledgerParts = 4096

var ledgerSeed = maphash.MakeSeed()

func newLedger[V comparable]() ledger[V] {
	return ledger[V]{parts: make([]map[incident.ID]V, ledgerParts), own: make([]bool, ledgerParts)}
}

func ledgerPart(id incident.ID) int {
	return int(maphash.String(ledgerSeed, string(id)) % ledgerParts)
}

func (l *ledger[V]) get(id incident.ID) (V, bool) {
	v, ok := l.parts[ledgerPart(id)][id]
	return v, ok
}

// set keeps v of an incident; keep says whether there is anything to keep.
func (l *ledger[V]) set(id incident.ID, v V, keep bool) {
	at := ledgerPart(id)
	old, known := l.parts[at][id]
	if known == keep && old == v || !known && !keep {
		return
	}
	if !l.own[at] {
		l.parts[at], l.own[at] = maps.Clone(l.parts[at]), true
	}
	if l.parts[at] == nil {
		l.parts[at] = map[incident.ID]V{}
	}
	l.size -= len(l.parts[at])
	if keep {
		l.parts[at][id] = v
	} else {
		delete(l.parts[at], id)
	}
	l.size += len(l.parts[at])
}

// share returns a copy that does not change.
func (l *ledger[V]) share() ledger[V] {
	clear(l.own)
	return ledger[V]{parts: append([]map[incident.ID]V(nil), l.parts...), size: l.size}
}
