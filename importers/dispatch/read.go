package dispatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"hindsight/importers"
	"hindsight/importers/dump"
)

const pageSize = 200 // records and rejects stored in one transaction

// reader takes the rows of one file.
type reader struct {
	file  string
	batch *importers.Batch
	shelf *shelf
	found bool            // there is a table of incidents
	lines map[place]int64 // of incidents
}

// read yields bad rows, then incidents, of each file. A resumed run reads the file again.
var read = importers.ReadFiles(name, pageSize, readFile)

func readFile(ctx context.Context, _ importers.Input, f importers.File, b *importers.Batch) (err error) {
	file, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r := reader{file: f.Name, batch: b, lines: map[place]int64{}}
	if r.shelf, err = newShelf(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.shelf.Close()) }()
	if err := r.rows(ctx, file); err != nil {
		return err
	}
	return r.incidents(ctx)
}

// rows puts the wanted rows on the shelf. The file is no dump of Dispatch if it has no table of incidents.
func (r *reader) rows(ctx context.Context, file io.Reader) error {
	in, err := dump.Text(file, "pg_dump -f dispatch.sql")
	if err != nil {
		return err
	}
	if head, _ := in.Peek(8); strings.HasPrefix(string(head), "PGDMP") || strings.HasPrefix(string(head), "toc.dat") {
		return errors.New("it is a dump in PostgreSQL's own format; make text of it with: pg_restore -f dispatch.sql FILE")
	}
	inserts, err := dump.Postgres(ctx, in, r)
	switch {
	case err != nil:
		return err
	case !r.found && inserts:
		return errors.New("it holds INSERT statements; make the dump without --inserts")
	case !r.found:
		return errors.New("it holds no table of incidents; a plain-text dump by pg_dump of Dispatch's whole database is expected")
	}
	return r.shelf.out.Flush()
}

// Wanted reports whether a table says something about incidents, and is of an organization.
func (r *reader) Wanted(t dump.Name) (bool, error) {
	r.found = r.found || t.Table == "incident"
	_, known := tables[t.Table]
	organization, of := organization(t.Schema)
	if known && of {
		r.shelf.organizations = r.shelf.organizations || organization != ""
	}
	return known && of, nil
}

// Row puts one row on the shelf, or among the rejects.
func (r *reader) Row(t dump.Name, line int64, fields dump.Row) error {
	w := tables[t.Table]
	if fields[w.Owner] == "" && w.Owner != "id" {
		return nil // of a case, a signal or a template
	}
	organization, _ := organization(t.Schema)
	where := place{organization, t.Table, fields.ID(w.Owner)}
	switch {
	case where.id == 0:
		return r.Reject(t, line, fmt.Sprintf("column %s: %q is no id", w.Owner, fields[w.Owner]), fields.String())
	case w.Owner == "id" && len(r.shelf.rows[where]) > 0:
		return r.Reject(t, line, fmt.Sprintf("the id %d was there before", where.id), fields.String())
	}
	if t.Table == "incident" {
		r.lines[where] = line
	}
	return r.shelf.put(where, w.Only(fields))
}

func (r *reader) Reject(t dump.Name, line int64, reason, text string) error {
	return r.batch.Reject(importers.Reject{Place: fmt.Sprintf("%s, line %d, table %s", r.file, line, t.Table), Reason: reason, Body: text})
}

// incidents adds what is on the shelf.
func (r *reader) incidents(ctx context.Context) error {
	all := r.shelf.incidents()
	r.batch.Total = int64(len(all))
	for _, where := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.batch.Skip() {
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
		if err := r.batch.Add(importers.Record{ExternalID: id, Body: body, Place: fmt.Sprintf("%s, line %d", r.file, r.lines[where])}); err != nil {
			return err
		}
	}
	return nil
}
