package table

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hindsight/reports"
)

// CSV writes t as RFC 4180 asks: a header of the column keys ("median_seconds"), one line per row, CRLF, UTF-8.
// Numbers are plain, times RFC 3339 in UTC, missing cells empty; why they are missing and what the
// numbers were made from is in JSON. bom puts the mark in front that Excel needs to see UTF-8.
//
// Text that a spreadsheet would run as a formula (it begins with =, +, -, @, one of their wide forms, tab, CR or LF)
// gets an apostrophe in front.
func CSV(w io.Writer, t reports.Table, bom bool) error {
	out := bufio.NewWriter(w)
	if bom {
		out.WriteString("\ufeff")
	}
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = harmless(c.Key)
	}
	writeRecord(out, record)
	for n, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table: %s row %d: %d cells for %d columns", t.ID, n+1, len(row), len(t.Columns))
		}
		for i, cell := range row {
			record[i] = plain(cell)
		}
		writeRecord(out, record)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("table: write %s: %w", t.ID, err)
	}
	return nil
}

// Record writes one line of a CSV file whose cells are texts, as CSV does. It is for files that are too long to be held in
// memory; errors stay in out until Flush.
func Record(out *bufio.Writer, texts ...string) {
	record := make([]string, len(texts))
	for i, text := range texts {
		record[i] = harmless(text)
	}
	writeRecord(out, record)
}

func plain(c reports.Cell) string {
	switch {
	case c.Number != nil && finite(*c.Number):
		return strconv.FormatFloat(*c.Number, 'f', -1, 64)
	case !c.Time.IsZero():
		return c.Time.UTC().Format(time.RFC3339)
	}
	return harmless(c.Text)
}

// harmless is OWASP's advice against formula injection.
func harmless(text string) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}

// writeRecord does not use encoding/csv, which with CRLF loses a lone CR inside a field. Errors of out stay in it
// until Flush.
func writeRecord(out *bufio.Writer, fields []string) {
	for i, f := range fields {
		if i > 0 {
			out.WriteByte(',')
		}
		if strings.ContainsAny(f, ",\"\r\n") || strings.TrimSpace(f) != f || len(fields) == 1 && f == "" {
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
		out.WriteString(f)
	}
	out.WriteString("\r\n")
}
