package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvReader reads comma-separated values (RFC 4180) and their kin with other separators.
type csvReader struct {
	name    string
	lines   *lines
	comma   rune
	header  []string
	number  int64 // of the last row
	skipped int64 // lines above the header that are no rows: Excel's "sep=;"
	file    io.Closer
}

// newCSV reads the header. comma 0 means: find out.
func newCSV(name string, in *lines, comma rune, file io.Closer) (*csvReader, error) {
	r := &csvReader{name: name, lines: in, comma: comma, file: file}
	head, err := in.in.Peek(sample)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if sep, ok := announced(head); ok {
		if comma == 0 {
			r.comma = sep
		}
		if _, _, _, err := in.line(); err != nil {
			return nil, err
		}
		r.skipped = 1
		_, head, _ = bytes.Cut(head, []byte("\n"))
	}
	if r.comma == 0 {
		r.comma = separator(head)
	}
	return r, r.readHeader()
}

func (r *csvReader) readHeader() error {
	for {
		c, err := r.lines.chunk(func([]byte) bool { return false })
		if err == io.EOF {
			return fmt.Errorf("%s is not a table: it is empty", r.name)
		}
		if err != nil {
			return err
		}
		r.number++
		fields, err := r.split(c.text)
		switch {
		case c.fault != "":
			return fmt.Errorf("%s, row %d: the header cannot be read: %s", r.name, r.number, c.fault)
		case err != nil:
			return fmt.Errorf("%s, row %d: the header cannot be read: %w", r.name, r.number, err)
		case len(fields) > r.lines.limit.columns:
			return fmt.Errorf("%s, row %d: the header has %d columns; at most %d are read", r.name, r.number, len(fields), r.lines.limit.columns)
		case strings.Join(fields, "") != "":
			r.header = headers(fields)
			return nil
		}
	}
}

// split returns the fields of one record; a blank line has none.
func (r *csvReader) split(text []byte) ([]string, error) {
	s, _ := toUTF8(text)
	if !strings.Contains(s, `"`) { // most rows, and many times faster
		if s = strings.TrimRight(s, "\r\n"); s == "" {
			return nil, nil
		}
		return strings.Split(s, string(r.comma)), nil
	}
	in := csv.NewReader(strings.NewReader(s))
	in.Comma, in.FieldsPerRecord = r.comma, -1
	fields, err := in.Read()
	if err == io.EOF {
		return nil, nil
	}
	return fields, explain(err)
}

// explain says what is wrong with a quote, and where in the first line.
func explain(err error) error {
	var parse *csv.ParseError
	switch {
	case !errors.As(err, &parse):
		return err
	case parse.Line > 1:
		return errors.New("a quote opens here and does not close before a separator")
	case errors.Is(err, csv.ErrBareQuote):
		return fmt.Errorf("character %d is a quote inside a field that does not begin with one", parse.Column)
	}
	return fmt.Errorf("character %d follows the quote that ends its field", parse.Column+1)
}

func (r *csvReader) next() (row, error) {
	for {
		c, err := r.lines.chunk(r.plausible)
		if err != nil {
			return row{}, err
		}
		r.number++
		if out := r.parse(c); out.cells != nil || out.fault != "" {
			return out, nil
		}
	}
}

// plausible reports whether a line is a record of the table by itself.
func (r *csvReader) plausible(line []byte) bool {
	fields, err := r.split(line)
	return err == nil && len(fields) == len(r.header)
}

// parse turns a record's text into a row. A record that spans lines and cannot be parsed has most likely a
// stray quote in its first line, so only that line is given up.
func (r *csvReader) parse(c chunk) row {
	out := row{number: r.number, place: fmt.Sprintf("%s, row %d", r.name, r.number)}
	if c.line != r.number+r.skipped {
		out.place += fmt.Sprintf(" (line %d)", c.line)
	}
	if c.fault != "" {
		return out.faulty(r.lines.limit, c.text, "%s", c.fault)
	}
	fields, err := r.split(c.text)
	switch {
	case err != nil:
		c = r.lines.back(c, err.Error())
		return out.faulty(r.lines.limit, c.text, "the quoting is broken: %s", c.fault)
	case strings.Join(fields, "") == "":
		return row{} // a blank line, or a row of empty cells
	case len(fields) != len(r.header):
		return out.faulty(r.lines.limit, c.text, "the row has %d fields, the header has %d", len(fields), len(r.header))
	}
	_, out.note = toUTF8(c.text)
	for i, text := range fields {
		out.cells = append(out.cells, cell{r.header[i], text})
	}
	return out.check(r.lines.limit, c.text)
}

func (r *csvReader) Close() error { return r.file.Close() }

// announced reads the line "sep=;" that Excel writes above the header.
func announced(head []byte) (comma rune, ok bool) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	line = bytes.ToLower(bytes.Trim(line, "\r\""))
	if rest, found := bytes.CutPrefix(line, []byte("sep=")); found && len(rest) == 1 && usable(rune(rest[0])) {
		return rune(rest[0]), true
	}
	return 0, false
}

// usable reports whether a character can separate fields.
func usable(c rune) bool { return strings.ContainsRune(",;\t|:^~ ", c) }

// separator returns the character that cuts the sample into the most columns that row after row agree
// with the header; a comma when none does.
func separator(head []byte) rune {
	best, most := ',', 0
	for _, comma := range ",;\t|" {
		if n := agreement(head, comma); n > most {
			best, most = comma, n
		}
	}
	return best
}

// agreement counts the fields, less one per row, of the rows of the sample that have as many fields as
// the first.
func agreement(head []byte, comma rune) (n int) {
	in := csv.NewReader(bytes.NewReader(head))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = comma, -1, true
	width := 0
	for range 50 {
		fields, err := in.Read()
		if err != nil {
			break
		}
		if width == 0 {
			width = len(fields)
		}
		if len(fields) == width {
			n += width - 1
		}
	}
	return n
}
