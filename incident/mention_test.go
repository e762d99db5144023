package incident

import (
	"slices"
	"testing"
)

func TestMentions(t *testing.T) {
	users := []User{{ID: "usr_1", Name: "one", Display: "Responder One"}, {ID: "usr_2", Name: "one-more", Display: "Responder"}, {ID: "usr_3", Name: "bot", Service: true}, {ID: "usr_4", Name: "gone", Disabled: true}}
	for _, tc := range []struct {
		name, text string
		want       []ID
	}{
		{"a sign-in name", "ask @one, please", []ID{"usr_1"}},
		{"a shown name in another case", "@responder ONE knows", []ID{"usr_1"}},
		{"the longest name counts", "@one-more and @Responder.", []ID{"usr_2"}},
		{"twice is once, in the order of the text", "(@Responder) @one @one", []ID{"usr_2", "usr_1"}},
		{"an address is none", "write to a@one or x.@one or @one.example", nil},
		{"another name is none", "@onerous @one_x @on", nil},
		{"code is none", "`@one` and\n```\n@one\n```\n", nil},
		{"service accounts and closed ones", "@bot @gone", nil},
		{"at both ends", "@one", []ID{"usr_1"}},
		{"a lone at", "@", nil},
	} {
		if got := Mentions(tc.text, users); !slices.Equal(got, tc.want) {
			t.Errorf("%s: Mentions(%q) = %v, want %v", tc.name, tc.text, got, tc.want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	users := []User{{ID: "usr_1", Name: "one", Display: "Über İx"}, {ID: "usr_2", Name: "é"}}
	for _, seed := range []string{"@one", "@@one", "`@one", "```\n@é", "@\xff", "@über İx", "a\u0301@one"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Mentions(text, users)
		if slices.Contains(got, "") || len(got) > len(users) {
			t.Errorf("Mentions(%q) = %v", text, got)
		}
	})
}
