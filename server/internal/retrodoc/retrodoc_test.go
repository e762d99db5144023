package retrodoc_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hindsight/incident"
	"hindsight/server/internal/retrodoc"
)

// sample is a made-up document with everything that could be read wrongly.
func sample() retrodoc.Document {
	at := time.Date(2026, 11, 2, 8, 15, 0, 0, time.UTC)
	section := func(place int, slug, title, text string) incident.RetroSection {
		return incident.RetroSection{Incident: "inc_1", Slug: slug, Title: title, Place: place, Text: text}
	}
	return retrodoc.Document{Incident: "inc_1", Number: "INC0001", Title: `Checkout "fails": <b>, 😀`, State: incident.RetroDraft, Version: 2, Authors: []string{"ada", "bob"},
		Sections: []incident.RetroSection{section(1, "summary", "Summary", "It broke.\n\n## A heading\n\n\\## Escaped {#already}\n## Not a section {#summary}\n\n```timeline\nno rows\n```\n\n  \nend\n"),
			section(2, "timeline", "What happened", "\nBegins with an empty line"), section(3, "factors", "Factors", ""), section(4, "actions", "Action items", "Later.\n\n"), section(5, "empty", "Empty", "")},
		Moments: []incident.Moment{{ID: "mom_1", Incident: "inc_1", At: at, About: 10 * time.Minute, Lane: "detection", Title: "Alert\nin two lines", Text: "```", KnownThen: "Nothing", Question: true, Events: []incident.ID{"evt_1"}},
			{ID: "mom_2", Incident: "inc_1", At: at.Add(time.Hour), Lane: "key", Title: "Over"}},
		Factors: []incident.Factor{{Role: "trigger", Category: "change", Text: "A rollout", Claimed: true}},
		Actions: []incident.ActionItem{{Title: "Add a canary", Owner: "ada", Kind: "prevent", State: "open", Due: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), URL: "https://example.org/1"}, {Title: "Write it down", State: "done"}}}
}

// TestRoundTrip: what is written comes back as it was, and is written again byte for byte.
func TestRoundTrip(t *testing.T) {
	file, err := retrodoc.Write(sample())
	if err != nil {
		t.Fatal(err)
	}
	if golden, err := os.ReadFile(filepath.Join("testdata", "synthetic_full.md")); err != nil || !bytes.Equal(file, golden) {
		t.Errorf("Write = (%v)\n%s\nwant\n%s", err, file, golden)
	}
	got, err := retrodoc.Read(file)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if want := sample(); !reflect.DeepEqual(got, want) {
		t.Errorf("Read = %+v\nwant %+v", got, want)
	}
}

// TestReadOthers: a file that another tool wrote is read by its headings; what cannot be read is refused with its line.
func TestReadOthers(t *testing.T) {
	d, err := retrodoc.Read([]byte("---\ntitle: Checkout fails\nlayout: post\n---\n\n## What happened?\nIt broke.\r\n\r\n```sh\n## a comment\n```\n\n## Fix\n\nWaited."))
	if err != nil || d.Title != "Checkout fails" || len(d.Sections) != 2 || d.Sections[0].Slug != "what-happened" || d.Sections[0].Text != "It broke.\n\n```sh\n## a comment\n```" || d.Sections[1].Text != "Waited." {
		t.Errorf("Read(by another tool) = %+v, %v", d, err)
	}
	for text, want := range map[string]string{"---\ntitle: x\n": "does not end with ---", "Words first.": "line 1: text has to stand below a heading", "## A {#a}\n\n## B {#a}\n": "two sections are called a",
		"## T {#timeline}\n\n```timeline\nnot json\n```\n": "line 4: this row cannot be read", "## T {#timeline}\n```timeline\n": "does not end with ```", "\xff": "no text in UTF-8", "---\nversion: many\n---\n": `"many" is no value of version`,
		"## T {#timeline}\n```timeline\n{\"at\":\"2026-11-02T08:15:00Z\",\"lane\":\"nowhere\",\"title\":\"x\"}\n```\n": "nowhere"} {
		if _, err := retrodoc.Read([]byte(text)); !errors.Is(err, incident.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q) = %v, want ErrInvalid with %q", text, err, want)
		}
	}
}

// FuzzRead: whatever is read can be written, and then comes back the same.
func FuzzRead(f *testing.F) {
	file, err := retrodoc.Write(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("## A\n\\## B {#b}\n```\n## C {#c}\n"))
	f.Add([]byte("## A {#a}\n\n\n\n## B {#b}\n\n\\\\## C {#c}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := retrodoc.Read(file)
		if err != nil {
			return
		}
		once, err := retrodoc.Write(d)
		if err != nil {
			t.Fatalf("Write: %v", err)
		}
		again, err := retrodoc.Read(once)
		if err != nil {
			t.Fatalf("Read(Write): %v\n%s", err, once)
		}
		twice, err := retrodoc.Write(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("Write(Read(Write)) = %v\n%q\nwant\n%q", err, twice, once)
		}
	})
}
