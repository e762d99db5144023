package template

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"sync"

	"hindsight/incident"
)

// ID names a template by its words, so the same template has the same id on every machine. 0 is no template: an
// empty line.
type ID uint64

// Template is what lines have in common.
type Template struct {
	ID    ID
	Text  string // with marks, as Mask writes them; hostile until escaped
	Count int    // lines added and not removed
}

// Miner keeps templates of lines, up to a limit. It may be used by several goroutines; Find, Resolve, Get and All do
// not wait for each other.
//
// A word becomes variable when its position has shown many values beside the same other words (see need and pointsOf). Templates that
// become one give it a new id, and theirs lead there for ever (Resolve). So ids that were kept stay
// good, and the same lines, in another order, give the same templates as long as no two mergers compete for a line.
type Miner struct {
	mu       sync.RWMutex
	limit    int
	clock    uint64
	seed     maphash.Seed
	exact    map[uint64]*entry   // by the hash of its pieces
	families map[uint64][]*entry // that differ in some places, by the hash of the rest
	wilds    map[int][]*wild     // by the number of pieces
	byID     map[ID]*entry
	aliases  map[ID]ID
}

// entry is a template with what the miner knows about it.
type entry struct {
	id       ID
	pieces   []token
	wild     []int // pieces that became variable, in order
	count    int
	seen     uint64   // when a line was added last
	former   []ID     // ids that lead here
	families []uint64 // keys
}

// wild is a set of pieces that became variable in some templates.
type wild struct {
	at    []int
	users int
}

// DefaultLimit of templates takes about 100 MB when all have twelve words; see BenchmarkMemory.
const DefaultLimit = 50_000

// NewMiner returns a miner that keeps at most limit templates, at least 16. When there are more, it forgets those that were seen least
// recently; such a template gets the same id again when it comes back, with a count that begins anew.
func NewMiner(limit int) *Miner {
	return &Miner{limit: max(limit, 16), seed: maphash.MakeSeed(), exact: map[uint64]*entry{}, families: map[uint64][]*entry{},
		wilds: map[int][]*wild{}, byID: map[ID]*entry{}, aliases: map[ID]ID{}}
}

// Add counts a line and returns its template.
func (m *Miner) Add(line string) ID {
	ts := read(line)
	if len(ts) == 0 {
		return 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clock++
	e := m.find(ts)
	if e == nil {
		if len(m.exact) >= m.limit {
			m.forgetOldest()
		}
		e = m.insert(&entry{pieces: own(ts), seen: m.clock})
	}
	e.count++
	e.seen = m.clock
	return e.id
}

// Find returns the template of a line that was seen before, or one of the same form; false when there is none.
func (m *Miner) Find(line string) (ID, bool) {
	ts := read(line)
	m.mu.RLock()
	defer m.mu.RUnlock()
	if e := m.find(ts); e != nil {
		return e.id, true
	}
	return 0, false
}

// Resolve returns the id of the template that id is part of today; id itself when it is unknown.
func (m *Miner) Resolve(id ID) ID {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.resolve(id)
}

func (m *Miner) resolve(id ID) ID {
	if into, merged := m.aliases[id]; merged {
		return into
	}
	return id
}

// Get returns the template that id is part of; false when it is unknown or was forgotten.
func (m *Miner) Get(id ID) (Template, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	e := m.byID[m.resolve(id)]
	if e == nil {
		return Template{}, false
	}
	return e.template(), true
}

// All returns the templates, the most frequent first.
func (m *Miner) All() []Template {
	m.mu.RLock()
	defer m.mu.RUnlock()
	out := make([]Template, 0, len(m.byID))
	for _, e := range m.byID {
		out = append(out, e.template())
	}
	slices.SortFunc(out, func(a, b Template) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Remove takes back one line of a template. A template without lines is forgotten, with its words and former ids. What
// became variable stays so.
func (m *Miner) Remove(id ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byID[m.resolve(id)]
	if e == nil {
		return
	}
	if e.count--; e.count <= 0 {
		m.forget(e)
	}
}

func (e *entry) template() Template {
	return Template{e.id, render(e.pieces), e.count}
}

// find returns the template that fits: the one of exactly these pieces, else one with variables in their place.
func (m *Miner) find(ts []token) *entry {
	h := m.hash(ts)
	if e := m.exact[h]; e != nil {
		return e
	}
	for _, w := range m.wilds[len(ts)] {
		masked := h
		for _, at := range w.at {
			masked += m.piece(at, token{kind: several}) - m.piece(at, ts[at])
		}
		if e := m.exact[masked]; e != nil && slices.Equal(e.wild, w.at) {
			return e
		}
	}
	return nil
}

// hash is the sum of the hashes of the pieces at their places, so that one can be exchanged.
func (m *Miner) hash(ts []token) uint64 {
	sum := uint64(len(ts))
	for i, t := range ts {
		sum += m.piece(i, t)
	}
	return sum
}

func (m *Miner) piece(at int, t token) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	if !t.variable() {
		h = maphash.String(m.seed, t.text)
	}
	h ^= uint64(at+1) * 0xff51afd7ed558ccd
	h ^= h >> 32
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>29
}

// own copies tokens and their texts, so that they do not hold the line.
func own(ts []token) []token {
	var b strings.Builder
	for _, t := range ts {
		b.WriteString(t.text)
	}
	all, out := b.String(), slices.Clone(ts)
	for i, t := range out {
		out[i].text, all = all[:len(t.text)], all[len(t.text):]
	}
	return out
}

// name derives the id from the words and signs; all variables are the same.
func name(ts []token) ID {
	var b strings.Builder
	for _, t := range ts {
		if t.variable() {
			b.WriteString(marks[several])
		} else {
			b.WriteString(t.text)
		}
		b.WriteByte(0)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return ID(binary.BigEndian.Uint64(sum[:])) | 1
}

// String returns the id as it is written in addresses: "tpl_" and a text that is the same on every machine.
func (id ID) String() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(id))
	return string(incident.DeriveID("tpl", string(b[:])))
}

// forgetOldest makes room: it drops an eighth of the templates, those that were seen least recently.
func (m *Miner) forgetOldest() {
	old := slices.SortedFunc(maps.Values(m.exact), func(a, b *entry) int { return cmp.Or(cmp.Compare(a.seen, b.seen), cmp.Compare(a.id, b.id)) })
	for _, e := range old[:max(1, len(old)/8)] {
		m.forget(e)
	}
}
