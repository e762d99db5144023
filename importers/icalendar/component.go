package icalendar

import (
	"errors"
	"strings"

	"hindsight/importers"
)

// property is one content line of RFC 5545 section 3.1.
type property struct {
	name   string            // in upper case
	params map[string]string // names in upper case, values without quotes
	value  string            // as written
}

// text returns the value as a TEXT of section 3.3.11.
func (p property) text() string {
	return importers.Line(strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";").Replace(p.value))
}

// component is what stands between BEGIN and END.
type component struct {
	name       string // in upper case
	properties []property
	inner      []*component
	raw        []string // its lines as written
}

// first returns the first property of a name; the zero property when there is none.
func (c *component) first(name string) property {
	for _, p := range c.properties {
		if p.name == name {
			return p
		}
	}
	return property{}
}

// all returns the properties of a name.
func (c *component) all(name string) (found []property) {
	for _, p := range c.properties {
		if p.name == name {
			found = append(found, p)
		}
	}
	return found
}

// text returns the component as it was written, but for DTSTAMP, which many feeds set to the time of the answer.
func (c *component) text() string {
	var kept []string
	skip := false
	for _, line := range c.raw {
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			if !skip {
				kept = append(kept, line)
			}
			continue
		}
		if skip = strings.HasPrefix(strings.ToUpper(line), "DTSTAMP"); !skip {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

const maxInner = 20 // components within components

var errNoCalendar = errors.New("it is no calendar: it does not begin with BEGIN:VCALENDAR")

// parse reads components, one behind the other. A file that ends within one was cut short.
func parse(text string) ([]*component, error) {
	root := &component{}
	stack := []*component{root}
	lines := strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		begin, line := i, lines[i]
		var folded strings.Builder
		folded.WriteString(line)
		for i+1 < len(lines) && lines[i+1] != "" && (lines[i+1][0] == ' ' || lines[i+1][0] == '\t') {
			i++
			folded.WriteString(lines[i][1:])
		}
		if line = folded.String(); strings.TrimSpace(line) == "" {
			continue
		}
		p := readLine(line)
		top := stack[len(stack)-1]
		if p.name == "BEGIN" && len(stack) <= maxInner {
			c := &component{name: strings.ToUpper(strings.TrimSpace(p.value))}
			top.inner = append(top.inner, c)
			stack = append(stack, c)
		} else if p.name != "END" {
			top.properties = append(top.properties, p)
		}
		for _, c := range stack[1:] {
			c.raw = append(c.raw, lines[begin:i+1]...)
		}
		if p.name == "END" && len(stack) > 1 {
			if got := strings.ToUpper(strings.TrimSpace(p.value)); got != stack[len(stack)-1].name {
				return nil, errors.New("the calendar is damaged: END:" + importers.Line(got) + " stands where END:" + importers.Line(stack[len(stack)-1].name) + " should")
			}
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) > 1 {
		return nil, errors.New("the calendar is cut short: there is no END:" + importers.Line(stack[len(stack)-1].name))
	}
	return root.inner, nil
}

// readLine takes a line apart: NAME;PARAM=value;PARAM="value":value.
func readLine(line string) property {
	p := property{params: map[string]string{}}
	quoted, begin := false, 0
	part := func(end int) {
		text := line[begin:end]
		if begin == 0 {
			p.name = strings.ToUpper(strings.TrimSpace(text))
			return
		}
		key, value, _ := strings.Cut(text, "=")
		p.params[strings.ToUpper(key)] = strings.ReplaceAll(value, `"`, "")
	}
	for i := range len(line) {
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';':
			part(i)
			begin = i + 1
		case c == ':':
			part(i)
			p.value = line[i+1:]
			return p
		}
	}
	part(len(line))
	return p
}
