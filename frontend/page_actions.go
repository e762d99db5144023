package frontend

import (
	"cmp"
	"time"

	"hindsight/incident"
)

// ActionsPage lists action items of all incidents at /actions. …/export.csv and …/export.json give what its filters select.
type ActionsPage struct {
	Shell
	Tabs    []Choice // of the pages about problems
	Asked   []Choice // open, mine, finished and so on
	Facets  []Facet
	Chips   []Chip
	Clear   string
	Groups  []ActionListGroup
	Total   int
	Unsaid  int // where nothing is open: items of which no source says whether they are done
	Exports []Link
	MayEdit bool
	Empty   Empty
}

func (ActionsPage) template() string { return "actions" }

// ActionListGroup is a part of the list.
type ActionListGroup struct {
	ID, Title, Lede string
	Total           int
	Rows            []ActionEntry
	All             string // page with this group alone, or the next page of it; empty: all are shown
	More            string // words of that link
}

// ActionPart is the action items of one incident, as its page and its retrospective show them (template "retro-actions"). POST
// /incidents/{id}/actions adds one, …/actions/{key} changes one.
type ActionPart struct {
	Incident    incident.ID
	Items       []ActionEntry
	Dropped     []ActionEntry // decided not to do
	MayEdit     bool
	Form        Form     // what was sent, with Value "key" of the item; the zero Form: nothing was
	Owners      []string // who can own one
	MakesIssues bool     // there is a tracker in which issues can be made of them
	Back        string   // page that its forms lead back to
}

// ActionEntry is one action item.
type ActionEntry struct {
	incident.ActionStatement
	Of        *incident.Incident // that it came from
	Team      string
	Age       string // "open for 94 days", "overdue by 3 days"; empty: it is not open
	Late      bool
	Wait      string               // "verification was due 3 days ago"; empty: nobody waits for it
	Back      string               // page that its forms lead back to; empty: that of its incident
	Issue     incident.IssueSays   // without Name: it has none that is looked at, or nobody has looked yet
	IssueGaps []incident.ActionGap // in which it says something else than the item
	Seen      time.Time            // when the issue was seen last; zero: not known
	MayClose  bool                 // its issue is open, though it is judged, and can be closed from here
	Adrift    bool                 // no connection asks for the issue any more: what it says is not known
	Said      *RowSaid             // nil: it is not commented on here
	Effect    ActionEffect
}

// IssuePage shows the issue that would be made of an action item before it is sent (GET …/actions/{key}/issue). It posts title, text, place and, of a private
// incident, private to the same address.
type IssuePage struct {
	Shell
	Incident *incident.Incident
	Item     incident.ActionStatement
	Places   []Choice // Value and Label
	Subject  string
	Text     string
	Ordered  *incident.IssueOrder // nil: nobody waits for an answer
	Form     Form
}

func (IssuePage) template() string { return "issue" }

// Mark is the state of an item for people, with the class of its tone.
func (e ActionEntry) Mark() Pair {
	switch {
	case e.State == incident.ActionVerified:
		return Pair{Name: "state-ok", Value: "✓ verified"}
	case e.State == incident.ActionIneffective:
		return Pair{Name: "state-bad", Value: "✕ did not work"}
	case e.Finished():
		return Pair{Name: "state-ok", Value: "✓ done"}
	case e.Dropped():
		return Pair{Name: "state-none", Value: "✕ decided not to do"}
	case e.Late:
		return Pair{Name: "state-bad", Value: "▲ overdue"}
	case e.State == incident.ActionInProgress:
		return Pair{Name: "state-info", Value: "▶ in progress"}
	case e.Open():
		return Pair{Value: "◌ open"}
	}
	return Pair{Name: "state-none", Value: "◌ not known"}
}

// ActionForm is the form of one item, or of a new one.
type ActionForm struct {
	Shell
	Part  ActionPart
	Entry ActionEntry // without key: a new one
}

// actionForm makes the form of an ActionEntry, or of a new item for nil, on a page with an ActionPart, or with none.
func actionForm(shell Shell, part, entry any) ActionForm {
	f := ActionForm{Shell: shell}
	if p, is := part.(ActionPart); is {
		f.Part = p
	}
	if e, is := entry.(ActionEntry); is {
		f.Entry = e
	}
	return f
}

// Name tells the fields of one form from those of another.
func (f ActionForm) Name() string { return cmp.Or(f.Entry.Key, "new") }

// Sent reports whether this form was sent and has to be corrected.
func (f ActionForm) Sent() bool {
	return len(f.Part.Form.Errors) > 0 && f.Part.Form.Value("form", "") == "action" && f.Part.Form.Value("key", "new") == f.Name()
}

// Value is what a field of the form holds.
func (f ActionForm) Value(name string) string {
	if f.Sent() {
		return f.Part.Form.Value(name, f.Now(name))
	}
	if name == "due" || name == "verify_by" {
		return f.day(name)
	}
	return f.Now(name)
}

// Now is what a field says at present, as incident.ActionChange has it.
func (f ActionForm) Now(name string) string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	e := f.Entry
	switch name {
	case "title":
		return e.Title
	case "owner":
		return e.Owner
	case "kind":
		return e.Kind
	case "priority":
		return e.Priority
	case "proof":
		return e.Proof
	case "url":
		return e.URL
	case "reason":
		return e.Reason
	case "state":
		return e.State
	case "due":
		return at(e.Due)
	case "verify_by":
		return at(e.VerifyBy)
	}
	return ""
}

func (f ActionForm) day(name string) string {
	at := f.Entry.Due
	if name == "verify_by" {
		at = f.Entry.VerifyBy
	}
	if at.IsZero() {
		return ""
	}
	return f.Date(at)
}

// Error is what is wrong with a field of the form that was sent.
func (f ActionForm) Error(name string) string {
	if !f.Sent() {
		return ""
	}
	return f.Part.Form.Error(name)
}
