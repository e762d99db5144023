package frontend

import "hindsight/incident"

// RetroRowsPage takes rows out of a document into the retrospective of an incident, at /incidents/ID/retrospective/rows. Nothing is written before somebody
// confirms it.
type RetroRowsPage struct {
	Shell
	Incident *incident.Incident
	Begun    bool   // a retrospective is written here
	Own      string // the text that there is already: "the imported document"; empty for none
	Doc      *RowsDocument
	Names    []string // that categories of factors may have
	Users    []string // that may own work
	Form     Form     // what was chosen and changed
}

func (RetroRowsPage) template() string { return "retro-rows" }

// RetroRowsPath returns the page at which rows are taken out of a document.
func RetroRowsPath(id incident.ID) string { return IncidentPath(id) + "/retrospective/rows" }

// RowsDocument is a document with what was read in it.
type RowsDocument struct {
	Name     string
	Stamp    string // names the document as it is shown
	Zone     string // of times that name none, and where that is from
	ZoneFrom string
	AskZone  bool // the document does not say
	Sections []RowProposal
	Groups   []RowGroup
	New      int // rows that are not there yet
	Unread   []string
	Notes    []string
}

// RowGroup is the proposals of one kind.
type RowGroup struct {
	Kind, Title string
	Rows        []RowProposal
	There       []RowProposal // that stand here already
}

// RowProposal is one row that a document seems to tell.
type RowProposal struct {
	Key    string // begins the names of its fields: "moment-12"
	Title  string // what it is, for those that stand here already and for labels
	Take   bool
	Sure   bool
	There  string // what stands here instead, or why it was not chosen; may be empty
	Quote  string
	Place  string // "line 12"
	Why    string // the rule that found it
	Doubt  string
	Text   string // of a section, Markdown
	Fields []RowField
}

// RowField is a field of a proposal; its name is Key, a hyphen and Name.
type RowField struct {
	Name, Label, Kind string // Kind is an input's type, area or select
	Value             string
	Options           []Choice
	Max               int
	List              string // id of a list of words that it may have
	Wide              bool
}

// Fewest returns the fields that are shown at once; the others are behind a fold.
func (p RowProposal) Fewest() []RowField {
	n := 0
	for n < len(p.Fields) && p.Fields[n].Wide {
		n++
	}
	return p.Fields[:min(len(p.Fields), max(n, 1)+1)]
}

// Further are the fields behind Fewest.
func (p RowProposal) Further() []RowField { return p.Fields[len(p.Fewest()):] }
