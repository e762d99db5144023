package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"hindsight/importers"
	"hindsight/importers/table"
	"hindsight/incident"
	"hindsight/server/internal/jobs"
)

// Retry imports the record of a dead letter again as it was received. What still keeps it from being imported
// is ErrInvalid about "body"; ErrConflict: its connection is importing now.
func (d *Desk) Retry(ctx context.Context, letter incident.DeadLetter, by string) error {
	if letter.RawID == "" {
		return d.Repair(ctx, letter, letter.Body, by)
	}
	conn, err := d.unsealed(ctx, letter.Connection)
	if err != nil {
		return err
	}
	if _, err := d.Runner.RetryDeadLetters(ctx, conn, []incident.ID{letter.ID}, d.NewRun(conn, "retry", by), nil); err != nil {
		return err
	}
	now, err := d.Store.DeadLetter(ctx, letter.ID)
	if err == nil && now.ResolvedAt.IsZero() {
		err = incident.Invalidf("body", "%s", now.Reason)
	}
	return err
}

// Repair imports text, which somebody corrected, in place of what a dead letter holds. The text as received
// is kept. It is tried first: what cannot be imported changes nothing and is ErrInvalid about "body".
// ErrConflict: the connection is importing now.
func (d *Desk) Repair(ctx context.Context, letter incident.DeadLetter, text, by string) error {
	stored, err := d.unsealed(ctx, letter.Connection)
	if err != nil {
		return err
	}
	conn := repairing(stored)
	fix := repair{letter: letter, text: text, by: by}
	if err := d.tryRepair(ctx, conn, fix); err != nil {
		return err
	}
	source, err := d.Source(conn.Source)
	if err != nil {
		return err
	}
	runner := jobs.NewRunner(d.Store, []importers.Source{fix.source(source)}, d.Now, d.Log)
	out, err := runner.Run(ctx, conn, d.NewRun(conn, "repair", by), fix.files(), jobs.Options{}, nil)
	if err != nil {
		return err
	}
	if out.State != incident.RunOK {
		return incident.Invalidf("body", "%s", out.Message)
	}
	return d.Discard(ctx, letter.ID)
}

func (d *Desk) tryRepair(ctx context.Context, conn incident.Connection, fix repair) error {
	trial, err := d.try(ctx, conn, fix.files(), fix.source, incident.Sight{All: true})
	var field *incident.FieldError
	switch {
	case errors.As(err, &field) && fix.letter.Stage == "read":
		return incident.Invalidf("body", "%s; %s", field.Message, needsHeader)
	case errors.As(err, &field):
		return incident.Invalidf("body", "%s", field.Message)
	case err != nil:
		return err
	case len(trial.Letters) > 0:
		return incident.Invalidf("body", "%s", trial.Letters[0].Reason)
	case trial.Read == 0:
		return incident.Invalidf("body", "there is no record in this text; %s", needsHeader)
	}
	return nil
}

const needsHeader = "it is read as a file of its own, so a line of a table needs the line with the names of the columns above it"

// Discard resolves a dead letter without importing it.
func (d *Desk) Discard(ctx context.Context, id incident.ID) error {
	if _, err := d.Store.DeadLetter(ctx, id); err != nil {
		return err
	}
	_, err := d.Store.Update(ctx, func(tx incident.Tx) error { return tx.SettleDeadLetter(id, d.Now().UTC()) })
	return err
}

// repairing returns conn for reading a text by hand: of whatever format the file was, a row of it in a dead
// letter is text, so the table source has to find out anew.
func repairing(conn incident.Connection) incident.Connection {
	if conn.Source == table.Source().Name {
		conn.Settings = maps.Clone(conn.Settings)
		delete(conn.Settings, "format")
	}
	return conn
}

// repair is a dead letter with a corrected text.
type repair struct {
	letter   incident.DeadLetter
	text, by string
}

// source reads the text alone, in the letter's own collection. A letter of a known record is that record; of what
// could not be read as one, the source makes of it what it can.
func (p repair) source(s importers.Source) importers.Source {
	s.Collections = slices.DeleteFunc(slices.Clone(s.Collections), func(c importers.Collection) bool { return c.Name != p.letter.Type })
	for i := range s.Collections {
		// Combined with what is stored, the text would still hold what was wrong with it.
		s.Collections[i].Combine = nil
		if p.letter.Stage != "read" {
			s.Collections[i].Read = p.read
		}
	}
	return s
}

func (p repair) read(context.Context, importers.Input, importers.Cursor) iter.Seq2[importers.Page, error] {
	return func(yield func(importers.Page, error) bool) {
		yield(importers.Page{Records: []importers.Record{{ExternalID: p.letter.ExternalID, Body: []byte(p.text),
			Place: fmt.Sprintf("%s, corrected by %s", p.letter.Place, p.by)}}}, nil)
	}
}

// files holds the text under the name of the file that the letter came from, for sources that go by its ending.
func (p repair) files() []importers.File {
	name, _, _ := strings.Cut(p.letter.Place, ", ")
	if name == "" {
		name = "corrected.txt"
	}
	return []importers.File{{Name: name, Size: int64(len(p.text)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(p.text)), nil
	}}}
}
