package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"hindsight/server/internal/manifest"
)

// block is a fenced part of a document: its kind, the file that it shows if it names one, and its text.
var block = regexp.MustCompile("(?ms)^```(\\w+) ?(\\S*)\n(.*?)^```$")

// TestDocumentsAreTrue follows documents to the letter: it writes the files that they show, runs the commands
// and compares what they print. A line of dots stands for whatever else is printed, and dots at the end of a
// line for the rest of it.
func TestDocumentsAreTrue(t *testing.T) {
	for _, name := range []string{"importing.md", "configuration.md"} {
		text, err := os.ReadFile(filepath.Join("..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { follow(t, name, string(text)) })
	}
}

func follow(t *testing.T, name, text string) {
	t.Chdir(t.TempDir())
	commands := 0
	for _, b := range block.FindAllStringSubmatch(text, -1) {
		kind, file, body := b[1], b[2], b[3]
		if file != "" {
			if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if kind != "console" {
			continue
		}
		for _, step := range strings.Split("\n"+body, "\n$ hindsight ")[1:] {
			commands++
			line, want, _ := strings.Cut(step, "\n")
			if got := printed(t, strings.Fields(line)); !agrees(got, strings.TrimRight(want, "\n")) {
				t.Errorf("hindsight %s printed\n%s\nwant\n%s", line, got, want)
			}
		}
	}
	if commands == 0 {
		t.Errorf("docs/%s shows no command", name)
	}
}

// TestConfigurationReference: the reference of what files can say is made from the types that they are read into.
func TestConfigurationReference(t *testing.T) {
	path := filepath.Join("..", "docs", "configuration.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	above, _, found := strings.Cut(string(text), "\n## Reference\n")
	if !found {
		t.Fatalf("%s has no reference", path)
	}
	want := above + "\n## Reference\n\n" + manifest.Reference()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("the reference in %s is not that of the types; make golden writes it", path)
	}
}

// printed runs a command as from a shell and returns its standard output.
func printed(t *testing.T, args []string) string {
	t.Helper()
	var out, failed bytes.Buffer
	p := program{in: strings.NewReader(""), out: &out, err: &failed, getenv: func(string) string { return "" }, now: time.Now}
	p.run(t.Context(), args)
	if failed.Len() > 0 {
		t.Errorf("hindsight %s said %s", strings.Join(args, " "), failed.String())
	}
	return strings.TrimRight(out.String(), "\n")
}

// agrees compares what was printed with what a document shows.
func agrees(got, want string) bool {
	pattern := regexp.QuoteMeta(want)
	pattern = strings.ReplaceAll(pattern, "\n…", "(?s:\n.*)?")
	pattern = strings.ReplaceAll(pattern, "…", ".*")
	return regexp.MustCompile("^" + pattern + "$").MatchString(got)
}
