package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"hindsight/incident"
)

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
	x := newAuditEraser(names, pseudonym)
	for after := int64(0); ; {
		rows, err := auditBehind(t.db, after, end.Seq)
		if err != nil || len(rows) == 0 {
			return n, failed(err, "erase from the audit log")
		}
		after = rows[len(rows)-1].Seq
		var changed []auditTextsRow
		for _, w := range rows {
			if text := x.texts(w, actor); text != w.Texts {
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
func auditBehind(db *gorm.DB, after, end int64) ([]auditWhole, error) {
	rows, err := db.Raw("SELECT "+auditColumns+" WHERE a.seq > ? AND a.seq <= ? ORDER BY a.seq LIMIT ?", after, end, erasedAtOnce).Rows()
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

// NamedInAudit counts the entries from which EraseFromAudit would erase something: those of actors, and those that have one of the names.
func (s *Store) NamedInAudit(ctx context.Context, actors []incident.ID, names []string) (n int64, err error) {
	head, err := s.AuditHead(ctx)
	if err != nil {
		return 0, err
	}
	const pseudonym = "somebody"
	x := newAuditEraser(names, pseudonym)
	for after := int64(0); ; {
		rows, err := auditBehind(s.db.WithContext(ctx), after, head.Seq)
		if err != nil || len(rows) == 0 {
			return n, failed(err, "look for names in the audit log")
		}
		after = rows[len(rows)-1].Seq
		for _, w := range rows {
			if slices.ContainsFunc(actors, func(actor incident.ID) bool { return x.texts(w, actor) != w.Texts }) {
				n++
			}
		}
	}
}

// auditEraser puts a pseudonym in the place of a person in entries.
type auditEraser struct {
	pseudonym string
	text      func(string) string
	term      func(string) string // of one of the words that the members of a problem share, among which words of names stand alone
}

func newAuditEraser(names []string, pseudonym string) auditEraser {
	var words []string
	for _, name := range names {
		if !strings.Contains(name, "@") {
			words = append(words, strings.Split(incident.Slug(name), "-")...)
		}
	}
	return auditEraser{pseudonym, eraser(names, pseudonym), eraser(words, pseudonym)}
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

// texts returns the texts of an entry without the person.
func (x auditEraser) texts(w auditWhole, actor incident.ID) string {
	var said auditTexts
	if json.Unmarshal([]byte(w.Texts), &said) != nil {
		return w.Texts
	}
	if actor != "" && w.ActorID == actor {
		said.Actor, said.From, said.Agent = x.pseudonym, "", ""
	}
	said.Actor, said.Object, said.Agent = x.text(said.Actor), x.text(said.Object), x.text(said.Agent)
	said.Before, said.After = x.json(said.Before, w.ObjectKind), x.json(said.After, w.ObjectKind)
	text, err := json.Marshal(said)
	if err != nil {
		panic("store: what was JSON always makes JSON: " + err.Error())
	}
	return string(text)
}

// json replaces in all texts of a JSON value about a kind of object, names of fields included.
func (x auditEraser) json(text json.RawMessage, kind string) json.RawMessage {
	var v any
	numbers := json.NewDecoder(bytes.NewReader(text))
	numbers.UseNumber()
	if len(text) == 0 || numbers.Decode(&v) != nil {
		return text
	}
	if fields, ok := v.(map[string]any); ok && kind == "problem" {
		fields["terms"] = eraseValue(fields["terms"], x.term)
		if fields["terms"] == nil {
			delete(fields, "terms")
		}
	}
	out, err := json.Marshal(eraseValue(v, x.text))
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
