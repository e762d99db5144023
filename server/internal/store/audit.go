package store

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// auditRow is the part of an entry that the chain covers and that nothing ever changes.
type auditRow struct {
	Seq         int64 `gorm:"primaryKey;autoIncrement:false"`
	At          time.Time
	ActorKind   incident.ActorKind
	ActorID     incident.ID
	Role        incident.Role
	Action      incident.AuditAction
	ObjectKind  string
	ObjectID    incident.ID
	Request     string
	Facts       string
	TextsDigest string
	Prev        string
	Hash        string
}

// auditTextsRow is the part that can be erased.
type auditTextsRow struct {
	Seq      int64 `gorm:"primaryKey;autoIncrement:false"`
	Salt     string
	Texts    string
	ErasedBy sql.NullInt64
}

// auditTexts is what auditTextsRow.Texts holds, as JSON.
type auditTexts struct {
	Actor  string          `json:"actor,omitempty"`
	From   string          `json:"from,omitempty"`
	Agent  string          `json:"agent,omitempty"`
	Object string          `json:"object,omitempty"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

type auditHeadRow struct {
	Seq     int64
	Hash    string
	CutSeq  int64
	CutHash string
}

// netstring writes texts so that no two lists of texts look the same: each as its length in bytes, a colon, itself and a
// comma (D. J. Bernstein, "Netstrings", 1997).
func netstring(texts ...string) []byte {
	var b []byte
	for _, t := range texts {
		b = strconv.AppendInt(b, int64(len(t)), 10)
		b = append(append(append(b, ':'), t...), ',')
	}
	return b
}

func sha(texts ...string) string {
	sum := sha256.Sum256(netstring(texts...))
	return hex.EncodeToString(sum[:])
}

// auditTime is how the chain writes times: UTC with microseconds.
const auditTime = "2006-01-02T15:04:05.000000Z"

// sum returns the hash of an entry, over all its columns in order and the hash of the entry before.
func (r auditRow) sum() string {
	return sha("hindsight-audit-1", strconv.FormatInt(r.Seq, 10), r.At.UTC().Format(auditTime), string(r.ActorKind), string(r.ActorID), string(r.Role),
		string(r.Action), r.ObjectKind, string(r.ObjectID), r.Request, r.Facts, r.TextsDigest, r.Prev)
}

func (r auditTextsRow) digest() string { return sha(r.Salt, r.Texts) }

// Note implements incident.Tx.
func (t *tx) Note(n incident.AuditNote) {
	if n.Actor == (incident.Actor{}) {
		n.Actor = incident.ActorOf(t.ctx)
	}
	t.notes = append(t.notes, n)
}

// person reports whether somebody decided to do this transaction, so that also what imports write is told entry by entry.
func (t *tx) person() bool { return !t.quiet && incident.ActorOf(t.ctx).Person() }

// lockAudit takes the end of the chain, which nobody else gets before the transaction has ended; so the order of entries is the
// order of commits. It comes after the feed's number in every transaction, so that two cannot wait for each other.
func (t *tx) lockAudit() (head auditHeadRow, err error) {
	err = t.db.Raw("SELECT seq, hash, cut_seq, cut_hash FROM audit_head" + t.dialect.lock()).Scan(&head).Error
	return head, failed(err, "lock the audit log")
}

// writeNotes appends what was noted to the chain. It is the last thing that a transaction does.
func (t *tx) writeNotes() error {
	if len(t.notes) == 0 {
		return nil
	}
	head, err := t.lockAudit()
	if err != nil {
		return err
	}
	rows, texts := make([]auditRow, len(t.notes)), make([]auditTextsRow, len(t.notes))
	for i, n := range t.notes {
		if rows[i], texts[i], err = t.entry(n, head); err != nil {
			return failed(err, "write the audit log")
		}
		head.Seq, head.Hash = rows[i].Seq, rows[i].Hash
	}
	t.notes = nil
	if err := insert(t.db, "audit", rows); err != nil {
		return failed(err, "write the audit log")
	}
	if err := insert(t.db, "audit_texts", texts); err != nil {
		return failed(err, "write the audit log")
	}
	err = t.db.Exec("UPDATE audit_head SET seq = ?, hash = ?", head.Seq, head.Hash).Error
	return failed(err, "write the end of the audit log")
}

// entry makes the rows of a note that follows head.
func (t *tx) entry(n incident.AuditNote, head auditHeadRow) (auditRow, auditTextsRow, error) {
	n.Actor, n.Object = clean(n.Actor), clean(n.Object)
	facts, err := compact(n.Facts)
	if err != nil {
		return auditRow{}, auditTextsRow{}, err
	}
	said := auditTexts{Actor: n.Actor.Name, From: n.Actor.From, Agent: n.Actor.Agent, Object: n.Object.Name}
	if said.Before, err = compact(n.Before); err != nil {
		return auditRow{}, auditTextsRow{}, err
	}
	if said.After, err = compact(n.After); err != nil {
		return auditRow{}, auditTextsRow{}, err
	}
	text, err := json.Marshal(said)
	if err != nil {
		return auditRow{}, auditTextsRow{}, err
	}
	texts := auditTextsRow{Seq: head.Seq + 1, Salt: rand.Text(), Texts: string(text)}
	row := auditRow{Seq: texts.Seq, At: clean(t.store.now()), ActorKind: n.Actor.Kind, ActorID: n.Actor.ID, Role: n.Actor.Role, Action: n.Action,
		ObjectKind: n.Object.Kind, ObjectID: n.Object.ID, Request: n.Actor.Request, Facts: string(facts), TextsDigest: texts.digest(), Prev: head.Hash}
	row.Hash = row.sum()
	return row, texts, nil
}

// compact writes a JSON object without NUL, which PostgreSQL cannot store; nil for an empty one.
func compact(fields map[string]any) (json.RawMessage, error) {
	if len(fields) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	return json.RawMessage(strings.ReplaceAll(string(text), `\u0000`, "")), nil
}
