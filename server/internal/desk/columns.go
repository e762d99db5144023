package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
)

// KeyColumn is the meaning of a column that identifies a record for good. The other meanings are the names of
// table.Targets, and "" for a column that is kept as a field of its own.
const KeyColumn = "key"

// Columns are the columns of a table and what they mean so far.
type Columns struct {
	Header    []string
	Rows      [][]string // some rows, each as long as Header
	Mapping   table.Mapping
	Saved     bool // somebody has confirmed Mapping; else it is a suggestion
	Notes     []string
	Questions []table.Question // what the table leaves open
}

// How people write days: the answers to Columns.Assign.
const (
	YearFirst  = "ymd"
	DayFirst   = "dmy"
	MonthFirst = "mdy"
)

const storedRows = 200 // stored records that stand for all of a connection

// Columns returns the columns of an upload, or, without one, of the records that are stored already. A file that
// is no table is ErrInvalid about "file".
func (d *Desk) Columns(ctx context.Context, conn incident.Connection, upload incident.ID, sight incident.Sight) (Columns, error) {
	if conn.Source != table.Source().Name {
		return Columns{}, fmt.Errorf("desk: %s has no columns: %w", conn.Source, incident.ErrNotFound)
	}
	c, err := d.columnsOf(ctx, conn, upload, sight)
	if err != nil || len(conn.Mapping) == 0 {
		return c, err
	}
	saved, err := table.ParseMapping(conn.Mapping)
	if err != nil {
		return c, err
	}
	// A saved mapping whose key is not in the file is about other columns.
	if !slices.ContainsFunc(saved.Key, func(column string) bool { return !slices.Contains(c.Header, column) }) {
		c.Mapping, c.Saved, c.Questions = saved, true, nil
	}
	return c, nil
}

func (d *Desk) columnsOf(ctx context.Context, conn incident.Connection, upload incident.ID, sight incident.Sight) (Columns, error) {
	if upload == "" {
		return d.storedColumns(ctx, conn, sight)
	}
	files, err := d.Uploads.Open(ctx, upload)
	if err != nil {
		return Columns{}, err
	}
	if len(files) == 0 {
		return Columns{}, incident.Invalidf("file", "there is no file in it")
	}
	sheet, err := table.Inspect(ctx, files[0], importers.Config{Connection: conn.ID, Settings: conn.Settings})
	if err != nil {
		return Columns{}, incident.Invalidf("file", "%s", unprefixed(err, conn.Source))
	}
	return Columns{Header: sheet.Header, Rows: sheet.Rows, Mapping: sheet.Mapping, Notes: sheet.Notes, Questions: sheet.Questions}, nil
}

// openRaws returns some stored records of a connection, without those of incidents that may not be seen.
func (d *Desk) openRaws(ctx context.Context, connection incident.ID, sight incident.Sight) (out []*incident.Raw, err error) {
	take := func(raws []*incident.Raw) error {
		hidden, err := d.hiddenRaws(ctx, raws, sight)
		out = append(out, slices.DeleteFunc(raws, func(r *incident.Raw) bool { return hidden[r.ID] })...)
		return err
	}
	var raws []*incident.Raw
	for raw, err := range d.Store.LatestRaws(ctx, connection) {
		if err != nil {
			return nil, err
		}
		if raws = append(raws, raw); len(raws) < storedRows {
			continue
		}
		if err := take(raws); err != nil || len(out) >= storedRows {
			return out, err
		}
		raws = nil
	}
	return out, take(raws)
}

// storedColumns makes a table of stored records: JSON objects of texts.
func (d *Desk) storedColumns(ctx context.Context, conn incident.Connection, sight incident.Sight) (Columns, error) {
	var records []map[string]string
	names := map[string]bool{}
	raws, err := d.openRaws(ctx, conn.ID, sight)
	if err != nil {
		return Columns{}, err
	}
	for _, raw := range raws {
		record := map[string]string{}
		if json.Unmarshal(raw.Body, &record) != nil {
			continue
		}
		delete(record, "") // holds how the row's text was repaired
		for name := range record {
			names[name] = true
		}
		if records = append(records, record); len(records) == storedRows {
			break
		}
	}
	if len(records) == 0 {
		return Columns{}, incident.Invalidf("file", "no record of %q is stored yet; upload a file to say what its columns mean", conn.Name)
	}
	c := Columns{Header: slices.Sorted(maps.Keys(names))}
	for _, record := range records {
		row := make([]string, len(c.Header))
		for i, name := range c.Header {
			row[i] = record[name]
		}
		c.Rows = append(c.Rows, row)
	}
	c.Mapping, c.Questions = table.Suggest(c.Header, c.Rows)
	return c, nil
}

// Meaning returns what a column means.
func (c Columns) Meaning(column string) string {
	isKey := slices.Contains(c.Mapping.Key, column)
	for _, target := range table.Targets() {
		// The number is the key where nothing else is, so a key says both.
		if slices.Contains(c.Mapping.Fields[target].Columns, column) && !(isKey && target == table.Number) {
			return string(target)
		}
	}
	if isKey {
		return KeyColumn
	}
	return ""
}

// Order returns in which order the columns write days, or "" where the table leaves it open.
func (c Columns) Order() string {
	for _, f := range c.Mapping.Fields {
		switch f.Layout {
		case importers.DayFirst:
			return DayFirst
		case importers.MonthFirst:
			return MonthFirst
		}
	}
	for target, f := range c.Mapping.Fields {
		if target.Time() && f.Layout == importers.AnyTime && ambiguous(c.layouts(f)) {
			return ""
		}
	}
	return YearFirst
}

// Assign returns the mapping in which column i means meanings[i]; what a saved mapping says beyond that stays.
// order says how days are written where the values alone do not tell. Errors are ErrInvalid and name
// "col.N" or "dates".
func (c Columns) Assign(meanings []string, order string) (table.Mapping, error) {
	m := c.Mapping
	m.Key, m.Custom, m.Fields = slices.Clone(m.Key), slices.Clone(m.Custom), maps.Clone(m.Fields)
	if m.Fields == nil {
		m.Fields = map[table.Target]table.Field{}
	}
	for i, column := range c.Header {
		if i >= len(meanings) || meanings[i] == c.Meaning(column) {
			continue
		}
		take(&m, column)
		if err := give(&m, column, meanings[i]); err != nil {
			return m, incident.Invalidf(fmt.Sprintf("col.%d", i), "%v", err)
		}
	}
	for _, target := range table.Targets() {
		f, ok := m.Fields[target]
		if !ok || !target.Time() {
			continue
		}
		layout, err := c.layout(f, order)
		if err != nil {
			return m, err
		}
		f.Layout = layout
		m.Fields[target] = f
	}
	return m, nil
}

// take makes a column mean nothing.
func take(m *table.Mapping, column string) {
	is := func(c string) bool { return c == column }
	m.Key, m.Custom = slices.DeleteFunc(m.Key, is), slices.DeleteFunc(m.Custom, is)
	for target, f := range m.Fields {
		if !slices.Contains(f.Columns, column) {
			continue
		}
		f.Columns = slices.DeleteFunc(slices.Clone(f.Columns), is)
		m.Fields[target] = f
		if len(f.Columns) == 0 && f.Default == "" {
			delete(m.Fields, target)
		}
	}
}

func give(m *table.Mapping, column, meaning string) error {
	switch target := table.Target(meaning); {
	case meaning == "":
		m.Custom = append(m.Custom, column)
	case meaning == KeyColumn:
		m.Key = append(m.Key, column)
	case !slices.Contains(table.Targets(), target):
		return fmt.Errorf("%q is not a meaning", meaning)
	default:
		f := m.Fields[target]
		f.Columns = append(slices.Clone(f.Columns), column)
		m.Fields[target] = f
	}
	return nil
}

// layout returns how the times of a field are written.
func (c Columns) layout(f table.Field, order string) (importers.TimeLayout, error) {
	fit := c.layouts(f)
	switch {
	case ambiguous(fit) && order == DayFirst:
		return importers.DayFirst, nil
	case ambiguous(fit) && order == MonthFirst:
		return importers.MonthFirst, nil
	case ambiguous(fit) && !slices.Contains(fit, f.Layout):
		return "", incident.Invalidf("dates", "column %s does not tell whether the day or the month comes first: choose one", f.Columns[0])
	case len(fit) == 0 && order == DayFirst && f.Layout == importers.AnyTime:
		return importers.DayFirst, nil
	case len(fit) == 0 && order == MonthFirst && f.Layout == importers.AnyTime:
		return importers.MonthFirst, nil
	case len(fit) == 0, slices.Contains(fit, f.Layout):
		return f.Layout, nil
	case fit[0] == importers.ISOTime, fit[0] == importers.NamedMonth:
		return importers.AnyTime, nil
	}
	return fit[0], nil
}

// layouts returns the layouts that read every time in a field's first column. A value that none of them reads
// has no say: its record will be rejected, and must not take the others with it.
func (c Columns) layouts(f table.Field) []importers.TimeLayout {
	if len(f.Columns) == 0 {
		return nil
	}
	i := slices.Index(c.Header, f.Columns[0])
	if i < 0 {
		return nil
	}
	var values []string
	for _, row := range c.Rows {
		if len(importers.GuessLayouts([]string{row[i]})) > 0 {
			values = append(values, row[i])
		}
	}
	return importers.GuessLayouts(values)
}

func ambiguous(fit []importers.TimeLayout) bool {
	return slices.Contains(fit, importers.DayFirst) && slices.Contains(fit, importers.MonthFirst)
}

// unprefixed is an error of a source for people, who need not know what its package is called.
func unprefixed(err error, source string) string { return strings.TrimPrefix(err.Error(), source+": ") }
