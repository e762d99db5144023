package incident

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErasedName is a name, an address or a handle of somebody who was erased: a salted hash, for the name itself is kept nowhere.
type ErasedName struct {
	Hash      string // see Eraser
	Words     int    // how many words the name has
	Pseudonym string // what stands in its place: "Erased person 3f2a1c"
	Erasure   ID
}

// Erasure is one person's erasure. It says nothing of the person.
type Erasure struct {
	ID        ID
	Pseudonym string
	State     string // ErasureRunning or ErasureDone
	Report    ErasureReport
	BegunAt   time.Time
	EndedAt   time.Time // zero while it runs
	By        string    // id of a user, or "command line": a name would have to be erased from here, too
}

// SeenAt returns when an erasure was last known to go on, or when it ended.
func (e Erasure) SeenAt() time.Time {
	switch {
	case e.State == ErasureDone:
		return e.EndedAt
	case e.Report.Step != nil:
		return e.Report.Step.At
	}
	return e.BegunAt
}

// The states of an erasure.
const (
	ErasureRunning = "running"
	ErasureDone    = "done"
)

// ErasureReport says how much was, or would be, rewritten, and where.
type ErasureReport struct {
	Pseudonym string         `json:"pseudonym,omitempty"`
	Step      *ErasureStep   `json:"step,omitempty" doc:"how far it is, while it goes on"`
	Places    map[string]int `json:"places" doc:"rows that named the person, by table"`
	Looked    int            `json:"looked_at" doc:"rows that were looked at"`
	Accounts  int            `json:"accounts" doc:"users that were disabled and renamed, with their sessions, tokens and memberships"`
	Audit     int64          `json:"audit_entries" doc:"entries of the audit log whose texts were erased; the chain still holds"`
	Change    Seq            `json:"change" doc:"newest change of the feed that it made"`
	Notes     []string       `json:"notes" doc:"what is left to do or to know"`
}

// Note adds a note unless it is there.
func (r *ErasureReport) Note(text string) {
	if !slices.Contains(r.Notes, text) {
		r.Notes = append(r.Notes, text)
	}
}

// Rows returns how many rows named the person.
func (r ErasureReport) Rows() int {
	n := 0
	for _, rows := range r.Places {
		n += rows
	}
	return n
}

// ErasureStep says how far a pass over everything is.
type ErasureStep struct {
	Table string    `json:"table" doc:"that it goes through"`
	Done  int       `json:"done" doc:"tables that are behind it"`
	Of    int       `json:"of" doc:"tables in all"`
	At    time.Time `json:"at" doc:"when it was here"`
}

// Eraser replaces what was erased in texts. Names are compared word by word, without regard to case and to what stands between the
// words, so that "jane.doe" and "Doe Jane" are found, too, where the name was "Jane Doe".
type Eraser struct {
	salt  []byte
	names map[string]string // pseudonyms by hash
	most  int               // words of the longest name
}

// ErasureSalt is the setting that holds the salt of erased names.
const ErasureSalt = "erasure.salt"

// NewEraser returns an eraser of names that were hashed with a salt.
func NewEraser(salt string, names []ErasedName) *Eraser {
	e := &Eraser{salt: []byte(salt), names: map[string]string{}}
	for _, n := range names {
		e.names[n.Hash] = n.Pseudonym
		e.most = max(e.most, n.Words)
	}
	return e
}

// HashName returns what is kept of a name; ok is false for one without a letter or a digit.
func HashName(salt, name string) (hash string, words int, ok bool) {
	var list []string
	for _, w := range wordsOf(name) {
		list = append(list, strings.ToLower(name[w.from:w.to]))
	}
	return hashWords([]byte(salt), list), len(list), len(list) > 0
}

func hashWords(salt []byte, words []string) string {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(strings.Join(words, " ")))
	return hex.EncodeToString(mac.Sum(nil))
}

type span struct{ from, to int }

// wordsOf returns the runs of letters and digits in a text.
func wordsOf(text string) []span {
	var out []span
	from := -1
	for i, r := range text {
		in := r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
		switch {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			out, from = append(out, span{from, i}), -1
		}
	}
	if from >= 0 {
		out = append(out, span{from, len(text)})
	}
	return out
}

// Idle reports that nothing was erased, so that no text needs to be looked at.
func (e *Eraser) Idle() bool { return e == nil || len(e.names) == 0 }

// Text returns a text with pseudonyms in the place of names; the longest name that begins at a word goes first.
func (e *Eraser) Text(text string) string {
	if e.Idle() || text == "" {
		return text
	}
	words := wordsOf(text)
	lower := make([]string, len(words))
	for i, w := range words {
		lower[i] = strings.ToLower(text[w.from:w.to])
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(words); i++ {
		for n := min(e.most, len(words)-i); n > 0; n-- {
			pseudonym, erased := e.names[hashWords(e.salt, lower[i:i+n])]
			if !erased || !near(text, words[i:i+n]) {
				continue
			}
			b.WriteString(text[done:words[i].from])
			b.WriteString(pseudonym)
			done = words[i+n-1].to
			i += n - 1
			break
		}
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

// longestGap is how many bytes may stand between two words of a name.
const longestGap = 3

func near(text string, words []span) bool {
	for i := 1; i < len(words); i++ {
		if gap := text[words[i-1].to:words[i].from]; len(gap) > longestGap {
			return false
		}
	}
	return true
}

// Body is Text for a record as its source gave it: in JSON, each text by itself, and all else stays byte for byte as it is.
func (e *Eraser) Body(body []byte) []byte {
	if e.Idle() {
		return body
	}
	if !json.Valid(body) {
		return []byte(e.Text(string(body)))
	}
	var out []byte
	done := 0
	for i := 0; i < len(body); i++ {
		if body[i] != '"' {
			continue
		}
		end := i + 1
		for body[end] != '"' {
			if body[end] == '\\' {
				end++
			}
			end++
		}
		end++
		if text, changed := e.literal(body[i:end]); changed {
			out = append(append(out, body[done:i]...), text...)
			done = end
		}
		i = end - 1
	}
	return append(out, body[done:]...)
}

// literal is Text for a string of JSON with its quotes.
func (e *Eraser) literal(quoted []byte) ([]byte, bool) {
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return nil, false
	}
	var erased string
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		erased = string(e.Body([]byte(text))) // JSON within a text keeps its shape
	} else {
		erased = e.Text(text)
	}
	if erased == text {
		return nil, false
	}
	written, err := json.Marshal(erased)
	return written, err == nil
}
