package incident

import (
	"errors"
	"testing"
	"time"
)

func TestAddressesOfOneRunbook(t *testing.T) {
	const of = "https://wiki.example.com/runbooks/failover"
	for _, tc := range []struct {
		name, address string
		same          bool
	}{
		{"as it is", of, true},
		{"the other scheme and a slash", "http://wiki.example.com/runbooks/failover/", true},
		{"host and port", "HTTPS://Wiki.Example.com:443/runbooks/failover", true},
		{"campaign parameters and blanks", " " + of + "?utm_source=pager ", true},
		{"an empty fragment", of + "#", true},
		{"another path", "https://wiki.example.com/runbooks/Failover", false}, // paths tell capital letters apart
		{"a place on the page", of + "#step-2", false},
		{"a parameter that says which page", of + "?page=2", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := LinkedRunbookID(tc.address) == LinkedRunbookID(of); got != tc.same {
				t.Errorf("same runbook as %q: %v, want %v", tc.address, got, tc.same)
			}
		})
	}
	if a, b := LinkedRunbookID(of+"?b=2&a=1"), LinkedRunbookID(of+"?a=1&b=2"); a != b {
		t.Error("the order of parameters makes another runbook")
	}
}

// TestRunbooksOfAnIncident: what a person says stands beside what the record links to, an import keeps it, and it can be taken back step by step.
func TestRunbooksOfAnIncident(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	record := func() *Incident {
		return &Incident{ID: "inc_1", Links: []Link{{Kind: "runbook", URL: "https://example.com/a", Title: "Runbook"}, {Kind: "dashboard", URL: "https://example.com/b"}}}
	}
	inc := record()
	a := LinkedRunbookID("http://example.com/a/")
	verdicts := func() map[ID]RunbookVerdict {
		out := map[ID]RunbookVerdict{}
		for _, u := range inc.RunbookUses() {
			out[u.Runbook] = u.Verdict
		}
		return out
	}
	say := func(runbook ID, v RunbookVerdict) {
		t.Helper()
		if err := inc.EditRunbook(runbook, RunbookSays{Verdict: v, Title: "Fail over"}, "Responder One", at); err != nil {
			t.Fatal(err)
		}
	}
	if got := verdicts(); len(got) != 1 || got[a] != RunbookLinked {
		t.Errorf("of the record alone: %v, want %s linked", got, a)
	}
	say(a, RunbookDidNotHelp)
	say(a, RunbookHelped)
	say(a, RunbookHelped) // no edit
	say("rbk_doc", RunbookHelped)
	inc = Reimport(inc, record())
	if got := verdicts(); len(got) != 2 || got[a] != RunbookHelped || got["rbk_doc"] != RunbookHelped || len(inc.Edits) != 3 {
		t.Errorf("after an import: %v with %d edits, want both helped and 3", got, len(inc.Edits))
	}
	for _, step := range []struct {
		undo ID
		want RunbookVerdict
	}{{a, RunbookDidNotHelp}, {a, RunbookHelped}, {"rbk_doc", ""}} { // taking back twice says it again
		if err := inc.UndoRunbook(step.undo, "Responder Two", at); err != nil {
			t.Fatal(err)
		}
		if got := verdicts()[step.undo]; got != step.want {
			t.Errorf("%s is %q after taking back, want %q", step.undo, got, step.want)
		}
	}
	if err := inc.UndoRunbook("rbk_none", "Responder Two", at); !errors.Is(err, ErrInvalid) {
		t.Errorf("taking back what nobody said: %v, want ErrInvalid", err)
	}
	if err := inc.EditRunbook(a, RunbookSays{Verdict: "maybe"}, "Responder Two", at); !errors.Is(err, ErrInvalid) {
		t.Errorf("an unknown verdict: %v, want ErrInvalid", err)
	}
	if err := inc.Edit("runbook:"+string(a), "{}", "Responder Two", at); !errors.Is(err, ErrInvalid) {
		t.Errorf("as a plain field: %v, want ErrInvalid", err)
	}
	if got, want := RunbookWords(inc.Edits[0].Value), "did not help: Fail over"; got != want {
		t.Errorf("in words %q, want %q", got, want)
	}
}
