package frontend

import (
	"time"

	"hindsight/incident"
)

// OverviewPage is the first page at /.
type OverviewPage struct {
	Shell
	Period    Period
	Checklist []Step // shown until every step is done
	Stats     []Stat
	Figures   []Figure
	Scan      Scan // which services changed
	Recurring []ProblemRow
	OnTrial   int // suggested problems that have not earned trust yet
	MayJudge  bool
	SLA       SLACounts
	Recent    []IncidentRow
	YearAgo   []IncidentRow  // that began on this day one year ago
	Published []RetroYearAgo // retrospectives that were published about this day of earlier years; the latest first
	Sources   []ConnectionRow
	Exports   []Link
	Empty     Empty // when there is no incident at all
}

func (OverviewPage) template() string { return "overview" }

// Step is one step of getting started.
type Step struct {
	Text string // "Import incidents"
	Path string
	Done bool
}

// SLACounts says how many objectives stand how.
type SLACounts struct{ Met, AtRisk, Breached, TooFew int }

// Sum returns the number of objectives.
func (c SLACounts) Sum() int { return c.Met + c.AtRisk + c.Breached + c.TooFew }

// SetupPage makes the first administrator at /setup: POST name, display, password.
type SetupPage struct {
	Shell
	Form Form
}

func (SetupPage) template() string { return "setup" }

// StartPage follows setup at /setup/start: connect a source, upload a file, or POST /setup/sample.
type StartPage struct {
	Shell
	Samples []SampleSet
}

func (StartPage) template() string { return "start" }

// SampleSet is bundled public data that can be loaded and removed again.
type SampleSet struct {
	Name      string // value of the form field "sample"
	Title     string
	Summary   string
	Incidents int
	Licence   string
	Loaded    bool
}

// LoginPage is at /login: POST name, password, next. In a demonstration POST /view-as takes role.
// GET /login/oidc?next= goes to the provider of single sign-on.
type LoginPage struct {
	Shell
	Form       Form
	Next       string // path to go to afterwards
	Roles      []incident.Role
	Provider   string // of single sign-on, as people call it; empty: there is none
	OnlyAdmins bool   // passwords are for administrators alone
	Over       *Over  // why one was signed out; nil: one was not, or did so oneself
	Trouble    string // what kept the provider from signing one in; empty: nothing
}

func (LoginPage) template() string { return "login" }

// Over says when and why one was signed out.
type Over struct {
	At  time.Time
	Why string
}

// SignedOutPage is the answer to POST /logout of somebody whom a provider of single sign-on had signed in.
type SignedOutPage struct {
	Shell
	Provider string
	There    string // where one signs out of the provider, too
}

func (SignedOutPage) template() string { return "signedout" }

// KeptPage is the answer to a form that was sent after the session was over: what was written is kept on it. It is sent
// again to Action once one has signed in, in another tab.
type KeptPage struct {
	Shell
	Action string
	Fields []Hidden
	Over   *Over
	Files  bool // files were sent, too, which are not kept
}

func (KeptPage) template() string { return "kept" }

// ErrorPage is what a reader gets instead of a page: 403, 404, 422, 500.
type ErrorPage struct {
	Shell
	Status  int
	Heading string // "There is no such incident"
	Text    string // what was kept and what to do next
	Request string // id of the request in the log; may be empty
	At      time.Time
	Links   []Link
}

func (ErrorPage) template() string { return "error" }
