// Package table reads incidents from CSV, JSON Lines and Excel files, as the user's saved [Mapping] of
// columns says. It knows no particular product's export: those have sources of their own. Start with
// [Source]; the wizard's steps are [Inspect], [Suggest] and [Preview].
package table

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	sourceName = "table"
	collection = "incidents"
	pageSize   = 500
)

// Source returns the source that reads table files.
func Source() importers.Source {
	return importers.Source{
		Name:    sourceName,
		Title:   "CSV, JSON Lines or Excel file",
		Summary: "Reads one incident per row of a table; a saved mapping says which column means what.",
		Docs:    "https://www.rfc-editor.org/rfc/rfc4180",
		Origin:  incident.OriginFile,
		File:    true,
		Accept:  []string{".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx", ".gz"},
		Settings: []importers.Field{
			{Name: "zone", Label: "Time zone", Help: "IANA name of the zone of times that name none, such as Europe/Berlin", Default: "UTC", Check: importers.CheckZone},
			{Name: "format", Label: "Format", Help: "Found out from the content when empty", Options: []string{formatCSV, formatJSONL, formatXLSX}},
			{Name: "sheet", Label: "Sheet", Help: "Name of the workbook's sheet; the first one when empty"},
			{Name: "delimiter", Label: "Separator", Help: "Between the fields of CSV; found out from the content when empty", Options: []string{"comma", "semicolon", "tab", "bar"}},
		},
		Missing: []string{"history of status changes", "timeline"},
		Collections: []importers.Collection{{
			Name: collection,
			Read: func(ctx context.Context, in importers.Input, cursor importers.Cursor) iter.Seq2[importers.Page, error] {
				return func(yield func(importers.Page, error) bool) { read(ctx, in, cursor, usual, yield) }
			},
			Map: mapRow,
		}},
		Check: checkMapping,
	}
}

// checkMapping refuses a saved mapping that cannot be read.
func checkMapping(cfg importers.Config) error {
	if len(cfg.Mapping) == 0 {
		return nil
	}
	if _, err := ParseMapping(cfg.Mapping); err != nil {
		return incident.Invalidf("mapping", "%s", err.Error())
	}
	return nil
}

// position is the cursor: all rows of the files before File (in the order of names), and those of File up
// to Row, have been read.
type position struct {
	File string `json:"file"`
	Row  int64  `json:"row"`
}

func read(ctx context.Context, in importers.Input, cursor importers.Cursor, l limits, yield func(importers.Page, error) bool) {
	files := slices.SortedFunc(slices.Values(in.Files), func(a, b importers.File) int { return strings.Compare(a.Name, b.Name) })
	var from position
	if len(cursor) > 0 {
		if err := json.Unmarshal(cursor, &from); err != nil {
			yield(importers.Page{}, fmt.Errorf("table: cursor %q: %w", cursor, err))
			return
		}
		if !slices.ContainsFunc(files, func(f importers.File) bool { return f.Name == from.File }) {
			yield(importers.Page{}, fmt.Errorf("table: the run stopped in %s, which is not among the files", from.File))
			return
		}
	}
	for _, f := range files {
		if f.Name < from.File {
			continue
		}
		after := int64(0)
		if f.Name == from.File {
			after = from.Row
		}
		if err := readFile(ctx, in.Config, f, after, l, yield); err != nil {
			if !errors.Is(err, errStopped) {
				yield(importers.Page{}, err)
			}
			return
		}
	}
}

var errStopped = errors.New("the reader of the pages has enough")

// readFile yields the rows of f behind row after, in pages.
func readFile(ctx context.Context, cfg importers.Config, f importers.File, after int64, l limits, yield func(importers.Page, error) bool) error {
	p := pager{file: f.Name, after: after, yield: yield, rows: map[uint64]int64{}}
	err := eachRow(f, cfg, l, func(r row, m Mapping) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return p.add(r, m)
	})
	if err != nil {
		return err
	}
	return p.flush()
}

// eachRow calls do with every row of f and the mapping in force.
func eachRow(f importers.File, cfg importers.Config, l limits, do func(row, Mapping) error) (err error) {
	t, err := openTable(f, cfg, l)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	m, known, err := t.mapping(cfg)
	if err != nil {
		return fmt.Errorf("table: %s: %w", f.Name, err)
	}
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("table: %w", err)
		}
		if !known && r.fault == "" { // JSON Lines without a mapping: the first record's members speak for all
			m, known = byName(union([]row{r})), true
		}
		if err := do(r, m); err != nil {
			return err
		}
	}
}

// mapping returns the mapping for the file; known is false when it must be made from the first record.
// A key column that a table does not have is an error at once, not one per row.
func (t opened) mapping(cfg importers.Config) (m Mapping, known bool, err error) {
	if len(cfg.Mapping) == 0 {
		return byName(t.header), t.header != nil, nil
	}
	if m, err = ParseMapping(cfg.Mapping); err != nil {
		return m, false, err
	}
	for _, column := range m.Key {
		if t.header != nil && !slices.Contains(t.header, column) {
			return m, false, fmt.Errorf("there is no column %q, which the mapping takes the key from; there are: %s", column, strings.Join(t.header, ", "))
		}
	}
	return m, true, nil
}

// pager gathers rows into pages.
type pager struct {
	file  string
	after int64
	page  importers.Page
	last  int64            // number of the newest row in page
	rows  map[uint64]int64 // row of each key so far, by the key's hash: some 40 bytes per row
	yield func(importers.Page, error) bool
}

func (p *pager) add(r row, m Mapping) error {
	record, reject := p.record(r, m)
	if r.number <= p.after {
		return nil // read by the run before; only its key had to be known
	}
	if reject != nil {
		p.page.Rejects = append(p.page.Rejects, *reject)
	} else {
		p.page.Records = append(p.page.Records, record)
	}
	p.last = r.number
	if len(p.page.Records)+len(p.page.Rejects) == pageSize {
		return p.flush()
	}
	return nil
}

// record returns the row as a record, or as a reject when it could not be read, has no key, or has the key
// of an earlier row of the file: storing both would silently drop one.
func (p *pager) record(r row, m Mapping) (importers.Record, *importers.Reject) {
	if r.fault != "" {
		return importers.Record{}, &importers.Reject{Place: r.place, Reason: r.fault, Body: r.raw}
	}
	body := r.encode()
	key, err := m.key(r.cells)
	if err != nil {
		return importers.Record{}, &importers.Reject{Place: r.place, Reason: err.Error(), Body: string(body)}
	}
	sum := sha256.Sum256([]byte(key))
	short := binary.BigEndian.Uint64(sum[:])
	if first, twice := p.rows[short]; twice {
		reason := fmt.Sprintf("row %d has the same key, %s; a key must be unique in a file", first, key)
		return importers.Record{}, &importers.Reject{Place: r.place, Reason: reason, Body: string(body)}
	}
	p.rows[short] = r.number
	return importers.Record{ExternalID: key, Body: body, Place: r.place}, nil
}

func (p *pager) flush() error {
	if len(p.page.Records)+len(p.page.Rejects) == 0 {
		return nil
	}
	// A struct of a text and a number always encodes.
	p.page.Next, _ = json.Marshal(position{p.file, p.last})
	page := p.page
	p.page = importers.Page{}
	if !p.yield(page, nil) {
		return errStopped
	}
	return nil
}
