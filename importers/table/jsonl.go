package table

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonlReader reads one JSON object per line. Members of nested objects become columns with dotted
// names, "labels.start"; a list stays JSON text in one cell.
type jsonlReader struct {
	name   string
	lines  *lines
	number int64
	file   io.Closer
}

func (r *jsonlReader) next() (row, error) {
	for {
		text, _, cut, err := r.lines.line()
		if err != nil {
			return row{}, err
		}
		r.number++
		out := row{number: r.number, place: fmt.Sprintf("%s, row %d", r.name, r.number)}
		limit := r.lines.limit
		if cut {
			return out.faulty(limit, text, "the line holds more than %s", size(int64(limit.record))), nil
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		s, note := toUTF8(text)
		out.note = note
		if out.cells, err = flatten(s, limit.columns); err != nil {
			return out.faulty(limit, text, "%s", err), nil
		}
		return out.check(limit, text), nil
	}
}

func (r *jsonlReader) Close() error { return r.file.Close() }

// maxDepth is how deep objects may be nested; what is deeper is no table.
const maxDepth = 16

// flatten returns the members of a JSON object in their order.
func flatten(line string, columns int) ([]cell, error) {
	dec := json.NewDecoder(strings.NewReader(line))
	dec.UseNumber()
	start, err := dec.Token()
	if err != nil {
		return nil, wrong(err)
	}
	if start != json.Delim('{') {
		return nil, errors.New("the line is not a JSON object")
	}
	f := flattener{dec: dec, columns: columns, seen: map[string]bool{}}
	if err := f.object("", 1); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is more than one JSON object on the line")
	}
	if len(f.cells) == 0 {
		return nil, errors.New("the JSON object is empty")
	}
	return f.cells, nil
}

type flattener struct {
	dec     *json.Decoder
	columns int
	seen    map[string]bool
	cells   []cell
}

// object reads the members up to the closing brace.
func (f *flattener) object(prefix string, depth int) error {
	for f.dec.More() {
		key, err := f.dec.Token()
		if err != nil {
			return wrong(err)
		}
		name := prefix + fmt.Sprint(key)
		if err := f.member(name, depth); err != nil {
			return err
		}
	}
	_, err := f.dec.Token()
	return wrong(err)
}

func (f *flattener) member(name string, depth int) error {
	var value json.RawMessage
	if err := f.dec.Decode(&value); err != nil {
		return wrong(err)
	}
	if value[0] == '{' && string(value) != "{}" {
		if depth == maxDepth {
			return fmt.Errorf("%s: objects are nested deeper than %d levels", name, maxDepth)
		}
		inner := flattener{dec: json.NewDecoder(bytes.NewReader(value)), columns: f.columns, seen: f.seen, cells: f.cells}
		if _, err := inner.dec.Token(); err != nil {
			return wrong(err)
		}
		err := inner.object(name+".", depth+1)
		f.cells = inner.cells
		return err
	}
	return f.add(name, text(value))
}

func (f *flattener) add(name, text string) error {
	if name == noteKey {
		name = "column 1"
	}
	if f.seen[name] {
		return fmt.Errorf("two members are called %q", name)
	}
	if len(f.cells) == f.columns {
		return fmt.Errorf("the object has more than %d members", f.columns)
	}
	f.seen[name] = true
	f.cells = append(f.cells, cell{name, text})
	return nil
}

// text returns a JSON value as a cell: texts unquoted, null empty, all else as it is written.
func text(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s // null decodes to the empty text
	}
	var compact bytes.Buffer
	if json.Compact(&compact, value) != nil {
		return string(value)
	}
	return compact.String()
}

func wrong(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the line is cut off: it is not a whole JSON object")
	}
	return fmt.Errorf("the line is not JSON: %w", err)
}

// union returns the names of all columns of rows, in the order in which they first appear.
func union(rows []row) (names []string) {
	for _, r := range rows {
		for _, c := range r.cells {
			if !slices.Contains(names, c.name) {
				names = append(names, c.name)
			}
		}
	}
	return names
}
