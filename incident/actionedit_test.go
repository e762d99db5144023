package incident_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

// promises is an incident whose source lists some action items, each as "title state" or "title state owner".
func promises(items ...string) *incident.Incident {
	inc := &incident.Incident{ID: "inc_1", Title: "Late", Kind: incident.Real}
	for _, text := range items {
		words := append(strings.Split(text, " "), "")
		inc.Actions = append(inc.Actions, incident.ActionItem{Title: words[0], State: words[1], Owner: words[2]})
	}
	return inc
}

// promised writes the action items of an incident, with where people differ from the source; ! marks a clash.
func promised(inc *incident.Incident) string {
	var out []string
	for _, x := range inc.ActionStatements() {
		text := strings.TrimSpace(fmt.Sprintf("%s %s %s", x.Title, x.State, x.Owner))
		for _, g := range x.Differs {
			text += " [" + g.Field + " " + g.There
			if g.Clash {
				text += "!"
			}
			text += "]"
		}
		if x.Gone {
			text += " gone"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// TestActionEdits: people add action items and change those of sources field by field; imports keep what they said, change what they did not
// say, and show where both changed the same.
func TestActionEdits(t *testing.T) {
	inc := promises("alert open", "canary open Ops")
	alert, canary := inc.ActionKey(0), inc.ActionKey(1)
	check := func(what, want string) {
		t.Helper()
		if got := promised(inc); got != want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, want)
		}
	}
	edit := func(key string, c incident.ActionChange) {
		t.Helper()
		if err := inc.EditAction(key, c, "operator", noon); err != nil {
			t.Fatalf("EditAction(%s, %v): %v", key, c, err)
		}
	}
	set := func(pairs ...string) (c incident.ActionChange) {
		c.Set = map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			c.Set[pairs[i]] = pairs[i+1]
		}
		return c
	}
	edit(alert, set("owner", "Payments"))
	edit("act_own", set("title", "runbook"))
	check("after two edits", "alert open Payments, canary open Ops, runbook open")
	if a := inc.Actions[2]; !a.Created.Equal(noon) {
		t.Errorf("a new item was created at %v, want %v", a.Created, noon)
	}
	edits := len(inc.Edits)
	edit(alert, set("owner", "Payments", "title", "alert"))
	if len(inc.Edits) != edits {
		t.Errorf("saying the same again made %d edits", len(inc.Edits)-edits)
	}

	*inc = *incident.Reimport(inc, promises("alert done", "canary open Dev"))
	check("an import changes what nobody here said", "alert done Payments, canary open Dev, runbook open")
	*inc = *incident.Reimport(inc, promises("alert done Search", "canary open Dev"))
	check("an import changes what people changed, too", "alert done Payments [owner Search!], canary open Dev, runbook open")
	edit(alert, incident.ActionChange{Keep: []string{"owner"}})
	check("a person says that they are right", "alert done Payments [owner Search], canary open Dev, runbook open")
	edit(alert, incident.ActionChange{Take: []string{"owner"}})
	check("a person lets the source be right", "alert done Search, canary open Dev, runbook open")

	edit(canary, set("state", "verified", "reason", "no rollout failed for 30 days"))
	*inc = *incident.Reimport(inc, promises("alert done Search", "canary done Dev"))
	check("a source that says done agrees with verified", "alert done Search, canary verified Dev, runbook open")
	*inc = *incident.Reimport(inc, promises("alert done Search"))
	check("a source that forgets an item that people speak of", "alert done Search, runbook open, canary verified Dev gone")
	*inc = *incident.Reimport(inc, promises("alert done Search", "canary open Dev"))
	check("a source that opens again what people verified", "alert done Search, canary verified Dev [state open], runbook open")

	for _, key := range []string{"act_own", canary} {
		if err := inc.UndoAction(key, "admin", noon); err != nil {
			t.Fatalf("UndoAction: %v", err)
		}
	}
	check("after two were taken back", "alert done Search, canary open Dev")
}

// TestActionEditsMeet: of two who change the same field the second is told; different fields stand beside each other.
func TestActionEditsMeet(t *testing.T) {
	inc := promises("alert open")
	key := inc.ActionKey(0)
	saw := map[string]string{"owner": "", "priority": ""}
	say := func(field, value string) error {
		return inc.EditAction(key, incident.ActionChange{Set: map[string]string{field: value}, Seen: saw}, "operator", noon)
	}
	if err := errors.Join(say("owner", "Payments"), say("priority", "high")); err != nil {
		t.Fatal(err)
	}
	err := say("owner", "Search")
	var clash *incident.ActionClash
	if !errors.As(err, &clash) || !errors.Is(err, incident.ErrConflict) || clash.Theirs != "Payments" || clash.Yours != "Search" {
		t.Errorf("the second owner: %v, want a clash of Search with Payments", err)
	}
	if a := inc.Actions[0]; a.Owner != "Payments" || a.Priority != "high" {
		t.Errorf("after all: %+v", a)
	}
}

// TestActionLife: what follows from a state is set with it, and taken away with it.
func TestActionLife(t *testing.T) {
	inc := promises("alert open")
	key := inc.ActionKey(0)
	at := noon
	for _, step := range []struct{ state, reason, want string }{
		{"in_progress", "", "in_progress"},
		{"done", "", "done done on 1"},
		{"verified", "no page for 30 days", "verified done on 1 judged on 2: no page for 30 days"},
		{"open", "", "open"},
		{"dropped", "costs too much", "dropped judged on 4: costs too much"},
		{"ineffective", "it happened again", "ineffective done on 5 judged on 5: it happened again"},
	} {
		set := map[string]string{"state": step.state}
		if step.reason != "" {
			set["reason"] = step.reason
		}
		if err := inc.EditAction(key, incident.ActionChange{Set: set}, "operator", at); err != nil {
			t.Fatalf("%s: %v", step.state, err)
		}
		a := inc.Actions[0]
		got := a.State
		day := func(at time.Time) string { return fmt.Sprint(int(at.Sub(noon).Hours() / 24)) }
		if !a.Done.IsZero() {
			got += " done on " + day(a.Done)
		}
		if !a.Judged.IsZero() {
			got += " judged on " + day(a.Judged)
		}
		if a.Reason != "" {
			got += ": " + a.Reason
		}
		if got != step.want {
			t.Errorf("after %s: %q, want %q", step.state, got, step.want)
		}
		at = at.AddDate(0, 0, 1)
	}
}

func TestActionEditsThatCannotBe(t *testing.T) {
	inc := promises("alert open")
	key := inc.ActionKey(0)
	for name, set := range map[string]map[string]string{
		"no title":               {"title": " "},
		"no such state":          {"state": "later"},
		"not known is no choice": {"state": "unknown"},
		"dropped without why":    {"state": "dropped"},
		"verified by nothing":    {"state": "verified"},
		"no such kind":           {"kind": "hope"},
		"no such priority":       {"priority": "P0"},
		"no web address":         {"url": "javascript:alert(1)"},
		"no time":                {"due": "soon"},
		"no field":               {"done": "2026-01-01T00:00:00Z"},
		"too long":               {"proof": strings.Repeat("x", 2001)},
	} {
		if err := inc.EditAction(key, incident.ActionChange{Set: set}, "operator", noon); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%s: EditAction = %v, want ErrInvalid", name, err)
		}
	}
	for name, err := range map[string]error{
		"new without a title":  inc.EditAction("act_new", incident.ActionChange{Set: map[string]string{"owner": "x"}}, "operator", noon),
		"undo of nothing":      inc.UndoAction(key, "operator", noon),
		"as any other field":   inc.Edit("action:"+key, "{}", "operator", noon),
		"an item without name": inc.EditAction("", incident.ActionChange{}, "operator", noon),
	} {
		if !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%s = %v, want ErrInvalid", name, err)
		}
	}
	if len(inc.Edits) > 0 || promised(inc) != "alert open" {
		t.Errorf("what cannot be changed something: %s", promised(inc))
	}
}

// TestActionHints: the examples of badly worded items that PagerDuty publishes get the hint that it gives them; its better ones get none.
func TestActionHints(t *testing.T) {
	for title, want := range map[string]string{
		"Investigate monitoring for this scenario.":                                     "Actionable",
		"Fix the issue that caused the outage.":                                         "Specific",
		"Make sure engineer checks that database schema can be parsed before updating.": "Bounded",
		"Add alerting for all cases where this service returns >1% errors.":             "",
		"Handle invalid postal code in user address form input safely.":                 "",
		"Add automated presubmit check for schema changes.":                             "",
		"The monitoring of disks":                                                       "Actionable",
		"Document the failover":                                                         "",
		"Ensurepip must go":                                                             "",
		"Canary":                                                                        "Specific",
	} {
		a := incident.ActionItem{Title: title, State: "open", Owner: "Ops", Due: noon, Proof: "no page"}
		got := strings.Join(a.Hints(), " ")
		if word, _, _ := strings.Cut(got, ":"); word != want {
			t.Errorf("%q: hint %q, want %q", title, got, want)
		}
	}
	bare := incident.ActionItem{Title: "Add a check", State: "open"}
	if got := len(bare.Hints()); got != 3 {
		t.Errorf("without owner, due date and proof: %d hints, want 3", got)
	}
	bare.State = "done"
	if got := bare.Hints(); got != nil {
		t.Errorf("hints for what is done: %v", got)
	}
}

// TestUnknownBecomesOpen: who gives an item of which its source does not say whether it is done an owner or a day says that it is still to be done.
func TestUnknownBecomesOpen(t *testing.T) {
	for field, value := range map[string]string{"owner": "Payments", "due": "2031-05-06T00:00:00Z"} {
		inc := promises("alert unknown")
		key := inc.ActionKey(0)
		if err := inc.EditAction(key, incident.ActionChange{Set: map[string]string{"proof": "no page for 90 days"}}, "operator", noon); err != nil || inc.Actions[0].Open() {
			t.Errorf("with a proof alone: %v, %s, want that nobody knows still", err, inc.Actions[0].State)
		}
		if err := inc.EditAction(key, incident.ActionChange{Set: map[string]string{field: value}}, "operator", noon); err != nil || !inc.Actions[0].Open() {
			t.Errorf("with %s %s: %v, %s, want open", field, value, err, inc.Actions[0].State)
		}
		if said := promised(inc); strings.Contains(said, "state") {
			t.Errorf("%s: the source, which does not know, is said to differ", said)
		}
	}
}
