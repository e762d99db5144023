package incident

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Retro is a retrospective that is written here, by several people at once. Its text stands in its sections ([RetroSection]), its
// moments in [Moment]; what contributed and what was promised belong to the incident. What others read of it, search and reports
// included, is its reading copy, a [Retrospective].
type Retro struct {
	Incident ID
	Version  int // from 1, of what stands here; each change takes the next, so that nobody overwrites what they have not seen
	Title    string
	Template string // the name of the template that it was made from
	State    RetroState
	Reason   string // why none is required; empty in other states
	Owner    ID     // the user who sees to it; may be empty
	// OwnerName is what the owner was called then.
	OwnerName string
	Due       time.Time // when it should be published; zero: nobody says
	Reviews   []RetroReview
	Number    int // of the last published version; 0: none is yet
	// PublishedAt is when that was.
	PublishedAt time.Time
	CreatedAt   time.Time
	CreatedBy   string
	ChangedAt   time.Time
	ChangedBy   string
}

// RetroState is where a retrospective stands.
type RetroState string

const (
	RetroDraft       RetroState = "draft"
	RetroInReview    RetroState = "in_review"
	RetroApproved    RetroState = "approved"
	RetroPublished   RetroState = "published"
	RetroRevised     RetroState = "revised"      // published, and being changed for the next version
	RetroNotRequired RetroState = "not_required" // somebody decided that none is needed, and said why
)

// RetroStates lists every state in the order of a retrospective's life.
var RetroStates = []RetroState{RetroDraft, RetroInReview, RetroApproved, RetroPublished, RetroRevised, RetroNotRequired}

// retroMoves are the states that each state can be followed by.
var retroMoves = map[RetroState][]RetroState{
	RetroDraft:       {RetroInReview, RetroPublished, RetroNotRequired},
	RetroInReview:    {RetroApproved, RetroDraft},
	RetroApproved:    {RetroPublished, RetroDraft},
	RetroPublished:   {RetroRevised},
	RetroRevised:     {RetroInReview, RetroPublished},
	RetroNotRequired: {RetroDraft},
}

// Next returns the states that s can be followed by. What a company's own rules ask for beside stands in its process.
func (s RetroState) Next() []RetroState { return slices.Clone(retroMoves[s]) }

// Words returns the state for people: "in review".
func (s RetroState) Words() string { return strings.ReplaceAll(string(s), "_", " ") }

// Open reports whether somebody has something to do about a retrospective in this state.
func (s RetroState) Open() bool { return s != RetroPublished && s != RetroNotRequired }

// Writable reports whether texts, sections and moments can be changed in this state.
func (s RetroState) Writable() bool {
	return s == RetroDraft || s == RetroInReview || s == RetroRevised
}

// RetroReview is somebody's look at a retrospective before it is published.
type RetroReview struct {
	User    ID
	Name    string // of the user then
	AskedBy string
	AskedAt time.Time
	Answer  ReviewAnswer // empty while it is waited for
	Words   string
	At      time.Time // of the answer
}

// ReviewAnswer is what a reviewer says.
type ReviewAnswer string

const (
	ReviewApproved ReviewAnswer = "approved"
	ReviewChanges  ReviewAnswer = "changes" // asks for changes
)

// The bounds of what people write, in bytes.
const (
	longestRetroTitle  = 300
	longestRetroReason = 2000
)

// Late reports whether it should have been published by now and is not.
func (r Retro) Late(now time.Time) bool {
	return r.State.Open() && !r.Due.IsZero() && r.Due.Before(now)
}

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (r Retro) Validate() error {
	switch {
	case strings.TrimSpace(r.Title) == "":
		return Invalidf("title", "give it a title")
	case len(r.Title) > longestRetroTitle:
		return Invalidf("title", "give a title of at most %d characters", longestRetroTitle)
	case !slices.Contains(RetroStates, r.State):
		return Invalidf("state", "%q is not a state of a retrospective", r.State)
	case r.State == RetroNotRequired && strings.TrimSpace(r.Reason) == "":
		return Invalidf("reason", "say why no retrospective is needed")
	case len(r.Reason) > longestRetroReason:
		return Invalidf("reason", "give at most %d characters", longestRetroReason)
	}
	return nil
}

// RetroSection is a part of a retrospective that is written here.
type RetroSection struct {
	Incident ID
	Slug     string // within its retrospective, as in an address: "summary"
	Place    int    // among the sections, ascending
	Title    string
	Text     string // Markdown, with \n between lines
	// Version is that of the text: the number of changes that it has seen.
	Version   int
	ChangedAt time.Time // of the text
	RemovedAt time.Time // zero while it is shown; one that was removed can be put back
}

const (
	// LongestSection is how much text a section may hold, in bytes.
	LongestSection      = 1 << 20
	longestSectionTitle = 200
)

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (s RetroSection) Validate() error {
	switch {
	case s.Slug == "" || s.Slug != Slug(s.Slug) || len(s.Slug) > longestSectionTitle:
		return Invalidf("section", "%.80q is not the name of a section; use letters, digits and hyphens", s.Slug)
	case strings.TrimSpace(s.Title) == "":
		return Invalidf("title", "give the section a title")
	case len(s.Title) > longestSectionTitle:
		return Invalidf("title", "give a title of at most %d characters", longestSectionTitle)
	}
	return ValidSectionText(s.Text)
}

// ValidSectionText returns ErrInvalid for a text that no section can hold: one that is too long, is not UTF-8 or holds a NUL.
func ValidSectionText(text string) error {
	switch {
	case len(text) > LongestSection:
		return Invalidf("text", "a section holds at most %d kB; move some of it to another one, or link to it", LongestSection>>10)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return Invalidf("text", "the text holds characters that cannot be stored")
	}
	return nil
}

// TextChange is one change of a section's text that was accepted.
type TextChange struct {
	Version int    // of the text once it is made: the first change makes version 1
	Client  string // the editor that it came from, in its own words; unique among those that write
	Changes []byte // as CodeMirror writes a set of changes in JSON; positions in UTF-16 code units
	User    ID     // may be empty: a token
	By      string
	At      time.Time
}

// RetroPulse tells cheaply whether anything of a retrospective is new.
type RetroPulse struct {
	Beat     int            // grows with each change but those of texts
	Sections map[string]int // versions of the texts
}

// RetroSnapshot is a retrospective as it stood at one moment. It is never changed.
type RetroSnapshot struct {
	ID       ID
	Incident ID
	Why      SnapshotReason
	Number   int    // of the published version; 0 in other cases
	Name     string // given by a person; may be empty
	By       string
	At       time.Time
	Body     RetroBody // empty in lists
}

// SnapshotReason says why a snapshot was kept.
type SnapshotReason string

const (
	SnapshotState     SnapshotReason = "state" // another state was entered
	SnapshotPublished SnapshotReason = "published"
	SnapshotIdle      SnapshotReason = "idle" // nobody wrote for a while
	SnapshotNamed     SnapshotReason = "named"
)

// RetroBody is all that a retrospective says.
type RetroBody struct {
	Title    string         `json:"title"`
	State    RetroState     `json:"state"`
	Sections []RetroSection `json:"sections"`
	Moments  []Moment       `json:"moments,omitempty"`
	// Of the incident, as it was then.
	Milestones Milestones   `json:"milestones,omitempty"`
	Factors    []Factor     `json:"factors,omitempty"`
	Actions    []ActionItem `json:"actions,omitempty"`
}

// RetroComment is what somebody says about a section of a retrospective, about some words of it, about a row, or to another comment.
type RetroComment struct {
	ID       ID
	Incident ID
	Version  int    // from 1; each change takes the next
	Slug     string // of the section; empty: about the whole
	Row      string // "moment:ID", "factor:KEY" or "action:KEY": the row that it is about; empty: about no row
	Answers  ID     // the comment that began the thread; empty for that one
	Quote    string // the words that it is about, as they stood; empty: about the whole section or row
	// From and To are where the words stand in version TextVersion of the section, in UTF-16 code units. From < To, or the place is
	// not known.
	From, To, TextVersion int
	Before, After         string // what stood around the words
	Text                  string // Markdown
	User                  ID
	By                    string
	At                    time.Time
	ResolvedAt            time.Time // of the one that began the thread; zero while it is open
	ResolvedBy            string
	RemovedAt             time.Time
}

// LongestComment is how long a comment may be, in bytes.
const LongestComment = 20_000

// RetroRowKinds are the rows of a retrospective that can be commented on, as RetroComment.Row names them.
var RetroRowKinds = []string{"moment", "factor", "action"}

const longestRowKey = 200

// RowOf returns the kind and the key of the row that a comment is about; both are empty when it is about none.
func (c RetroComment) RowOf() (kind, key string) {
	kind, key, _ = strings.Cut(c.Row, ":")
	return kind, key
}

// Anchored reports whether it is known where the words of a comment stood.
func (c RetroComment) Anchored() bool { return c.Quote != "" && c.From < c.To }

// Validate returns ErrInvalid, naming the field, for what cannot be.
func (c RetroComment) Validate() error {
	kind, key := c.RowOf()
	switch {
	case c.Row != "" && (!slices.Contains(RetroRowKinds, kind) || key == "" || len(key) > longestRowKey):
		return Invalidf("row", "%.80q is no row of a retrospective", c.Row)
	case strings.TrimSpace(c.Text) == "":
		return Invalidf("text", "say something")
	case len(c.Text) > LongestComment || len(c.Quote) > LongestComment:
		return Invalidf("text", "give at most %d characters", LongestComment)
	case c.From < 0 || c.To < c.From:
		return Invalidf("from", "%d to %d is no stretch of text", c.From, c.To)
	}
	return nil
}
