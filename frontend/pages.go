package frontend

import (
	"net/url"
	"slices"
	"time"

	"hindsight/incident"
)

// Page is a struct that a template can draw. Each knows its template, so a handler cannot mix them up.
type Page interface {
	shell() Shell
	template() string // name of the file below templates/pages, without ending
}

// Shell is what every page has around it.
type Shell struct {
	Title     string // of the page; " · Hindsight" is added
	Crumbs    []Link // from the outermost page down, without the page itself
	User      User   // zero: nobody is signed in, and the navigation is hidden
	Nav       Nav    // the entry that is marked as current
	Theme     Theme
	Path      string // path and query of this page, as requested
	Canonical string // absolute URL of this page with its parameters in canonical order; printed on paper
	AsOf      incident.Seq
	Unwritten bool // the search index cannot be written at present, as on a full disk
	Indexing  int  // changes that search and analytics have not seen yet; 0: all seen
	Flash     []Flash
	Demo      bool           // the demonstration: read-only, roles can be switched
	LooksAs   bool           // an administrator looks at the product as User.Role
	Zone      *time.Location // of the viewer; nil: UTC
	Now       time.Time      // for relative times
	NoKeys    bool           // the viewer switched single-key shortcuts off
	// InFile is where files say what this page is about ("contracts.yaml:12"): what is changed here is overwritten when
	// they are applied again. Empty: none do.
	InFile string
	Views  SavedViews
	Unread int  // notices that the viewer has not read
	Mail   bool // notices can leave by e-mail
}

func (s Shell) shell() Shell { return s }

// User is who is looking.
type User struct {
	ID      incident.ID
	Name    string // sign-in name
	Display string // may be empty
	Role    incident.Role

	Abilities []incident.Ability // what they may see or change here
	ReadOnly  bool               // nothing can be changed: in the demonstration, and while looking as a role
}

// May reports whether the user has an ability: whether pages about it can be seen.
func (u User) May(a incident.Ability) bool { return slices.Contains(u.Abilities, a) }

// MayChange reports whether the user may change what an ability is about. No page shows a button that would be refused.
func (u User) MayChange(a incident.Ability) bool { return u.May(a) && !u.ReadOnly }

// Theme says whether the page is light or dark.
type Theme string

// The themes. System follows the browser.
const (
	System Theme = "system"
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// Nav names an entry of the navigation.
type Nav string

// The entries of the navigation, in order.
const (
	NavOverview  Nav = "overview"
	NavIncidents Nav = "incidents"
	NavProblems  Nav = "problems"
	NavRetros    Nav = "retrospectives"
	NavServices  Nav = "services"
	NavChanges   Nav = "changes"
	NavSLA       Nav = "sla"
	NavSLO       Nav = "slo"
	NavReports   Nav = "reports"
	NavViews     Nav = "views"
	NavImports   Nav = "imports"
	NavSettings  Nav = "settings"
	NavHelp      Nav = "help"
)

// Flash is a message about what has just been done.
type Flash struct {
	Kind FlashKind
	Text string
	Link Link // may be zero
}

// FlashKind is the tone of a message.
type FlashKind string

// The tones of a message.
const (
	Done   FlashKind = "ok"
	Notice FlashKind = "info"
	Warn   FlashKind = "warn"
	Fail   FlashKind = "bad"
)

// Link is a way to another page, by its path.
type Link struct {
	Label string
	Path  string
}

// Choice is one of several values of a control. Path is the page with that value chosen.
type Choice struct {
	Value string
	Label string
	On    bool
	Count int // incidents behind it; -1: not counted
	Path  string
}

// Period is the time range of a page and what can be done with it.
type Period struct {
	Ranges   []Choice // presets, the one in force is On
	Compare  []Choice // "previous period", "year before", "none"; empty: the page does not compare
	From, To time.Time
	Earlier  string   // path of the period before; may be empty
	Later    string   // path of the period after; empty at the present
	Action   string   // path that the custom range form is sent to, by GET
	Keep     []Hidden // parameters that the custom range form must carry along
}

// Hidden is a form value that the viewer does not see.
type Hidden struct{ Name, Value string }

// Form is what a viewer sent and what was wrong with it. The zero Form is one not yet sent.
type Form struct {
	Values url.Values
	Errors []FieldError
}

// FieldError says what is wrong with one field and what would be right. An empty Field is about the whole.
type FieldError struct {
	Field   string
	Message string
}

// Value returns what was sent as name, or def when nothing was.
func (f Form) Value(name, def string) string {
	if v, ok := f.Values[name]; ok && len(v) > 0 {
		return v[0]
	}
	return def
}

// Has reports whether a box of several with one name was sent checked; before the form was sent, whether value is among def.
func (f Form) Has(name, value string, def ...string) bool {
	if f.Values == nil {
		return slices.Contains(def, value)
	}
	return slices.Contains(f.Values[name], value)
}

// Error returns the message about a field, or "".
func (f Form) Error(name string) string {
	for _, e := range f.Errors {
		if e.Field == name {
			return e.Message
		}
	}
	return ""
}

// Empty says why a list has no rows. The zero Empty never shows.
type Empty struct {
	Kind EmptyKind
	Text string // what was looked for, when it is not obvious: "no incident of 2019 was imported"
}

// EmptyKind tells the three sorts of emptiness apart.
type EmptyKind string

// The sorts of emptiness.
const (
	NothingYet     EmptyKind = "nothing-yet"
	NothingMatches EmptyKind = "nothing-matches"
	NoPermission   EmptyKind = "no-permission"
)
