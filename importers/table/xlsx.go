package table

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"hindsight/importers"
)

// xlsxReader streams one sheet of a workbook. The sheet is walked twice in step: once for what the cells
// hold and once for what Excel shows, because only the second tells a date from a number.
type xlsxReader struct {
	name        string
	book        *excelize.File
	held, shown *excelize.Rows
	days        importers.TimeLayout // the workbook's count of days
	header      []string
	number      int64
	limit       limits
}

// excelRows is how many rows a sheet can have; a file that claims more is broken.
const excelRows = 1 << 20

// newXLSX opens the named sheet, or the first one, and reads the header: the first row that is not blank.
func newXLSX(name, sheet string, in io.Reader, l limits) (*xlsxReader, error) {
	packed, err := io.ReadAll(io.LimitReader(in, l.workbook+1))
	if err != nil {
		return nil, fmt.Errorf("%s: reading the workbook: %w", name, err)
	}
	if int64(len(packed)) > l.workbook {
		return nil, fmt.Errorf("%s: the workbook is larger than %s; save it as CSV", name, size(l.workbook))
	}
	if err := inspectZip(name, packed, l); err != nil {
		return nil, err
	}
	r := &xlsxReader{name: name, days: importers.Excel1900, limit: l}
	err = shield(func() (err error) {
		r.book, err = excelize.OpenReader(bytes.NewReader(packed), excelize.Options{UnzipSizeLimit: l.sheets, UnzipXMLSizeLimit: min(l.sheets, 16<<20)})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s is not a workbook that can be read: %w", name, err)
	}
	if err := r.openSheet(sheet); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// shield turns a panic of the library over a broken workbook, such as an index of -1 into the shared
// texts, into an error.
func shield(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the workbook is broken: %v", p)
		}
	}()
	return read()
}

// inspectZip refuses what is no workbook, and what would unpack to more than the limit, before anything
// is unpacked.
func inspectZip(name string, packed []byte, l limits) error {
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return fmt.Errorf("%s is not a workbook: %w", name, err)
	}
	var total uint64
	workbook := false
	for _, f := range archive.File {
		total += min(f.UncompressedSize64, uint64(l.sheets)+1)
		workbook = workbook || strings.EqualFold(f.Name, "xl/workbook.xml")
	}
	switch {
	case !workbook:
		return fmt.Errorf("%s is not a table: it is a zip archive without a workbook; unpack it first", name)
	case total > uint64(l.sheets):
		return fmt.Errorf("%s unpacks to more than %s: it was refused; save the sheet as CSV", name, size(l.sheets))
	}
	return nil
}

func (r *xlsxReader) openSheet(sheet string) (err error) {
	sheets := r.book.GetSheetList()
	if len(sheets) == 0 {
		return fmt.Errorf("%s has no sheet", r.name)
	}
	if sheet == "" {
		sheet = sheets[0]
	}
	if !slices.Contains(sheets, sheet) {
		return fmt.Errorf("%s has no sheet %q; there are: %s", r.name, sheet, strings.Join(sheets, ", "))
	}
	if props, err := r.book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		r.days = importers.Excel1904
	}
	r.name += ", sheet " + sheet
	if r.held, err = r.book.Rows(sheet); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	if r.shown, err = r.book.Rows(sheet); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return r.readHeader()
}

func (r *xlsxReader) readHeader() error {
	cells, err := r.cells()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is not a table: it is empty", r.name)
	}
	if err != nil {
		return err
	}
	if len(cells) > r.limit.columns {
		return fmt.Errorf("%s, row %d: the header has %d columns; at most %d are read", r.name, r.number, len(cells), r.limit.columns)
	}
	r.header = headers(cells)
	return nil
}

func (r *xlsxReader) next() (row, error) {
	cells, err := r.cells()
	if err != nil {
		return row{}, err
	}
	out := row{number: r.number, place: fmt.Sprintf("%s, row %d", r.name, r.number)}
	raw := []byte(strings.Join(cells, "\t"))
	if len(raw) > r.limit.record {
		return out.faulty(r.limit, raw, "the record holds more than %s", size(int64(r.limit.record))), nil
	}
	for i, text := range cells {
		if i < len(r.header) {
			out.cells = append(out.cells, cell{r.header[i], text})
		} else if text != "" {
			return out.faulty(r.limit, raw, "the row has %d cells, the header has %d", len(cells), len(r.header)), nil
		}
	}
	for i := len(cells); i < len(r.header); i++ {
		out.cells = append(out.cells, cell{r.header[i], ""}) // the file leaves out empty cells at the end
	}
	return out.check(r.limit, raw), nil
}

// cells returns the next row that is not blank.
func (r *xlsxReader) cells() (cells []string, err error) {
	for err == nil && strings.Join(cells, "") == "" {
		err = shield(func() (err error) {
			cells, err = r.step()
			return err
		})
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s, row %d: %w", r.name, r.number, err)
	}
	return cells, err
}

// step reads the row after the last one. A formula is never evaluated: its cell holds the text that was
// last saved as its result.
func (r *xlsxReader) step() ([]string, error) {
	if !r.held.Next() || !r.shown.Next() {
		return nil, cmp.Or(r.held.Error(), r.shown.Error(), io.EOF)
	}
	if r.number++; r.number > excelRows {
		return nil, fmt.Errorf("a sheet cannot have more than %d rows; the file is broken", excelRows)
	}
	held, err := r.held.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	shown, err := r.shown.Columns()
	if err != nil {
		return nil, err
	}
	for i := range min(len(held), len(shown)) {
		held[i] = r.date(held[i], shown[i])
	}
	return held, nil
}

// date returns a cell that holds a count of days and shows that same day as an ISO date without a zone, for a
// sheet knows none; every other cell as it is held.
func (r *xlsxReader) date(held, shown string) string {
	if held == shown {
		return held
	}
	days, err := importers.TimeFormat{Layout: r.days}.Parse(held)
	if err != nil || days.At.IsZero() {
		return held
	}
	for _, layout := range []importers.TimeLayout{importers.ISOTime, importers.NamedMonth, importers.DayFirst, importers.MonthFirst} {
		m, err := importers.TimeFormat{Layout: layout}.Parse(shown)
		if err != nil || m.At.Format(time.DateOnly) != days.At.Format(time.DateOnly) {
			continue
		}
		if _, fraction, _ := strings.Cut(held, "."); strings.Trim(fraction, "0") == "" {
			return days.At.Format(time.DateOnly)
		}
		return days.At.Round(time.Second).Format(time.DateTime)
	}
	return held
}

func (r *xlsxReader) Close() error {
	var errs []error
	for _, rows := range []*excelize.Rows{r.held, r.shown} {
		if rows != nil {
			errs = append(errs, rows.Close())
		}
	}
	return errors.Join(append(errs, r.book.Close())...)
}
