package coedit_test

import (
	"testing"

	"hindsight/server/internal/coedit"
)

// at is the anchor of words in a text.
func at(t *testing.T, text, words string) coedit.Anchor {
	t.Helper()
	units := coedit.TextOf(text)
	for from := range units {
		if a, ok := coedit.AnchorAt(units, from, from+len(coedit.TextOf(words))); ok && a.Quote.String() == words {
			return a
		}
	}
	t.Fatalf("%q does not stand in %q", words, text)
	return coedit.Anchor{}
}

// TestAnchorOver holds that words are followed through what others write, however they change themselves.
func TestAnchorOver(t *testing.T) {
	const text = "A rollout 🔥 reached every host at once."
	for _, tc := range []struct{ name, next, want string }{
		{"written before", "Then a rollout 🔥 reached every host at once.", "every host"},
		{"written behind", "A rollout 🔥 reached every host at once, in minutes.", "every host"},
		{"written within", "A rollout 🔥 reached every single host at once.", "every single host"},
		{"partly deleted", "A rollout 🔥 reached every at once.", "every "},
		{"all deleted", "A rollout 🔥 reached at once.", ""},
		{"an emoji deleted", "A rollout reached every host at once.", "every host"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, ok := at(t, text, "every host").Over([]coedit.Changes{coedit.Between(text, tc.next)})
			if ok != (tc.want != "") {
				t.Fatalf("Over = %v, want words %q", ok, tc.want)
			}
			if got := coedit.TextOf(tc.next)[min(a.From, a.To):max(a.From, a.To)].String(); ok && got != tc.want {
				t.Errorf("the anchor holds %q, want %q", got, tc.want)
			}
		})
	}
}

// TestAnchorFind holds that words are found again in a text that came as a whole.
func TestAnchorFind(t *testing.T) {
	const text = "The cache was cold. Nobody saw it. The cache was full."
	for _, tc := range []struct {
		name, words, next string
		from              int // -1: gone
	}{
		{"the same words twice", "The cache was", "Intro. The cache was cold. Nobody saw it. The cache was full.", 7},
		{"the other of them is left", "cold. Nobody", "Nobody saw that the cache was cold. Nobody else did.", 30},
		{"gone", "Nobody saw it", "The cache was cold. The cache was full.", -1},
		{"a short word elsewhere", "it", "Without knowledge of the rest: it.", -1},
		{"a short word in its place", "it", "First. Nobody saw it. Then more.", 18},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, ok := at(t, text, tc.words).Find(coedit.TextOf(tc.next))
			if ok != (tc.from >= 0) || ok && a.From != tc.from {
				t.Errorf("Find = %d, %v, want %d", a.From, ok, tc.from)
			}
		})
	}
}

// TestAnchorAt holds that an anchor never begins or ends within a character, and holds something.
func TestAnchorAt(t *testing.T) {
	units := coedit.TextOf("a🔥b")
	if a, ok := coedit.AnchorAt(units, 2, 2); !ok || a.Quote.String() != "🔥" {
		t.Errorf("AnchorAt within an emoji = %q, %v, want the emoji", a.Quote.String(), ok)
	}
	if _, ok := coedit.AnchorAt(units, 9, 4); ok {
		t.Error("AnchorAt behind the text gave an anchor")
	}
}
