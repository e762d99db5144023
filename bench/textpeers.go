package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// wanted is a question to a full-text engine: any part may be missing.
type wanted struct {
	words    []string // all of them, or any with either
	either   bool
	phrase   string
	prefix   string // of a word of the title
	fuzzy    string
	from, to time.Time
	severity int
	facets   bool // counts by severity and by service
}

// postgresText is PostgreSQL's own full-text search: a stored tsvector with weights, GIN, and trigrams of the title.
type postgresText struct{ db *sql.DB }

func (p postgresText) build(ctx context.Context, n int) (time.Duration, error) {
	spent, err := p.exec(ctx, `CREATE UNLOGGED TABLE texts (number text PRIMARY KEY, title text, body text, severity int, opened timestamptz, service text,
		words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', body), 'B')) STORED)`)
	if err != nil {
		return 0, err
	}
	copied, err := p.copy(ctx, n)
	if err != nil {
		return 0, err
	}
	indexes, err := p.exec(ctx, "CREATE INDEX ON texts USING gin (words)", "CREATE INDEX ON texts (opened)", "CREATE INDEX ON texts (severity)", "ANALYZE texts")
	return spent + copied + indexes, err
}

// copy is the fastest way in.
func (p postgresText) copy(ctx context.Context, n int) (spent time.Duration, err error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	err = eachText(n, func(docs []text) error {
		var rows [][]any
		for _, d := range docs {
			rows = append(rows, []any{d.number, d.title, d.body, d.severity, d.opened, d.service})
		}
		return conn.Raw(func(driver any) error {
			begun := time.Now()
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{"texts"}, []string{"number", "title", "body", "severity", "opened", "service"}, pgx.CopyFromRows(rows))
			spent += time.Since(begun)
			return err
		})
	})
	return spent, err
}

// trigrams adds what fuzzy questions need, which is not part of the time to index.
func (p postgresText) trigrams(ctx context.Context) error {
	_, err := p.exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_trgm", "CREATE INDEX ON texts USING gin (title gin_trgm_ops)", "SET pg_trgm.word_similarity_threshold = 0.6")
	return err
}

func (p postgresText) exec(ctx context.Context, statements ...string) (time.Duration, error) {
	begun := time.Now()
	for _, s := range statements {
		if _, err := p.db.ExecContext(ctx, s); err != nil {
			return 0, fmt.Errorf("%s: %w", s, err)
		}
	}
	return time.Since(begun), nil
}

func (p postgresText) size(ctx context.Context) (bytes int64, err error) {
	err = p.db.QueryRowContext(ctx, "SELECT pg_total_relation_size('texts')").Scan(&bytes)
	return bytes, err
}

// memory is the proportional share of all processes of the server.
func (p postgresText) memory(ctx context.Context) (total int64, err error) {
	err = p.eachProcess(ctx, func(pid string, _ []string) { total += processField(pid, "smaps_rollup", "Pss") })
	return total, err
}

// processor is the processor time that all processes of the server have had, those that have ended included.
func (p postgresText) processor(ctx context.Context) (total time.Duration, err error) {
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux
	err = p.eachProcess(ctx, func(_ string, stat []string) {
		for _, field := range stat[11:15] { // utime, stime, and those of children that have ended; see proc(5)
			n, err := strconv.Atoi(field)
			if err == nil {
				total += time.Duration(n) * tick
			}
		}
	})
	return total, err
}

// eachProcess calls do with the processes of the server, and the fields of their stat file behind the name.
func (p postgresText) eachProcess(ctx context.Context, do func(pid string, stat []string)) error {
	var file string
	if err := p.db.QueryRowContext(ctx, "SELECT pg_read_file('postmaster.pid')").Scan(&file); err != nil {
		return err
	}
	parent := strings.Fields(file)[0]
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, readErr := os.ReadFile(path)
		_, rest, ok := strings.Cut(string(text), ") ")
		pid, fields := filepath.Base(filepath.Dir(path)), strings.Fields(rest)
		if readErr != nil || !ok || len(fields) < 15 || pid != parent && fields[1] != parent {
			continue // it has ended, or is somebody else's
		}
		do(pid, fields)
	}
	return err
}

func (p postgresText) ask(ctx context.Context, w wanted) (time.Duration, error) {
	where, values, rank := []string{"true"}, []any{}, "opened DESC"
	value := func(v any) string {
		values = append(values, v)
		return fmt.Sprintf("$%d", len(values))
	}
	match := func(query string) {
		where = append(where, "words @@ "+query)
		rank = "ts_rank(words, " + query + ") DESC"
	}
	switch {
	case w.fuzzy != "":
		word := value(w.fuzzy)
		where, rank = append(where, word+" <% title"), "word_similarity("+word+", title) DESC"
	case w.phrase != "":
		match("phraseto_tsquery('english', " + value(w.phrase) + ")")
	case w.prefix != "":
		match("to_tsquery('english', " + value(w.prefix+":*A") + ")")
	case len(w.words) > 0:
		glue := " & "
		if w.either {
			glue = " | "
		}
		match("to_tsquery('english', " + value(strings.Join(w.words, glue)) + ")")
	}
	if !w.from.IsZero() {
		where = append(where, "opened >= "+value(w.from), "opened < "+value(w.to))
	}
	if w.severity > 0 {
		where = append(where, "severity = "+value(w.severity))
	}
	return askSQL(ctx, p.db, " FROM texts WHERE "+strings.Join(where, " AND "), rank, w.facets, values)
}

// sqliteText is FTS5 of the SQLite that the program is built with.
type sqliteText struct {
	db   *sql.DB
	path string
}

func openSQLiteText(path string) (sqliteText, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-262144)")
	return sqliteText{db, path}, err
}

func (s sqliteText) build(ctx context.Context, n int) (time.Duration, error) {
	begun := time.Now()
	if _, err := s.db.ExecContext(ctx, "CREATE TABLE texts (id INTEGER PRIMARY KEY, number TEXT, title TEXT, body TEXT, severity INTEGER, opened INTEGER, service TEXT)"); err != nil {
		return 0, err
	}
	spent := time.Since(begun)
	err := eachText(n, func(docs []text) error {
		begun := time.Now()
		defer func() { spent += time.Since(begun) }()
		tx, err := s.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback() // it does nothing behind Commit
		insert, err := tx.PrepareContext(ctx, "INSERT INTO texts (number, title, body, severity, opened, service) VALUES (?, ?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		for _, d := range docs {
			if _, err := insert.ExecContext(ctx, d.number, d.title, d.body, d.severity, d.opened.Unix(), d.service); err != nil {
				return err
			}
		}
		return tx.Commit()
	})
	if err != nil {
		return 0, err
	}
	begun = time.Now()
	for _, statement := range []string{"CREATE VIRTUAL TABLE words USING fts5(title, body, content='texts', content_rowid='id', tokenize='porter unicode61')",
		"INSERT INTO words(words) VALUES ('rebuild')", "CREATE INDEX opened ON texts (opened, severity, service)", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := s.db.ExecContext(ctx, statement); err != nil {
			return 0, fmt.Errorf("%s: %w", statement, err)
		}
	}
	return spent + time.Since(begun), nil
}

func (s sqliteText) ask(ctx context.Context, w wanted) (time.Duration, error) {
	from, where, values, rank := " FROM texts", []string{"true"}, []any{}, "opened DESC"
	match := func(query string) {
		from, rank = " FROM words JOIN texts ON texts.id = words.rowid", "bm25(words, 5, 1.5)"
		where, values = append(where, "words MATCH ?"), append(values, query)
	}
	switch {
	case w.phrase != "":
		match(`"` + w.phrase + `"`)
	case w.prefix != "":
		match("title : " + w.prefix + "*")
	case w.either:
		match(strings.Join(w.words, " OR "))
	case len(w.words) > 0:
		match(strings.Join(w.words, " AND "))
	}
	if !w.from.IsZero() {
		where, values = append(where, "opened >= ? AND opened < ?"), append(values, w.from.Unix(), w.to.Unix())
	}
	if w.severity > 0 {
		where, values = append(where, "severity = ?"), append(values, w.severity)
	}
	return askSQL(ctx, s.db, from+" WHERE "+strings.Join(where, " AND "), rank, w.facets, values)
}

// askSQL reads twenty texts, the total, and the two facets if they are wanted.
func askSQL(ctx context.Context, db *sql.DB, tail, rank string, facets bool, values []any) (time.Duration, error) {
	columns := "texts.title, texts.body"
	queries := []string{"SELECT " + columns + tail + " ORDER BY " + rank + " LIMIT 20", "SELECT count(*), 0" + tail}
	if facets {
		for _, c := range []string{"severity", "service"} {
			queries = append(queries, "SELECT "+c+", count(*)"+tail+" GROUP BY 1 ORDER BY 2 DESC LIMIT 50")
		}
	}
	begun := time.Now()
	for _, q := range queries {
		rows, err := db.QueryContext(ctx, q, values...)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", q, err)
		}
		for rows.Next() {
			var a, b string
			if err := rows.Scan(&a, &b); err != nil {
				rows.Close()
				return 0, err
			}
		}
		if err := rows.Err(); err != nil {
			return 0, fmt.Errorf("%s: %w", q, err)
		}
	}
	return time.Since(begun), nil
}

// eachText makes n documents up, a thousand at a time.
func eachText(n int, do func(docs []text) error) error {
	p := newProse()
	var docs []text
	for i := range n {
		if docs = append(docs, p.next(i)); len(docs) == 1000 || i == n-1 {
			if err := do(docs); err != nil {
				return err
			}
			docs = docs[:0]
		}
	}
	return nil
}
