package table

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"hindsight/importers"
	"hindsight/incident"
)

const (
	shownRows   = 20     // rows that the wizard shows
	sampleRows  = 1000   // rows that Inspect looks at
	previewRows = 10_000 // rows that Preview maps
	sampleText  = 200    // bytes of a cell that a suggestion is made from
)

// Sheet is what a file looks like, with a suggestion what its columns mean.
type Sheet struct {
	Format    string     // csv, jsonl or xlsx
	Delimiter string     // CSV only: "," ";" "|" or a tab
	Header    []string   // names of the columns, each once; of JSON Lines those of the rows that were looked at
	Rows      [][]string // the first 20, each as long as Header
	Notes     []string   // how text was repaired, and rows that cannot be read, at most 20
	Mapping   Mapping    // as Suggest gives it for the first 1000 rows
	Questions []Question
}

// Inspect looks at the beginning of a file. Only the settings of cfg count. Its error says why the
// file is no table.
func Inspect(ctx context.Context, f importers.File, cfg importers.Config) (sheet Sheet, err error) {
	t, err := openTable(f, cfg, usual)
	if err != nil {
		return Sheet{}, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	sheet = Sheet{Format: t.format, Header: t.header}
	if t.delimiter != 0 {
		sheet.Delimiter = string(t.delimiter)
	}
	var rows []row
	for range sampleRows {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return Sheet{}, fmt.Errorf("table: %w", err)
		}
		sheet.note(r)
		if r.fault == "" {
			rows = append(rows, shorten(r, len(rows)))
		}
	}
	if sheet.Header == nil {
		sheet.Header = union(rows)
	}
	sample := make([][]string, len(rows))
	for i, r := range rows {
		sample[i] = line(r, sheet.Header)
	}
	sheet.Rows = sample[:min(len(sample), shownRows)]
	sheet.Mapping, sheet.Questions = Suggest(sheet.Header, sample)
	return sheet, nil
}

func (s *Sheet) note(r row) {
	note := r.note
	if r.fault != "" {
		note = r.fault
	}
	if note != "" && len(s.Notes) < shownRows {
		s.Notes = append(s.Notes, r.place+": "+note)
	}
}

// shorten cuts the cells of a row that is not shown.
func shorten(r row, i int) row {
	for j := range r.cells {
		if text := r.cells[j].text; i >= shownRows && len(text) > sampleText {
			r.cells[j].text = text[:sampleText]
		}
	}
	return r
}

// line returns a row's texts in the order of header.
func line(r row, header []string) []string {
	texts := make(map[string]string, len(r.cells))
	for _, c := range r.cells {
		texts[c.name] = c.text
	}
	out := make([]string, len(header))
	for i, name := range header {
		out[i] = texts[name]
	}
	return out
}

// PreviewResult is what an import with a mapping would do.
type PreviewResult struct {
	Rows     []PreviewRow // the first 20 that were read
	Problems []Problem    // the first 20 rows that would become dead letters
	Scanned  int          // rows that were looked at, at most 10,000
	Complete bool         // the file has no more
	Good     int          // rows that would become incidents
	Bad      int          // rows that would become dead letters
	Unmapped []Unmapped   // words that are in no map, most frequent first
	Coverage []Coverage   // of every target that is mapped
	Warnings []incident.Warning
}

// PreviewRow is one row before and after.
type PreviewRow struct {
	Place string
	Cells []string // in the order of the header, or of the object's members
	Draft importers.Draft
}

// Problem is a row that would not become an incident.
type Problem struct{ Place, Reason, Body string }

// Unmapped is a word of a status, severity, priority or kind that no map knows.
type Unmapped struct {
	Target Target
	Value  string
	Count  int
}

// Coverage says how many of the good rows say something about a target.
type Coverage struct {
	Target Target
	Set    int
}

// Preview maps the beginning of a file with the mapping and settings of cfg, and stores nothing.
func Preview(ctx context.Context, f importers.File, cfg importers.Config) (PreviewResult, error) {
	p := preview{cfg: cfg, set: map[Target]int{}, unmapped: map[Unmapped]int{}, warnings: map[incident.Warning]int64{}}
	p.pager = pager{rows: map[uint64]int64{}}
	err := eachRow(f, cfg, usual, func(r row, m Mapping) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.result.Scanned == previewRows {
			return errStopped
		}
		p.add(r, m)
		return nil
	})
	if err != nil && !errors.Is(err, errStopped) {
		return PreviewResult{}, err
	}
	p.result.Complete = err == nil
	return p.finish(), nil
}

type preview struct {
	cfg      importers.Config
	pager    pager // for its verdict on each row
	result   PreviewResult
	set      map[Target]int
	unmapped map[Unmapped]int
	warnings map[incident.Warning]int64
}

func (p *preview) add(r row, m Mapping) {
	p.result.Scanned++
	record, reject := p.pager.record(r, m)
	if reject != nil {
		p.problem(Problem{reject.Place, reject.Reason, reject.Body})
		return
	}
	draft, err := mapRow(incident.Raw{Type: collection, ExternalID: record.ExternalID, Body: record.Body, Origin: record.Place}, p.cfg)
	if err != nil {
		p.problem(Problem{record.Place, err.Error(), string(record.Body)})
		return
	}
	p.result.Good++
	if len(p.result.Rows) < shownRows {
		shown := PreviewRow{Place: r.place, Draft: draft}
		for _, c := range r.cells {
			shown.Cells = append(shown.Cells, c.text)
		}
		p.result.Rows = append(p.result.Rows, shown)
	}
	p.count(r, m)
	for _, w := range draft.Warnings {
		n := w.Count
		w.Count = 0
		p.warnings[w] += n
	}
}

func (p *preview) problem(what Problem) {
	p.result.Bad++
	if len(p.result.Problems) < shownRows {
		p.result.Problems = append(p.result.Problems, what)
	}
}

// count notes which targets a row says something about, and its words that are in no map.
func (p *preview) count(r row, m Mapping) {
	b := builder{mapping: m, cells: map[string]string{}}
	for _, c := range r.cells {
		b.cells[c.name] = c.text
	}
	known := map[Target]func(string) bool{
		Status:   func(w string) bool { _, ok := b.statuses().Of(w); return ok },
		Severity: func(w string) bool { _, ok := b.severities(Severity).Of(w); return ok },
		Priority: func(w string) bool { _, ok := b.severities(Priority).Of(w); return ok },
		Kind:     func(w string) bool { _, ok := b.kinds().Of(w); return ok },
	}
	for target := range m.Fields {
		word, _ := b.get(target)
		if importers.Unset(word) {
			p.set[target] += 0
			continue
		}
		p.set[target]++
		if knows := known[target]; knows != nil && !knows(word) {
			p.unmapped[Unmapped{Target: target, Value: importers.Line(word)}]++
		}
	}
}

func (p *preview) finish() PreviewResult {
	for _, target := range Targets() {
		if n, ok := p.set[target]; ok {
			p.result.Coverage = append(p.result.Coverage, Coverage{target, n})
		}
	}
	for u, n := range p.unmapped {
		u.Count = n
		p.result.Unmapped = append(p.result.Unmapped, u)
	}
	slices.SortFunc(p.result.Unmapped, func(a, b Unmapped) int {
		return cmp.Or(b.Count-a.Count, cmp.Compare(a.Target, b.Target), cmp.Compare(a.Value, b.Value))
	})
	for w, n := range p.warnings {
		w.Count = n
		p.result.Warnings = append(p.result.Warnings, w)
	}
	slices.SortFunc(p.result.Warnings, func(a, b incident.Warning) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Message, b.Message))
	})
	return p.result
}
