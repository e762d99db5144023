package redact

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	comment = regexp.MustCompile(`(?s)<!--.*?(?:-->|\z)`)
	mayWrap = regexp.MustCompile(`(?i)<wbr\s*/?>`)
	entity  = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31});`)
	escaped = regexp.MustCompile(`([\pL\pN])\\([.@_:/+-])`)
)

// clean takes out what readers of a page do not see and readers of its source do, and writes what can be written in several ways in one, so
// that nothing hides behind another spelling. A plain text has no comments and no escapes; entities that only look so are read there, too.
func clean(text string, plain bool) string {
	text = seen(strings.ToValidUTF8(text, "\ufffd"))
	for !plain && comment.MatchString(text) { // what is left of one can begin another
		text = comment.ReplaceAllString(text, "")
	}
	for range 8 { // what one becomes can end another
		was := text
		if text = seen(entity.ReplaceAllStringFunc(text, spelt)); text == was {
			break
		}
	}
	if plain {
		return text
	}
	return escaped.ReplaceAllString(mayWrap.ReplaceAllString(text, ""), "$1$2")
}

// spelt is what an entity stands for, if names and addresses are made of that or it does not show; others stay.
func spelt(e string) string {
	said := html.UnescapeString(e)
	r, size := utf8.DecodeRuneInString(said)
	switch {
	case size == 0 || said != string(r):
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), unshown(r), strings.ContainsRune(".@:/-_+", r):
		return said
	case unicode.IsSpace(r) && r != '\n' && r != '\r':
		return " "
	}
	return e
}

// unshown reports whether a character shows nothing by itself, as Unicode's Default_Ignorable_Code_Point has it.
func unshown(r rune) bool {
	return r == 0 || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// unjoined are scripts whose letters stand beside each other as they are: what does not show between them says nothing.
var unjoined = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian, unicode.Hebrew, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Inherited}

// seen takes out the characters that do not show. Those that join letters or pictures stay where a script or an emoji needs them.
func seen(text string) string {
	before := rune(0)
	return strings.Map(func(r rune) rune {
		if !unshown(r) {
			before = r
			return r
		}
		joins := before > unicode.MaxASCII && (unicode.IsSymbol(before) || unicode.In(before, unicode.L, unicode.M) && !unicode.In(before, unjoined...))
		if joins && (r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r)) {
			return r
		}
		return -1
	}, text)
}

// codes are the stretches of a text that Markdown shows as they are written.
type codes [][2]int

func (c codes) holds(at int) bool {
	for _, s := range c {
		if s[0] <= at && at < s[1] {
			return true
		}
	}
	return false
}

var (
	image    = regexp.MustCompile(`!\[[^\]\n]*\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\]\n]*\])|(?i:<img\b[^>]*>?)`)
	linked   = regexp.MustCompile(`\]\(\s*<?([^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)>?(?:\s+(?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)))?\s*\)`)
	defined  = regexp.MustCompile(`(?m)^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?(\S+?)>?(?:[ \t].*)?$`)
	url      = regexp.MustCompile(`(?i)<?\b(?:[a-z][a-z0-9+.-]{1,20})://[^\s<>"'|\x60]+>?`)
	element  = regexp.MustCompile(`<[A-Za-z][^<>]*>?`)
	attr     = regexp.MustCompile(`(?i)\b(?:href|src|action|data|poster|srcset|background|style)\s*=\s*("[^"]*"?|'[^']*'?|[^\s>]+)`)
	hostOf   = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?([^/:?#]*)`)
	trailing = ".,;:!?*_)]}"
)

// public are the sites that anybody reads; their pages are no secret, nor are those below them.
var public = strings.Fields("wikipedia.org wikimedia.org ietf.org rfc-editor.org iana.org w3.org iso.org nist.gov cve.org cve.mitre.org kubernetes.io developer.mozilla.org docs.python.org " +
	"go.dev postgresql.org letsencrypt.org docs.aws.amazon.com cloud.google.com learn.microsoft.com")

// isPublic reports whether an address leads to a page for everybody, and says nothing but which.
func isPublic(address string) bool {
	m := hostOf.FindStringSubmatch(address)
	if m == nil || strings.ContainsAny(address, "?@") || !strings.HasPrefix(strings.ToLower(address), "http") {
		return false
	}
	host := strings.ToLower(m[1])
	for _, p := range public {
		if host == p || strings.HasSuffix(host, "."+p) {
			return true
		}
	}
	return false
}

// findLinks adds pictures, and links: of one that is written as a link the words are left. Links within the installation, which have no
// host, go always, others unless the profile is the whole. It returns where the addresses are that stay, by profile or since they are kept.
func findLinks(t Text, p Profile, kept map[string]bool, add func(span)) (left [][2]int) {
	text := t.Text
	drop := func(from, to int) (string, bool) {
		address := strings.Trim(text[from:to], `<>"' `)
		key := string(LinkKind) + ":" + strings.ToLower(address)
		goes := !isPublic(address) && (p != Whole || !hostOf.MatchString(address))
		if goes && kept[key] || !goes {
			left = append(left, [2]int{from, to})
		}
		return key, goes
	}
	if !t.Plain {
		findMarked(text, drop, add)
	}
	for _, at := range url.FindAllStringIndex(text, -1) {
		from, to := at[0], at[1]
		for to > from && strings.IndexByte(trailing, text[to-1]) >= 0 && !(text[to-1] == ')' && strings.Contains(text[from:to], "(")) {
			to--
		}
		if key, goes := drop(from, to); goes {
			add(span{from: from, to: to, kind: LinkKind, key: key})
		}
	}
	return left
}

// findMarked adds what is written as a picture or a link in Markdown or HTML. drop says whether an address goes.
func findMarked(text string, drop func(from, to int) (key string, goes bool), add func(span)) {
	for _, at := range image.FindAllStringIndex(text, -1) {
		add(span{from: at[0], to: at[1], kind: ImageKind})
	}
	for _, at := range linked.FindAllStringSubmatchIndex(text, -1) {
		key, goes := drop(at[2], at[3])
		if !goes {
			continue
		}
		if open := opening(text, at[0]); open >= 0 {
			add(span{from: open, to: open + 1, kind: LinkKind, key: key, bare: true, silent: true})
			add(span{from: at[0], to: at[1], kind: LinkKind, key: key, bare: true})
		} else {
			add(span{from: at[0] + 1, to: at[1], kind: LinkKind, key: key, bare: true})
		}
	}
	for _, at := range defined.FindAllStringSubmatchIndex(text, -1) {
		if key, goes := drop(at[2], at[3]); goes {
			add(span{from: at[0], to: at[1], kind: LinkKind, key: key, bare: true})
		}
	}
	for _, tag := range element.FindAllStringIndex(text, -1) {
		for _, at := range attr.FindAllStringSubmatchIndex(text[tag[0]:tag[1]], -1) {
			if key, goes := drop(tag[0]+at[2], tag[0]+at[3]); goes {
				add(span{from: tag[0] + at[0], to: tag[0] + at[1], kind: LinkKind, key: key, bare: true})
			}
		}
	}
}

// opening returns where the bracket is that the one at end closes, on the same line and not far away, or -1.
func opening(text string, end int) int {
	deep := 0
	for i := end; i >= max(0, end-2000) && text[i] != '\n'; i-- {
		switch text[i] {
		case ']':
			deep++
		case '[':
			if deep--; deep == 0 {
				return i
			}
		}
	}
	return -1
}
