package retrodoc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"

	"hindsight/incident"
	"hindsight/server/internal/retrodoc"
)

// TestShared: the file says what the page says, and what is plain there reads as it is written, whatever Markdown would make of it.
func TestShared(t *testing.T) {
	at := time.Date(2026, 11, 2, 8, 15, 0, 0, time.UTC)
	hostile := "# 1. *a* _b_ `c` [d](e) <f> &amp; g|h ~~i~~ \\ - 2) + #"
	d := incident.SharedRetro{Title: hostile, PublishedAt: at, Began: at, Over: at.Add(95 * time.Minute), Sections: []incident.SharedSection{{Title: hostile, Text: "*Text*",
		Moments: []incident.SharedMoment{{At: at, About: time.Minute, Title: hostile, Text: "One\n\n- two"}, {At: at, Title: "Over"}}},
		{Title: "Factors", Factors: []incident.SharedFactor{{Role: "kept_small", Text: "- " + hostile}}},
		{Title: "Action items", Actions: []incident.SharedAction{{Title: "1. wait", State: "in_progress", Due: at.AddDate(0, 0, 7)}, {Title: "+1", State: "open"}}}}}
	file := string(retrodoc.Shared(d))
	var page strings.Builder
	if err := goldmark.Convert([]byte(file), &page); err != nil {
		t.Fatal(err)
	}
	shown := `# 1. *a* _b_ ` + "`c`" + ` [d](e) &lt;f&gt; &amp;amp; g|h ~~i~~ \ - 2) + #`
	for _, want := range []string{"<h1>" + shown + "</h1>", "<h2>" + shown + "</h2>", "<li>Began: 2 Nov 2026, 08:15 UTC</li>", "<li>Over: 2 Nov 2026, 09:50 UTC</li>", "<li>Lasted: 1h 35m</li>",
		"<strong>about 2 Nov 2026, 08:15 UTC</strong> " + shown, "<p>One</p>\n<ul>\n<li>two</li>\n</ul>", "<li>- " + shown + " (kept small)</li>",
		"<li>1. wait (in progress, due 9 Nov 2026)</li>", "<li>+1 (open)</li>", "<p><em>Text</em></p>"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the file does not show %s\n%s\n%s", want, file, page.String())
		}
	}
}

// TestSharedFences: a fence that a text leaves open ends with it.
func TestSharedFences(t *testing.T) {
	for _, text := range []string{"```\nerror", "~~~~ log\na\n", "Words\n\n```", "```\na\n```", "`a`", "```\na\n```\n\n```sh\nb", "a `b", "```\na\n````", "````\n```\ncode", "```\n```sh\nx"} {
		file := retrodoc.Shared(incident.SharedRetro{Title: "T", Sections: []incident.SharedSection{{Title: "One", Text: text}, {Title: "Two", Text: "after"}}})
		var page strings.Builder
		if err := goldmark.Convert(file, &page); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), "<h2>Two</h2>\n<p>after</p>") {
			t.Errorf("%q swallows what comes after it:\n%s", text, page.String())
		}
	}
}
