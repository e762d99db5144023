package dispatch

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"hindsight/importers"
)

const pageSize = 200 // records and rejects stored in one transaction

// cursor says how far a run came: all files before File; of File the first Rejects bad rows, and the incidents up to ID
// of Organization.
type cursor struct {
	File         string `json:"file"`
	Rejects      int    `json:"rejects"`
	Organization string `json:"organization,omitempty"`
	ID           int64  `json:"id,omitempty"`
}

// read yields bad rows, then incidents, of each file in the order of their names. A resumed run reads the file again.
func read(ctx context.Context, in importers.Input, from importers.Cursor) iter.Seq2[importers.Page, error] {
	return func(yield func(importers.Page, error) bool) {
		var cur cursor
		if len(from) > 0 {
			if err := json.Unmarshal(from, &cur); err != nil {
				yield(importers.Page{}, fmt.Errorf("dispatch: read cursor %q: %w", from, err))
				return
			}
		}
		files := slices.SortedFunc(slices.Values(in.Files), func(a, b importers.File) int { return cmp.Compare(a.Name, b.Name) })
		for _, f := range files {
			if f.Name < cur.File {
				continue
			}
			r := reader{file: f.Name, yield: yield, now: cursor{File: f.Name}, lines: map[place]int64{}}
			if f.Name == cur.File {
				r.from = cur
			}
			if err := r.read(ctx, f); err != nil {
				if !errors.Is(err, errStopped) {
					yield(importers.Page{}, err)
				}
				return
			}
		}
	}
}

var errStopped = errors.New("the reader of the pages has enough")

// reader reads one file.
type reader struct {
	file      string
	from, now cursor // where to begin; where page ends
	page      importers.Page
	yield     func(importers.Page, error) bool
	shelf     *shelf
	lines     map[place]int64 // of incidents
}

func (r *reader) read(ctx context.Context, f importers.File) (err error) {
	file, err := f.Open()
	if err != nil {
		return fmt.Errorf("dispatch: open %s: %w", f.Name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	in, err := text(file)
	if err != nil {
		return fmt.Errorf("dispatch: %s: %w", f.Name, err)
	}
	if r.shelf, err = newShelf(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.shelf.Close()) }()
	if err := r.rows(ctx, &dump{in: in}); err != nil {
		return err
	}
	return r.incidents(ctx)
}

// text returns the content of a dump, without gzip, or says why it cannot be read.
func text(file io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(file, 1<<20)
	head, err := in.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("it cannot be unpacked: %w", err)
		}
		return text(struct{ io.Reader }{unpacked})
	case bytes.HasPrefix(head, []byte("PGDMP")), bytes.HasPrefix(head, []byte("toc.dat")):
		return nil, errors.New("it is a dump in PostgreSQL's own format; make text of it with: pg_restore -f dispatch.sql FILE")
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, errors.New("it is UTF-16, as PowerShell's > writes it; make the dump with: pg_dump -f dispatch.sql")
	}
	return in, nil
}

// rows puts the wanted rows on the shelf. The file is no dump of Dispatch if it has no table of incidents.
func (r *reader) rows(ctx context.Context, d *dump) error {
	found, inserts := false, false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, err := d.next(64 << 10)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("dispatch: %s, line %d: %w", r.file, d.number+1, err)
		}
		statement := string(l.text)
		inserts = inserts || strings.HasPrefix(statement, "INSERT INTO ")
		t, ok := copyOf(statement)
		if !ok {
			continue
		}
		found = found || t.name == "incident"
		if err := r.table(ctx, d, t); err != nil {
			return err
		}
	}
	switch {
	case !found && inserts:
		return fmt.Errorf("dispatch: %s holds INSERT statements; make the dump without --inserts", r.file)
	case !found:
		return fmt.Errorf("dispatch: %s holds no table of incidents; a plain-text dump by pg_dump of Dispatch's whole database is expected", r.file)
	}
	return r.shelf.out.Flush()
}

// table reads the rows of one table.
func (r *reader) table(ctx context.Context, d *dump, t table) error {
	w, wanted := tables[t.name]
	organization, of := organization(t.schema)
	wanted = wanted && of
	keep := len(endOfRows) + 3 // enough to see the end, with its line end
	if wanted {
		keep = maxRow
		r.shelf.organizations = r.shelf.organizations || organization != ""
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l, err := d.next(keep)
		if errors.Is(err, io.EOF) {
			return r.reject(d.number, t, "the dump ends within this table: it was cut off, so that rows are missing; make it again", nil)
		}
		if err != nil {
			return fmt.Errorf("dispatch: %s, line %d: %w", r.file, d.number+1, err)
		}
		if bytes.Equal(l.text, endOfRows) {
			return nil
		}
		if wanted {
			if err := r.row(l, t, w, organization); err != nil {
				return err
			}
		}
	}
}

// row puts one row on the shelf, or among the rejects.
func (r *reader) row(l line, t table, w want, organization string) error {
	if l.cut {
		return r.reject(l.number, t, fmt.Sprintf("the row holds more than %d MiB", maxRow>>20), l.text)
	}
	fields, err := t.fields(l.text)
	if err != nil {
		return r.reject(l.number, t, err.Error(), l.text)
	}
	if fields[w.owner] == "" && w.owner != "id" {
		return nil // of a case, a signal or a template
	}
	where := place{organization, t.name, fields.id(w.owner)}
	switch {
	case where.id == 0:
		return r.reject(l.number, t, fmt.Sprintf("column %s: %q is no id", w.owner, fields[w.owner]), l.text)
	case w.owner == "id" && len(r.shelf.rows[where]) > 0:
		return r.reject(l.number, t, fmt.Sprintf("the id %d was there before", where.id), l.text)
	}
	if t.name == "incident" {
		r.lines[where] = l.number
	}
	return r.shelf.put(where, w.only(fields))
}

func (r *reader) reject(number int64, t table, reason string, body []byte) error {
	if r.now.Rejects++; r.now.Rejects <= r.from.Rejects {
		return nil
	}
	kept := strings.ToValidUTF8(string(body[:min(len(body), maxKept)]), "\ufffd")
	r.page.Rejects = append(r.page.Rejects, importers.Reject{
		Place: fmt.Sprintf("%s, line %d, table %s", r.file, number, t.name), Reason: reason, Body: kept,
	})
	return r.full()
}

// incidents yields what is on the shelf, behind what the run before has given.
func (r *reader) incidents(ctx context.Context) error {
	all := r.shelf.incidents()
	r.page.Total = int64(len(all))
	for _, where := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if cmp.Or(cmp.Compare(where.organization, r.from.Organization), cmp.Compare(where.id, r.from.ID)) <= 0 {
			continue
		}
		rec, err := r.shelf.incident(where.organization, where.id)
		if err != nil {
			return err
		}
		body, err := json.Marshal(rec)
		if err != nil {
			return err
		}
		id := externalID(where.organization, where.id)
		r.page.Records = append(r.page.Records, importers.Record{ExternalID: id, Body: body, Place: fmt.Sprintf("%s, line %d", r.file, r.lines[where])})
		r.now.Organization, r.now.ID = where.organization, where.id
		if err := r.full(); err != nil {
			return err
		}
	}
	return r.flush()
}

// full yields the page when it is.
func (r *reader) full() error {
	if len(r.page.Records)+len(r.page.Rejects) < pageSize {
		return nil
	}
	return r.flush()
}

func (r *reader) flush() (err error) {
	if len(r.page.Records)+len(r.page.Rejects) == 0 {
		return nil
	}
	if r.page.Next, err = json.Marshal(r.now); err != nil {
		return err
	}
	page := r.page
	r.page = importers.Page{Total: page.Total}
	if !r.yield(page, nil) {
		return errStopped
	}
	return nil
}
