package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// duck is DuckDB in memory, with as many threads as the columns have goroutines. Services are an ENUM, which it groups by
// fastest, and the duration is a column of its own.
type duck struct {
	connector *duckdb.Connector
	asked
}

func (d *duck) name() string { return "DuckDB" }

func (d *duck) load(ctx context.Context, rows []row) error {
	var err error
	if d.connector, err = duckdb.NewConnector("", nil); err != nil {
		return err
	}
	d.db = sql.OpenDB(d.connector)
	d.queries = []way{
		{"date_trunc", duckSQL("epoch(date_trunc('week', opened))::BIGINT")},
		{"arithmetic", duckSQL(fmt.Sprintf("%d + (epoch_us(opened) - %d) // 604800000000 * 604800", begin.Unix(), begin.UnixMicro()))},
	}
	names := make([]string, services)
	for i := range names {
		names[i] = "'" + serviceName(i) + "'"
	}
	for _, statement := range []string{
		fmt.Sprintf("SET threads = %d", runtime.GOMAXPROCS(0)),
		"CREATE TYPE service AS ENUM (" + strings.Join(names, ", ") + ")",
		"CREATE TABLE incidents (id VARCHAR, number VARCHAR, title VARCHAR, service service, team INTEGER, priority INTEGER, opened TIMESTAMP, resolved TIMESTAMP, took DOUBLE)",
	} {
		if _, err := d.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return d.append(ctx, rows)
}

// append fills the table by the fastest way that the driver has.
func (d *duck) append(ctx context.Context, rows []row) error {
	conn, err := d.connector.Connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	a, err := duckdb.NewAppenderFromConn(conn, "", "incidents")
	if err != nil {
		return err
	}
	for _, r := range rows {
		var resolved, took driver.Value
		if r.resolved != 0 {
			resolved, took = time.Unix(r.resolved, 0).UTC(), float64(r.resolved-r.opened)
		}
		err := a.AppendRow(r.id, r.number, r.title, serviceName(r.service), int32(r.team), int32(r.priority), time.Unix(r.opened, 0).UTC(), resolved, took)
		if err != nil {
			a.Close()
			return err
		}
	}
	return a.Close()
}

// duckSQL is the question with the quantiles in one list, which sorts each group once.
func duckSQL(week string) string {
	return fmt.Sprintf(`SELECT service, week, n, resolved, within, mean, q[1] AS median, q[2] AS p90 FROM (
		SELECT service::VARCHAR AS service, week, n, resolved, within, mean, q FROM (
			SELECT service, %s AS week, count(*) AS n, count(took) AS resolved, count(*) FILTER (took <= %d) AS within, avg(took) AS mean, quantile_cont(took, [0.5, 0.9]) AS q
			FROM incidents GROUP BY service, week))`, week, int(target.Seconds()))
}

func (d *duck) bytes(ctx context.Context) (n int64, err error) {
	err = d.db.QueryRowContext(ctx, "SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory()").Scan(&n)
	return n, err
}
