package frontend

import (
	"cmp"
	"slices"

	"hindsight/incident"
)

// SourcesPage is the first step of an import at /imports/new: choose a source.
type SourcesPage struct {
	Shell
	Sources []SourceCard // those that Query matches
	Query   string       // GET parameter q
	All     int          // sources there are; a search is offered when they are many
	Samples []SampleSet
}

func (SourcesPage) template() string { return "sources" }

// Live returns the sources that read a running system.
func (p SourcesPage) Live() []SourceCard {
	return slices.DeleteFunc(slices.Clone(p.Sources), func(s SourceCard) bool { return !s.Network && !s.Hook })
}

// Files returns the sources that read files; a source may be among both.
func (p SourcesPage) Files() []SourceCard {
	return slices.DeleteFunc(slices.Clone(p.Sources), func(s SourceCard) bool { return !s.File })
}

// Many reports whether there are so many sources that people need a search.
func (p SourcesPage) Many() bool { return p.All > 8 }

// SourceCard describes a kind of source.
type SourceCard struct {
	Name    string
	Title   string
	Summary string
	Docs    string // URL
	File    bool
	Network bool // read over the network
	Hook    bool // pushes to us
	Accept  []string
	Fields  []SourceField
	Missing []string // what it cannot know
	// Permission is the smallest that suffices at the source, in its own terms; may be empty.
	Permission string
	Mapped     bool // columns are mapped by hand (step 3)
}

// fileCard describes the source as one of files alone.
func (s SourceCard) fileCard() SourceCard {
	s.Network, s.Hook = false, false
	return s
}

// SourceField is one setting of a source. Its form field is named "set." + Name.
type SourceField struct {
	Name     string
	Label    string
	Help     string
	Default  string
	Options  []string
	Required bool
	Secret   bool
	Lines    bool   // it has several lines
	Value    string // what it is set to; empty for secrets
	Kept     bool   // a secret that is set, and stays unless another is given
}

// UploadPage is the second step at /imports/new/{source}: name it, fill in settings, choose a file where it reads one.
// It is posted as multipart/form-data: name, set.*, exclude, file (several allowed), and from as in the address.
type UploadPage struct {
	Shell
	Source  SourceCard
	Steps   []SetupStep // of a source that is read over the network
	Ways    []Choice    // of a source that can be read over the network and from files; empty: there is one way
	File    bool        // this form is about files
	Form    Form
	MaxSize int64 // bytes that the server takes
}

func (UploadPage) template() string { return "upload" }

// MapPage is the third step at /imports/{connection}/map: say what each column means. It posts one
// "col.N" per column (N counts from 0) whose value is one of Targets, and "zone" and "dates".
type MapPage struct {
	Shell
	Connection incident.Connection
	Upload     string // name of the uploaded file, carried as "upload"
	Columns    []ColumnMap
	Targets    []Choice // value "" leaves the column as a custom field
	Zones      []Choice // of times that name none
	Dates      []Choice // orders of day and month: "ymd", "dmy", "mdy"
	Form       Form
}

func (MapPage) template() string { return "map" }

// ColumnMap is one column of a table and what it means.
type ColumnMap struct {
	Name    string
	Samples []string // a few values, as written
	Filled  int      // rows that have a value
	Of      int
	Target  string // one of MapPage.Targets
	Guess   bool   // nobody has confirmed Target yet
	Note    string // "3 values are not a time: \"n/a\", …"
}

// PreviewPage is the fourth step at /imports/{connection}/preview: nothing is written yet. It posts
// "upload" to /imports/{connection}/runs.
type PreviewPage struct {
	Shell
	Connection incident.Connection
	Source     SourceCard
	Steps      []SetupStep // of a source that is read over the network
	Upload     string      // empty: records were read over the network
	Coverage   []Coverage
	Problem    *Problem     // why nothing could be read; nil: something was
	Rows       []PreviewRow // at most 20
	Rejects    []LetterRow
	Read       int // records that were looked at
	Known      int // of them already here
	Warnings   []incident.Warning
	Form       Form
}

func (PreviewPage) template() string { return "preview" }

// PreviewRow is one record before and after: one of Incident, Change and Roster is there.
type PreviewRow struct {
	Place    string // "events.csv, row 17"
	Before   []Pair
	Incident *incident.Incident
	Services []string // of the incident or the change
	Change   *incident.ChangeEvent
	Roster   *incident.Roster
	Runbook  *incident.Runbook
	Warnings []incident.Warning
}

// OnCall names who the roster says is on call, each once, in order of time.
func (r PreviewRow) OnCall() []string {
	var names []string
	for _, s := range r.Roster.Shifts {
		if name := cmp.Or(s.PersonName, "nobody"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Next is where the step after this one is; empty when the form on the page leads on.
func (p PreviewPage) Next() string {
	if p.Upload == "" {
		return ConnectionPath(p.Connection.ID) + "/begin"
	}
	return ""
}

// Pair is a name with a value.
type Pair struct{ Name, Value string }
