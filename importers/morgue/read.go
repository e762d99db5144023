package morgue

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"hindsight/importers"
)

const (
	pageSize = 200       // records and rejects stored in one transaction
	maxRows  = 512 << 20 // bytes of wanted rows, which are held in memory: Morgue is written by hand
	maxKept  = 64 << 10  // bytes of a bad row that its rejection keeps
)

// cursor says how far a run came: the first Rejects bad rows, and the postmortems up to ID.
type cursor struct {
	Rejects int   `json:"rejects"`
	ID      int64 `json:"id,omitempty"`
}

// read yields bad rows, then postmortems, of all files together: each may hold some of the tables. A resumed run reads the
// files again.
func read(ctx context.Context, in importers.Input, from importers.Cursor) iter.Seq2[importers.Page, error] {
	return func(yield func(importers.Page, error) bool) {
		c := collector{ctx: ctx, yield: yield, rows: map[string]map[int64][]row{}, files: map[string]string{}, places: map[int64]string{}}
		if len(from) > 0 {
			if err := json.Unmarshal(from, &c.from); err != nil {
				yield(importers.Page{}, fmt.Errorf("morgue: read cursor %q: %w", from, err))
				return
			}
		}
		if err := c.read(in.Files); err != nil && !errors.Is(err, errStopped) {
			yield(importers.Page{}, err)
		}
	}
}

var errStopped = errors.New("the reader of the pages has enough")

// collector gathers the rows of all files, by table and by the id of what they belong to.
type collector struct {
	ctx       context.Context
	rows      map[string]map[int64][]row
	size      int
	file      string            // being read
	files     map[string]string // which file a table is in
	places    map[int64]string  // of postmortems
	from, now cursor            // where to begin; where page ends
	page      importers.Page
	yield     func(importers.Page, error) bool
}

func (c *collector) read(files []importers.File) error {
	for _, f := range slices.SortedFunc(slices.Values(files), func(a, b importers.File) int { return cmp.Compare(a.Name, b.Name) }) {
		c.file = f.Name
		if err := c.readFile(f); err != nil {
			if errors.Is(err, errStopped) {
				return err
			}
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
	in := bufio.NewReaderSize(file, 1<<16)
	if head, err := in.Peek(2); err == nil && bytes.Equal(head, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return fmt.Errorf("it cannot be unpacked: %w", err)
		}
		in = bufio.NewReaderSize(unpacked, 1<<16)
	}
	if head, err := in.Peek(2); err == nil && (string(head) == "\xff\xfe" || string(head) == "\xfe\xff") {
		return errors.New("it is UTF-16, as PowerShell's > writes it; make the dump with: mysqldump --result-file=morgue.sql")
	}
	if path.Ext(strings.TrimSuffix(strings.ToLower(f.Name), ".gz")) != ".csv" {
		return readDump(&scanner{in: in, line: 1}, c)
	}
	table, known := tableOf(f.Name)
	if !known {
		return fmt.Errorf("its name is not that of a table that is read; there are %s", strings.Join(slices.Sorted(maps.Keys(tables)), ", "))
	}
	return readCSV(in, table, c)
}

// wanted reports whether a table says something about postmortems. One that is in two files is an error: rows of different
// ages must not be mixed.
func (c *collector) wanted(table string) (bool, error) {
	if _, ok := tables[table]; !ok {
		return false, c.ctx.Err()
	}
	if first, ok := c.files[table]; ok && first != c.file {
		return false, fmt.Errorf("the table %s is in %s too; import one of them at a time", table, first)
	}
	c.files[table] = c.file
	return true, c.ctx.Err()
}

func (c *collector) row(table string, line int64, r row) error {
	w := tables[table]
	id, err := strconv.ParseInt(r[w.owner], 10, 64)
	if err != nil || id <= 0 {
		return c.reject(table, line, fmt.Sprintf("column %s: %q is no id", w.owner, r[w.owner]), text(r))
	}
	if c.rows[table] == nil {
		c.rows[table] = map[int64][]row{}
	}
	if w.owner == "id" && len(c.rows[table][id]) > 0 {
		return c.reject(table, line, fmt.Sprintf("the id %d was there before", id), text(r))
	}
	kept := w.only(r)
	for column, v := range kept {
		c.size += len(column) + len(v)
	}
	if c.size > maxRows {
		return fmt.Errorf("the rows about postmortems take more than %d MiB; the import was given up", maxRows>>20)
	}
	if table == "postmortems" {
		c.places[id] = fmt.Sprintf("%s, line %d", c.file, line)
	}
	c.rows[table][id] = append(c.rows[table][id], kept)
	return nil
}

func text(r row) string {
	body, _ := json.Marshal(r) // a map of texts always encodes
	return string(body)
}

func (c *collector) reject(table string, line int64, reason, body string) error {
	if c.now.Rejects++; c.now.Rejects <= c.from.Rejects {
		return nil
	}
	place := fmt.Sprintf("%s, line %d", c.file, line)
	if table != "" {
		place += ", table " + table
	}
	body = strings.ToValidUTF8(body[:min(len(body), maxKept)], "\ufffd")
	c.page.Rejects = append(c.page.Rejects, importers.Reject{Place: place, Reason: reason, Body: body})
	return c.full()
}

// record is a postmortem with all rows that say something about it: what is stored.
type record struct {
	Tables map[string][]row `json:"tables"` // by table, each in the order of their ids
}

func (c *collector) records() error {
	ids := slices.Sorted(maps.Keys(c.rows["postmortems"]))
	c.page.Total = int64(len(ids))
	for _, id := range ids {
		if id <= c.from.ID {
			continue
		}
		body, err := json.Marshal(c.record(id))
		if err != nil {
			return err
		}
		c.page.Records = append(c.page.Records, importers.Record{
			ExternalID: strconv.FormatInt(id, 10), Body: body, Place: c.places[id], Gone: deleted(c.rows["postmortems"][id][0]),
		})
		c.now.ID = id
		if err := c.full(); err != nil {
			return err
		}
	}
	return c.flush()
}

// record puts a postmortem together with its rows. What was taken off it in Morgue stays in the tables, marked as deleted.
func (c *collector) record(id int64) record {
	rec := record{Tables: map[string][]row{}}
	for table, w := range tables {
		if table == "postmortems" || w.owner == "postmortem_id" {
			rec.add(table, c.rows[table][id])
		}
	}
	for _, ref := range rec.Tables["postmortem_referenced_tags"] {
		rec.add("tags", c.rows["tags"][ref.id("tag_id")])
	}
	for _, rows := range rec.Tables {
		slices.SortStableFunc(rows, func(a, b row) int {
			return cmp.Or(cmp.Compare(a.id("id"), b.id("id")), cmp.Compare(a.id("tag_id"), b.id("tag_id")))
		})
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

func deleted(r row) bool { return r.id("deleted") != 0 }

// id returns the number in a column; 0 stands for none.
func (r row) id(column string) int64 {
	id, err := strconv.ParseInt(r[column], 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// full yields the page when it is.
func (c *collector) full() error {
	if len(c.page.Records)+len(c.page.Rejects) < pageSize {
		return nil
	}
	return c.flush()
}

func (c *collector) flush() (err error) {
	if len(c.page.Records)+len(c.page.Rejects) == 0 {
		return nil
	}
	if c.page.Next, err = json.Marshal(c.now); err != nil {
		return err
	}
	page := c.page
	c.page = importers.Page{Total: page.Total}
	if !c.yield(page, c.ctx.Err()) {
		return errStopped
	}
	return nil
}
