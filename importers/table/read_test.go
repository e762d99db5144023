package table

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"hindsight/importers"
)

// file returns content as an uploaded file.
func file(name, content string) importers.File {
	return importers.File{Name: name, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// readPages reads files with the given limits.
func readPages(cfg importers.Config, cursor importers.Cursor, l limits, files ...importers.File) (pages []importers.Page, err error) {
	in := importers.Input{Config: cfg, Files: files}
	read(context.Background(), in, cursor, l, func(p importers.Page, e error) bool {
		if e != nil {
			err = e
			return false
		}
		pages = append(pages, p)
		return true
	})
	return pages, err
}

// summary writes what was read: "id body" per record, "place: reason" per reject.
func summary(pages []importers.Page) (records, rejects []string) {
	for _, p := range pages {
		for _, r := range p.Records {
			records = append(records, string(r.Body))
		}
		for _, r := range p.Rejects {
			rejects = append(rejects, r.Place+": "+r.Reason)
		}
	}
	return records, rejects
}

func gzipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return out.String()
}

func utf16LE(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

func TestReadText(t *testing.T) {
	const two = "{\"id\":\"1\",\"title\":\"café; bar\"}"
	for _, tc := range []struct {
		name, file, content string
		settings            map[string]string
		records, rejects    []string
	}{
		{name: "comma", file: "a.csv", content: "id,title\n1,café; bar\n", records: []string{two}},
		{name: "no line end at the end", file: "a.csv", content: "id,title\n1,café; bar", records: []string{two}},
		{name: "byte order mark and CRLF", file: "a.csv", content: "\uFEFFid,title\r\n1,café; bar\r\n", records: []string{two}},
		{name: "semicolons", file: "a.csv", content: "id;title\n1;\"café; bar\"\n", records: []string{two}},
		{name: "tabs", file: "a.tsv", content: "id\ttitle\n1\tcafé; bar\n", records: []string{two}},
		{name: "UTF-16 with tabs, as Excel's Unicode text", file: "a.txt", content: utf16LE("id\ttitle\r\n1\tcafé; bar\r\n"), records: []string{two}},
		{name: "gzip", file: "a.csv.gz", content: gzipped("id,title\n1,café; bar\n"), records: []string{two}},
		{name: "Excel's line with the separator", file: "a.csv", content: "sep=|\r\nid|title\r\n1|café; bar\r\n", records: []string{two}},
		{name: "separator by setting", file: "a.csv", content: "a,b;c,d\n1,2;3,4\n", settings: map[string]string{"delimiter": "semicolon"},
			records: []string{`{"a,b":"1,2","c,d":"3,4"}`}},
		{name: "line ends in quotes", file: "a.csv", content: "id,title\n1,\"two\nlines, \"\"quoted\"\"\"\n2,b\n",
			records: []string{`{"id":"1","title":"two\nlines, \"quoted\""}`, `{"id":"2","title":"b"}`}},
		{name: "Latin-1 rows among UTF-8 rows", file: "a.csv", content: "id,title\n1,caf\xe9 \x80\n2,café\n",
			records: []string{`{"":"` + noteLatin + `","id":"1","title":"café €"}`, `{"id":"2","title":"café"}`}},
		{name: "header without names and with twins", file: "a.csv", content: "id,,a,a,a (2)\n1,2,3,4,5\n",
			records: []string{`{"a":"3","a (2)":"4","a (2) (2)":"5","column 2":"2","id":"1"}`}},
		{name: "blank lines and empty rows", file: "a.csv", content: "\n\nid,title\n\n,\n1,b\n,\n", records: []string{`{"id":"1","title":"b"}`}},
		{name: "a stray quote costs one row", file: "a.csv", content: "id,title\n1,\"b\n2,c\n3,d\n",
			records: []string{`{"id":"2","title":"c"}`, `{"id":"3","title":"d"}`},
			rejects: []string{"a.csv, row 2: a quote opens here and never closes"}},
		{name: "two stray quotes cost two rows", file: "a.csv", content: "id,title\n1,\"b\n2,c\n3,\"d\n4,e\n",
			records: []string{`{"id":"2","title":"c"}`, `{"id":"4","title":"e"}`},
			rejects: []string{"a.csv, row 2: the quoting is broken: a quote opens here and does not close before a separator", "a.csv, row 4: a quote opens here and never closes"}},
		{name: "JSON lines", file: "a.jsonl", content: `{"id":1.50,"labels":{"start":"x","deep":{"er":null}},"list":["a", {"b":1}],"yes":true,"none":{}}` + "\n\n",
			records: []string{`{"id":"1.50","labels.deep.er":"","labels.start":"x","list":"[\"a\",{\"b\":1}]","none":"{}","yes":"true"}`}},
		{name: "bad JSON lines", file: "a.jsonl", content: "{\"id\":1}\n{\"id\":2\n[1]\n{\"id\":3}{\"id\":4}\n{\"id\":1}\n{\"a.b\":1,\"a\":{\"b\":2}}\n{\"id\":5,\"id\":6}\nnonsense\n{}\n{\"id\":\"7\"}",
			records: []string{`{"id":"1"}`, `{"id":"7"}`},
			rejects: []string{
				"a.jsonl, row 2: the line is cut off: it is not a whole JSON object",
				"a.jsonl, row 3: the line is not a JSON object",
				"a.jsonl, row 4: there is more than one JSON object on the line",
				"a.jsonl, row 5: row 1 has the same key, 1; a key must be unique in a file",
				`a.jsonl, row 6: two members are called "a.b"`,
				`a.jsonl, row 7: two members are called "id"`,
				"a.jsonl, row 8: the line is not JSON: invalid character 'o' in literal null (expecting 'u')",
				"a.jsonl, row 9: the JSON object is empty"}},
		{name: "too deep", file: "a.jsonl", content: `{"id":"1"}` + "\n" + strings.Repeat(`{"a":`, 20) + "1" + strings.Repeat("}", 20),
			records: []string{`{"id":"1"}`},
			rejects: []string{"a.jsonl, row 2: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a: objects are nested deeper than 16 levels"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pages, err := readPages(importers.Config{Settings: tc.settings}, nil, usual, file(tc.file, tc.content))
			records, rejects := summary(pages)
			if err != nil || !reflect.DeepEqual(records, tc.records) || !reflect.DeepEqual(rejects, tc.rejects) {
				t.Errorf("read(%q) = records\n%q, rejects\n%q, error %v\nwant\n%q\n%q", tc.content, records, rejects, err, tc.records, tc.rejects)
			}
		})
	}
}

func TestNoTable(t *testing.T) {
	archive := func(name string, n int) string {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		f, _ := w.Create(name)
		_, _ = f.Write(make([]byte, n))
		_ = w.Close()
		return out.String()
	}
	small := usual
	small.sheets, small.unpacked, small.workbook, small.columns = 1<<20, 1<<20, 1<<20, 3
	for _, tc := range []struct {
		name, file, content string
		settings            map[string]string
		want                string
	}{
		{"picture", "photo.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", nil, "photo.png is not a table: its content is image/png; expected CSV, JSON Lines or an Excel workbook (.xlsx)"},
		{"PDF", "report.csv", "%PDF-1.7\n1 0 obj", nil, "report.csv is not a table: its content is application/pdf"},
		{"web page", "a.csv", "<!DOCTYPE html><html>", nil, "its content is text/html"},
		{"XML", "a.csv", "<?xml version=\"1.0\"?><a/>", nil, "its content is text/xml"},
		{"program", "a.csv", "\x7fELF\x02\x01\x01\x00\x00\x00", nil, "a.csv is not a table: it is not text"},
		{"empty", "a.csv", " \r\n\t", nil, "a.csv is not a table: it is empty"},
		{"no bytes", "a.csv", "", nil, "a.csv is not a table: it is empty"},
		{"only separators", "a.csv", ",,\n,,\n", nil, "a.csv is not a table: it is empty"},
		{"old workbook", "a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 50), nil, "old Excel workbook (.xls) or has a password"},
		{"JSON list", "a.json", "[\n {\"id\":1}]", nil, "a.json is one JSON list; write one object per line"},
		{"archive", "a.zip", archive("a.csv", 10), nil, "a.zip is not a table: it is a zip archive without a workbook"},
		{"zip bomb", "a.xlsx", archive("xl/workbook.xml", 3<<20), nil, "a.xlsx unpacks to more than 1 MiB: it was refused"},
		{"gzip bomb", "a.csv.gz", gzipped("id,title\n" + strings.Repeat("x", 3<<20)), nil, "a.csv.gz unpacks to more than 1 MiB: it was refused"},
		{"large workbook", "a.xlsx", "PK\x03\x04" + strings.Repeat("x", 2<<20), nil, "a.xlsx: the workbook is larger than 1 MiB"},
		{"broken workbook", "a.xlsx", "PK\x03\x04" + strings.Repeat("x", 2000), nil, "a.xlsx is not a workbook"},
		{"hollow workbook", "a.xlsx", archive("xl/workbook.xml", 10), nil, "a.xlsx"},
		{"cut gzip", "a.csv.gz", gzipped("id,title\n1,a\n")[:20], nil, "a.csv.gz cannot be read: unexpected EOF"},
		{"header that never closes", "a.csv", "id,\"title\n1,2\n", nil, "a.csv, row 1: the header cannot be read: a quote opens here and never closes"},
		{"too many columns", "a.csv", "a,b,c,d\n1,2,3,4\n", nil, "a.csv, row 1: the header has 4 columns; at most 3 are read"},
		{"unknown format", "a.csv", "a,b\n", map[string]string{"format": "xml"}, `there is no format "xml"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pages, err := readPages(importers.Config{Settings: tc.settings}, nil, small, file(tc.file, tc.content))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("read of %s = %d pages, error %v; want an error with %q", tc.file, len(pages), err, tc.want)
			}
		})
	}
}

// One cell of 50 MB costs its own row and no more memory than a record may have.
func TestGiantCell(t *testing.T) {
	giant := strings.Repeat("0123456789", 5_000_000)
	for _, tc := range []struct{ name, file, content, want string }{
		{"unquoted", "a.csv", "id,title\n1,a\n2," + giant + "\n3,c\n", "a.csv, row 3: the record holds more than 4 MiB"},
		{"quoted, with line ends", "a.csv", "id,title\n1,a\n2,\"" + giant + "\n" + giant + "\"\n3,c\n", "a.csv, row 3: the record holds more than 4 MiB"},
		{"JSON", "a.jsonl", "{\"id\":\"1\",\"title\":\"a\"}\n{\"id\":\"2\",\"title\":\"" + giant + "\"}\n{\"id\":\"3\",\"title\":\"c\"}\n", "a.jsonl, row 2: the line holds more than 4 MiB"},
		{"just over the limit of a cell", "a.csv", "id,title\n1,a\n2," + giant[:1<<20+1] + "\n3,c\n", "a.csv, row 3: column title: the cell holds more than 1 MiB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pages, err := readPages(importers.Config{}, nil, usual, file(tc.file, tc.content))
			records, rejects := summary(pages)
			want := []string{`{"id":"1","title":"a"}`, `{"id":"3","title":"c"}`}
			if err != nil || !reflect.DeepEqual(records, want) || !reflect.DeepEqual(rejects, []string{tc.want}) {
				t.Fatalf("read = %q, %q, %v; want the other two rows and %q", records, rejects, err, tc.want)
			}
			if got := len(pages[0].Rejects[0].Body); got != 64<<10 {
				t.Errorf("the reject keeps %d bytes of raw text, want %d", got, 64<<10)
			}
		})
	}
}

// A stray quote far from the end of a file larger than memory may hold costs its own row alone.
func TestStrayQuoteInALargeFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,title\n0,\"stray\n")
	const n = 500_000
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "%d,title of %d\n", i, i)
	}
	pages, err := readPages(importers.Config{}, nil, usual, file("a.csv", b.String()))
	records, rejects := summary(pages)
	if err != nil || len(records) != n || len(rejects) != 1 {
		t.Errorf("read = %d records, rejects %q, %v; want %d and one", len(records), rejects, err, n)
	}
}

func TestResume(t *testing.T) {
	content := func(n int) string {
		var b strings.Builder
		b.WriteString("id,title\n")
		for i := range n {
			fmt.Fprintf(&b, "%d,\"two\nlines\"\n%d,twin\n", i, i)
		}
		return b.String()
	}
	files := []importers.File{file("b.csv", content(700)), file("a.csv", content(300))}
	all, err := readPages(importers.Config{}, nil, usual, files...)
	if err != nil || len(all) != 5 { // 600 rows of a.csv, 1400 of b.csv, 500 to the page
		t.Fatalf("read = %d pages, %v; want 5", len(all), err)
	}
	for i, page := range all {
		rest, err := readPages(importers.Config{}, page.Next, usual, files...)
		wantRecords, wantRejects := summary(all[i+1:])
		records, rejects := summary(rest)
		if err != nil || !reflect.DeepEqual(records, wantRecords) || !reflect.DeepEqual(rejects, wantRejects) {
			t.Errorf("behind page %d: %d records, %d rejects, %v; want %d and %d", i, len(records), len(rejects), err, len(wantRecords), len(wantRejects))
		}
	}
	if _, err := readPages(importers.Config{}, all[0].Next, usual, file("other.csv", "id\n1\n")); err == nil {
		t.Error("resuming without the file that the run stopped in gave no error")
	}
	if _, err := readPages(importers.Config{}, importers.Cursor("?"), usual, files...); err == nil {
		t.Error("a cursor that is none gave no error")
	}
}

func TestReadStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range Source().Collections[0].Read(ctx, importers.Input{Files: []importers.File{file("a.csv", "id\n1\n")}}, nil) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("reading with a canceled context gave %v, want context.Canceled", err)
		}
	}
}

func TestKeyColumnMissing(t *testing.T) {
	cfg := config(Mapping{Key: []string{"ticket"}}, nil)
	if _, err := readPages(cfg, nil, usual, file("a.csv", "id,title\n1,a\n")); err == nil || !strings.Contains(err.Error(), `no column "ticket"`) {
		t.Errorf("error = %v, want one that names the column", err)
	}
}

// What lines.chunk returns is the whole text again, in order, whatever is wrong with its quotes.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\n\"x\ny\";2\n", "a,b\n1,\"x\n2,y\n", "a\n\"x\"\"y\"\n\"\n\"z\n", "sep=;\na;b\r\n1;\xe9\n", "\"\n\"\n\"\"\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in := &lines{in: bufReader(s), limit: usual}
		var again strings.Builder
		for {
			c, err := in.chunk(func([]byte) bool { return true })
			if err != nil {
				break
			}
			again.Write(c.text)
		}
		if again.String() != s {
			t.Errorf("the records of %q together are %q", s, again.String())
		}
		small := usual
		small.record, small.cell = 40, 8
		for _, l := range []limits{usual, small} {
			pages, _ := readPages(importers.Config{}, nil, l, file("a.csv", s))
			mapPages(t, importers.Config{}, pages)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	for _, s := range []string{`{"id":1,"a":{"b":[1,2]}}`, "{\"id\":\"\\ud800\"}\n{", `{"":null,"x":{"":{}}}`, "{\"id\":\"2024-01-01\xe9\"}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cfg := importers.Config{Settings: map[string]string{"format": formatJSONL}}
		pages, _ := readPages(cfg, nil, usual, file("a.jsonl", s))
		mapPages(t, cfg, pages)
	})
}
