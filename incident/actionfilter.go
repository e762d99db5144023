package incident

import "time"

// ActionFilter selects action items of incidents that exist. The zero ActionFilter selects those of incidents that are not private.
// Values of one field are alternatives; different fields must all hold.
type ActionFilter struct {
	States   []string
	Kinds    []string
	Owners   []string // names in any case; the empty name selects items without owner
	Teams    []ID     // of the incident
	Services []ID     // that the incident touched
	Incident ID       // of one incident alone

	// DueFrom ≤ Due < DueTo; a zero bound does not bind. Undated adds items without due time where a bound is set.
	DueFrom, DueTo time.Time
	Undated        bool
	VerifyTo       time.Time // VerifyBy < VerifyTo
	Verifiable     bool      // with a proof or a time by which to verify

	Sight Sight // which private incidents are included

	// What is due first comes first, then what has no due time, oldest first.
	Skip  int
	Limit int // 0: 50
}

// ActionPlace says where an action item is: the Pos-th of its incident.
type ActionPlace struct {
	Incident ID
	Pos      int
}

// ActionOwner is how many action items somebody has.
type ActionOwner struct {
	Name string
	N    int
}
