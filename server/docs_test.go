package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// block is a fenced part of a document: its kind, the file that it shows if it names one, and its text.
var block = regexp.MustCompile("(?ms)^```(\\w+) ?(\\S*)\n(.*?)^```$")

// TestImportingIsTrue follows docs/importing.md to the letter: it writes the files that it shows, runs the commands
// and compares what they print. A line of dots stands for whatever else is printed, and dots at the end of a
// line for the rest of it.
func TestImportingIsTrue(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "importing.md"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	commands := 0
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
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
		t.Error("docs/importing.md shows no command")
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
