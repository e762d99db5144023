// Package importertest runs a source over recorded files and checks what every source promises: reading
// can be resumed behind any page, mapping is pure, keys are unique, times are UTC. What a record
// becomes is compared with a golden file, which is for people to review. It is not for testing what only one
// source does. Start with [Run].
package importertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hindsight/importers"
)

// Case is one set of files that a source reads in one go.
type Case struct {
	Name   string   // also of the golden file, testdata/<name>.golden
	Root   string   // folder that file names are relative to; default "testdata"
	Files  []string // what to read; none: everything below Root, if Root is set
	Config importers.Config
}

// result is what a golden file holds.
type result struct {
	Records []mapped
	Rejects []importers.Reject
}

type mapped struct {
	Collection, ExternalID, Place string
	Gone                          bool
	Draft                         *importers.Draft
	Error                         string
}

// now is the instant that the cases are read at. Files do not change with the clock.
var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// Run checks s on each case. With UPDATE_GOLDEN=1 in the environment it rewrites the golden files.
func Run(t *testing.T, s importers.Source, cases ...Case) {
	t.Helper()
	for _, tc := range cases {
		t.Run(tc.Name, func(t *testing.T) {
			in := importers.Input{Config: tc.Config, Files: Files(t, tc.Root, tc.Files...), Now: now}
			if in.Connection == "" {
				in.Connection = "con_test"
			}
			var all result
			for _, c := range s.Collections {
				if c.Read == nil { // it is not read from files
					continue
				}
				records, rejects := readAndResume(t, c, in)
				all.Records = append(all.Records, mapAll(t, s, c, in.Config, records)...)
				all.Rejects = append(all.Rejects, rejects...)
			}
			Golden(t, filepath.Join("testdata", tc.Name+".golden"), render(t, all))
		})
	}
}

// Files returns the named files below root (default "testdata") as a source gets them; without names,
// all below root in the order of their paths, or none when root is empty too.
func Files(t *testing.T, root string, names ...string) []importers.File {
	t.Helper()
	if root != "" && len(names) == 0 {
		names = below(t, root)
	}
	if root == "" {
		root = "testdata"
	}
	var files []importers.File
	for _, name := range names {
		path := filepath.Join(root, filepath.FromSlash(name))
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		open := func() (io.ReadCloser, error) { return os.Open(path) }
		files = append(files, importers.File{Name: name, Size: info.Size(), Open: open})
	}
	return files
}

func below(t *testing.T, root string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Golden compares got with the file at path, or writes it there with UPDATE_GOLDEN=1.
func Golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; UPDATE_GOLDEN=1 writes it", err)
	}
	if bytes.Equal(got, want) {
		return
	}
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || !bytes.Equal(g[i], w[i]) {
			t.Fatalf("%s, line %d: got %s, want %s; UPDATE_GOLDEN=1 rewrites it", path, i+1, at(g, i), at(w, i))
		}
	}
}

func at(lines [][]byte, i int) string {
	if i >= len(lines) {
		return "the end"
	}
	return string(lines[i])
}

// render writes the result as indented JSON without empty values, so that a reviewer sees what is set.
func render(t *testing.T, r result) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	return append(layOut(t, prune(tree), ""), '\n')
}

// layOut writes what fits on a line on one line, everything else with a line per member.
func layOut(t *testing.T, v any, indent string) []byte {
	t.Helper()
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	short := bytes.TrimSpace(line.Bytes())
	var parts [][]byte
	brackets := "[]"
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			parts = append(parts, layOut(t, x, indent+"  "))
		}
	case map[string]any:
		brackets = "{}"
		for _, key := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, fmt.Appendf(nil, "%q: %s", key, layOut(t, v[key], indent+"  ")))
		}
	}
	if len(short)+len(indent) <= 160 || len(parts) == 0 {
		return short
	}
	body := bytes.Join(parts, []byte(",\n  "+indent))
	return fmt.Appendf(nil, "%c\n  %s%s\n%s%c", brackets[0], indent, body, indent, brackets[1])
}

// prune drops what says nothing: null, false, 0, "", the zero time, and objects and lists without anything left.
func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			if v[key] = prune(x); v[key] == nil {
				delete(v, key)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case string, float64:
		if v == "" || v == 0.0 || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	}
	return v
}
