package dump

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxRow is how many bytes a row of a dump of PostgreSQL may have; a longer one is a reject.
const MaxRow = 8 << 20

// Postgres reads the rows of the tables that are wanted out of the text that pg_dump writes. inserts reports whether there were INSERT
// statements, as pg_dump --inserts writes rows; they are not read.
func Postgres(ctx context.Context, in *bufio.Reader, to Taker) (inserts bool, err error) {
	d := &lines{in: in}
	for {
		if err := ctx.Err(); err != nil {
			return inserts, err
		}
		l, err := d.next(64 << 10)
		if errors.Is(err, io.EOF) {
			return inserts, nil
		}
		if err != nil {
			return inserts, fmt.Errorf("line %d: %w", d.number+1, err)
		}
		statement := string(l.text)
		inserts = inserts || strings.HasPrefix(statement, "INSERT INTO ")
		if t, ok := copyOf(statement); ok {
			if err := d.rows(ctx, t, to); err != nil {
				return inserts, err
			}
		}
	}
}

// rows reads the rows of one table.
func (d *lines) rows(ctx context.Context, t copied, to Taker) error {
	wanted, err := to.Wanted(t.Name)
	if err != nil {
		return err
	}
	keep := len(endOfRows) + 3 // enough to see the end, with its line end
	if wanted {
		keep = MaxRow
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, err := d.next(keep)
		switch {
		case errors.Is(err, io.EOF):
			return to.Reject(t.Name, d.number, "the dump ends within this table: it was cut off, so that rows are missing; make it again", "")
		case err != nil:
			return fmt.Errorf("line %d: %w", d.number+1, err)
		case bytes.Equal(l.text, endOfRows):
			return nil
		case !wanted:
			continue
		case l.cut:
			err = to.Reject(t.Name, l.number, fmt.Sprintf("the row holds more than %d MiB", MaxRow>>20), string(l.text))
		default:
			var row Row
			if row, err = t.fields(l.text); err != nil {
				err = to.Reject(t.Name, l.number, err.Error(), string(l.text))
			} else {
				err = to.Row(t.Name, l.number, row)
			}
		}
		if err != nil {
			return err
		}
	}
}

// copied is a table of the dump, and the columns of its rows in their order.
type copied struct {
	Name
	columns []string
}

// line is one line of a dump. Of a line over the limit, text is the beginning and cut says so.
type line struct {
	number int64
	text   []byte // valid until the next line is read
	cut    bool
}

// lines reads a text line by line.
type lines struct {
	in     *bufio.Reader
	number int64
	buffer []byte
}

// next returns the next line without its end. keep bounds what is held of it. Behind the last one it returns io.EOF.
func (d *lines) next(keep int) (line, error) {
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
func copyOf(text string) (copied, bool) {
	rest, ok := strings.CutPrefix(text, "COPY ")
	if !ok {
		return copied{}, false
	}
	rest, ok = strings.CutSuffix(strings.TrimRight(rest, " "), ") FROM stdin;")
	where, list, open := strings.Cut(rest, " (")
	if !ok || !open {
		return copied{}, false
	}
	t := copied{Name: Name{Schema: "public", Table: where}}
	if schema, name, qualified := strings.Cut(where, "."); qualified {
		t.Schema, t.Table = unquoted(schema), name
	}
	t.Table = unquoted(t.Table)
	for column := range strings.SplitSeq(list, ", ") {
		t.columns = append(t.columns, unquoted(column))
	}
	return t, true
}

// unquoted returns an identifier as PostgreSQL means it, if it holds no dot, comma or quote.
func unquoted(name string) string { return strings.Trim(name, `"`) }

// endOfRows ends the rows of a table.
var endOfRows = []byte(`\.`)

// fields returns the values of a row in COPY's text format, or why it is none. A null is absent.
// The format: https://www.postgresql.org/docs/15/sql-copy.html, "Text Format".
func (t copied) fields(text []byte) (Row, error) {
	values := bytes.Split(text, []byte("\t"))
	if len(values) != len(t.columns) {
		return nil, fmt.Errorf("the row has %d columns, the table has %d", len(values), len(t.columns))
	}
	out := make(Row, len(values))
	for i, v := range values {
		if string(v) != `\N` {
			out[t.columns[i]] = copyText(v)
		}
	}
	return out, nil
}

// copyText resolves the backslash sequences of a value.
func copyText(v []byte) string {
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
