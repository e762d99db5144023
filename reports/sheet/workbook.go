package sheet

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"hindsight/reports"
)

// Workbook writes d as a workbook: what it says on the sheet "Summary", each table (those behind charts, too) on a sheet named as its id, how the
// numbers are worked out on "Definitions", and from which state of the data they were made on "Source". The same document gives the same bytes.
//
// Shares are 0 to 1 and shown in per cent. Durations are parts of a day, as spreadsheets have them, shown as h:mm:ss; a column in which one is
// negative holds seconds, since spreadsheets cannot show negative times. Times stand as clocks in d.Zone() show them. A missing value is an empty
// cell, and the last column says why. There are no totals: a table does not say which of its columns may be added up.
//
// base is the address of the installation, "https://hindsight.example.com", for links; without it there are none. A table with more rows than a sheet
// can hold (1,048,576) is an error.
func Workbook(w io.Writer, d reports.Document, base string) error {
	b := &book{f: excelize.NewFile(), zone: d.Zone(), base: base, styles: make(map[style]int)}
	defer b.f.Close()
	b.properties(d)
	tables := d.Tables()
	names := sheetNames(tables)
	b.summary(d, names)
	for _, t := range tables {
		b.table(names[t.ID], t)
	}
	b.definitions(d.Methods())
	b.source(d.Stamp)
	if b.err == nil {
		b.err = b.f.Write(w)
	}
	if b.err != nil {
		return fmt.Errorf("sheet: write %s: %w", d.ID, b.err)
	}
	return nil
}

// book is a workbook that is being written. The first error stays in it.
type book struct {
	f      *excelize.File
	zone   *time.Location
	base   string
	styles map[style]int
	err    error
}

func (b *book) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

// properties says in the file itself what it is. Its times are those of the document, not of now.
func (b *book) properties(d reports.Document) {
	at := d.Stamp.At.UTC().Format(time.RFC3339)
	b.note(b.f.SetDocProps(&excelize.DocProperties{Title: d.Title, Subject: d.About, Creator: "Hindsight", LastModifiedBy: "Hindsight", Created: at, Modified: at}))
	b.note(b.f.SetAppProps(&excelize.AppProperties{Application: "Hindsight"}))
}

func (b *book) summary(d reports.Document, names map[string]string) {
	p := b.page("Summary", true)
	p.text(1, d.Title, style{bold: true, size: 16})
	p.next()
	p.text(1, d.About, style{})
	p.next()
	p.next()
	p.items(d.Summary, "")
	for _, part := range d.Parts {
		p.next()
		switch part := part.(type) {
		case reports.Heading:
			p.text(1, part.Text, style{bold: true, size: 15 - 2*float64(part.Level)})
			p.next()
		case reports.Prose:
			p.text(1, string(part), style{wrap: true})
			p.next()
		case reports.List:
			mark := ""
			if part.Boxes {
				mark = "☐ "
			}
			p.items(part.Items, mark)
		case reports.Figures:
			p.figures(part)
		case reports.Chart:
			p.inside(part.Title, names[part.Table.ID])
			p.text(1, part.Answer+part.Empty, style{wrap: true})
			p.next()
		case reports.Table:
			p.inside(part.Title, names[part.ID])
		default:
			b.note(fmt.Errorf("%T is no part of a document", part))
		}
	}
	p.end(90, 14, 14, 14, 60, 10)
}

func (p *page) items(items []reports.Item, mark string) {
	for _, x := range items {
		p.linked(1, mark+x.Text, x.Link, style{wrap: true})
		p.next()
	}
}

func (p *page) figures(figures reports.Figures) {
	p.header("Key figure", "Value", "Low", "High", "In words", "Level")
	for _, x := range figures {
		p.text(1, x.Name, style{})
		p.linked(2, "", x.Value.Link, style{})
		p.cell(2, x.Unit, x.Value)
		for i, bound := range []*float64{x.Low, x.High} {
			p.cell(3+i, x.Unit, reports.Cell{Number: bound})
		}
		words := x.Value.Note
		if words != "" && x.Words != "" {
			words += "; "
		}
		p.text(5, words+x.Words, style{wrap: true})
		p.text(6, string(x.Level), style{})
		p.next()
	}
}

func (b *book) definitions(methods []reports.Method) {
	p := b.page("Definitions", false)
	p.header("Id", "Title", "How it is worked out")
	p.freeze()
	for _, m := range methods {
		p.text(1, m.ID, style{})
		p.text(2, m.Title, style{wrap: true})
		p.text(3, m.Text, style{wrap: true})
		p.next()
	}
	p.end(24, 40, 100)
}

func (b *book) source(s reports.Stamp) {
	p := b.page("Source", false)
	p.header("From which state of the data", "Value")
	p.freeze()
	row := func(name string, value reports.Cell, unit reports.Unit) {
		p.text(1, name, style{wrap: true})
		p.cell(2, unit, value)
		p.next()
	}
	row("As of ("+b.zone.String()+")", reports.Cell{Time: s.At}, reports.Instant)
	row("As of change", reports.Num(float64(s.AsOf)), reports.Count)
	row("Made for", reports.Str(s.Reader), reports.Text)
	for _, x := range s.Imports {
		value := reports.Cell{Time: x.At}
		if x.At.IsZero() {
			value = reports.Str("never")
		}
		row("Last read ("+b.zone.String()+"): "+x.Source, value, reports.Instant)
	}
	for _, term := range s.Terms {
		row("Judged by", reports.Str(term), reports.Text)
	}
	row("Hindsight", reports.Str(s.Version), reports.Text)
	row("SHA-256 of the content", reports.Str(s.Digest), reports.Text)
	row("Durations", reports.Str("A duration is a part of a day: times 86,400 it is the number of seconds that the key of its column names."), reports.Text)
	p.end(50, 90)
}
