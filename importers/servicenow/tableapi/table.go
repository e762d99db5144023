package tableapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"hindsight/importers"
)

// answer is a page of a table.
type answer struct {
	rows  []json.RawMessage
	more  bool // rows lie behind this page, whether or not this one shows any
	limit int  // how many rows were looked at
}

// ask is a question to a table.
type ask struct {
	table, query, fields string // fields: empty for all columns
	limit, offset        int
}

// errQuota is an instance's quota for one transaction: the page was too much to be read at once.
var errQuota = errors.New("the instance gave up on the page")

// read asks a table. Where the instance gives up on a page, which it says within an answer of status 200, or by cutting
// the answer off, smaller pages are asked for.
func read(ctx context.Context, in importers.Input, q ask) (answer, error) {
	for {
		a, err := once(ctx, in, q)
		if q.limit <= 4 || !errors.Is(err, errQuota) && !errors.Is(err, importers.ErrDamaged) {
			return a, err
		}
		q.limit /= 5
	}
}

func once(ctx context.Context, in importers.Input, q ask) (answer, error) {
	v := url.Values{"sysparm_query": {q.query}, "sysparm_limit": {strconv.Itoa(q.limit)}, "sysparm_display_value": {"all"}, "sysparm_exclude_reference_link": {"true"}}
	if q.offset > 0 {
		v.Set("sysparm_offset", strconv.Itoa(q.offset))
	}
	if q.fields != "" {
		v.Set("sysparm_fields", q.fields)
	}
	a, err := in.Client.Get(ctx, "/api/now/table/"+q.table, v)
	if err != nil {
		return answer{}, fmt.Errorf("%s: table %s: %w", name, q.table, err)
	}
	var got struct {
		Result []json.RawMessage `json:"result"`
		Error  *struct {
			Message string `json:"message"`
			Detail  string `json:"detail"`
		} `json:"error"`
	}
	if err := a.JSON(&got); err != nil {
		return answer{}, err
	}
	if got.Error != nil {
		return answer{}, fmt.Errorf("%s: table %s: %w: %s", name, q.table, errQuota, importers.Line(got.Error.Message))
	}
	return answer{got.Result, q.goesOn(a, len(got.Result)), q.limit}, nil
}

// goesOn reports whether rows lie behind a page. Access rules take rows away after the page was made, so that a short
// or empty page says nothing; the headers count what was found before that.
func (q ask) goesOn(a importers.Answer, rows int) bool {
	if total, err := strconv.Atoi(a.Header.Get("X-Total-Count")); err == nil {
		return q.offset+q.limit < total
	}
	if links := strings.Join(a.Header.Values("Link"), ","); links != "" {
		return strings.Contains(links, `rel="next"`)
	}
	return rows >= q.limit
}

// all reads all rows that match, in order of sys_id.
func all(ctx context.Context, in importers.Input, table, query, fields string) (rows []json.RawMessage, err error) {
	q := ask{table: table, fields: fields, limit: partSize}
	last := ""
	for range partPages {
		q.query = query + "^ORDERBYsys_id"
		if last != "" {
			q.query = query + "^sys_id>" + last + "^ORDERBYsys_id"
		}
		a, err := read(ctx, in, q)
		if err != nil {
			return nil, err
		}
		rows = append(rows, a.rows...)
		if !a.more {
			return rows, nil
		}
		if q.offset += a.limit; len(a.rows) > 0 {
			last, q.offset = decodeRow(a.rows[len(a.rows)-1]).id(), 0
		}
	}
	return nil, fmt.Errorf("%s: table %s: %w", name, table, importers.ErrStuck)
}
