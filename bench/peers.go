package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// peer is the least that could be done with the same rows: one table, filled in batches, without raw records,
// milestones, provenance, change feed or anything else. What it takes is the floor.
type peer struct {
	db     *sql.DB
	dollar bool // placeholders are $1, $2, …
}

func openPeer(ctx context.Context, driver, address string) (*peer, error) {
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, err
	}
	p := &peer{db, driver == "pgx"}
	_, err = db.ExecContext(ctx, "CREATE TABLE floor ("+strings.Join(columns, " TEXT, ")+" TEXT, PRIMARY KEY (number))")
	return p, err
}

// sqlitePeer opens a file with the settings that the program uses too.
func sqlitePeer(ctx context.Context, path string) (*peer, error) {
	return openPeer(ctx, "sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-32768)")
}

// fill reads the file and inserts its rows, and returns how long that took.
func (p *peer) fill(ctx context.Context, path string) (time.Duration, error) {
	begun := time.Now()
	err := eachBatch(path, func(rows [][]string) error { return p.insert(ctx, rows) })
	return time.Since(begun), err
}

func (p *peer) insert(ctx context.Context, rows [][]string) error {
	var statement strings.Builder
	statement.WriteString("INSERT INTO floor VALUES ")
	var values []any
	for i, row := range rows {
		statement.WriteString(strings.Repeat(", ", min(i, 1)) + "(")
		for j, cell := range row {
			values = append(values, cell)
			mark := "?"
			if p.dollar {
				mark = fmt.Sprintf("$%d", len(values))
			}
			statement.WriteString(strings.Repeat(", ", min(j, 1)) + mark)
		}
		statement.WriteString(")")
	}
	_, err := p.db.ExecContext(ctx, statement.String(), values...)
	return err
}

// index adds SQLite's own full-text index of the texts.
func (p *peer) index(ctx context.Context) (time.Duration, error) {
	begun := time.Now()
	_, err := p.db.ExecContext(ctx, "CREATE VIRTUAL TABLE words USING fts5(title, description, content='floor', tokenize='porter')")
	if err == nil {
		_, err = p.db.ExecContext(ctx, "INSERT INTO words(words) VALUES ('rebuild')")
	}
	return time.Since(begun), err
}

// like answers q as a scan would: the newest twenty and how many there are.
func (p *peer) like(ctx context.Context, q question) (time.Duration, int, error) {
	var where []string
	var values []any
	for _, text := range q.texts {
		where = append(where, "(title LIKE ? OR description LIKE ?)")
		values = append(values, "%"+text+"%", "%"+text+"%")
	}
	tail := " FROM floor WHERE " + strings.Join(where, " AND ")
	return p.answer(ctx, "SELECT number, title, description"+tail+" ORDER BY opened_at DESC LIMIT 20", "SELECT count(*)"+tail, values)
}

// fts answers q with the full-text index: the best twenty and how many there are.
func (p *peer) fts(ctx context.Context, q question) (time.Duration, int, error) {
	var parts []string
	for _, text := range q.texts {
		parts = append(parts, `"`+text+`"`)
	}
	values := []any{strings.Join(parts, " AND ")}
	return p.answer(ctx, "SELECT title, description, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT 20", "SELECT count(*) FROM words WHERE words MATCH ?", values)
}

func (p *peer) answer(ctx context.Context, page, count string, values []any) (time.Duration, int, error) {
	begun := time.Now()
	rows, err := p.db.QueryContext(ctx, page, values...)
	if err != nil {
		return 0, 0, err
	}
	for rows.Next() {
		var a, b, c string
		if err := rows.Scan(&a, &b, &c); err != nil {
			rows.Close()
			return 0, 0, err
		}
	}
	if err := rows.Err(); err != nil {
		return 0, 0, err
	}
	var total int
	err = p.db.QueryRowContext(ctx, count, values...).Scan(&total)
	return time.Since(begun), total, err
}
