package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// imported is how an import went.
type imported struct {
	rows    int
	program time.Duration
	floor   time.Duration
}

func (b *bench) importRow(database string, i imported) []string {
	rate := func(d time.Duration) string { return fmt.Sprintf("%.0f/s", float64(i.rows)/d.Seconds()) }
	return []string{database, count(i.rows), rate(i.program), rate(i.floor), ratio(i.program, i.floor), each(i.program, i.rows)}
}

// imports imports through the command line, which runs the same runner as the server's jobs, and fills one table
// with the same rows.
func (b *bench) imports(ctx context.Context) (section, error) {
	s := section{
		title: "Imports",
		note: "`hindsight import table` of a CSV file, from the start of the process to its end, against the floor: the same file read with encoding/csv and inserted into one table " +
			"of texts, 500 rows a statement. The program also stores every raw record, its provenance and the change feed. PostgreSQL ran with fsync off for both.",
		header: []string{"database", "incidents", "program", "floor", "program / floor", "per incident"},
	}
	for _, n := range b.sizes {
		i, err := b.importOnce(ctx, b.sqlite(n), n, func() (*peer, error) {
			return sqlitePeer(ctx, filepath.Join(b.dir, fmt.Sprintf("floor-%d.db", n)))
		})
		if err != nil {
			return s, err
		}
		s.rows = append(s.rows, b.importRow("SQLite", i))
	}
	n := b.largest()
	address, stop, err := postgres(ctx)
	if err != nil {
		return s, err
	}
	p := program{binary: b.binary, data: filepath.Join(b.dir, "postgres"), url: address}
	i, err := b.importOnce(ctx, p, n, func() (*peer, error) { return openPeer(ctx, "pgx", address) })
	if err == nil {
		s.rows = append(s.rows, b.importRow("PostgreSQL", i))
		err = stop()
	}
	return s, err
}

func (b *bench) importOnce(ctx context.Context, p program, n int, open func() (*peer, error)) (i imported, err error) {
	b.say("import %d incidents", n)
	out, took, err := p.run(ctx, "", "import", "table", "--file", b.file(n), "--mapping", b.mapping, "--name", "made up", "--json")
	if err != nil {
		return i, err
	}
	var run struct {
		New int `json:"new"`
	}
	if err := json.Unmarshal([]byte(strings.TrimSpace(out)), &run); err != nil || run.New != n {
		return i, fmt.Errorf("import of %d incidents: %v, it said %s", n, err, out)
	}
	floor, err := open()
	if err != nil {
		return i, err
	}
	least, err := floor.fill(ctx, b.file(n))
	if err == nil {
		err = floor.db.Close()
	}
	return imported{n, took, least}, err
}
