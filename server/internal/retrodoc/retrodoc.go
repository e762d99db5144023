// Package retrodoc is a retrospective as one Markdown file: written, and read back so that nothing is lost. Write of what Read returns
// gives the same bytes. docs/retrospectives.md has the format. Start with Document.
package retrodoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hindsight/incident"
)

// Document is what the file holds. Factors and actions are told, and not taken back from a file: they belong to the incident.
type Document struct {
	Incident incident.ID
	Number   string // what people call the incident; may be empty
	Title    string
	State    incident.RetroState
	Version  int // of the last published one; 0: none is
	Authors  []string
	Sections []incident.RetroSection // in order; slug, title and text count
	Moments  []incident.Moment
	Factors  []incident.Factor
	Actions  []incident.ActionItem
}

// moment, factor and action are rows as they stand in the file, one line of JSON each.
type moment struct {
	ID        incident.ID         `json:"id,omitempty"`
	At        time.Time           `json:"at"`
	About     string              `json:"about,omitempty"` // as in "10m0s"
	Lane      incident.MomentLane `json:"lane"`
	Title     string              `json:"title"`
	Text      string              `json:"text,omitempty"`
	KnownThen string              `json:"known_then,omitempty"`
	Question  bool                `json:"question,omitempty"`
	Events    []incident.ID       `json:"events,omitempty"`
}

type factor struct {
	Role     string `json:"role"`
	Category string `json:"category,omitempty"`
	Text     string `json:"text"`
	Claimed  bool   `json:"claimed,omitempty"`
}

type action struct {
	Title string `json:"title"`
	Owner string `json:"owner,omitempty"`
	Kind  string `json:"kind,omitempty"`
	State string `json:"state"`
	Due   string `json:"due,omitempty"` // a day
	URL   string `json:"url,omitempty"`
}

// The sections whose rows stand in a block of their own before the text, and what the block is called.
const (
	timelineBlock = "timeline"
	factorsBlock  = "factors"
	actionsBlock  = "actions"
)

// Write returns the file.
func Write(d Document) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("---\n")
	for _, f := range []struct {
		name  string
		value any
	}{{"incident", d.Incident}, {"number", d.Number}, {"title", d.Title}, {"state", d.State}, {"version", d.Version}, {"authors", d.Authors}} {
		line, err := inline(f.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s: %s\n", f.name, line)
	}
	b.WriteString("---\n")
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s {#%s}\n", oneLine(s.Title), s.Slug)
		if err := d.block(&b, s.Slug); err != nil {
			return nil, err
		}
		if s.Text != "" {
			b.WriteString("\n" + escape(breaks.Replace(s.Text)) + "\n")
		}
	}
	return b.Bytes(), nil
}

// inline writes a value of the front matter: JSON, which YAML reads as well.
func inline(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// block writes the rows of a section, if it has some.
func (d Document) block(b *bytes.Buffer, slug string) error {
	var rows []any
	switch slug {
	case timelineBlock:
		for _, m := range d.Moments {
			rows = append(rows, rowOf(m))
		}
	case factorsBlock:
		for _, f := range d.Factors {
			rows = append(rows, factor{f.Role, f.Category, f.Text, f.Claimed})
		}
	case actionsBlock:
		for _, a := range d.Actions {
			row := action{Title: a.Title, Owner: a.Owner, Kind: a.Kind, State: a.State, URL: a.URL}
			if !a.Due.IsZero() {
				row.Due = a.Due.UTC().Format(time.DateOnly)
			}
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	b.WriteString("\n```" + slug + "\n")
	for _, r := range rows {
		line, err := inline(r)
		if err != nil {
			return err
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("```\n")
	return nil
}

func rowOf(m incident.Moment) moment {
	row := moment{ID: m.ID, At: m.At.UTC(), Lane: m.Lane, Title: m.Title, Text: m.Text, KnownThen: m.KnownThen, Question: m.Question, Events: m.Events}
	if m.About > 0 {
		row.About = m.About.String()
	}
	return row
}

// escape puts a backslash before what would be read as the beginning of a section or of a block of rows.
func escape(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if begins(strings.TrimLeft(line, `\`)) {
			lines[i] = `\` + line
		}
	}
	return strings.Join(lines, "\n")
}

// unescape undoes escape.
func unescape(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, `\`) && begins(strings.TrimLeft(line, `\`)) {
			lines[i] = line[1:]
		}
	}
	return strings.Join(lines, "\n")
}

// begins reports whether a line begins a section or a block of rows.
func begins(line string) bool {
	_, _, heading := headingOf(line)
	return heading || line == "```"+timelineBlock || line == "```"+factorsBlock || line == "```"+actionsBlock
}

// headingOf reads "## Title {#slug}".
func headingOf(line string) (title, slug string, ok bool) {
	rest, ok := strings.CutPrefix(line, "## ")
	if !ok {
		return "", "", false
	}
	i := strings.LastIndex(rest, "{#")
	if i < 0 || !strings.HasSuffix(rest, "}") {
		return "", "", false
	}
	slug = rest[i+2 : len(rest)-1]
	return strings.TrimSpace(rest[:i]), slug, slug != "" && slug == incident.Slug(slug)
}
