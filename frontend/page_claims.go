package frontend

import (
	"time"

	"hindsight/incident"
)

// ClaimsPage is the work list at /causes/claimed: what sources and documents say contributed, and nobody here has judged.
//
// GET parameters: those of figures. POST /incidents/{id}/factors judges a factor.
type ClaimsPage struct {
	Shell
	Period  Period
	Chips   []Chip
	Clear   string
	Problem string // what is wrong with the question; empty: nothing
	Groups  []ClaimGroup
	Total   int           // of groups; Groups are the first of them
	Claimed int           // factors of all groups
	Took    time.Duration // of all groups, incidents with several in each
	Note    string        // of which incidents they are; empty: of all
	MayEdit bool
}

func (ClaimsPage) template() string { return "claims" }

// ClaimGroup is claimed factors of one name.
type ClaimGroup struct {
	Name       string
	Took       time.Duration
	N          int
	Unmeasured int
	Rows       []ClaimRow // the longest first; not all when N is larger
	All        string     // path of the incidents that name it; empty: it is no name
}

// ClaimRow is a claimed factor of one incident.
type ClaimRow struct {
	incident.FactorStatement
	Incident *incident.Incident
	Length   incident.Duration
}
