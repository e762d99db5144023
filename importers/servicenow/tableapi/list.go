package tableapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hindsight/importers"
)

const (
	pageSize  = 100
	partSize  = 1000
	partPages = 500 // of one question: more is a server that goes round in circles
)

// token is where a walk stands. Rows are walked in order of their last change, of which the database keeps seconds:
// many rows share one. A page begins with the second that the one before ended in; a second that fills a whole page is
// walked by sys_id.
type token struct {
	From   string `json:"from,omitempty"`   // at or after this
	Tie    string `json:"tie,omitempty"`    // in this second alone, behind the sys_id Last
	Last   string `json:"last,omitempty"`   //
	After  string `json:"after,omitempty"`  // after this
	Offset int    `json:"offset,omitempty"` // rows of which access rules left none
}

// born is before any row: the platform is of 2004.
var born = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func readToken(at importers.At) (t token, err error) {
	if at.Token == "" {
		from := at.From.UTC()
		if from.Before(born) {
			from = born
		}
		return token{From: from.Format(time.DateTime)}, nil
	}
	if err := json.Unmarshal([]byte(at.Token), &t); err != nil {
		return t, fmt.Errorf("%s: read token of page: %w", name, err)
	}
	return t, nil
}

// query returns the condition and order of the token's page.
func (t token) query() string {
	const order = "^ORDERBYsys_updated_on^ORDERBYsys_id"
	switch {
	case t.Tie != "":
		return "sys_updated_on=" + t.Tie + "^sys_id>" + t.Last + order
	case t.After != "":
		return "sys_updated_on>" + t.After + order
	}
	return "sys_updated_on>=" + t.From + order
}

// next returns the token behind a page; ok is false when nothing lies there.
func (t token) next(a answer) (next token, ok bool) {
	if len(a.rows) == 0 && a.more {
		t.Offset += a.limit
		return t, true
	}
	if !a.more {
		return token{After: t.Tie}, t.Tie != ""
	}
	first, last := decodeRow(a.rows[0]), decodeRow(a.rows[len(a.rows)-1])
	if second := last["sys_updated_on"].value; t.Tie == "" && second != first["sys_updated_on"].value {
		return token{From: second}, true
	}
	return token{Tie: last["sys_updated_on"].value, Last: last.id()}, true
}

// page reads a page of a table, and what take makes of its rows.
func page(ctx context.Context, in importers.Input, at importers.At, table, scope string, take func([]json.RawMessage) ([]importers.Record, error)) (s importers.Slice, err error) {
	t, err := readToken(at)
	if err != nil {
		return s, err
	}
	and := []string{t.query()}
	if !at.To.IsZero() {
		and = append([]string{"sys_created_on<" + at.To.UTC().Format(time.DateTime)}, and...)
	}
	if scope != "" {
		and = append([]string{scope}, and...)
	}
	a, err := read(ctx, in, ask{table: table, query: strings.Join(and, "^"), limit: pageSize, offset: t.Offset})
	if err != nil {
		return s, err
	}
	good := a.rows[:0:0]
	for n, raw := range a.rows {
		if r := decodeRow(raw); r.id() == "" || r.at("sys_updated_on").IsZero() {
			s.Rejects = append(s.Rejects, importers.Reject{ExternalID: r.id(), Place: fmt.Sprintf("%s, row %d of the page", table, n+1),
				Reason: "the row has no sys_id, or no sys_updated_on that can be read", Body: string(raw)})
			continue
		}
		good = append(good, raw)
	}
	if s.Records, err = take(good); err != nil {
		return s, err
	}
	if next, ok := t.next(answer{good, a.more, a.limit}); ok {
		text, _ := json.Marshal(next) // of texts and a number: it cannot fail
		s.Next = string(text)
	}
	return s, nil
}

func incidentPage(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	return page(ctx, in, at, incidents, settings.Of(in.Config, "query"), func(rows []json.RawMessage) ([]importers.Record, error) {
		return withParts(ctx, in, rows)
	})
}

// timed selects the change requests that were, or are planned to be, at some time.
const timed = "work_startISNOTEMPTY^ORstart_dateISNOTEMPTY"

func changePage(ctx context.Context, in importers.Input, at importers.At) (importers.Slice, error) {
	if settings.Of(in.Config, "change_requests") != "yes" {
		return importers.Slice{}, nil
	}
	return page(ctx, in, at, changes, timed, changeRecords)
}

func changeRecords(rows []json.RawMessage) (out []importers.Record, err error) {
	for _, raw := range rows {
		r := decodeRow(raw)
		out = append(out, importers.Record{ExternalID: r.id(), Body: raw, Place: changes + " " + r.shown("number"), At: r.at("sys_updated_on")})
	}
	return out, nil
}

func fetchIncidents(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	and := "sys_idIN" + strings.Join(ids, ",")
	if q := settings.Of(in.Config, "query"); q != "" {
		and = q + "^" + and
	}
	rows, err := all(ctx, in, incidents, and, "")
	if err != nil {
		return nil, err
	}
	return withParts(ctx, in, rows)
}

func fetchChanges(ctx context.Context, in importers.Input, ids []string) ([]importers.Record, error) {
	rows, err := all(ctx, in, changes, timed+"^sys_idIN"+strings.Join(ids, ","), "")
	if err != nil {
		return nil, err
	}
	return changeRecords(rows)
}
