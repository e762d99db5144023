package store

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"hindsight/incident"
)

// factsVersion begins every piece. It changes with describe and factWords, and pieces of another version are not in force: a
// migration sets facts to null then.
const factsVersion = 3

// factWords are texts that need no place in a piece. They are part of the format: see factsVersion.
var factWords = []string{"",
	"impact_started", "detected", "opened", "acknowledged", "mitigated", "resolved", "closed", "impact_ended",
	"second", "minute", "hour", "day", "about", "field", "log", "text", "derived", "twin", "person",
	"triggered", "investigating", "canceled", "merged", "unknown", "real", "drill", "test", "affected", "owner", "response", "resolution",
	"trigger", "contributing", "mitigating", "went_well", "surprise"}

// writeFacts returns the facts of an incident in one piece: the version, the digest of the content, and what describe describes.
func writeFacts(inc *incident.Incident, digest string) []byte {
	sum, err := hex.DecodeString(digest)
	if err != nil {
		panic("store: a digest is hexadecimal: " + err.Error())
	}
	copied := *inc
	p := piece{writing: true, bytes: append([]byte{factsVersion}, sum...), numbers: map[string]uint64{}}
	p.words = append(p.words, factWords...)
	for i, word := range factWords {
		p.numbers[word] = uint64(i)
	}
	p.describe(&copied)
	return p.bytes
}

// read reads a piece into an incident, but for its id; false where there is none, or none of the digest and the version that are
// in force. Texts that are in p.known are not made anew, and new ones are put there.
func (p *piece) read(facts, digest []byte, inc *incident.Incident) bool {
	const sum = 16
	if len(facts) < 1+sum || facts[0] != factsVersion || len(digest) != 2*sum {
		return false
	}
	var text [2 * sum]byte
	hex.Encode(text[:], facts[1:1+sum])
	if string(text[:]) != string(digest) {
		return false
	}
	if p.known == nil {
		p.known, p.words = map[string]string{}, slices.Clone(factWords)
	}
	p.bytes, p.broken, p.words = facts[1+sum:], false, p.words[:len(factWords)]
	p.describe(inc)
	return !p.broken && len(p.bytes) == 0
}

// piece is written from its front to its end, or read: then bytes are what is left. One piece reads many, one after the other.
type piece struct {
	writing bool
	bytes   []byte
	broken  bool              // there was less than there had to be
	words   []string          // texts so far, factWords first
	numbers map[string]uint64 // of words, when writing
	known   map[string]string // texts of other pieces, when reading
}

// describe is the format of a piece: the same steps write it and read it.
func (p *piece) describe(inc *incident.Incident) {
	p.own(&inc.Number)
	p.own(&inc.Title)
	p.text((*string)(&inc.Ref.Connection))
	p.text((*string)(&inc.Status))
	p.text(&inc.PriorityRaw)
	p.text((*string)(&inc.Kind))
	p.text((*string)(&inc.Origin))
	p.text(&inc.ExcludeReason)
	p.text((*string)(&inc.Team))
	p.own((*string)(&inc.SameAs))
	number(p, &inc.Severity)
	p.yes(&inc.Private)
	if inc.Private { // others pay nothing for it
		list(p, &inc.Audience.Users, identity)
		list(p, &inc.Audience.Teams, identity)
	}
	optional(p, &inc.Reopened, number[int])
	p.time(&inc.ExternalCreatedAt)
	list(p, (*[]incident.Milestone)(&inc.Milestones), (*piece).milestone)
	list(p, &inc.Segments, (*piece).segment)
	list(p, &inc.Services, (*piece).serviceUse)
	list(p, &inc.Tags, (*piece).text)
	list(p, &inc.Custom, (*piece).customValue)
	list(p, &inc.SLA, (*piece).slaCycle)
	list(p, &inc.Factors, (*piece).factor)
	list(p, &inc.Edits, (*piece).edit)
}

func identity(p *piece, id *incident.ID) { p.text((*string)(id)) }

func (p *piece) milestone(m *incident.Milestone) {
	p.text((*string)(&m.Name))
	p.time(&m.At)
	p.text((*string)(&m.Precision))
	p.text((*string)(&m.Basis))
	p.text(&m.Source)
	p.text(&m.Field)
	p.own(&m.Reason)
	p.time(&m.StatedAt)
}

func (p *piece) segment(s *incident.Segment) {
	p.text((*string)(&s.Status))
	p.text(&s.StatusRaw)
	p.time(&s.From)
	p.time(&s.To)
	p.text(&s.By)
}

func (p *piece) serviceUse(u *incident.ServiceUse) {
	p.text((*string)(&u.Service))
	p.text(&u.Name)
	p.text(&u.Role)
}

func (p *piece) customValue(v *incident.CustomValue) {
	p.text(&v.Name)
	p.text(&v.Value)
}

func (p *piece) slaCycle(c *incident.SLACycle) {
	p.text(&c.Goal)
	p.text(&c.Name)
	p.time(&c.Start)
	number(p, &c.Target)
	p.time(&c.Stop)
	optional(p, &c.Breached, (*piece).yes)
}

func (p *piece) factor(f *incident.Factor) {
	p.text(&f.Role)
	p.text(&f.Category)
	p.own(&f.Text)
	p.yes(&f.Claimed)
}

func (p *piece) edit(e *incident.Edit) {
	p.text(&e.Field)
	p.own(&e.Value)
	p.own(&e.Was)
	p.text(&e.By)
	p.time(&e.At)
}

// plain is an unsigned number in 7 bits a byte.
func (p *piece) plain(n *uint64) {
	if p.writing {
		p.bytes = binary.AppendUvarint(p.bytes, *n)
		return
	}
	value, length := binary.Uvarint(p.bytes)
	if length <= 0 {
		p.broken, p.bytes = true, nil
		return
	}
	*n, p.bytes = value, p.bytes[length:]
}

// number is a number with a sign.
func number[N ~int | ~int64](p *piece, n *N) {
	zigzag := uint64(*n)<<1 ^ uint64(int64(*n)>>63)
	p.plain(&zigzag)
	*n = N(int64(zigzag>>1) ^ -int64(zigzag&1))
}

func (p *piece) yes(is *bool) {
	var n uint64
	if *is {
		n = 1
	}
	p.plain(&n)
	*is = n == 1
}

// optional is a value that may be missing.
func optional[T any](p *piece, value **T, each func(*piece, *T)) {
	there := *value != nil
	p.yes(&there)
	if there && !p.writing {
		*value = new(T)
	}
	if there {
		each(p, *value)
	}
}

// time is an instant in microseconds, 0 for none.
func (p *piece) time(at *time.Time) {
	var n uint64
	if !at.IsZero() {
		micros := at.UnixMicro()
		n = uint64(micros)<<1 ^ uint64(micros>>63) + 1
	}
	p.plain(&n)
	if !p.writing && n != 0 {
		n--
		*at = time.UnixMicro(int64(n>>1) ^ -int64(n&1)).UTC()
	}
}

// list is a list, nil where it is empty.
func list[T any](p *piece, l *[]T, each func(*piece, *T)) {
	n := uint64(len(*l))
	p.plain(&n)
	if !p.writing && n > uint64(len(p.bytes)) { // every element takes a byte at least
		p.broken, p.bytes = true, nil
		return
	}
	if !p.writing && n > 0 {
		*l = make([]T, n)
	}
	for i := range *l {
		each(p, &(*l)[i])
	}
}

// own is a text that hardly any other incident has.
func (p *piece) own(text *string) {
	n := uint64(len(*text))
	p.plain(&n)
	if p.writing {
		p.bytes = append(p.bytes, *text...)
		return
	}
	*text = string(p.cut(n))
}

// text is a text that comes again and again: the number of an earlier one, or 0 and the text itself.
func (p *piece) text(text *string) {
	n, there := p.numbers[*text]
	n++
	if p.writing && !there {
		n = 0
	}
	p.plain(&n)
	switch {
	case n > 0 && p.writing:
	case n > uint64(len(p.words)):
		p.broken, p.bytes = true, nil
	case n > 0:
		*text = p.words[n-1]
	default:
		p.newText(text)
	}
}

func (p *piece) newText(text *string) {
	if p.writing {
		p.own(text)
		p.numbers[*text] = uint64(len(p.words))
	} else {
		var n uint64
		p.plain(&n)
		raw := p.cut(n)
		known, ok := p.known[string(raw)]
		if !ok {
			known = string(raw)
			p.known[known] = known
		}
		*text = known
	}
	p.words = append(p.words, *text)
}

// cut takes so many bytes off.
func (p *piece) cut(n uint64) []byte {
	if n > uint64(len(p.bytes)) {
		p.broken, p.bytes = true, nil
		return nil
	}
	out := p.bytes[:n]
	p.bytes = p.bytes[n:]
	return out
}
