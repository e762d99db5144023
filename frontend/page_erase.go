package frontend

import (
	"net/url"
	"strings"
	"time"

	"hindsight/incident"
)

// ErasePage is at /admin/erase, where somebody is looked for, chosen and, once what that would rewrite was shown, erased.
//
// GET parameters: q finds people; person (a name, an address, a handle or an id) and also (more spellings, one a line) show what erasing
// that person would rewrite. POST takes person, also, digest and confirm, one of the names, and begins.
type ErasePage struct {
	Shell
	Form   Form
	Asked  string // q
	Found  []FoundPerson
	More   int // that were found and are not listed
	Chosen *EraseChoice
	Past   []ErasureRow // newest first
}

func (ErasePage) template() string { return "erase" }

// OnlyInTexts is the path of what erasing somebody who is called as was asked for would rewrite.
func (p ErasePage) OnlyInTexts() string { return ErasurePreviewPath(p.Asked) }

// FoundPerson is somebody who is called like what was looked for.
type FoundPerson struct {
	Name   string
	Facts  []string // "user, editor", "from PagerDuty", an address
	Path   string   // of what erasing them would rewrite
	Erased bool
}

// EraseChoice is the person who was chosen, and what erasing them would rewrite.
type EraseChoice struct {
	Shell
	Person string // as it was asked for
	Also   string // more spellings, one a line
	Name   string // the first of Names
	Names  []string
	People []string // of sources
	Users  []string // who may sign in
	Notes  []string // what stays
	Self   bool     // it is the viewer, who cannot erase themselves
	Digest string
	Look   ErasureLook
	Began  time.Time // of the look
}

func (EraseChoice) template() string { return "erase-look" }

// Query is the query of the page's address, which can be shared: "?person=…".
func (c EraseChoice) Query() string {
	q := url.Values{"person": {c.Person}}
	if c.Also != "" {
		q.Set("also", c.Also)
	}
	return "?" + q.Encode()
}

// ErasureLook is what was, or would be, rewritten, or as much of it as is known.
type ErasureLook struct {
	Done             bool
	Tables, Of       int    // that are behind it, and in all
	At               string // what it goes through
	Places           []ErasedPlace
	Rows, Looked     int
	Accounts         int
	Audit            int64
	Notes            []string
	CountsAuditLater bool // the audit log was not looked at yet
}

// ErasedPlace is a sort of records, and how many of them name the person.
type ErasedPlace struct {
	Name string
	Rows int
}

// ErasureRow is an erasure in the list.
type ErasureRow struct {
	ID           incident.ID
	Pseudonym    string
	Running      bool
	By           string
	Begun, Ended time.Time // Ended is zero while it runs
	Rows         int
}

// ErasurePage is one erasure with its report, at /admin/erase/{id}; it names nobody. POST /admin/erase/{id}/again goes through everything
// again for all who were erased.
type ErasurePage struct {
	Shell
	Row  ErasureRow
	Look ErasureLook
	Seen time.Time // when it was last heard of; zero once it has ended
	Late bool      // that is long ago
}

func (ErasurePage) template() string { return "erasure" }

// Exports are the files that the report can be had as.
func (p ErasurePage) Exports() []Link {
	return []Link{{Label: "JSON", Path: ErasurePath(p.Row.ID) + "/report.json"}}
}

// ErasureProgress is the part of an ErasurePage that changes. It is a page of its own without a frame.
type ErasureProgress struct{ ErasurePage }

func (ErasureProgress) template() string { return "erasure-progress" }

// ErasurePath returns the page of an erasure.
func ErasurePath(id incident.ID) string { return below("/admin/erase", id) }

// ErasurePreviewPath returns the page of what erasing a person would rewrite.
func ErasurePreviewPath(person string) string {
	return "/admin/erase" + EraseChoice{Person: strings.TrimSpace(person)}.Query()
}
