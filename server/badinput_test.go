package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBadInput: what cannot be read is named with its place and set aside with its text; the rest goes in.
func TestBadInput(t *testing.T) {
	for _, tc := range []struct {
		name   string
		source string
		file   func(t *testing.T) string
		code   int
		in     int      // incidents that go in
		says   []string // on standard output or standard error
		dead   []string // lines of dead-letters --raw
	}{
		{"rows", "table", func(*testing.T) string { return "testdata/bad.csv" }, 3, 6,
			[]string{"partial: 8 records read, 6 new", "2 dead letters", `"P9"`, "bad.csv, row 5: resolved precedes opened", "Windows-1252"},
			[]string{"bad.csv, row 3: the row has 3 fields, the header has 7", "B-2,too,few", "bad.csv, row 8, column Opened", `"2024-02-30 10:00"`, `"no such day"`}},
		{"a cell of 50 MB", "table", hugeCell, 3, 1, []string{"1 dead letters"}, []string{"huge.csv, row 2: the record holds more than 4 MiB", "H-1,xxx"}},
		{"an archive that unpacks to gigabytes", "table", bomb, 1, 0, []string{"bomb.xlsx unpacks to more than 512 MiB"}, nil},
		{"no table", "table", noise, 1, 0, []string{"noise.csv is not a table: it is not text"}, nil},
		{"empty", "table", func(t *testing.T) string { return write(t, "empty.csv", nil) }, 1, 0, []string{"empty.csv"}, nil},
		{"a document without a date", "markdown", func(t *testing.T) string {
			return write(t, "nodate.md", []byte("# Something broke\n\nNobody wrote down when.\n"))
		}, 3, 0, []string{"1 dead letters"}, []string{"nodate.md", "the document has no date", "Nobody wrote down when."}},
		{"no log", "servicenow", func(t *testing.T) string { return write(t, "other.csv", []byte("a,b\n1,2\n")) }, 1, 0, []string{"other.csv"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := installation{dir: t.TempDir()}
			got := in.run(t, "import", tc.source, "--file", tc.file(t))
			if got.code != tc.code {
				t.Errorf("import = %d, want %d", got.code, tc.code)
			}
			contains(t, "import", got.out+got.err, tc.says)
			if tc.dead != nil {
				contains(t, "dead-letters --raw", in.mustRun(t, "dead-letters", "--raw"), tc.dead)
			}
			if doctor := in.mustRun(t, "doctor"); !strings.Contains(doctor, fmt.Sprintf("%d incidents", tc.in)) {
				t.Errorf("after the import, doctor says %q, want %d incidents", doctor, tc.in)
			}
		})
	}
}

func contains(t *testing.T, what, text string, wants []string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s says %.2000q\nwithout %q", what, text, want)
		}
	}
}

func hugeCell(t *testing.T) string {
	row := "H-1," + strings.Repeat("x", 50<<20) + ",Resolved,2024-03-01 10:00,2024-03-01 11:00\n"
	return write(t, "huge.csv", []byte("Id,Title,Status,Opened,Resolved\n"+row+"H-2,fine,Resolved,2024-03-01 10:00,2024-03-01 11:00\n"))
}

// bomb is a workbook of 2 MB whose sheet unpacks to a gigabyte.
func bomb(t *testing.T) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, size := range map[string]int{"[Content_Types].xml": 1, "xl/workbook.xml": 1, "xl/worksheets/sheet1.xml": 1 << 30} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for chunk := make([]byte, min(size, 1<<20)); size > 0; size -= len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "bomb.xlsx", b.Bytes())
}

func noise(t *testing.T) string {
	b := make([]byte, 4000)
	for i := range b {
		b[i] = byte(i * i >> 3)
	}
	return write(t, "noise.csv", b)
}

// TestUsage: a mistake in the command line ends with 2 and a hint, a failure with 1.
func TestUsage(t *testing.T) {
	for _, tc := range []struct {
		args string
		code int
		says string
	}{
		{"help", 0, "usage: hindsight"},
		{"version", 0, "hindsight"},
		{"frobnicate", 2, `there is no command "frobnicate"`},
		{"import", 2, "say which source"},
		{"import carrier-pigeon --file testdata/bad.csv", 2, "carrier-pigeon"},
		{"import table", 2, "--file"},
		{"import table --file testdata/bad.csv --set nonsense", 2, "NAME=VALUE"},
		{"import table --file testdata/bad.csv --set nonsense=1", 2, "nonsense"},
		{"import table --file testdata/bad.csv --since whenever", 2, "whenever"},
		{"import table --file no-such-file.csv", 1, "no-such-file.csv"},
		{"import table --no-such-flag", 2, "no-such-flag"},
		{"remap nobody", 2, "nobody"},
		{"dead-letters --connection nobody", 2, "nobody"},
		{"measure --metric happiness", 2, "happiness"},
		{"measure --service nowhere", 2, "nowhere"},
		{"measure --group-by colour", 2, "colour"},
		{"measure --from 2024-13", 2, "2024-13"},
		{"measure --tz Mars/Olympus", 2, "Mars/Olympus"},
		{"chart no-such-chart -o x.csv", 2, "no-such-chart"},
		{"chart", 0, "ttr-by-service"},
		{"similar nobody", 2, "nobody"},
		{"search --limit 0 x", 2, "limit"},
		{"user dance", 2, "user add"},
		{"token", 2, "token add"},
		{"config --log xml", 1, "xml"},
		{"serve here", 2, "takes no arguments"},
	} {
		t.Run(tc.args, func(t *testing.T) {
			in := installation{dir: t.TempDir()}
			got := in.run(t, strings.Fields(tc.args)...)
			if got.code != tc.code || !strings.Contains(got.out+got.err, tc.says) {
				t.Errorf("hindsight %s = %d, %q, want %d and a word about %q", tc.args, got.code, got.out+got.err, tc.code, tc.says)
			}
			if strings.Contains(got.err, "goroutine ") {
				t.Errorf("hindsight %s panicked:\n%s", tc.args, got.err)
			}
		})
	}
}

// TestSuggestedMapping: a table that nobody mapped is read as its columns suggest, and later files are read alike.
func TestSuggestedMapping(t *testing.T) {
	in := installation{dir: t.TempDir()}
	in.run(t, "import", "table", "--file", "testdata/bad.csv")
	moved := strings.ReplaceAll("Id,Title,Status,Priority,Service,Opened,Resolved\nB-8,fine,Resolved,P3,search,2024-03-07 10:00,2024-03-07 10:50\n", "\r", "")
	var run importSummary
	parseJSON(t, "import --json", in.mustRun(t, "import", "table", "--json", "--file", write(t, "later.csv", []byte(moved))), &run)
	if run.Changed != 1 || run.New != 0 {
		t.Errorf("import of a changed row = %+v, want 1 changed and 0 new", run)
	}
	dry := in.run(t, "import", "table", "--dry-run", "--name", "other", "--file", "testdata/bad.csv")
	if doctor := in.mustRun(t, "doctor"); dry.code != 3 || !strings.Contains(dry.out, "rejected: bad.csv, row 3") || !strings.Contains(doctor, "6 incidents") {
		t.Errorf("import --dry-run = %d %q, then doctor says %q; want 3, the rejected rows and still 6 incidents", dry.code, dry.out, doctor)
	}
	if entries, err := os.ReadDir(filepath.Join(in.dir, "uploads")); err == nil && len(entries) > 0 {
		t.Errorf("the command left %d uploads behind, want none", len(entries))
	}
}
