package frontend

import (
	"strings"
	"testing"
	"time"

	"hindsight/incident"
)

const (
	aPicture = "0123456789abcdef0123456789abcdef.png"
	aLog     = "0123456789abcdef0123456789abcde0.log"
	gone     = "0123456789abcdef0123456789abcde1.png"
	unknown  = "0123456789abcdef0123456789abcde2.png"
)

func someFiles() Files {
	return FilesOf("/incidents/inc_1/retrospective", []incident.RetroFile{
		{ID: aPicture, Name: "a.png", Kind: incident.RetroImage, Size: 3, Width: 640, Height: 400}, {ID: aLog, Name: "queue.log", Kind: incident.RetroAttachment, Size: 2048},
		{ID: gone, Name: "b.png", Kind: incident.RetroImage, RemovedAt: time.Unix(1, 0), RemovedBy: "<ada>"}})
}

// TestFilesInTexts: pictures of the retrospective are shown, what is elsewhere is linked to and never fetched, and nothing of a text acts.
func TestFilesInTexts(t *testing.T) {
	const at = "/incidents/inc_1/retrospective/files/"
	for _, tc := range []struct{ name, text, want string }{
		{"a picture", "![Queue <rises> \"fast\"](files/" + aPicture + ")", `<p><a class="picture-link" href="` + at + aPicture + `"><img class="picture" src="` + at + aPicture + `" alt="Queue &lt;rises&gt; &#34;fast&#34;" width="640" height="400" loading="lazy" decoding="async"></a></p>`},
		{"a decorative one", "![](files/" + aPicture + ` "decorative")`, `alt="" width`},
		{"one without a description", "![](files/" + aPicture + ")", `alt="A picture without a description"`},
		{"one in a link", "[![A](files/" + aPicture + ")](https://example.org/)", `<a href="https://example.org/" rel="nofollow noreferrer"><img class="picture"`},
		{"a file", "[The *log*](files/" + aLog + ")", `<p><a href="` + at + aLog + `" download>The log</a> <span class="quiet">(2 kB)</span></p>`},
		{"a file as a picture", "![log](files/" + aLog + ")", `<a href="` + at + aLog + `" download>log</a>`},
		{"a removed one", "![B](files/" + gone + ")", `A picture that &lt;ada&gt; took away: B`},
		{"an unknown one", "![C](files/" + unknown + ")", `A picture that is not here: C`},
		{"a picture elsewhere", "![Graph](https://graphs.example.org/1.png)", `<p><a href="https://graphs.example.org/1.png" rel="nofollow noreferrer">Graph</a></p>`},
		{"a picture that acts", "![x](javascript:alert(1))", "<p>x</p>"},
		{"what only looks like one", `<mark data-file="0"></mark> ![A](files/` + aPicture + ")", `<img class="picture"`},
		{"a path out of the folder", "![x](files/../../login)", "<p>x</p>"},
	} {
		got, err := proseFiles(someFiles(), tc.text)
		if err != nil || !strings.Contains(string(got), tc.want) || strings.Count(string(got), "<img") > 1 {
			t.Errorf("%s: %q = %s, %v; want %s", tc.name, tc.text, got, err, tc.want)
		}
	}
	standing := someFiles()
	standing.Bodies = map[string]string{aPicture: "data:image/png;base64,AAAA"}
	got, err := proseFiles(standing, "![A](files/"+aPicture+") [log](files/"+aLog+")")
	if want := `src="data:image/png;base64,AAAA"`; err != nil || !strings.Contains(string(got), want) || strings.Contains(string(got), "href") {
		t.Errorf("on a page that stands alone: %s, %v; want %s and no link", got, err, want)
	}
}

// FuzzFilesInTexts: whatever a text says, no picture comes from elsewhere than the retrospective.
func FuzzFilesInTexts(f *testing.F) {
	for _, s := range []string{"![a](files/" + aPicture + ")", "![a](https://x.example/y.png)", "[![a](files/" + aPicture + " \"decorative\")](files/" + aLog + ")", "![\" onerror=x](files/" + aPicture + ")", "<img src=x>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := proseFiles(someFiles(), text)
		if err != nil {
			t.Fatalf("proseFiles(%q): %v", text, err)
		}
		rest := strings.ReplaceAll(string(got), `<img class="picture" src="/incidents/inc_1/retrospective/files/`+aPicture+`"`, "<picture")
		harmless(t, rest)
	})
}
