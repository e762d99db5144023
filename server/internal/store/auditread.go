package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"hindsight/incident"
)

// auditWhole is both rows of an entry.
type auditWhole struct {
	auditRow
	Salt     string
	Texts    string
	ErasedBy sql.NullInt64
}

// auditColumns are those of auditWhole, in the order in which scan takes them.
const auditColumns = `a.seq, a.at, a.actor_kind, a.actor_id, a.role, a.action, a.object_kind, a.object_id, a.request, a.facts, a.texts_digest, a.prev, a.hash,
	COALESCE(t.salt, ''), COALESCE(t.texts, ''), t.erased_by FROM audit a LEFT JOIN audit_texts t ON t.seq = a.seq`

func (w *auditWhole) scan(rows *sql.Rows) error {
	var at sql.NullTime
	err := rows.Scan(&w.Seq, &at, (*string)(&w.ActorKind), (*string)(&w.ActorID), (*string)(&w.Role), (*string)(&w.Action), &w.ObjectKind, (*string)(&w.ObjectID),
		&w.Request, &w.Facts, &w.TextsDigest, &w.Prev, &w.Hash, &w.Salt, &w.Texts, &w.ErasedBy)
	w.At = at.Time.UTC()
	return err
}

func (w *auditWhole) entry() (incident.AuditEntry, error) {
	var said auditTexts
	if w.Texts != "" {
		if err := json.Unmarshal([]byte(w.Texts), &said); err != nil {
			return incident.AuditEntry{}, err
		}
	}
	e := incident.AuditEntry{Seq: w.Seq, At: w.At, Action: w.Action,
		Actor:  incident.Actor{Kind: w.ActorKind, ID: w.ActorID, Name: said.Actor, Role: w.Role, From: said.From, Agent: said.Agent, Request: w.Request},
		Object: incident.AuditObject{Kind: w.ObjectKind, ID: w.ObjectID, Name: said.Object},
		Before: said.Before, After: said.After, ErasedBy: w.ErasedBy.Int64, Prev: w.Prev, Hash: w.Hash}
	if w.Facts != "" {
		e.Facts = json.RawMessage(w.Facts)
	}
	return e, nil
}

// Audit implements incident.Reader.
func (s *Store) Audit(ctx context.Context, f incident.AuditFilter) ([]incident.AuditEntry, error) {
	f = clean(f)
	if f.Limit <= 0 {
		f.Limit = defaultPage
	}
	where, args := auditSelected(f)
	rows, err := s.db.WithContext(ctx).Raw("SELECT "+auditColumns+where+" ORDER BY a.seq DESC LIMIT ?", append(args, f.Limit)...).Rows()
	if err != nil {
		return nil, failed(err, "read the audit log")
	}
	defer rows.Close()
	var out []incident.AuditEntry
	for rows.Next() {
		var w auditWhole
		if err := w.scan(rows); err != nil {
			return nil, failed(err, "read the audit log")
		}
		e, err := w.entry()
		if err != nil {
			return nil, failed(err, "read entry %d of the audit log", w.Seq)
		}
		out = append(out, e)
	}
	return out, failed(rows.Err(), "read the audit log")
}

// auditSelected returns the condition of a filter, and what its question marks stand for.
func auditSelected(f incident.AuditFilter) (where string, args []any) {
	is := func(condition string, value any, asked bool) {
		if asked {
			where, args = where+" AND "+condition, append(args, value)
		}
	}
	is("a.actor_id = ?", string(f.Actor), f.Actor != "")
	is("a.actor_kind = ?", string(f.ActorKind), f.ActorKind != "")
	is("a.action = ?", string(f.Action), f.Action != "")
	is("a.object_kind = ?", f.ObjectKind, f.ObjectKind != "")
	is("a.object_id = ?", string(f.Object), f.Object != "")
	is("a.at >= ?", f.From, !f.From.IsZero())
	is("a.at < ?", f.To, !f.To.IsZero())
	is("a.seq < ?", f.Before, f.Before > 0)
	return " WHERE true" + where, args
}

// AuditHead implements incident.Reader.
func (s *Store) AuditHead(ctx context.Context) (incident.AuditHead, error) {
	var head auditHeadRow
	err := s.db.WithContext(ctx).Raw("SELECT seq, hash, cut_seq, cut_hash FROM audit_head").Scan(&head).Error
	return incident.AuditHead{Seq: head.Seq, Hash: head.Hash, Cut: head.CutSeq}, failed(err, "read the end of the audit log")
}
