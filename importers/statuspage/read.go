package statuspage

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"

	"hindsight/importers"
)

const (
	pageSize = 200       // records stored in one transaction
	maxFile  = 256 << 20 // bytes of a JSON document, which is read as a whole
	maxLine  = 16 << 20  // bytes of a line in a file of JSON lines
)

// item is one record of a file, or why there is none at its place.
type item struct {
	place string
	body  []byte
	err   error
}

// read yields the records of all files, in order of file name.
var read = importers.ReadFiles(name, pageSize, readFile)

func readFile(_ context.Context, _ importers.Input, f importers.File, b *importers.Batch) error {
	items, closer, err := open(f)
	if err != nil {
		return err
	}
	defer closer.Close()
	for it := range items {
		if b.Skip() {
			continue
		}
		if err := add(b, it); err != nil {
			return err
		}
	}
	return nil
}

// add files an item as a record or as a rejection.
func add(b *importers.Batch, it item) error {
	body, id, err := identify(it.body)
	if err = cmp.Or(it.err, err); err != nil {
		return b.Reject(importers.Reject{Place: it.place, Reason: err.Error(), Body: string(it.body)})
	}
	return b.Add(importers.Record{ExternalID: id, Body: body, Place: it.place})
}

// identify returns a record without insignificant space, so that it does not matter how a file is
// indented, and its id.
func identify(body []byte) (compact []byte, id string, err error) {
	var out bytes.Buffer
	if err := json.Compact(&out, body); err != nil {
		return nil, "", fmt.Errorf("no JSON: %w", err)
	}
	var keys struct {
		ID, Code, Service string
		Date              json.RawMessage
	}
	if err := json.Unmarshal(body, &keys); err != nil {
		return nil, "", wrongShape(err)
	}
	id = cmp.Or(keys.ID, keys.Code)
	if id == "" && keys.Service != "" && len(keys.Date) > 0 {
		id = keys.Service + "@" + strings.Trim(string(keys.Date), `"`) // the AWS archive numbers nothing
	}
	if id = importers.Line(id); id == "" {
		return nil, "", errors.New("no incident: there is neither an id nor, as in the AWS archive, a service with a date")
	}
	return out.Bytes(), id, nil
}

// open returns the items of a file: its lines, or the incidents in its one JSON document.
func open(f importers.File) (iter.Seq[item], io.Closer, error) {
	file, err := f.Open()
	if err != nil {
		return nil, nil, err
	}
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".jsonl", ".ndjson":
		return lines(f.Name, file), file, nil
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("the document has more than %d MiB; write it as JSON lines", maxFile>>20)
	}
	var items []item
	if err == nil {
		items, err = documents(f.Name, bytes.TrimPrefix(text, []byte("\ufeff")))
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return slices.Values(items), file, nil
}

// lines yields one item per line that is not blank.
func lines(name string, file io.Reader) iter.Seq[item] {
	return func(yield func(item) bool) {
		scan := bufio.NewScanner(file)
		scan.Buffer(nil, maxLine)
		n := 0
		for scan.Scan() {
			n++
			line := bytes.TrimSpace(scan.Bytes())
			if len(line) == 0 {
				continue
			}
			if !yield(item{place: fmt.Sprintf("%s, line %d", name, n), body: bytes.Clone(line)}) {
				return
			}
		}
		if err := scan.Err(); err != nil {
			yield(item{place: fmt.Sprintf("%s, line %d", name, n+1), err: fmt.Errorf("cannot read on: %w", err)})
		}
	}
}

// lists are the keys under which documents hold their incidents.
var lists = [...]string{"incidents", "scheduled_maintenances", "archive"}

// documents finds the incidents of a JSON document: a list, an object with lists, or one incident.
func documents(name string, text []byte) ([]item, error) {
	var list []json.RawMessage
	if json.Unmarshal(text, &list) == nil {
		return number(name, list), nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, fmt.Errorf("no JSON document of a status page: %w", err)
	}
	if object["months"] != nil {
		return nil, errors.New("this is the index of a page's history; save /incidents/CODE.json for each code in it")
	}
	var items []item
	found := false
	for _, key := range lists {
		if object[key] == nil {
			continue
		}
		var list []json.RawMessage // a fresh one: decoding into the last would write over its items
		if err := json.Unmarshal(object[key], &list); err != nil {
			return nil, fmt.Errorf("%s: %w", key, wrongShape(err))
		}
		found = true
		items = append(items, number(name+", "+key, list)...)
	}
	if !found {
		items = []item{{place: name, body: text}}
	}
	return items, nil
}

func number(place string, list []json.RawMessage) []item {
	items := make([]item, len(list))
	for i, body := range list {
		items[i] = item{place: fmt.Sprintf("%s, number %d", place, i+1), body: body}
	}
	return items
}
