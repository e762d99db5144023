package frontend

import (
	"slices"
	"time"

	"hindsight/incident"
)

// RetroPage is the retrospective of an incident at /incidents/{id}/retrospective: to read, and to write for who may.
type RetroPage struct {
	Shell
	Incident  *incident.Incident
	Retro     incident.Retro
	Facts     []RetroFact // of the incident, for the head: "Lasted", "Services"
	Contents  []Link      // the sections, where there are many to read
	Digest    string      // of the Markdown export, for the end of a printed copy: the beginning of its SHA-256
	Sections  []RetroSection
	Actions   ActionPart // shown below the section of that name, or after the others
	Writing   RetroWriting
	Told      Narrative     // the timeline that people tell
	Factors   FactorTelling // what contributed
	Removed   []incident.RetroSection
	Gates     []RetroGate
	Lacking   int // gates that are not met
	Rule      string
	MayEdit   bool
	MayAnswer bool // the viewer has an account, and can approve or ask for changes
	Next      []Choice
	Talk      RetroTalk // about the whole, and about what is in no section any more
	Row       Choice    // the row that a new comment is about, when the address says so
	Open      int       // open threads
	Files     []RetroFileRow
	Charts    []Choice // that can be frozen
	Similar   []SimilarRow
	Users     []string // who can own it or be asked
	Exports   []Link
	Heard     RetroHeard
	Form      Form
}

func (RetroPage) template() string { return "retro" }

// Lacks reports whether no section has a name: rows that belong below one are then shown after the others.
func (p RetroPage) Lacks(slug string) bool {
	return !slices.ContainsFunc(p.Sections, func(s RetroSection) bool { return s.Slug == slug })
}

// Reading reports whether it is published and nobody writes: what is empty is not shown.
func (p RetroPage) Reading() bool { return p.Retro.State == incident.RetroPublished }

// DueDay is the due date as a date field has it; empty without one.
func (p RetroPage) DueDay() string {
	if p.Retro.Due.IsZero() {
		return ""
	}
	return p.Date(p.Retro.Due)
}

// RetroGate is something that is asked for before a retrospective is published.
type RetroGate struct {
	Words, Lacks string
	Met, Hard    bool
}

// RetroThread is a comment with its answers.
type RetroThread struct {
	incident.RetroComment
	Section  string // title of the section; empty: it is about the whole, or a row
	About    Link   // the row; zero: it is about none
	Stands   bool   // From and To are where its words stand in version TextVersion, the newest
	Gone     bool   // its words or its row are not there any more
	Answered []incident.RetroComment
	Own      bool // the viewer wrote it
}

// RetroFileRow is an image, an attachment or a chart of a retrospective.
type RetroFileRow struct {
	incident.RetroFile
	Path string
	Used bool // a text of now refers to it
}

// Weighs is its size for people.
func (r RetroFileRow) Weighs() string { return incident.FormatBytes(r.Size) }

// RetroFact is something to know of the incident, and how it is known.
type RetroFact struct{ Name, Value, How string }

// RetroTalk is what is said about one section of a retrospective, its rows included, or about the whole.
type RetroTalk struct {
	Retro   string // path of the retrospective's page
	Slug    string // of the section; empty: the whole
	Title   string // of the section
	Threads []RetroThread
	MayEdit bool
}

// Open returns the threads that are open.
func (t RetroTalk) Open() []RetroThread { return t.only(true) }

// Resolved returns the others.
func (t RetroTalk) Resolved() []RetroThread { return t.only(false) }

func (t RetroTalk) only(open bool) (out []RetroThread) {
	for _, x := range t.Threads {
		if x.ResolvedAt.IsZero() == open {
			out = append(out, x)
		}
	}
	return out
}

// RowSaid is how a row of a retrospective is commented on.
type RowSaid struct {
	Row, Label string
	Path       string      // where a comment is written without scripts; empty: the viewer may not
	Open       int         // threads about it
	First      incident.ID // of them
}

// RetroComments are the threads of a RetroPage, the answer to GET …/retrospective/comments: pieces of HTML without a frame.
type RetroComments struct {
	Shell
	Talks []RetroTalk
}

func (RetroComments) template() string { return "retro-comments" }

// RetroBeginPage offers to begin the retrospective of an incident that has none.
type RetroBeginPage struct {
	Shell
	Incident  *incident.Incident
	Rule      string // what the company's rules say of it
	Templates []RetroTemplateChoice
	Imported  *incident.Retrospective // a document that a source gave; nil: none
	MayEdit   bool
	Form      Form
}

func (RetroBeginPage) template() string { return "retro-begin" }

// RetroTemplateChoice is a template to begin with.
type RetroTemplateChoice struct {
	Name, About string
	Sections    []string
	On          bool // the rules name it
}

// RetroHistoryPage lists how a retrospective stood at times, at /incidents/{id}/retrospective/history.
type RetroHistoryPage struct {
	Shell
	Incident  *incident.Incident
	Retro     incident.Retro
	Snapshots []incident.RetroSnapshot
	MayEdit   bool
	Form      Form
}

func (RetroHistoryPage) template() string { return "retro-history" }

// RetroSnapshotPage shows a retrospective as it stood, and what is different now.
type RetroSnapshotPage struct {
	Shell
	Incident *incident.Incident
	Snapshot incident.RetroSnapshot
	Sections []RetroCompared
	Files    Files
	Same     bool // nothing is different now
	MayEdit  bool
}

func (RetroSnapshotPage) template() string { return "retro-snapshot" }

// RetroCompared is a section then and now.
type RetroCompared struct {
	Slug, Title string
	Was         string
	Words       []DiffWord // from then to now; empty when both are the same
	Gone        bool       // there is no such section now
}

// DiffWord is a stretch of text that both versions have, or only one of them.
type DiffWord struct {
	Text           string
	Added, Removed bool
}

// RetroMeetingPage leads through a retrospective with many people in a room, at /incidents/{id}/retrospective/meeting.
type RetroMeetingPage struct {
	Shell
	Incident  *incident.Incident
	Retro     incident.Retro
	Section   incident.RetroSection
	Files     Files
	Prompts   []string
	At, Of    int // which section of how many, from 1
	Before    Link
	Behind    Link
	Questions []incident.Moment     // open ones
	Unowned   []incident.ActionItem // open ones without an owner
	MayEdit   bool
	Form      Form
}

func (RetroMeetingPage) template() string { return "retro-meeting" }

// RetrosPage is the list at /retrospectives. GET parameters: state, mine, team, service, read.
type RetrosPage struct {
	Shell
	States  []Choice
	Facets  []Facet
	Chips   []Chip // filters in force
	Feed    string // address of the feed of published ones, under these filters
	Mine    Choice
	Rows    []RetroRow
	Missing []IncidentRow // incidents of the last 90 days that the rules want one of and that have none, the oldest first
	Waiting int           // all that are missing; Missing are the first of them
	Kept    string        // "9 of 12 incidents of the last 90 days that need one have one"; empty: none needs one
	// YearsAgo are those that were published on this day of an earlier year, or within three days of it; the latest first.
	YearsAgo []RetroYearAgo
	MayEdit  bool
	Empty    Empty
}

// RetroYearAgo is a retrospective that was published about this day of an earlier year.
type RetroYearAgo struct {
	Title    string
	Incident *incident.Incident
	Years    int // 1: a year ago
	At       time.Time
}

func (RetrosPage) template() string { return "retros" }

// RetroRow is one retrospective in a list.
type RetroRow struct {
	incident.Retro
	Incident *incident.Incident
	Late     bool
	Reach    incident.RetroReach
	TooNew   bool // too soon to say that nobody read it
}

// RetroProcessPage is what is agreed on about retrospectives, at /admin/retrospectives.
type RetroProcessPage struct {
	Shell
	Process  incident.RetroProcess
	Flavours []string
	Text     string // all of it, as JSON
	Version  int    // 0: the standard is in force
	SavedBy  string
	SavedAt  time.Time
	Form     Form
}

func (RetroProcessPage) template() string { return "retro-process" }

// RetroReadPage shows what a file would change in a retrospective, before it does.
type RetroReadPage struct {
	Shell
	Incident *incident.Incident
	Text     string          // of the file
	Sections []RetroCompared // that would be different; Gone: there is none of the name yet
	Rows     bool            // the file has rows, which are not taken over
}

func (RetroReadPage) template() string { return "retro-read" }

// RetroFile is a retrospective as a page that stands alone: no scripts, nothing from elsewhere.
type RetroFile struct {
	Shell
	Incident *incident.Incident
	Retro    incident.Retro
	Facts    []RetroFact
	Sections []incident.RetroSection
	Files    Files
	Moments  []incident.Moment
}

func (RetroFile) template() string { return "retro-file" }
