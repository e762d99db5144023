// Package postmortem reads what somebody wrote after an incident, as Markdown, into proposals: sections, milestones, moments of the
// timeline, contributing factors, action items and what is said of the impact. Each names the lines that it was read from and the rule
// that found it; what is not read is listed, too. It decides nothing, asks nobody and knows no network: a person takes what is right.
//
// Start with [Read]. lines.go cuts a text into lines, parts.go knows the headings, and there is a file for each kind of row. time.go reads
// times out of prose.
package postmortem

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
)

// Options are what is known beside the text.
type Options struct {
	Day        time.Time           // of the incident, midnight UTC; zero: the document has to say
	Zone       *time.Location      // of times that name none, where the document does not say; nil is UTC
	Categories []incident.Category // what factors may be called
}

// Reading is what a document says.
type Reading struct {
	Title      string
	Day        time.Time // that clock times without a date begin on, midnight UTC; zero when nobody knows
	DayFrom    string    // where Day is from, as a sentence's end: "the heading in line 1"
	Zone       string    // of times that name none
	ZoneFrom   string
	Sections   []Section
	Milestones []Milestone
	Moments    []Moment // in the order of the text
	Factors    []Factor
	Actions    []Action
	Impacts    []Impact
	Unread     []Unread // what is of a kind that is read, and could not be
	Notes      []string // doubts about the whole, as sentences
}

// Found says where a proposal is from.
type Found struct {
	Line, LastLine int    // from 1
	From, To       int    // bytes of the text
	Quote          string // text[From:To]
	Rule           string // that found it, as words: "a row of a table under “Timeline”"
	Sure           bool   // nothing about it was guessed
	Doubt          string // why it is not sure, or what was taken for granted; may be empty
}

// Section is a part of the document under a heading.
type Section struct {
	Found
	Slug  string // of the section here that it belongs to; of its title where there is none
	Title string // as written
	Text  string // Markdown, without the heading
	Known bool   // Slug follows from what the heading means
}

// Milestone is when something happened that figures are made of.
type Milestone struct {
	Found
	Name      incident.MilestoneName
	At        time.Time
	Precision incident.Precision
}

// Moment is an entry of the timeline.
type Moment struct {
	Found
	At    time.Time
	About time.Duration // how far At may be off
	Until time.Time     // of a range; zero: it is none
	Title string
	Text  string // Markdown; what does not fit into the title
	Lane  incident.MomentLane
}

// Factor is what made the incident possible, or kept it from being worse.
type Factor struct {
	Found
	Role     string // of incident.FactorRoles
	Text     string
	Category string // of Options.Categories; empty where no rule names exactly one
}

// Action is promised work.
type Action struct {
	Found
	incident.ActionItem
}

// Impact is a passage that says how long, or for how many.
type Impact struct {
	Found
	Kind string // duration or extent
	Text string // the passage, plain
}

// Unread are lines that look like rows and could not be read.
type Unread struct {
	Why   string // "had no time", as the end of "3 lines of the timeline …"
	Part  string // of the document, in words: "timeline"
	Lines []int
}

// The bounds of what is proposed. A document that has more is most likely none.
const (
	mostRows  = 1000
	mostBytes = 4 << 20
)

// Read reads a document. The same text and options give the same proposals, and it never fails: a text in which nothing is found is
// an empty reading. Of a text of more than 4 MB the rest is not looked at, which a note says.
func Read(text string, o Options) Reading {
	r := &reader{Options: o}
	if len(text) > mostBytes {
		text = text[:mostBytes]
		r.note("The document is longer than 4 MB; the rest was not read.")
	}
	r.text = text
	var open int
	if r.lines, open = cut(text); open > 0 {
		r.note("The block of code that begins in line " + itoa(open) + " does not end; what follows was not read.")
	}
	r.references = map[string]bool{}
	for _, l := range r.lines {
		if g := reference.FindStringSubmatch(l.raw[:min(len(l.raw), longestLine)]); g != nil {
			r.references[g[1]] = true
		}
	}
	r.markParts()
	r.findZone()
	r.findDay()
	r.readSections()
	r.readTimeline()
	r.readMilestones()
	r.readFactors()
	r.readActions()
	r.readImpact()
	return r.out
}

// reader is a document on its way to a reading.
type reader struct {
	Options
	text       string
	lines      []line
	zone       *time.Location
	out        Reading
	full       bool            // a note says that there are too many rows
	references map[string]bool // names of links whose addresses stand elsewhere
}

func (r *reader) note(text string) {
	if !slices.Contains(r.out.Notes, text) {
		r.out.Notes = append(r.out.Notes, text)
	}
}

// found is the place of lines first to last, both included, without blank lines at its end.
func (r *reader) found(first, last int, rule string) Found {
	for last > first && r.lines[last].blank() {
		last--
	}
	from, to := r.lines[first].from, r.lines[last].to
	return Found{Line: first + 1, LastLine: last + 1, From: from, To: to, Quote: r.text[from:to], Rule: rule, Sure: true}
}

// doubt makes a proposal unsure, for a reason.
func (f *Found) doubt(why string) { f.Sure, f.Doubt = false, cmp.Or(f.Doubt, why) }

// room reports whether another row may be proposed.
func (r *reader) room(n int) bool {
	if n < mostRows {
		return true
	}
	if !r.full {
		r.full = true
		r.note("Of one kind there are more than 1,000 rows; the rest was not read.")
	}
	return false
}

func itoa(n int) string { return strconv.Itoa(n) }

// unread lists a line that could not be read, once.
func (r *reader) unread(part, why string, at int) {
	for i := range r.out.Unread {
		if u := &r.out.Unread[i]; u.Part == part && u.Why == why {
			if last := u.Lines[len(u.Lines)-1]; last != at+1 {
				u.Lines = append(u.Lines, at+1)
			}
			return
		}
	}
	r.out.Unread = append(r.out.Unread, Unread{Why: why, Part: part, Lines: []int{at + 1}})
}

// Without is a document without the lines of some rows, and without the headings below which nothing is left because of that.
func Without(text string, rows []Found) string {
	gone := map[int]bool{}
	for _, f := range rows {
		for n := f.Line; n <= f.LastLine; n++ {
			gone[n] = true
		}
	}
	lines, _ := cut(text)
	var out []string
	for i, l := range lines {
		if gone[i+1] || l.level > 0 && emptied(lines[i+1:], l.level, gone, i+2) {
			continue
		}
		if l.blank() && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, strings.TrimRight(l.raw, " \t"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// emptied reports whether of what stands under a heading of a level all lines are gone; n is the number of the first.
func emptied(lines []line, level int, gone map[int]bool, n int) bool {
	some := false
	for i, l := range lines {
		switch {
		case l.level > 0 && l.level <= level:
			return some
		case gone[n+i]:
			some = true
		case !l.blank() && l.level == 0:
			return false
		}
	}
	return some
}
