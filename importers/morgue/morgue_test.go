package morgue

import (
	"context"
	"encoding/json"
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
)

var settings = importers.Config{Settings: map[string]string{"url": "https://morgue.example.com/", "jira": "https://jira.example.com"}}

func TestSource(t *testing.T) {
	importertest.Run(t, Source(),
		importertest.Case{Name: "synthetic", Files: []string{"synthetic.dump"}, Config: settings},
		importertest.Case{Name: "csv", Root: "testdata/csv"},
	)
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

func bodies(t *testing.T, text string) (out []string) {
	t.Helper()
	pages, err := readAll(nil, inMemory("a.sql", text))
	if err != nil {
		t.Fatal(err)
	}
	records, rejects := gather(pages)
	if len(rejects) > 0 {
		t.Errorf("rejects are %+v, want none", rejects)
	}
	for _, r := range records {
		out = append(out, string(r.Body))
	}
	return out
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The same database, dumped with a row and its columns on each line and without the tables' definitions.
func TestCompleteInserts(t *testing.T) {
	if got, want := bodies(t, file(t, "complete.dump")), bodies(t, file(t, "synthetic.dump")); !reflect.DeepEqual(got, want) || len(want) != 4 {
		t.Errorf("--complete-insert gave\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOldTextsAreLeftOut(t *testing.T) {
	for _, body := range bodies(t, file(t, "synthetic.dump")) {
		for _, word := range []string{"not to be kept", "wrong", "taken off", "gone", "two@example.com"} {
			if strings.Contains(body, word) {
				t.Errorf("a record holds %q: %s", word, body)
			}
		}
	}
}

const definition = "CREATE TABLE `postmortems` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `title` varchar(255) DEFAULT 'a,(b',\n  PRIMARY KEY (`id`,`title`)\n) ENGINE=InnoDB;\n"

// The texts are those of MySQL's manual, "String Literals", and what phpMyAdmin writes.
func TestStatements(t *testing.T) {
	for _, tc := range []struct {
		name, statement string
		want            []string // titles
	}{
		{"escapes", `INSERT INTO postmortems VALUES (1,'disappearing\ backslash'),(2,'\'hello'),(3,'hel''lo'),(4,"hel""lo"),(5,'a\Zb\0c\%d');`,
			[]string{"disappearing backslash", "'hello", "hel'lo", `hel"lo`, "a\x1ab\x00c%d"}},
		{"many lines", "INSERT INTO `postmortems` (`title`, `id`) VALUES\n('one\r\ntwo', 1), -- (9,'no')\n# (8,'no')\n('x -- y', 2);\n", []string{"one\r\ntwo", "x -- y"}},
		{"of a database", "REPLACE INTO morgue.postmortems VALUES (1,_utf8mb4'a');INSERT IGNORE INTO postmortems VALUES(2,NULL);", []string{"a", ""}},
		{"semicolons and comments in texts", "/*!40000 ALTER; */;INSERT INTO postmortems VALUES (1,'a;/* b */');", []string{"a;/* b */"}},
		{"Latin-1", "INSERT INTO postmortems VALUES (1,'M\xfcnchen');", []string{"München"}},
		{"other tables and statements", "CREATE VIEW v AS SELECT (1);DELIMITER;INSERT INTO other VALUES (1,'a;''b');SET a='x;y';INSERT INTO postmortems VALUES (1,'a');", []string{"a"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pages, err := readAll(nil, inMemory("a.sql", definition+tc.statement))
			records, rejects := gather(pages)
			var got []string
			for _, r := range records {
				var rec record
				if err := json.Unmarshal(r.Body, &rec); err != nil {
					t.Fatal(err)
				}
				got = append(got, rec.Tables["postmortems"][0]["title"])
			}
			if !slices.Equal(got, tc.want) || err != nil || len(rejects) > 0 {
				t.Errorf("titles are %q, rejects %+v, error %v; want %q", got, rejects, err, tc.want)
			}
		})
	}
}

func TestBadRows(t *testing.T) {
	for _, tc := range []struct{ name, statement, want string }{
		{"too many values", "INSERT INTO postmortems VALUES (1,'a'),\n(2,'b',3);", "a.sql, line 7, table postmortems: the row has 3 values, the table has 2 columns"},
		{"no id", "INSERT INTO postmortems VALUES ('x','a'),(1,'b');", "a.sql, line 6, table postmortems: column id: \"x\" is no id"},
		{"an id again", "INSERT INTO postmortems VALUES (1,'a'),(1,'b');", "a.sql, line 6, table postmortems: the id 1 was there before"},
		{"not SQL", "INSERT INTO postmortems VALUES (1,'a') ON DUPLICATE KEY UPDATE id=1;", `a.sql, line 6, table postmortems: the values of a row were expected, and "ON" was found; the rest of the statement was left out`},
		{"cut off", "INSERT INTO postmortems VALUES (1,'a'),\n(2,'b", "a.sql, line 7: the dump ends within a statement: it was cut off; make it again"},
		{"cut off between values", "INSERT INTO postmortems VALUES (1,'a'),(2,", "a.sql, line 6: the dump ends within a statement: it was cut off; make it again"},
		{"too long", "INSERT INTO postmortems VALUES (1,'a'),(2,'" + strings.Repeat("x", dump.MaxText+1) + "');", "a.sql, line 6, table postmortems: column title holds more than 16 MiB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pages, err := readAll(nil, inMemory("a.sql", definition+tc.statement))
			records, rejects := gather(pages)
			if err != nil || len(records) != 1 || len(rejects) != 1 {
				t.Fatalf("read %d records and rejects %+v, error %v; want one of each", len(records), rejects, err)
			}
			if got := rejects[0].Place + ": " + rejects[0].Reason; got != tc.want {
				t.Errorf("the reject is %q, want %q", got, tc.want)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		name  string
		files []importers.File
		want  string
	}{
		{"no dump of Morgue", []importers.File{inMemory("a.sql", "INSERT INTO users VALUES (1);")}, "there is no table postmortems"},
		{"a table twice", []importers.File{inMemory("a.sql", definition+"INSERT INTO postmortems VALUES (1,'a');"), inMemory("postmortems.csv", "id,title\n1,a\n")}, "the table postmortems is in a.sql too"},
		{"another table", []importers.File{inMemory("users.csv", "id\n1\n")}, "its name is not that of a table that is read"},
		{"UTF-16", []importers.File{inMemory("a.sql", "\xff\xfe-\x00")}, "it is UTF-16"},
		{"no columns", []importers.File{inMemory("a.sql", "INSERT INTO postmortems VALUES (1,'a');")}, "there is no table postmortems"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := readAll(nil, tc.files...); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("reading gave %v, want an error with %q", err, tc.want)
			}
		})
	}
}

// A run that stops behind any page goes on with what followed it.
func TestResume(t *testing.T) {
	var text strings.Builder
	text.WriteString(definition)
	for i := range 500 {
		fmt.Fprintf(&text, "INSERT INTO postmortems VALUES (%d,'a'),(0,'no id');\n", 500-i)
	}
	in := inMemory("a.sql", text.String())
	pages, err := readAll(nil, in)
	if records, rejects := gather(pages); err != nil || len(records) != 500 || len(rejects) != 500 || len(pages) != 5 {
		t.Fatalf("read %d records and %d rejects in %d pages, error %v; want 500, 500 and 5", len(records), len(rejects), len(pages), err)
	}
	for i, p := range pages {
		rest, err := readAll(p.Next, in)
		gotRecords, gotRejects := gather(rest)
		wantRecords, wantRejects := gather(pages[i+1:])
		if err != nil || !reflect.DeepEqual(gotRecords, wantRecords) || !reflect.DeepEqual(gotRejects, wantRejects) {
			t.Errorf("behind page %d there are %d records and %d rejects, error %v; want %d and %d", i, len(gotRecords), len(gotRejects), err, len(wantRecords), len(wantRejects))
		}
	}
}

func TestTableOf(t *testing.T) {
	for _, tc := range []struct{ file, want string }{
		{"irc.csv", "irc"}, {"exports/Morgue_Tags.csv.gz", "tags"}, {"morgue.postmortem_referenced_tags.csv", "postmortem_referenced_tags"}, {"birc.csv", ""}, {"users.csv", ""},
	} {
		if got, _ := tableOf(tc.file); got != tc.want {
			t.Errorf("tableOf(%q) = %q, want %q", tc.file, got, tc.want)
		}
	}
}

func FuzzDump(f *testing.F) {
	f.Add(definition + "INSERT INTO postmortems VALUES (1,'a\\'b'),(2,NULL);")
	f.Add("INSERT INTO postmortems (id,starttime,jira) VALUES (1,1400000000,0x41) /* */ -- \n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"a.sql", "postmortems.csv"} {
			pages, err := readAll(nil, inMemory(name, text))
			if err != nil {
				continue
			}
			records, _ := gather(pages)
			for _, r := range records {
				if !r.Gone {
					importertest.Mappable(t, Source(), collection, settings, r)
				}
			}
		}
	})
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(`{"tables":{"postmortems":[{"id":"1","title":"t","starttime":"1400000000","endtime":"1400000600","statustime":"1","tldr":"x"}],"jira":[{"ticket":"A-1"}],"postmortem_history":[{"auth_username":"a","create_date":"1400000000"}],"images":[{"image_link":"https://example.com/a.png"}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		importertest.Mappable(t, Source(), collection, settings, importers.Record{ExternalID: "1", Body: body})
	})
}
