package search

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"hindsight/incident"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"nothing", "  ", ""},
		{"words", "cold   cache", "cold cache"},
		{"phrase", `"cold cache" x`, `"cold cache" x`},
		{"quotation marks inside", `"say \"no\" to \\"`, `"say \"no\" to \\"`},
		{"not", `-drill -"dry run" -status:open`, `-drill -"dry run" -status:open`},
		{"fuzzy and prefix", "retry~ pre*", "retry~ pre*"},
		{"alternatives", "status:open|Resolved sev:SEV1|2", "status:open|resolved sev:1|2"},
		{"other names of fields", "severity:1 retro:lessons", "sev:1 retrospective:lessons"},
		{"field names in any case", "Kind:Drill", "kind:drill"},
		{"quoted names", `priority:"1 - Critical" team:"x"`, `priority:"1 - Critical" team:x`},
		{"quarter", "opened:2026-q3", "opened:2026-Q3"},
		{"range", "started:2024-01..2024-03 started:..2020 started:2026..", "started:2024-01..2024-03 started:..2020 started:2026.."},
		{"comparison", "opened:>2024-01-01 opened:<=2025", "opened:>2024-01-01 opened:<=2025"},
		{"text in one field", "title:word|\"two words\"", `title:word|"two words"`},
		{"times and addresses are words", "12:30 10.0.0.1:443", "12:30 10.0.0.1:443"},
		{"marks are nothing", "a - b | c *** &&", "a b c"},
		{"minus inside a word", "payments-db", "payments-db"},
		{"other scripts", "ошибка 障害", "ошибка 障害"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, err := Parse(tc.in)
			if err != nil || q.String() != tc.want {
				t.Errorf("Parse(%q) = %q, %v, want %q", tc.in, q, err, tc.want)
			}
		})
	}
}

// TestWidened: a condition on factors finds what other names of the category call it, and asks for nothing more of other fields or forms.
func TestWidened(t *testing.T) {
	agreed := incident.Taxonomy{Categories: []incident.Category{{Name: "Config push", Synonyms: []string{"settings", "Configuration change"}}}}
	for in, want := range map[string]string{
		"factor:Settings":               `factors:Settings|"Config push"|"Configuration change"`,
		`-factor:"config  PUSH"`:        `-factors:"config  PUSH"|"Config push"|"settings"|"Configuration change"`,
		"factor:set* settings":          "factors:set* settings",
		"factor:cache title:settings":   "factors:cache title:settings",
		`factor:cache|settings sev:"1"`: `factors:cache|settings|"Config push"|"Configuration change" sev:1`,
	} {
		q, err := Parse(in)
		if err != nil {
			t.Fatalf("Parse(%q): %v", in, err)
		}
		if got := q.Widened("factors", agreed.Same).String(); got != want {
			t.Errorf("%s widened = %s, want %s", in, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"unknown field", "down svc:checkout", `position 6: there is no field "svc"; there are sev, status, service`},
		{"pasted message", "error: timeout", "put it in quotation marks"},
		{"open quotation mark", `a "b c`, "position 3: the quotation mark that opens here is never closed"},
		{"empty phrase", `""`, "nothing between"},
		{"no value", "sev: 1", "position 5: a value of sev is missing; it takes 1, 2, 3, 4, 5, unset"},
		{"no alternative", "status:open| x", "position 13: a value of status is missing"},
		{"no such severity", "sev:6", `position 5: "6" is no value of sev`},
		{"no such status", "status:resolved|done", `position 17: "done" is no value of status; it takes triggered`},
		{"no date", "opened:yesterday", `position 8: "YESTERDAY" is no date; write 2026`},
		{"no such month", "opened:2026-13", "is no date"},
		{"no such day", "opened:2026-02-30", "is no date"},
		{"range backwards", "opened:2026..2025", "ends before it begins"},
		{"range without ends", "opened:..", "is no date"},
		{"prefix of a date", "opened:2026*", "opened takes no * and no ~; write it like opened:2024-01..2024-03"},
		{"short prefix", "ab*", "give at least three letters"},
		{"short fuzzy", "ab~", "give at least three letters"},
		{"too long", strings.Repeat("x", 1001), "at most 1000 characters"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse(tc.in)
			if !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Parse(%.40q) = %v, want ErrInvalid with %q", tc.in, err, tc.want)
			}
		})
	}
}

func TestParsePeriod(t *testing.T) {
	for _, tc := range []struct{ in, from, to string }{
		{"2026", "2026-01-01", "2027-01-01"},
		{"2026-Q4", "2026-10-01", "2027-01-01"},
		{"2024-02", "2024-02-01", "2024-03-01"},
		{"2024-02-29", "2024-02-29", "2024-03-01"},
		{"2024-01..2024-03", "2024-01-01", "2024-04-01"},
		{"2024-01-05..", "2024-01-05", "0001-01-01"},
		{"..2024-Q1", "0001-01-01", "2024-04-01"},
		{">2024-01", "2024-02-01", "0001-01-01"},
		{">=2024-01", "2024-01-01", "0001-01-01"},
		{"<2024-01", "0001-01-01", "2024-01-01"},
		{"<=2024-01", "0001-01-01", "2024-02-01"},
	} {
		t.Run(tc.in, func(t *testing.T) {
			from, to, err := parsePeriod(tc.in)
			if f, g := from.Format("2006-01-02"), to.Format("2006-01-02"); err != nil || f != tc.from || g != tc.to {
				t.Errorf("parsePeriod(%q) = %s, %s, %v, want %s, %s", tc.in, f, g, err, tc.from, tc.to)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`sev:1 "a b" -x~ pre*`, `status:open|over -"q\"`, "opened:>2024 a|-b", "title:x|sev:1", `team:"a|b*" --x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(q.String())
		// A canonical text may be longer than what it was read from: quotation marks are added.
		if err != nil && len([]rune(q.String())) <= maxQuery {
			t.Fatalf("Parse(%q) of Parse(%q): %v", q, text, err)
		}
		if err == nil && !reflect.DeepEqual(again, q) {
			t.Fatalf("Parse(%q) = %#v, want %#v of %q", q, again, q, text)
		}
	})
}
