package incident

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// runbookField begins the editable fields that say what people say of a runbook in an incident; the runbook's id follows. A value is JSON of
// RunbookSays, or empty where nobody says anything.
const runbookField = "runbook:"

// RunbookVerdict is what is known of a runbook in an incident.
type RunbookVerdict string

const (
	RunbookLinked     RunbookVerdict = "linked"       // the record links to it; nobody said whether it helped
	RunbookHelped     RunbookVerdict = "helped"       // a person says that it helped
	RunbookDidNotHelp RunbookVerdict = "did_not_help" // a person says that it was used and did not help
	RunbookNotUsed    RunbookVerdict = "not_used"     // a person says that it has nothing to do with the incident
)

// RunbookVerdicts are what a person can say.
var RunbookVerdicts = []RunbookVerdict{RunbookHelped, RunbookDidNotHelp, RunbookNotUsed}

// RunbookSays is what a person says of a runbook in an incident, with what it was called then.
type RunbookSays struct {
	Verdict RunbookVerdict `json:"verdict"`
	Title   string         `json:"title,omitempty"`
	URL     string         `json:"url,omitempty"` // http or https, or empty
}

// RunbookUse is the part that a runbook has in an incident.
type RunbookUse struct {
	Runbook  ID // a Runbook's, or LinkedRunbookID of URL
	Incident ID
	Started  time.Time // when the incident did; zero when unknown
	Verdict  RunbookVerdict
	URL      string // as the record or the person has it; may be empty
	Title    string // likewise
	Told     bool   // the record links to it
	By       string // who said Verdict; empty: nobody
	At       time.Time
}

// Used reports whether the runbook counts as one of the incident's.
func (u RunbookUse) Used() bool { return u.Verdict != RunbookNotUsed }

// RunbookUses returns the runbooks of the incident: those that its record links to, in that order, and those that people added, as they were said first.
func (inc *Incident) RunbookUses() []RunbookUse {
	return RunbookUses(inc.ID, inc.StartedAt(), inc.Links, inc.Edits)
}

// RunbookUses is Incident.RunbookUses made from an incident's links and edits alone; others than those about runbooks may be left out.
func RunbookUses(id ID, started time.Time, links []Link, edits []Edit) []RunbookUse {
	var out []RunbookUse
	place := func(runbook ID) *RunbookUse {
		i := slices.IndexFunc(out, func(u RunbookUse) bool { return u.Runbook == runbook })
		if i < 0 {
			i, out = len(out), append(out, RunbookUse{Runbook: runbook, Incident: id, Started: started, Verdict: RunbookLinked})
		}
		return &out[i]
	}
	for _, l := range links {
		if l.Kind == "runbook" {
			u := place(LinkedRunbookID(l.URL))
			u.Told, u.URL, u.Title = true, cmp.Or(u.URL, l.URL), cmp.Or(u.Title, l.Title)
		}
	}
	for _, e := range edits {
		key, is := strings.CutPrefix(e.Field, runbookField)
		if !is {
			continue
		}
		u := place(ID(key))
		says, said := readRunbookSays(e.Value)
		u.Verdict, u.By, u.At = says.Verdict, e.By, e.At
		if !said {
			u.Verdict, u.By, u.At = RunbookLinked, "", time.Time{}
		}
		u.URL, u.Title = cmp.Or(u.URL, says.URL), cmp.Or(u.Title, says.Title)
	}
	return slices.DeleteFunc(out, func(u RunbookUse) bool { return !u.Told && u.Verdict == RunbookLinked }) // taken back
}

// EditRunbook says of a runbook what a person says, or takes it back where says has no verdict. Imports keep it, as they keep other edits; saying what is said
// already is no edit.
func (inc *Incident) EditRunbook(runbook ID, says RunbookSays, by string, at time.Time) error {
	if runbook == "" {
		return Invalidf("runbook", "name the runbook")
	}
	value := ""
	if says.Verdict != "" {
		if !slices.Contains(RunbookVerdicts, says.Verdict) {
			return Invalidf("verdict", "%q is not helped, did_not_help or not_used", says.Verdict)
		}
		text, err := json.Marshal(says)
		if err != nil {
			return err
		}
		value = string(text)
	}
	was := inc.lastEdit(runbookField + string(runbook)).Value
	if value == was {
		return nil
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: runbookField + string(runbook), Value: value, Was: was, By: by, At: at.UTC()})
	return nil
}

// UndoRunbook takes the last thing that was said of a runbook back, as an edit of its own. Without one it is ErrInvalid.
func (inc *Incident) UndoRunbook(runbook ID, by string, at time.Time) error {
	last := inc.lastEdit(runbookField + string(runbook))
	if last.Field == "" {
		return Invalidf("runbook", "nobody here has said anything of this runbook")
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: last.Field, Value: last.Was, Was: last.Value, By: by, At: at.UTC()})
	return nil
}

func readRunbookSays(value string) (s RunbookSays, ok bool) {
	err := json.Unmarshal([]byte(value), &s)
	return s, err == nil && value != ""
}

// RunbookWords writes the value of a runbook's edit for people: "helped: Fail over by hand".
func RunbookWords(value string) string {
	s, ok := readRunbookSays(value)
	if !ok {
		return ""
	}
	return strings.ReplaceAll(string(s.Verdict), "_", " ") + ": " + cmp.Or(s.Title, s.URL)
}
