package incident

import "time"

// Filter selects incidents. The zero Filter selects all that exist and are not private.
// Values of one field are alternatives; different fields must all hold.
type Filter struct {
	IDs         []ID
	Severities  []Severity
	Statuses    []Status
	Kinds       []Kind
	Origins     []Origin
	Services    []ID
	NotServices []ID
	Teams       []ID
	Priorities  []string // PriorityRaw, exactly
	Tags        []string
	Connections []ID
	Numbers     []string // exactly
	SameAs      []ID     // other accounts of these, which do not count themselves
	PartOf      []ID     // children of these, merged into these, duplicates of these

	// From ≤ StartedAt < To; a zero bound does not bind.
	From, To time.Time

	Sight   Sight // which private incidents are included
	Deleted bool  // include tombstones
	Counted bool  // only those that enter reliability numbers (Uncounted is "")

	Sort  Sort   // default: newest start first
	After string // continue behind this cursor, as the last page gave it
	Limit int    // 0: all
}

// Sort is an order of incidents; ties are broken by id, so that every order is total.
type Sort string

const (
	NewestFirst   Sort = "-started"
	OldestFirst   Sort = "started"
	WorstFirst    Sort = "severity"
	RecentlyMoved Sort = "-changed" // by Seq
)
