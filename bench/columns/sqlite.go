package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"slices"

	"modernc.org/sqlite"
)

// sqlite is the driver that the product uses, with an index that holds all that is asked for in the order of groups. SQLite has
// no quantiles: an aggregate written in Go sorts each group.
type sqliteEngine struct {
	path string
	asked
}

func (s *sqliteEngine) name() string { return "SQLite" }

func (s *sqliteEngine) load(ctx context.Context, rows []row) error {
	sqlite.MustRegisterFunction("quantile_cont", &sqlite.FunctionImpl{NArgs: 2, Deterministic: true, MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return &collected{}, nil }})
	db, err := sql.Open("sqlite", "file:"+s.path+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-1048576)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	s.db = db
	s.queries = []way{{"covering index, quantiles in Go", fmt.Sprintf(`SELECT service, week, count(*) AS n, count(took) AS resolved, count(*) FILTER (WHERE took <= %d) AS within, avg(took) AS mean,
		quantile_cont(took, 0.5) AS median, quantile_cont(took, 0.9) AS p90 FROM incidents GROUP BY service, week`, int(target.Seconds()))}}
	if _, err := db.ExecContext(ctx, fmt.Sprintf(`CREATE TABLE incidents (id TEXT, number TEXT, title TEXT, service TEXT, team INTEGER, priority INTEGER, opened INTEGER, resolved INTEGER, took REAL,
		week INTEGER AS (%d + (opened - %d) / 604800 * 604800) STORED)`, begin.Unix(), begin.Unix())); err != nil {
		return err
	}
	if err := s.insert(ctx, rows); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "CREATE INDEX by_group ON incidents (service, week, took); ANALYZE")
	return err
}

func (s *sqliteEngine) insert(ctx context.Context, rows []row) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	insert, err := tx.PrepareContext(ctx, "INSERT INTO incidents (id, number, title, service, team, priority, opened, resolved, took) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for _, r := range rows {
		var resolved, took any
		if r.resolved != 0 {
			resolved, took = r.resolved, float64(r.resolved-r.opened)
		}
		if _, err := insert.ExecContext(ctx, r.id, r.number, r.title, serviceName(r.service), r.team, r.priority, r.opened, resolved, took); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (s *sqliteEngine) bytes(context.Context) (int64, error) {
	info, err := os.Stat(s.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// collected are the durations of one group.
type collected struct {
	values []float64
	share  float64
}

func (c *collected) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	if took, ok := args[0].(float64); ok {
		c.values, c.share = append(c.values, took), args[1].(float64)
	}
	return nil
}

func (c *collected) WindowInverse(*sqlite.FunctionContext, []driver.Value) error { return nil }

// WindowValue returns the linear quantile; SQLite asks for it once, at the end of the group.
func (c *collected) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	if len(c.values) == 0 {
		return nil, nil
	}
	slices.Sort(c.values)
	h := c.share * float64(len(c.values)-1)
	k := int(h)
	value := c.values[k]
	if k+1 < len(c.values) {
		value += (h - float64(k)) * (c.values[k+1] - value)
	}
	return value, nil
}

func (c *collected) Final(*sqlite.FunctionContext) {}
