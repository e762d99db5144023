package store

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hindsight/incident"
)

// CutAudit implements incident.Tx.
func (t *tx) CutAudit(before time.Time) (int64, error) {
	if err := t.lockFeed(); err != nil {
		return 0, err
	}
	head, err := t.lockAudit()
	if err != nil {
		return 0, err
	}
	var last auditRow
	found := t.db.Table("audit").Where("seq < COALESCE((SELECT min(seq) FROM audit WHERE at >= ?), ?)", clean(before), head.Seq+1).
		Order("seq DESC").Limit(1).Find(&last)
	if found.Error != nil || found.RowsAffected == 0 {
		return 0, failed(found.Error, "find where to cut the audit log")
	}
	cut := cutFacts{Through: last.Seq, Hash: last.Hash, Entries: last.Seq - head.CutSeq, Before: clean(before).Format(time.RFC3339)}
	t.Note(incident.AuditNote{Action: incident.AuditCut, Object: incident.AuditObject{Kind: "audit"},
		Facts: map[string]any{"through": cut.Through, "hash": cut.Hash, "entries": cut.Entries, "before": cut.Before}})
	if err := t.writeNotes(); err != nil { // first, for the log must not end where it is cut
		return 0, err
	}
	if err := t.db.Exec("UPDATE audit_head SET cut_seq = ?, cut_hash = ?", last.Seq, last.Hash).Error; err != nil {
		return 0, failed(err, "cut the audit log")
	}
	for _, table := range []string{"audit_texts", "audit"} {
		if err := t.db.Exec("DELETE FROM "+table+" WHERE seq <= ?", last.Seq).Error; err != nil {
			return 0, failed(err, "cut the audit log")
		}
	}
	return cut.Entries, nil
}

// lockFeed takes the feed's counter before the end of the audit log, for a transaction that cannot leave that to its end.
func (t *tx) lockFeed() error {
	var seq incident.Seq
	return failed(t.db.Raw("SELECT seq FROM feed_head"+t.dialect.lock()).Scan(&seq).Error, "lock the change feed")
}

// erasedAtOnce is of how many entries one entry tells that something was erased from them.
const erasedAtOnce = 500

// EraseFromAudit implements incident.Tx.
func (t *tx) EraseFromAudit(actor incident.ID, names []string, pseudonym string) (n int64, err error) {
	if err := t.lockFeed(); err != nil {
		return 0, err
	}
	if err := t.writeNotes(); err != nil { // what this transaction has said so far is erased, too
		return 0, err
	}
	end, err := t.lockAudit()
	if err != nil {
		return 0, err
	}
	replace := eraser(names, pseudonym)
	for after := int64(0); ; {
		rows, err := t.auditBehind(after, end.Seq)
		if err != nil || len(rows) == 0 {
			return n, failed(err, "erase from the audit log")
		}
		after = rows[len(rows)-1].Seq
		var changed []auditTextsRow
		for _, w := range rows {
			if text := erasedTexts(w, actor, replace, pseudonym); text != w.Texts {
				changed = append(changed, auditTextsRow{Seq: w.Seq, Salt: rand.Text(), Texts: text})
			}
		}
		if err := t.writeErased(changed); err != nil {
			return n, err
		}
		n += int64(len(changed))
	}
}

// auditBehind returns some entries behind after, through end.
func (t *tx) auditBehind(after, end int64) ([]auditWhole, error) {
	rows, err := t.db.Raw("SELECT "+auditColumns+" WHERE a.seq > ? AND a.seq <= ? ORDER BY a.seq LIMIT ?", after, end, erasedAtOnce).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []auditWhole
	for rows.Next() {
		var w auditWhole
		if err := w.scan(rows); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

// eraser returns what replaces names by a pseudonym, in any case.
func eraser(names []string, pseudonym string) func(string) string {
	var patterns []string
	for _, name := range names {
		if name = strings.TrimSpace(cleanText(name)); name != "" {
			patterns = append(patterns, regexp.QuoteMeta(name))
		}
	}
	if len(patterns) == 0 {
		return func(text string) string { return text }
	}
	slices.SortFunc(patterns, func(a, b string) int { return len(b) - len(a) }) // the longer name first
	pattern := regexp.MustCompile("(?i)" + strings.Join(patterns, "|"))
	return func(text string) string { return replaceWords(text, pattern, pseudonym) }
}

// replaceWords replaces what matches and is no part of a longer word.
func replaceWords(text string, pattern *regexp.Regexp, by string) string {
	var b strings.Builder
	rest := 0
	for _, at := range pattern.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		behind, _ := utf8.DecodeRuneInString(text[at[1]:])
		if isWord(before) || isWord(behind) {
			continue
		}
		b.WriteString(text[rest:at[0]])
		b.WriteString(by)
		rest = at[1]
	}
	return b.String() + text[rest:]
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// erasedTexts returns the texts of an entry without the person.
func erasedTexts(w auditWhole, actor incident.ID, replace func(string) string, pseudonym string) string {
	var said auditTexts
	if json.Unmarshal([]byte(w.Texts), &said) != nil {
		return w.Texts
	}
	if actor != "" && w.ActorID == actor {
		said.Actor, said.From, said.Agent = pseudonym, "", ""
	}
	said.Actor, said.Object, said.Agent = replace(said.Actor), replace(said.Object), replace(said.Agent)
	said.Before, said.After = eraseJSON(said.Before, replace), eraseJSON(said.After, replace)
	text, err := json.Marshal(said)
	if err != nil {
		panic("store: what was JSON always makes JSON: " + err.Error())
	}
	return string(text)
}

// eraseJSON replaces in all texts of a JSON value, names of fields included.
func eraseJSON(text json.RawMessage, replace func(string) string) json.RawMessage {
	var v any
	numbers := json.NewDecoder(bytes.NewReader(text))
	numbers.UseNumber()
	if len(text) == 0 || numbers.Decode(&v) != nil {
		return text
	}
	out, err := json.Marshal(eraseValue(v, replace))
	if err != nil {
		return text
	}
	return out
}

func eraseValue(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		for i := range v {
			v[i] = eraseValue(v[i], replace)
		}
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[replace(key)] = eraseValue(value, replace)
		}
		return out
	}
	return v
}

// writeErased appends an entry that tells of changed texts, and changes them.
func (t *tx) writeErased(changed []auditTextsRow) error {
	if len(changed) == 0 {
		return nil
	}
	digests := map[int64]string{}
	for _, row := range changed {
		digests[row.Seq] = row.digest()
	}
	t.Note(incident.AuditNote{Action: incident.AuditErased, Object: incident.AuditObject{Kind: "audit"}, Facts: map[string]any{"texts": digests}})
	if err := t.writeNotes(); err != nil {
		return err
	}
	head, err := t.lockAudit()
	if err != nil {
		return err
	}
	for _, row := range changed {
		err := t.db.Exec("UPDATE audit_texts SET salt = ?, texts = ?, erased_by = ? WHERE seq = ?", row.Salt, row.Texts, head.Seq, row.Seq).Error
		if err != nil {
			return failed(err, "erase from entry %d of the audit log", row.Seq)
		}
	}
	return nil
}
