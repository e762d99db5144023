package dump

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Row is a row's values by column; nulls are absent.
type Row map[string]string

// String returns the row as JSON, for rejects.
func (r Row) String() string {
	text, _ := json.Marshal(map[string]string(r)) // a map of texts always encodes
	return string(text)
}

// ID returns the number in a column; 0 stands for none.
func (r Row) ID(column string) int64 {
	id, err := strconv.ParseInt(r[column], 10, 64)
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// Sort puts rows in the order of the numbers in the first column; those that are alike there, in the next.
func Sort(rows []Row, columns ...string) {
	slices.SortStableFunc(rows, func(a, b Row) int {
		for _, c := range columns {
			if order := cmp.Compare(a.ID(c), b.ID(c)); order != 0 {
				return order
			}
		}
		return 0
	})
}

// Table says which rows of a table are wanted, and which of their columns.
type Table struct {
	Owner   string // the column with the id of what a row belongs to
	Columns string // kept, with blanks between them; whatever is not named here is not stored
}

// Only returns the wanted columns of a row as text. What is not UTF-8 is read as Windows-1252, in which MySQL's "latin1" is.
func (t Table) Only(r Row) Row {
	out := Row{}
	for column := range strings.FieldsSeq(t.Columns) {
		v, ok := r[column]
		if !ok {
			continue
		}
		if !utf8.ValidString(v) {
			if text, err := charmap.Windows1252.NewDecoder().String(v); err == nil {
				v = text
			}
		}
		out[column] = v
	}
	return out
}
