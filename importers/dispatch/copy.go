package dispatch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxRow  = 8 << 20  // bytes of one row; a longer one is a reject
	maxKept = 64 << 10 // bytes of a bad row that its rejection keeps
)

// table is a table of the dump, and the columns of its rows in their order.
type table struct {
	schema, name string
	columns      []string
}

// line is one line of a dump. Of a line over the limit, text is the beginning and cut says so.
type line struct {
	number int64
	text   []byte // valid until the next line is read
	cut    bool
}

// dump reads the text that pg_dump writes, line by line.
type dump struct {
	in     *bufio.Reader
	number int64
	buffer []byte
}

// next returns the next line without its end. keep bounds what is held of it. Behind the last one it returns io.EOF.
func (d *dump) next(keep int) (line, error) {
	d.buffer = d.buffer[:0]
	cut := false
	for {
		part, err := d.in.ReadSlice('\n')
		room := min(len(part), keep-len(d.buffer))
		d.buffer, cut = append(d.buffer, part[:room]...), cut || room < len(part)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil, errors.Is(err, io.EOF) && len(d.buffer) > 0:
			d.number++
			return line{d.number, bytes.TrimSuffix(bytes.TrimSuffix(d.buffer, []byte("\n")), []byte("\r")), cut}, nil
		}
		return line{}, err
	}
}

// copyOf reads the line that precedes a table's rows: COPY schema.table (column, …) FROM stdin;
func copyOf(text string) (table, bool) {
	rest, ok := strings.CutPrefix(text, "COPY ")
	if !ok {
		return table{}, false
	}
	rest, ok = strings.CutSuffix(strings.TrimRight(rest, " "), ") FROM stdin;")
	where, list, open := strings.Cut(rest, " (")
	if !ok || !open {
		return table{}, false
	}
	t := table{schema: "public", name: where}
	if schema, name, qualified := strings.Cut(where, "."); qualified {
		t.schema, t.name = unquoted(schema), name
	}
	t.name = unquoted(t.name)
	for column := range strings.SplitSeq(list, ", ") {
		t.columns = append(t.columns, unquoted(column))
	}
	return t, true
}

// unquoted returns an identifier as PostgreSQL means it. None of Dispatch's holds a dot, a comma or a quote.
func unquoted(name string) string { return strings.Trim(name, `"`) }

// endOfRows ends the rows of a table.
var endOfRows = []byte(`\.`)

// fields returns the values of a row in COPY's text format, or why it is none. A null is absent.
// The format: https://www.postgresql.org/docs/15/sql-copy.html, "Text Format".
func (t table) fields(text []byte) (row, error) {
	values := bytes.Split(text, []byte("\t"))
	if len(values) != len(t.columns) {
		return nil, fmt.Errorf("the row has %d columns, the table has %d", len(values), len(t.columns))
	}
	out := make(row, len(values))
	for i, v := range values {
		if string(v) != `\N` {
			out[t.columns[i]] = unescaped(v)
		}
	}
	return out, nil
}

// unescaped resolves the backslash sequences of a value.
func unescaped(v []byte) string {
	if bytes.IndexByte(v, '\\') < 0 {
		return string(v)
	}
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, v[i])
			continue
		}
		i++
		switch c := v[i]; {
		case strings.IndexByte("bfnrtv", c) >= 0:
			out = append(out, "\b\f\n\r\t\v"[strings.IndexByte("bfnrtv", c)])
		case octal(c):
			value, used := number(v[i:], 8, 3, octal)
			out, i = append(out, value), i+used-1
		case c == 'x' && i+1 < len(v) && hex(v[i+1]):
			value, used := number(v[i+1:], 16, 2, hex)
			out, i = append(out, value), i+used
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

func hex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// number reads at most most digits; as in PostgreSQL, what is beyond a byte is dropped.
func number(v []byte, base, most int, digit func(byte) bool) (value byte, used int) {
	for used < min(len(v), most) && digit(v[used]) {
		d := v[used] | 0x20 // lower case; digits stay
		if d >= 'a' {
			d = d - 'a' + 10
		} else {
			d -= '0'
		}
		value = value*byte(base) + d
		used++
	}
	return value, used
}
