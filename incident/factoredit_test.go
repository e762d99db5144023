package incident_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hindsight/incident"
)

func claims(texts ...string) *incident.Incident {
	inc := &incident.Incident{ID: "inc_1", Title: "Late", Kind: incident.Real}
	for _, text := range texts {
		inc.Factors = append(inc.Factors, incident.Factor{Role: "contributing", Category: "cache", Text: text, Claimed: true})
	}
	return inc
}

// told writes the factors of an incident: those that count, and behind a bar what is said of all.
func told(inc *incident.Incident) string {
	var out, all []string
	for _, f := range inc.Factors {
		mark := "!"
		if f.Claimed {
			mark = "?"
		}
		out = append(out, f.Text+mark)
	}
	for _, x := range inc.FactorStatements() {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s %s", x.Text, x.State, x.Source)))
	}
	return strings.Join(out, " ") + " | " + strings.Join(all, ", ")
}

// TestFactorEdits: a person confirms, rejects, rewords and adds factors; imports bring back none of what was rejected or reworded, and
// each edit can be taken back.
func TestFactorEdits(t *testing.T) {
	inc := claims("cold", "deploy", "typo")
	key := func(text string) string {
		return incident.Factor{Role: "contributing", Category: "cache", Text: text}.Key()
	}
	say := func(key, text string, state incident.FactorState) {
		t.Helper()
		says := incident.FactorSays{State: state, Role: "contributing", Category: "cache", Text: text, About: "checkout"}
		if err := inc.EditFactor(key, says, "operator", noon); err != nil {
			t.Fatalf("EditFactor(%s): %v", text, err)
		}
	}
	check := func(what, want string) {
		t.Helper()
		if got := told(inc); got != want {
			t.Errorf("%s:\n got %s\nwant %s", what, got, want)
		}
	}
	check("as imported", "cold? deploy? typo? | cold claimed, deploy claimed, typo claimed")
	say(key("cold"), "cold", incident.FactorConfirmed)
	say(key("deploy"), "bad deploy", incident.FactorConfirmed)
	say(key("typo"), "typo", incident.FactorRejected)
	say("fac_own", "nobody looked", incident.FactorConfirmed)
	const edited = "cold! bad deploy! nobody looked! | cold confirmed, bad deploy confirmed deploy, nobody looked confirmed, typo rejected"
	check("after the edits", edited)
	edits := len(inc.Edits)
	say(key("typo"), "typo", incident.FactorRejected)
	if len(inc.Edits) != edits {
		t.Errorf("saying the same again made %d edits", len(inc.Edits)-edits)
	}

	*inc = *incident.Reimport(inc, claims("cold", "deploy", "typo"))
	check("after another import", edited)
	*inc = *incident.Reimport(inc, claims("deploy", "new"))
	check("after an import that says something else", "bad deploy! new? cold! nobody looked! | bad deploy confirmed deploy, new claimed, cold confirmed, nobody looked confirmed, typo rejected")
	*inc = *incident.Reimport(inc, claims("cold", "deploy", "typo"))
	check("after the first import again", edited)

	undo := func(key string) {
		t.Helper()
		if err := inc.UndoFactor(key, "admin", noon); err != nil {
			t.Fatalf("UndoFactor: %v", err)
		}
	}
	undo(key("deploy"))
	undo("fac_own")
	undo(key("typo"))
	check("after three were taken back", "cold! deploy? typo? | cold confirmed, deploy claimed, typo claimed")
	*inc = *incident.Reimport(inc, claims("cold", "deploy", "typo"))
	check("and after another import", "cold! deploy? typo? | cold confirmed, deploy claimed, typo claimed")
}

func TestFactorEditsThatCannotBe(t *testing.T) {
	inc := claims("cold")
	for name, says := range map[string]incident.FactorSays{
		"no text":       {State: incident.FactorConfirmed, Role: "trigger"},
		"no such role":  {State: incident.FactorConfirmed, Role: "culprit", Text: "x"},
		"no such state": {State: "maybe", Role: "trigger", Text: "x"},
		"too long":      {State: incident.FactorConfirmed, Role: "trigger", Text: strings.Repeat("x", 3000)},
	} {
		if err := inc.EditFactor("fac_1", says, "operator", noon); !errors.Is(err, incident.ErrInvalid) {
			t.Errorf("%s: EditFactor = %v, want ErrInvalid", name, err)
		}
	}
	if err := inc.UndoFactor("fac_1", "operator", noon); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("UndoFactor of what nobody edited = %v, want ErrInvalid", err)
	}
	if err := inc.Edit("factor:fac_1", "{}", "operator", noon); !errors.Is(err, incident.ErrInvalid) {
		t.Errorf("Edit of a factor = %v, want ErrInvalid", err)
	}
	if len(inc.Edits) > 0 || told(inc) != "cold? | cold claimed" {
		t.Errorf("what cannot be changed something: %s", told(inc))
	}
	if got := incident.FactorWords(`{"state":"confirmed","role":"went_well","category":"alerting","text":"paged","about":"db"}`); got != "confirmed: paged (went well, alerting, about db)" {
		t.Errorf("FactorWords = %q", got)
	}
}
