package table

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"hindsight/importers"
)

// workbook returns a file that fill has written into.
func workbook(t *testing.T, fill func(b *excelize.File) error) importers.File {
	t.Helper()
	b := excelize.NewFile()
	var out bytes.Buffer
	if err := fill(b); err != nil {
		t.Fatal(err)
	}
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return file("book.xlsx", out.String())
}

// dates fills the cells of a column with one instant in styles that people use, and a plain number.
func dates(b *excelize.File) error {
	// 1998-07-05 18:00 is 35981.75 in the 1900 system (Microsoft's documented example, at three quarters of the day).
	props, err := b.GetWorkbookProps()
	if err != nil {
		return err
	}
	serial := 35981.75
	if props.Date1904 != nil && *props.Date1904 {
		serial = 34519.75
	}
	if err := b.SetSheetRow("Sheet1", "A1", &[]any{"id", "when"}); err != nil {
		return err
	}
	formats := []string{"m/d/yy h:mm", "dd.mm.yyyy hh:mm:ss", "yyyy-mm-dd hh:mm", "d-mmm-yy", "0.00"}
	for i, format := range formats {
		row := i + 2
		at, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		if err := b.SetSheetRow("Sheet1", at, &[]any{format, serial}); err != nil {
			return err
		}
		style, err := b.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			return err
		}
		at, err = excelize.CoordinatesToCellName(2, row)
		if err != nil {
			return err
		}
		if err := b.SetCellStyle("Sheet1", at, at, style); err != nil {
			return err
		}
	}
	return nil
}

func TestWorkbookDates(t *testing.T) {
	for name, is1904 := range map[string]bool{"1900": false, "1904": true} {
		t.Run(name, func(t *testing.T) {
			book := workbook(t, func(b *excelize.File) error {
				if err := b.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &is1904}); err != nil {
					return err
				}
				return dates(b)
			})
			pages, err := readPages(importers.Config{}, nil, usual, book)
			records, rejects := summary(pages)
			plain := "35981.75"
			if is1904 {
				plain = "34519.75"
			}
			want := []string{
				`{"id":"m/d/yy h:mm","when":"1998-07-05 18:00:00"}`,
				`{"id":"dd.mm.yyyy hh:mm:ss","when":"1998-07-05 18:00:00"}`,
				`{"id":"yyyy-mm-dd hh:mm","when":"1998-07-05 18:00:00"}`,
				`{"id":"d-mmm-yy","when":"1998-07-05 18:00:00"}`,
				`{"id":"0.00","when":"` + plain + `"}`,
			}
			if err != nil || rejects != nil || !reflect.DeepEqual(records, want) {
				t.Errorf("read =\n%q, %q, %v; want\n%q", records, rejects, err, want)
			}
		})
	}
}

func TestWorkbookCells(t *testing.T) {
	book := workbook(t, func(b *excelize.File) error {
		for at, row := range map[string][]any{
			"A3": {"id", "title", "n", "ok", "link"}, // two blank rows above the header
			"A4": {"1", "<script>", 10023, true, "=1+1"},
			"A6": {"2", "short"},
			"A7": {"3", "too", 1, false, "", "", "far"},
			"A8": {"4", "dated", time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)},
		} {
			if err := b.SetSheetRow("Sheet1", at, &row); err != nil {
				return err
			}
		}
		// A formula with the result that was saved beside it.
		if err := b.SetCellValue("Sheet1", "B6", 42); err != nil {
			return err
		}
		return b.SetCellFormula("Sheet1", "B6", `WEBSERVICE("https://example.org")`)
	})
	pages, err := readPages(importers.Config{}, nil, usual, book)
	records, rejects := summary(pages)
	want := []string{
		`{"id":"1","link":"=1+1","n":"10023","ok":"1","title":"<script>"}`,
		`{"id":"2","link":"","n":"","ok":"","title":"42"}`,
		`{"id":"4","link":"","n":"2024-01-02","ok":"","title":"dated"}`,
	}
	wantRejects := []string{"book.xlsx, sheet Sheet1, row 7: the row has 7 cells, the header has 5"}
	if err != nil || !reflect.DeepEqual(records, want) || !reflect.DeepEqual(rejects, wantRejects) {
		t.Errorf("read =\n%q\n%q, %v; want\n%q\n%q", records, rejects, err, want, wantRejects)
	}
}

func TestWorkbookSheet(t *testing.T) {
	book := workbook(t, func(b *excelize.File) error {
		if _, err := b.NewSheet("Incidents"); err != nil {
			return err
		}
		if err := b.SetSheetRow("Incidents", "A1", &[]any{"id"}); err != nil {
			return err
		}
		return b.SetSheetRow("Incidents", "A2", &[]any{"1"})
	})
	sheet := func(name string) importers.Config {
		return importers.Config{Settings: map[string]string{"sheet": name}}
	}
	pages, err := readPages(sheet("Incidents"), nil, usual, book)
	if err != nil || len(pages) != 1 || pages[0].Records[0].Place != "book.xlsx, sheet Incidents, row 2" {
		t.Errorf("read = %+v, %v; want row 2 of the sheet", pages, err)
	}
	if _, err := readPages(sheet("Other"), nil, usual, book); err == nil || !strings.Contains(err.Error(), "there are: Sheet1, Incidents") {
		t.Errorf("a sheet that is not there gave %v, want an error that lists the sheets", err)
	}
	if _, err := readPages(importers.Config{}, nil, usual, book); err == nil || !strings.Contains(err.Error(), "it is empty") {
		t.Errorf("an empty first sheet gave %v, want an error that says so", err)
	}
}

func TestWorkbookResumes(t *testing.T) {
	book := workbook(t, func(b *excelize.File) error {
		w, err := b.NewStreamWriter("Sheet1")
		if err != nil {
			return err
		}
		for i := 1; i <= 1101; i++ {
			at, err := excelize.CoordinatesToCellName(1, i)
			if err != nil {
				return err
			}
			if err := w.SetRow(at, []any{i, "x"}); err != nil {
				return err
			}
		}
		return w.Flush()
	})
	cfg := config(Mapping{Key: []string{"1"}}, nil)
	all, err := readPages(cfg, nil, usual, book)
	if err != nil || len(all) != 3 {
		t.Fatalf("read = %d pages, %v; want 3", len(all), err)
	}
	rest, err := readPages(cfg, all[1].Next, usual, book)
	if err != nil || !reflect.DeepEqual(rest, all[2:]) {
		t.Errorf("behind page 1: %d pages, %v; want the last page again", len(rest), err)
	}
}
