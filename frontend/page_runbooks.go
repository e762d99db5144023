package frontend

import (
	"time"

	"hindsight/incident"
)

// RunbooksPage is the list at /runbooks. GET parameter: q.
type RunbooksPage struct {
	Shell
	Query   string
	Problem string // what is wrong with Query and what would be right; empty: nothing
	Rows    []RunbookRow
	Total   int
}

func (RunbooksPage) template() string { return "runbooks" }

// RunbookRow is a runbook in a list.
type RunbookRow struct {
	ID         incident.ID
	Title      string
	Outside    string // where it is read; http or https, or empty
	Services   []string
	Imported   bool // its text is here
	Incidents  int  // in which it was used, of those that the viewer sees
	Helped     int  // of them, where a person said so
	DidNotHelp int
	LastUsed   time.Time // zero: never
	Snippets   []Snippet // why a search found it
}

// RunbookPage is one runbook at /runbooks/{id}.
type RunbookPage struct {
	Shell
	Row   RunbookRow
	Tags  []string
	Text  string // Markdown; empty where it is known by its address alone
	Uses  []RunbookUseRow
	More  int // uses that are not listed
	Ended Stat
}

func (RunbookPage) template() string { return "runbook" }

// RunbookUseRow is an incident in which a runbook was used.
type RunbookUseRow struct {
	IncidentRow
	Use incident.RunbookUse
}

// IncidentRunbooks are the runbooks on the page of an incident.
//
// POST /incidents/{id}/runbooks (runbook: id, title or address; verdict: helped, did_not_help, not_used or undo) says what a person thinks of one.
type IncidentRunbooks struct {
	Used      []IncidentRunbook
	Suggested []SuggestedRunbook
	Trust     string // how often such suggestions were right here, or that there is too little to tell
	Titles    []string
}

// IncidentRunbook is a runbook of the incident.
type IncidentRunbook struct {
	Row RunbookRow
	Use incident.RunbookUse
}

// SuggestedRunbook is a runbook that may help, and why.
type SuggestedRunbook struct {
	Row     RunbookRow
	From    []RunbookUseLink // similar incidents with it
	Service string           // of the incident, that it is about; may be empty
	Rate    string           // how often it helped in the similar incidents, or that too few say
}

// RunbookUseLink leads to an incident in which a runbook was used.
type RunbookUseLink struct {
	Link
	Verdict incident.RunbookVerdict
}
