package markdown

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"hindsight/importers"
)

const (
	pageSize = 100      // records stored in one transaction
	maxText  = 4 << 20  // bytes of a document
	maxZip   = 64 << 20 // bytes of a packed folder
	maxFiles = 20_000   // files in a packed folder
)

// read yields one record per document, in order of path.
var read = importers.ReadTogether(pageSize, func(ctx context.Context, in importers.Input, b *importers.Batch) error {
	last := ""
	for f, err := range documents(in.Files) {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return fmt.Errorf("markdown: read %s: %w", f.Name, err)
		}
		twice := f.Name == last // of a folder and a zip file, or of two
		if last = f.Name; b.Skip() {
			continue
		}
		if err := add(b, f, twice); err != nil {
			return err
		}
	}
	return nil
})

// add reads one document; what is too long to be one is rejected.
func add(b *importers.Batch, f importers.File, twice bool) error {
	if twice {
		return b.Reject(importers.Reject{ExternalID: f.Name, Place: f.Name, Reason: "another file has the same path"})
	}
	text, err := slurp(f, maxText)
	if err != nil {
		return b.Reject(importers.Reject{ExternalID: f.Name, Place: f.Name, Reason: err.Error()})
	}
	return b.Add(importers.Record{ExternalID: f.Name, Body: text, Place: f.Name})
}

func slurp(f importers.File, limit int64) ([]byte, error) {
	file, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("the file has more than %d bytes", limit)
	}
	return text, err
}

// documents yields the Markdown files among files and in packed folders among them, in order of path.
func documents(files []importers.File) iter.Seq2[importers.File, error] {
	return func(yield func(importers.File, error) bool) {
		var found []importers.File
		for _, f := range files {
			if strings.ToLower(path.Ext(f.Name)) == ".zip" {
				packed, err := unpack(f)
				if err != nil {
					yield(f, err)
					return
				}
				found = append(found, packed...)
			} else if isDocument(f.Name) {
				found = append(found, f)
			}
		}
		slices.SortStableFunc(found, func(a, b importers.File) int { return cmp.Compare(a.Name, b.Name) })
		for _, f := range found {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// unpack lists the documents in a zip file by their path in it.
func unpack(f importers.File) ([]importers.File, error) {
	body, err := slurp(f, maxZip)
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	if len(archive.File) > maxFiles {
		return nil, fmt.Errorf("the zip file holds %d files, more than %d", len(archive.File), maxFiles)
	}
	var found []importers.File
	for _, entry := range archive.File {
		if isDocument(entry.Name) {
			// The name is a key and is never opened as a path.
			found = append(found, importers.File{Name: importers.Line(entry.Name), Size: int64(entry.UncompressedSize64), Open: entry.Open})
		}
	}
	return found, nil
}

func isDocument(name string) bool {
	name = strings.ToLower(name)
	hidden := strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__macosx/")
	return !hidden && (strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".markdown") || strings.HasSuffix(name, ".html.md.erb"))
}
