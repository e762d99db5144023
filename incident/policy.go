package incident

import (
	"encoding/json"
	"time"
)

// Policy is one version of something that people agreed on and that decides how numbers come out: when business
// time runs, what a contract promises, what an objective is. A version is never rewritten: whoever changes a
// policy adds one, and so does who removes it, so that an old figure can be computed again as it was.
type Policy struct {
	ID      ID
	Version int // from 1, without gaps
	Kind    PolicyKind
	Name    string
	Body    json.RawMessage // in the shape of its kind
	Removed bool            // this version takes the policy back; its Body is the last one
	SavedAt time.Time
	SavedBy string // a user's name; empty: the program itself
	Note    string // why, in the words of who saved it; may be empty
}

// PolicyKind says what a policy is about, and so what shape its Body has.
type PolicyKind string
