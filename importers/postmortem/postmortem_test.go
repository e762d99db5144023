package postmortem

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"hindsight/importers"
	"hindsight/incident"
)

// rows writes what is read of a document, a row a line.
func rows(r Reading) string {
	var b strings.Builder
	sure := func(f Found) string {
		if f.Sure {
			return fmt.Sprint(f.Line)
		}
		return fmt.Sprint(f.Line, "?")
	}
	for _, m := range r.Milestones {
		fmt.Fprintln(&b, sure(m.Found), m.Name, m.At.Format("2006-01-02 15:04"), m.Precision)
	}
	for _, m := range r.Moments {
		fmt.Fprint(&b, sure(m.Found), " ", m.At.Format("2006-01-02 15:04"))
		if m.About > 0 {
			fmt.Fprint(&b, "±", m.About)
		}
		if !m.Until.IsZero() {
			fmt.Fprint(&b, "–", m.Until.Format("15:04"))
		}
		fmt.Fprintln(&b, " "+m.Title)
	}
	for _, f := range r.Factors {
		fmt.Fprintln(&b, sure(f.Found), strings.Join(strings.Fields(f.Role+" ["+f.Category+"] "+f.Text), " "))
	}
	for _, a := range r.Actions {
		said := []string{sure(a.Found), a.State, a.Title, a.Owner, a.Kind, a.Priority, a.URL}
		if !a.Due.IsZero() {
			said = append(said, a.Due.Format(time.DateOnly))
		}
		fmt.Fprintln(&b, strings.Join(strings.Fields(strings.Join(said, " ")), " "))
	}
	for _, i := range r.Impacts {
		fmt.Fprintln(&b, sure(i.Found), i.Kind, i.Text)
	}
	for _, u := range r.Unread {
		fmt.Fprintln(&b, "unread", u.Lines, "of the", u.Part, u.Why)
	}
	return b.String()
}

// TestRead: what people write, in the ways in which they write it.
func TestRead(t *testing.T) {
	day := time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct{ name, in, want string }{
		{"list, past midnight, with a line without a time", "## Timeline (UTC)\n- 23:40 - **Alert** fires\n- 23:55 Ana looks\n  - finds nothing\n- 00:10 It is over\n- we all slept\n- [00:20] note", `
2? detected 2026-03-30 23:40 minute
2 2026-03-30 23:40 Alert fires
3 2026-03-30 23:55 Ana looks
5 2026-03-31 00:10 It is over
7 2026-03-31 00:20 note
unread [6] of the timeline had no time`},
		{"front matter, also one that ends in dots", "---\ntitle: x\ndate: 2026-03-28\n# Timeline\n...\n\n## Timeline\n- 10:00 one", `
8 2026-03-28 10:00 one`},
		{"a rule is no front matter", "---\n## Timeline\n- 10:00 one\n\n---\n- 10:05 two\n", `
3 2026-03-30 10:00 one
6 2026-03-30 10:05 two`},
		{"hyphens that never end front matter", "---\ntitle: x\n\n## Timeline\n- 10:00 one\n\n-----\n", `
5 2026-03-30 10:00 one`},
		{"a comment that does not end", "<!-- written in a hurry\n\n## Timeline\n- 10:00 one", `
4 2026-03-30 10:00 one`},
		{"a comment", "## Timeline\n<!-- as in\n- 09:00 nothing\n-->\n- 10:00 one", `
5 2026-03-30 10:00 one`},
		{"table", "# Timeline\n\n| Time (CET) | What |\n|---|---|\n| 14:05 | deploy |\n| 14:30 - 14:45 | slow |\n| 23:40 - 00:00 | dark |\n| later | fixed |", `
5 2026-03-30 13:05 deploy
6 2026-03-30 13:30–13:45 slow
7 2026-03-30 22:40–23:00 dark
unread [8] of the timeline had no time`},
		{"date and time in two columns", "Timeline:\n\n| Date | Time | Event |\n|---|---|---|\n| 2026-03-29 | 10:00 | one |\n| 2026-03-30 | about 10:30 | two |", `
5 2026-03-29 10:00 one
6 2026-03-30 10:30±15m0s two`},
		{"zones of their own", "## Timeline\n\n14:05 UTC – one\n\n14:05 PST: two", `
3 2026-03-30 14:05 one
5 2026-03-30 22:05 two`},
		{"time within", "## Timeline\n- The pager went off at 14:05 UTC\n- From 14:10 it was slow\n- It had 3 errors", `
2? 2026-03-30 14:05 The pager went off at 14:05 UTC
3 2026-03-30 14:10 it was slow
unread [4] of the timeline had no time`},
		{"days", "## Timeline\n### 2026-03-28\nIt began.\n### 2026-03-30\n#### 09:00\nWe saw it.", `
2 2026-03-28 12:00±12h0m0s It began.
5 2026-03-30 09:00 We saw it.`},
		{"a date that can be read in two ways", "## Timeline\n- 03/04/2026 something", `
unread [2] of the timeline had a date that can be read in two ways`},
		{"milestones", "**Start time:** 2026-03-30 14:00\n**Detected:** 14:05 UTC\n**Acknowledged**: N/A\n\n| | |\n|---|---|\n| Resolved at | 2026-03-30 16:00 |\n| Mitigated (CET) | 15:30 |", `
1 impact_started 2026-03-30 14:00 minute
2 detected 2026-03-30 14:05 minute
8 mitigated 2026-03-30 14:30 minute
7 resolved 2026-03-30 16:00 minute`},
		{"milestones that contradict each other", "## Key events\n- Detected 2026-03-30 14:00\n- Resolved 2026-03-29 14:00\n- Resolved 2026-03-30 15:00\n- Mitigated soon", `
2 detected 2026-03-30 14:00 minute
3? resolved 2026-03-29 14:00 minute
4? resolved 2026-03-30 15:00 minute`},
		{"factors", "## Root cause\nThe cache was cold after a deployment.\n## What went well\n- Paging worked\n- N/A\n## Where we got lucky\n1. It was noon", `
2 contributing [Binary push] The cache was cold after a deployment.
4 went_well [] Paging worked
7 mitigating [] It was noon`},
		{"a factor that could be of two categories", "## Contributing factors\n- A release met a network failure", `
2 contributing [] A release met a network failure`},
		{"factor with what is below it", "## Contributing factors\n- Two things:\n  - a\n  - b\n- Third", `
2 contributing [] Two things: a; b
5 contributing [] Third`},
		{"boxes", "## Action items\n- [x] Add an alert ([#12](https://x.example/12))\n- [ ] Remove the flag (owner: Ana, due: 2026-04-10)\n- [ ] Ask @bob by April 12", `
2 done Add an alert https://x.example/12
3 open Remove the flag Ana 2026-04-10
4 open Ask @bob bob 2026-04-12`},
		{"an item keeps to itself", "## Action items\n- Add an alert\n  - with a threshold\n- Remove the flag\n- Group:\n  - [ ] One\n  - [x] Two\n- Parent\n  - [ ] Child", `
2 open Add an alert
4 open Remove the flag
6 open One
7 done Two
8 open Parent
9 open Child`},
		{"action table", "## Follow-ups\n| Action | Owner | Due | Status | Ticket |\n|---|---|---|---|---|\n| Add an alert | @ana | 2026-04-10 | Done | [T-1](https://x.example/T-1) |\n| Write a test | Team B | soon | perhaps | |", `
4 done Add an alert ana https://x.example/T-1 2026-04-10
5? open Write a test Team B`},
		{"kinds by heading", "## Action items\n### Prevention\n- Add a check\n### Detection\n- Add an alert", `
3 open Add a check prevent
5 open Add an alert detect`},
		{"impact", "## Impact\nThe shop was down for 1h50m. About 1,200 customers could not pay.", `
2 duration The shop was down for 1h50m.
2 extent About 1,200 customers could not pay.`},
		{"underlined headings", "Timeline\n--------\n- 14:05 x\n\nAction items\n============\n- Do it well", `
3 2026-03-30 14:05 x
7 open Do it well`},
		{"code is no prose", "## Action items\n```\n- no item\n```\n- an item", `
5 open an item`},
		{"nothing", "Just a text.", ``},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := rows(Read(tc.in, Options{Day: day, Categories: incident.StandardTaxonomy().Categories}))
			if strings.TrimSpace(got) != strings.TrimSpace(tc.want) {
				t.Errorf("got\n%s\nwant%s", got, tc.want)
			}
		})
	}
}

// TestNotes: what is taken for granted is said.
func TestNotes(t *testing.T) {
	day := time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct{ in, want string }{
		"no zone":      {"## Timeline\n- 14:05 x", "The document names no time zone; its times were taken for UTC."},
		"another year": {"# 2019-03-30 Outage\n## Timeline (UTC)\n- 14:05 x", "The document is about 30 March 2019, and the incident is of 30 March 2026: is it the right one?"},
		"open fence":   {"## Action items\n- a thing\n```\n- another", "The block of code that begins in line 3 does not end; what follows was not read."},
	} {
		if got := strings.Join(Read(tc.in, Options{Day: day}).Notes, "|"); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	if r := Read("## Timeline\n- 14:05 x", Options{}); len(r.Moments) > 0 || rows(r) != "unread [2] of the timeline had a time, but nothing says on which day\n" {
		t.Errorf("without a day: %s", rows(r))
	}
}

// TestSections: each part of a document goes to the section here that it belongs to, and its text is whole.
func TestSections(t *testing.T) {
	in := "# Outage\nIt broke.\n\n## 1. Root Cause Analysis\nA *bug*.\n### Why\nHaste.\n## Lessons learned\n### What went well\n- x\n## Something else\ny\n"
	var got []string
	for _, s := range Read(in, Options{}).Sections {
		got = append(got, fmt.Sprintf("%s %v %q %q", s.Slug, s.Known, s.Title, s.Text))
	}
	want := []string{`summary true "Introduction" "It broke."`, `factors true "1. Root Cause Analysis" "A *bug*.\n### Why\nHaste."`, `surprises true "Lessons learned" "### What went well\n- x"`, `something-else false "Something else" "y"`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("sections:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestHeadingsMeanOneThing: no name of a heading is in two parts, for then either could be read.
func TestHeadingsMeanOneThing(t *testing.T) {
	seen := map[string]part{}
	for p, words := range headingWords {
		for word := range strings.SplitSeq(words, "|") {
			folded := importers.Fold(word)
			if other, twice := seen[folded]; twice && other != p {
				t.Errorf("%q means %q and %q", word, p, other)
			}
			seen[folded] = p
		}
	}
}

// FuzzRead: whatever the text is, reading ends, quotes what stands there, and says the same twice.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"## Timeline\n- 14:05 x\n\n| Time | Event |\n|---|---|\n| 14:05 | y |\n", "---\ndate: 2026-03-30\n---\n# T\n- **Impact**: 5 users\n  - **Root cause**: z\n",
		"## Action items\r\n- [x] a ([i](https://x.example))\r\n  - b\r\n| Action | Due |\r\n|--|--|\r\n| c | 3 May |", "```\n", "Timeline\n---\n2026-13-45 25:61 \xff\xfe \x00", "## Timeline\n### 9999-12-31 23:59\nx\n### 00:01\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := Options{Day: time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC), Categories: incident.StandardTaxonomy().Categories}
		r := Read(text, o)
		lines := strings.Count(text, "\n") + 1
		check := func(x Found) {
			if x.From < 0 || x.From > x.To || x.To > len(text) || x.Quote != text[x.From:x.To] || x.Line < 1 || x.LastLine < x.Line || x.LastLine > lines || x.Rule == "" || !x.Sure && x.Doubt == "" {
				t.Fatalf("%+v of %d bytes", x, len(text))
			}
			if n := strings.Count(text[:x.From], "\n") + 1; n != x.Line {
				t.Fatalf("line %d is line %d", x.Line, n)
			}
		}
		for _, s := range r.Sections {
			check(s.Found)
		}
		for _, m := range r.Milestones {
			check(m.Found)
		}
		for _, m := range r.Moments {
			check(m.Found)
			moment := incident.Moment{At: m.At, About: m.About, Lane: m.Lane, Title: m.Title}
			if err := moment.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range r.Factors {
			check(x.Found)
			if err := (incident.FactorSays{State: incident.FactorConfirmed, Role: x.Role, Category: x.Category, Text: x.Text}).Validate(); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range r.Actions {
			check(a.Found)
			if a.Title == "" || len(a.Title) > longestAction {
				t.Fatalf("title %q", a.Title)
			}
		}
		for _, i := range r.Impacts {
			check(i.Found)
		}
		for _, u := range r.Unread {
			for _, n := range u.Lines {
				if n < 1 || n > lines {
					t.Fatalf("unread line %d of %d", n, lines)
				}
			}
		}
		if again := Read(text, o); !reflect.DeepEqual(r, again) {
			t.Fatal("the same text reads otherwise the second time")
		}
	})
}

// TestHostile: what is slow to read is read in about four times the time of a quarter of it.
func TestHostile(t *testing.T) {
	for name, unit := range map[string]string{"bullets": "- 14:05 x\n", "deeper": "  ", "paragraph": "word word word\n", "one line": "word 14:05 ", "pipes": "|a", "marks": "**[(`", "links": "[a](", "boxes": "- [ ] a (owner: b\n  - [ ] c\n",
		"headings": "# Timeline\n", "labels": "- **Impact**: 5 users for 3 hours\n", "zones": "All times in X ", "fences": "```\n", "rows": "| 14:05 | x |\n", "dates": "2026-03-30 "} {
		took := func(bytes int) time.Duration {
			text := "## Timeline\n" + strings.Repeat(unit, bytes/2/len(unit)) + "\n## Root cause\n" + strings.Repeat(unit, bytes/4/len(unit)) + "\n## Action items\n" + strings.Repeat(unit, bytes/4/len(unit))
			if name == "deeper" {
				var b strings.Builder
				b.WriteString("## Action items\n")
				for i := 0; b.Len() < bytes; i++ {
					b.WriteString(strings.Repeat(" ", i%500) + "- group:\n")
				}
				text = b.String()
			}
			start := time.Now()
			Read(text, Options{Day: time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)})
			return time.Since(start)
		}
		bytes := 1 << 18
		if name == "boxes" {
			bytes = 1 << 20
		}
		small, large := took(bytes/4), took(bytes)
		t.Logf("%s: %v, %v", name, small.Round(time.Millisecond), large.Round(time.Millisecond))
		if large > 20*small+2*time.Second || large > 20*time.Second {
			t.Errorf("%s: %d bytes took %v, a quarter of it %v", name, bytes, large, small)
		}
	}
}
