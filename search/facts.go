package search

import (
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"

	"hindsight/incident"
)

// factsField holds everything of an incident that is compared as a whole, as one term in the form of facts.encode. Columns are read
// from it, so that they can never disagree with the texts beside them.
const factsField = "facts"

// The facets are also the columns of codes, in this order.
const (
	bySeverity = iota
	byStatus
	byService
	byTeam
	byPriority
	byTag
	byConnection
	byKind
	byOrigin
	facetCount
)

// facts are what conditions ask for and facets count.
type facts struct {
	private, counted bool
	values           [facetCount][]string // without empty ones, ascending; severity is "0" to "5"
	started, opened  int64                // Unix seconds; longAgo when unknown
	seq              int64
	language         string             // of the texts, as language.Of has it; "" for English and for what is not known
	lengths          [len(texts)]uint64 // how many words each text is indexed under
	audience         string             // as incident.Audience.String has it
}

// longAgo stands for an unknown time, and sorts behind all others.
const longAgo = -1 << 40

func newFacts(inc *incident.Incident) facts {
	f := facts{private: inc.Private, counted: inc.Uncounted() == "", started: seconds(inc.StartedAt()),
		opened: seconds(inc.Milestones.At(incident.Opened)), seq: int64(inc.Seq), audience: inc.Audience.String()}
	var services []string
	for _, s := range inc.Services {
		services = append(services, string(s.Service))
	}
	for i, values := range [facetCount][]string{
		bySeverity: {strconv.Itoa(int(inc.Severity))}, byStatus: {string(inc.Status)}, byService: services, byTeam: {string(inc.Team)},
		byPriority: {inc.PriorityRaw}, byTag: inc.Tags, byConnection: {string(inc.Ref.Connection)}, byKind: {string(inc.Kind)}, byOrigin: {string(inc.Origin)},
	} {
		f.values[i] = distinct(values)
	}
	return f
}

func seconds(at time.Time) int64 {
	if at.IsZero() {
		return longAgo
	}
	return at.Unix()
}

func distinct(values []string) []string {
	out := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

// encode writes what many incidents share first: terms are kept as a tree of prefixes.
func (f facts) encode() []byte {
	flags := byte(0)
	if f.private {
		flags |= 1
	}
	if f.counted {
		flags |= 2
	}
	out := []byte{flags}
	for _, values := range f.values {
		var list []byte
		for _, v := range values {
			list = binary.AppendUvarint(list, uint64(len(v)))
			list = append(list, v...)
		}
		out = binary.AppendUvarint(out, uint64(len(list)))
		out = append(out, list...)
	}
	out = binary.AppendUvarint(out, uint64(len(f.language)))
	out = append(out, f.language...)
	for _, n := range f.lengths {
		out = binary.AppendUvarint(out, n)
	}
	out = binary.AppendVarint(out, f.started)
	out = binary.AppendVarint(out, f.opened)
	out = binary.AppendVarint(out, f.seq)
	return append(binary.AppendUvarint(out, uint64(len(f.audience))), f.audience...)
}

var errFacts = errors.New("facts of an incident are cut off")

// factsReader takes an encoded term apart.
type factsReader struct {
	rest []byte
	err  error
}

func (r *factsReader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.rest, r.err = nil, errFacts
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *factsReader) flags() byte {
	if b := r.bytes(1); r.err == nil {
		return b[0]
	}
	return 0
}

func (r *factsReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.rest, r.err = nil, errFacts
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *factsReader) varint() int64 {
	u := r.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// list returns the values of one facet, still encoded.
func (r *factsReader) list() []byte { return r.bytes(r.uvarint()) }

// listValues takes an encoded list apart.
func listValues(list []byte) ([]string, error) {
	r := factsReader{rest: list}
	var out []string
	for len(r.rest) > 0 && r.err == nil {
		out = append(out, string(r.bytes(r.uvarint())))
	}
	return out, r.err
}
