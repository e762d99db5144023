package main

import (
	"context"
	"database/sql"
	"fmt"
)

// way is one way to ask in SQL.
type way struct{ name, sql string }

// asked is what engines with SQL have alike. A query returns service, week, incidents, resolved, within, mean, median and p90.
type asked struct {
	db      *sql.DB
	queries []way
}

func (a *asked) variants() []string {
	var out []string
	for _, q := range a.queries {
		out = append(out, q.name)
	}
	return out
}

// compute sums up every figure, so that each is worked out and none is handed over.
func (a *asked) compute(ctx context.Context, variant int) error {
	var n int64
	var rest [6]float64
	return a.db.QueryRowContext(ctx, fmt.Sprintf("SELECT count(service), sum(n), sum(resolved), sum(within), sum(mean), sum(median), sum(p90) FROM (%s) AS t", a.queries[variant].sql)).
		Scan(&n, &rest[0], &rest[1], &rest[2], &rest[3], &rest[4], &rest[5])
}

func (a *asked) answer(ctx context.Context, variant int) (map[cell]figures, error) {
	rows, err := a.db.QueryContext(ctx, a.queries[variant].sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[cell]figures{}
	for rows.Next() {
		var key cell
		var f figures
		var mean, median, p90 sql.NullFloat64
		if err := rows.Scan(&key.service, &key.week, &f.incidents, &f.resolved, &f.within, &mean, &median, &p90); err != nil {
			return nil, err
		}
		f.mean, f.median, f.p90 = mean.Float64, median.Float64, p90.Float64
		out[key] = f
	}
	return out, rows.Err()
}

func (a *asked) close() {
	if a.db != nil {
		a.db.Close()
	}
}
