package incident

import (
	"slices"
	"strings"
	"time"
)

// RetroShare is a link by which people outside read a published retrospective, until it expires. Hash is the SHA-256 of the token in the
// address, which is shown once. What it shows is Document, masked and frozen when a person last looked at it.
type RetroShare struct {
	ID       ID
	Incident ID
	Hash     string // unique
	Profile  string // for whom it was masked; see package redact
	// What a person decided about it: slugs of the sections that go along, words to be masked besides, keys of maskings that were undone.
	Sections, Words, Kept []string
	Number                int // of the published version that it was made from
	Document              SharedRetro
	FrozenAt              time.Time // when Document was made
	CreatedBy             ID        // a user; may be empty: a token that acts for nobody
	CreatedByName         string
	CreatedAt             time.Time
	ExpiresAt             time.Time // never zero
	RevokedAt             time.Time // zero: nobody did
	RevokedBy             string
	UsedAt                time.Time // when it was last opened; zero: it never was
	Used                  int       // how often it was opened
}

// SharedRetro is what people outside read. All of its texts are masked.
type SharedRetro struct {
	Title       string          `json:"title"`
	PublishedAt time.Time       `json:"published_at"`
	Began       time.Time       `json:"began,omitzero"`
	Over        time.Time       `json:"over,omitzero"`
	Sections    []SharedSection `json:"sections"`
}

// Lasted is how long it took in words; empty when that is not known.
func (d SharedRetro) Lasted() string {
	if d.Began.IsZero() || !d.Over.After(d.Began) {
		return ""
	}
	return FormatDuration(d.Over.Sub(d.Began))
}

// SharedSection is a section with the rows that stand in it.
type SharedSection struct {
	Title   string         `json:"title"`
	Text    string         `json:"text,omitempty"` // Markdown
	Moments []SharedMoment `json:"moments,omitempty"`
	Factors []SharedFactor `json:"factors,omitempty"`
	Actions []SharedAction `json:"actions,omitempty"`
}

// SharedMoment is a line of the timeline.
type SharedMoment struct {
	At    time.Time     `json:"at"`
	About time.Duration `json:"about,omitempty"` // how far At may be off, either way
	Title string        `json:"title"`
	Text  string        `json:"text,omitempty"` // Markdown
}

// SharedFactor is what contributed, or kept it from being worse; Role is as of [Factor].
type SharedFactor struct {
	Role string `json:"role"`
	Text string `json:"text"`
}

// SharedAction is what was promised. Nobody is named as its owner.
type SharedAction struct {
	Title string    `json:"title"`
	State string    `json:"state"`
	Due   time.Time `json:"due,omitzero"`
}

// ShareState is whether a link opens anything, and why not.
type ShareState string

const (
	ShareOpen    ShareState = "open"
	ShareExpired ShareState = "expired"
	ShareRevoked ShareState = "revoked"
)

// State says where a link stands. One to a retrospective that is private now or gone opens nothing either; the store knows that.
func (s RetroShare) State(now time.Time) ShareState {
	switch {
	case !s.RevokedAt.IsZero():
		return ShareRevoked
	case !now.Before(s.ExpiresAt):
		return ShareExpired
	}
	return ShareOpen
}

// The bounds of a link.
const (
	LongestShare     = 366 * 24 * time.Hour
	mostShareWords   = 200
	longestShareWord = 200
	mostShareKept    = 2000
)

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (s RetroShare) Validate() error {
	switch {
	case s.ExpiresAt.IsZero() || !s.ExpiresAt.After(s.CreatedAt):
		return Invalidf("expires", "say until when the link opens; it has to be later than now")
	case s.ExpiresAt.After(s.CreatedAt.Add(LongestShare)):
		return Invalidf("expires", "a link lasts a year at most; make a new one then")
	case len(s.Sections) == 0:
		return Invalidf("sections", "choose at least one section")
	}
	return s.ValidateMasking()
}

// ValidateMasking is Validate of what is to be masked alone.
func (s RetroShare) ValidateMasking() error {
	long := func(word string) bool { return strings.TrimSpace(word) == "" || len(word) > longestShareWord }
	switch {
	case len(s.Words) > mostShareWords || slices.ContainsFunc(s.Words, long):
		return Invalidf("words", "give at most %d words, of at most %d characters each", mostShareWords, longestShareWord)
	case len(s.Kept) > mostShareKept:
		return Invalidf("kept", "at most %d maskings can be undone; choose another profile", mostShareKept)
	}
	return nil
}
