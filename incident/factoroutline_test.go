package incident

import (
	"strings"
	"testing"
	"time"
)

// drawn writes an outline, each factor behind a dot for each level.
func drawn(inc *Incident) string {
	var out []string
	for _, n := range inc.FactorOutline() {
		out = append(out, strings.Repeat(".", n.Depth)+n.Text)
	}
	return strings.Join(out, " ")
}

// TestFactorOutline: factors of a source and of people are moved about, one edit a move, and an import leaves them where they stand.
func TestFactorOutline(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	source := &Incident{ID: "inc_1", Factors: []Factor{{Role: "trigger", Text: "a", Claimed: true}, {Role: "contributing", Text: "b", Claimed: true}}}
	inc := *source
	for _, text := range []string{"c", "d"} {
		if err := inc.EditFactor("fac_"+text, FactorSays{State: FactorConfirmed, Role: "contributing", Text: text}, "ada", at); err != nil {
			t.Fatal(err)
		}
	}
	key := map[string]string{"a": source.Factors[0].Key(), "b": source.Factors[1].Key(), "c": "fac_c", "d": "fac_d"}
	for _, step := range []struct{ text, move, want string }{
		{"", "", "a b c d"},
		{"b", "in", "a .b c d"},
		{"c", "in", "a .b .c d"},
		{"c", "in", "a .b ..c d"},
		{"a", "in", "a .b ..c d"}, // nothing is before it
		{"d", "up", "d a .b ..c"},
		{"d", "down", "a .b ..c d"},
		{"c", "out", "a .b .c d"},
		{"c", "up", "a .c .b d"},
		{"b", "out", "a .c b d"},
		{"d", "out", "a .c b d"}, // it is outermost
	} {
		if says, ok := inc.MoveFactor(key[step.text], step.move); ok {
			edits := len(inc.Edits)
			if err := inc.EditFactor(key[step.text], says, "ada", at); err != nil {
				t.Fatal(err)
			}
			if len(inc.Edits) != edits+1 {
				t.Errorf("%s %s: %d edits, want one", step.text, step.move, len(inc.Edits)-edits)
			}
		}
		if got := drawn(&inc); got != step.want {
			t.Errorf("%s %s = %s, want %s", step.text, step.move, got, step.want)
		}
	}
	if got := drawn(Reimport(&inc, source)); got != "a .c b d" {
		t.Errorf("after an import = %s", got)
	}
	if got := inc.Factors[0]; !got.Claimed {
		t.Errorf("moving a claimed factor confirmed it: %+v", got)
	}
}

// TestFactorOutlineIsWhole: what refers to nothing, to itself or round in a ring is shown all the same, once.
func TestFactorOutlineIsWhole(t *testing.T) {
	inc := &Incident{ID: "inc_1"}
	say := func(key, parent, also string, state FactorState) {
		if err := inc.EditFactor(key, FactorSays{State: state, Role: "contributing", Text: key, Parent: parent, Also: also}, "ada", time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	say("a", "b", "", FactorConfirmed)
	say("b", "a", "c nobody b", FactorConfirmed)
	say("c", "c", "", FactorConfirmed)
	say("d", "nobody", "", FactorConfirmed)
	say("x", "", "", FactorRejected)
	say("e", "x", "", FactorConfirmed)
	if got, want := drawn(inc), "a .b c d e"; got != want {
		t.Errorf("outline = %s, want %s", got, want)
	}
	for _, n := range inc.FactorOutline() {
		if n.Key == "b" && strings.Join(n.Links, " ") != "c" {
			t.Errorf("b also contributed to %v, want c alone", n.Links)
		}
	}
}

// TestOldFactorEdits: what was said before factors had places and confidence is read as it was.
func TestOldFactorEdits(t *testing.T) {
	inc := &Incident{ID: "inc_1", Factors: []Factor{{Role: "contributing", Category: "cache", Text: "cold cache"}}, Edits: []Edit{{Field: "factor:fac_1", Was: "",
		Value: `{"state":"confirmed","role":"contributing","category":"cache","text":"cold cache","about":"checkout"}`, By: "ada"}}}
	got := inc.FactorOutline()
	if len(got) != 1 || got[0].Key != "fac_1" || got[0].About != "checkout" || got[0].Confidence != "" || got[0].State != FactorConfirmed {
		t.Errorf("outline = %+v", got)
	}
	if got, want := FactorWords(inc.Edits[0].Value), "confirmed: cold cache (contributing, cache, about checkout)"; got != want {
		t.Errorf("FactorWords = %q, want %q", got, want)
	}
}
