package incident

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// validAction returns ErrInvalid, naming the field, for what people cannot say of an action item. Only what they set is looked at: a source
// may say more.
func validAction(a ActionItem, set map[string]string, added bool) error {
	for name, value := range set {
		longest := longestActionText
		if name != "proof" && name != "reason" && name != "url" {
			longest = longestActionTitle
		}
		switch {
		case !slices.Contains(actionFields[:10], name):
			return Invalidf(name, "there is no such field; there are %s", strings.Join(actionFields[:10], ", "))
		case len(value) > longest:
			return Invalidf(name, "give at most %d characters", longest)
		case name == "url" && value != "" && !webPage(value):
			return Invalidf(name, "%q is not an http or https address", value)
		case name == "due" || name == "verify_by":
			if at, err := time.Parse(time.RFC3339, value); value != "" && (err != nil || at.Year() < 1970 || at.Year() > 9999) {
				return Invalidf(name, "%q is not a time", value)
			}
		}
	}
	_, titled := set["title"]
	_, moved := set["state"]
	switch {
	case (titled || added) && a.Title == "":
		return Invalidf("title", "say what is to be done")
	case a.Kind != "" && set["kind"] != "" && !slices.Contains(ActionKinds, a.Kind):
		return Invalidf("kind", "%q is not one of %s", a.Kind, strings.Join(ActionKinds, ", "))
	case set["priority"] != "" && !slices.Contains(ActionPriorities, a.Priority):
		return Invalidf("priority", "%q is not one of %s", a.Priority, strings.Join(ActionPriorities, ", "))
	case moved && !slices.Contains(ActionStates[:len(ActionStates)-1], a.State):
		return Invalidf("state", "%q is not one of %s", a.State, strings.Join(ActionStates[:len(ActionStates)-1], ", "))
	case moved && a.State == ActionDropped && a.Reason == "":
		return Invalidf("reason", "say why it will not be done")
	case moved && (a.State == ActionVerified || a.State == ActionIneffective) && a.Reason == "":
		return Invalidf("reason", "say what was observed")
	}
	return nil
}

func webPage(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// ActionStatement is an action item with all that is said of it.
type ActionStatement struct {
	ActionItem             // with its key
	Told       bool        // a source lists it; false: a person added it, or the source does not list it any more
	Gone       bool        // the source listed it once
	Differs    []ActionGap // where people here say something else than the source; those that the source changed since come first
	By         string      // who edited it last; empty: nobody
	At         time.Time
}

// ActionGap is a field in which people here say something else than the source.
type ActionGap struct {
	Field, Here, There string
	Clash              bool // the source changed it after people did: somebody has to say who is right
}

// Clash reports whether the source and people here both changed a field.
func (x ActionStatement) Clash() bool {
	return slices.ContainsFunc(x.Differs, func(g ActionGap) bool { return g.Clash })
}

// ActionStatements lists the action items of the incident in their order.
func (inc *Incident) ActionStatements() []ActionStatement {
	out := make([]ActionStatement, len(inc.Actions))
	for i, key := range actionKeys(inc.Actions) {
		out[i] = inc.actionStatement(inc.Actions[i], key)
	}
	return out
}

// ActionStatement returns the action item called key, or ErrNotFound.
func (inc *Incident) ActionStatement(key string) (ActionStatement, error) {
	i := slices.Index(actionKeys(inc.Actions), key)
	if i < 0 {
		return ActionStatement{}, ErrNotFound
	}
	return inc.actionStatement(inc.Actions[i], key), nil
}

func (inc *Incident) actionStatement(a ActionItem, key string) ActionStatement {
	x := ActionStatement{ActionItem: a}
	x.Key = key
	last := inc.lastEdit(actionField + key)
	if last.Field == "" {
		x.Told = true
		return x
	}
	x.By, x.At = last.By, last.At
	source, now := inc.sourceAction(key), readActionNote(last.Value)
	x.Gone = source.Gone
	x.Told = len(source.Says) > 0 && !source.Gone
	if len(source.Says) == 0 {
		return x
	}
	for _, name := range actionFields[:10] {
		here, said := now.Set[name]
		there := source.Says[name]
		if name == "state" && there == ActionUnknown {
			continue // who does not know contradicts nobody
		}
		clash := x.Told && there != now.Knew[name]
		if said && (there != "" || clash) && !same(name, here, there) {
			x.Differs = append(x.Differs, ActionGap{name, here, there, clash})
		}
	}
	slices.SortStableFunc(x.Differs, func(a, b ActionGap) int {
		switch {
		case a.Clash == b.Clash:
			return 0
		case a.Clash:
			return -1
		}
		return 1
	})
	return x
}

// same reports whether two values of a field say the same: a source that knows open and done alone agrees with our finer states.
func same(name, here, there string) bool {
	if name != "state" {
		return here == there
	}
	h, t := ActionItem{State: here}, ActionItem{State: there}
	return here == there || h.Open() && t.Open() || h.Finished() && t.Finished()
}
