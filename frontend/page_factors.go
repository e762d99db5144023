package frontend

import "hindsight/incident"

// FactorsPage is the outline of what contributed, at /incidents/{id}/retrospective/factors.
//
// GET parameter: why, the key of a factor to ask on from. POST /incidents/{id}/factors (action, key, role, category, text, about, confidence, before, evidence,
// parent, also; back: where it leads) changes it.
type FactorsPage struct {
	Shell
	Incident  *incident.Incident
	MayEdit   bool
	Told      FactorTelling
	Rejected  []incident.FactorStatement
	Names     []string // categories and words that are in use
	Abouts    []string // services
	Suggested []SuggestedFactor
	Why       *WhyLadder // nil: nobody asks
	Form      Form
	Edit      string // key of the factor that Form is about; empty: a new one
}

func (FactorsPage) template() string { return "factors" }

// FactorTelling is what contributed to an incident, for reading.
type FactorTelling struct {
	Title string // of the incident
	Rows  []OutlineRow
}

// Outline is the factors alone, as the drawing takes them.
func (t FactorTelling) Outline() []incident.FactorNode {
	out := make([]incident.FactorNode, len(t.Rows))
	for i, r := range t.Rows {
		out[i] = r.FactorNode
	}
	return out
}

// OutlineRow is a factor in the outline.
type OutlineRow struct {
	incident.FactorNode
	Shown                         []EvidenceLine
	AlsoTo                        []Link // factors of this page that it contributed to beside its parent
	MayIn, MayOut, MayUp, MayDown bool
	Said                          *RowSaid // nil: it is not commented on here
}

// Name is what the factor is called.
func (r OutlineRow) Name() string {
	if r.Text != "" {
		return r.Text
	}
	return r.Category
}

// Level is the depth that pages show: deeper ones stand below each other.
func (r OutlineRow) Level() int { return min(r.Depth, graphDeep) }

// EvidenceLine is what shows a factor: an address, or the words of an event.
type EvidenceLine struct {
	Text string
	URL  string // http or https; may be empty
}

// SuggestedFactor is a factor of similar incidents.
type SuggestedFactor struct {
	Role, Category, Text string
	From                 []Link // the incidents
	Sources              string // their ids, with spaces between them
}

// Name is what the factor is called.
func (f SuggestedFactor) Name() string {
	if f.Text != "" {
		return f.Text
	}
	return f.Category
}

// WhyLadder leads from the incident down to a factor, of which one asks why it was possible.
type WhyLadder struct {
	Steps []OutlineRow // the outermost first; the last is asked about
	Below []OutlineRow // what people said of it already
}

// Asked is the factor that is asked about.
func (w WhyLadder) Asked() OutlineRow { return w.Steps[len(w.Steps)-1] }

// RetroFactorsPath returns the page of the outline of an incident.
func RetroFactorsPath(id incident.ID) string { return IncidentPath(id) + "/retrospective/factors" }
