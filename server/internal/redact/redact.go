// Package redact masks what people outside should not read in a text: who, where, and what opens doors. It asks nobody and knows no
// more than it is told. When it is unsure it masks, for a person looks at the outcome and can undo each masking. Start with Mask.
package redact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hindsight/incident"
)

// Profile says for whom a text is, and with that what is masked.
type Profile string

const (
	Customers Profile = "customers" // people, secrets, the names of services, teams and machines, numbers and addresses
	Partners  Profile = "partners"  // the same, but for the names of services and teams
	Whole     Profile = "whole"     // people with their e-mail addresses, secrets and pictures only
)

// Profiles lists all of them, from the most masking to the least.
var Profiles = []Profile{Customers, Partners, Whole}

// Kind is a sort of thing that is masked.
type Kind string

const (
	PersonKind    Kind = "person"
	SecretKind    Kind = "secret"
	WordKind      Kind = "word" // that a person asked for
	EmailKind     Kind = "email"
	LinkKind      Kind = "link"
	ImageKind     Kind = "image"
	AddressKind   Kind = "address" // of a network
	HostKind      Kind = "host"
	ServiceKind   Kind = "service"
	TeamKind      Kind = "team"
	ReferenceKind Kind = "reference"
	IDKind        Kind = "id"
	NumberKind    Kind = "number"
	PhoneKind     Kind = "phone"
	ChannelKind   Kind = "channel"
)

// kinds says how each kind reads in a masked text, and why it is masked. The order decides between two that cover the same words.
var kinds = []struct {
	kind    Kind
	instead string
	why     string
}{
	{WordKind, "[left out]", "you asked for it"},
	{SecretKind, "[a secret]", "it looks like a password, a key or a token"},
	{ImageKind, "[an image]", "pictures are not shared"},
	{LinkKind, "[a link]", "it leads to no site for the public that is known here"},
	{EmailKind, "[an e-mail address]", "it is an e-mail address"},
	{PersonKind, "", "people are called by what they did"},
	{ReferenceKind, "[a reference]", "it names a record of yours"},
	{ServiceKind, "[a service]", "it is a service of yours"},
	{TeamKind, "[a team]", "it is a team of yours"},
	{IDKind, "[an id]", "it looks like an id"},
	{AddressKind, "[an address]", "it is an address of a network"},
	{NumberKind, "[a number]", "it looks like the number of an account, a customer or a card"},
	{PhoneKind, "[a phone number]", "it looks like a phone number"},
	{ChannelKind, "[a channel]", "it looks like a channel of a chat"},
	{HostKind, "[a host]", "it looks like the name of a machine or a site"},
}

func rank(k Kind) int {
	for i, x := range kinds {
		if x.kind == k {
			return i
		}
	}
	return len(kinds)
}

// Why says why things of a kind are masked, as the end of a sentence.
func (k Kind) Why() string { return kinds[rank(k)].why }

// masks reports whether a profile masks things of a kind.
func (p Profile) masks(k Kind) bool {
	switch k {
	case PersonKind, EmailKind, SecretKind, WordKind, ImageKind, LinkKind: // findLinks looks at the profile itself
		return true
	case ServiceKind, TeamKind:
		return p == Customers
	}
	return p != Whole
}

// Person is somebody whose name is known.
type Person struct {
	Names []string // any that a text may call them by: shown name, sign-in name, e-mail address
	Role  string   // as incident.Participation has it, or on_call; empty: somebody who had no part in it
}

// Rules says what is masked.
type Rules struct {
	Profile    Profile
	People     []Person   // those with a part first: of two who share a name the first counts
	Services   [][]string // each by all of its names
	Teams      [][]string // likewise
	References []string   // what people call the incident: "OPS-123"
	Words      []string   // what a person wants masked besides, in any case and within words, too
	Kept       []string   // keys of what a person wants to be read all the same
}

// Masking is one thing that was found, wherever it stood.
type Masking struct {
	Key     string // for Rules.Kept
	Kind    Kind
	Was     string // as it stood first
	Instead string
	Count   int
	Kept    bool // it was left as it stood
}

// span is a place in a text. group is one person, service or team: its places read alike.
type span struct {
	from, to int
	kind     Kind
	key      string
	group    int  // from 1; 0: none
	bare     bool // nothing stands there instead
	silent   bool // part of another place, which is counted
}

// Text is a text of a document.
type Text struct {
	Text  string
	Plain bool // shown as it is written; else it is Markdown
}

// Mask returns the texts as people outside may read them, and what was masked in them, in the order of the texts. The texts are one document:
// whoever is called one way in one of them is called so in all. Comments in HTML are taken out of Markdown.
func Mask(texts []Text, r Rules) ([]string, []Masking) {
	kept := map[string]bool{}
	for _, k := range r.Kept {
		kept[k] = true
	}
	m := masker{rules: r, kept: kept, people: peopleOf(r.People), services: namesOf("service", r.Services), teams: namesOf("team", r.Teams), references: referencesOf(r.References),
		words: wordsAsked(r.Words), index: map[string]int{}}
	found := make([][]span, len(texts))
	cleaned := make([]Text, len(texts))
	for i, t := range texts {
		cleaned[i] = Text{clean(t.Text, t.Plain), t.Plain}
		found[i] = m.find(cleaned[i])
	}
	labels := m.labels(found)
	out := make([]string, len(texts))
	for i, t := range cleaned {
		out[i] = m.write(t, found[i], labels)
	}
	return out, m.maskings
}

type masker struct {
	rules                               Rules
	kept                                map[string]bool
	people, services, teams, references names
	words                               []asked
	maskings                            []Masking
	index                               map[string]int // of maskings by key
}

// find returns the places of a text that are masked or would be, in order and apart from each other.
func (m *masker) find(t Text) []span {
	text := t.Text
	var all []span
	add := func(s span) {
		if s.from < s.to && m.rules.Profile.masks(s.kind) {
			if s.key == "" {
				s.key = string(s.kind) + ":" + strings.ToLower(text[s.from:s.to])
			}
			all = append(all, s)
		}
	}
	findWords(text, m.words, add)
	findShapes(text, add)
	tokens := tokensOf(text)
	m.people.find(text, tokens, PersonKind, add)
	findHandles(text, add)
	m.services.find(text, tokens, ServiceKind, add)
	m.teams.find(text, tokens, TeamKind, add)
	m.references.find(text, tokens, ReferenceKind, add)
	left := findLinks(t, m.rules.Profile, m.kept, add)
	return united(slices.DeleteFunc(all, func(s span) bool {
		if m.kept[s.key] {
			m.note(s, text, "")
			return true
		}
		within := func(l [2]int) bool { return l[0] <= s.from && s.to <= l[1] }
		return rank(s.kind) > rank(PersonKind) && slices.ContainsFunc(left, within) // an address that stays stays whole
	}), text)
}

// united makes one place of those that overlap, of the kind of the longest, and of two names of one person that stand beside each other.
func united(all []span, text string) []span {
	slices.SortStableFunc(all, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(rank(a.kind), rank(b.kind)))
	})
	var out []span
	longest := 0
	for _, s := range all {
		if n := len(out); n > 0 {
			last := &out[n-1]
			beside := last.kind == PersonKind && s.kind == PersonKind && last.group == s.group && s.group > 0 && s.from >= last.to && nameGap.MatchString(text[last.to:s.from])
			if s.from < last.to || beside {
				to := max(last.to, s.to)
				if s.to-s.from > longest && !beside {
					longest = s.to - s.from
					last.kind, last.key, last.group, last.bare, last.silent = s.kind, s.key, s.group, s.bare, s.silent
				}
				last.bare = last.bare && s.from >= last.from && s.to <= last.to
				last.to = to
				continue
			}
		}
		out, longest = append(out, s), s.to-s.from
	}
	return out
}

// note counts a place. instead is what stands there now; it is empty for one that is kept.
func (m *masker) note(s span, text, instead string) {
	if s.silent {
		return
	}
	i, ok := m.index[s.key]
	if !ok {
		i = len(m.maskings)
		m.index[s.key] = i
		m.maskings = append(m.maskings, Masking{Key: s.key, Kind: s.kind, Was: text[s.from:s.to], Instead: instead, Kept: m.kept[s.key]})
	}
	m.maskings[i].Count++
	m.maskings[i].Instead = cmp.Or(m.maskings[i].Instead, instead)
}

// group is a person, service or team that occurs.
type group struct {
	kind Kind
	n    int
}

// labels says how each person, service and team that occurs is called: by the role alone if nobody else has it, else with a letter.
func (m *masker) labels(found [][]span) map[group]string {
	var order []group
	seen := map[group]bool{}
	sharing := map[string]int{}
	call := func(g group) string {
		if g.kind == PersonKind {
			return roleWords(m.rules.People[g.n-1].Role)
		}
		return string(g.kind)
	}
	for _, spans := range found {
		for _, s := range spans {
			if g := (group{s.kind, s.group}); s.group > 0 && !seen[g] {
				seen[g] = true
				order = append(order, g)
				sharing[call(g)]++
			}
		}
	}
	out, count := map[group]string{}, map[string]int{}
	for _, g := range order {
		words := call(g)
		count[words]++
		switch {
		case g.kind != PersonKind && sharing[words] == 1:
			out[g] = kinds[rank(g.kind)].instead
		case g.kind != PersonKind:
			out[g] = "[" + words + " " + letter(count[words]) + "]"
		case sharing[words] == 1:
			out[g] = article(words)
		default:
			out[g] = words + " " + letter(count[words])
		}
	}
	return out
}

// letter numbers those who share a role: A to Z, then 27 and so on.
func letter(n int) string {
	if n <= 26 {
		return string(rune('A' + n - 1))
	}
	return fmt.Sprint(n)
}

// write returns the text with its places masked.
func (m *masker) write(t Text, spans []span, labels map[group]string) string {
	var b strings.Builder
	text := t.Text
	var code codes
	if !t.Plain {
		code = incident.CodeSpans(text)
	}
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.from])
		instead := kinds[rank(s.kind)].instead
		switch {
		case s.bare:
			instead = ""
		case s.group > 0:
			instead = labels[group{s.kind, s.group}]
		case s.kind == PersonKind:
			instead = "somebody"
		}
		m.note(s, text, cmp.Or(instead, "without the link"))
		if s.kind == PersonKind && beginsSentence(text[:s.from]) {
			instead = strings.ToUpper(instead[:1]) + instead[1:]
		}
		if !t.Plain && strings.HasSuffix(instead, "]") && s.to < len(text) && strings.IndexByte("([:", text[s.to]) >= 0 && !code.holds(s.from) {
			instead = instead[:len(instead)-1] + `\]` // else Markdown would read a link
		}
		b.WriteString(instead)
		at = s.to
	}
	b.WriteString(text[at:])
	return b.String()
}
