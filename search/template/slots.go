package template

import "strings"

// maskNames masks names of users and hosts by what stands around them.
func maskNames(ts []token) []token {
	for i, t := range ts {
		switch {
		case t.kind != word:
		case isUser(ts, i):
			ts[i] = token{kind: user, gap: t.gap}
		case isNamed(ts, i):
			ts[i] = token{kind: host, gap: t.gap}
		}
	}
	return ts
}

var (
	// beforeUser stand before "user NAME".
	beforeUser = set("for invalid illegal by as of")
	// noUser stands where a name is missing, or has not come yet.
	noUser = set("from by at on with to in user invalid illegal unknown the a an all")
	// logins are what "for NAME" completes.
	logins = set("authentication login logon password credentials")
)

// isUser reports whether the word at i names who logs in: "for user NAME", "invalid user NAME", "for NAME from ADDRESS",
// "authentication failures for NAME".
func isUser(ts []token, i int) bool {
	if i == 0 || noUser[strings.ToLower(ts[i].text)] {
		return false
	}
	if i >= 2 && strings.EqualFold(ts[i-1].text, "user") {
		return beforeUser[strings.ToLower(ts[i-2].text)]
	}
	if ts[i-1].text != "for" {
		return false
	}
	if i+2 < len(ts) && ts[i+1].text == "from" && (ts[i+2].kind == ip || ts[i+2].kind == host) {
		return true
	}
	return i >= 3 && (logins[strings.ToLower(ts[i-2].text)] || logins[strings.ToLower(ts[i-3].text)])
}

// isNamed reports whether the word at i is followed by its address: "mail.example[203.0.113.7]", "unknown[203.0.113.7]".
func isNamed(ts []token, i int) bool {
	if i+3 >= len(ts) || ts[i+1].text != "[" || ts[i+2].kind != ip || ts[i+3].text != "]" {
		return false
	}
	return !ts[i+1].gap || strings.IndexByte(ts[i].text, '.') > 0
}

// fewestPairs of key=value make a line a record.
const fewestPairs = 3

// joinValues makes one token of each value of a record that is quoted or an object with its fields, so that values
// of any length stand at one place, and masks truth values. A line with one or two pairs is no record: there "enabled=false" is
// the news.
func joinValues(ts []token) []token {
	pairs := 0
	for _, t := range ts {
		if t.text == "=" {
			pairs++
		}
	}
	if pairs < fewestPairs {
		return ts
	}
	out := ts[:0]
	for i := 0; i < len(ts); i++ {
		t := ts[i]
		if isSlot(out, len(out)) {
			if n := valueEnd(ts[i:]); n > 1 {
				t = token{kind: word, gap: t.gap, text: render(ts[i : i+n])}
				i += n - 1
			} else if t.kind == word && truths[strings.ToLower(t.text)] {
				t = token{kind: several, gap: t.gap}
			}
		}
		out = append(out, t)
	}
	return out
}

var truths = set("true false null nil none yes no")

// telling are keys whose values are the event itself, so that another value is another event.
var telling = set(`alert alertname check rule event eventtype type kind state status level lvl severity priority msg message error err reason action
	code op operation method cmd command exception cause`)

// isSlot reports whether a value stands at i: behind "=" and a key that does not name the event.
func isSlot(ts []token, i int) bool {
	return i >= 2 && ts[i-1].text == "=" && ts[i-2].kind == word && !telling[strings.ToLower(ts[i-2].text)]
}

// valueEnd returns how many tokens a quoted value or an object with its fields has, else 0.
func valueEnd(ts []token) int {
	open := 0
	if len(ts) > 1 && ts[0].kind == word && !ts[1].gap {
		open = 1
	}
	if open >= len(ts) || ts[open].kind != sign {
		return 0
	}
	closing := map[string]string{`"`: `"`, "'": "'", "{": "}", "(": ")", "[": "]", `""`: ""}[ts[open].text]
	if closing == "" || open == 1 && closing == ts[open].text {
		return 0
	}
	depth := 0
	for n := open; n < len(ts); n++ {
		switch {
		case n > open && ts[n].text == closing:
			if depth--; depth == 0 {
				return n + 1
			}
		case ts[n].text == ts[open].text:
			depth++
		}
	}
	return 0
}
