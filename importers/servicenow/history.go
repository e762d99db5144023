package servicenow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"hindsight/importers"
)

// history is all that is known of one ticket: the body of its raw record. Columns are sorted by name and
// rows by time, so that the same rows give the same bytes in whatever order they were read.
type history struct {
	Header []string   `json:"header"`
	Rows   [][]string `json:"rows"` // cells as in the file, each row as long as Header
}

// decode reads a body that encode wrote.
func decode(body []byte) (history, error) {
	var h history
	if err := json.Unmarshal(body, &h); err != nil {
		return history{}, fmt.Errorf("servicenow: read stored history: %w", err)
	}
	for i, row := range h.Rows {
		if len(row) != len(h.Header) {
			return history{}, fmt.Errorf("servicenow: read stored history: row %d has %d cells, the header %d", i+1, len(row), len(h.Header))
		}
	}
	return h, nil
}

func (h history) encode() ([]byte, error) { return json.Marshal(h) }

// combine is the union of two histories, so that each export may hold a part of a ticket's life.
func combine(stored, read []byte) ([]byte, error) {
	a, err := decode(stored)
	if err != nil {
		return nil, err
	}
	b, err := decode(read)
	if err != nil {
		return nil, err
	}
	return union(a, b).encode()
}

// union returns the rows of all parts in canonical form: columns by name, no row twice, rows in the
// order in which they happened. A column that a part lacks is empty in its rows.
func union(parts ...history) history {
	var header []string
	for _, p := range parts {
		header = append(header, p.Header...)
	}
	slices.Sort(header)
	out := history{Header: slices.Compact(header)}
	for _, p := range parts {
		at := make([]int, len(p.Header))
		for i, column := range p.Header {
			at[i], _ = slices.BinarySearch(out.Header, column)
		}
		for _, cells := range p.Rows {
			row := make([]string, len(out.Header))
			for i, cell := range cells {
				row[at[i]] = cell
			}
			out.Rows = append(out.Rows, row)
		}
	}
	out.sort()
	return out
}

// sort orders rows by (1) time of change, (2) change count, since several changes fit into a minute,
// (3) content, which means nothing but makes the order total; and removes repeated rows.
func (h *history) sort() {
	type keyed struct {
		at    time.Time
		count int
		row   []string
	}
	updated, mod := slices.Index(h.Header, colUpdated), slices.Index(h.Header, colModCount)
	keys := make([]keyed, len(h.Rows))
	for i, row := range h.Rows {
		keys[i].row = row
		if updated >= 0 {
			// A time that cannot be read sorts first; mapping the record will name it.
			m, _ := parseTime(row[updated], time.UTC)
			keys[i].at = m.At
		}
		if mod >= 0 {
			keys[i].count, _ = strconv.Atoi(row[mod])
		}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.count, b.count), slices.Compare(a.row, b.row))
	})
	h.Rows = h.Rows[:0]
	for i, k := range keys {
		if i == 0 || !slices.Equal(k.row, keys[i-1].row) {
			h.Rows = append(h.Rows, k.row)
		}
	}
}

// row is one row of a history with access by column name.
type row struct {
	columns map[string]int
	cells   []string
}

// rows returns the rows of h in time order.
func (h history) rows() []row {
	columns := make(map[string]int, len(h.Header))
	for i, c := range h.Header {
		columns[c] = i
	}
	out := make([]row, len(h.Rows))
	for i, cells := range h.Rows {
		out[i] = row{columns, cells}
	}
	return out
}

// get returns the cell of a column, or "" when the column or its value is missing; exports write "?" for
// an empty field.
func (r row) get(column string) string {
	i, ok := r.columns[column]
	if !ok || importers.Unset(r.cells[i]) {
		return ""
	}
	return importers.Clean(r.cells[i])
}

// parseTime reads a time of the file, which has no zone of its own, as wall clock in zone: day first, as
// the audit log is written, or year first, as the platform writes it.
func parseTime(text string, zone *time.Location) (importers.Moment, error) {
	layout := importers.DayFirst
	if len(text) > 4 && text[4] == '-' {
		layout = importers.ISOTime
	}
	return importers.TimeFormat{Layout: layout, Zone: zone}.Parse(text)
}
