package importers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Batch makes pages of what is read out of a file, or out of several together. Behind a cursor the same is read again, in the
// same order, and what was given before is passed over.
type Batch struct {
	// Total is how many records are to be expected; 0 when nobody knows.
	Total int64

	at    batchCursor
	skip  int // entries that the run before has given
	size  int
	page  Page
	yield func(Page, error) bool
}

// batchCursor says how far a run came: all files before File, and of File, or of all together, the first Done entries.
type batchCursor struct {
	File string `json:"file,omitempty"`
	Done int    `json:"done"`
}

// errEnough ends the reading when nobody wants another page.
var errEnough = errors.New("importers: no further page is wanted")

// Skip reports whether the next record or reject was given before. It counts as passed over then; to make it again is not
// needed.
func (b *Batch) Skip() bool {
	if b.at.Done >= b.skip {
		return false
	}
	b.at.Done++
	return true
}

// Add adds a record, unless Skip says that it was given before. An error ends the reading, and is returned as it is.
func (b *Batch) Add(r Record) error {
	if b.Skip() {
		return nil
	}
	b.page.Records = append(b.page.Records, r)
	return b.added()
}

// Reject is Add for what is no record. It keeps of a body as much as a person would look at.
func (b *Batch) Reject(r Reject) error {
	if b.Skip() {
		return nil
	}
	const kept = 64 << 10
	r.Body = strings.ToValidUTF8(r.Body[:min(len(r.Body), kept)], "\ufffd")
	b.page.Rejects = append(b.page.Rejects, r)
	return b.added()
}

func (b *Batch) added() error {
	b.at.Done++
	if len(b.page.Records)+len(b.page.Rejects) < b.size {
		return nil
	}
	return b.flush()
}

func (b *Batch) flush() error {
	if len(b.page.Records)+len(b.page.Rejects) == 0 {
		return nil
	}
	page := b.page
	page.Total = b.Total
	page.Next, _ = json.Marshal(b.at) // of a text and a number: it cannot fail
	b.page = Page{}
	if !b.yield(page, nil) {
		return errEnough
	}
	return nil
}

// ReadFiles makes the Read of a source's collection whose records are in files, each of its own: they are read in order of
// their names, and their records stored so many at a time.
func ReadFiles(source string, size int, read func(ctx context.Context, in Input, f File, b *Batch) error) func(context.Context, Input, Cursor) iter.Seq2[Page, error] {
	return batches(func(ctx context.Context, in Input, from batchCursor, yield func(Page, error) bool) error {
		for _, f := range sorted(in.Files) {
			if f.Name < from.File {
				continue
			}
			b := Batch{at: batchCursor{File: f.Name}, size: size, yield: yield}
			if f.Name == from.File {
				b.skip = from.Done
			}
			err := read(ctx, in, f, &b)
			if err == nil {
				err = b.flush()
			}
			if err = cmp.Or(err, ctx.Err()); err != nil {
				return fmt.Errorf("%s: read %s: %w", source, f.Name, err)
			}
		}
		return nil
	})
}

// ReadTogether is ReadFiles for files each of which may hold a part of what makes a record. They come in order of their names.
func ReadTogether(size int, read func(ctx context.Context, in Input, b *Batch) error) func(context.Context, Input, Cursor) iter.Seq2[Page, error] {
	return batches(func(ctx context.Context, in Input, from batchCursor, yield func(Page, error) bool) error {
		in.Files = sorted(in.Files)
		b := Batch{size: size, skip: from.Done, yield: yield}
		if err := read(ctx, in, &b); err != nil {
			return err
		}
		return b.flush()
	})
}

func batches(read func(ctx context.Context, in Input, from batchCursor, yield func(Page, error) bool) error) func(context.Context, Input, Cursor) iter.Seq2[Page, error] {
	return func(ctx context.Context, in Input, from Cursor) iter.Seq2[Page, error] {
		return func(yield func(Page, error) bool) {
			var at batchCursor
			if len(from) > 0 {
				if err := json.Unmarshal(from, &at); err != nil {
					yield(Page{}, fmt.Errorf("importers: read cursor %q: %w", from, err))
					return
				}
			}
			if err := read(ctx, in, at, yield); err != nil && !errors.Is(err, errEnough) {
				yield(Page{}, err)
			}
		}
	}
}

func sorted(files []File) []File {
	return slices.SortedStableFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
}
