package dispatch

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hindsight/importers"
	"hindsight/importers/dump"
	"hindsight/importers/importertest"
	"hindsight/incident"
)

func TestSource(t *testing.T) {
	importertest.Run(t, Source(), importertest.Case{Name: "synthetic", Files: []string{"synthetic.dump"}})
}

func inMemory(name, text string) importers.File {
	return importers.File{Name: name, Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// readAll returns the pages behind a cursor, and the error that ended them.
func readAll(from importers.Cursor, files ...importers.File) (pages []importers.Page, err error) {
	for page, e := range read(context.Background(), importers.Input{Files: files}, from) {
		if e != nil {
			return pages, e
		}
		pages = append(pages, page)
	}
	return pages, nil
}

func gather(pages []importers.Page) (records []importers.Record, rejects []importers.Reject) {
	for _, p := range pages {
		records, rejects = append(records, p.Records...), append(rejects, p.Rejects...)
	}
	return records, rejects
}

func synthetic(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/synthetic.dump")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is not needed is not stored: the fixture marks it.
func TestLeavesSecretsOut(t *testing.T) {
	pages, err := readAll(nil, inMemory("a.sql", synthetic(t)))
	if err != nil {
		t.Fatal(err)
	}
	records, _ := gather(pages)
	for _, r := range records {
		for _, word := range []string{"not to be read", "555 0100", "search_vector"} {
			if strings.Contains(string(r.Body), word) {
				t.Errorf("the record of %s holds %q", r.ExternalID, word)
			}
		}
	}
	if len(records) != 6 {
		t.Errorf("read %d incidents, want 6: five and one, and none of the schema that the move left behind", len(records))
	}
}

func TestPackedIsTheSame(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, synthetic(t)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	plain, _ := readAll(nil, inMemory("a.sql.gz", synthetic(t)))
	unpacked, err := readAll(nil, inMemory("a.sql.gz", packed.String()))
	if err != nil || !reflect.DeepEqual(plain, unpacked) {
		t.Errorf("read %d pages of the packed dump, error %v; want the %d of the plain one", len(unpacked), err, len(plain))
	}
}

// Rows come back from a dump in the order in which they lie on disk, which an update changes. The record must not.
func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	lines := strings.SplitAfter(synthetic(t), "\n")
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i], "COPY ") {
			continue
		}
		end := i + 1
		for lines[end] != "\\.\n" {
			end++
		}
		slices.Reverse(lines[i+1 : end])
	}
	bodies := func(text string) map[string]string {
		pages, err := readAll(nil, inMemory("a.sql", text))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		records, _ := gather(pages)
		for _, r := range records {
			out[r.ExternalID] = string(r.Body)
		}
		return out
	}
	if got, want := bodies(strings.Join(lines, "")), bodies(synthetic(t)); !reflect.DeepEqual(got, want) {
		t.Errorf("with the rows of each table backwards, the records are\n%s\nwant\n%s", got, want)
	}
}

const head = "COPY dispatch_organization_default.incident (id, title, status) FROM stdin;\n"

func TestBadRows(t *testing.T) {
	text := "--\n" + head + "1\tgood\tActive\n2\ttoo few\nx\tno id\tActive\n1\tagain\tActive\n3\t" + strings.Repeat("x", dump.MaxRow) + "\tActive\n\\N\tnone\tActive\n4\tgood too\tClosed\n\\.\n" +
		"\nCOPY dispatch_organization_default.event (id, incident_id, description) FROM stdin;\n1\t1\tfine\n2\tone\tbad\n3\t\\N\tof a case\n4\t4\tcut off"
	pages, err := readAll(nil, inMemory("a.sql", text))
	if err != nil {
		t.Fatal(err)
	}
	records, rejects := gather(pages)
	var got []string
	for _, r := range rejects {
		got = append(got, r.Place+": "+r.Reason)
	}
	want := []string{
		"a.sql, line 4, table incident: the row has 2 columns, the table has 3",
		"a.sql, line 5, table incident: column id: \"x\" is no id",
		"a.sql, line 6, table incident: the id 1 was there before",
		"a.sql, line 7, table incident: the row holds more than 8 MiB",
		"a.sql, line 8, table incident: column id: \"\" is no id",
		"a.sql, line 14, table event: column incident_id: \"one\" is no id",
		"a.sql, line 16, table event: the dump ends within this table: it was cut off, so that rows are missing; make it again",
	}
	if !slices.Equal(got, want) {
		t.Errorf("rejects are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(records) != 2 || records[0].ExternalID != "default/1" || records[1].Place != "a.sql, line 9" {
		t.Errorf("records are %+v, want the incidents 1 and 4", records)
	}
}

func TestNoDump(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"PostgreSQL's own format", "PGDMP\x01\x0e", "make text of it with: pg_restore -f dispatch.sql FILE"},
		{"tar", "toc.dat\x00\x00", "make text of it with: pg_restore -f dispatch.sql FILE"},
		{"UTF-16", "\xff\xfe-\x00-\x00", "make the dump with: pg_dump -f dispatch.sql"},
		{"INSERT statements", "INSERT INTO dispatch_organization_default.incident VALUES (1);\n", "make the dump without --inserts"},
		{"of another database", "COPY public.users (id) FROM stdin;\n1\n\\.\n", "holds no table of incidents"},
		{"empty", "", "holds no table of incidents"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pages, err := readAll(nil, inMemory("a.sql", tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) || len(pages) > 0 {
				t.Errorf("reading gave %d pages and %v, want an error with %q", len(pages), err, tc.want)
			}
		})
	}
}

// A run that stops behind any page goes on with what followed it.
func TestResume(t *testing.T) {
	var text strings.Builder
	text.WriteString(head)
	for i := range 900 {
		fmt.Fprintf(&text, "%d\tincident\tActive\nbad\n", 900-i)
	}
	text.WriteString("\\.\n")
	files := []importers.File{inMemory("b.sql", head+"7\tin the second file\tActive\n\\.\n"), inMemory("a.sql", text.String())}
	pages, err := readAll(nil, files...)
	if records, rejects := gather(pages); err != nil || len(records) != 901 || len(rejects) != 900 || len(pages) != 10 {
		t.Fatalf("read %d records and %d rejects in %d pages, error %v; want 901, 900 and 10", len(records), len(rejects), len(pages), err)
	}
	for i, p := range pages {
		rest, err := readAll(p.Next, files...)
		gotRecords, gotRejects := gather(rest)
		wantRecords, wantRejects := gather(pages[i+1:])
		if err != nil || !reflect.DeepEqual(gotRecords, wantRecords) || !reflect.DeepEqual(gotRejects, wantRejects) {
			t.Errorf("behind page %d there are %d records and %d rejects, error %v; want %d and %d", i, len(gotRecords), len(gotRejects), err, len(wantRecords), len(wantRejects))
		}
	}
}

// A tag type that the mapping names holds services.
func TestServicesAreTags(t *testing.T) {
	pages, err := readAll(nil, inMemory("a.sql", synthetic(t)))
	if err != nil {
		t.Fatal(err)
	}
	records, _ := gather(pages)
	cfg := importers.Config{Mapping: []byte(`{"fields": {"service": "application"}, "service": {"payments": "Payments API"}}`)}
	d, err := mapRecord(incident.Raw{ExternalID: records[0].ExternalID, Body: records[0].Body}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	want := []incident.ServiceUse{{Name: "checkout", Role: "affected"}, {Name: "Payments API", Role: "affected"}}
	if !slices.Equal(d.Incident.Services, want) || !slices.Equal(d.Incident.Tags, []string{"expired certificate"}) {
		t.Errorf("services are %+v and tags %q, want %+v and the other tag", d.Incident.Services, d.Incident.Tags, want)
	}
}

func FuzzDump(f *testing.F) {
	f.Add([]byte(head + "1\tgood\tActive\n\\.\n"))
	f.Add([]byte("COPY public.incident (id) FROM stdin;\n1\\x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		pages, err := readAll(nil, inMemory("a.sql", string(text)))
		if err != nil {
			return
		}
		records, _ := gather(pages)
		for _, r := range records {
			importertest.Mappable(t, Source(), collection, importers.Config{}, r)
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"organization":"o","tables":{"incident":[{"id":"1","title":"t","status":"Closed","closed_at":"2024-01-01 00:00:00","resolution":"r"}],"event":[{"started_at":"2024-01-01 00:00:00","description":"A marked the incident as closed"}],"report":[{"details":"{\"a\":\"b\"}"}],"tag":[{"id":"1","name":"n"}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), collection, importers.Config{}, importers.Record{ExternalID: "o/1", Body: body})
	})
}
