package importers

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hindsight/incident"
)

// Tracker says how to look at an issue that somebody linked to, such as that of an action item. All but Write only reads.
type Tracker struct {
	// Issue returns what names the issue at a web address that a connection may ask for; false: it is none of the connection's.
	Issue func(cfg Config, address string) (id string, ours bool)
	// Address returns where people see the issue that they call word, such as "OPS-17"; empty: it is none of the connection's. Nil: issues
	// have no such names.
	Address func(cfg Config, word string) string
	// Look returns what issues say now, by id. One that cannot be seen is Trouble, not an error; those that are missing could not be asked for,
	// and come with an error.
	Look func(ctx context.Context, in Input, asked []IssueAsked) (map[string]IssueSeen, error)
	// Together is how many issues one Look is asked for.
	Together int
	// Write makes and closes issues; nil: they are only read.
	Write *IssueWriter
}

// IssueWriter says how issues are made and closed, for connections whose operator allows it (WriteIssues). Each function sends a change once.
type IssueWriter struct {
	Permission string // that the credential needs beside reading, in the vendor's words
	// Places returns the repositories or projects in which issues can be made: those that the connection names.
	Places func(cfg Config) []string
	// Create makes an issue and returns its address. If Undone is false of an error, it may have been made all the same: Find tells.
	Create func(ctx context.Context, in Input, place string, n NewIssue) (address string, err error)
	// Find returns the address of the issue in whose text a marker stands, of those that were made since a time; empty: there is none.
	Find func(ctx context.Context, in Input, place, marker string, since time.Time) (address string, err error)
	// Close closes an issue, as done or as decided against.
	Close func(ctx context.Context, in Input, id string, dropped bool) error
	// Comment comments on an issue, in a paragraph of plain text.
	Comment func(ctx context.Context, in Input, id, text string) error
}

// NewIssue is an issue that is to be made. Its text is paragraphs with an empty line between them.
type NewIssue struct{ Title, Text string }

// WriteIssues is the setting by which an operator allows people to make and close issues with a connection's credential.
var WriteIssues = Field{Name: "write_issues", Label: "Make and close issues", Options: []string{"no", "yes"}, Default: "no",
	Help: "Whether people who may write here can make issues out of action items, and close these, with this credential. Nothing is written otherwise."}

// IssueAsked is an issue that is to be looked at.
type IssueAsked struct {
	ID string
	// Tag is the one of IssueSeen when what it said is known still; empty: it is wanted in any case.
	Tag string
}

// IssueSeen is what a look shows of an issue.
type IssueSeen struct {
	incident.IssueSays        // without URL and Clash
	Tag                string // by which the tracker tells that nothing has changed since (RFC 9110, ETag); empty: it does not
	Same               bool   // it says what it said when it had the Tag that was asked with, and nothing else is set
}

// IssuePath returns what stands in a web address behind that of a server, without a slash at its end; false: it is an address of another one.
func IssuePath(server, address string) (path string, ours bool) {
	base, err := url.Parse(strings.TrimRight(server, "/"))
	u, err2 := url.Parse(address)
	if err != nil || err2 != nil || u.Host == "" || !strings.EqualFold(u.Host, base.Host) {
		return "", false
	}
	return strings.CutPrefix(strings.TrimRight(u.Path, "/"), base.Path+"/")
}

// MissingIssue says of an answer that an issue cannot be seen, and what to do; empty for other answers.
func MissingIssue(err error, permission string) string {
	switch {
	case HasStatus(err, http.StatusGone):
		return "it was deleted: give the address of another issue, or none"
	case HasStatus(err, http.StatusNotFound):
		return "it is not there, or the connection may not see it: check the address, and that the token may read it (" + permission + ")"
	case HasStatus(err, http.StatusUnauthorized, http.StatusForbidden):
		return fmt.Sprintf("the connection may not see it: give its token the permission (%s)", permission)
	}
	return ""
}

// IssueTitle is the title of an issue on one line, as long as that of an action item may be: 300 bytes.
func IssueTitle(text string) string {
	text = Line(text)
	return strings.ToValidUTF8(text[:min(len(text), 300)], "")
}

// IssueDue is the end of a day such as 2026-11-29, in UTC; zero when a tracker gives none.
func IssueDue(day string) time.Time {
	if at, err := time.Parse(time.DateOnly, day); err == nil {
		return at.AddDate(0, 0, 1).Add(-time.Second)
	}
	return time.Time{}
}
