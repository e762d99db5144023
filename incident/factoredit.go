package incident

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// factorField begins the editable fields that say what people think of one factor; its key follows. A value is JSON of FactorSays, or
// empty where there is no such factor.
const factorField = "factor:"

// FactorState says who vouches for a factor.
type FactorState string

const (
	FactorClaimed   FactorState = "claimed"   // a source or a document says so, and nobody here has confirmed it
	FactorConfirmed FactorState = "confirmed" // a person here says so, in the words of the source or in others
	FactorRejected  FactorState = "rejected"  // a person here says that it is not so
)

// FactorRoles lists the roles of factors.
var FactorRoles = []string{"trigger", "contributing", "mitigating", "went_well", "surprise"}

// The bounds of what people write about a factor, in bytes.
const (
	longestFactor = 2000
	longestNaming = 200 // of a category, a service or a component
)

// FactorSays is what is said of one factor.
type FactorSays struct {
	State    FactorState `json:"state"`
	Role     string      `json:"role"`
	Category string      `json:"category,omitempty"`
	Text     string      `json:"text"`
	About    string      `json:"about,omitempty"` // the service or component that it is about, as a person wrote it
	// What a person says of it beside that; each may be empty.
	Evidence   string           `json:"evidence,omitempty"` // what shows it: addresses or ids of timeline events, one a line
	Confidence FactorConfidence `json:"confidence,omitempty"`
	Before     FactorBefore     `json:"before,omitempty"`
	Parent     string           `json:"parent,omitempty"` // the key of the factor that it made possible; empty: it led to the incident itself
	Also       string           `json:"also,omitempty"`   // keys of further factors that it contributed to, with spaces between them
	Place      float64          `json:"place,omitempty"`  // among those of its parent, ascending; 0: where it stands among all
	// From names the incidents, with spaces between them, whose factor was suggested when a person took it; empty: nobody took it from there.
	From string `json:"from,omitempty"`
}

// TakenFrom returns the incidents whose factors the factors that edits leave in force were taken from, each once.
func TakenFrom(edits []Edit) []ID {
	var out []ID
	for _, e := range factorEdits(edits) {
		says, ok := readFactor(e.now)
		if !ok || says.State == FactorRejected {
			continue
		}
		for _, id := range strings.Fields(says.From) {
			if !slices.Contains(out, ID(id)) {
				out = append(out, ID(id))
			}
		}
	}
	return out
}

// FactorConfidence is how sure people are of a factor.
type FactorConfidence string

const (
	FactorSeen     FactorConfidence = "seen"     // somebody or something observed it
	FactorInferred FactorConfidence = "inferred" // it follows from what was observed
	FactorGuess    FactorConfidence = "guess"
)

// FactorConfidences lists them, the surest first.
var FactorConfidences = []FactorConfidence{FactorSeen, FactorInferred, FactorGuess}

// FactorBefore says whether a factor was there before the incident, too, without one.
type FactorBefore string

const (
	WasThereBefore FactorBefore = "yes"
	WasNewThen     FactorBefore = "no"
	BeforeUnknown  FactorBefore = "unknown" // people looked and do not know; empty: nobody has said anything
)

// FactorBefores lists them.
var FactorBefores = []FactorBefore{WasThereBefore, WasNewThen, BeforeUnknown}

func (s FactorSays) factor() Factor { return Factor{Role: s.Role, Category: s.Category, Text: s.Text} }

func (s FactorSays) value() string {
	text, err := json.Marshal(s)
	if err != nil {
		return "" // strings always make JSON
	}
	return string(text)
}

// readFactor reads the value of an edit; ok is false for none.
func readFactor(value string) (s FactorSays, ok bool) {
	err := json.Unmarshal([]byte(value), &s)
	return s, err == nil && value != ""
}

// FactorWords writes the value of a factor's edit for people: "confirmed: cold cache (contributing, cache, about checkout)".
func FactorWords(value string) string {
	s, ok := readFactor(value)
	if !ok {
		return ""
	}
	more := []string{strings.ReplaceAll(s.Role, "_", " ")}
	if s.Category != "" && s.Text != "" {
		more = append(more, s.Category)
	}
	if s.About != "" {
		more = append(more, "about "+s.About)
	}
	if s.Confidence != "" {
		more = append(more, string(s.Confidence))
	}
	switch s.Before {
	case WasThereBefore:
		more = append(more, "was there before")
	case WasNewThen:
		more = append(more, "was not there before")
	}
	return string(s.State) + ": " + cmp.Or(s.Text, s.Category) + " (" + strings.Join(more, ", ") + ")"
}

// Validate returns ErrInvalid, naming the field, for what cannot be said of a factor.
func (s FactorSays) Validate() error {
	switch {
	case s.State != FactorClaimed && s.State != FactorConfirmed && s.State != FactorRejected:
		return Invalidf("state", "%q is not claimed, confirmed or rejected", s.State)
	case !slices.Contains(FactorRoles, s.Role):
		return Invalidf("role", "%q is not one of %s", s.Role, strings.Join(FactorRoles, ", "))
	case s.Text == "" && s.Category == "":
		return Invalidf("text", "say what it was")
	case len(s.Text) > longestFactor:
		return Invalidf("text", "give at most %d characters", longestFactor)
	case len(s.Category) > longestNaming:
		return Invalidf("category", "give at most %d characters", longestNaming)
	case len(s.About) > longestNaming:
		return Invalidf("about", "give at most %d characters", longestNaming)
	case len(s.Evidence) > longestFactor:
		return Invalidf("evidence", "give at most %d characters", longestFactor)
	case s.Confidence != "" && !slices.Contains(FactorConfidences, s.Confidence):
		return Invalidf("confidence", "%q is not one of %v", s.Confidence, FactorConfidences)
	case s.Before != "" && !slices.Contains(FactorBefores, s.Before):
		return Invalidf("before", "%q is not one of %v", s.Before, FactorBefores)
	case len(s.Parent) > longestNaming || len(s.Also) > longestFactor || len(s.From) > longestFactor:
		return Invalidf("parent", "these are no keys of factors")
	}
	return nil
}

// Key names a factor among those of its incident, by what its source says; a category that changes is the same factor, unless it says
// nothing else.
func (f Factor) Key() string { return string(DeriveID("fac", f.Role, cmp.Or(f.Text, f.Category))) }

// EditFactor says of the factor called key what a person says: that it is so, in which words, or not. A key that no factor has makes a new
// one. Imports keep it, as they keep other edits; saying what is said already is no edit.
func (inc *Incident) EditFactor(key string, says FactorSays, by string, at time.Time) error {
	if key == "" {
		return Invalidf("factor", "name the factor")
	}
	if err := says.Validate(); err != nil {
		return err
	}
	base, was, value := inc.sourceFactors(), inc.factorValue(key), says.value()
	if value == was {
		return nil
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: factorField + key, Value: value, Was: was, By: by, At: at.UTC()})
	inc.Factors = factorsInForce(base, inc.Edits)
	return nil
}

// UndoFactor takes the last edit of a factor back, as an edit of its own. Without one it is ErrInvalid.
func (inc *Incident) UndoFactor(key, by string, at time.Time) error {
	last := inc.lastEdit(factorField + key)
	if last.Field == "" {
		return Invalidf("factor", "nobody here has said anything of this factor")
	}
	base := inc.sourceFactors()
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: last.Field, Value: last.Was, Was: last.Value, By: by, At: at.UTC()})
	inc.Factors = factorsInForce(base, inc.Edits)
	return nil
}

// factorValue is what is said of a factor at present; empty where there is none.
func (inc *Incident) factorValue(key string) string {
	if last := inc.lastEdit(factorField + key); last.Field != "" {
		return last.Value
	}
	for _, f := range inc.Factors {
		if f.Key() == key {
			return saysOf(f).value()
		}
	}
	return ""
}

func saysOf(f Factor) FactorSays {
	state := FactorConfirmed
	if f.Claimed {
		state = FactorClaimed
	}
	return FactorSays{State: state, Role: f.Role, Category: f.Category, Text: f.Text}
}

// factorEdit is what the source of a factor says of it, and what a person said last.
type factorEdit struct {
	key         string
	source, now string
}

// factorEdits returns one for each factor that was edited, in the order in which they were edited first.
func factorEdits(edits []Edit) []factorEdit {
	var out []factorEdit
	for _, e := range edits {
		key, is := strings.CutPrefix(e.Field, factorField)
		if !is {
			continue
		}
		i := slices.IndexFunc(out, func(x factorEdit) bool { return x.key == key })
		if i < 0 {
			i, out = len(out), append(out, factorEdit{key: key, source: e.Was})
		}
		out[i].now = e.Value
	}
	return out
}

// sourceFactors undoes factorsInForce.
func (inc *Incident) sourceFactors() []Factor {
	out := slices.Clone(inc.Factors)
	for _, e := range factorEdits(inc.Edits) {
		says, _ := readFactor(e.now)
		at := -1
		if says.State == FactorConfirmed {
			at = slices.Index(out, says.factor())
		}
		source, told := readFactor(e.source)
		f := source.factor()
		f.Claimed = source.State == FactorClaimed
		switch {
		case at >= 0 && told:
			out[at] = f
		case at >= 0:
			out = slices.Delete(out, at, at+1)
		case told && says.State == FactorRejected:
			out = append(out, f)
		}
	}
	return out
}

// factorsInForce returns the factors that a source gives as people see them: confirmed ones in their words, without rejected ones, and
// with those that they added.
func factorsInForce(base []Factor, edits []Edit) []Factor {
	said := factorEdits(edits)
	if len(said) == 0 {
		return base
	}
	done := map[string]bool{}
	var out []Factor
	for _, f := range base {
		key := f.Key()
		i := slices.IndexFunc(said, func(x factorEdit) bool { return x.key == key })
		if i < 0 {
			out = append(out, f)
			continue
		}
		says, _ := readFactor(said[i].now)
		switch {
		case says.State == FactorRejected || done[key]:
		case says.State == FactorConfirmed:
			out = append(out, says.factor())
		default:
			out = append(out, f)
		}
		done[key] = true
	}
	for _, e := range said {
		if says, ok := readFactor(e.now); ok && says.State == FactorConfirmed && !done[e.key] {
			out = append(out, says.factor())
		}
	}
	return out
}

// FactorStatement is a factor with all that is said of it.
type FactorStatement struct {
	Key string
	FactorSays
	Source string // what the source says, where that is something else; empty: it says the same, or nothing
	Told   bool   // a source or a document says so; false: a person added it, or the source does not say it any more
	By     string // who edited it last; empty: nobody
	At     time.Time
}

// FactorStatements lists the factors of the incident: those in force, and behind them rejected ones.
func (inc *Incident) FactorStatements() []FactorStatement {
	var out []FactorStatement
	edits := factorEdits(inc.Edits)
	for _, f := range inc.Factors {
		key := f.Key()
		for _, e := range edits {
			if says, ok := readFactor(e.now); ok && says.State == FactorConfirmed && says.factor() == f {
				key = e.key
				break
			}
		}
		if !slices.ContainsFunc(out, func(x FactorStatement) bool { return x.Key == key }) {
			out = append(out, inc.statement(key, saysOf(f)))
		}
	}
	for _, e := range edits {
		if says, ok := readFactor(e.now); ok && says.State == FactorRejected {
			out = append(out, inc.statement(e.key, says))
		}
	}
	return out
}

// statement tells of a factor what its edits say, or else what its source does.
func (inc *Incident) statement(key string, says FactorSays) FactorStatement {
	x := FactorStatement{Key: key, FactorSays: says, Told: says.State == FactorClaimed}
	last := inc.lastEdit(factorField + key)
	if last.Field == "" {
		return x
	}
	x.By, x.At = last.By, last.At
	if now, ok := readFactor(last.Value); ok {
		x.FactorSays = now
	}
	for _, e := range factorEdits(inc.Edits) {
		if source, told := readFactor(e.source); e.key == key && told {
			x.Told = true
			if source.factor() != x.factor() {
				x.Source = cmp.Or(source.Text, source.Category)
			}
		}
	}
	return x
}
