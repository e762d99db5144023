// Package dump reads rows out of what databases write as text: dumps by pg_dump and mysqldump, and tables that were exported as
// CSV. It is for systems that do not run any more, of which the data alone are left.
//
// Start with [Taker]. postgres.go and mysql.go read dumps, scan.go cuts MySQL's statements into tokens, csv.go reads
// exported tables, rows.go says what is wanted of them.
package dump

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Name names a table. What PostgreSQL dumps always has a schema; MySQL has none.
type Name struct{ Schema, Table string }

// Taker is given the rows of a dump, and what could not be read as one. An error of it ends the reading.
type Taker interface {
	// Wanted is asked once for each table that has rows, before they come.
	Wanted(Name) (bool, error)
	Row(table Name, line int64, r Row) error
	// Reject is given the row as far as it could be read. The name is empty where no table is known.
	Reject(table Name, line int64, reason, text string) error
}

// Text returns a dump without gzip. again is the command that makes another one where this is of no use.
func Text(file io.Reader, again string) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(file, 1<<20)
	head, err := in.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.Equal(head, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("it cannot be unpacked: %w", err)
		}
		return Text(unpacked, again)
	case bytes.Equal(head, []byte{0xff, 0xfe}), bytes.Equal(head, []byte{0xfe, 0xff}):
		return nil, errors.New("it is UTF-16, as PowerShell's > writes it; make the dump with: " + again)
	}
	return in, nil
}
