package markdown

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"gopkg.in/yaml.v3"

	"hindsight/importers"
	"hindsight/importers/postmortem"
)

// document is a postmortem cut into its parts.
type document struct {
	front    []field // of the front matter, in its order
	title    string  // of the first heading; may be empty
	preamble []string
	sections []section
	fault    string // why the front matter could not be read; empty when it could
}

// field is a name with a value: of the front matter, a label in the text or a key event.
type field struct {
	name  string // as written
	value string // lists are joined by line ends
}

// section is a part under a heading or a label.
type section struct {
	title string
	slug  string // of incident.Section
	level int    // of the heading; labels are below all headings
	lines []string
}

func (s section) body() string { return strings.TrimSpace(strings.Join(s.lines, "\n")) }

// text returns a file's bytes as text. What is not UTF-8 is taken for Latin-1, which loses no byte.
func text(body []byte) string {
	if utf8.Valid(body) {
		return importers.Clean(string(body))
	}
	runes := make([]rune, len(body))
	for i, b := range body {
		runes[i] = rune(b)
	}
	return importers.Clean(string(runes))
}

// parse cuts a document into its parts.
func parse(body []byte) document {
	var d document
	lines := strings.Split(text(body), "\n")
	lines = d.readFront(lines)
	d.readSections(lines)
	d.readLabels()
	return d
}

// readFront reads the front matter between two fences, YAML between "---" and TOML between "+++", and
// returns the lines behind it.
func (d *document) readFront(lines []string) []string {
	fence := strings.TrimRight(lines[0], " \t")
	if fence != "---" && fence != "+++" {
		return lines
	}
	end := slices.IndexFunc(lines[1:], func(l string) bool { return strings.TrimRight(l, " \t") == fence }) + 1
	if end == 0 {
		return lines // a rule, not a fence
	}
	head := strings.Join(lines[1:end], "\n")
	var err error
	if fence == "---" {
		d.front, err = readYAML(head)
	} else {
		d.front, err = readTOML(head)
	}
	if err != nil {
		d.fault = err.Error()
	}
	return lines[end+1:]
}

// readYAML takes values as they are written; a date must not lose its form on the way.
func readYAML(head string) ([]field, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(head), &node); err != nil {
		return nil, err
	}
	if len(node.Content) == 0 || node.Content[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	var fields []field
	pairs := node.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = append(fields, field{pairs[i].Value, strings.Join(scalars(pairs[i+1]), "\n")})
	}
	return fields, nil
}

// scalars returns the texts in a node. Aliases are not followed: a few could multiply without end.
func scalars(node *yaml.Node) (texts []string) {
	if node.Kind == yaml.ScalarNode && node.Tag != "!!null" {
		return []string{node.Value}
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			continue // a key
		}
		texts = append(texts, scalars(child)...)
	}
	return texts
}

func readTOML(head string) ([]field, error) {
	var values map[string]any
	meta, err := toml.Decode(head, &values)
	if err != nil {
		return nil, err
	}
	var fields []field
	for _, key := range meta.Keys() { // in the order of the file
		if len(key) == 1 {
			fields = append(fields, field{key[0], plainTOML(values[key[0]])})
		}
	}
	return fields, nil
}

// plainTOML writes a value as a person would have; local times carry their kind in the zone's name.
func plainTOML(value any) string {
	switch v := value.(type) {
	case time.Time:
		switch v.Location().String() {
		case "date-local":
			return v.Format(time.DateOnly)
		case "datetime-local":
			return v.Format(time.DateTime)
		}
		return v.Format(time.RFC3339)
	case []any:
		var texts []string
		for _, x := range v {
			texts = append(texts, plainTOML(x))
		}
		return strings.Join(texts, "\n")
	}
	return fmt.Sprint(value)
}

var fencePattern = regexp.MustCompile("^ {0,3}(```+|~~~+)")

// readSections cuts the text at its headings. Headings below a section's own belong to its body, and so
// do headings that are times, which go on with a timeline.
func (d *document) readSections(lines []string) {
	code := ""
	for _, line := range lines {
		if fence := fencePattern.FindStringSubmatch(line); fence != nil {
			switch {
			case code == "":
				code = fence[1]
			case strings.HasPrefix(fence[1], code):
				code = ""
			}
		}
		level, title := postmortem.Heading(line)
		if code != "" || level == 0 {
			d.append(line)
			continue
		}
		d.heading(level, strings.TrimSpace(title), line)
	}
}

func (d *document) heading(level int, title, line string) {
	slug := slugOf(title)
	var current *section
	if n := len(d.sections); n > 0 {
		current = &d.sections[n-1]
	}
	_, _, timed := postmortem.ReadTime(title)
	switch {
	case current == nil && d.title == "" && !known(slug):
		d.title = title
	case current != nil && (level > current.level || timed && current.slug == slugTimeline):
		d.append(line)
	default:
		d.sections = append(d.sections, section{title: postmortem.Plain(title), slug: slug, level: level})
	}
}

// append adds a line to the section at work.
func (d *document) append(line string) {
	if n := len(d.sections); n > 0 {
		d.sections[n-1].lines = append(d.sections[n-1].lines, line)
		return
	}
	d.preamble = append(d.preamble, line)
}

// labelPattern finds "- **Impact**: text", "**Impact:** text" and the like at any depth.
var labelPattern = regexp.MustCompile(`^(\s*)(?:[-*+–]\s+)?\*\*([^*]{1,60}?):?\*\*\s*:?\s*(.*)$`)

// labelLevel is below all headings.
const labelLevel = 7

// readLabels cuts the text above the first heading at its labels: some teams write a postmortem as one
// list. Deeper in a list only a known label begins a section.
func (d *document) readLabels() {
	var labelled []section
	rest := d.preamble[:0:0]
	for _, line := range d.preamble {
		g := labelPattern.FindStringSubmatch(line)
		if g != nil && (g[1] == "" || known(slugOf(g[2]))) {
			labelled = append(labelled, section{title: postmortem.Plain(g[2]), slug: slugOf(g[2]), level: labelLevel, lines: []string{g[3]}})
			continue
		}
		if n := len(labelled); n > 0 {
			labelled[n-1].lines = append(labelled[n-1].lines, line)
		} else {
			rest = append(rest, line)
		}
	}
	d.preamble = rest
	for i := range labelled {
		labelled[i].lines = dedent(labelled[i].lines)
	}
	d.sections = append(labelled, d.sections...)
}

// dedent removes the indentation that all lines but the first have in common.
func dedent(lines []string) []string {
	common := -1
	for _, line := range lines[1:] {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if n := len(line) - len(strings.TrimLeft(line, " ")); common < 0 || n < common {
			common = n
		}
	}
	for i, line := range lines[1:] {
		lines[i+1] = line[min(len(line), max(0, common)):]
	}
	return lines
}
