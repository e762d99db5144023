package redact

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// roleWords is what people in a role are called, without an article.
func roleWords(role string) string {
	switch role {
	case "commander":
		return "incident commander"
	case "assignee", "responder", "acknowledger", "resolver":
		return "engineer"
	case "on_call":
		return "on-call engineer"
	case "reporter":
		return "person who reported it"
	case "author":
		return "author"
	}
	return "colleague"
}

func article(words string) string {
	switch {
	case words == "incident commander" || words == "person who reported it" || words == "author":
		return "the " + words
	case strings.ContainsRune("aeio", rune(words[0])):
		return "an " + words
	}
	return "a " + words
}

// token is a word of a text: letters, digits and marks, and characters that do not show.
type token struct {
	from, to int
	word     string // folded
}

func tokensOf(text string) []token {
	var out []token
	from := -1
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || from >= 0 && unicode.Is(unicode.Cf, r) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			out = append(out, token{from, i, fold(text[from:i])})
			from = -1
		}
	}
	if from >= 0 {
		out = append(out, token{from, len(text), fold(text[from:])})
	}
	return out
}

// fold makes one of words that look alike: without case, accents and characters that do not show.
func fold(word string) string {
	ascii := true
	for i := range len(word) {
		ascii = ascii && word[i] < utf8.RuneSelf
	}
	if ascii {
		return strings.ToLower(word)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(word))
}

// name is a way to call a person, a service or a record: its words in order.
type name struct {
	words   []string
	group   int
	key     string
	capital bool   // counts only where it begins with a capital, or behind an @
	exact   string // counts only if it is written so; empty: in any case
	at      bool   // counts only behind an @
	back    bool   // the last name first
}

type names struct {
	byFirst map[string][]name
	inside  []name // of scripts that put no blanks between words: found within words, too
}

func (ns *names) add(n name) {
	if len(n.words) == 0 {
		return
	}
	if ns.byFirst == nil {
		ns.byFirst = map[string][]name{}
	}
	ns.byFirst[n.words[0]] = append(ns.byFirst[n.words[0]], n)
}

func wordsOf(text string) []string {
	var out []string
	for _, t := range tokensOf(text) {
		if t.word != "" {
			out = append(out, t.word)
		}
	}
	return out
}

// particles of names are no names.
var particles = set("van von der den de da do dos das du di del della la le el al bin ibn y e of the jr sr dr mr mrs ms st ter ten")

// common are words that are also names. Of somebody who had no part in the incident they count only as part of a full name.
var common = set("will mark may rose grace hope faith joy art bill rob sue pat jack frank grant chase dean drew max ray rich rusty sandy summer autumn april june august dawn eve " +
	"amber ruby jade pearl ivy lily violet daisy iris holly heather ginger basil olive long short young best black white brown green gray grey king page cook baker day love price " +
	"stone wood field hill lake rivers banks bush case cash cross fox gold good guy hand head hunt law little low major mills moss noble park parks pool power reed rice rush sharp " +
	"small star sterling street strong swift wall ward water way weeks wells west winter wise wolf worth east north south sun sky storm cloud branch bridge church cole english " +
	"french german may miles jordan chance data port root key host")

// shared are sign-in names that say what an account is for, not whose it is.
var shared = set("admin root ops support oncall deploy test user guest operator system service api bot ci dev www demo info mail sre team")

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// peopleOf knows the ways that texts call people: the whole name, either way round and joined, its parts, the sign-in name, and what
// stands before the @ of an e-mail address.
func peopleOf(people []Person) (ns names) {
	for i, p := range people {
		group := i + 1
		key := "person:" + strings.ToLower(strings.TrimSpace(first(p.Names)))
		for _, called := range p.Names {
			called, _, _ = strings.Cut(strings.TrimSpace(called), "@")
			words := wordsOf(called)
			if len(words) == 0 {
				continue
			}
			add := func(n name) {
				n.group, n.key = group, key
				ns.add(n)
			}
			if caseless(called) {
				ns.inside = append(ns.inside, name{exact: norm.NFC.String(called), group: group, key: key})
				for _, part := range strings.Fields(called) {
					if utf8.RuneCountInString(part) >= 2 {
						ns.inside = append(ns.inside, name{exact: norm.NFC.String(part), group: group, key: key})
					}
				}
			}
			if len(words) == 1 {
				lower := called == strings.ToLower(called)
				add(name{words: words, at: shared[words[0]] || common[words[0]] && p.Role == "" && lower, capital: !lower || common[words[0]]})
				continue
			}
			add(name{words: words})
			back := append([]string{words[len(words)-1]}, words[:len(words)-1]...)
			add(name{words: back, capital: true, back: true})
			last := words[len(words)-1]
			add(name{words: []string{strings.Join(words, "")}})
			if r, size := utf8.DecodeRuneInString(words[0]); len(last) >= 4 && r != utf8.RuneError {
				add(name{words: []string{words[0][:size] + last}})
			}
			for _, w := range words {
				if utf8.RuneCountInString(w) < 2 || particles[w] || shared[w] || p.Role == "" && common[w] || digits(w) {
					continue
				}
				add(name{words: []string{w}, capital: true})
			}
		}
	}
	return ns
}

func first(names []string) string {
	for _, n := range names {
		if strings.TrimSpace(n) != "" {
			return n
		}
	}
	return ""
}

func digits(word string) bool { return strings.Trim(word, "0123456789") == "" }

// caseless reports whether a name is of a script without capitals.
func caseless(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r) && !unicode.IsTitle(r) && !unicode.Is(unicode.Latin, r) {
			return true
		}
	}
	return false
}

// namesOf knows services or teams, each by all of its names.
func namesOf(what string, all [][]string) (ns names) {
	for i, called := range all {
		for _, one := range called {
			words := wordsOf(one)
			n := name{words: words, group: i + 1, key: what + ":" + strings.ToLower(first(called))}
			if len(words) == 1 {
				n.exact = strings.TrimSpace(one) // "Search" is a service, "search" a word
			}
			ns.add(n)
		}
	}
	return ns
}

func referencesOf(references []string) (ns names) {
	for _, r := range references {
		if words := wordsOf(r); len(r) >= 3 {
			ns.add(name{words: words, key: "reference:" + strings.ToLower(r)})
		}
	}
	return ns
}

// nameGap is what may stand between two names of one person: "Ana M. Sousa".
var nameGap = regexp.MustCompile(`^[ \t]+(?:\p{Lu}[\p{L}.]*[ \t]+)?$`)

// between are what may stand between the words of a name, and of one whose last word stands first.
var (
	between     = regexp.MustCompile(`^[\s._*~'’/+-]{1,6}$`)
	betweenBack = regexp.MustCompile(`^,?\s$`)
)

// find adds the places where a text uses one of the names.
func (ns names) find(text string, tokens []token, kind Kind, add func(span)) {
	for i, t := range tokens {
		for _, n := range ns.byFirst[t.word] {
			if end, ok := n.fits(text, tokens[i:]); ok {
				from := t.from
				if kind == PersonKind && from > 0 && text[from-1] == '@' {
					from--
				}
				add(span{from: from, to: end, kind: kind, key: n.key, group: n.group})
			}
		}
	}
	for _, n := range ns.inside {
		for at := 0; ; {
			i := strings.Index(text[at:], n.exact)
			if i < 0 || n.exact == "" {
				break
			}
			add(span{from: at + i, to: at + i + len(n.exact), kind: kind, key: n.key, group: n.group})
			at += i + len(n.exact)
		}
	}
}

func (n name) fits(text string, tokens []token) (end int, ok bool) {
	if len(tokens) < len(n.words) {
		return 0, false
	}
	for i, w := range n.words {
		if tokens[i].word != w {
			return 0, false
		}
		if i > 0 {
			gap := text[tokens[i-1].to:tokens[i].from]
			pattern := between
			if n.back && i == 1 {
				pattern = betweenBack
			}
			if !pattern.MatchString(gap) {
				return 0, false
			}
		}
	}
	from, end := tokens[0].from, tokens[len(n.words)-1].to
	behind := from > 0 && text[from-1] == '@'
	r, _ := utf8.DecodeRuneInString(text[from:])
	switch {
	case n.at && !behind, n.capital && !behind && !unicode.IsUpper(r) && !unicode.IsTitle(r), n.exact != "" && text[from:end] != n.exact:
		return 0, false
	}
	return end, true
}

// handle is somebody's name behind an @, whoever it is.
var handle = regexp.MustCompile(`(?:^|[^\p{L}\p{N}._/@-])(@[A-Za-z][A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)`)

// groups are what handles of everybody are.
var groups = set("@here @channel @all @everyone @team @param @return @override @media @import @types")

func findHandles(text string, add func(span)) {
	for _, at := range handle.FindAllStringSubmatchIndex(text, -1) {
		if groups[strings.ToLower(text[at[2]:at[3]])] || at[3] < len(text) && text[at[3]] == '/' {
			continue
		}
		add(span{from: at[2], to: at[3], kind: PersonKind})
	}
}

// sentenceEnd is what stands before a sentence: nothing, a mark that ends one, or the beginning of a line, a list item or a table cell.
var sentenceEnd = regexp.MustCompile(`(?:^|[.!?]["”)*_]*[ \t]+|\n\s*|\|[ \t]*)(?:[-*+>#]+[ \t]+|\d+[.)][ \t]+|[*_"“(]+)*$`)

func beginsSentence(before string) bool {
	if len(before) > 80 {
		before = "x" + strings.ToValidUTF8(before[len(before)-80:], "x")
	}
	return sentenceEnd.MatchString(before)
}
