package table

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// limits keep one file from taking all memory. A cell or record over its limit becomes a reject, a file
// over its limit ends the run.
type limits struct {
	cell     int   // bytes of one cell
	record   int   // bytes of one record
	raw      int   // bytes of raw text that a reject keeps
	columns  int   // columns of a table
	workbook int64 // bytes of a packed workbook, which is held in memory
	sheets   int64 // bytes of an unpacked workbook; large sheets go to temporary files
	unpacked int64 // bytes of an unpacked .gz, which streams
}

var usual = limits{cell: 1 << 20, record: 4 << 20, raw: 64 << 10, columns: 2000, workbook: 128 << 20, sheets: 512 << 20, unpacked: 8 << 30}

// row is one row below the header, or what is left of one that could not be read.
type row struct {
	number int64  // as a spreadsheet numbers it; the header is row 1
	place  string // "events.csv, row 17"
	cells  []cell // in the order of the header
	note   string // how the text was repaired; empty otherwise
	fault  string // why it is no record; empty for a good row
	raw    string // what was read, as far as it is kept; faulty rows only
}

type cell struct{ name, text string }

// reader yields the rows of one table. next returns io.EOF behind the last row.
type reader interface {
	next() (row, error)
	io.Closer
}

// noteKey holds how the text of a row was repaired. No column can have this name: a header cell that
// is empty is called after its position.
const noteKey = ""

// encode returns the row as a JSON object of texts with sorted keys: what is stored.
func (r row) encode() []byte {
	object := make(map[string]string, len(r.cells)+1)
	for _, c := range r.cells {
		object[c.name] = c.text
	}
	if r.note != "" {
		object[noteKey] = r.note
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	// A map of strings always encodes.
	_ = enc.Encode(object)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// decode reads what encode wrote.
func decode(body []byte) (cells map[string]string, note string, err error) {
	if err := json.Unmarshal(body, &cells); err != nil {
		return nil, "", fmt.Errorf("the stored row is not a JSON object of texts: %w", err)
	}
	note = cells[noteKey]
	delete(cells, noteKey)
	return cells, note, nil
}

// faulty returns the row as a reject in the making, with as much of raw as is kept.
func (r row) faulty(l limits, raw []byte, format string, args ...any) row {
	text, _ := toUTF8(raw[:min(len(raw), l.raw)])
	r.fault, r.raw, r.cells = fmt.Sprintf(format, args...), text, nil
	return r
}

// check refuses a row with a cell over the limit.
func (r row) check(l limits, raw []byte) row {
	for _, c := range r.cells {
		if len(c.text) > l.cell {
			return r.faulty(l, raw, "column %s: the cell holds more than %s", c.name, size(int64(l.cell)))
		}
	}
	return r
}

// headers returns the names of the columns: trimmed, an empty one named after its position, a repeated
// one numbered, so that no cell hides another.
func headers(names []string) []string {
	out := make([]string, len(names))
	times := make(map[string]int, len(names))
	for i, name := range names {
		name = strings.Join(strings.Fields(name), " ")
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		times[name]++
		unique := name
		for n := times[name]; n > 1 || unique != name; n++ {
			if unique = fmt.Sprintf("%s (%d)", name, n); times[unique] == 0 {
				times[name], times[unique] = n, 1
				break
			}
		}
		out[i] = unique
	}
	return out
}

// toUTF8 returns text as UTF-8. Bytes that are not UTF-8 are read as Windows-1252, which holds all of
// Latin-1 that is printed; every byte has a meaning there or becomes U+FFFD.
func toUTF8(text []byte) (s, note string) {
	if utf8.Valid(text) {
		return string(text), ""
	}
	s, err := charmap.Windows1252.NewDecoder().String(string(text))
	if err != nil {
		return strings.ToValidUTF8(string(text), "\uFFFD"), noteBroken
	}
	return s, noteLatin
}

const (
	noteLatin  = "the row is not UTF-8; it was read as Windows-1252 (Latin-1)"
	noteBroken = "the row is not UTF-8; the bytes that could not be read were replaced"
)

// size writes a limit in words.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}
