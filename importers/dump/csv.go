package dump

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// CSV reads the exported rows of one table. The first line names the columns. NULL and \N stand for nulls, as MySQL and
// its tools write them.
func CSV(in *bufio.Reader, table string, to Taker) error {
	name := Name{Table: table}
	if wanted, err := to.Wanted(name); err != nil || !wanted {
		return err
	}
	if head, err := in.Peek(3); err == nil && bytes.Equal(head, []byte("\ufeff")) {
		if _, err := in.Discard(3); err != nil {
			return err
		}
	}
	r := csv.NewReader(in)
	r.FieldsPerRecord = -1
	if head, err := in.Peek(4096); len(head) > 0 && (err == nil || errors.Is(err, io.EOF)) {
		line, _, _ := bytes.Cut(head, []byte("\n"))
		if bytes.Count(line, []byte(";")) > bytes.Count(line, []byte(",")) {
			r.Comma = ';'
		}
	}
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("the header cannot be read: %w", err)
	}
	for {
		fields, err := r.Read()
		var wrong *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &wrong):
			if err := to.Reject(name, int64(wrong.StartLine), "the row is no CSV: "+wrong.Err.Error(), ""); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		line, _ := r.FieldPos(0)
		if len(fields) != len(header) {
			if err := to.Reject(name, int64(line), fmt.Sprintf("the row has %d fields, the header has %d", len(fields), len(header)), ""); err != nil {
				return err
			}
			continue
		}
		values := Row{}
		for i, v := range fields {
			if v != "NULL" && v != `\N` {
				values[header[i]] = v
			}
		}
		if err := to.Row(name, int64(line), values); err != nil {
			return err
		}
	}
}
