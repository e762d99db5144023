package servicenow

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unique"

	"hindsight/importers"
)

// pageSize is how many records are stored in one transaction.
const pageSize = 500

// read yields one record per ticket and file, in order of file name and ticket number. A file is grouped
// as a whole before its first page, because its rows may come in any order.
var read = importers.ReadFiles(name, pageSize, readFile)

func readFile(ctx context.Context, _ importers.Input, f importers.File, b *importers.Batch) error {
	g, err := group(ctx, f)
	if err != nil {
		return err
	}
	b.Total = int64(len(g.rows))
	for _, r := range g.rejects {
		if err := b.Reject(r); err != nil {
			return err
		}
	}
	for _, number := range slices.Sorted(maps.Keys(g.rows)) {
		if b.Skip() {
			continue
		}
		record, err := g.record(number)
		if err != nil {
			return err
		}
		if err := b.Add(record); err != nil {
			return err
		}
	}
	return nil
}

// tickets is a file's rows by ticket number. Cells are interned: a log repeats few values very often.
type tickets struct {
	file    string
	header  []string
	rows    map[string][][]unique.Handle[string]
	first   map[string]int // line of a ticket's first row
	rejects []importers.Reject
}

// group reads a whole file. Rows that are no rows of a ticket are rejected one by one.
func group(ctx context.Context, f importers.File) (*tickets, error) {
	body, err := open(f)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	rows := newRowReader(body)
	g := &tickets{file: f.Name, rows: map[string][][]unique.Handle[string]{}, first: map[string]int{}}
	if err := g.readHeader(rows); err != nil {
		return nil, err
	}
	number := slices.Index(g.header, colNumber)
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return g, nil
		}
		if err != nil {
			return nil, err
		}
		g.add(row, number)
	}
}

func (g *tickets) readHeader(rows *rowReader) error {
	row, err := rows.next()
	if err != nil {
		return fmt.Errorf("row 1: no header: %w", err)
	}
	if row.fault != "" {
		return fmt.Errorf("row 1: no header: %s", row.fault)
	}
	seen := map[string]bool{}
	for i, cell := range row.cells {
		column := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(cell, "\ufeff")))
		if column == "" || seen[column] {
			column = fmt.Sprintf("%s column %d", column, i+1)
		}
		seen[column] = true
		g.header = append(g.header, strings.TrimSpace(column))
	}
	for _, column := range required {
		if !seen[column] {
			return fmt.Errorf("row 1: there is no column %q; an event log has at least %s", column, strings.Join(required[:], ", "))
		}
	}
	return nil
}

func (g *tickets) add(r csvRow, number int) {
	switch {
	case r.fault != "":
		g.reject(r, "", r.fault)
		return
	case len(r.cells) != len(g.header):
		g.reject(r, "", fmt.Sprintf("the row has %d cells, the header %d", len(r.cells), len(g.header)))
		return
	case importers.Unset(r.cells[number]):
		g.reject(r, ", column "+colNumber, "the row names no ticket")
		return
	}
	row := make([]unique.Handle[string], len(r.cells))
	for i, c := range r.cells {
		row[i] = unique.Make(c)
	}
	id := importers.Line(r.cells[number])
	if len(g.rows[id]) == 0 {
		g.first[id] = r.line
	}
	g.rows[id] = append(g.rows[id], row)
}

// maxBody is how much of a row a rejection keeps.
const maxBody = 64 << 10

func (g *tickets) reject(r csvRow, column, reason string) {
	body := r.raw
	if len(body) > maxBody {
		body = strings.ToValidUTF8(body[:maxBody], "")
	}
	g.rejects = append(g.rejects, importers.Reject{
		Place:  fmt.Sprintf("%s, row %d%s", g.file, r.line, column),
		Reason: reason,
		Body:   strings.Clone(body), // not the whole row with it
	})
}

func (g *tickets) record(number string) (importers.Record, error) {
	part := history{Header: g.header}
	for _, handles := range g.rows[number] {
		cells := make([]string, len(handles))
		for i, h := range handles {
			cells[i] = h.Value()
		}
		part.Rows = append(part.Rows, cells)
	}
	body, err := union(part).encode()
	if err != nil {
		return importers.Record{}, fmt.Errorf("servicenow: encode %s: %w", number, err)
	}
	return importers.Record{ExternalID: number, Body: body, Place: fmt.Sprintf("%s, row %d", g.file, g.first[number])}, nil
}

// open returns the file's text, unpacked where its name says that it is packed.
func open(f importers.File) (io.ReadCloser, error) {
	file, err := f.Open()
	if err != nil || !strings.HasSuffix(strings.ToLower(f.Name), ".gz") {
		return file, err
	}
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{unpacked, file}, nil
}
