package incident

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mentions returns the users that a text in Markdown mentions, each once, in the order of the text: an @ that no letter, digit, dot,
// hyphen or underscore stands before, and behind it somebody's sign-in name or the name that they show, in any case, that no letter, digit,
// hyphen or underscore follows. Of several names that fit the longest counts. What stands in code is no mention.
func Mentions(text string, users []User) []ID {
	names := mentionable(users)
	var out []ID
	text = withoutCode(text)
	for at := 0; at < len(text); {
		i := strings.IndexByte(text[at:], '@')
		if i < 0 {
			break
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		at++
		if at > 1 && (inName(before) || before == '.') {
			continue
		}
		for _, n := range names {
			if len(n.name) <= len(text)-at && strings.EqualFold(text[at:at+len(n.name)], n.name) && !followed(text[at+len(n.name):]) {
				if !slices.Contains(out, n.user) {
					out = append(out, n.user)
				}
				at += len(n.name)
				break
			}
		}
	}
	return out
}

type mentionName struct {
	name string
	user ID
}

// mentionable are the names of people who can be told, the longest first. Two with one name: the sign-in name counts, then the first.
func mentionable(users []User) []mentionName {
	var out []mentionName
	for _, name := range []func(User) string{func(u User) string { return u.Name }, func(u User) string { return strings.TrimSpace(u.Display) }} {
		for _, u := range users {
			if n := name(u); n != "" && !u.Disabled && !u.Service {
				out = append(out, mentionName{n, u.ID})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b mentionName) int { return cmp.Compare(len(b.name), len(a.name)) })
	return out
}

// followed reports whether a name goes on. A dot or an @ that ends a sentence does not.
func followed(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	if r == '.' || r == '@' {
		next, _ := utf8.DecodeRuneInString(rest[n:])
		return n < len(rest) && inName(next)
	}
	return n > 0 && inName(r)
}

func inName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '-' || r == '_'
}

// withoutCode leaves fenced blocks and code in backticks out.
func withoutCode(text string) string {
	var b strings.Builder
	at := 0
	for _, code := range CodeSpans(text) {
		b.WriteString(text[at:code[0]])
		b.WriteByte('\n')
		at = code[1]
	}
	b.WriteString(text[at:])
	return b.String()
}
