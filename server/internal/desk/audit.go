package desk

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/incident"
	"hindsight/reports/table"
)

// AuditLine is an entry of the audit log as files and the API show it.
type AuditLine struct {
	Seq        int64           `json:"seq"`
	At         time.Time       `json:"at"`
	ActorKind  string          `json:"actor_kind" doc:"user, token, visitor, command or system"`
	ActorID    incident.ID     `json:"actor_id"`
	Actor      string          `json:"actor" doc:"as it was called then; empty where it was erased"`
	Role       string          `json:"role"`
	Action     string          `json:"action"`
	ObjectKind string          `json:"object_kind"`
	ObjectID   incident.ID     `json:"object_id"`
	Object     string          `json:"object" doc:"as it was called then"`
	Before     json.RawMessage `json:"before" doc:"the fields that changed, as they were; null: none"`
	After      json.RawMessage `json:"after" doc:"the fields that changed, as they are since; null: none"`
	Facts      json.RawMessage `json:"facts" doc:"what else there is to know; null: nothing"`
	Hidden     bool            `json:"hidden" doc:"it is about a private incident that you may not see, so that name and values are left out"`
	From       string          `json:"from" doc:"the address that it came from"`
	Agent      string          `json:"agent"`
	Request    string          `json:"request_id"`
	ErasedBy   int64           `json:"erased_by" doc:"the entry that tells what was erased from this one; 0: nothing"`
	Prev       string          `json:"prev"`
	Hash       string          `json:"hash"`
}

// newAuditLine returns the entry as a line.
func newAuditLine(e incident.AuditEntry, hidden bool) AuditLine {
	l := AuditLine{Seq: e.Seq, At: e.At, ActorKind: string(e.Actor.Kind), ActorID: e.Actor.ID, Actor: e.Actor.Name, Role: string(e.Actor.Role), Action: string(e.Action),
		ObjectKind: e.Object.Kind, ObjectID: e.Object.ID, Object: e.Object.Name, Before: e.Before, After: e.After, Facts: e.Facts,
		From: e.Actor.From, Agent: e.Actor.Agent, Request: e.Actor.Request, ErasedBy: e.ErasedBy, Prev: e.Prev, Hash: e.Hash, Hidden: hidden}
	if hidden {
		l.Object, l.Before, l.After, l.Facts = "", nil, nil, nil
	}
	return l
}

// auditPage is how many entries an export reads at once.
const auditPage = 500

// ExportAudit writes the entries that a filter selects, the newest first, as JSON Lines or, with format "csv", as CSV in which
// no cell is a formula. It returns how many there are.
func (d *Desk) ExportAudit(ctx context.Context, w io.Writer, f incident.AuditFilter, format string, sight incident.Sight) (n int64, err error) {
	out := bufio.NewWriter(w)
	write := func(l AuditLine) error { return json.NewEncoder(out).Encode(l) }
	if format == "csv" {
		table.Record(out, auditColumns...)
		write = func(l AuditLine) error { table.Record(out, l.cells()...); return nil }
	}
	f.Limit = auditPage
	for {
		lines, err := d.AuditLines(ctx, f, sight)
		if err != nil {
			return n, err
		}
		if len(lines) == 0 {
			return n, out.Flush()
		}
		for _, l := range lines {
			if err := write(l); err != nil {
				return n, err
			}
		}
		n, f.Before = n+int64(len(lines)), lines[len(lines)-1].Seq
	}
}

// auditColumns are the columns of the CSV file, in the order of cells.
var auditColumns = []string{"seq", "at", "actor_kind", "actor_id", "actor", "role", "action", "object_kind", "object_id", "object", "before", "after", "facts",
	"hidden", "from", "agent", "request_id", "erased_by", "prev", "hash"}

func (l AuditLine) cells() []string {
	return []string{strconv.FormatInt(l.Seq, 10), l.At.Format(time.RFC3339Nano), l.ActorKind, string(l.ActorID), l.Actor, l.Role, l.Action, l.ObjectKind, string(l.ObjectID), l.Object,
		string(l.Before), string(l.After), string(l.Facts), strconv.FormatBool(l.Hidden), l.From, l.Agent, l.Request, strconv.FormatInt(l.ErasedBy, 10), l.Prev, l.Hash}
}

// AuditLines returns the entries that a filter selects, the newest first. Of those about a private incident that may not be
// seen, only who did what stays.
func (d *Desk) AuditLines(ctx context.Context, f incident.AuditFilter, sight incident.Sight) ([]AuditLine, error) {
	entries, err := d.Store.Audit(ctx, f)
	if err != nil {
		return nil, err
	}
	hidden := map[incident.ID]bool{}
	if !sight.All {
		if hidden, err = d.unseen(ctx, entries, sight); err != nil {
			return nil, err
		}
	}
	lines := make([]AuditLine, len(entries))
	for i, e := range entries {
		lines[i] = newAuditLine(e, tellsOfIncidents(e.Object.Kind) && hidden[e.Object.ID])
	}
	return lines, nil
}

// aboutIncidents are the kinds of objects that are known by the id of an incident.
var aboutIncidents = []string{"incident", "timeline", "retrospective", "section", "moment", "comment", "snapshot", "file", "link", "answer"}

// tellsOfIncidents reports whether an object of a kind is hidden with an incident; the others share at most an empty id with such.
func tellsOfIncidents(kind string) bool {
	return kind == "problem" || slices.Contains(aboutIncidents, kind)
}

// unseen returns the ids of the entries' objects that may not be seen: private incidents, those of which nobody can say any more
// whether they were private, and problems with such members.
func (d *Desk) unseen(ctx context.Context, entries []incident.AuditEntry, sight incident.Sight) (map[incident.ID]bool, error) {
	hidden := map[incident.ID]bool{}
	var ids []incident.ID
	for _, e := range entries {
		switch {
		case slices.Contains(aboutIncidents, e.Object.Kind):
			hidden[e.Object.ID] = true
			ids = append(ids, e.Object.ID)
		case e.Object.Kind == "problem":
			hidden[e.Object.ID] = true
		}
	}
	problems, err := d.problemMembers(ctx, hidden)
	if err != nil {
		return nil, err
	}
	for _, members := range problems {
		ids = append(ids, members...)
	}
	seen := map[incident.ID]bool{}
	facts, err := d.Store.Facts(ctx, ids)
	for _, inc := range facts {
		seen[inc.ID] = inc.SeenBy(sight)
		hidden[inc.ID] = !inc.SeenBy(sight)
	}
	for problem, members := range problems {
		hidden[problem] = slices.ContainsFunc(members, func(id incident.ID) bool { return !seen[id] })
	}
	return hidden, err
}

// problemMembers returns the members of those problems that are among ids.
func (d *Desk) problemMembers(ctx context.Context, ids map[incident.ID]bool) (map[incident.ID][]incident.ID, error) {
	out := map[incident.ID][]incident.ID{}
	if len(ids) == 0 {
		return out, nil
	}
	all, err := d.Store.Problems(ctx)
	for _, p := range all {
		if ids[p.ID] {
			out[p.ID] = []incident.ID{}
			for _, m := range p.Members {
				out[p.ID] = append(out[p.ID], m.Incident)
			}
		}
	}
	return out, err
}

// AuditActor returns the id that the audit log has for a user, a token, a job or a command by name or id; empty for an empty
// name. One that nobody has is taken for an id, for what is gone has entries, too.
func (d *Desk) AuditActor(ctx context.Context, name string) (incident.ID, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", nil
	}
	users, err := d.Store.Users(ctx)
	if err != nil {
		return "", err
	}
	for _, u := range users {
		if strings.EqualFold(u.Name, name) || strings.EqualFold(u.Display, name) {
			return u.ID, nil
		}
	}
	tokens, err := d.Store.Tokens(ctx)
	for _, t := range tokens {
		if strings.EqualFold(t.Name, name) {
			return t.ID, nil
		}
	}
	return incident.ID(name), err
}
