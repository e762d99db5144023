package frontend

import (
	"net/url"
	"time"
)

// RetentionPage is at /admin/retention: how long what is kept, what the rules would take away now, what they took away last, and the form
// that changes them.
//
// POST takes raw_days, note_days, incident_years, incidents, audit_days, session_days, note and version, and action: try or save; POST
// /admin/retention/remove takes the rules back, so that everything is kept.
type RetentionPage struct {
	Shell
	Form     Form
	Saved    bool // rules are in force; else everything is kept
	Look     RetentionLook
	Last     RetentionRun
	Tried    *RetentionLook // of the rules in the form; nil: they were not tried
	Version  int            // the newest; 0: none was ever saved
	Inputs   []Input
	Versions []VersionRow
}

func (RetentionPage) template() string { return "retention" }

// RetentionLook is rules in words, and what each would take away now. It is a page of its own without a frame.
type RetentionLook struct {
	Shell
	Name  string // unique on the page
	Rows  []RetentionRow
	Done  bool // else what they would take away is still counted
	Began time.Time
	Asked url.Values // the rules
}

func (RetentionLook) template() string { return "retention-look" }

// Query is the query of the look's address.
func (l RetentionLook) Query() string { return "?" + l.Asked.Encode() }

// RetentionRow is the rule for one sort of things.
type RetentionRow struct {
	What  string // "Raw records"
	Rule  string // in words
	Kept  bool   // for ever
	Would int64  // how many would go now
}

// RetentionRun is the last time that the rules were kept to.
type RetentionRun struct {
	At    time.Time // zero: never
	Facts []Pair    // what went; empty: nothing
}
