package frontend

import "time"

// SLOPage lists objectives at /slo. POST /slo/openslo takes a file of OpenSLO and answers with Imported.
type SLOPage struct {
	Shell
	Rows     []SLORow
	Imported *SLOImport // of the file just sent; nil otherwise
	Exports  []Link
	MayEdit  bool
	Form     Form
}

func (SLOPage) template() string { return "slo" }

// SLOImport says what came of a file of OpenSLO.
type SLOImport struct{ Saved, Same, Services, Kept, Notes []string }

// SLOState says how an error budget stands.
type SLOState string

// The states of an error budget.
const (
	SLOKept      SLOState = "kept"
	SLOBurning   SLOState = "burning"
	SLOSpent     SLOState = "spent"
	SLOUndecided SLOState = "undecided"
	SLOUnknown   SLOState = "unknown"
)

// SLORow is one objective.
type SLORow struct {
	Name    string
	Path    string
	Service Link
	Target  string // "99.95 %"
	Window  string // "last 30 days", "this month (Europe/Berlin)"
	State   SLOState
	Left    string  // "31m of 43m left", or why nothing is known
	Bar     float64 // share of the budget that is left, 0 to 100; negative: not known
	Burn    string  // "0.4"; empty: not known
	Alert   string  // "page: 1h and 5m"; empty: none calls
	Unsure  string  // "plus or minus 7m"; empty: nothing is
}

// SLODetailPage is one objective at /slo/{id}: its budget, who spent it, alerts as of now, its versions.
type SLODetailPage struct {
	Shell
	Row          SLORow
	About        []Pair
	Since        time.Time // when the record begins, where that is inside the window
	Stats        []Stat
	Figures      []Figure
	Outlook      []string // when it will be spent, one sentence each
	Spenders     []SLOSpender
	More         int    // spenders that are not shown
	Shared       string // "12m"; empty: none
	Without      string // "Without the worst one …"
	Teams        []SLOPart
	Factors      []SLOPart
	Alerts       []SLOAlert
	Uncertain    []SLOUncertain
	Own          string   // how it would stand by the service's own incidents alone; empty: it needs no other service
	Needs        []Pair   // group in words, what it took
	Excluded     Excluded // from the window
	Versions     []SLOVersion
	ID           string
	OpenSLO      bool // it was read from OpenSLO
	Exports      []Link
	MayEdit      bool
	NothingKnown string // why there are no numbers
}

func (SLODetailPage) template() string { return "slo-detail" }

// SLOSpender is what one incident took.
type SLOSpender struct {
	Incident Link
	Title    string
	Team     string
	Own      string
	Alone    string
	Open     bool
}

// SLOPart is what incidents of a team or factor took.
type SLOPart struct {
	Label string
	N     int
	Own   string
}

// SLOAlert is one rule as of now.
type SLOAlert struct {
	Kind      string // "page" or "ticket"
	Long      time.Duration
	Short     time.Duration
	Threshold string
	LongBurn  string
	ShortBurn string
	Fires     bool
}

// Excluded is the time that is taken out of availability or a budget.
type Excluded struct {
	Took  string // "4h 30m", overlaps once; empty: none
	Parts []SLOUncertain
}

// SLOUncertain is one sort of doubt, with the incidents that raise it.
type SLOUncertain struct {
	Text  string
	Cases []Link
}

// SLOVersion is one version of an objective.
type SLOVersion struct {
	Version int
	At      time.Time
	By      string
	What    string // "99.9 % over the last 30 days"
	Note    string
	Removed bool
}

// SLOEditPage makes or changes an objective at /slo/new and /slo/{id}/edit: POST /slo/new takes id (empty: new), base, name,
// service, objective (per cent), window ("30", "month" or "quarter"), days, zone, weighted=on, owner, review, description,
// note. POST /slo/{id}/delete removes one.
type SLOEditPage struct {
	Shell
	Form     Form
	ID       string
	Values   map[string]string // of the fields, as they are
	Services []Choice
}

func (SLOEditPage) template() string { return "slo-edit" }

// SLOTermsPage says what a minute of impact counts, at /slo/terms: POST /slo/terms/weights takes SEV1 to SEV5, unset, sum=on;
// POST /slo/terms/dependencies takes service, all and any (names, divided by commas; any one group a line); POST /slo/terms/rates
// takes service, low, high, currency, reason, or remove=on.
type SLOTermsPage struct {
	Shell
	Form         Form
	Weights      []Pair // severity, share
	Sum          bool
	Dependencies []SLONeeds
	Rates        []SLORate
	Services     []Choice
	MayEdit      bool
}

func (SLOTermsPage) template() string { return "slo-terms" }

// SLONeeds is what one service needs, in words.
type SLONeeds struct {
	Service string
	Needs   []string
}

// SLORate is what a minute without a service costs.
type SLORate struct {
	Service string // empty: all others
	Amount  string // "100 to 300 EUR"
	Reason  string
	ID      string // of the service
}

// ReliabilityPart is how available one service was, on its page.
type ReliabilityPart struct {
	Period     string
	Nothing    string // why there is no figure at all; then Stats is empty
	Stats      []Stat
	Needs      []Pair // group in words, what it took
	Excluded   Excluded
	Uncertain  []SLOUncertain
	Cost       string // "8,400 to 25,000 EUR"; empty: no rate is set
	Reasoning  string
	Objectives []SLORow
}
