package frontend

import (
	"net/url"
	"time"

	"hindsight/incident"
)

// AuditPage is the audit log at /admin/audit, the newest entry first.
//
// GET parameters: who (name or id), action, kind and object (id), from and to (days, both included), before (number of an entry).
type AuditPage struct {
	Shell
	Form    Form // what was asked for, and what is wrong with it
	Actions []incident.AuditAction
	Kinds   []string
	Rows    []AuditRow
	Total   int64 // entries in the whole log
	Head    incident.AuditHead
	Newest  string // path of the first page; empty on it
	Older   string
	Clear   string // path without filters; empty: there are none
	Exports []Link
}

func (AuditPage) template() string { return "audit" }

// AuditRow is one entry.
type AuditRow struct {
	Seq     int64
	At      time.Time
	Who     string // name, or the id where the name was erased
	WhoKind string
	WhoPath string // the entries of the same one
	Role    string
	From    string
	Action  string
	Kind    string // of the object
	Object  string // name or id
	Path    string // page of the object; empty: none
	Same    string // path of all entries about the object
	Diff    []AuditField
	Facts   []Pair
	Hidden  bool // about a private incident that the viewer may not see
	Erased  bool // something was erased from it
	Request string
	Hash    string
}

// AuditField is one field that changed. Before and After are as people read them; empty: nothing.
type AuditField struct{ Name, Before, After string }

// AuditPath returns the page of what happened to an object.
func AuditPath(id incident.ID) string { return "/admin/audit?object=" + url.QueryEscape(string(id)) }
