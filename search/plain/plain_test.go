package plain

import (
	"testing"
	"unicode/utf8"

	"hindsight/incident"
)

func TestText(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		format   incident.TextFormat
		want     string
	}{
		{"plain text is left alone", "a <b> & *c*", incident.Plain, "a <b> & *c*"},
		{"no format is plain", "1 < 2", "", "1 < 2"},
		{"tags go, entities become characters", "<p>disk&nbsp;full &amp; <b>hot</b></p>", incident.HTML, "disk\u00a0full & hot"},
		{"blocks are lines", "<li>one</li><li>two</li>", incident.HTML, "one\ntwo"},
		{"inline tags join words", "re<b>start</b>ed", incident.HTML, "restarted"},
		{"scripts are not text", "a<SCRIPT>alert(1)</script >b", incident.HTML, "ab"},
		{"an open script hides the rest", "a<script>alert(1)", incident.HTML, "a"},
		{"comments are not text", "a<!-- b > c -->d", incident.HTML, "ad"},
		{"a lone bracket is text", "1 < 2 > 0", incident.HTML, "1 < 2 > 0"},
		{"an open tag is text", "a <b", incident.HTML, "a <b"},
		{"headings, bullets, emphasis", "# Summary\n\n- **Impact**: `api` down\n1. x", incident.Markdown, "Summary\nImpact: api down\nx"},
		{"link targets go", "see [the *log*](https://x.example/a \"t\") and ![graph](g.png)", incident.Markdown, "see the log and graph"},
		{"snake case stays", "kube_api_server is down", incident.Markdown, "kube_api_server is down"},
		{"placeholders are text in Markdown", "pod <none> <https://a.example> <br> x", incident.Markdown, "pod <none> <https://a.example>\nx"},
		{"fences go, code stays", "```go\nx := 1\n```", incident.Markdown, "x := 1"},
		{"escaped characters are text", `2 \* 3 \[x\] \<y\> c:\temp`, incident.Markdown, `2 * 3 [x] <y> c:\temp`},
		{"tables", "| a | b |\n|---|---|\n| 1 | 2 |", incident.Markdown, "a b\n1 2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := Text(tc.in, tc.format); got != tc.want {
				t.Errorf("Text(%q, %q) = %q, want %q", tc.in, tc.format, got, tc.want)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	f.Add("<p>a</p> [b](c) <script>", "html")
	f.Add("# a\n|b|\n```", "markdown")
	f.Fuzz(func(t *testing.T, s, format string) {
		got := Text(s, incident.TextFormat(format))
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("Text(%q, %q) = %q: not UTF-8", s, format, got)
		}
	})
}
