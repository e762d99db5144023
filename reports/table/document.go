package table

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"hindsight/reports"
)

// Document is the JSON shape of a reports.Document: each part has one of the fields after Kind.
type Document struct {
	ID          string       `json:"id"`
	Title       string       `json:"title"`
	About       string       `json:"about"`
	Summary     []Item       `json:"summary"`
	Parts       []Part       `json:"parts"`
	Definitions []Definition `json:"definitions"`
	Stamp       Stamp        `json:"stamp"`
}

// Part is one part of a document.
type Part struct {
	Kind    string   `json:"kind" doc:"heading, prose, list, figures, chart or table"`
	Level   int      `json:"level,omitempty" doc:"of a heading: 1 or 2"`
	Text    string   `json:"text,omitempty" doc:"of a heading or prose"`
	Boxes   bool     `json:"boxes,omitempty" doc:"the items of a list are to be ticked off"`
	Items   []Item   `json:"items,omitempty"`
	Figures []Figure `json:"figures,omitempty"`
	Chart   *Chart   `json:"chart,omitempty"`
	Table   *Table   `json:"table,omitempty"`
}

// Item is an item of a list.
type Item struct {
	Text string `json:"text"`
	Link string `json:"link,omitempty"`
}

// Figure is a key number. A value that is missing is null, and Note says why.
type Figure struct {
	Name  string        `json:"name"`
	Unit  reports.Unit  `json:"unit"`
	Value any           `json:"value"`
	Low   *float64      `json:"low"`
	High  *float64      `json:"high"`
	Note  string        `json:"note,omitempty"`
	Words string        `json:"words,omitempty"`
	Level reports.Level `json:"level,omitempty"`
}

// Definition is how a number is worked out.
type Definition struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Stamp says from which state of the data a document was made, when, and for whom.
type Stamp struct {
	At      time.Time `json:"at"`
	Reader  string    `json:"reader"`
	AsOf    int64     `json:"as_of_change"`
	Imports []Import  `json:"imports"`
	Terms   []string  `json:"terms"`
	Version string    `json:"version"`
	Digest  string    `json:"digest,omitempty" doc:"SHA-256 of this document without this field"`
}

// Import is when a source was last read to its end; null: never.
type Import struct {
	Source string     `json:"source"`
	At     *time.Time `json:"at"`
}

// DocumentJSON writes d in the shape of Document.
func DocumentJSON(w io.Writer, d reports.Document) error {
	out, err := NewDocument(d)
	if err != nil {
		return err
	}
	return write(w, d.ID, out)
}

// Digest is the SHA-256, in hexadecimal, of what DocumentJSON writes of d without its digest.
func Digest(d reports.Document) (string, error) {
	d.Stamp.Digest = ""
	var b bytes.Buffer
	if err := DocumentJSON(&b, d); err != nil {
		return "", err
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// NewDocument returns d as it goes into JSON.
func NewDocument(d reports.Document) (Document, error) {
	out := Document{ID: d.ID, Title: d.Title, About: d.About, Summary: newItems(d.Summary), Parts: make([]Part, len(d.Parts)), Definitions: []Definition{},
		Stamp: Stamp{At: d.Stamp.At.UTC(), Reader: d.Stamp.Reader, AsOf: int64(d.Stamp.AsOf), Imports: make([]Import, len(d.Stamp.Imports)),
			Terms: append([]string{}, d.Stamp.Terms...), Version: d.Stamp.Version, Digest: d.Stamp.Digest}}
	for i, x := range d.Stamp.Imports {
		out.Stamp.Imports[i] = Import{x.Source, instant(x.At)}
	}
	for _, x := range d.Methods() {
		out.Definitions = append(out.Definitions, Definition(x))
	}
	for i, p := range d.Parts {
		part, err := newPart(p)
		if err != nil {
			return out, fmt.Errorf("table: document %s, part %d: %w", d.ID, i+1, err)
		}
		out.Parts[i] = part
	}
	return out, nil
}

func newPart(p reports.Part) (Part, error) {
	switch p := p.(type) {
	case reports.Heading:
		return Part{Kind: "heading", Level: p.Level, Text: p.Text}, nil
	case reports.Prose:
		return Part{Kind: "prose", Text: string(p)}, nil
	case reports.List:
		return Part{Kind: "list", Boxes: p.Boxes, Items: newItems(p.Items)}, nil
	case reports.Figures:
		out := Part{Kind: "figures", Figures: make([]Figure, len(p))}
		for i, f := range p {
			out.Figures[i] = Figure{f.Name, f.Unit, value(f.Unit, f.Value), number(f.Low), number(f.High), f.Value.Note, f.Words, f.Level}
		}
		return out, nil
	case reports.Chart:
		c, err := NewChart(p)
		return Part{Kind: "chart", Chart: &c}, err
	case reports.Table:
		t, err := NewTable(p)
		return Part{Kind: "table", Table: &t}, err
	}
	return Part{}, fmt.Errorf("%T is no part of a document", p)
}

func newItems(items []reports.Item) []Item {
	out := make([]Item, len(items))
	for i, x := range items {
		out[i] = Item(x)
	}
	return out
}
