package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hindsight/incident"
)

// dataset is a labelled set in the folder's files.
type dataset struct {
	temporal bool
	docs     []doc
	queries  []query
	clusters map[incident.ID]string
	times    map[incident.ID]time.Time
}

// doc is a line of docs.jsonl.gz.
type doc struct {
	ID      incident.ID `json:"id"`
	Title   string      `json:"title"`
	Body    string      `json:"body"`
	Created string      `json:"created"`
	Service []string    `json:"service"`

	at time.Time
}

// query is a line of queries.jsonl.gz: 2 marks a duplicate, 1 a related document.
type query struct {
	ID       incident.ID         `json:"qid"`
	Relevant map[incident.ID]int `json:"relevant"`
	Slice    string              `json:"slice"`
}

// cluster is a line of clusters.jsonl.gz, and of a grouping's run file.
type cluster struct {
	ID      incident.ID `json:"id"`
	Cluster string      `json:"cluster"`
}

func load(dir string) (dataset, error) {
	var d dataset
	var meta struct{ Temporal bool }
	text, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err == nil {
		err = json.Unmarshal(text, &meta)
	}
	if err != nil {
		return d, fmt.Errorf("evaluate: read meta.json: %w", err)
	}
	d.temporal = meta.Temporal
	if d.docs, err = lines[doc](filepath.Join(dir, "docs.jsonl.gz")); err != nil {
		return d, err
	}
	d.times = map[incident.ID]time.Time{}
	if err := d.parseTimes(); err != nil {
		return d, err
	}
	if d.queries, err = lines[query](filepath.Join(dir, "queries.jsonl.gz")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d, err
	}
	cs, err := lines[cluster](filepath.Join(dir, "clusters.jsonl.gz"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d, err
	}
	d.clusters = map[incident.ID]string{}
	for _, c := range cs {
		d.clusters[c.ID] = c.Cluster
	}
	return d, nil
}

// created returns when a document was made; zero when that is not known.
func (d dataset) created(id incident.ID) time.Time { return d.times[id] }

func (d dataset) parseTimes() error {
	for i, doc := range d.docs {
		if doc.Created == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, doc.Created)
		if err != nil {
			at, err = time.Parse("2006-01-02T15:04:05", doc.Created) // UTC
		}
		if err != nil {
			return fmt.Errorf("evaluate: docs.jsonl.gz line %d: created: %w", i+1, err)
		}
		d.docs[i].at, d.times[doc.ID] = at, at
	}
	return nil
}

// lines reads a gzip file with one JSON value on each line.
func lines[T any](path string) ([]T, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("evaluate: read %s: %w", path, err)
	}
	var out []T
	in := bufio.NewScanner(zip)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var v T
		if err := json.Unmarshal(in.Bytes(), &v); err != nil {
			return nil, fmt.Errorf("evaluate: %s line %d: %w", path, len(out)+1, err)
		}
		out = append(out, v)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("evaluate: read %s: %w", path, err)
	}
	return out, nil
}

// incident makes of a document what an importer would.
func (d doc) incident() *incident.Incident {
	inc := &incident.Incident{ID: d.ID, Title: d.Title, Description: d.Body, Format: incident.Plain, Kind: incident.Real, Status: incident.Resolved}
	inc.Milestones.Set(incident.Opened, d.at, incident.ToSecond, incident.FromField, "set", "created")
	for _, name := range d.Service {
		inc.Services = append(inc.Services, incident.ServiceUse{Service: incident.NewService(name).ID, Name: name, Role: "affected"})
	}
	return inc
}

// writeLines writes one JSON value on each line.
func writeLines[T any](path string, values []T) error {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	w := bufio.NewWriter(file)
	enc := json.NewEncoder(w)
	for _, v := range values {
		if err := enc.Encode(v); err != nil {
			return errors.Join(fmt.Errorf("evaluate: write %s: %w", path, err), file.Close())
		}
	}
	return errors.Join(w.Flush(), file.Close())
}

// short reports whether titles are all there is: then the set is a stream of short texts.
func (d dataset) short() bool {
	return !slices.ContainsFunc(d.docs, func(doc doc) bool { return doc.Body != "" })
}
