package incident

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
)

// ID identifies an entity for good. It is opaque, safe in a URL, and never reused.
type ID string

// Seq is a position in the change feed. Numbers follow commit order: whoever has seen every
// change up to n will never be handed another one numbered n or lower. Zero precedes all changes.
type Seq int64

// Ref is what an upstream system calls a record.
// Incarnation tells apart two records to which the upstream gave the same id one after the other;
// it is 0 for the first.
type Ref struct {
	Connection  ID     // the connection it was read through
	Type        string // "incident", "ticket", "status_post", "document", …
	ExternalID  string // the upstream's immutable id, case kept
	Incarnation int
}

var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ID derives the incident's id of an imported record, so that the same record gets the same id in every
// run, whatever the order of arrival and whichever replica imports it.
func (r Ref) ID() ID { return r.derive("inc") }

// ChangeEventID is ID for a record that is a change event.
func (r Ref) ChangeEventID() ID { return r.derive("chg") }

// RosterID is ID for a record that is a roster.
func (r Ref) RosterID() ID { return r.derive("ros") }

func (r Ref) derive(prefix string) ID {
	return DeriveID(prefix, string(r.Connection), r.Type, r.ExternalID, strconv.Itoa(r.Incarnation))
}

// DeriveID returns the id that the parts always give, prefixed with what it identifies: 100 bits of
// SHA-256, so a collision is not to be expected below 10^12 entities.
func DeriveID(prefix string, parts ...string) ID {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return ID(prefix + "_" + encoding.EncodeToString(sum[:])[:20])
}

// NewID returns a fresh random id, for what people create here.
func NewID(prefix string) ID {
	var b [13]byte
	rand.Read(b[:])
	return ID(prefix + "_" + encoding.EncodeToString(b[:])[:20])
}
