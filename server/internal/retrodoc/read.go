package retrodoc

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"hindsight/incident"
)

// Longest is how long a file may be, in bytes.
const Longest = 4 << 20

// Read reads a file. A section that other tools wrote, "## Title" without a name behind it, gets its name from its title. It returns
// ErrInvalid with the line for what cannot be read.
func Read(file []byte) (Document, error) {
	if len(file) > Longest {
		return Document{}, incident.Invalidf("file", "a file may hold %d MB", Longest>>20)
	}
	if !utf8.Valid(file) || strings.ContainsRune(string(file), 0) {
		return Document{}, incident.Invalidf("file", "this is no text in UTF-8")
	}
	r := reader{lines: strings.Split(breaks.Replace(string(file)), "\n")}
	for _, line := range r.lines {
		_, _, named := headingOf(line)
		r.named = r.named || named
	}
	if err := r.front(); err != nil {
		return r.doc, err
	}
	for r.at < len(r.lines) {
		if err := r.section(); err != nil {
			return r.doc, err
		}
	}
	return r.doc, nil
}

// breaks makes one sort of line break of all.
var breaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// reader is a file on its way to a document.
type reader struct {
	lines []string
	at    int  // the next line
	named bool // the file names its sections, so that other headings are text
	doc   Document
}

func (r *reader) fault(format string, args ...any) error {
	return incident.Invalidf("file", "line %d: "+format, append([]any{r.at + 1}, args...)...)
}

// front reads the front matter, if there is some.
func (r *reader) front() error {
	if r.lines[0] != "---" {
		return nil
	}
	for r.at = 1; r.at < len(r.lines) && r.lines[r.at] != "---"; r.at++ {
		name, value, ok := strings.Cut(r.lines[r.at], ": ")
		if !ok {
			continue // other tools write lists and nothing at all there
		}
		if err := r.field(name, value); err != nil {
			return err
		}
	}
	if r.at == len(r.lines) {
		return r.fault("the front matter does not end with ---")
	}
	r.at++
	return nil
}

func (r *reader) field(name, value string) error {
	into := map[string]any{"incident": &r.doc.Incident, "number": &r.doc.Number, "title": &r.doc.Title, "state": &r.doc.State, "version": &r.doc.Version, "authors": &r.doc.Authors}[name]
	if into == nil {
		return nil
	}
	if json.Unmarshal([]byte(value), into) == nil {
		return nil
	}
	if name == "title" || name == "number" { // as YAML without quotes
		quoted, err := json.Marshal(value)
		if err == nil {
			err = json.Unmarshal(quoted, into)
		}
		return err
	}
	return r.fault("%.40q is no value of %s", value, name)
}

// section reads a heading and what stands below it. What stands before the first heading has to be empty.
func (r *reader) section() error {
	line := r.lines[r.at]
	title, slug, ok := headingOf(line)
	if !ok {
		if rest, plain := strings.CutPrefix(line, "## "); plain {
			title, slug, ok = strings.TrimSpace(rest), incident.Slug(rest), true
		}
	}
	if !ok && strings.TrimSpace(line) != "" {
		return r.fault("text has to stand below a heading such as ## Summary {#summary}")
	}
	r.at++
	if !ok {
		return nil
	}
	s := incident.RetroSection{Incident: r.doc.Incident, Slug: slug, Title: title, Place: len(r.doc.Sections) + 1}
	if err := r.rows(slug); err != nil {
		return err
	}
	s.Text = unescape(r.text())
	if err := s.Validate(); err != nil {
		return err
	}
	for _, o := range r.doc.Sections {
		if o.Slug == s.Slug {
			return r.fault("two sections are called %s", s.Slug)
		}
	}
	r.doc.Sections = append(r.doc.Sections, s)
	return nil
}

// text reads up to the next section. The empty line before it, and the one behind, belong to the file.
func (r *reader) text() string {
	from := r.at
	fenced := false
	for r.at < len(r.lines) {
		line := r.lines[r.at]
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		_, _, named := headingOf(line)
		if named || !fenced && strings.HasPrefix(line, "## ") && !r.named {
			break
		}
		r.at++
	}
	lines := r.lines[from:r.at]
	if len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	if len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// rows reads the block of rows of a section, if one stands there.
func (r *reader) rows(slug string) error {
	at := r.at
	if at < len(r.lines) && r.lines[at] == "" {
		at++
	}
	if at >= len(r.lines) || r.lines[at] != "```"+slug || slug != timelineBlock && slug != factorsBlock && slug != actionsBlock {
		return nil
	}
	for r.at = at + 1; ; r.at++ {
		if r.at >= len(r.lines)-1 && strings.Join(r.lines[r.at:], "") == "" {
			return r.fault("the block of rows does not end with ```")
		}
		if r.lines[r.at] == "```" {
			r.at++
			return nil
		}
		if err := r.row(slug, r.lines[r.at]); err != nil {
			return err
		}
	}
}

func (r *reader) row(slug, line string) error {
	var err error
	switch slug {
	case timelineBlock:
		var m moment
		if err = json.Unmarshal([]byte(line), &m); err == nil {
			err = r.moment(m)
		}
	case factorsBlock:
		var f factor
		err = json.Unmarshal([]byte(line), &f)
		r.doc.Factors = append(r.doc.Factors, incident.Factor{Role: f.Role, Category: f.Category, Text: f.Text, Claimed: f.Claimed})
	case actionsBlock:
		var a action
		if err = json.Unmarshal([]byte(line), &a); err == nil {
			err = r.action(a)
		}
	}
	if err != nil {
		return r.fault("this row cannot be read: %v", err)
	}
	return nil
}

func (r *reader) moment(row moment) error {
	m := incident.Moment{ID: row.ID, Incident: r.doc.Incident, At: row.At.UTC(), Lane: row.Lane, Title: row.Title, Text: row.Text, KnownThen: row.KnownThen, Question: row.Question, Events: row.Events}
	if row.About != "" {
		about, err := time.ParseDuration(row.About)
		if err != nil {
			return err
		}
		m.About = about
	}
	r.doc.Moments = append(r.doc.Moments, m)
	return m.Validate()
}

func (r *reader) action(row action) error {
	a := incident.ActionItem{Title: row.Title, Owner: row.Owner, Kind: row.Kind, State: row.State, URL: row.URL}
	if row.Due != "" {
		due, err := time.Parse(time.DateOnly, row.Due)
		if err != nil {
			return err
		}
		a.Due = due
	}
	r.doc.Actions = append(r.doc.Actions, a)
	return nil
}
