package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// View is a search or a filtered list that somebody gave a name. It holds the question alone: whoever opens it gets the answer
// that they may see.
type View struct {
	ID    ID
	Owner ID     // the user who saved it; empty: a token that acts for nobody did
	By    string // what the owner was called then
	Name  string // unique among those of its owner that are not removed
	// Path is the page and its parameters in canonical order: "/incidents?sev=1&range=90d". A period that was chosen relative to the
	// present stays so.
	Path    string
	Shared  bool // everybody who may sign in finds it
	Place   int  // among the views of its owner, ascending
	SavedAt time.Time
	// RemovedAt is when it was removed; zero: it is in use. A removed one can be put back for a while.
	RemovedAt time.Time
}

const longestViewName = 80 // characters

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (v View) Validate() error {
	switch n := utf8.RuneCountInString(v.Name); {
	case strings.TrimSpace(v.Name) == "":
		return Invalidf("name", "give it a name")
	case n > longestViewName:
		return Invalidf("name", "give a name of at most %d characters; this one has %d", longestViewName, n)
	case !v.Shared && v.Owner == "":
		return Invalidf("shared", "this token acts for nobody, who would be alone in seeing it; share the view")
	}
	return nil
}

// Removed reports that the view is out of use.
func (v View) Removed() bool { return !v.RemovedAt.IsZero() }

// Of reports whether a user saved the view.
func (v View) Of(user ID) bool { return user != "" && v.Owner == user }

// SortViews puts the views of a user first, in their places, and behind them those of others by name.
func SortViews(views []View, user ID) {
	slices.SortFunc(views, func(a, b View) int {
		switch {
		case a.Of(user) != b.Of(user):
			if a.Of(user) {
				return -1
			}
			return 1
		case a.Of(user):
			return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
}
