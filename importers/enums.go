package importers

import (
	"maps"
	"strings"
	"unicode"

	"hindsight/incident"
)

// Values says what the words of a source mean. Keys are in the form that Fold gives them.
type Values[T any] map[string]T

// Of returns what word means. A word that is not in the map is never guessed at: ok is false.
func (v Values[T]) Of(word string) (meaning T, ok bool) {
	meaning, ok = v[Fold(word)]
	return meaning, ok
}

// With returns a copy of v in which the words of more have the meanings that more gives them.
func (v Values[T]) With(more map[string]T) Values[T] {
	out := maps.Clone(v)
	if out == nil {
		out = Values[T]{}
	}
	for word, meaning := range more {
		out[Fold(word)] = meaning
	}
	return out
}

// Fold returns the form in which words are compared: letters and digits in lower case, so that
// "In Progress", "in_progress" and "IN-PROGRESS" are one word. A leading minus before a digit is kept, because -1
// is not 1, and a spreadsheet's "3.0" is 3.
func Fold(word string) string {
	word = strings.TrimSpace(word)
	if whole, ok := strings.CutSuffix(word, ".0"); ok && strings.Trim(whole, "0123456789") == "" {
		word = whole
	}
	var b strings.Builder
	if rest, ok := strings.CutPrefix(word, "-"); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		b.WriteByte('-')
	}
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// StatusWords returns the words for a status that mean the same in all the systems that use them
// (pagers, ticket systems, status pages). It is a new map, free to change.
// Numbers are not in it: what 6 means, only its own system knows.
func StatusWords() Values[incident.Status] {
	return gather(map[incident.Status]string{
		incident.Triggered:     "triggered|open|opened|new|firing|unacked|unacknowledged|alerting|to do|triage|in triage|down",
		incident.Acknowledged:  "acknowledged|ack|acked|assigned|accepted",
		incident.Investigating: "investigating|in progress|active|indeterminate|identified|live|started|on hold|pending|stalled|queued|waiting|work in progress|awaiting user info|awaiting vendor|awaiting problem|awaiting evidence",
		incident.Mitigated:     "mitigated|monitoring|stable|contained|workaround",
		incident.Resolved:      "resolved|fixed|solved|ok|up|learning|recovered",
		incident.Closed:        "closed|done|complete|completed|finished|postmortem",
		incident.Canceled:      "canceled|cancelled|declined|rejected|invalid|false positive|false alarm|withdrawn",
		incident.Merged:        "merged|duplicate",
	})
}

// SeverityWords returns the words for a severity or priority: P1 to P5 and 1 to 5 straight, SEV-0 as
// SEV-1, and the usual scale from critical to informational. It is a new map, free to change.
func SeverityWords() Values[incident.Severity] {
	return gather(map[incident.Severity]string{
		incident.Sev1: "1|p1|sev1|s1|p0|sev0|s0|critical|disaster|1 critical|blocker|highest",
		incident.Sev2: "2|p2|sev2|s2|high|major|error|2 high",
		incident.Sev3: "3|p3|sev3|s3|medium|moderate|normal|average|minor|warning|3 moderate",
		incident.Sev4: "4|p4|sev4|s4|low|4 low",
		incident.Sev5: "5|p5|sev5|s5|info|informational|information|trivial|lowest|planning|5 planning",
	})
}

// KindWords returns the words for a kind of record. It is a new map, free to change.
func KindWords() Values[incident.Kind] {
	return gather(map[incident.Kind]string{
		incident.Real:         "real|incident|outage|production|unplanned",
		incident.Drill:        "drill|exercise|game day|simulation|tutorial",
		incident.Test:         "test|testing",
		incident.Maintenance:  "maintenance|planned|scheduled|scheduled maintenance",
		incident.Request:      "request|service request|user request|access request|question",
		incident.AfterTheFact: "retrospective|retroactive|backfilled|after the fact",
	})
}

func gather[T comparable](words map[T]string) Values[T] {
	out := Values[T]{}
	for meaning, list := range words {
		for word := range strings.SplitSeq(list, "|") {
			out[Fold(word)] = meaning
		}
	}
	return out
}
