package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"hindsight/server/internal/store"
)

// ErrBroken is in every error about a file that is no backup, or not a whole one any more.
var ErrBroken = errors.New("this is not a whole backup")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrBroken, fmt.Errorf(format, args...))
}

// fileLimit is how long a file within a backup can be: far longer than any part, unless one row is as long.
const fileLimit = 1 << 30

// reading is a backup that is being read, from its front to its end.
type reading struct {
	packed *gzip.Reader
	tar    *tar.Reader
	header Header
	files  []File // read so far
	next   *entry // looked at and not taken yet; nil: none
}

type entry struct {
	name string
	text []byte
}

// open begins to read: the header.
func open(r io.Reader) (*reading, error) {
	packed, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<20))
	if err != nil {
		return nil, broken("it is not compressed with gzip (%w)", err)
	}
	in := &reading{packed: packed, tar: tar.NewReader(packed)}
	first, err := in.take()
	if err != nil {
		return nil, err
	}
	if first.name != headerName {
		return nil, broken("it begins with %q, not with %s", first.name, headerName)
	}
	if err := json.Unmarshal(first.text, &in.header); err != nil {
		return nil, broken("read %s: %w", headerName, err)
	}
	if in.header.Format > Format {
		return nil, fmt.Errorf("backup: the file has format %d, and this program reads formats up to %d: a newer program (%s) wrote it; use that one", in.header.Format, Format, in.header.Program)
	}
	if newest := store.Newest(); in.header.Schema > newest {
		return nil, fmt.Errorf("backup: the file has the tables of schema %d, and this program knows schemas up to %d: a newer program (%s) wrote it; use that one", in.header.Schema, newest, in.header.Program)
	}
	if in.header.Format < 1 || in.header.Schema < 1 {
		return nil, broken("%s has no format or schema", headerName)
	}
	in.count(first, 0)
	return in, nil
}

// take returns the next file, with its text, and io.EOF behind the last one.
func (in *reading) take() (*entry, error) {
	if e := in.next; e != nil {
		in.next = nil
		return e, nil
	}
	head, err := in.tar.Next()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, broken("it cannot be read to its end (%w)", err)
	}
	if head.Typeflag != tar.TypeReg || head.Size > fileLimit {
		return nil, broken("%q is nothing that a backup has", head.Name)
	}
	text := make([]byte, head.Size)
	if _, err := io.ReadFull(in.tar, text); err != nil {
		return nil, broken("%s cannot be read to its end (%w)", head.Name, err)
	}
	return &entry{head.Name, text}, nil
}

// count notes a file that was read.
func (in *reading) count(e *entry, rows int64) {
	sum := sha256.Sum256(e.text)
	in.files = append(in.files, File{e.name, rows, int64(len(e.text)), hex.EncodeToString(sum[:])})
}

// rows reads a table, whose files come next. The row that is handed out is used again for the next one.
func (in *reading) rows(t store.Table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, len(t.Columns))
		head, err := appendNames(nil, t)
		for part := 1; err == nil; part++ {
			var e *entry
			if e, err = in.take(); errors.Is(err, io.EOF) && part > 1 {
				return // finish says what is missing
			}
			if err != nil {
				break
			}
			if e.name != fmt.Sprintf("%s%05d.jsonl", folder(t), part) {
				if in.next = e; part == 1 {
					err = broken("there is no table %s; %s is in its place", t.Name, e.name)
				}
				break
			}
			n, goOn := int64(0), true
			if n, goOn, err = eachRow(e, t, head, row, func() bool { return yield(row, nil) }); !goOn {
				return
			}
			in.count(e, n)
		}
		if errors.Is(err, io.EOF) {
			err = broken("it ends before table %s", t.Name)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// eachRow reads the rows of one file, and ends early when f says so.
func eachRow(e *entry, t store.Table, head []byte, row []any, f func() bool) (n int64, goOn bool, err error) {
	rest, ok := bytes.CutPrefix(e.text, head)
	if !ok {
		return 0, true, broken("%s does not begin with the names of its columns", e.name)
	}
	for len(rest) > 0 {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if !ended {
			return n, true, broken("%s ends within a line", e.name)
		}
		n++
		if err := parseRow(line, t, row); err != nil {
			return n, true, broken("%s, row %d: %w", e.name, n, err)
		}
		if !f() {
			return n, false, nil
		}
		rest = after
	}
	return n, true, nil
}

// finish reads the manifest and compares it with what was read.
func (in *reading) finish() (Summary, error) {
	last, err := in.take()
	if errors.Is(err, io.EOF) {
		return Summary{}, broken("it ends before %s", manifestName)
	}
	if err != nil {
		return Summary{}, err
	}
	if last.name != manifestName {
		return Summary{}, broken("%s is nothing that a backup has", last.name)
	}
	var m Manifest
	if err := json.Unmarshal(last.text, &m); err != nil {
		return Summary{}, broken("read %s: %w", manifestName, err)
	}
	if faults := differences(in.files, m.Files); len(faults) > 0 {
		return Summary{}, broken("%s", strings.Join(faults[:min(len(faults), 5)], "; "))
	}
	if m.SHA256 != whole(in.files) {
		return Summary{}, broken("the digest of the whole is not the one in %s", manifestName)
	}
	if _, err := in.take(); !errors.Is(err, io.EOF) {
		return Summary{}, broken("it goes on behind %s", manifestName)
	}
	if _, err := io.Copy(io.Discard, in.packed); err != nil { // compares gzip's own checksum
		return Summary{}, broken("it cannot be read to its end (%w)", err)
	}
	return summary(in.header, m), nil
}

// differences says where files are not what the manifest says of them.
func differences(read, said []File) (faults []string) {
	for _, f := range read {
		i := slices.IndexFunc(said, func(s File) bool { return s.Name == f.Name })
		switch {
		case i < 0:
			faults = append(faults, f.Name+" is not in the manifest")
		case said[i].SHA256 != f.SHA256:
			faults = append(faults, f.Name+" was changed: its SHA-256 is not the one in the manifest")
		case said[i] != f:
			faults = append(faults, fmt.Sprintf("%s has %d rows in %d bytes; the manifest says %d in %d", f.Name, f.Rows, f.Bytes, said[i].Rows, said[i].Bytes))
		}
	}
	for _, s := range said {
		if !slices.ContainsFunc(read, func(f File) bool { return f.Name == s.Name }) {
			faults = append(faults, s.Name+" is missing")
		}
	}
	return faults
}
