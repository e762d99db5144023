package frontend

import (
	"strings"
	"testing"
	"unicode/utf16"

	"hindsight/incident"
)

// TestReadMarkdown holds that words selected where a text is read are found in its Markdown, and marked there when it is read again.
func TestReadMarkdown(t *testing.T) {
	for _, tc := range []struct {
		name, markdown, read string
		before               int
		source, html         string
	}{
		{"plain", "A rollout reached every host.", "every host", 0, "every host", `reached <mark>every host</mark>[1].`},
		{"over bold words", "It **failed for** some.", "failed for some", 0, "failed for** some", `<strong><mark>failed for</mark></strong><mark> some</mark>[1].`},
		{"the second of two", "one host, one host", "one host", 8, "one host", `one host, <mark>one host</mark>[1]`},
		{"an escaped star", `2\*3 is six`, "2*3", 0, `2\*3`, `<mark>2*3</mark>[1] is six`},
		{"an entity", "R&amp;D said so", "R&D said", 0, "R&amp;D said", `<mark>R&amp;D said</mark>[1] so`},
		{"an emoji", "was 🔥 hot", "🔥", 3, "🔥", `was <mark>🔥</mark>[1] hot`},
		{"a link", "see [the graph](https://example.com/g) now", "the graph", 0, "the graph", `rel="nofollow noreferrer"><mark>the graph</mark></a>[1] now`},
		{"code", "run `rm cache` twice", "rm cache", 0, "rm cache", `run <mark><code>rm cache</code></mark>[1] twice`},
		{"a block of code", "```\nerror: 1\nfine\n```", "error: 1", 0, "error: 1", `<pre><code><mark>error: 1</mark>`},
		{"over two points", "- one\n- two", "one two", 0, "one\n- two", "<li><mark>one</mark></li>\n<li><mark>two</mark>[1]</li>"},
		{"a table", "| a | b |\n|---|---|\n| cold | warm |", "cold", 0, "cold", `<td><mark>cold</mark>[1]</td>`},
		{"over lines", "the first\nline goes on", "first line", 0, "first\nline", "the <mark>first\nline</mark>[1] goes on"},
		{"an address", "at https://example.com/x today", "https://example.com/x today", 0, "https://example.com/x today", `<mark> today</mark>[1]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			from, to, ok := ReadMarkdown(tc.markdown).Find(tc.read, tc.before)
			units := utf16.Encode([]rune(tc.markdown))
			if !ok || string(utf16.Decode(units[from:to])) != tc.source {
				t.Fatalf("Find(%q) = %d to %d, %v, want %q", tc.read, from, to, ok, tc.source)
			}
			html, err := proseSaid(Files{}, tc.markdown, []Said{{Comment: "com_1", By: "A<b>", From: from, To: to}})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.NewReplacer(`<mark data-said="com_1">`, "<mark>", `<a class="said-link no-print" href="#com_1" title="Comment by A&lt;b&gt;">1<span class="hidden">, comment by A&lt;b&gt;</span></a>`, "[1]").Replace(string(html))
			got = strings.ReplaceAll(got, "</mark><mark>", "")
			if !strings.Contains(got, tc.html) {
				t.Errorf("it reads %s, want %s in it", got, tc.html)
			}
		})
	}
	if _, _, ok := ReadMarkdown("A rollout").Find("rollback", 0); ok {
		t.Error("words were found that are not there")
	}
}

// TestSaidHostile holds that nobody can write marks or links of comments themselves.
func TestSaidHostile(t *testing.T) {
	html, err := proseSaid(Files{}, "<mark data-said-end=\"0\"></mark> `<mark data-said=\"0\">` word", []Said{{Comment: incident.ID("com_1"), From: 50, To: 54}})
	if err != nil || strings.Count(string(html), "said-link") > 1 || strings.Count(string(html), "<mark") > 1 {
		t.Errorf("proseSaid = %s, %v, want one mark and one link at most", html, err)
	}
}
