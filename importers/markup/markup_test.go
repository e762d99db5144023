package markup

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func TestMarkdown(t *testing.T) {
	for _, tc := range []struct {
		name string
		read func(string) string
		in   string
		want string
	}{
		{"headings and a list", HTML, "<h1>What</h1><p>We <b>waited</b>.</p><ul><li>one</li><li>two</li></ul>", "## What\n\nWe **waited**.\n\n- one\n- two"},
		{"link with brackets in its address", HTML, `<a href="https://example.com/a_(b)">page</a>`, "[page](https://example.com/a_%28b%29)"},
		{"script is no text, and no link", HTML, `<script>alert(1)</script><a href="javascript:x">go</a>`, "go"},
		{"no HTML at all", HTML, "a & b", "a & b"},
		{"entities", HTML, "<p>5 &lt; 7</p>", "5 < 7"},
		{"blocks are lines", Bare, "<div>one</div><p>two <b>three</b> &amp; four</p>", "one\n\ntwo three & four"},
		{"nothing to take off", Bare, "plain", "plain"},
		{"wiki heading and quote", Wiki, "h2. Why\nbq. said", "## Why\n> said"},
		{"wiki list within a list", Wiki, "* a\n** b\n# c", "- a\n   - b\n1. c"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.read(tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDocument(t *testing.T) {
	const in = `{"type":"doc","content":[{"type":"heading","attrs":{"level":9},"content":[{"type":"text","text":"Why*"}]},
		{"type":"paragraph","content":[{"type":"text","text":" both ","marks":[{"type":"strong"},{"type":"em"}]}]}]}`
	if got, want := ADF(json.RawMessage(in)), "###### Why\\*\n\n **_both_**"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whatever the text, what becomes of it is text.
func FuzzMarkup(f *testing.F) {
	f.Add(`{"type":"doc","content":[{"type":"table"}]}`)
	f.Add("{code:x|y}\n||a||\n[b|https://c]")
	f.Add("<a href='https://x'>y</b><li>")
	f.Fuzz(func(t *testing.T, in string) {
		for _, out := range []string{ADF(json.RawMessage(in)), Wiki(in), HTML(in), Bare(in)} {
			if !utf8.ValidString(out) {
				t.Errorf("%q became %q, which is no UTF-8", in, out)
			}
		}
	})
}
