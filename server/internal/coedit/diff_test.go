package coedit_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"hindsight/server/internal/coedit"
)

func TestDiff(t *testing.T) {
	for _, tc := range []struct{ name, old, made, want string }{
		{"nothing", "", "", ""},
		{"the same", "All is well.", "All is well.", "All is well."},
		{"a new text", "", "All is well.", "{+All is well.+}"},
		{"a word", "The database was slow.", "The database was down.", "The database was [-slow-]{+down+}."},
		{"a word more", "The database was slow.", "The old database was slow.", "The {+old +}database was slow."},
		{"a rewording is one piece", "It was very slow.", "It got quite fast.", "It [-was very slow-]{+got quite fast+}."},
		{"a paragraph", "One.\n\nThree.", "One.\n\nTwo.\n\nThree.", "One.\n\n{+Two.\n\n+}Three."},
		{"accents and emoji", "Übergabe 😀 lief", "Übergabe 🚀 lief", "Übergabe [-😀-]{+🚀+} lief"},
		{"numbers", "22 minutes", "25 minutes", "[-22-]{+25+} minutes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := ""
			for _, s := range coedit.Diff(tc.old, tc.made) {
				got += [...]string{"", "[-", "{+"}[s.Kind] + s.Text + [...]string{"", "-]", "+}"}[s.Kind]
			}
			if got != tc.want {
				t.Errorf("Diff(%q, %q) = %q, want %q", tc.old, tc.made, got, tc.want)
			}
		})
	}
}

// TestDiffHoldsBothTexts: of any two texts, the spans are the texts, and Between leads from one to the other.
func TestDiffHoldsBothTexts(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 4))
		old, made := randomWords(r, r.IntN(40)), randomWords(r, r.IntN(40))
		var was, is string
		for _, s := range coedit.Diff(old, made) {
			if s.Kind != coedit.Added {
				was += s.Text
			}
			if s.Kind != coedit.Removed {
				is += s.Text
			}
		}
		if was != old || is != made {
			t.Fatalf("Diff(%q, %q) has %q and %q", old, made, was, is)
		}
		if got := apply(t, coedit.Between(old, made), coedit.TextOf(old)).String(); got != made {
			t.Fatalf("Between(%q, %q) makes %q", old, made, got)
		}
	}
}

// TestDiffOfLongTexts: the longest texts that there are take no time to speak of, and what they share is found.
func TestDiffOfLongTexts(t *testing.T) {
	var old strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&old, "Line %d tells what happened at %d.\n", i, i*7)
	}
	made := strings.ReplaceAll(strings.ReplaceAll(old.String(), "Line 17 tells", "Line 17 says"), "Line 5900 tells", "Line 5900 says")
	begun := time.Now()
	got := coedit.Diff(old.String(), made)
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	var changed []string
	for _, s := range got {
		if s.Kind != coedit.Same {
			changed = append(changed, s.Text)
		}
	}
	if want := []string{"tells", "says", "tells", "says"}; !reflect.DeepEqual(changed, want) {
		t.Errorf("changed: %.200q, want %q", changed, want)
	}
}

func TestMerge(t *testing.T) {
	const base = "The database was slow. Nobody saw it.\n\nWe restarted it."
	for _, tc := range []struct {
		name, mine, theirs, want string
		hunks                    []string // base/mine/theirs@base,mine,theirs,draft
	}{
		{name: "nobody changed anything", mine: base, theirs: base, want: base},
		{name: "only I", mine: "Mine.", theirs: base, want: "Mine."},
		{name: "only they", mine: base, theirs: "Theirs.", want: "Theirs."},
		{name: "both the same", mine: "The same.", theirs: "The same.", want: "The same."},
		{name: "different words of one line", mine: strings.Replace(base, "slow", "down", 1), theirs: strings.Replace(base, "Nobody", "No one", 1),
			want: "The database was down. No one saw it.\n\nWe restarted it."},
		{name: "one adds, one removes elsewhere", mine: "Summary: " + base, theirs: strings.Replace(base, "\n\nWe restarted it.", "", 1),
			want: "Summary: The database was slow. Nobody saw it."},
		{name: "the same word", mine: strings.Replace(base, "slow", "down 😀", 1), theirs: strings.Replace(base, "slow", "late", 1),
			want: strings.Replace(base, "slow", "late", 1), hunks: []string{"slow/down 😀/late@17,17,17,17"}},
		{name: "both add at the end", mine: base + " Twice.", theirs: base + " At ten.", want: base + " At ten.", hunks: []string{"/ Twice./ At ten.@55,55,55,55"}},
		{name: "positions after other changes", mine: "Oh: " + strings.Replace(base, "restarted", "left", 1), theirs: strings.Replace(strings.Replace(base, "slow", "very slow", 1), "restarted", "killed", 1),
			want: "Oh: The database was very slow. Nobody saw it.\n\nWe killed it.", hunks: []string{"restarted/left/killed@42,46,47,51"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := coedit.Merge(base, tc.mine, tc.theirs)
			var hunks []string
			for _, h := range got.Hunks {
				hunks = append(hunks, fmt.Sprintf("%s/%s/%s@%d,%d,%d,%d", h.Base, h.Mine, h.Theirs, h.At.Base, h.At.Mine, h.At.Theirs, h.At.Draft))
			}
			if got.Text != tc.want || !reflect.DeepEqual(hunks, tc.hunks) {
				t.Errorf("Merge(…, %q, %q) =\n%q %q, want\n%q %q", tc.mine, tc.theirs, got.Text, hunks, tc.want, tc.hunks)
			}
		})
	}
}

// TestMergeOfOneSide: whatever one side made, merging it with an untouched other is what it made; and who is who only matters in conflicts.
func TestMergeOfOneSide(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 5))
		base, mine, theirs := randomWords(r, r.IntN(30)), randomWords(r, r.IntN(30)), randomWords(r, r.IntN(30))
		if got := coedit.Merge(base, mine, base); got.Text != mine || len(got.Hunks) > 0 {
			t.Fatalf("Merge(%q, %q, base) = %+v", base, mine, got)
		}
		if got := coedit.Merge(base, base, theirs); got.Text != theirs || len(got.Hunks) > 0 {
			t.Fatalf("Merge(%q, base, %q) = %+v", base, theirs, got)
		}
		a, b := coedit.Merge(base, mine, theirs), coedit.Merge(base, theirs, mine)
		if len(a.Hunks) != len(b.Hunks) || len(a.Hunks) == 0 && a.Text != b.Text {
			t.Fatalf("Merge(%q, %q, %q) = %+v, with sides changed %+v", base, mine, theirs, a, b)
		}
		for _, h := range a.Hunks {
			for _, part := range []struct {
				of   string
				at   int
				text string
			}{{base, h.At.Base, h.Base}, {mine, h.At.Mine, h.Mine}, {theirs, h.At.Theirs, h.Theirs}, {a.Text, h.At.Draft, h.Theirs}} {
				units := coedit.TextOf(part.of)
				if end := part.at + len(coedit.TextOf(part.text)); end > len(units) || units[part.at:end].String() != part.text {
					t.Fatalf("Merge(%q, %q, %q): %q is not at %d of %q", base, mine, theirs, part.text, part.at, part.of)
				}
			}
		}
	}
}
