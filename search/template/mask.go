package template

import "strings"

// Mask returns the line with everything that varies from one occurrence to the next replaced by a mark that
// names its kind: <num>, <id>, <hex>, <ip>, <host>, <path>, <url>, <email>, <time>, <duration>, <size>, <user>, and <*> for
// several in a row. Words keep their letters ("node-12" becomes "node-<num>"), a list becomes one element, and white space one
// blank. It never fails; the result is as hostile as the line. Only the first 4 KiB and
// 250 words and signs are read.
//
//	worker-17 copied blk_3886504906413966 to 10.0.0.7:50010 in 2.4 s
//	worker-<num> copied <id> to <ip> in <duration>
func Mask(line string) string { return render(read(line)) }

// Words returns the words of a line that do not vary, in order, with a blank between them: what is left to compare.
//
//	worker-17 copied blk_3886504906413966 to 10.0.0.7:50010 in 2.4 s
//	worker copied to in
func Words(line string) string {
	var out []string
	for _, t := range read(line) {
		if t.kind == word {
			out = append(out, strings.FieldsFunc(strings.ReplaceAll(t.text, marks[number], " "), func(r rune) bool { return r == ' ' || r == '-' })...)
		}
	}
	return strings.Join(out, " ")
}

func render(ts []token) string {
	var b strings.Builder
	for i, t := range ts {
		if t.gap && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.String())
	}
	return b.String()
}

// kind says what a token is.
type kind uint8

// Kinds from number on are variable.
const (
	word kind = iota
	sign      // punctuation
	number
	id
	hex
	ip
	host
	path
	url
	email
	moment
	duration
	size
	user
	several // of more than one kind, or of none that has a name
)

var marks = [...]string{number: "<num>", id: "<id>", hex: "<hex>", ip: "<ip>", host: "<host>", path: "<path>", url: "<url>",
	email: "<email>", moment: "<time>", duration: "<duration>", size: "<size>", user: "<user>", several: "<*>"}

// token is a piece of a line.
type token struct {
	text string // of a word or sign
	kind kind
	gap  bool // white space stands before it
}

// variable reports whether the token stands for what varies.
func (t token) variable() bool { return t.kind >= number }

func (t token) String() string {
	if t.variable() {
		return marks[t.kind]
	}
	return t.text
}

// longest bounds what is read of a line, in bytes: what tells events apart comes early.
const longest = 4 << 10

// read returns the tokens of a line, folded.
func read(line string) []token {
	return fold(scan(line[:min(len(line), longest)]))
}

// set returns the words of a list.
func set(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}
