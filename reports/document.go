package reports

import (
	"slices"
	"strings"
	"time"

	"hindsight/analytics"
	"hindsight/incident"
)

// Document is a report: parts in reading order, each a value that every renderer shows with the same numbers. It says itself what it is about,
// for whom, and from which state of the data it was made.
type Document struct {
	ID      string // its kind, "sla"; in URLs and file names
	Title   string // "Service levels"
	About   string // period and filter in words: "1 Jul 2026 – 30 Sep 2026 (Europe/Berlin) · service checkout"
	Summary []Item // what a reader takes away who reads nothing else, in whole sentences
	Parts   []Part
	Stamp   Stamp
	Place   string // IANA name of the zone that its times are shown in; empty: UTC
}

// Zone returns the zone that times are shown in.
func (d Document) Zone() *time.Location { return Source{Zone: d.Place}.Location() }

// Part is a piece of a document: Heading, Prose, List, Figures, Chart or Table.
type Part interface{ part() }

// Heading begins a section; what it says is unique in its document.
type Heading struct {
	Level int // 1: a section, in the contents; 2: a part of one
	Text  string
}

// Prose is a paragraph of plain text.
type Prose string

// List is items one below the other.
type List struct {
	Items []Item
	Boxes bool // each is to be ticked off: a decision, a thing to do
}

// Item is plain text, and where it leads.
type Item struct {
	Text string
	Link string // path of the page behind it; may be empty
}

// Figures are the key numbers of a section side by side; there are at most six of them.
type Figures []Figure

// Figure is a number that a reader looks for first, never without its uncertainty.
type Figure struct {
	Name      string
	Unit      Unit
	Value     Cell
	Low, High *float64 // its interval; nil where there is none
	Words     string   // beside it: how it changed, how many it is made from, what it was to be
	Level     Level
}

// Sentence writes a figure as people read it: "88.9 % (56.5 % – 98.0 %), 8 of 9".
func (f Figure) Sentence() string {
	text := FormatCell(f.Unit, f.Value, time.UTC)
	if f.Value.Note != "" {
		text += " (" + f.Value.Note + ")"
	}
	if interval := f.Interval(); interval != "" {
		text += " (" + interval + ")"
	}
	if f.Words != "" {
		text += ", " + f.Words
	}
	return text
}

// Interval writes the interval of a figure: "56.5 % – 98.0 %"; empty where it has none.
func (f Figure) Interval() string {
	if f.Low == nil || f.High == nil {
		return ""
	}
	return Format(f.Unit, *f.Low) + " – " + Format(f.Unit, *f.High)
}

// Level is what is to be thought of a figure. Words say it, too: it is never told by colour alone.
type Level string

const (
	Neutral Level = ""
	Good    Level = "good"
	Warning Level = "warning"
	Bad     Level = "bad"
)

func (Heading) part() {}
func (Prose) part()   {}
func (List) part()    {}
func (Figures) part() {}
func (Chart) part()   {}
func (Table) part()   {}

// Stamp is what makes a document checkable: whoever makes it again for the same reader, from the same change and the same moment, gets the same
// bytes in each format.
type Stamp struct {
	At      time.Time    // the moment that it takes for now, to the minute
	Reader  string       // for whom, and what that reader sees: "ana, with the private incidents that she may see"
	AsOf    incident.Seq // the last change that its numbers know
	Imports []Import     // what was last read from each source
	Terms   []string     // versions of what it judges by: "contract Gold 24/7, version 3", "calendar Office hours, version 2"
	Version string       // of the program
	Digest  string       // SHA-256, in hexadecimal, of the document as JSON without this line
}

// Import is when a source was last read to its end.
type Import struct {
	Source string
	At     time.Time // zero: never
}

// Method is how a number of a document is worked out.
type Method struct {
	ID, Title, Text string
}

// Methods lists how the numbers of a document are worked out, each once, in the order in which they occur. Metrics that the program does not
// know are left out.
func (d Document) Methods() []Method {
	var out []Method
	add := func(id string) {
		m, err := analytics.FindMetric(id)
		if id == "" || err != nil || slices.ContainsFunc(out, func(m Method) bool { return m.ID == id }) {
			return
		}
		text := capitalized(m.Definition) + ". Of: " + m.Population + "."
		if m.Method != "" {
			text += " " + capitalized(m.Method) + "."
		}
		if m.Missing != "" {
			text += " " + capitalized(m.Missing) + "."
		}
		if m.Source != "" {
			text += " Source: " + m.Source + "."
		}
		out = append(out, Method{m.ID, m.Title, text})
	}
	for _, p := range d.Parts {
		switch p := p.(type) {
		case Chart:
			add(p.Source.Metric)
		case Table:
			add(p.Source.Metric)
		}
	}
	return out
}

// Tables lists the tables of a document, those behind its charts included, in reading order; each id once.
func (d Document) Tables() []Table {
	var out []Table
	for _, p := range d.Parts {
		t, is := p.(Table)
		if c, chart := p.(Chart); chart {
			t, is = c.Table, true
		}
		if is && !slices.ContainsFunc(out, func(o Table) bool { return o.ID == t.ID }) {
			out = append(out, t)
		}
	}
	return out
}

// Words returns the stamp as the lines that end a document; times are in zone.
func (s Stamp) Words(zone *time.Location) []string {
	lines := []string{"Made for " + s.Reader + ", as of " + FormatTime(s.At.In(zone)) + " and change " + Format(Count, float64(s.AsOf)) + "."}
	if len(s.Imports) > 0 {
		words := make([]string, len(s.Imports))
		for i, x := range s.Imports {
			words[i] = x.Source + " never"
			if !x.At.IsZero() {
				words[i] = x.Source + " " + FormatTime(x.At.In(zone))
			}
		}
		lines = append(lines, "Last read: "+strings.Join(words, "; ")+".")
	}
	if len(s.Terms) > 0 {
		lines = append(lines, "Judged by: "+strings.Join(s.Terms, "; ")+".")
	}
	last := "Hindsight"
	if s.Version != "" {
		last += " " + s.Version
	}
	if s.Digest != "" {
		last += " · SHA-256 of the content: " + s.Digest
	}
	return append(lines, last)
}

func capitalized(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
