package dump

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"testing"
)

// told writes down what it is given of the tables that do not begin with "not".
type told []string

func (t *told) Wanted(n Name) (bool, error) { return !strings.HasPrefix(n.Table, "not"), nil }

func (t *told) Row(n Name, line int64, r Row) error {
	*t = append(*t, fmt.Sprintf("%s.%s %d %s", n.Schema, n.Table, line, r))
	return nil
}

func (t *told) Reject(n Name, line int64, reason, _ string) error {
	*t = append(*t, fmt.Sprintf("%s.%s %d %s", n.Schema, n.Table, line, reason))
	return nil
}

func reader(text string) *bufio.Reader { return bufio.NewReader(strings.NewReader(text)) }

// What each form says of the same rows. Formats: https://www.postgresql.org/docs/15/sql-copy.html,
// https://dev.mysql.com/doc/refman/8.0/en/mysqldump.html.
func TestRows(t *testing.T) {
	for _, tc := range []struct {
		name string
		read func(to Taker) error
		want string
	}{
		{"PostgreSQL", func(to Taker) error {
			_, err := Postgres(context.Background(), reader("COPY a.not_this (id) FROM stdin;\n9\n\\.\nCOPY a.\"posts\" (id, title) FROM stdin;\n1\tone\\ttab\n2\t\\N\n3\n"), to)
			return err
		}, `a.posts 5 {"id":"1","title":"one\ttab"} | a.posts 6 {"id":"2"} | a.posts 7 the row has 1 columns, the table has 2 | a.posts 7 the dump ends within this table: it was cut off, so that rows are missing; make it again`},
		{"MySQL", func(to Taker) error {
			return MySQL(reader("CREATE TABLE `posts` (`id` int, `title` text, KEY (`id`));\nINSERT INTO `not_this` VALUES (9);\nINSERT INTO `db`.`posts` VALUES (1,'it''s'),(2,NULL),\n(3);"), to)
		}, `.posts 3 {"id":"1","title":"it's"} | .posts 3 {"id":"2"} | .posts 4 the row has 1 values, the table has 2 columns`},
		{"CSV", func(to Taker) error { return CSV(reader("\ufeffid;title\n1;one\n2;NULL\n3\n"), "posts", to) },
			`.posts 2 {"id":"1","title":"one"} | .posts 3 {"id":"2"} | .posts 4 the row has 1 fields, the header has 2`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got told
			if err := tc.read(&got); err != nil {
				t.Fatal(err)
			}
			if text := strings.Join(got, " | "); text != tc.want {
				t.Errorf("it told\n%s, want\n%s", text, tc.want)
			}
		})
	}
}

func TestOnly(t *testing.T) {
	if got := (Table{Columns: "id name"}).Only(Row{"id": "1", "name": "caf\xe9", "phone": "2"}); len(got) != 2 || got["name"] != "café" {
		t.Errorf("kept are %v, want id and name, as MySQL's latin1 means it", got)
	}
}

// The examples are those of PostgreSQL's manual on COPY.
func TestUnescaped(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{`plain`, "plain"}, {`a\tb\nc\\d`, "a\tb\nc\\d"}, {`\b\f\r\v`, "\b\f\r\v"}, {`\101\1017`, "AA7"}, {`\x41\x4a7`, "AJ7"}, {`\x4g`, "\x04g"}, {`\xg`, "xg"},
		{`\q\.`, "q."}, {`end\`, `end\`}, {`\777`, "\xff"}, {``, ""},
	} {
		if got := copyText([]byte(tc.in)); got != tc.want {
			t.Errorf("copyText(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}
