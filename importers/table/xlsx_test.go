package table

import (
	"archive/zip"
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

// parts returns a workbook that is whole but for the given parts.
func parts(t *testing.T, sheet, shared, styles string) importers.File {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
		"xl/sharedStrings.xml":       shared,
		"xl/styles.xml":              styles,
	} {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file("book.xlsx", out.String())
}

func TestBrokenWorkbook(t *testing.T) {
	const space = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	for _, tc := range []struct{ name, row, want string }{
		{"index of -1 into the shared texts", `<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, "book.xlsx, sheet S, row 1: the workbook is broken"},
		{"a row far below the last one", `<row r="999999999"><c><v>1</v></c></row>`, "a sheet cannot have more than 1048576 rows"},
		{"no such column", `<row r="1"><c r="A0"><v>1</v></c></row>`, "book.xlsx, sheet S, row 1: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			book := parts(t, `<worksheet`+space+`><sheetData>`+tc.row+`</sheetData></worksheet>`, `<sst`+space+`/>`, `<styleSheet`+space+`/>`)
			if pages, err := readPages(importers.Config{}, nil, usual, book); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("read of %s = %d pages, %v; want an error with %q", tc.row, len(pages), err, tc.want)
			}
		})
	}
}

// FuzzXLSX puts arbitrary parts into an otherwise whole workbook.
func FuzzXLSX(f *testing.F) {
	f.Add(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="1"><f>1+1</f><v>45291.5</v></c><c t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>`,
		`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>id</t></si></sst>`,
		`<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="165" formatCode="d-mmm-yy"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`)
	f.Add(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="9"><c r="XFD9" t="s"><v>-1</v></c><c r="A0" t="b"><v>7</v></c><c t="e"><v>#N/A</v></c></row></sheetData></worksheet>`, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`, `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`)
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		pages, _ := readPages(importers.Config{}, nil, usual, parts(t, sheet, shared, styles))
		mapPages(t, importers.Config{}, pages)
	})
}
