package incident

import (
	"strings"
	"testing"
	"time"
)

// TestStripped: words and people go, what figures are made from stays.
func TestStripped(t *testing.T) {
	at := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	inc := &Incident{ID: "inc_1", Number: "INC1", Title: "words", Description: "words", URL: "https://example.com/words", Status: Closed, Severity: Sev2,
		Milestones: Milestones{{Name: Opened, At: at, Reason: "words"}}, Segments: []Segment{{Status: Closed, From: at, By: "words"}}, People: []Participation{{Name: "words"}},
		Tags: []string{"database"}, Custom: []CustomValue{{"area", "EU"}, {"notes", strings.Repeat("words ", 30)}}, Links: []Link{{URL: "https://example.com/words"}},
		Factors: []Factor{{Role: "trigger", Category: "deploy", Text: "words"}}, Actions: []ActionItem{{Title: "words", Owner: "words", State: "done", Due: at}},
		Edits: []Edit{{Field: "title", Value: "words"}, {Field: "severity", Value: "2", By: "words"}, {Field: "factor:fac_1", Value: `{"state":"confirmed","role":"trigger","text":"words"}`}, {Field: "action:act_1", Value: `{"title":"words"}`}}, RawID: "raw_1"}
	bare, already := inc.Stripped()
	if already {
		t.Error("there was nothing to take away, it says")
	}
	if bare.Severity != Sev2 || bare.Milestones[0].At != at || bare.Tags[0] != "database" || bare.Custom[0].Value != "EU" || bare.Factors[0].Category != "deploy" ||
		bare.Actions[0].State != "done" || len(bare.Edits) != 1 || bare.Number != "INC1" {
		t.Errorf("stripped it is %+v", bare)
	}
	for _, text := range []string{bare.Title, bare.Description, bare.URL, bare.Milestones[0].Reason, bare.Segments[0].By, bare.Factors[0].Text, bare.Actions[0].Title, bare.Edits[0].By} {
		if text != "" {
			t.Errorf("%q is left", text)
		}
	}
	if len(bare.People)+len(bare.Links) != 0 || len(bare.Custom) != 1 {
		t.Errorf("people, links or prose are left: %+v", bare)
	}
	if _, already := bare.Stripped(); !already {
		t.Error("stripped twice, something is taken away again")
	}
	if inc.Title == "" || inc.Milestones[0].Reason == "" {
		t.Error("the incident itself was changed")
	}
}

func TestRetentionIsHeld(t *testing.T) {
	for _, r := range []Retention{{AuditDays: 30}, {RawDays: -1}, {IncidentYears: 7}, {Incidents: Strip}, {IncidentYears: 7, Incidents: "burn"}} {
		if r.Validate() == nil {
			t.Errorf("%+v is taken", r)
		}
	}
	if err := (Retention{IncidentYears: 7, Incidents: Discard, AuditDays: 90}).Validate(); err != nil {
		t.Error(err)
	}
}
