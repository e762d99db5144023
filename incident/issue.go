package incident

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// issueField begins the field of edits that say what the issue of an action item says in its tracker; the item's key follows. A value is JSON
// of IssueSays. Such an edit changes nothing by itself: what follows from it is an edit of the action item.
const issueField = "issue:"

// IssueSays is what a tracker said of an issue when it was looked at last, or why it could not be looked at then. It is written down anew
// where that is something else than before.
type IssueSays struct {
	URL      string    `json:"url"`  // the address that the item had then
	Name     string    `json:"name"` // of tracker and issue, for people: "GitHub example-org/shop#12"
	Title    string    `json:"title,omitempty"`
	State    string    `json:"state,omitempty"`   // ActionOpen, ActionDone or ActionDropped; empty: it was never seen
	Outcome  string    `json:"outcome,omitempty"` // in the tracker's words: "closed as not planned"
	Assignee string    `json:"assignee,omitempty"`
	Closed   time.Time `json:"closed,omitzero"`
	Due      time.Time `json:"due,omitzero"`      // the end of its day; zero: the tracker has none, or tells of none
	Trouble  string    `json:"trouble,omitempty"` // why it could not be seen, and what to do; the rest is what was seen before
	Clash    []string  `json:"clash,omitempty"`   // fields that were changed on both sides
}

// issueFields are the fields of an action item that an issue has, too.
var issueFields = []string{"title", "due", "state"}

func (s IssueSays) field(name string) string {
	return fieldsOfAction(ActionItem{Title: s.Title, Due: s.Due, State: s.State})[name]
}

// IssueOf returns what is known of the issue that an action item links to; false when it was never looked at.
func (inc *Incident) IssueOf(key string) (IssueSays, bool) {
	i := slices.Index(actionKeys(inc.Actions), key)
	var s IssueSays
	if i < 0 || json.Unmarshal([]byte(inc.lastEdit(issueField+key).Value), &s) != nil || s.URL != inc.Actions[i].URL {
		return IssueSays{}, false
	}
	return s, true
}

// IssueGaps are the fields in which an action item says something else than its issue: those that were changed on both sides, and others
// but for the title, which people word here as they like.
func (inc *Incident) IssueGaps(key string) []ActionGap {
	s, known := inc.IssueOf(key)
	x, err := inc.ActionStatement(key)
	if !known || err != nil || s.State == "" {
		return nil
	}
	here := fieldsOfAction(x.ActionItem)
	var out []ActionGap
	for _, name := range issueFields {
		clash := slices.Contains(s.Clash, name)
		if !agrees(name, here[name], s.field(name)) && (clash || name != "title") {
			out = append(out, ActionGap{name, here[name], s.field(name), clash})
		}
	}
	return out
}

// HearIssue writes down what a tracker said of the issue of an action item, by three rules for each of title, due day and state:
//  1. The first look changes nothing.
//  2. What the tracker has changed follows here, in the tracker's name, if until then both said the same.
//  3. Otherwise it is a clash, which a person decides (DecideIssue).
//
// A closed issue makes an item done, never verified, and an item that was judged here is not opened again by its issue. Hearing the same again, and hearing of
// another address than the item has by now, changes nothing.
func (inc *Incident) HearIssue(key string, says IssueSays, at time.Time) (changed bool, err error) {
	x, err := inc.ActionStatement(key)
	if err != nil || x.URL != says.URL {
		return false, err
	}
	before, known := inc.IssueOf(key)
	if says.Trouble != "" {
		name, trouble := says.Name, says.Trouble
		says = before
		says.URL, says.Name, says.Trouble = x.URL, name, trouble
	} else if known && before.State != "" {
		follow := inc.followed(key, before, &says)
		if len(follow) > 0 {
			if err := inc.EditAction(key, ActionChange{Set: follow}, says.Name, at); err != nil && !errors.Is(err, ErrInvalid) {
				return false, err
			}
			changed = true
		}
	}
	return inc.noteIssue(key, says, says.Name, at) || changed, nil
}

// followed returns what an action item takes over from its issue, and notes in now what clashes.
func (inc *Incident) followed(key string, before IssueSays, now *IssueSays) map[string]string {
	x, err := inc.ActionStatement(key)
	if err != nil {
		return nil
	}
	here, set := fieldsOfAction(x.ActionItem), map[string]string{}
	for _, name := range issueFields {
		was, is := before.field(name), now.field(name)
		judged := name == "state" && (x.State == ActionVerified || x.State == ActionIneffective)
		switch {
		case agrees(name, here[name], is):
		case was == is:
			if slices.Contains(before.Clash, name) {
				now.Clash = append(now.Clash, name)
			}
		case agrees(name, here[name], was) && !judged:
			set[name] = is
		default:
			now.Clash = append(now.Clash, name)
		}
	}
	if set["state"] == ActionDropped {
		set["reason"] = now.Name + ": " + now.Outcome
	}
	return set
}

// agrees reports whether an item and its issue say the same of a field. A day is the same at any hour; an issue without a due day says nothing of it.
func agrees(name, here, there string) bool {
	if name == "due" {
		day, _, _ := strings.Cut(here, "T")
		return there == "" || day != "" && strings.HasPrefix(there, day)
	}
	return same(name, here, there)
}

// DecideIssue says of a field in which an action item and its issue differ who is right: the item as it is, or the issue. The issue is not changed by that.
func (inc *Incident) DecideIssue(key, field string, theirs bool, by string, at time.Time) error {
	s, known := inc.IssueOf(key)
	if !known || !slices.Contains(issueFields, field) {
		return Invalidf("field", "the issue says nothing of %q", field)
	}
	if theirs {
		set := map[string]string{field: s.field(field)}
		if set["state"] == ActionDropped {
			set["reason"] = s.Name + ": " + s.Outcome
		}
		if err := inc.EditAction(key, ActionChange{Set: set}, by, at); err != nil {
			return err
		}
	}
	s.Clash = slices.DeleteFunc(slices.Clone(s.Clash), func(name string) bool { return name == field })
	inc.noteIssue(key, s, by, at)
	return nil
}

func (inc *Incident) noteIssue(key string, s IssueSays, by string, at time.Time) bool {
	if len(s.Clash) == 0 {
		s.Clash = nil
	}
	text, err := json.Marshal(s)
	was := inc.lastEdit(issueField + key).Value
	if err != nil || string(text) == was {
		return false
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: issueField + key, Value: string(text), Was: was, By: by, At: at.UTC()})
	return true
}

// IssueOrder is an issue that somebody asked a tracker to make of an action item. It is written down before the tracker is asked, so that an answer that
// is lost makes no second issue.
type IssueOrder struct {
	IssueSays            // Name and Outcome alone: "Jira OPS: asked to make an issue"
	Connection ID        `json:"connection"`
	Place      string    `json:"place"`
	Marker     string    `json:"marker"`         // stands in the issue's text
	First      time.Time `json:"first"`          // when it was asked for first
	Last       time.Time `json:"last"`           // and last
	Over       bool      `json:"over,omitempty"` // it was made, or refused
}

// orderField begins the field of edits that say what a tracker was asked to make; the item's key follows.
const orderField = issueField + "new:"

// IssueOrdered returns what a tracker was asked to make of an action item and has not answered yet, as far as is known.
func (inc *Incident) IssueOrdered(key string) (IssueOrder, bool) {
	var o IssueOrder
	err := json.Unmarshal([]byte(inc.lastEdit(orderField+key).Value), &o)
	return o, err == nil && !o.Over
}

// OrderIssue writes down what a tracker is asked to make of an action item, and then what became of it.
func (inc *Incident) OrderIssue(key string, o IssueOrder, by string, at time.Time) error {
	text, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("incident: note the issue that is to be made of action item %s: %w", key, err)
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: orderField + key, Value: string(text), Was: inc.lastEdit(orderField + key).Value, By: by, At: at.UTC()})
	return nil
}

// closedField begins the field of edits that say who closed the issue of an action item from here; the item's key follows.
const closedField = issueField + "closed:"

// NoteClosing writes down that somebody closed the issue of an action item from here, with a comment or without.
func (inc *Incident) NoteClosing(key string, says IssueSays, commented bool, by string, at time.Time) error {
	note := IssueSays{URL: says.URL, Name: says.Name, Outcome: "closed from here"}
	if !commented {
		note.Outcome += ", and its comment is missing"
	}
	text, err := json.Marshal(note)
	if err != nil {
		return fmt.Errorf("incident: note that the issue of action item %s is closed: %w", key, err)
	}
	inc.Edits = append(slices.Clip(inc.Edits), Edit{Field: closedField + key, Value: string(text), By: by, At: at.UTC()})
	return nil
}

// IssueWords writes the value of an issue's edit for people: "GitHub example-org/shop#12: closed as completed".
func IssueWords(value string) string {
	var s IssueSays
	if json.Unmarshal([]byte(value), &s) != nil {
		return ""
	}
	out := s.Name + ": " + s.Outcome
	if s.Trouble != "" {
		out = s.Name + ": " + s.Trouble
	}
	if len(s.Clash) > 0 {
		out += "; changed on both sides: " + strings.Join(s.Clash, ", ")
	}
	return out
}
