package incident

import (
	"net/url"
	"time"
)

// Intake is a document that somebody is about to take rows out of, for the retrospective of an incident. It waits for them, with what they have chosen
// and changed so far; nothing of it counts before they take it. Each person has one for an incident.
type Intake struct {
	Incident ID
	User     ID     // of the actor; empty where there are no accounts
	Name     string // of the file, or where else the text is from
	Text     string // Markdown
	Choices  url.Values
	At       time.Time // of the last change
}

// LongestIntake is how long the text of an Intake may be, in bytes.
const LongestIntake = 1 << 20
