package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgres is a throwaway PostgreSQL, not synced to disk, with memory enough to sort and parallel workers as many as there are
// processors.
type postgres struct {
	stop func()
	asked
}

func (p *postgres) name() string { return "PostgreSQL" }

func (p *postgres) load(ctx context.Context, rows []row) error {
	address, err := p.start(ctx)
	if err != nil {
		return err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return err
	}
	config.RuntimeParams["work_mem"] = "512MB"
	config.RuntimeParams["max_parallel_workers_per_gather"] = "2"
	config.RuntimeParams["jit"] = "off"
	p.db = stdlib.OpenDB(*config)
	p.db.SetMaxOpenConns(1)
	p.queries = []way{
		{"date_trunc", postgresSQL("extract(epoch FROM date_trunc('week', opened, 'UTC'))::bigint")},
		{"stored week, covering index", postgresSQL("week")},
	}
	if err := p.exec(ctx, `CREATE TABLE incidents (id text, number text, title text, service text, team integer, priority integer, opened timestamptz, resolved timestamptz, took float8,
		week bigint GENERATED ALWAYS AS (extract(epoch FROM date_trunc('week', opened AT TIME ZONE 'UTC'))::bigint) STORED)`); err != nil {
		return err
	}
	if err := p.copy(ctx, rows); err != nil {
		return err
	}
	return p.exec(ctx, "CREATE INDEX ON incidents (service, week, took)", "VACUUM (ANALYZE) incidents")
}

func (p *postgres) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := p.db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// start starts the server, as the product's tests do.
func (p *postgres) start(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "run", "./server/internal/pgtest/serve")
	cmd.Dir, cmd.Stderr = "../..", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	p.stop = func() {
		in.Close()
		cmd.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err == io.EOF {
		err = fmt.Errorf("no PostgreSQL: install its server binaries with make tools")
	}
	return strings.TrimSpace(line), err
}

// copy fills the table with COPY, the fastest way there is.
func (p *postgres) copy(ctx context.Context, rows []row) error {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		columns := []string{"id", "number", "title", "service", "team", "priority", "opened", "resolved", "took"}
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{"incidents"}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			r := rows[i]
			values := []any{r.id, r.number, r.title, serviceName(r.service), r.team, r.priority, time.Unix(r.opened, 0), nil, nil}
			if r.resolved != 0 {
				values[7], values[8] = time.Unix(r.resolved, 0), float64(r.resolved-r.opened)
			}
			return values, nil
		}))
		return err
	})
}

func postgresSQL(week string) string {
	return fmt.Sprintf(`SELECT service, week, n, resolved, within, mean, q[1] AS median, q[2] AS p90 FROM (
		SELECT service, %s AS week, count(*) AS n, count(took) AS resolved, count(*) FILTER (WHERE took <= %d) AS within, avg(took) AS mean, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY took) AS q
		FROM incidents GROUP BY 1, 2) AS t`, week, int(target.Seconds()))
}

func (p *postgres) bytes(ctx context.Context) (n int64, err error) {
	err = p.db.QueryRowContext(ctx, "SELECT pg_total_relation_size('incidents')").Scan(&n)
	return n, err
}

func (p *postgres) close() {
	p.asked.close()
	if p.stop != nil {
		p.stop()
	}
}
