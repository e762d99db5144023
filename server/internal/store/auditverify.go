package store

import (
	"context"
	"encoding/json"
	"fmt"

	"hindsight/incident"
)

// cutFacts is what an entry of a cut says: the last entry that it removed, and its hash.
type cutFacts struct {
	Through int64  `json:"through"`
	Hash    string `json:"hash"`
	Entries int64  `json:"entries"`
	Before  string `json:"before"`
}

// erasedFacts is what an entry of an erasure says: the digest that the texts of each entry have since.
type erasedFacts struct {
	Texts map[int64]string `json:"texts"`
}

// auditChain follows the chain, entry by entry.
type auditChain struct {
	ctx      context.Context
	store    *Store
	head     auditHeadRow // where it must end
	last     auditRow     // where it has come
	proof    incident.AuditProof
	anchored bool // an entry tells of the cut that the chain begins behind
	noted    map[int64]string
	erasure  int64 // the entry that erased holds the facts of
	erased   erasedFacts
}

// VerifyAudit implements incident.Reader. Entries that are written meanwhile are left to the next time: all is read as of one moment.
func (s *Store) VerifyAudit(ctx context.Context, noted ...incident.AuditHead) (proof incident.AuditProof, err error) {
	err = s.view(ctx, func(r reader) error {
		c := auditChain{ctx: ctx, store: s, noted: map[int64]string{}}
		for _, n := range noted {
			c.noted[n.Seq] = n.Hash
		}
		if err := r.db.Raw("SELECT seq, hash, cut_seq, cut_hash FROM audit_head").Scan(&c.head).Error; err != nil {
			return err
		}
		c.anchored = c.head.CutSeq == 0
		c.last.Seq, c.last.Hash = c.head.CutSeq, c.head.CutHash
		err := c.follow(r)
		proof = c.proof
		return err
	})
	return proof, failed(err, "verify the audit log")
}

func (c *auditChain) follow(r reader) error {
	rows, err := r.db.Raw("SELECT " + auditColumns + " ORDER BY a.seq").Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var w auditWhole
		if err := w.scan(rows); err != nil {
			return err
		}
		why, err := c.next(w)
		if err != nil {
			return err
		}
		if why != "" {
			c.proof.Broken, c.proof.Why = max(w.Seq, 1), why
			return nil
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	c.end()
	return nil
}

// next says what is wrong with the entry that follows, if anything is.
func (c *auditChain) next(w auditWhole) (why string, err error) {
	switch {
	case w.Seq != c.last.Seq+1:
		return fmt.Sprintf("entry %d follows entry %d: what was between them is missing", w.Seq, c.last.Seq), nil
	case w.Prev != c.last.Hash:
		return fmt.Sprintf("entry %d does not name the hash of the one before it", w.Seq), nil
	case w.sum() != w.Hash:
		return fmt.Sprintf("entry %d has been changed: its hash is another one", w.Seq), nil
	case c.noted[w.Seq] != "" && c.noted[w.Seq] != w.Hash:
		return fmt.Sprintf("entry %d had another hash when it was noted: the log was written anew", w.Seq), nil
	}
	if why, err = c.texts(w); why != "" || err != nil {
		return why, err
	}
	var cut cutFacts
	if w.Action == incident.AuditCut && json.Unmarshal([]byte(w.Facts), &cut) == nil && cut.Through == c.head.CutSeq && cut.Hash == c.head.CutHash {
		c.anchored = true
	}
	c.last = w.auditRow
	c.proof.Entries++
	c.proof.Head = incident.AuditHead{Seq: w.Seq, Hash: w.Hash, Cut: c.head.CutSeq}
	return "", nil
}

// texts says what is wrong with what can be erased of an entry.
func (c *auditChain) texts(w auditWhole) (why string, err error) {
	digest := auditTextsRow{Salt: w.Salt, Texts: w.Texts}.digest()
	if !w.ErasedBy.Valid {
		if digest != w.TextsDigest {
			why = fmt.Sprintf("entry %d has been changed: names, addresses or values are not those that it was written with", w.Seq)
		}
		return why, nil
	}
	c.proof.Erased++
	if w.ErasedBy.Int64 != c.erasure {
		var row auditRow
		found := c.store.db.WithContext(c.ctx).Table("audit").Where("seq = ? AND action = ?", w.ErasedBy.Int64, incident.AuditErased).Find(&row)
		if found.Error != nil {
			return "", found.Error
		}
		c.erasure, c.erased = w.ErasedBy.Int64, erasedFacts{}
		if found.RowsAffected > 0 && json.Unmarshal([]byte(row.Facts), &c.erased) != nil {
			return fmt.Sprintf("entry %d, an erasure, cannot be read", row.Seq), nil
		}
	}
	if c.erased.Texts[w.Seq] != digest {
		why = fmt.Sprintf("entry %d has been changed: something is erased from it that entry %d, the erasure, does not tell of", w.Seq, c.erasure)
	}
	return why, nil
}

// end checks that the chain ends, and began, where it should.
func (c *auditChain) end() {
	broken := func(seq int64, format string, args ...any) {
		c.proof.Broken, c.proof.Why = seq, fmt.Sprintf(format, args...)
	}
	switch {
	case c.last.Seq != c.head.Seq || c.last.Hash != c.head.Hash:
		broken(c.last.Seq+1, "the log ends at entry %d, and should at %d: its end is missing", c.last.Seq, c.head.Seq)
	case !c.anchored:
		broken(c.head.CutSeq, "everything up to entry %d is missing, and no entry tells that it was cut", c.head.CutSeq)
	}
	for seq := range c.noted {
		if seq > c.last.Seq {
			broken(c.last.Seq+1, "the log ends at entry %d, and entry %d was noted outside: its end is missing", c.last.Seq, seq)
		}
	}
}
