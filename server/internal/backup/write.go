package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"hindsight/server/internal/seal"
	"hindsight/server/internal/store"
)

// partSize is how long a file of rows gets, in bytes, before the next one begins: an archive wants to know how long a file is
// before it begins, so that one part at a time is held in memory.
const partSize = 4 << 20

// Source is what a backup is made from.
type Source struct {
	Database store.Config
	Program  string
	Keys     []string // ids of the keys that this installation has
	Now      func() time.Time
	Progress func(Progress) // called often; nil: nobody looks
}

// Write writes a backup of the database, as it is at one moment, to w. It writes nothing to the database and holds up nobody.
func Write(ctx context.Context, src Source, w io.Writer) (Summary, error) {
	var out Summary
	err := store.Look(ctx, src.Database, func(s *store.Snapshot) error {
		packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return fmt.Errorf("backup: %w", err)
		}
		a := &archive{tar: tar.NewWriter(packed), at: src.Now().UTC().Truncate(time.Second), keys: map[string]bool{}}
		h := Header{Format: Format, Program: src.Program, Schema: s.Schema, Database: s.Database, TakenAt: a.at, Change: int64(s.Head), Tables: s.Tables}
		if err := a.addJSON(headerName, h); err != nil {
			return err
		}
		for i, t := range s.Tables {
			src.tell(Progress{"writing", t.Name, i + 1, len(s.Tables), a.rows})
			err := a.addTable(ctx, s, t, src.Keys, func(rows int64) { src.tell(Progress{"writing", t.Name, i + 1, len(s.Tables), rows}) })
			if err != nil {
				return err
			}
		}
		m := Manifest{Files: a.files, SHA256: whole(a.files), Keys: slices.Sorted(maps.Keys(a.keys))}
		if m.Keys == nil {
			m.Keys = []string{}
		}
		if err := a.addJSON(manifestName, m); err != nil {
			return err
		}
		if err := a.tar.Close(); err != nil {
			return fmt.Errorf("backup: write: %w", err)
		}
		if err := packed.Close(); err != nil {
			return fmt.Errorf("backup: write: %w", err)
		}
		out = summary(h, m)
		out.LeftOut = s.LeftOut
		return nil
	})
	return out, err
}

func (s Source) tell(p Progress) {
	if s.Progress != nil {
		s.Progress(p)
	}
}

// archive is a backup that is being written.
type archive struct {
	tar   *tar.Writer
	at    time.Time
	files []File
	keys  map[string]bool
	rows  int64
}

func (a *archive) addTable(ctx context.Context, s *store.Snapshot, t store.Table, keys []string, told func(rows int64)) error {
	head, err := appendNames(nil, t)
	if err != nil {
		return err
	}
	part, rows, buffer := 1, int64(0), slices.Clone(head)
	flush := func() error {
		err := a.add(fmt.Sprintf("%s%05d.jsonl", folder(t), part), buffer, rows)
		part, rows, buffer = part+1, 0, append(buffer[:0], head...)
		told(a.rows)
		return err
	}
	for row, err := range s.Rows(ctx, t) {
		if err != nil {
			return err
		}
		if buffer, err = appendRow(buffer, t, row); err != nil {
			return err
		}
		a.noteKeys(t, row, keys)
		rows++
		if len(buffer) >= partSize {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if rows > 0 || part == 1 { // an empty table has a file, too
		return flush()
	}
	return nil
}

// folder is where the files of a table are.
func folder(t store.Table) string { return "tables/" + t.Name + "/" }

// appendNames writes the first line of a table's files.
func appendNames(b []byte, t store.Table) ([]byte, error) {
	names := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return appendRow(b, t, names)
}

// noteKeys notes the keys that sealed values of a row need: those of columns that say that they are sealed or secret, and
// whatever is sealed with a key of this installation elsewhere.
func (a *archive) noteKeys(t store.Table, row []any, keys []string) {
	for i, c := range t.Columns {
		sealed, ok := row[i].([]byte)
		if !ok {
			continue
		}
		id, ok := seal.KeyID(sealed)
		if ok && (strings.Contains(c.Name, "secret") || strings.Contains(c.Name, "sealed") || slices.Contains(keys, id)) {
			a.keys[id] = true
		}
	}
}

func (a *archive) addJSON(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("backup: write %s: %w", name, err)
	}
	return a.add(name, append(text, '\n'), 0)
}

func (a *archive) add(name string, text []byte, rows int64) error {
	sum := sha256.Sum256(text)
	a.files = append(a.files, File{name, rows, int64(len(text)), hex.EncodeToString(sum[:])})
	a.rows += rows
	err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(text)), Mode: 0o600, ModTime: a.at, Format: tar.FormatPAX})
	if err == nil {
		_, err = a.tar.Write(text)
	}
	if err != nil {
		return fmt.Errorf("backup: write %s: %w", name, err)
	}
	return nil
}

// whole is the digest of all files: see Manifest.
func whole(files []File) string {
	lines := sha256.New()
	for _, f := range files {
		fmt.Fprintf(lines, "%s  %s\n", f.SHA256, f.Name)
	}
	return hex.EncodeToString(lines.Sum(nil))
}
