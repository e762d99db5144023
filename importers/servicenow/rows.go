package servicenow

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxRow is how many bytes a row may have; a longer one is no ticket.
const maxRow = 1 << 20

// rowReader reads a CSV file row by row such that a row that cannot be read costs no other: where a
// quotation mark has no partner, only its own line is lost, not the rest of the file.
type rowReader struct {
	in      *bufio.Reader
	ahead   []string // lines that were read in search of a quotation mark's partner
	line    int      // number of the line before ahead
	drained bool
}

func newRowReader(in io.Reader) *rowReader { return &rowReader{in: bufio.NewReaderSize(in, 64<<10)} }

// csvRow is one row, or why it is none.
type csvRow struct {
	line  int // number of its first line, from 1
	raw   string
	cells []string
	fault string
}

// next returns the next row that is not blank, or io.EOF.
func (r *rowReader) next() (csvRow, error) {
	for {
		first, err := r.peek(0)
		if err != nil {
			return csvRow{}, err
		}
		if first != "" {
			break
		}
		r.skip(1)
	}
	row := csvRow{line: r.line + 1, raw: r.ahead[0]}
	if !strings.Contains(row.raw, `"`) {
		r.skip(1)
		row.cells = strings.Split(row.raw, ",")
		return row.check(), nil
	}
	text, n, err := r.quoted()
	if err != nil {
		return csvRow{}, err
	}
	if n == 0 {
		r.skip(1)
		row.fault = "a quotation mark has no partner"
		return row.check(), nil
	}
	r.skip(n)
	row.raw = text
	if row.cells, err = csv.NewReader(strings.NewReader(text)).Read(); err != nil {
		row.fault = "it is not written as CSV"
		if broken := (*csv.ParseError)(nil); errors.As(err, &broken) {
			row.fault = broken.Err.Error()
		}
	}
	return row.check(), nil
}

func (row csvRow) check() csvRow {
	if len(row.raw) > maxRow {
		row.fault = fmt.Sprintf("the row has more than %d bytes", maxRow)
	}
	return row
}

// quoted joins lines until every quotation mark has a partner and says how many there are; 0 when that
// does not happen within maxRow bytes.
func (r *rowReader) quoted() (text string, n int, err error) {
	marks, size := 0, 0
	for n = 0; size <= maxRow; n++ {
		line, err := r.peek(n)
		if errors.Is(err, io.EOF) {
			return "", 0, nil
		}
		if err != nil {
			return "", 0, err
		}
		size += len(line) + 1
		if marks += strings.Count(line, `"`); marks%2 == 0 {
			return strings.Join(r.ahead[:n+1], "\n"), n + 1, nil
		}
	}
	return "", 0, nil
}

// peek returns the nth line ahead without its line end.
func (r *rowReader) peek(n int) (string, error) {
	for len(r.ahead) <= n {
		if r.drained {
			return "", io.EOF
		}
		line, err := r.readLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		r.drained = err != nil
		if err == nil || line != "" {
			r.ahead = append(r.ahead, text(strings.TrimSuffix(line, "\r")))
		}
	}
	return r.ahead[n], nil
}

func (r *rowReader) skip(n int) {
	r.ahead = slices.Delete(r.ahead, 0, n)
	r.line += n
}

// readLine returns a line, of a very long one no more than is needed to see that it is too long.
func (r *rowReader) readLine() (string, error) {
	var line strings.Builder
	for {
		part, err := r.in.ReadSlice('\n')
		if line.Len() <= maxRow {
			line.Write(part)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimSuffix(line.String(), "\n"), err
		}
	}
}

// text returns a line as UTF-8. Bytes that are not are taken for Latin-1, which loses none of them.
func text(line string) string {
	if utf8.ValidString(line) {
		return line
	}
	runes := make([]rune, len(line))
	for i := range len(line) {
		runes[i] = rune(line[i])
	}
	return string(runes)
}
