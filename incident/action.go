package incident

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// ActionItem is work that somebody promised after the incident. Times that nobody says are zero. What people say of it here are edits
// ([Incident.EditAction]), which imports keep.
type ActionItem struct {
	Key      string `json:",omitempty"` // names it among those of its incident; empty for one that only a source speaks of. See Incident.ActionKey
	Title    string
	Owner    string // the name of a user, a person or a team
	Kind     string // one of ActionKinds; may be empty
	Priority string `json:",omitempty"` // one of ActionPriorities; may be empty
	Proof    string `json:",omitempty"` // what observation would prove that it worked
	URL      string // of its issue in a tracker; http or https, or empty
	Created  time.Time
	Due      time.Time
	VerifyBy time.Time `json:",omitzero"` // when it should be known whether it worked
	Done     time.Time // zero unless State is done, verified or ineffective, and then perhaps, too
	Judged   time.Time `json:",omitzero"`  // when it was verified, found ineffective or dropped
	Reason   string    `json:",omitempty"` // why it was dropped, or what was observed once it was done
	State    string    // one of ActionStates
}

// The states of an action item. Sources say open, done or unknown; people here say the others, too.
const (
	ActionOpen        = "open"
	ActionInProgress  = "in_progress"
	ActionDone        = "done"
	ActionVerified    = "verified"    // done, and what was observed shows that it worked
	ActionIneffective = "ineffective" // done, and what was observed shows that it did not
	ActionDropped     = "dropped"     // decided not to do
	ActionUnknown     = "unknown"     // the source does not say
)

// ActionStates lists every state in the order of an item's life; people choose among all but the last.
var ActionStates = []string{ActionOpen, ActionInProgress, ActionDone, ActionVerified, ActionIneffective, ActionDropped, ActionUnknown}

// ActionKinds lists what an action item can be for, and ActionPriorities how much it matters, the most first.
var (
	ActionKinds      = []string{"prevent", "detect", "mitigate", "process"}
	ActionPriorities = []string{"high", "medium", "low"}
)

// state is the state in the words of ActionStates, however a source writes it.
func (a ActionItem) state() string {
	if s := strings.ToLower(a.State); slices.Contains(ActionStates, s) {
		return s
	}
	return ActionUnknown
}

// Open reports whether it is still to be done.
func (a ActionItem) Open() bool { return a.state() == ActionOpen || a.state() == ActionInProgress }

// Finished reports whether it was done, whether it worked or not.
func (a ActionItem) Finished() bool {
	return slices.Contains([]string{ActionDone, ActionVerified, ActionIneffective}, a.state())
}

// Dropped reports whether it was decided not to do it.
func (a ActionItem) Dropped() bool { return a.state() == ActionDropped }

// Overdue reports whether it is open behind its due time.
func (a ActionItem) Overdue(now time.Time) bool {
	return a.Open() && !a.Due.IsZero() && a.Due.Before(now)
}

// AwaitsVerification reports whether it is done, and somebody said how or until when to see whether it worked.
func (a ActionItem) AwaitsVerification() bool {
	return a.state() == ActionDone && (a.Proof != "" || !a.VerifyBy.IsZero())
}

// Version names what an action item says: two that say the same have the same.
func (a ActionItem) Version() string {
	fields := fieldsOfAction(a)
	var parts []string
	for _, name := range actionFields {
		parts = append(parts, fields[name])
	}
	return strings.TrimPrefix(string(DeriveID("act", parts...)), "act_")
}

// vague are beginnings of titles that name no useful outcome, those of ongoing work, and those that leave open of what.
var (
	vague   = []string{"investigate", "look into", "look at", "consider", "think about", "discuss", "explore", "research", "understand", "talk about"}
	endless = []string{"make sure", "ensure", "be more", "be careful", "keep", "continue", "always", "try to", "remember", "monitor"}
	blurred = []string{"fix the issue", "fix the problem", "fix the bug", "fix it", "fix this", "improve", "prevent this", "prevent it", "do better", "better"}
)

// Hints say what would make the item easier to finish and to judge. They never keep anybody from saving it. The rule for titles is the
// one that PagerDuty publishes (postmortems.pagerduty.com/how_to_write/writing/, after Lunney, Lueder and Beyer, ;login: 42/1, 2017):
// actionable, a sentence that starts with a verb and has a useful outcome; specific, with a scope as narrow as possible; bounded,
// so that one can tell when it is finished. Only words of English are known.
func (a ActionItem) Hints() []string {
	if !a.Open() {
		return nil
	}
	var out []string
	title := strings.ToLower(strings.TrimSpace(a.Title))
	begins := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool {
			rest, is := strings.CutPrefix(title, w)
			return is && (rest == "" || !unicode.IsLetter([]rune(rest)[0]))
		})
	}
	first, rest, _ := strings.Cut(title, " ")
	switch {
	case begins(vague):
		out = append(out, "Actionable: say what will be there afterwards, such as “Add an alert for …”.")
	case begins(endless):
		out = append(out, "Bounded: word it so that one can tell when it is finished, such as “Add a check that …”.")
	case begins(blurred) || title != "" && rest == "":
		out = append(out, "Specific: say of what, as narrowly as possible.")
	case noVerb(first):
		out = append(out, "Actionable: begin with a verb, such as “Add” or “Remove”.")
	}
	if a.Owner == "" {
		out = append(out, "Nobody owns it.")
	}
	if a.Due.IsZero() {
		out = append(out, "It has no due date.")
	}
	if a.Proof == "" {
		out = append(out, "Say what observation would prove that it worked.")
	}
	return out
}

// noVerb reports whether an English sentence that starts with a word cannot start with a verb in the imperative.
func noVerb(word string) bool {
	if slices.Contains([]string{"a", "an", "the", "more", "no", "our", "we", "there", "this", "that", "new", "missing"}, word) {
		return true
	}
	for _, ending := range []string{"tion", "ment", "ness", "ity", "ing"} {
		if strings.HasSuffix(word, ending) && len(word) > len(ending)+3 && !slices.Contains([]string{"mention", "position", "document", "implement", "instrument", "complement", "experiment", "question"}, word) {
			return true
		}
	}
	return false
}
