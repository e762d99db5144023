package coedit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What one change may be. A person's largest change is a pasted text, in one part.
const (
	MaxParts = 10_000
	MaxUnits = 1 << 20 // of a text, before and after
)

// ParseChanges reads what CodeMirror's ChangeSet.toJSON gives: an array of parts that follow one another over the old text. A number
// keeps so many units; an array of a number and lines replaces so many by the lines, with line feeds between them. It refuses more than MaxParts, texts
// of more than MaxUnits, lone surrogates, U+0000 and line breaks within lines; the error says which, for the client's author.
func ParseChanges(raw []byte) (Changes, error) {
	if !utf8.Valid(raw) {
		return Changes{}, fmt.Errorf("the change is not in UTF-8")
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return Changes{}, fmt.Errorf("a change is an array of parts")
	}
	if len(list) > MaxParts {
		return Changes{}, fmt.Errorf("the change has %d parts; at most %d are taken", len(list), MaxParts)
	}
	var c Changes
	before, after := 0, 0
	for i, raw := range list {
		p, err := parsePart(raw)
		if err != nil {
			return Changes{}, fmt.Errorf("part %d: %w", i, err)
		}
		if before, after = before+p.length, after+len(p.insert); p.kept {
			after += p.length
		}
		if before > MaxUnits || after > MaxUnits {
			return Changes{}, fmt.Errorf("part %d: the text would be longer than %d units", i, MaxUnits)
		}
		c.parts = append(c.parts, p)
	}
	return c, nil
}

func parsePart(raw json.RawMessage) (part, error) {
	if raw[0] != '[' {
		n, err := length(raw)
		if err == nil && n == 0 {
			err = fmt.Errorf("it keeps nothing")
		}
		return part{length: n, kept: true}, err
	}
	var fields []json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || len(fields) == 0 {
		return part{}, fmt.Errorf("it is no array of a number and lines")
	}
	n, err := length(fields[0])
	if err != nil {
		return part{}, err
	}
	p := part{length: n}
	for i, field := range fields[1:] {
		line, err := parseLine(field)
		if err != nil {
			return part{}, fmt.Errorf("line %d: %w", i, err)
		}
		if i > 0 {
			p.insert = append(p.insert, '\n')
		}
		p.insert = append(p.insert, TextOf(line)...)
	}
	if p.length == 0 && len(p.insert) == 0 {
		return part{}, fmt.Errorf("it changes nothing")
	}
	return p, nil
}

// length reads a number of units.
func length(raw json.RawMessage) (int, error) {
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 || n > MaxUnits {
		return 0, fmt.Errorf("%.20q is not a number of units from 0 to %d", raw, MaxUnits)
	}
	return n, nil
}

func parseLine(raw json.RawMessage) (string, error) {
	var line string
	if raw[0] != '"' || json.Unmarshal(raw, &line) != nil {
		return "", fmt.Errorf("it is no text")
	}
	if loneSurrogate(raw) {
		return "", fmt.Errorf("it has half of a surrogate pair")
	}
	if strings.ContainsAny(line, "\r\n") {
		return "", fmt.Errorf("it has a line break within; give each line for itself")
	}
	if strings.ContainsRune(line, 0) {
		return "", fmt.Errorf("it has the character U+0000, which no text here may have")
	}
	return line, nil
}

// loneSurrogate reports whether a JSON string has an escaped half of a surrogate pair without the other. (encoding/json reads U+FFFD for it.)
func loneSurrogate(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			return false
		}
		unit := escaped(raw[i:])
		switch {
		case isHigh(unit) && isLow(escaped(raw[i+6:])):
			i += 10
		case isHigh(unit), isLow(unit):
			return true
		}
		raw = raw[i+2:]
	}
}

// escaped reads the escape \uXXXX at the start of valid JSON; 0: there is another or none.
func escaped(raw []byte) uint16 {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// MarshalJSON writes the changes as ParseChanges reads them, part for part.
func (c Changes) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, p := range c.parts {
		if i > 0 {
			out = append(out, ',')
		}
		if p.kept {
			out = strconv.AppendInt(out, int64(p.length), 10)
			continue
		}
		out = strconv.AppendInt(append(out, '['), int64(p.length), 10)
		if len(p.insert) > 0 {
			for line := range strings.SplitSeq(p.insert.String(), "\n") {
				quoted, err := json.Marshal(line)
				if err != nil {
					return nil, err
				}
				out = append(append(out, ','), quoted...)
			}
		}
		out = append(out, ']')
	}
	return append(out, ']'), nil
}

// UnmarshalJSON is ParseChanges.
func (c *Changes) UnmarshalJSON(raw []byte) (err error) {
	*c, err = ParseChanges(raw)
	return err
}
