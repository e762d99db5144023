package postmortem

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hindsight/importers"
)

// roles says what a factor is that stands under a part. Luck kept the incident from being worse.
var roles = map[part]string{causes: "contributing", trigger: "trigger", wentWrong: "contributing", wentWell: "went_well", lucky: "mitigating"}

// longestFactor is how much of a passage fits into a factor, in bytes.
const longestFactor = 2000

// piece is an entry of a list, or a paragraph, with what is indented below it.
type piece struct {
	first, last int
	indent      int
	text        string // of the entry itself
	below       []string
	size        int // of both, in bytes
	bullet      bool
}

// longestPiece is how much of an entry is looked at, in bytes.
const longestPiece = 16_000

// pieces cuts lines first to last into the outermost entries of their lists and their paragraphs.
func (r *reader) pieces(first, last int) []piece {
	var out []piece
	fresh := true // the next line begins something
	for i := first; i <= last; i++ {
		l := r.lines[i]
		n := len(out) - 1
		text := l.text
		switch {
		case l.blank() && !l.label:
			fresh = true
		case l.level > 0 || l.row != nil:
			fresh, n = true, -1
			if l.row != nil || len(out) > 0 {
				out = append(out, piece{first: -1})
			}
		case l.bullet && !l.code && (n < 0 || out[n].first < 0 || !out[n].bullet || l.indent <= out[n].indent):
			out = append(out, piece{first: i, last: i, indent: l.indent, text: text, bullet: true})
			fresh = false
		case n >= 0 && out[n].first >= 0 && out[n].bullet && (l.indent > out[n].indent || !fresh && !l.bullet) && !l.label,
			n >= 0 && out[n].first >= 0 && !out[n].bullet && !fresh && !l.label, n >= 0 && out[n].first >= 0 && l.code:
			out[n].last = i
			switch {
			case out[n].size > longestPiece: // its quote has the rest
			case l.bullet || fresh || len(out[n].below) > 0 || l.code:
				out[n].below = append(out[n].below, l.raw)
			default:
				out[n].text += " " + strings.TrimSpace(l.raw)
			}
			out[n].size += len(l.raw)
			fresh = false
		case l.code:
		case strings.TrimSpace(text) != "":
			out = append(out, piece{first: i, last: i, indent: l.indent, text: text})
			fresh = false
		}
	}
	return slices.DeleteFunc(out, func(p piece) bool { return p.first < 0 })
}

// spans calls f for each run of lines that are of one part and stand under one heading.
func (r *reader) spans(is func(part) bool, f func(first, last int, l line)) {
	for i := 0; i < len(r.lines); i++ {
		if !is(r.lines[i].part) {
			continue
		}
		first := i
		for i+1 < len(r.lines) && r.lines[i+1].part == r.lines[first].part && r.lines[i+1].under == r.lines[first].under && r.lines[i+1].level == 0 && !r.lines[i+1].label {
			i++
		}
		f(first, i, r.lines[first])
	}
}

// nothing finds what is written in place of an entry.
var nothing = regexp.MustCompile(`(?i)^\W*(?:n/?a|none(?: so far| yet)?|nothing|tbd|todo|tba|unknown|\?+|-+|…|\.\.\.)\W*$`)

// remark finds what only points elsewhere.
var remark = regexp.MustCompile(`(?i)^(?:see|more|details|for (?:more|details))\b.{0,40}(?:https?://|\bdetails|\bcontext)`)

// readFactors proposes what stands under headings that say causes, or what went well and what did not: the entries of lists, or the paragraphs
// where there is no list.
func (r *reader) readFactors() {
	r.spans(func(p part) bool { return roles[p] != "" }, func(first, last int, l line) {
		list, role := r.pieces(first, last), roles[l.part]
		lists, prose := false, 0
		for _, p := range list {
			lists = lists || p.bullet
			if !p.bullet && !strings.HasSuffix(strings.TrimRight(p.text, " *_"), ":") {
				prose++
			}
		}
		mixed := lists && prose > 1 // a list within prose is part of its argument
		for n, p := range list {
			text := Plain(p.text)
			leads := strings.HasSuffix(strings.TrimRight(p.text, " *_"), ":") && n+1 < len(list) && list[n+1].bullet
			if text == "" || nothing.MatchString(text) {
				continue
			}
			if _, address := strings.CutPrefix(text, "http"); address && !strings.Contains(text, " ") {
				continue
			}
			f := Factor{Found: r.found(p.first, p.last, "an entry of a list under “"+l.under+"”"), Role: role}
			switch {
			case !p.bullet && (leads || lists && !mixed || strings.HasPrefix(p.text, ">") || remark.MatchString(text)):
				r.unread(cmp.Or(string(l.part), "causes"), "stood beside others and was taken for an introduction or a remark", p.first)
				continue
			case p.bullet && mixed:
				f.doubt("it is in a list within prose")
			case !p.bullet:
				f.Rule = "a paragraph under “" + l.under + "”"
				if len(list) > 1 {
					f.doubt("it is one of several paragraphs")
				}
				if l.part == causes && len(text) > 600 {
					f.doubt("it is long, and may tell of several")
				}
			}
			if len(p.below) > 0 && p.bullet {
				if more := importers.Line(Plain(strings.Join(clauses(p.below), "; "))); more != "" {
					text += ": " + more
					text = strings.ReplaceAll(text, ":: ", ": ")
				}
			}
			if len(text) > longestFactor {
				text = plainCut(text)
				f.doubt("it is too long for a factor; this is its beginning")
			}
			f.Text = r.words(text)
			f.Category = r.category(text)
			if r.room(len(r.out.Factors)) {
				r.out.Factors = append(r.out.Factors, f)
			}
		}
	})
}

// clauses are the entries of a nested list as words, without what is code.
func clauses(lines []string) []string {
	var out []string
	code := false
	for _, l := range lines {
		if strings.HasPrefix(strings.TrimSpace(l), "```") {
			code = !code
			continue
		}
		if code || strings.TrimSpace(l) == "" {
			continue
		}
		if _, text, ok := Bullet(l); ok {
			out = append(out, strings.TrimRight(text, ".;, "))
		} else if n := len(out); n > 0 {
			out[n-1] += " " + strings.TrimSpace(l)
		} else {
			out = append(out, strings.TrimSpace(l))
		}
	}
	return out
}

// category is the one category whose name, or one of its synonyms, stands in a text as it is; empty where there is none, or several.
func (r *reader) category(text string) string {
	words := " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", c) && c < 0x80 }), " ") + " "
	found := ""
	for _, c := range r.Categories {
		for _, name := range append([]string{c.Name}, c.Synonyms...) {
			if strings.Contains(words, " "+strings.ToLower(strings.Join(strings.Fields(name), " "))+" ") {
				if found != "" && found != c.Name {
					return ""
				}
				found = c.Name
			}
		}
	}
	return found
}
