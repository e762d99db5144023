package frontend

import "strings"

// ActionEffect is what the data say of an action item that is done (template "action-effect"). The zero ActionEffect says nothing.
type ActionEffect struct {
	Outcome string // worked, no_difference, too_few, came_back or not_compared; empty: it is not done
	Why     string // it is not compared
	Of      string // what is compared: "incidents of Payments with factor “Capacity”"
	Text    string // counts, interval and cautions, in sentences
	Again   Link   // the first incident that came back since; without label: none
	Days    string // "12 days": how long after it was done, or judged last
	Note    string // what the item is for instead
}

// effectWords are the outcomes in words, with the class of their tone.
var effectWords = map[string]Pair{
	"worked": {Name: "state-ok", Value: "✓ fewer since"}, "no_difference": {Name: "state-none", Value: "◌ no difference seen"},
	"too_few": {Name: "state-none", Value: "◌ too few to tell"}, "came_back": {Name: "state-warn", Value: "▲ came back"},
	"not_compared": {Name: "state-none", Value: "◌ not compared"},
}

// Mark is the outcome for people, with the class of its tone.
func (e ActionEffect) Mark() Pair { return effectWords[e.Outcome] }

// EffectWords is an outcome without its sign: "fewer since".
func EffectWords(outcome string) string {
	_, words, _ := strings.Cut(effectWords[outcome].Value, " ")
	return words
}
