package dump

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// statements reads the rows out of a dump. Which columns a table has, its CREATE TABLE says, or the INSERT itself.
type statements struct {
	scanner
	to      Taker
	columns map[string][]string
}

// MySQL reads the rows of the tables that are wanted out of the statements that mysqldump, mariadb-dump or phpMyAdmin write.
func MySQL(in *bufio.Reader, to Taker) error {
	s := statements{scanner: scanner{in: in, line: 1}, to: to, columns: map[string][]string{}}
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = s.statement(t)
		}
		if errors.Is(err, errOpen) || errors.Is(err, io.EOF) {
			return to.Reject(Name{}, s.line, errOpen.Error(), "")
		}
		if err != nil {
			return err
		}
	}
}

func (s *statements) statement(first token) error {
	switch {
	case first.is("CREATE"):
		return s.create()
	case first.is("INSERT"), first.is("REPLACE"):
		return s.insert()
	case first.is(";"):
		return nil
	}
	return s.rest()
}

// rest reads on behind the end of the statement.
func (s *statements) rest() error {
	s.skips = true
	defer func() { s.skips = false }()
	for {
		t, err := s.next()
		if err != nil || t.is(";") {
			return err
		}
	}
}

// noColumn begins what stands among the columns of a table and is none.
const noColumn = " PRIMARY KEY UNIQUE INDEX FULLTEXT SPATIAL CONSTRAINT FOREIGN CHECK PERIOD "

// create reads CREATE TABLE name (column …, column …, KEY …) …; other things are created in passing.
func (s *statements) create() error {
	table, found, err := s.created()
	if err != nil || !found {
		return err
	}
	var columns []string
	begins, depth := true, 1
	for depth > 0 {
		t, err := s.next()
		switch {
		case err != nil:
			return err
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case begins && (t.kind == quoted || t.kind == word && !strings.Contains(noColumn, " "+strings.ToUpper(t.text)+" ")):
			columns = append(columns, t.text)
		}
		begins = depth == 1 && t.is(",")
	}
	s.columns[table] = columns
	return s.rest()
}

// created reads CREATE TABLE up to the columns, and anything else that is created to its end.
func (s *statements) created() (table string, found bool, err error) {
	t, err := s.next()
	if err != nil || !t.is("TABLE") {
		if err == nil && !t.is(";") {
			err = s.rest()
		}
		return "", false, err
	}
	for {
		t, err := s.next()
		switch {
		case err != nil, t.is(";"):
			return "", false, err
		case t.is("("):
			return table, true, nil
		case t.kind == quoted, t.kind == word:
			table = bare(t)
		}
	}
}

// bare returns the name of a table without that of its database.
func bare(t token) string {
	if t.kind == quoted {
		return t.text
	}
	return t.text[strings.LastIndexByte(t.text, '.')+1:]
}

// insert reads INSERT INTO name [(column, …)] VALUES (value, …), (value, …), ….
func (s *statements) insert() error {
	table, columns, err := s.target()
	if err != nil || table == "" {
		return err
	}
	wanted, err := s.to.Wanted(Name{Table: table})
	if err != nil {
		return err
	}
	if !wanted {
		return s.rest()
	}
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return err
		case t.is(";"):
			return nil
		case t.is(","):
			continue
		case !t.is("("):
			if err := s.to.Reject(Name{Table: table}, t.line, fmt.Sprintf("the values of a row were expected, and %q was found; the rest of the statement was left out", t.text), ""); err != nil {
				return err
			}
			return s.rest()
		}
		values, err := s.values()
		if err != nil {
			return err
		}
		if err := s.give(table, columns, t.line, values); err != nil {
			return err
		}
	}
}

// target reads an INSERT up to its first row: the table, and its columns as far as they are known.
func (s *statements) target() (table string, columns []string, err error) {
	listed := false
	for {
		t, err := s.next()
		switch {
		case err != nil:
			return "", nil, err
		case t.is(";"):
			return "", nil, nil
		case t.is("INTO"), t.is("IGNORE"), t.is("DELAYED"), t.is(","), t.is("."):
		case t.is("("):
			listed = true
		case t.is(")"):
		case t.is("VALUES"), t.is("VALUE"):
			if !listed {
				columns = s.columns[table]
			}
			return table, columns, nil
		case listed:
			columns = append(columns, t.text)
		default:
			table = bare(t)
		}
	}
}

// value is a text or number; null is neither.
type value struct {
	text string
	null bool
	over bool // the text is longer than what was kept of it
}

// values reads a row behind its opening parenthesis.
func (s *statements) values() ([]value, error) {
	out := []value{{null: true}}
	for depth := 1; ; {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		now := &out[len(out)-1]
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			if depth--; depth == 0 {
				return out, nil
			}
		case t.is(",") && depth == 1:
			out = append(out, value{null: true})
		case t.is("NULL"):
		case t.kind == word && strings.HasPrefix(t.text, "_"): // _binary, _utf8mb4: the character set of the text that follows
		default:
			*now = value{text: t.text, over: t.over}
		}
	}
}

func (s *statements) give(table string, columns []string, line int64, values []value) error {
	if len(values) != len(columns) {
		reason := fmt.Sprintf("the row has %d values, the table has %d columns", len(values), len(columns))
		if columns == nil {
			reason = "the dump does not say which columns the table has; make it with the tables' definitions (without --no-create-info)"
		}
		var text []string
		for _, v := range values {
			text = append(text, v.text)
		}
		return s.to.Reject(Name{Table: table}, line, reason, strings.Join(text, ", "))
	}
	r := Row{}
	for i, v := range values {
		if v.over {
			return s.to.Reject(Name{Table: table}, line, fmt.Sprintf("column %s holds more than %d MiB", columns[i], MaxText>>20), "")
		}
		if !v.null {
			r[columns[i]] = v.text
		}
	}
	return s.to.Row(Name{Table: table}, line, r)
}
