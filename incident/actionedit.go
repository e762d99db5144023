package incident

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// actionField begins the editable fields that say what people think of one action item; its key follows. A value is JSON of actionNote, or
// empty where there is no such item.
const actionField = "action:"

// actionFields are the fields of an action item by the names that ActionChange has for them, in the order of forms.
var actionFields = []string{"title", "owner", "kind", "priority", "due", "proof", "verify_by", "state", "reason", "url", "created", "done", "judged"}

// ActionFields lists the fields that people may set; the others follow from the state.
func ActionFields() []string { return slices.Clone(actionFields[:10]) }

// The bounds of what people write about an action item, in bytes.
const (
	longestActionTitle = 300
	longestActionText  = 2000
)

// ActionChange is what a person says of one action item.
type ActionChange struct {
	Set  map[string]string // new values by name; times as RFC 3339 has them, or empty
	Seen map[string]string // what the writer saw in these fields; one without is not compared
	Take []string          // fields in which the source is right again
	Keep []string          // fields in which people here are right, though the source has changed
}

// ActionClash says that somebody else changed the same field meanwhile. It is an ErrConflict.
type ActionClash struct{ Field, Yours, Theirs string }

func (c *ActionClash) Error() string {
	return fmt.Sprintf("%s: somebody changed it to %q meanwhile, and you to %q", strings.ReplaceAll(c.Field, "_", " "), c.Theirs, c.Yours)
}

// Unwrap makes it an ErrConflict.
func (c *ActionClash) Unwrap() error { return ErrConflict }

// actionNote is the value of an edit: what people have set, and what the source said in these fields when they did; or what the source
// says of an item, which is where an item begins.
type actionNote struct {
	Set  map[string]string `json:"set,omitempty"`
	Knew map[string]string `json:"knew,omitempty"`
	Says map[string]string `json:"says,omitempty"` // of the source, not empty
	Gone bool              `json:"gone,omitempty"` // the source does not list it any more
}

func (n actionNote) value() string {
	if len(n.Set)+len(n.Knew)+len(n.Says) == 0 {
		return ""
	}
	text, err := json.Marshal(n)
	if err != nil {
		return "" // strings always make JSON
	}
	return string(text)
}

func readActionNote(value string) (n actionNote) {
	if value == "" || json.Unmarshal([]byte(value), &n) != nil {
		return actionNote{}
	}
	return n
}

// ActionWords writes the value of an action item's edit for people: "state: done; owner: Payments".
func ActionWords(value string) string {
	n := readActionNote(value)
	said := n.Set
	if len(n.Says) > 0 {
		said = n.Says
	}
	var out []string
	for _, name := range actionFields[:10] {
		text, is := said[name]
		if !is {
			continue
		}
		if name == "due" || name == "verify_by" {
			text, _, _ = strings.Cut(text, "T")
		}
		out = append(out, strings.ReplaceAll(name, "_", " ")+": "+strings.ReplaceAll(text, "_", " "))
	}
	return strings.Join(out, "; ")
}

func fieldsOfAction(a ActionItem) map[string]string {
	out := map[string]string{}
	put := func(name, text string) {
		if text != "" {
			out[name] = text
		}
	}
	put("title", a.Title)
	put("owner", a.Owner)
	put("kind", a.Kind)
	put("priority", a.Priority)
	put("proof", a.Proof)
	put("url", a.URL)
	put("reason", a.Reason)
	put("state", a.State)
	for name, at := range map[string]time.Time{"created": a.Created, "due": a.Due, "verify_by": a.VerifyBy, "done": a.Done, "judged": a.Judged} {
		if !at.IsZero() {
			out[name] = at.UTC().Format(time.RFC3339Nano)
		}
	}
	return out
}

// withFields returns the item with some fields set. What cannot be read as a time is none.
func (a ActionItem) withFields(fields map[string]string) ActionItem {
	texts := map[string]*string{"title": &a.Title, "owner": &a.Owner, "kind": &a.Kind, "priority": &a.Priority, "proof": &a.Proof, "url": &a.URL, "reason": &a.Reason, "state": &a.State}
	times := map[string]*time.Time{"created": &a.Created, "due": &a.Due, "verify_by": &a.VerifyBy, "done": &a.Done, "judged": &a.Judged}
	for name, value := range fields {
		if to := texts[name]; to != nil {
			*to = value
		} else if to := times[name]; to != nil {
			at, _ := time.Parse(time.RFC3339Nano, value)
			*to = at.UTC()
			if at.IsZero() {
				*to = time.Time{}
			}
		}
	}
	return a
}

// ActionKey returns what names the i-th action item of the incident: its key, or for one that only a source speaks of its address
// or else its title. It stays while the source changes the rest.
func (inc *Incident) ActionKey(i int) string { return actionKeys(inc.Actions)[i] }

func actionKeys(items []ActionItem) []string {
	out, used := make([]string, len(items)), map[string]bool{}
	for _, a := range items {
		used[a.Key] = a.Key != ""
	}
	for i, a := range items {
		key, from := a.Key, a.URL
		if from == "" {
			from = a.Title
		}
		for n := 1; key == "" || a.Key == "" && used[key]; n++ {
			key = string(DeriveID("act", from, strconv.Itoa(n)))
		}
		out[i], used[key] = key, true
	}
	return out
}

// EditAction says of the action item called key what a person says. A key that no item has makes a new one. Imports keep it, as they keep
// other edits; saying what is said already is no edit. A field that somebody changed meanwhile is an *ActionClash, and then nothing changes;
// changes of other fields stand beside each other.
func (inc *Incident) EditAction(key string, c ActionChange, by string, at time.Time) error {
	if key == "" {
		return Invalidf("action", "name the action item")
	}
	i := slices.Index(actionKeys(inc.Actions), key)
	var item ActionItem
	if i >= 0 {
		item = inc.Actions[i]
	}
	now := fieldsOfAction(item)
	set := map[string]string{}
	for name, value := range c.Set {
		if value = strings.TrimSpace(value); value == now[name] {
			continue
		}
		if seen, compared := c.Seen[name]; compared && strings.TrimSpace(seen) != now[name] {
			return &ActionClash{Field: name, Yours: value, Theirs: now[name]}
		}
		set[name] = value
	}
	if err := validAction(item.withFields(set), set, i < 0); err != nil {
		return err
	}
	if i < 0 {
		set["created"] = at.UTC().Format(time.RFC3339)
		if set["state"] == "" {
			set["state"] = ActionOpen
		}
	}
	if i >= 0 && item.state() == ActionUnknown && set["state"] == "" && (set["owner"] != "" || set["due"] != "") {
		set["state"] = ActionOpen // who gives it an owner or a day says that it is still to be done
	}
	followAction(item, set, at.UTC())
	was := inc.actionValue(key)
	value := inc.actionChanged(key, was, set, c)
	if value == was {
		return nil
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: actionField + key, Value: value, Was: was, By: by, At: at.UTC()})
	inc.remakeAction(key, i)
	return nil
}

// actionChanged is the value of the edit that follows was.
func (inc *Incident) actionChanged(key, was string, set map[string]string, c ActionChange) string {
	source, said := inc.sourceAction(key), readActionNote(was)
	n := actionNote{Set: maps.Clone(said.Set), Knew: maps.Clone(said.Knew)}
	if n.Set == nil {
		n.Set = map[string]string{}
	}
	for _, name := range c.Take {
		delete(n.Set, name)
		delete(n.Knew, name)
		if name == "state" {
			for _, follows := range []string{"done", "judged", "reason"} {
				delete(n.Set, follows)
				delete(n.Knew, follows)
			}
		}
	}
	for name, value := range set {
		n.Set[name] = value
	}
	if n.Knew == nil {
		n.Knew = map[string]string{}
	}
	for _, name := range append(slices.Collect(maps.Keys(set)), c.Keep...) {
		there, told := source.Says[name]
		if _, said := n.Set[name]; said && told {
			n.Knew[name] = there
		}
	}
	if len(n.Set) == 0 {
		return source.value()
	}
	return n.value()
}

// followAction sets what follows from a new state: when it was done or judged.
func followAction(item ActionItem, set map[string]string, at time.Time) {
	state, changed := set["state"]
	if !changed {
		return
	}
	moment := at.Format(time.RFC3339)
	put := func(name, value string) {
		if fieldsOfAction(item)[name] != value {
			set[name] = value
		}
	}
	switch state {
	case ActionDone, ActionVerified, ActionIneffective:
		if item.Done.IsZero() {
			set["done"] = moment
		}
		if state == ActionDone {
			put("judged", "")
		} else {
			set["judged"] = moment
		}
	case ActionDropped:
		put("done", "")
		set["judged"] = moment
	default:
		put("done", "")
		put("judged", "")
	}
	if _, said := set["reason"]; !said && (state != ActionDropped && state != ActionVerified && state != ActionIneffective) {
		put("reason", "")
	}
}

// UndoAction takes the last edit of an action item back, as an edit of its own. Without one it is ErrInvalid.
func (inc *Incident) UndoAction(key, by string, at time.Time) error {
	last := inc.lastEdit(actionField + key)
	if last.Field == "" {
		return Invalidf("action", "nobody here has said anything of this action item")
	}
	i := slices.Index(actionKeys(inc.Actions), key)
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: last.Field, Value: last.Was, Was: last.Value, By: by, At: at.UTC()})
	inc.remakeAction(key, i)
	return nil
}

// remakeAction puts the item that the edits say in place i, at the end for -1, or takes it away.
func (inc *Incident) remakeAction(key string, i int) {
	item, is := inc.actionInForce(key)
	inc.Actions = slices.Clone(inc.Actions)
	switch {
	case is && i >= 0:
		inc.Actions[i] = item
	case is:
		inc.Actions = append(inc.Actions, item)
	case i >= 0:
		inc.Actions = slices.Delete(inc.Actions, i, i+1)
	}
}

// actionValue is what is said of an action item at present; empty where there is none.
func (inc *Incident) actionValue(key string) string {
	if last := inc.lastEdit(actionField + key); last.Field != "" {
		return last.Value
	}
	if i := slices.Index(actionKeys(inc.Actions), key); i >= 0 {
		return actionNote{Says: fieldsOfAction(inc.Actions[i])}.value()
	}
	return ""
}

// sourceAction is what the source says of an action item; the zero note where it says nothing.
func (inc *Incident) sourceAction(key string) actionNote {
	for _, e := range inc.Edits {
		if e.Field == actionField+key {
			return readActionNote(e.Was)
		}
	}
	return readActionNote(inc.actionValue(key))
}

// actionInForce is an edited item as people see it. One that the source does not list any more, and of which nobody here says anything, is
// none.
func (inc *Incident) actionInForce(key string) (ActionItem, bool) {
	source, now := inc.sourceAction(key), readActionNote(inc.actionValue(key))
	if len(now.Set) == 0 && (source.Gone || len(source.Says) == 0) {
		return ActionItem{}, false
	}
	item := ActionItem{}.withFields(source.Says).withFields(now.Set)
	item.Key = key
	return item, true
}

// actionsInForce returns the action items that a source gives as people see them, and behind them those that people added.
func (inc *Incident) actionsInForce(base []ActionItem) []ActionItem {
	var edited []string
	for _, e := range inc.Edits {
		if key, is := strings.CutPrefix(e.Field, actionField); is && !slices.Contains(edited, key) {
			edited = append(edited, key)
		}
	}
	if len(edited) == 0 {
		return base
	}
	keys := actionKeys(base)
	var out []ActionItem
	for i, a := range base {
		if item, is := inc.actionInForce(keys[i]); is && slices.Contains(edited, keys[i]) {
			a = item
		}
		out = append(out, a)
	}
	for _, key := range edited {
		if item, is := inc.actionInForce(key); is && !slices.Contains(keys, key) {
			out = append(out, item)
		}
	}
	return out
}

// goneAction is what is known of an item of the source that it does not list any more.
func goneAction(was string) string {
	n := readActionNote(was)
	n.Gone = len(n.Says) > 0
	return n.value()
}
