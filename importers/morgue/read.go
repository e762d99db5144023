package morgue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
	"hindsight/importers/dump"
)

const (
	pageSize = 200       // records and rejects stored in one transaction
	maxRows  = 512 << 20 // bytes of wanted rows, which are held in memory: Morgue is written by hand
)

// collector gathers the rows of all files, by table and by the id of what they belong to: each file may hold some of the tables.
type collector struct {
	ctx    context.Context
	batch  *importers.Batch
	rows   map[string]map[int64][]row
	size   int
	file   string            // being read
	files  map[string]string // which file a table is in
	places map[int64]string  // of postmortems
}

// read yields bad rows, then postmortems, of all files together. A resumed run reads the files again.
var read = importers.ReadTogether(pageSize, collect)

func collect(ctx context.Context, in importers.Input, b *importers.Batch) error {
	c := collector{ctx: ctx, batch: b, rows: map[string]map[int64][]row{}, files: map[string]string{}, places: map[int64]string{}}
	for _, f := range in.Files {
		c.file = f.Name
		if err := c.readFile(f); err != nil {
			return fmt.Errorf("morgue: %s: %w", f.Name, err)
		}
	}
	if c.rows["postmortems"] == nil {
		return errors.New("morgue: there is no table postmortems with rows in it; a dump of Morgue's database, or the file postmortems.csv, is expected")
	}
	return c.records()
}

func (c *collector) readFile(f importers.File) (err error) {
	file, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	in, err := dump.Text(file, "mysqldump --result-file=morgue.sql")
	if err != nil {
		return err
	}
	if path.Ext(strings.TrimSuffix(strings.ToLower(f.Name), ".gz")) != ".csv" {
		return dump.MySQL(in, c)
	}
	table, known := tableOf(f.Name)
	if !known {
		return fmt.Errorf("its name is not that of a table that is read; there are %s", strings.Join(slices.Sorted(maps.Keys(tables)), ", "))
	}
	return dump.CSV(in, table, c)
}

// Wanted reports whether a table says something about postmortems. One that is in two files is an error: rows of different
// ages must not be mixed.
func (c *collector) Wanted(t dump.Name) (bool, error) {
	if _, ok := tables[t.Table]; !ok {
		return false, c.ctx.Err()
	}
	if first, ok := c.files[t.Table]; ok && first != c.file {
		return false, fmt.Errorf("the table %s is in %s too; import one of them at a time", t.Table, first)
	}
	c.files[t.Table] = c.file
	return true, c.ctx.Err()
}

func (c *collector) Row(t dump.Name, line int64, r row) error {
	w, id := tables[t.Table], int64(0)
	if id = r.ID(w.Owner); id == 0 {
		return c.Reject(t, line, fmt.Sprintf("column %s: %q is no id", w.Owner, r[w.Owner]), r.String())
	}
	if c.rows[t.Table] == nil {
		c.rows[t.Table] = map[int64][]row{}
	}
	if w.Owner == "id" && len(c.rows[t.Table][id]) > 0 {
		return c.Reject(t, line, fmt.Sprintf("the id %d was there before", id), r.String())
	}
	kept := w.Only(r)
	for column, v := range kept {
		c.size += len(column) + len(v)
	}
	if c.size > maxRows {
		return fmt.Errorf("the rows about postmortems take more than %d MiB; the import was given up", maxRows>>20)
	}
	if t.Table == "postmortems" {
		c.places[id] = fmt.Sprintf("%s, line %d", c.file, line)
	}
	c.rows[t.Table][id] = append(c.rows[t.Table][id], kept)
	return nil
}

func (c *collector) Reject(t dump.Name, line int64, reason, body string) error {
	place := fmt.Sprintf("%s, line %d", c.file, line)
	if t.Table != "" {
		place += ", table " + t.Table
	}
	return c.batch.Reject(importers.Reject{Place: place, Reason: reason, Body: body})
}

// record is a postmortem with all rows that say something about it: what is stored.
type record struct {
	Tables map[string][]row `json:"tables"` // by table, each in the order of their ids
}

func (c *collector) records() error {
	ids := slices.Sorted(maps.Keys(c.rows["postmortems"]))
	c.batch.Total = int64(len(ids))
	for _, id := range ids {
		body, err := json.Marshal(c.record(id))
		if err != nil {
			return err
		}
		if err := c.batch.Add(importers.Record{
			ExternalID: strconv.FormatInt(id, 10), Body: body, Place: c.places[id], Gone: deleted(c.rows["postmortems"][id][0]),
		}); err != nil {
			return err
		}
	}
	return nil
}

// record puts a postmortem together with its rows. What was taken off it in Morgue stays in the tables, marked as deleted.
func (c *collector) record(id int64) record {
	rec := record{Tables: map[string][]row{}}
	for table, w := range tables {
		if table == "postmortems" || w.Owner == "postmortem_id" {
			rec.add(table, c.rows[table][id])
		}
	}
	for _, ref := range rec.Tables["postmortem_referenced_tags"] {
		rec.add("tags", c.rows["tags"][ref.ID("tag_id")])
	}
	for _, rows := range rec.Tables {
		dump.Sort(rows, "id", "tag_id")
	}
	return rec
}

func (r record) add(table string, rows []row) {
	for _, one := range rows {
		if table == "postmortems" || !deleted(one) {
			r.Tables[table] = append(r.Tables[table], one)
		}
	}
}

func deleted(r row) bool { return r.ID("deleted") != 0 }
