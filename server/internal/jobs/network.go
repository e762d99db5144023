package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// connect makes the client of a run that reads over the network.
func (p *pass) connect(ctx context.Context) error {
	if p.source.API == nil {
		return incident.Invalidf("source", "%s reads files: choose one", p.source.Title)
	}
	client, err := p.clientOf(p.source, p.config(), p.waitingUntil)
	p.client = client
	return err
}

// clientOf returns a client for a connection, whose settings hold secrets in clear.
func (r *Runner) clientOf(s importers.Source, cfg importers.Config, waiting func(string, time.Time)) (*importers.Client, error) {
	transport := r.Transport
	if transport == nil {
		transport = importers.Guarded(nil)
	}
	clock := importers.Clock{Now: r.now, Sleep: r.Sleep, Waiting: waiting}
	client, err := importers.NewClient(*s.API, cfg, transport, &pacer{runner: r}, clock)
	if err != nil {
		return nil, incident.Invalidf("url", "%s", strings.TrimPrefix(err.Error(), "importers: "))
	}
	return client, nil
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Probe proves that a connection's credentials work, and says what they reach. conn's settings hold secrets in
// clear. ErrInvalid: the source cannot be asked.
func (r *Runner) Probe(ctx context.Context, conn incident.Connection) (importers.Scope, error) {
	source, err := r.source(conn)
	if err != nil {
		return importers.Scope{}, err
	}
	if source.API == nil || source.Probe == nil {
		return importers.Scope{}, incident.Invalidf("source", "%s is not read over the network", source.Title)
	}
	cfg := importers.Config{Connection: conn.ID, Settings: conn.Settings, Mapping: conn.Mapping, MapVersion: conn.MapVersion}
	client, err := r.clientOf(source, cfg, nil)
	if err != nil {
		return importers.Scope{}, err
	}
	scope, err := source.Probe(ctx, importers.Input{Config: cfg, Client: client, Now: r.clock()})
	if skew := client.Skew(); err == nil && skew.Abs() > 2*time.Minute {
		scope.Notes = append(scope.Notes, fmt.Sprintf("The clocks of %s and of this server differ by %s. Times are taken as the source states them.", source.Title, incident.FormatDuration(skew.Abs())))
	}
	return scope, err
}

// Count asks how many records of its first collection a connection's source has since an instant (zero: ever); -1: it has
// no way to say. conn's settings hold secrets in clear.
func (r *Runner) Count(ctx context.Context, conn incident.Connection, since time.Time) (int64, error) {
	source, err := r.source(conn)
	if err != nil || source.API == nil || source.Collections[0].Count == nil {
		return -1, err
	}
	cfg := importers.Config{Connection: conn.ID, Settings: conn.Settings, Mapping: conn.Mapping, MapVersion: conn.MapVersion}
	client, err := r.clientOf(source, cfg, nil)
	if err != nil {
		return -1, err
	}
	return source.Collections[0].Count(ctx, importers.Input{Config: cfg, Client: client, Since: since, Now: r.clock()})
}

// waitingUntil shows people why the run stands still.
func (p *pass) waitingUntil(reason string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.standing = fmt.Sprintf("%s, until %s", reason, until.Format("15:04:05 UTC"))
}

// over reports whether the run reads over the network.
func (p *pass) over() bool { return p.client != nil }

// follows reports whether the run moves the cursor from which later polls go on: not when it reads a part of a
// connection that is followed already, since what lies between would be passed over.
func (p *pass) follows() bool {
	return p.over() && p.run.Via == viaPoll && !p.dry && (p.run.Since.IsZero() || p.health.PolledAt.IsZero())
}

// complain notes, once, what people must know of how the run went.
func (p *pass) complain(trouble string) { p.pos.Troubles = add(p.pos.Troubles, trouble) }

// denied says what the credentials do not reach, and what to do about it.
func (p *pass) denied(c importers.Collection) string {
	note := fmt.Sprintf("The key may not read %s (403): grant it that at the source, or switch %s off in the settings.", c.Name, c.Name)
	if p.source.Permission != "" {
		note += " What suffices for all: " + p.source.Permission
	}
	return note
}

// add returns lines with one more, unless they hold it.
func add(lines []string, line string) []string {
	if slices.Contains(lines, line) {
		return lines
	}
	return append(slices.Clip(lines), line)
}

// trouble decides what an error, if there is one, means for the run; nil lets the other collections go on. Refused credentials, and an
// address at which nobody answers, end the run; whatever else a source does not do as it should ends this collection
// alone, which goes on from its cursor the next time. What the credentials do not reach beside the main collection is a
// note about the connection.
func (p *pass) trouble(ctx context.Context, c importers.Collection, err error) error {
	main := p.source.Collections[0].Name == c.Name
	denied := importers.HasStatus(err, http.StatusForbidden)
	var own *sourceError
	switch {
	case err == nil, !errors.As(err, &own), !p.over(), halts(ctx, err):
		return err
	case importers.HasStatus(err, http.StatusUnauthorized), main && denied:
		return &refusedError{err}
	case denied && !p.dry:
		p.pos.Notes = add(p.pos.Notes, p.denied(c))
		return nil
	}
	p.log.Warn("jobs: a collection could not be read", "source", p.source.Name, "run", p.run.ID, "collection", c.Name, "err", err)
	p.complain(fmt.Sprintf("%s could not be read: %s", c.Name, clean(own.Error())))
	return nil
}

// halts reports whether an error says that this run is to ask the source for nothing more.
func halts(ctx context.Context, err error) bool {
	var parked *importers.Parked
	return ctx.Err() != nil || errors.As(err, &parked) || importers.Unreachable(err)
}

// sourceError is an error that the source is to blame for, not the database.
type sourceError struct{ error }

func (e *sourceError) Unwrap() error { return e.error }

// refusedError says that the source refuses the credentials.
type refusedError struct{ error }

func (e *refusedError) Unwrap() error { return e.error }

// pause stops polls of the connection until a person lets it go on.
func (p *pass) pause(ctx context.Context, reason string) error {
	_, err := p.store.Update(ctx, func(tx incident.Tx) error { return tx.Pause(p.conn.ID, p.clock(), reason) })
	if err != nil {
		return fmt.Errorf("jobs: pause connection %s: %w", p.conn.ID, err)
	}
	return nil
}
