package coedit_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"hindsight/server/internal/coedit"
)

func TestParseChanges(t *testing.T) {
	long := strings.Repeat("x", coedit.MaxUnits)
	for _, tc := range []struct{ name, in, text, want, refused string }{
		{name: "kept", in: `[5]`, text: "hello", want: "hello"},
		{name: "inserted at the end", in: `[5,[0," world"]]`, text: "hello", want: "hello world"},
		{name: "lines", in: `[[2,"a","","b"],3]`, text: "hello", want: "a\n\nbllo"},
		{name: "an empty text", in: `[]`},
		{name: "a line break", in: `[[0,"",""]]`, want: "\n"},
		{name: "escaped pair", in: `[[0,"\ud83d\ude80"]]`, want: "🚀"},
		{name: "backslash before u", in: `[[0,"\\ud83d"]]`, want: `\ud83d`},
		{name: "an emoji goes as a whole", in: `[1,[2],1]`, text: "a😀b", want: "ab"},

		{name: "not JSON", in: `[1`, refused: "array of parts"},
		{name: "null", in: `null`, refused: "array of parts"},
		{name: "an object", in: `{"a":1}`, refused: "array of parts"},
		{name: "behind the end", in: `[1] [2]`, refused: "array of parts"},
		{name: "keeps nothing", in: `[0]`, refused: "part 0: it keeps nothing"},
		{name: "keeps less", in: `[-1]`, refused: "not a number of units"},
		{name: "keeps half", in: `[1.5]`, refused: "not a number of units"},
		{name: "keeps much", in: `[1e3]`, refused: "not a number of units"},
		{name: "more than a number holds", in: `[99999999999999999999]`, refused: "not a number of units"},
		{name: "keeps null", in: `[1,null]`, refused: "part 1"},
		{name: "an empty part", in: `[[]]`, refused: "no array of a number and lines"},
		{name: "a part in a part", in: `[[1,[2]]]`, refused: "it is no text"},
		{name: "null as a line", in: `[[1,null]]`, refused: "it is no text"},
		{name: "changes nothing", in: `[[0,""]]`, refused: "changes nothing"},
		{name: "line feed in a line", in: `[[0,"a\nb"]]`, refused: "line break"},
		{name: "carriage return in a line", in: `[[0,"a\rb"]]`, refused: "line break"},
		{name: "U+0000", in: `[[0,"a\u0000"]]`, refused: "U+0000"},
		{name: "half of a pair", in: `[[0,"\ud83d"]]`, refused: "surrogate"},
		{name: "the other half", in: `[[0,"\ude80\ud83d"]]`, refused: "surrogate"},
		{name: "two first halves", in: `[[0,"\uD83D\uD83D\uDE80"]]`, refused: "surrogate"},
		{name: "bytes that are no UTF-8", in: "[[0,\"\xff\"]]", refused: "UTF-8"},
		{name: "too long together", in: `[1048576,[0,"x"]]`, refused: "longer than 1048576"},
		{name: "too long before", in: `[[1048575],[2,"x"]]`, refused: "longer than 1048576"},
		{name: "too long a line", in: `[[0,"x` + long + `"]]`, refused: "longer than 1048576"},
		{name: "too many parts", in: `[` + strings.Repeat("1,", coedit.MaxParts) + `1]`, refused: "10001 parts"},

		{name: "for a shorter text", in: `[4]`, text: "hello", refused: "for a text of 4 units, this one has 5"},
		{name: "for a longer text", in: `[6]`, text: "hello", refused: "for a text of 6 units, this one has 5"},
		{name: "into an emoji", in: `[2,[0,"x"],2]`, text: "a😀b", refused: "begins at 2, between"},
		{name: "half of an emoji", in: `[1,[1],2]`, text: "a😀b", refused: "ends at 2, between"},
		{name: "the second half of an emoji", in: `[2,[1],1]`, text: "a😀b", refused: "begins at 2, between"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := coedit.ParseChanges([]byte(tc.in))
			var got coedit.Text
			if err == nil {
				got, err = c.Apply(coedit.TextOf(tc.text))
			}
			switch {
			case tc.refused != "" && (err == nil || !strings.Contains(err.Error(), tc.refused)):
				t.Errorf("%.80s on %q: error %v, want one with %q", tc.in, tc.text, err, tc.refused)
			case tc.refused == "" && (err != nil || got.String() != tc.want):
				t.Errorf("%.80s on %q = %q, %v, want %q", tc.in, tc.text, got.String(), err, tc.want)
			}
		})
	}
}

func TestChangesFitTogether(t *testing.T) {
	short, long := parse(t, `[1]`), parse(t, `[2]`)
	if _, err := short.Map(long, false); err == nil {
		t.Error("Map takes changes of texts of different lengths")
	}
	if _, err := short.Compose(long); err == nil {
		t.Error("Compose takes a second change for another text")
	}
}

// TestHowTheServerWouldDisagree shows why updates are accepted as they were sent, or not at all: mapped over two changes in turn, and over both
// at once, the same insertion ends in two places.
func TestHowTheServerWouldDisagree(t *testing.T) {
	removed, inserted, ours := parse(t, `[3,[2],1]`), parse(t, `[3,[0,"Y"],1]`), parse(t, `[3,[0,"u"],3]`)
	text := coedit.TextOf("abcdef")
	both := apply(t, composed(t, removed, inserted), text)
	inTurn := apply(t, mapped(t, mapped(t, ours, removed, false), inserted, false), both).String()
	atOnce := apply(t, mapped(t, ours, composed(t, removed, inserted), false), both).String()
	if inTurn != "abcYuf" || atOnce != "abcuYf" {
		t.Errorf("in turn %q, at once %q, want abcYuf and abcuYf", inTurn, atOnce)
	}
}

func parse(t testing.TB, in string) coedit.Changes {
	t.Helper()
	c, err := coedit.ParseChanges([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// FuzzChanges reads anything as changes; of what is taken for changes of a text, what is written and read again does the same, mapping them over others
// converges, and combining them does what one after the other does.
func FuzzChanges(f *testing.F) {
	f.Add(`[5]`, "a😀bc", uint64(1))
	f.Add(`[1,[2],2]`, "a😀bc", uint64(2))
	f.Add(`[[0,"","x"],1,[2,"🚀"],1,[1]]`, "a😀bc", uint64(3))
	f.Add(`[[0,"\ud83d"]]`, "", uint64(4))
	f.Fuzz(func(t *testing.T, raw, s string, seed uint64) {
		text := coedit.TextOf(strings.ReplaceAll(s, "\x00", ""))
		r := rand.New(rand.NewPCG(seed, 3))
		a := randomChanges(r, text)
		if c, err := coedit.ParseChanges([]byte(raw)); err == nil {
			written, err := json.Marshal(c)
			if again, err2 := coedit.ParseChanges(written); err != nil || err2 != nil || fmt.Sprint(again) != fmt.Sprint(c) {
				t.Fatalf("%s was written as %s: %v, %v", raw, written, err, err2)
			}
			if made, err := c.Apply(text); err == nil {
				if len(made) != c.After() || coedit.TextOf(made.String()).String() != made.String() || strings.ContainsRune(made.String(), 0xfffd) && !strings.ContainsRune(raw+text.String(), 0xfffd) {
					t.Fatalf("%s of %q is %q, which is no text of %d units", raw, text.String(), made.String(), c.After())
				}
				a = c
			}
		}
		b := randomChanges(r, text)
		x := apply(t, mapped(t, b, a, false), apply(t, a, text)).String()
		if y := apply(t, mapped(t, a, b, true), apply(t, b, text)).String(); x != y {
			t.Fatalf("%v and %v of %q end as %q and %q", a, b, text.String(), x, y)
		}
		made := apply(t, a, text)
		next := randomChanges(r, made)
		if x, y := apply(t, next, made).String(), apply(t, composed(t, a, next), text).String(); x != y {
			t.Fatalf("%v and then %v of %q make %q, together %q", a, next, text.String(), x, y)
		}
	})
}
