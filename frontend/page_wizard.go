package frontend

import (
	"slices"

	"hindsight/incident"
)

// SourcesPage is the first step of an import at /imports/new: choose a source.
type SourcesPage struct {
	Shell
	Sources []SourceCard
	Samples []SampleSet
}

func (SourcesPage) template() string { return "sources" }

// Live returns the sources that read a running system.
func (p SourcesPage) Live() []SourceCard {
	return slices.DeleteFunc(slices.Clone(p.Sources), func(s SourceCard) bool { return s.File })
}

// SourceCard describes a kind of source.
type SourceCard struct {
	Name    string
	Title   string
	Summary string
	Docs    string // URL
	File    bool
	Accept  []string
	Fields  []SourceField
	Missing []string // what it cannot know
	Mapped  bool     // columns are mapped by hand (step 3)
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
}

// UploadPage is the second step at /imports/new/{source}: name it, fill in settings, choose a file.
// It is posted as multipart/form-data: name, set.*, exclude, file (several allowed).
type UploadPage struct {
	Shell
	Source  SourceCard
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
	Upload     string
	Rows       []PreviewRow // at most 20
	Rejects    []LetterRow
	Read       int // records that were looked at
	Known      int // of them already here
	Warnings   []incident.Warning
	Form       Form
}

func (PreviewPage) template() string { return "preview" }

// PreviewRow is one record before and after.
type PreviewRow struct {
	Place    string // "events.csv, row 17"
	Before   []Pair
	Incident *incident.Incident
	Services []string
	Warnings []incident.Warning
}

// Pair is a name with a value.
type Pair struct{ Name, Value string }
