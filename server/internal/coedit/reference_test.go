package coedit_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"hindsight/server/internal/coedit"
)

// TestAsTheEditorDoes compares random changes with what CodeMirror's own code makes of them: the two must agree on every unit, or
// two people would see different texts.
func TestAsTheEditorDoes(t *testing.T) {
	m := newMachine(t)
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := coedit.TextOf(randomWords(r, r.IntN(12)))
		a, b := randomChanges(r, text), randomChanges(r, text)
		changed := apply(t, a, text)
		c := randomChanges(r, changed)
		positions := []int{}
		for p := range len(text) + 1 {
			positions = append(positions, p)
		}
		var want struct {
			Applied, After, Before, Composed, JSON string
			Left, Right                            []int
		}
		input, err := json.Marshal(map[string]any{"text": text.String(), "a": a, "b": b, "c": c, "positions": positions})
		if err != nil {
			t.Fatal(err)
		}
		m.ask(&want, "compare", string(input))
		compare := func(what, got, want string) {
			if got != want {
				t.Errorf("seed %d: %s\ninput %s\ngot  %q\nwant %q", seed, what, input, got, want)
			}
		}
		compare("applied", changed.String(), want.Applied)
		compare("mapped, after", apply(t, mapped(t, b, a, false), changed).String(), want.After)
		compare("mapped, before", apply(t, mapped(t, b, a, true), changed).String(), want.Before)
		compare("composed", apply(t, composed(t, a, c), text).String(), want.Composed)
		var left, right []int
		for _, p := range positions {
			left, right = append(left, a.MapPos(p, coedit.Left)), append(right, a.MapPos(p, coedit.Right))
		}
		if !slices.Equal(left, want.Left) || !slices.Equal(right, want.Right) {
			t.Errorf("seed %d: positions\ninput %s\ngot  %v %v\nwant %v %v", seed, input, left, right, want.Left, want.Right)
		}
		if t.Failed() {
			return
		}
	}
}

var pieces = []string{"a", "b ", "über", "\n", "😀", "👩‍🚒", "x\ny", "𝒳", " ", "\n\n", "-"}

func randomWords(r *rand.Rand, n int) (s string) {
	for range n {
		s += pieces[r.IntN(len(pieces))]
	}
	return s
}

// randomChanges returns changes that cut no character: neighbouring replacements, insertions at the ends and empty changes among them.
func randomChanges(r *rand.Rand, text coedit.Text) coedit.Changes {
	var parts []any
	runes := []rune(text.String())
	for len(runes) > 0 || r.IntN(3) == 0 {
		n := min(len(runes), r.IntN(4))
		units := len(coedit.TextOf(string(runes[:n])))
		runes = runes[n:]
		insert := ""
		if r.IntN(2) == 0 {
			insert = randomWords(r, r.IntN(3))
		}
		switch {
		case r.IntN(3) > 0 && units > 0:
			parts = append(parts, units)
		case insert != "":
			parts = append(parts, append([]any{units}, lines(insert)...))
		case units > 0:
			parts = append(parts, []any{units})
		}
	}
	raw, err := json.Marshal(parts)
	if err != nil {
		panic(err)
	}
	if parts == nil {
		raw = []byte("[]")
	}
	c, err := coedit.ParseChanges(raw)
	if err != nil {
		panic(err)
	}
	return c
}

func lines(s string) (all []any) {
	line := ""
	for _, c := range s {
		if c == '\n' {
			all, line = append(all, line), ""
		} else {
			line += string(c)
		}
	}
	return append(all, line)
}

func apply(t testing.TB, c coedit.Changes, text coedit.Text) coedit.Text {
	t.Helper()
	got, err := c.Apply(text)
	if err != nil {
		t.Fatalf("Apply(%q): %v", text.String(), err)
	}
	return got
}

func mapped(t testing.TB, c, over coedit.Changes, before bool) coedit.Changes {
	t.Helper()
	got, err := c.Map(over, before)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func composed(t testing.TB, a, b coedit.Changes) coedit.Changes {
	t.Helper()
	got, err := a.Compose(b)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
