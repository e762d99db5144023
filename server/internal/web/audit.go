package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hindsight/frontend"
	"hindsight/incident"
	"hindsight/server/internal/desk"
)

const auditPath = "/admin/audit"

// auditShown is how many entries a page has.
const auditShown = 50

// auditKinds are the sorts of objects that can be asked for.
var auditKinds = []string{"incident", "timeline", "retrospective", "section", "moment", "comment", "snapshot", "file", "link", "answer", "problem", "policy", "service", "team", "person", "connection", "channel", "mapping", "import",
	"dead letter", "user", "membership", "session", "second factor", "token", "setting", "configuration", "retention", "erasure", "export", "outgoing message", "report schedule", "report run", "route", "request", "audit"}

// audit is the page of the audit log.
func (s *Server) audit(r *request) (answer, error) {
	ctx := r.Request.Context()
	f, err := s.auditFilter(ctx, r)
	page := frontend.AuditPage{Shell: r.shell("Audit log", frontend.NavSettings), Form: formOf(r.Request.URL.Query(), err), Actions: incident.AuditActions, Kinds: auditKinds}
	if err != nil && len(page.Form.Errors) > 0 && page.Form.Errors[0].Field != "" {
		return again(page)
	}
	if err != nil {
		return answer{}, err
	}
	f.Limit = auditShown + 1
	lines, err := s.AuditLines(ctx, f, r.viewer.Sight())
	if err != nil {
		return answer{}, err
	}
	if page.Head, err = s.Store.AuditHead(ctx); err != nil {
		return answer{}, err
	}
	page.Total = page.Head.Seq - page.Head.Cut
	asked := r.Request.URL.Query()
	if asked.Has("before") {
		page.Newest = auditWith(asked, "before", "")
	}
	if len(lines) > auditShown {
		lines = lines[:auditShown]
		page.Older = auditWith(asked, "before", strconv.FormatInt(lines[auditShown-1].Seq, 10))
	}
	if len(asked) > 0 {
		page.Clear = auditPath
	}
	for _, l := range lines {
		page.Rows = append(page.Rows, auditRow(l))
	}
	for _, kind := range [][2]string{{"csv", "CSV"}, {"jsonl", "JSON Lines"}} {
		page.Exports = append(page.Exports, frontend.Link{Label: kind[1], Path: strings.Replace(auditWith(asked, "before", ""), auditPath, auditPath+"."+kind[0], 1)})
	}
	return show(page)
}

// auditWith returns the page's address with one parameter changed.
func auditWith(asked url.Values, name, value string) string {
	q := url.Values{}
	for key, values := range asked {
		if key != name && values[0] != "" {
			q.Set(key, values[0])
		}
	}
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return auditPath
	}
	return auditPath + "?" + q.Encode()
}

// auditFilter reads what is asked for. ErrInvalid names the field at fault.
func (s *Server) auditFilter(ctx context.Context, r *request) (f incident.AuditFilter, err error) {
	f = incident.AuditFilter{Action: incident.AuditAction(r.Query("action")), ObjectKind: r.Query("kind"), Object: incident.ID(strings.TrimSpace(r.Query("object")))}
	if text := r.Query("before"); text != "" {
		if f.Before, err = strconv.ParseInt(text, 10, 64); err != nil || f.Before < 1 {
			return f, incident.Invalidf("before", "%q is not the number of an entry", text)
		}
	}
	day := func(name string) (time.Time, error) {
		text := r.Query(name)
		if text == "" {
			return time.Time{}, nil
		}
		t, err := time.ParseInLocation(time.DateOnly, text, r.zone())
		if err != nil {
			return t, incident.Invalidf(name, "%q is not a day as 2025-01-31", text)
		}
		return t, nil
	}
	if f.From, err = day("from"); err != nil {
		return f, err
	}
	if f.To, err = day("to"); err != nil {
		return f, err
	}
	if !f.To.IsZero() {
		f.To = f.To.AddDate(0, 0, 1)
	}
	f.Actor, err = s.AuditActor(ctx, r.Query("who"))
	return f, err
}

// exportAudit writes what the filters select as CSV or JSON Lines, as it is read.
func (s *Server) exportAudit(r *request) (answer, error) {
	f, err := s.auditFilter(r.Request.Context(), r)
	if err != nil {
		return answer{}, err
	}
	name, kind := "audit.csv", "text/csv; charset=utf-8"
	if strings.HasSuffix(r.Request.URL.Path, ".jsonl") {
		name, kind = "audit.jsonl", "application/jsonl"
	}
	sight := r.viewer.Sight()
	return answer{file: &file{name: name, contentType: kind, rows: -1, write: func(w io.Writer) error {
		_, err := s.ExportAudit(r.Request.Context(), w, f, strings.TrimPrefix(name, "audit."), sight)
		return err
	}}}, nil
}

func auditRow(l desk.AuditLine) frontend.AuditRow {
	row := frontend.AuditRow{Seq: l.Seq, At: l.At, Who: l.Actor, WhoKind: l.ActorKind, Role: l.Role, From: l.From, Action: l.Action, Kind: l.ObjectKind,
		Object: l.Object, Hidden: l.Hidden, Erased: l.ErasedBy != 0, Request: l.Request, Hash: l.Hash, WhoPath: auditPath}
	if row.Who == "" || l.ActorKind == string(incident.ActorCommand) {
		row.Who = string(l.ActorID)
	}
	if row.Who == "" {
		row.Who = map[string]string{string(incident.ActorSystem): "Hindsight itself"}[l.ActorKind]
	}
	if row.Who == "" {
		row.Who = "somebody who is not signed in"
	}
	if l.ActorID != "" {
		row.WhoPath = auditPath + "?who=" + queryEscape(string(l.ActorID))
	}
	if l.ObjectID != "" {
		row.Same = frontend.AuditPath(l.ObjectID)
		row.Path = auditObjectPath(l)
		if row.Object == "" {
			row.Object = string(l.ObjectID)
		}
	}
	row.Diff, row.Facts = auditDiff(l.Before, l.After), auditFacts(l.Facts)
	return row
}

// auditObjectPath returns the page of what an entry is about, where there is one.
func auditObjectPath(l desk.AuditLine) string {
	switch l.ObjectKind {
	case "incident", "timeline", "retrospective", "answer":
		return frontend.IncidentPath(l.ObjectID)
	case "problem":
		return frontend.ProblemPath(l.ObjectID)
	case "connection", "mapping", "import":
		return frontend.ConnectionPath(l.ObjectID)
	case "service":
		return frontend.ServicePath(l.ObjectID)
	case "change_event":
		return frontend.ChangePath(l.ObjectID)
	}
	return ""
}

// auditDiff lays before and after side by side, field by field.
func auditDiff(before, after json.RawMessage) []frontend.AuditField {
	was, is := auditObject(before), auditObject(after)
	var names []string
	for name := range was {
		names = append(names, name)
	}
	for name := range is {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []frontend.AuditField
	for _, name := range slices.Compact(names) {
		out = append(out, frontend.AuditField{Name: strings.ReplaceAll(name, "_", " "), Before: auditText(was[name]), After: auditText(is[name])})
	}
	return out
}

func auditFacts(text json.RawMessage) []frontend.Pair {
	facts := auditObject(text)
	var out []frontend.Pair
	for _, f := range auditDiff(nil, text) {
		if _, isObject := facts[f.Name].(map[string]any); !isObject { // digests, which nobody reads
			out = append(out, frontend.Pair{Name: f.Name, Value: f.After})
		}
	}
	return out
}

func auditObject(text json.RawMessage) map[string]any {
	out := map[string]any{}
	if len(text) > 0 && json.Unmarshal(text, &out) != nil {
		return map[string]any{"": string(text)}
	}
	return out
}

// auditText writes a value as people read it: objects as "name: value", lists with commas.
func auditText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = auditText(v[i])
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		parts := make([]string, 0, len(v))
		for name, value := range v {
			parts = append(parts, strings.ReplaceAll(name, "_", " ")+": "+auditText(value))
		}
		slices.Sort(parts)
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}
