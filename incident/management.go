package incident

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Management is what people decided to do about a problem. The zero value but for its problem is that of one that nobody has
// taken over yet.
type Management struct {
	Problem ID
	Version int // from 1; 0: never written
	Stage   Stage
	// Owner is a team, a person or a user; OwnerName is what it was called when it was chosen. Both are empty: nobody.
	Owner     ID
	OwnerName string

	Workaround string // Markdown: how to end an incident of it; may be empty
	Cause      string // Markdown: what makes it happen, as far as known; may be empty
	// ExitWords say when the problem is done with; ExitDays is how many days without an incident are asked for, 0: none.
	ExitWords string
	ExitDays  int
	// The change that removes it: a change event, or the address of something outside. At most one of them.
	Change    ID
	ChangeURL string
	// ResolvedAt is when it was resolved; zero while Stage is another.
	ResolvedAt time.Time

	By string // who wrote this version
	At time.Time
}

// Stage says how far people are with a problem. ITIL calls the three "problem", "known error" and "closed".
type Stage string

const (
	StageOpen       Stage = "open"
	StageKnownError Stage = "known_error"
	StageResolved   Stage = "resolved"
)

// Stages lists all stages in order.
var Stages = []Stage{StageOpen, StageKnownError, StageResolved}

// The bounds of what people write about a problem.
const (
	longestNote  = 20_000 // bytes of a workaround or a cause
	longestWords = 1_000
	mostExitDays = 3_650
)

// Validate returns ErrInvalid, naming the field, for what cannot be. A known error that lacks something is valid; see Lacks.
func (m Management) Validate() error {
	switch {
	case m.Stage != StageOpen && m.Stage != StageKnownError && m.Stage != StageResolved:
		return Invalidf("stage", "%q is not open, known_error or resolved", m.Stage)
	case len(m.Workaround) > longestNote:
		return Invalidf("workaround", "give at most %d characters", longestNote)
	case len(m.Cause) > longestNote:
		return Invalidf("cause", "give at most %d characters", longestNote)
	case len(m.ExitWords) > longestWords:
		return Invalidf("exit_words", "give at most %d characters", longestWords)
	case m.ExitDays < 0 || m.ExitDays > mostExitDays:
		return Invalidf("exit_days", "give a number of days from 1 to %d, or none", mostExitDays)
	case m.Change != "" && m.ChangeURL != "":
		return Invalidf("change", "name one change, not two")
	case m.ChangeURL != "" && !outsideAddress(m.ChangeURL):
		return Invalidf("change", "%q is not an http or https address", m.ChangeURL)
	case (m.Stage == StageResolved) != !m.ResolvedAt.IsZero():
		return Invalidf("resolved_at", "only a resolved problem has a time when it was resolved")
	}
	return nil
}

func outsideAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && len(text) <= 2000 && utf8.ValidString(text)
}

// Managed reports whether anybody has said anything about the problem.
func (m Management) Managed() bool { return m.Version > 0 && m != m.untouched() }

// untouched is a version that says nothing.
func (m Management) untouched() Management {
	return Management{Problem: m.Problem, Version: m.Version, Stage: StageOpen, By: m.By, At: m.At}
}

// Lacks lists what a known error still lacks, in words; nil for other stages.
func (m Management) Lacks() []string {
	if m.Stage != StageKnownError {
		return nil
	}
	var out []string
	if strings.TrimSpace(m.Workaround) == "" {
		out = append(out, "a workaround")
	}
	if strings.TrimSpace(m.Cause) == "" {
		out = append(out, "a described cause")
	}
	return out
}

// Return is how a problem came back after it was resolved.
type Return struct {
	N           int       // incidents that began since
	First, Last time.Time // of them; zero when N is 0
	After       time.Duration
}

// Returned counts the starts, in any order, that lie behind the time when the problem was resolved. A problem that is not resolved has
// none.
func (m Management) Returned(starts []time.Time) Return {
	var r Return
	for _, at := range starts {
		if m.Stage != StageResolved || !at.After(m.ResolvedAt) {
			continue
		}
		if r.N++; r.First.IsZero() || at.Before(r.First) {
			r.First = at
		}
		if at.After(r.Last) {
			r.Last = at
		}
	}
	if r.N > 0 {
		r.After = r.First.Sub(m.ResolvedAt)
	}
	return r
}

// Exit is how far a problem is from its measurable exit criterion. It is worked out, never stored.
type Exit struct {
	Asked int       // days without an incident; 0: nothing measurable is asked for
	Days  int       // whole days of 24 hours since Last; 0 while one is open
	Last  time.Time // start of the newest incident; zero: none is dated
	Open  int       // incidents of it that still go on
	Met   bool
}

// Exit measures the criterion by the newest start of the problem's incidents and by how many still go on. Without any start it is
// not met: nothing is known.
func (m Management) Exit(last time.Time, open int, now time.Time) Exit {
	x := Exit{Asked: m.ExitDays, Last: last, Open: open}
	if open == 0 && !last.IsZero() && now.After(last) {
		x.Days = int(now.Sub(last) / (24 * time.Hour))
	}
	x.Met = x.Asked > 0 && x.Days >= x.Asked
	return x
}

// FieldChange is one field that an edit changed, as people read it.
type FieldChange struct {
	Field  string `json:"field"`  // name of the field in the API
	Before string `json:"before"` // empty: nothing
	After  string `json:"after"`
}

// Changes lists what is different in after, in the order of the fields.
func (m Management) Changes(after Management) []FieldChange {
	var out []FieldChange
	was, is := m.fields(), after.fields()
	for i, f := range is {
		if was[i].After != f.After {
			out = append(out, FieldChange{f.Field, was[i].After, f.After})
		}
	}
	return out
}

// fields writes every field out, in After.
func (m Management) fields() []FieldChange {
	days, resolved := "", ""
	if m.ExitDays > 0 {
		days = fmt.Sprintf("%d days without an incident", m.ExitDays)
	}
	if !m.ResolvedAt.IsZero() {
		resolved = m.ResolvedAt.UTC().Format("2 Jan 2006")
	}
	change := m.ChangeURL
	if m.Change != "" {
		change = string(m.Change)
	}
	stage := m.Stage
	if stage == "" {
		stage = StageOpen
	}
	return []FieldChange{{"stage", "", strings.ReplaceAll(string(stage), "_", " ")}, {"owner", "", m.OwnerName}, {"workaround", "", m.Workaround},
		{"cause", "", m.Cause}, {"exit_words", "", m.ExitWords}, {"exit_days", "", days}, {"change", "", change}, {"resolved_at", "", resolved}}
}
