package ical

import (
	"errors"
	"strings"

	"hindsight/importers"
)

// Property is one content line of RFC 5545 section 3.1.
type Property struct {
	Name   string            // in upper case
	Params map[string]string // names in upper case, values without quotes
	Value  string            // as written
}

// Text returns the value as a TEXT of section 3.3.11.
func (p Property) Text() string {
	return importers.Line(strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";").Replace(p.Value))
}

// Component is what stands between BEGIN and END.
type Component struct {
	Name       string // in upper case
	Properties []Property
	Inner      []*Component
	Raw        []string // its lines as written
}

// First returns the first property of a name; the zero property when there is none.
func (c *Component) First(name string) Property {
	for _, p := range c.Properties {
		if p.Name == name {
			return p
		}
	}
	return Property{}
}

// All returns the properties of a name.
func (c *Component) All(name string) (found []Property) {
	for _, p := range c.Properties {
		if p.Name == name {
			found = append(found, p)
		}
	}
	return found
}

// Text returns the component as it was written, but for DTSTAMP, which many feeds set to the time of the answer.
func (c *Component) Text() string {
	var kept []string
	skip := false
	for _, line := range c.Raw {
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

// Parse reads components, one behind the other. A file that ends within one was cut short.
func Parse(text string) ([]*Component, error) {
	root := &Component{}
	stack := []*Component{root}
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
		if p.Name == "BEGIN" && len(stack) <= maxInner {
			c := &Component{Name: strings.ToUpper(strings.TrimSpace(p.Value))}
			top.Inner = append(top.Inner, c)
			stack = append(stack, c)
		} else if p.Name != "END" {
			top.Properties = append(top.Properties, p)
		}
		for _, c := range stack[1:] {
			c.Raw = append(c.Raw, lines[begin:i+1]...)
		}
		if p.Name == "END" && len(stack) > 1 {
			if got := strings.ToUpper(strings.TrimSpace(p.Value)); got != stack[len(stack)-1].Name {
				return nil, errors.New("the calendar is damaged: END:" + importers.Line(got) + " stands where END:" + importers.Line(stack[len(stack)-1].Name) + " should")
			}
			stack = stack[:len(stack)-1]
		}
	}
	if len(stack) > 1 {
		return nil, errors.New("the calendar is cut short: there is no END:" + importers.Line(stack[len(stack)-1].Name))
	}
	return root.Inner, nil
}

// readLine takes a line apart: NAME;PARAM=value;PARAM="value":value.
func readLine(line string) Property {
	p := Property{Params: map[string]string{}}
	quoted, begin := false, 0
	part := func(end int) {
		text := line[begin:end]
		if begin == 0 {
			p.Name = strings.ToUpper(strings.TrimSpace(text))
			return
		}
		key, value, _ := strings.Cut(text, "=")
		p.Params[strings.ToUpper(key)] = strings.ReplaceAll(value, `"`, "")
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
			p.Value = line[i+1:]
			return p
		}
	}
	part(len(line))
	return p
}
