package incident

import "testing"

func TestBlame(t *testing.T) {
	names := []string{"Responder One", "@ana"}
	for _, tc := range []struct{ name, text, rule, words string }{
		{"the phrase itself", "It was human error again.", "human-error", "human error"},
		{"an excuse of old", "Caused by operator error.", "human-error", "operator error"},
		{"hindsight", "The team should have seen it.", "should-have", "should have"},
		{"hindsight, denied", "They shouldn't have merged it.", "should-have", "shouldn't have"},
		{"a judgement", "A careless change.", "careless", "careless"},
		{"one cause", "The root cause is a typo.", "root-cause", "The root cause is"},
		{"a name and a failing", "Responder One forgot the flag.", "person-failed", "Responder One forgot"},
		{"a handle and a failing", "Then @ana failed to roll back.", "person-failed", "@ana failed"},
		{"a role and a failing", "The operator overlooked the page.", "role-failed", "operator overlooked"},
		{"fault", "Networking was to blame.", "fault", "was to blame"},
		{"a question that accuses", "Why didn't anybody look?", "why-didnt", "Why didn't"},
		{"across emoji", "🔥🔥 human error", "human-error", "human error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := Blame(tc.text, names)
			if len(got) != 1 || got[0].Rule.ID != tc.rule || got[0].Words != tc.words {
				t.Fatalf("Blame(%q) = %+v, want one %s: %q", tc.text, got, tc.rule, tc.words)
			}
			if tc.name == "across emoji" && (got[0].From != 5 || got[0].To != 16) {
				t.Errorf("Blame(%q) is at %d to %d, want 5 to 16: each emoji is two units", tc.text, got[0].From, got[0].To)
			}
		})
	}
}

// TestBlameless holds that ordinary sentences about systems are let be.
func TestBlameless(t *testing.T) {
	for _, text := range []string{
		"", "Redis failed over at 14:02.", "The deploy failed.", "The health check missed the failed node.",
		"Three things contributed.", "The runbook says that the flag should be set.", "The on-call engineer had no access.",
		"Careful reading would not show it.", "We looked for causes.", "She rolled it back at 14:20.",
	} {
		if got := Blame(text, []string{"Responder One"}); len(got) != 0 {
			t.Errorf("Blame(%q) = %+v, want nothing", text, got)
		}
	}
}

// TestBlameWithoutNames holds that no name stands for every word.
func TestBlameWithoutNames(t *testing.T) {
	if got := Blame("Redis failed. Ana forgot.", []string{"", " "}); len(got) != 0 {
		t.Errorf("Blame without names = %+v, want nothing", got)
	}
}
