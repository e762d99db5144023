package frontend

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"hindsight/incident"
)

func TestProse(t *testing.T) {
	for _, tc := range []struct {
		name   string
		format incident.TextFormat
		in     string
		want   string
	}{
		{"plain text is escaped", incident.Plain, "a <b>\nc", `<p class="pre">a &lt;b&gt;` + "\nc</p>"},
		{"an unknown format is plain", "", "*a*", `<p class="pre">*a*</p>`},
		{"Markdown", incident.Markdown, "a **b**", "<p>a <strong>b</strong></p>\n"},
		{"headings go two levels down", incident.Markdown, "# a\n\n## b\n\n##### c", "<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>\n"},
		{"Markdown cannot hold HTML", incident.Markdown, "a <img src=x onerror=alert(1)>", "<p>a </p>\n"},
		{"outside links tell nobody where from", incident.Markdown, "[a](https://example.org)", `<p><a href="https://example.org" rel="nofollow noreferrer">a</a></p>` + "\n"},
		{"links to scripts lose their address", incident.Markdown, "[a](javascript:alert(1))", "<p>a</p>\n"},
		{"HTML keeps what a document needs", incident.HTML, `<p style="x">a</p><script>b</script><table><tr><td>c</td></tr></table>`, "<p>a</p><table><tr><td>c</td></tr></table>"},
		{"images are not fetched", incident.HTML, `a<img src="https://example.org/p.gif">`, "a"},
		{"ids are dropped", incident.HTML, `<p id="main">a</p>`, "<p>a</p>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := prose(tc.format, tc.in)
			if err != nil || string(got) != tc.want {
				t.Errorf("prose(%s, %q) = %q, %v, want %q", tc.format, tc.in, got, err, tc.want)
			}
		})
	}
}

// FuzzProse looks for text that comes out as markup that acts.
func FuzzProse(f *testing.F) {
	for _, s := range []string{"# a", "<script>alert(1)</script>", `<a href="javascript:x">`, "[a](java\nscript:b)", `<svg><p><style><img src onerror=x>`, "a | b\n-|-\n1|2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []incident.TextFormat{incident.Plain, incident.Markdown, incident.HTML} {
			got, err := prose(format, text)
			if err != nil {
				t.Fatalf("prose(%s, %q): %v", format, text, err)
			}
			harmless(t, string(got))
		}
	})
}

func harmless(t *testing.T, text string) {
	t.Helper()
	for z := html.NewTokenizer(strings.NewReader(text)); z.Next() != html.ErrorToken; {
		tok := z.Token()
		switch tok.Data {
		case "script", "style", "iframe", "object", "embed", "svg", "img", "form", "input":
			if tok.Type == html.StartTagToken || tok.Type == html.SelfClosingTagToken {
				t.Fatalf("%q holds <%s>", text, tok.Data)
			}
		}
		for _, a := range tok.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "id" {
				t.Fatalf("%q holds the attribute %s", text, a.Key)
			}
			if a.Key == "href" && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "mailto:") && strings.Contains(strings.SplitN(a.Val, "/", 2)[0], ":") {
				t.Fatalf("%q leads to %s", text, a.Val)
			}
		}
	}
}
