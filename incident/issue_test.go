package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

const issueURL = "https://github.com/example-org/shop/issues/12"

// linked is an incident with an open action item that links to an issue, and the item's key.
func linked(t *testing.T) (*incident.Incident, string) {
	inc := &incident.Incident{ID: "inc_1", Actions: []incident.ActionItem{{Title: "Add an alert", State: incident.ActionOpen, URL: issueURL}}}
	return inc, inc.ActionKey(0)
}

func says(state, title string) incident.IssueSays {
	return incident.IssueSays{URL: issueURL, Name: "GitHub example-org/shop#12", State: state, Title: title, Outcome: state}
}

func hear(t *testing.T, inc *incident.Incident, key string, s incident.IssueSays, minute int) bool {
	t.Helper()
	changed, err := inc.HearIssue(key, s, time.Date(2026, 3, 1, 0, minute, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

// stands writes an item, and where its issue says something else; ! marks a clash.
func stands(t *testing.T, inc *incident.Incident, key string) string {
	t.Helper()
	x, err := inc.ActionStatement(key)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{x.Title, x.State}
	for _, g := range inc.IssueGaps(key) {
		out = append(out, fmt.Sprintf("[%s %s %s]", g.Field, g.There, map[bool]string{true: "!", false: "?"}[g.Clash]))
	}
	return strings.Join(out, " ")
}

func edit(t *testing.T, inc *incident.Incident, key string, set map[string]string) {
	t.Helper()
	if err := inc.EditAction(key, incident.ActionChange{Set: set}, "Responder One", time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
}

func TestItemFollowsItsIssue(t *testing.T) {
	open, done, dropped := incident.ActionOpen, incident.ActionDone, incident.ActionDropped
	for _, tc := range []struct {
		name  string
		here  map[string]string // what people write between the two looks
		first incident.IssueSays
		then  incident.IssueSays
		want  string
	}{
		{"the first look changes nothing", nil, says(done, "Other words"), says(done, "Other words"), "Add an alert open [state done ?]"},
		{"closed there", nil, says(open, "Add an alert"), says(done, "Add an alert"), "Add an alert done"},
		{"not planned there", nil, says(open, "Add an alert"), says(dropped, "Add an alert"), "Add an alert dropped"},
		{"renamed there", nil, says(open, "Add an alert"), says(open, "Add two alerts"), "Add two alerts open"},
		{"renamed here alone", map[string]string{"title": "Add three alerts"}, says(open, "Add an alert"), says(open, "Add an alert"), "Add three alerts open"},
		{"renamed on both sides", map[string]string{"title": "Add three alerts"}, says(open, "Add an alert"), says(open, "Add two alerts"), "Add three alerts open [title Add two alerts !]"},
		{"worded differently from the beginning", nil, says(open, "Alerting"), says(open, "Alerting!"), "Add an alert open [title Alerting! !]"},
		{"begun here, closed there", map[string]string{"state": incident.ActionInProgress}, says(open, "Add an alert"), says(done, "Add an alert"), "Add an alert done"},
		{"dropped here, closed there", map[string]string{"state": dropped, "reason": "too dear"}, says(open, "Add an alert"), says(done, "Add an alert"), "Add an alert dropped [state done !]"},
		{"verified here, opened again there", map[string]string{"state": incident.ActionVerified, "reason": "it rang"}, says(done, "Add an alert"), says(open, "Add an alert"), "Add an alert verified [state open !]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inc, key := linked(t)
			hear(t, inc, key, tc.first, 0)
			if tc.here != nil {
				edit(t, inc, key, tc.here)
			}
			hear(t, inc, key, tc.then, 10)
			if got := stands(t, inc, key); got != tc.want {
				t.Errorf("the item is %q, want %q", got, tc.want)
			}
			if hear(t, inc, key, tc.then, 20) {
				t.Error("hearing the same again changed something")
			}
		})
	}
}

func TestDecideIssue(t *testing.T) {
	for theirs, want := range map[bool]string{false: "Add three alerts open", true: "Add two alerts open"} {
		inc, key := linked(t)
		hear(t, inc, key, says(incident.ActionOpen, "Add an alert"), 0)
		edit(t, inc, key, map[string]string{"title": "Add three alerts"})
		hear(t, inc, key, says(incident.ActionOpen, "Add two alerts"), 10)
		if err := inc.DecideIssue(key, "title", theirs, "Responder One", time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		if got := stands(t, inc, key); got != want {
			t.Errorf("decided for the issue: %v: the item is %q, want %q", theirs, got, want)
		}
		if hear(t, inc, key, says(incident.ActionOpen, "Add two alerts"), 20) {
			t.Error("the next look changed what was decided")
		}
	}
}

// A look that fails keeps what was seen, and one at an address that the item has no more is not heard.
func TestTroubleAndAnotherAddress(t *testing.T) {
	inc, key := linked(t)
	hear(t, inc, key, says(incident.ActionOpen, "Add an alert"), 0)
	hear(t, inc, key, incident.IssueSays{URL: issueURL, Name: "GitHub example-org/shop#12", Trouble: "it was deleted"}, 10)
	s, known := inc.IssueOf(key)
	if !known || s.Trouble != "it was deleted" || s.Title != "Add an alert" || s.State != incident.ActionOpen {
		t.Errorf("after a look that failed %+v is known", s)
	}
	hear(t, inc, key, says(incident.ActionDone, "Add an alert"), 20)
	if got := stands(t, inc, key); got != "Add an alert done" {
		t.Errorf("after it was seen again the item is %q, want it done", got)
	}
	edit(t, inc, key, map[string]string{"url": "https://github.com/example-org/shop/issues/13"})
	if _, known := inc.IssueOf(key); known || hear(t, inc, key, says(incident.ActionOpen, "Add an alert"), 30) {
		t.Error("what the issue at the former address says is heard")
	}
}

// What an import brings keeps what is known of issues, and what is stripped of words says nothing of them.
func TestImportsAndStrippingKnowIssues(t *testing.T) {
	inc, key := linked(t)
	again := *inc
	hear(t, inc, key, says(incident.ActionOpen, "Add an alert"), 0)
	hear(t, inc, key, says(incident.ActionDone, "Add an alert"), 10)
	again.Actions = slices.Clone(again.Actions)
	next := incident.Reimport(inc, &again)
	if s, known := next.IssueOf(key); !known || s.State != incident.ActionDone || stands(t, next, key) != "Add an alert done" {
		t.Errorf("after an import the item is %q and %+v is known of its issue", stands(t, next, key), s)
	}
	if bare, _ := inc.Stripped(); strings.Contains(fmt.Sprint(bare.Edits), "alert") {
		t.Errorf("stripped of words it keeps the edits %v", bare.Edits)
	}
}
