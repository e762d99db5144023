package dispatch

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"hindsight/importers/dump"
)

// maxShelf bounds the disk that the wanted rows of one dump may take.
const maxShelf = 16 << 30

// place says which rows are meant: those of a table that belong to the record with an id.
type place struct {
	organization, table string
	id                  int64
}

// span is where a row is on the shelf.
type span struct {
	at   int64
	size int32
}

// shelf keeps rows in a temporary file, because the rows of an incident stand far apart in a dump, and a dump can be larger
// than memory. What it holds in memory is some 20 bytes for a row.
type shelf struct {
	file *os.File
	out  *bufio.Writer
	end  int64
	rows map[place][]span
	// organizations says that some row was of an organization's own schema.
	organizations bool
}

func newShelf() (*shelf, error) {
	file, err := os.CreateTemp("", "hindsight-dispatch-*")
	if err != nil {
		return nil, fmt.Errorf("dispatch: a temporary file for the rows: %w", err)
	}
	return &shelf{file: file, out: bufio.NewWriterSize(file, 1<<20), rows: map[place][]span{}}, nil
}

// Close removes the file.
func (s *shelf) Close() error { return errors.Join(s.file.Close(), os.Remove(s.file.Name())) }

func (s *shelf) put(where place, r row) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if s.end+int64(len(body)) > maxShelf {
		return fmt.Errorf("dispatch: the rows about incidents take more than %d GiB; the dump was given up", maxShelf>>30)
	}
	if _, err := s.out.Write(body); err != nil {
		return fmt.Errorf("dispatch: put a row aside: %w", err)
	}
	s.rows[where] = append(s.rows[where], span{s.end, int32(len(body))})
	s.end += int64(len(body))
	return nil
}

// all returns the rows at a place in the order of their ids, whatever their order in the dump.
func (s *shelf) all(where place) ([]row, error) {
	var out []row
	for _, at := range s.rows[where] {
		body := make([]byte, at.size)
		if _, err := s.file.ReadAt(body, at.at); err != nil {
			return nil, fmt.Errorf("dispatch: read a row that was put aside: %w", err)
		}
		var r row
		if err := json.Unmarshal(body, &r); err != nil {
			return nil, fmt.Errorf("dispatch: read a row that was put aside: %w", err)
		}
		out = append(out, r)
	}
	dump.Sort(out, "id", "tag_id", "participant_id")
	return out, nil
}

// record is an incident with all rows that say something about it: what is stored.
type record struct {
	Organization string           `json:"organization"`
	Tables       map[string][]row `json:"tables"` // by table, each in the order of their ids
}

// incident gathers the rows of one incident.
func (s *shelf) incident(organization string, id int64) (record, error) {
	rec := record{Organization: organization, Tables: map[string][]row{}}
	for table, w := range tables {
		if table != "incident" && w.Owner != "incident_id" {
			continue
		}
		if err := s.add(rec, place{organization, table, id}); err != nil {
			return record{}, err
		}
	}
	for _, ref := range references {
		seen := map[int64]bool{}
		for _, r := range rec.Tables[ref.to] {
			seen[r.ID("id")] = true
		}
		for _, r := range rec.Tables[ref.table] {
			to := r.ID(ref.column)
			if seen[to] {
				continue
			}
			seen[to] = true
			if err := s.add(rec, place{organization, ref.to, to}); err != nil {
				return record{}, err
			}
		}
	}
	return rec, nil
}

func (s *shelf) add(rec record, where place) error {
	rows, err := s.all(where)
	if len(rows) > 0 {
		rec.Tables[where.table] = append(rec.Tables[where.table], rows...)
	}
	return err
}

// incidents returns where there are incidents, by organization and id. Those in the schema public do not count where
// there are organizations.
func (s *shelf) incidents() []place {
	var out []place
	for where := range s.rows {
		if where.table == "incident" && (where.organization != "" || !s.organizations) {
			out = append(out, where)
		}
	}
	slices.SortFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.organization, b.organization), cmp.Compare(a.id, b.id))
	})
	return out
}
